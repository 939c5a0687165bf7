//! DEF: a block's floorplan, components and nets.
//!
//! [`read`] borrows every name from the text and notes where each component's placement stands, so
//! that [`write()`] can change those bytes and nothing else. Coordinates are database units, lower
//! left corners. Format: "LEF/DEF Language Reference" 5.8, chapter 2.

mod read;
mod write;

use std::borrow::Cow;
use std::ops::Range;

use flagstone_geom::Orientation;

use crate::rectilinear;

pub use read::read;
pub use write::{Fresh, FreshComponent, FreshPin, Move, write, write_new};

/// A name without DEF's escapes.
pub fn plain(name: &str) -> Cow<'_, str> {
    if name.contains('\\') { name.replace('\\', "").into() } else { name.into() }
}

/// Whether and how firmly something is placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It has no place.
    #[default]
    Unplaced,
    /// It may move.
    Placed,
    /// Placers must leave it.
    Fixed,
    /// Everybody must leave it.
    Cover,
}

impl Status {
    /// The DEF keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unplaced => "UNPLACED",
            Self::Placed => "PLACED",
            Self::Fixed => "FIXED",
            Self::Cover => "COVER",
        }
    }
}

/// An instance of a macro.
#[derive(Clone, Debug, PartialEq)]
pub struct Component<'a> {
    /// Its name, escapes kept.
    pub name: &'a str,
    /// The LEF macro.
    pub master: &'a str,
    /// Whether it is placed.
    pub status: Status,
    /// Lower left corner of the placed box.
    pub x: i64,
    /// Lower left corner of the placed box.
    pub y: i64,
    /// Orientation; `N` for unplaced ones.
    pub orientation: Orientation,
    /// Left, bottom, right and top halo, if it has one.
    pub halo: Option<[i64; 4]>,
    /// The bytes from the status keyword to the orientation; empty, before the `;`, without one.
    pub placement: Range<usize>,
    /// Where its statement begins.
    pub at: usize,
}

/// A pin of the block.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its net.
    pub net: &'a str,
    /// `INPUT`, `OUTPUT`, `INOUT`, ...
    pub direction: &'a str,
    /// `SIGNAL`, `POWER`, ...
    pub usage: &'a str,
    /// Whether it is placed.
    pub status: Status,
    /// Its place.
    pub x: i64,
    /// Its place.
    pub y: i64,
    /// Orientation of its shapes.
    pub orientation: Orientation,
    /// Box around its shapes, from its place and in orientation `N`.
    pub shape: Option<[i64; 4]>,
    /// Where its statement begins.
    pub at: usize,
}

/// A row of sites.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The site.
    pub site: &'a str,
    /// Lower left corner.
    pub x: i64,
    /// Lower left corner.
    pub y: i64,
    /// Orientation of its cells.
    pub orientation: Orientation,
    /// Sites in x and y.
    pub count: (i64, i64),
    /// Distance between sites in x and y.
    pub step: (i64, i64),
}

/// Routing tracks.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracks<'a> {
    /// Whether the tracks are vertical lines, `TRACKS X`.
    pub vertical: bool,
    /// Coordinate of the first.
    pub start: i64,
    /// How many there are.
    pub count: i64,
    /// Distance between two.
    pub step: i64,
    /// Their layers.
    pub layers: Vec<&'a str>,
}

/// Areas that something must stay out of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blockage<'a> {
    /// The layer of a routing blockage; `None` for a placement blockage.
    pub layer: Option<&'a str>,
    /// Cells may enter when they are moved by hand or by timing.
    pub soft: bool,
    /// Largest density of a partial blockage, percent.
    pub partial: Option<f64>,
    /// The component it belongs to.
    pub component: Option<&'a str>,
    /// Its boxes; polygons cut into such, those with slanted sides replaced by their bounding box.
    pub rects: Vec<[i64; 4]>,
}

impl Blockage<'_> {
    /// Whether it keeps every component out, wherever its own component goes.
    pub fn is_hard(&self) -> bool {
        self.layer.is_none() && !self.soft && self.partial.is_none() && self.component.is_none()
    }
}

/// A region.
#[derive(Clone, Debug, PartialEq)]
pub struct Region<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its boxes.
    pub rects: Vec<[i64; 4]>,
    /// `FENCE`, `GUIDE`, or empty.
    pub kind: &'a str,
}

/// Components that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a str,
    /// Names or patterns of components.
    pub members: Vec<&'a str>,
    /// Its region.
    pub region: Option<&'a str>,
}

/// One end of a net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection<'a> {
    /// The component; `PIN` for a pin of the block.
    pub component: &'a str,
    /// The pin.
    pub pin: &'a str,
}

/// A net.
#[derive(Clone, Debug, PartialEq)]
pub struct Net<'a> {
    /// Its name.
    pub name: &'a str,
    /// `SIGNAL`, `CLOCK`, `POWER`, ...; empty where the file says nothing.
    pub usage: &'a str,
    /// Its weight, 1 where the file says nothing.
    pub weight: f64,
    /// Its ends, a range of [`Def::connections`].
    pub connections: Range<usize>,
    /// Where its statement begins.
    pub at: usize,
}

/// A design.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Def<'a> {
    /// Its name.
    pub design: &'a str,
    /// Database units per µm.
    pub units: f64,
    /// Corners of the die: two for a rectangle, more for a polygon.
    pub die: Vec<(i64, i64)>,
    /// Rows.
    pub rows: Vec<Row<'a>>,
    /// Tracks.
    pub tracks: Vec<Tracks<'a>>,
    /// Components.
    pub components: Vec<Component<'a>>,
    /// Pins of the block.
    pub pins: Vec<Pin<'a>>,
    /// Blockages.
    pub blockages: Vec<Blockage<'a>>,
    /// Regions.
    pub regions: Vec<Region<'a>>,
    /// Groups.
    pub groups: Vec<Group<'a>>,
    /// Nets.
    pub nets: Vec<Net<'a>>,
    /// Ends of all nets.
    pub connections: Vec<Connection<'a>>,
}

impl Def<'_> {
    /// The box around the die: x0, y0, x1, y1.
    pub fn die_box(&self) -> Option<[i64; 4]> {
        bounding_box(&self.die)
    }

    /// What the box around the die has outside of the die, as boxes. Nothing where its polygon has
    /// slanted sides.
    pub fn outside_die(&self) -> Vec<[i64; 4]> {
        rectilinear::outside(&self.die).unwrap_or_default()
    }
}

/// x0, y0, x1, y1.
fn bounding_box(points: &[(i64, i64)]) -> Option<[i64; 4]> {
    let (xs, ys) = (|| points.iter().map(|p| p.0), || points.iter().map(|p| p.1));
    Some([xs().min()?, ys().min()?, xs().max()?, ys().max()?])
}
