use flagstone_netlist::{Canvas, Kind, Netlist, Placement};

use crate::force_directed::{self, Schedule};

/// Places the movable soft macros around the hard ones, by circuit_training's forces.
#[derive(Clone, Debug)]
pub struct SoftPlacer {
    square: Netlist,
    schedule: Schedule,
    any: bool,
}

impl SoftPlacer {
    /// For a design; `placement` says which soft macros may move.
    pub fn new(netlist: &Netlist, placement: &Placement, schedule: &Schedule) -> Self {
        let any = netlist.nodes_of(Kind::SoftMacro).any(|node| !placement.fixed[node.usize()]);
        Self { square: netlist.with_square_soft_macros(), schedule: schedule.clone(), any }
    }

    /// Moves the soft macros; the hard ones stay.
    pub fn place(&self, canvas: &Canvas, placement: &mut Placement) {
        if self.any {
            force_directed::place(&self.square, canvas, placement, &self.schedule);
        }
    }
}
