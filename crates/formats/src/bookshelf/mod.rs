//! Bookshelf: `.aux .nodes .nets .wts .pl .scl`, the format of the ISPD and ICCAD04 benchmarks.
//!
//! Files give the lower-left corner of the placed box, [`Placement`] holds centres counted from the
//! lower-left corner of the canvas: [`Design::origin`] in the files' coordinates. Widths and heights
//! are those of orientation `N`; in a turned orientation the placed box has them swapped. As the cost
//! never swaps them, a node that `.pl` turns gets a shape that is turned once and for all
//! ([`Mark::base`]); writing undoes it.
//!
//! What a node is follows from its shape:
//!
//! | in the files | [`Kind`](flagstone_netlist::Kind) |
//! |---|---|
//! | movable, taller than a row | hard macro |
//! | movable, not taller | standard cell |
//! | terminal without area, `terminal_NI`, or outside the core | port |
//! | terminal not larger than a row's height at the rim of the core | port |
//! | any other terminal | hard macro that is fixed |
//!
//! ```
//! use flagstone_formats::bookshelf::{Parts, read};
//!
//! let parts = Parts {
//!     nodes: b"NumNodes : 2\nNumTerminals : 1\n a 4 1\n p 1 1 terminal\n",
//!     nets: b"NumNets : 1\nNumPins : 2\nNetDegree : 2 n\n a O : 2 0\n p I\n",
//!     pl: Some(b"a 3 4 : N\np 0 9 : N\n"),
//!     ..Parts::default()
//! };
//! let (design, diagnostics) = read(&parts);
//! assert!(diagnostics.is_empty(), "{diagnostics:?}");
//! assert_eq!(design.map(|design| design.netlist.n_nets()), Some(1));
//! ```

mod aux;
mod build;
pub(crate) mod lines;
mod nets;
mod nodes;
mod pl;
mod scl;
mod write;
mod wts;

use std::ops::Range;

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Netlist, NodeId, Placement};

use crate::{Diagnostic, Diagnostics};

pub(crate) use build::ROOM;
pub(crate) use write::corner;

pub use aux::{Aux, read_aux};
pub use scl::{Row, Subrow};
pub use write::{Files, NameError, write, write_pl};

/// What the `.nodes` file says behind a node's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terminal {
    /// Nothing: the node may move.
    #[default]
    No,
    /// `terminal`.
    Yes,
    /// `terminal_NI`: fixed, others may lie over it.
    NotInImage,
}

/// What the `.pl` file says behind a node's orientation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fixed {
    /// Nothing.
    #[default]
    No,
    /// `/FIXED`.
    Yes,
    /// `/FIXED_NI`.
    NotInImage,
}

/// Direction of a pin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// `I`.
    Input,
    /// `O`; the first output drives the net.
    Output,
    /// `B`.
    #[default]
    Both,
    /// The file gives none.
    Unknown,
}

/// What the files say about a node beyond the netlist.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// Width in the file; ports have none in the netlist.
    pub width: f64,
    /// Height in the file.
    pub height: f64,
    /// The mark in `.nodes`.
    pub terminal: Terminal,
    /// The mark in `.pl`.
    pub fixed: Fixed,
    /// How the node's shape and pins in the netlist are turned from those of the files: `N` or `W`.
    pub base: Orientation,
}

impl Mark {
    /// Width and height of the box that the node covers in an orientation of the files.
    fn size(&self, in_files: Orientation) -> (f64, f64) {
        if in_files.is_turned() { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// A net of the file. Nets of fewer than two pins are no nets in the netlist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileNet {
    /// Its name; `None` where the file gives none.
    pub name: Option<Box<str>>,
    /// Its pins as rows of the netlist's pins, in file order.
    pub pins: Range<u32>,
}

/// A design in Bookshelf format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// The circuit, shapes turned as [`Mark::base`] says. Pins of cells and ports have their offsets,
    /// several a node.
    pub netlist: Netlist,
    /// Centres relative to [`origin`](Self::origin); nodes that `.pl` lacks are not placed.
    pub placement: Placement,
    /// Lower-left corner of the canvas in the files' coordinates.
    pub origin: Point,
    /// Width and height of the canvas in the files' units.
    pub size: (f64, f64),
    /// Height of a row; nodes above it are macros.
    pub row_height: f64,
    /// The rows of `.scl`.
    pub rows: Vec<Row>,
    /// One for each node.
    pub marks: Vec<Mark>,
    /// All nets in file order.
    pub nets: Vec<FileNet>,
    /// One for each pin.
    pub directions: Vec<Direction>,
    /// The nodes in the order of `.pl`.
    pub pl_order: Vec<NodeId>,
}

/// The texts of the files `.aux` names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// `.nodes`
    pub nodes: &'a [u8],
    /// `.nets`
    pub nets: &'a [u8],
    /// `.pl`
    pub pl: Option<&'a [u8]>,
    /// `.scl`
    pub scl: Option<&'a [u8]>,
    /// `.wts`
    pub wts: Option<&'a [u8]>,
}

/// What was found in each of [`Parts`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartDiagnostics {
    /// `.nodes`
    pub nodes: Vec<Diagnostic>,
    /// `.nets`
    pub nets: Vec<Diagnostic>,
    /// `.pl`
    pub pl: Vec<Diagnostic>,
    /// `.scl`
    pub scl: Vec<Diagnostic>,
    /// `.wts`
    pub wts: Vec<Diagnostic>,
}

impl PartDiagnostics {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// All diagnostics with the extension of their file.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Diagnostic)> {
        let parts = [
            ("nodes", &self.nodes),
            ("nets", &self.nets),
            ("pl", &self.pl),
            ("scl", &self.scl),
            ("wts", &self.wts),
        ];
        parts.into_iter().flat_map(|(part, list)| list.iter().map(move |d| (part, d)))
    }
}

/// Reads a design. `None` where there is an error among the diagnostics.
pub fn read(parts: &Parts<'_>) -> (Option<Design>, PartDiagnostics) {
    let [pl, scl, wts] = [parts.pl, parts.scl, parts.wts].map(Option::unwrap_or_default);
    let texts = [parts.nodes, parts.nets, pl, scl, wts];
    let mut all = texts.map(Diagnostics::new);
    let design = read_all(texts, &mut all);
    let failed = all.iter().any(Diagnostics::has_errors);
    let [nodes, nets, pl, scl, wts] = all.map(Diagnostics::finish);
    let diagnostics = PartDiagnostics { nodes, nets, pl, scl, wts };
    (design.filter(|_| !failed), diagnostics)
}

fn read_all(texts: [&[u8]; 5], diagnostics: &mut [Diagnostics<'_>; 5]) -> Option<Design> {
    let [of_nodes, of_nets, of_pl, of_scl, of_wts] = diagnostics;
    let nodes = nodes::parse(texts[0], of_nodes);
    if of_nodes.has_errors() {
        return None;
    }
    let nets = nets::parse(texts[1], &nodes, of_nets);
    let pl = pl::parse(texts[2], &nodes, of_pl);
    let rows = scl::parse(texts[3], of_scl);
    let weights = wts::parse(texts[4], &nodes, &nets, of_wts);
    if [of_nets, of_pl, of_scl, of_wts].iter().any(|part| part.has_errors()) {
        return None;
    }
    Some(build::build(&nodes, &nets, &pl, rows, &weights, of_nodes))
}

#[cfg(test)]
mod tests;
