//! Pictures and numbers for people: a scene drawn as SVG and PNG, reports as JSON.
//!
//! One [`Scene`] describes what is drawn; every renderer reads the same list. [`run`] is the record
//! of a training run, [`recording`] that of a single placement, which [`film`] shows.
//!
//! ```
//! use flagstone_netlist::{Canvas, Netlist, Placement};
//! use flagstone_report::{Look, Scene, SceneOptions, svg};
//!
//! let (netlist, canvas) = (Netlist::default(), Canvas::new(40.0, 20.0));
//! let placement = Placement::new(&netlist);
//! let scene = Scene::new(&netlist, &canvas, &placement, &SceneOptions::default());
//! assert!(svg(&scene, &Look::new(600)).starts_with(b"<svg"));
//! ```

mod base64;
mod compare;
pub mod film;
mod font;
mod heat;
mod json;
mod png;
pub mod recording;
pub mod run;
pub mod scene;
mod sheet;
mod svg;
mod theme;

pub use base64::base64;
pub use compare::{Change, Comparison, Place, SortBy, sort_changes};
pub use heat::HeatMap;
pub use json::{CostReport, SettingsReport, WeightsReport};
pub use png::{Pixels, PngError, encode_png, pixels, png};
pub use scene::{
    Block, Dot, Group, Label, Layer, LayerId, Line, Mark, Marker, Scene, SceneOptions, Style,
};
pub use sheet::Look;
pub use svg::svg;
pub use theme::{Paint, Ramp, Rgba, Theme};
