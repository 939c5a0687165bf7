//! GSRC and MCNC floorplanning benchmarks: `.blocks .nets .pl`.
//!
//! Hard blocks become hard macros, soft blocks square soft macros of the stated area, terminals
//! ports. Files give lower-left corners, [`Placement`] holds centres counted from
//! [`Design::origin`]. Blocks that all lie at the origin have no place yet. As the cost never swaps
//! width and height, a block that `.pl` turns gets a shape that is turned once and for all
//! ([`Design::base`]); writing undoes it.
//!
//! The canvas is the box around the terminals, or, where they span no box that the blocks fit
//! into, a square 1.15 times as large as all blocks.
//!
//! ```
//! use flagstone_formats::gsrc::{Parts, read};
//!
//! let parts = Parts {
//!     blocks: b"a hardrectilinear 4 (0, 0) (0, 2) (4, 2) (4, 0)\nb softrectangular 9 0.3 3\n",
//!     nets: b"NetDegree : 2\na B : %50 %0\nb B\n",
//!     pl: None,
//! };
//! let (design, _) = read(&parts);
//! assert_eq!(design.map(|design| design.netlist.pins.dx[0]), Some(2.0));
//! ```

mod blocks;
mod nets;
mod pl;
mod write;

use std::collections::HashMap;

use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use crate::bookshelf::lines::{Lines, compare, counted, title};
use crate::{Diagnostic, Diagnostics};

pub use write::{Files, WriteError, write};

/// The texts of a benchmark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// `.blocks`
    pub blocks: &'a [u8],
    /// `.nets`
    pub nets: &'a [u8],
    /// `.pl`
    pub pl: Option<&'a [u8]>,
}

/// What was found in each of [`Parts`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartDiagnostics {
    /// `.blocks`
    pub blocks: Vec<Diagnostic>,
    /// `.nets`
    pub nets: Vec<Diagnostic>,
    /// `.pl`
    pub pl: Vec<Diagnostic>,
}

/// A floorplanning benchmark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// The circuit, shapes turned as [`base`](Self::base) says.
    pub netlist: Netlist,
    /// Centres relative to [`origin`](Self::origin).
    pub placement: Placement,
    /// How each node's shape and pins are turned from those of the files: `N` or `W`. Nodes beyond
    /// its end have the files' shape.
    pub base: Vec<Orientation>,
    /// Lower-left corner of the canvas in the files' coordinates.
    pub origin: Point,
    /// Width and height of the canvas.
    pub size: (f64, f64),
}

/// Reads a benchmark. `None` where there is an error among the diagnostics.
pub fn read(parts: &Parts<'_>) -> (Option<Design>, PartDiagnostics) {
    let texts = [parts.blocks, parts.nets, parts.pl.unwrap_or_default()];
    let mut all = texts.map(Diagnostics::new);
    let [of_blocks, of_nets, of_pl] = &mut all;
    let blocks = blocks::parse(texts[0], of_blocks);
    let mut design = None;
    if !of_blocks.has_errors() {
        let nets = nets::parse(texts[1], &blocks, of_nets);
        let places = pl::parse(texts[2], &blocks, of_pl);
        if !of_nets.has_errors() && !of_pl.has_errors() {
            design = Some(build(&blocks, &nets, &places, of_pl));
        }
    }
    let [blocks, nets, pl] = all.map(Diagnostics::finish);
    (design, PartDiagnostics { blocks, nets, pl })
}

/// A block or terminal of the file.
struct Block<'a> {
    name: &'a str,
    kind: Kind,
    width: f64,
    height: f64,
}

/// All blocks and where their names lead.
#[derive(Default)]
struct Blocks<'a> {
    list: Vec<Block<'a>>,
    names: HashMap<&'a [u8], u32>,
}

/// A pin by its block, offsets from the centre.
struct FilePin {
    block: u32,
    output: bool,
    dx: f64,
    dy: f64,
}

/// Row of each net's first pin, and all pins.
#[derive(Default)]
struct Nets {
    first: Vec<usize>,
    pins: Vec<FilePin>,
}

