//! A placement from nothing: each hard macro, the largest first, to the legal cell where it
//! lengthens the wires least.
//!
//! Source: the greedy rule of WireMask-BBO (NeurIPS 2023), here over the whole netlist with every
//! other node where it is.

use std::sync::Arc;

use flagstone_cost::Weights;
use flagstone_cost::engine::Engine;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::mask::{MaskRules, Occupancy};

/// How a cell is chosen among the legal ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The cell with the least wirelength; ties to the lowest index.
    LeastWirelength,
    /// Any, with equal probability.
    Random {
        /// Seed of the random numbers.
        seed: u64,
    },
}

/// Movable hard macros by area, the largest first; equal ones in file order.
pub fn by_area(netlist: &Netlist, placement: &Placement) -> Vec<NodeId> {
    let movable = |node: &NodeId| !placement.fixed[node.usize()];
    let mut order: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).filter(movable).collect();
    order.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)));
    order
}

/// Places every movable hard macro on a legal cell; soft macros stay.
///
/// # Errors
/// The macro for which no legal cell was left.
pub fn place(
    netlist: &Arc<Netlist>,
    canvas: &Canvas,
    start: &Placement,
    choice: Choice,
    rules: MaskRules,
) -> Result<Placement, NodeId> {
    let mut engine = Engine::new(Arc::clone(netlist), canvas, start, Weights::default());
    let mut occupancy = Occupancy::new(canvas, rules);
    for node in netlist.nodes_of(Kind::HardMacro).filter(|node| start.fixed[node.usize()]) {
        occupancy.place(netlist, start, node);
    }
    let seed = if let Choice::Random { seed } = choice { seed } else { 0 };
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let (mut mask, mut wires) = (Vec::new(), Vec::new());
    let mut placement = start.clone();
    for node in by_area(netlist, start) {
        let legal = occupancy.mask(netlist.size(node), &mut mask);
        if legal == 0 {
            return Err(node);
        }
        let orientation = start.orientation[node.usize()];
        let mut cells = (0..mask.len()).filter(|&cell| mask[cell]);
        let cell = match choice {
            Choice::Random { .. } => cells.nth(rng.random_range(0..legal)),
            Choice::LeastWirelength => {
                engine.wire_mask(node, orientation, &mut wires);
                cells.min_by(|&a, &b| wires[a].total_cmp(&wires[b]))
            }
        };
        let center = canvas.grid().center(cell.expect("there is a legal cell"));
        engine.begin();
        engine.set(node, center.x, center.y, orientation);
        engine.commit();
        placement.set_center(node, center);
        placement.placed[node.usize()] = true;
        occupancy.place(netlist, &placement, node);
    }
    Ok(placement)
}
