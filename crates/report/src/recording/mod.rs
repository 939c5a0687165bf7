//! A recording: how a placement came about, step by step, in one file.
//!
//! Text, one JSON object a line. The first line is the [`Head`]: what was placed and where every
//! node began. Each further line is a step: its stage, the work done so far, the nodes that moved
//! since the line before as `[node, x, y, orientation]`, the cost, and for a policy's step its
//! choice: the macro, the cell, the expected return and the logits of the legal cells. Nodes are
//! numbers in the netlist's order; coordinates are centres in µm. A file that was cut off is read
//! up to its last whole line.

mod player;
mod read;
mod write;

use flagstone_cost::{Cost, Weights};
use flagstone_geom::Grid;
use flagstone_netlist::{Netlist, NodeId, Placement};
use thiserror::Error;

use crate::Place;

pub use self::player::Player;
pub use self::write::Recorder;

/// The format's version, in every head.
pub const VERSION: u32 = 1;

/// What a recording is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Name of the design.
    pub design: String,
    /// Path of its netlist when it was recorded.
    pub netlist: String,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// Columns and rows of the placement grid; a choice's cells belong to it.
    pub grid: (u32, u32),
    /// Width and height of the canvas in µm.
    pub canvas: (f64, f64),
}

impl Head {
    /// The grid that a choice's cells belong to; `None` where the head tells of none.
    pub fn grid(&self) -> Option<Grid> {
        let ((columns, rows), (width, height)) = (self.grid, self.canvas);
        let sized = |side: f64| side > 0.0 && side.is_finite();
        let whole = columns > 0 && rows > 0 && sized(width) && sized(height);
        whole.then(|| Grid::new(columns, rows, width, height))
    }
}

/// What a policy decided in a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The macro it placed.
    pub node: NodeId,
    /// The cell it chose.
    pub cell: usize,
    /// The return it expected.
    pub value: f32,
    /// Legal cells, ascending.
    pub legal: Vec<u32>,
    /// A logit for each legal cell.
    pub logits: Vec<f32>,
}

impl Choice {
    /// Logits and mask of all cells; a cell outside the mask has logit 0.
    pub fn dense(&self, n_cells: usize) -> (Vec<f32>, Vec<bool>) {
        let (mut logits, mut mask) = (vec![0.0; n_cells], vec![false; n_cells]);
        for (&cell, &logit) in self.legal.iter().zip(&self.logits) {
            if let Some(place) = logits.get_mut(cell as usize) {
                *place = logit;
                mask[cell as usize] = true;
            }
        }
        (logits, mask)
    }
}

/// One line of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What was going on.
    pub stage: String,
    /// Work done so far, in moves proposed; 0 where that is not counted.
    pub work: u64,
    /// Nodes that are somewhere else now.
    pub moved: Vec<(NodeId, Place)>,
    /// Cost of the placement, where it was evaluated.
    pub cost: Option<Cost>,
    /// The policy's choice, in a policy's step.
    pub choice: Option<Choice>,
}

/// A recording in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What it is of.
    pub head: Head,
    /// Where every node began.
    pub base: Placement,
    /// The steps, at least one.
    pub steps: Vec<Step>,
}

/// Why a recording cannot be read.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum RecordingError {
    /// A line is not what it should be.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// It belongs to another netlist.
    #[error(
        "it was recorded on another netlist ({expected} nodes there, {found} here, or other names)"
    )]
    OtherNetlist {
        /// Nodes of the netlist it was recorded on.
        expected: usize,
        /// Nodes of the one given.
        found: usize,
    },
    /// There is no step in it.
    #[error("it has no steps")]
    Empty,
}

/// Tells netlists apart by their nodes' names and sizes (64-bit FNV-1a).
fn fingerprint(netlist: &Netlist) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for node in netlist.node_ids() {
        take(netlist.node_name(node).as_bytes());
        let (width, height) = netlist.size(node);
        take(&width.to_bits().to_le_bytes());
        take(&height.to_bits().to_le_bytes());
    }
    hash
}

#[cfg(test)]
mod tests;
