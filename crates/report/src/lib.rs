//! Pictures and numbers for people: a scene drawn as SVG and PNG, reports as JSON.
//!
//! One [`Scene`] describes what is drawn; every renderer reads the same list.

mod json;
mod png;
mod scene;
mod svg;

pub use json::{CostReport, SettingsReport, WeightsReport};
pub use png::{PngError, png};
pub use scene::{HeatMap, Layer, Scene, SceneOptions, Shape, Style};
pub use svg::svg;
