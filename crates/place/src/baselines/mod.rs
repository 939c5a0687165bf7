//! Methods of others to compare with, under the one evaluator and the same rules of legality.
//!
//! [`random`] draws legal cells, [`tilos_sa`] is the annealer of TILOS MacroPlacement,
//! [`wiremask_ea`] the evolution of WireMask-BBO. All of them place hard macros on grid cells and
//! leave the soft macros to circuit_training's forces, as published. The greedy rule alone is
//! [`crate::greedy`].

pub mod random;
mod soft_placer;
pub mod tilos_sa;
pub mod wiremask_ea;

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::Placement;

use crate::Job;

pub use self::soft_placer::SoftPlacer;

/// What a baseline found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The best placement, without overlaps of hard macros.
    pub placement: Placement,
    /// Its cost by a full evaluation.
    pub cost: Cost,
    /// Moves tried; for methods that build whole placements, the placements built.
    pub moves: u64,
}

impl Found {
    fn new(job: &Job<'_>, placement: Placement, moves: u64) -> Self {
        let cost = evaluate(job.netlist, job.canvas, &placement, Rules::Clamp).cost;
        Self { placement, cost, moves }
    }

    /// Takes the other one's placement where it costs less.
    fn keep_better(&mut self, job: &Job<'_>, other: Found) {
        if other.cost.proxy(&job.weights) < self.cost.proxy(&job.weights) {
            (self.placement, self.cost) = (other.placement, other.cost);
        }
    }
}

#[cfg(test)]
mod tests;
