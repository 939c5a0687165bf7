//! circuit_training's placement: a commented header, then `node_index x y orientation fixed`.
//!
//! The index is the node's ordinal in the netlist file; coordinates are centres in µm. Comments are
//! kept as they are, so a file survives reading and writing.

mod header;
mod read;

use std::io::{self, Write};

use flagstone_geom::Orientation;
use flagstone_netlist::{Canvas, Kind, Netlist, Placement};

pub use header::{Header, HeaderText, USER_RATE};
pub use read::read;

/// One node's line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Ordinal of the node in the netlist file.
    pub index: u32,
    /// Centre in µm.
    pub x: f64,
    /// Centre in µm.
    pub y: f64,
    /// Orientation; `None` (written `-`) for ports.
    pub orientation: Option<Orientation>,
    /// Whether the node must stay there.
    pub fixed: bool,
}

/// A placement file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlcFile {
    /// Every comment line in order, the `#` included.
    pub comments: Vec<String>,
    /// What the comments say about the canvas.
    pub header: Header,
    /// The placed nodes.
    pub rows: Vec<Row>,
}

impl PlcFile {
    /// A file with a fresh header for a placement. Nodes that are not placed have no line.
    pub fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        text: &HeaderText,
    ) -> Self {
        let listed = |&node: &flagstone_netlist::NodeId| {
            netlist.kind(node) != Kind::StdCell && placement.placed[node.usize()]
        };
        let row = |node: flagstone_netlist::NodeId| Row {
            index: netlist.nodes.index[node.usize()],
            x: placement.x[node.usize()],
            y: placement.y[node.usize()],
            orientation: (netlist.kind(node) != Kind::Port)
                .then(|| placement.orientation[node.usize()]),
            fixed: placement.fixed[node.usize()],
        };
        let comments = header::comments(netlist, canvas, text);
        Self {
            header: Header::parse(&comments),
            comments,
            rows: netlist.node_ids().filter(listed).map(row).collect(),
        }
    }

    /// Takes the header's settings over into a canvas.
    pub fn apply_header(&self, canvas: &mut Canvas) {
        self.header.apply(canvas);
    }

    /// Takes the rows over into a placement: the listed nodes are placed, all other macros are not.
    pub fn apply_rows(&self, netlist: &Netlist, placement: &mut Placement) {
        for node in netlist.macros() {
            placement.placed[node.usize()] = false;
        }
        self.apply_listed(netlist, placement);
    }

    /// Takes the rows over into a placement; nodes that are not listed stay as they are. Rows of
    /// nodes the netlist does not have were reported by [`read`] and are skipped.
    pub fn apply_listed(&self, netlist: &Netlist, placement: &mut Placement) {
        let node_of = read::nodes_by_index(netlist);
        for row in &self.rows {
            let Some(Some(node)) = node_of.get(row.index as usize) else { continue };
            let node = node.usize();
            (placement.x[node], placement.y[node]) = (row.x, row.y);
            placement.placed[node] = true;
            placement.fixed[node] = row.fixed;
            if let Some(orientation) = row.orientation {
                placement.orientation[node] = orientation;
            }
        }
    }
}

/// Writes a file; coordinates in the shortest form that reads back to the same number.
///
/// # Errors
/// Those of the writer.
pub fn write(file: &PlcFile, out: &mut impl Write) -> io::Result<()> {
    for comment in &file.comments {
        writeln!(out, "{comment}")?;
    }
    for row in &file.rows {
        let orientation = row.orientation.map_or("-", Orientation::as_str);
        let fixed = u8::from(row.fixed);
        writeln!(out, "{} {} {} {orientation} {fixed}", row.index, row.x, row.y)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
