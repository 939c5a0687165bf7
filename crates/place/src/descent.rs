//! Coordinate descent: every hard macro in turn to the best nearby cell and orientation.
//!
//! Source: circuit_training `coordinate_descent_placer`. Differs from it: candidates are judged on
//! the exact reported cost by the incremental engine, and a macro may also stay off the grid where it
//! is, so the result is never worse than the start.

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Kind, NodeId, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use crate::Job;
use crate::mask::{MaskRules, Occupancy};

/// Everything that steers the descent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DescentConfig {
    /// Passes over all macros.
    pub epochs: u32,
    /// Cells within this Manhattan distance are tried; where none is legal it grows by itself.
    pub distance: usize,
    /// Whether the four mirrored orientations are tried.
    pub flips: bool,
    /// Whether macros only turn and never move.
    pub only_flips: bool,
    /// Relative gain of an epoch below which the descent ends.
    pub least_gain: f64,
    /// What makes a cell illegal.
    pub mask: MaskRules,
}

impl Default for DescentConfig {
    fn default() -> Self {
        Self {
            epochs: 2,
            distance: 5,
            flips: true,
            only_flips: false,
            least_gain: 1e-3,
            mask: MaskRules::default(),
        }
    }
}

/// What the descent found.
#[derive(Clone, Debug)]
pub struct Descended {
    /// The placement, never worse than the start.
    pub placement: Placement,
    /// Candidates evaluated.
    pub moves: u64,
}

struct Descent<'a> {
    engine: Engine,
    occupancy: Occupancy,
    mask: Vec<bool>,
    config: &'a DescentConfig,
    moves: u64,
}

/// Improves a placement without hard-macro overlaps, in a random order drawn from the job's seed;
/// begins with no macro once `most` candidates are evaluated.
pub fn descend(job: &Job<'_>, start: &Placement, config: &DescentConfig, most: u64) -> Descended {
    let &Job { netlist, canvas, weights, seed, .. } = job;
    let mut occupancy = Occupancy::new(canvas, config.mask);
    for node in netlist.nodes_of(Kind::HardMacro) {
        occupancy.place(netlist, start, node);
    }
    let engine = Engine::new(Arc::clone(netlist), canvas, start, weights);
    let mut descent = Descent { engine, occupancy, mask: Vec::new(), config, moves: 0 };
    let mut order = crate::greedy::by_area(netlist, start);
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    'epochs: for _ in 0..config.epochs {
        let before = descent.engine.cost().proxy(&weights);
        for i in (1..order.len()).rev() {
            order.swap(i, rng.random_range(0..=i));
        }
        for &node in &order {
            if job.stopped() || descent.moves >= most {
                break 'epochs;
            }
            descent.improve(node);
        }
        let after = descent.engine.cost().proxy(&weights);
        if (before - after) / before.abs().max(f64::MIN_POSITIVE) < config.least_gain {
            break;
        }
    }
    Descended { placement: descent.engine.placement().clone(), moves: descent.moves }
}

impl Descent<'_> {
    /// Commits the best of staying and of all candidates.
    fn improve(&mut self, node: NodeId) {
        let netlist = Arc::clone(self.engine.netlist());
        let here = self.engine.placement().center(node);
        let orientation = self.engine.placement().orientation[node.usize()];
        let own = [orientation];
        let family = orientation.family();
        let turns: &[Orientation] = if self.config.flips { &family } else { &own };
        self.occupancy.unplace(node);
        let mut best = (0.0, here, orientation);
        for center in self.candidates(node, here) {
            for &turn in turns {
                self.moves += 1;
                self.engine.begin();
                self.engine.set(node, center.x, center.y, turn);
                let rise = self.engine.delta_proxy();
                self.engine.revert();
                if rise < best.0 {
                    best = (rise, center, turn);
                }
            }
        }
        let (rise, center, turn) = best;
        if rise < 0.0 {
            self.engine.begin();
            self.engine.set(node, center.x, center.y, turn);
            self.engine.commit();
        }
        self.occupancy.place(&netlist, self.engine.placement(), node);
    }

    /// Where the macro is, and the centres of the legal cells nearby.
    fn candidates(&mut self, node: NodeId, here: Point) -> Vec<Point> {
        let mut candidates = vec![here];
        if self.config.only_flips {
            return candidates;
        }
        let grid = self.engine.canvas().grid();
        let size = self.engine.netlist().size(node);
        if self.occupancy.mask(size, &mut self.mask) == 0 {
            return candidates;
        }
        let (column, row) = grid.column_row(grid.clamped_cell_at(here));
        let mut distance = self.config.distance;
        while candidates.len() == 1 {
            let near = (0..grid.n_cells()).filter(|&cell| {
                let (c, r) = grid.column_row(cell);
                self.mask[cell] && c.abs_diff(column) + r.abs_diff(row) <= distance
            });
            candidates.extend(near.map(|cell| grid.center(cell)));
            distance += 5;
        }
        candidates
    }
}