fn build(
    blocks: &Blocks<'_>,
    nets: &Nets,
    places: &[Option<pl::Place>],
    diagnostics: &mut Diagnostics<'_>,
) -> Design {
    let core = canvas(blocks, places, diagnostics);
    let mut builder = Builder::new();
    let mut base = Vec::with_capacity(blocks.list.len());
    for (block, place) in blocks.list.iter().zip(places) {
        let orientation = place.as_ref().map(|place| place.orientation).unwrap_or_default();
        let (turn, orientation) = orientation.split_turn();
        base.push(turn);
        let (mut width, mut height) = (block.width, block.height);
        if turn.is_turned() {
            (width, height) = (height, width);
        }
        let (kind, name) = (block.kind, block.name);
        builder.node(Node { kind, name, width, height, orientation, ..Node::default() });
    }
    add_nets(&mut builder, nets, &base);
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    let floorplanned = has_places(blocks, places);
    for (node, place) in netlist.node_ids().zip(places) {
        let row = node.usize();
        let port = netlist.kind(node) == Kind::Port;
        placement.placed[row] = place.is_some() && (port || floorplanned);
        let Some(place) = place.as_ref().filter(|_| placement.placed[row]) else { continue };
        let (width, height) = netlist.size(node);
        let center = Point::new(
            place.corner.x - core.x0 + width / 2.0,
            place.corner.y - core.y0 + height / 2.0,
        );
        placement.set_center(node, center);
    }
    let origin = Point::new(core.x0, core.y0);
    Design { netlist, placement, base, origin, size: (core.width(), core.height()) }
}

/// Whether any block lies elsewhere than at the origin.
fn has_places(blocks: &Blocks<'_>, places: &[Option<pl::Place>]) -> bool {
    let mut placed = blocks.list.iter().zip(places).filter(|(block, _)| block.kind != Kind::Port);
    placed.any(|(_, place)| place.as_ref().is_some_and(|place| place.corner != Point::default()))
}

fn canvas(
    blocks: &Blocks<'_>,
    places: &[Option<pl::Place>],
    diagnostics: &mut Diagnostics<'_>,
) -> Rect {
    let area: f64 = blocks.list.iter().map(|block| block.width * block.height).sum();
    let terminals = blocks.list.iter().zip(places).filter(|(block, _)| block.kind == Kind::Port);
    let corners = terminals.filter_map(|(_, place)| Some(place.as_ref()?.corner));
    let around = corners.map(|p| Rect { x0: p.x, y0: p.y, x1: p.x, y1: p.y }).reduce(|a, b| Rect {
        x0: a.x0.min(b.x0),
        y0: a.y0.min(b.y0),
        x1: a.x1.max(b.x1),
        y1: a.y1.max(b.y1),
    });
    let around = around.filter(|rect| rect.area() > 0.0 && rect.area().is_finite());
    match around {
        Some(rect) if rect.area() >= area => return rect,
        Some(_) => {
            let message = "the box around the terminals is smaller than all blocks together";
            let help = Some("the canvas is a square 1.15 times as large as the blocks");
            diagnostics.warning(0, message, help);
        }
        None => {}
    }
    let side = (area * crate::bookshelf::ROOM).sqrt().clamp(1.0, f64::MAX);
    Rect { x0: 0.0, y0: 0.0, x1: side, y1: side }
}

fn add_nets(builder: &mut Builder, nets: &Nets, base: &[Orientation]) {
    let mut n_pins_of: HashMap<u32, usize> = HashMap::new();
    for pin in &nets.pins {
        let node = NodeId(pin.block);
        let ordinal = n_pins_of.entry(pin.block).or_default();
        let name = format!("{}/p{ordinal}", builder.name(node));
        *ordinal += 1;
        let (dx, dy) = base[node.usize()].apply(pin.dx, pin.dy);
        builder.pin(Pin { node, name: &name, dx, dy, ..Pin::default() });
    }
    for (net, &start) in nets.first.iter().enumerate() {
        let end = nets.first.get(net + 1).copied().unwrap_or(nets.pins.len());
        let output = (start..end).find(|&pin| nets.pins[pin].output);
        let Some(driver) = output.or((start < end).then_some(start)) else { continue };
        let sinks: Vec<PinId> =
            (start..end).filter(|&pin| pin != driver).map(PinId::from_usize).collect();
        builder.net(PinId::from_usize(driver), &sinks);
    }
}

#[cfg(test)]
mod tests;
