//! Floorplanning benchmarks as files.

use std::fmt::Write;

use flagstone_geom::Orientation;
use flagstone_netlist::{Kind, NetId, NodeId, Placement};
use thiserror::Error;

use super::Design;
use crate::bookshelf::corner;
use crate::bookshelf::lines::is_name;

/// The texts of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// `.blocks`
    pub blocks: String,
    /// `.nets`
    pub nets: String,
    /// `.pl`
    pub pl: String,
}

/// Something that these files cannot hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// A name with white space or a colon at its border, or a keyword.
    #[error(
        "{0:?} cannot stand in a GSRC file: white space, a colon at its border, a # in front, or a \
         keyword"
    )]
    Name(String),
    /// Standard cells; the format knows blocks and terminals only.
    #[error("the netlist has standard cells, the format knows blocks only")]
    Cells,
}

/// Least and most height over width of a soft block, as published benchmarks have it.
const ASPECTS: (f64, f64) = (0.3, 3.0);

/// Writes a benchmark. A terminal that several nets share stands in each of them.
///
/// # Errors
/// If there are standard cells or a name cannot stand in such a file.
pub fn write(design: &Design) -> Result<Files, WriteError> {
    let netlist = &design.netlist;
    if netlist.nodes_of(Kind::StdCell).next().is_some() {
        return Err(WriteError::Cells);
    }
    Ok(Files { blocks: blocks(design)?, nets: nets(design), pl: places(design) })
}

impl Design {
    /// How a node's shape in the netlist is turned from that of the files.
    fn base_of(&self, node: NodeId) -> Orientation {
        self.base.get(node.usize()).copied().unwrap_or_default()
    }

    /// A node's orientation in the files; only places come with one.
    fn orientation(&self, node: NodeId) -> Orientation {
        let Placement { orientation, placed, .. } = &self.placement;
        let own = if placed[node.usize()] { orientation[node.usize()] } else { Orientation::N };
        self.base_of(node).then(own)
    }

    /// Width and height in the files, where turned orientations swap them.
    fn size_in_files(&self, node: NodeId) -> (f64, f64) {
        let (width, height) = self.netlist.size(node);
        if self.orientation(node).is_turned() { (height, width) } else { (width, height) }
    }
}

/// Writing to a string cannot fail.
fn line(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
    out.push('\n');
}

fn blocks(design: &Design) -> Result<String, WriteError> {
    let netlist = &design.netlist;
    let mut out = String::from("UCSC blocks 1.0\n\n");
    let count = |kind| netlist.nodes_of(kind).count();
    line(&mut out, format_args!("NumSoftRectangularBlocks : {}", count(Kind::SoftMacro)));
    line(&mut out, format_args!("NumHardRectilinearBlocks : {}", count(Kind::HardMacro)));
    line(&mut out, format_args!("NumTerminals : {}\n", count(Kind::Port)));
    for node in netlist.node_ids() {
        let name = netlist.node_name(node);
        if !is_name(name) {
            return Err(WriteError::Name(name.to_owned()));
        }
        let (w, h) = design.size_in_files(node);
        match netlist.kind(node) {
            Kind::Port => line(&mut out, format_args!("{name} terminal")),
            Kind::SoftMacro => {
                let (least, most) = ASPECTS;
                line(&mut out, format_args!("{name} softrectangular {} {least} {most}", w * h));
            }
            _ => {
                let corners = format!("(0, 0) (0, {h}) ({w}, {h}) ({w}, 0)");
                line(&mut out, format_args!("{name} hardrectilinear 4 {corners}"));
            }
        }
    }
    Ok(out)
}

fn nets(design: &Design) -> String {
    let netlist = &design.netlist;
    let mut out = String::from("UCLA nets 1.0\n\n");
    let n_pins: usize = netlist.net_pins.rows().map(<[_]>::len).sum();
    line(&mut out, format_args!("NumNets : {}\nNumPins : {n_pins}", netlist.n_nets()));
    for net in netlist.net_ids() {
        write_net(design, net, &mut out);
    }
    out
}

fn write_net(design: &Design, net: NetId, out: &mut String) {
    let netlist = &design.netlist;
    let pins = netlist.net_pins.row(net);
    line(out, format_args!("NetDegree : {}", pins.len()));
    for (place, &pin) in pins.iter().enumerate() {
        let node = netlist.pins.node[pin.usize()];
        // The driver is an output, so that a reader finds it again.
        let way = if place == 0 { "O" } else { "B" };
        let name = netlist.node_name(node);
        let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
        let (dx, dy) = design.base_of(node).inverse().apply(dx, dy);
        let (w, h) = design.size_in_files(node);
        let share = |offset: f64, size: f64| if size > 0.0 { offset / size * 100.0 } else { 0.0 };
        match netlist.kind(node) {
            Kind::Port => line(out, format_args!("{name} {way}")),
            _ if dx == 0.0 && dy == 0.0 => line(out, format_args!("{name} {way}")),
            _ => line(out, format_args!("{name} {way} : %{} %{}", share(dx, w), share(dy, h))),
        }
    }
}

fn places(design: &Design) -> String {
    let Design { netlist, placement, origin, .. } = design;
    let mut out = String::from("UCLA pl 1.0\n\n");
    let placed = |node: &NodeId| placement.placed[node.usize()];
    for node in netlist.node_ids().filter(placed) {
        let (w, h) = netlist.size(node);
        let at = placement.center(node);
        let x = corner(at.x, |x| x - origin.x + w / 2.0);
        let y = corner(at.y, |y| y - origin.y + h / 2.0);
        let name = netlist.node_name(node);
        match design.orientation(node) {
            Orientation::N => line(&mut out, format_args!("{name} {x} {y}")),
            turned => line(&mut out, format_args!("{name} {x} {y} : {turned}")),
        }
    }
    out
}
