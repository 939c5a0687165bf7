//! Points, rectangles, the eight orientations and the placement grid.
//!
//! Units are µm, the origin is the lower-left corner of the canvas, `y` grows upwards.
//!
//! ```
//! use flagstone_geom::{Grid, Orientation, Point};
//!
//! let grid = Grid::new(4, 2, 40.0, 20.0);
//! assert_eq!(grid.center(5), Point::new(15.0, 15.0));
//! assert_eq!(Orientation::E.apply(3.0, 1.0), (1.0, -3.0));
//! ```

mod grid;
mod orientation;
mod rect;

pub use grid::Grid;
pub use orientation::{Orientation, ParseOrientationError};
pub use rect::{Point, Rect};
