//! WireMask-EA: an evolution over guide cells, decoded by the greedy wire-mask rule.
//!
//! Every hard macro has a guide cell. To decode, the macros go, the largest first, each to the legal
//! cell that lengthens the wires least, of equals to the one nearest its guide. The best of some
//! random guides is improved by exchanging the guides of two macros and keeping what is not worse.
//!
//! Source: WireMask-BBO (NeurIPS 2023), WireMask-EA. Macros not placed yet do not count as ends of
//! wires while decoding. Differs from it: (1) soft macros count where forces alone put them, since the
//! wires of a clustered netlist end there; (2) cells nearly as good as the best count as equal, since
//! there the best cell is a single one and the guides would have no say; (3) the evolution is judged
//! by the proxy cost, soft macros placed by forces, since that is what is compared.

mod wires;

use std::cmp::Ordering;

use flagstone_geom::Point;
use flagstone_netlist::{Kind, NodeId, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Found, SoftPlacer};
use crate::Job;
use crate::anneal::Progress;
use crate::force_directed::Schedule;
use crate::greedy;
use crate::mask::{MaskRules, Occupancy};

use self::wires::PlacedWires;

/// Everything that steers the evolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WireMaskConfig {
    /// Random guides of which the best begins; at most half of the budget. The published 100.
    pub initial: u64,
    /// How much worse than the best legal cell a cell may be to count as equal, as a share of the
    /// difference between the worst and the best. 0 is the published rule; 0.2 does better on the
    /// proxy cost of clustered netlists.
    pub slack: f64,
}

impl Default for WireMaskConfig {
    fn default() -> Self {
        Self { initial: 100, slack: 0.2 }
    }
}

/// Random guides decoded in parallel; fixed, so that the result does not depend on the threads.
const BATCH: u64 = 8;

/// Differences of wirelength below this many µm are rounding.
const ROUNDING_UM: f64 = 1e-6;

/// A guide cell for every macro in the order of decoding.
type Guides = Vec<usize>;

struct Decoder<'a> {
    job: &'a Job<'a>,
    /// Orientations, places of fixed nodes and of soft macros.
    start: &'a Placement,
    order: Vec<NodeId>,
    rules: MaskRules,
    slack: f64,
    soft: SoftPlacer,
    /// Over everything but the macros to place.
    first_wires: PlacedWires,
}

/// Decodes `budget` guides, at least one. Of `start` the orientations and the places of fixed nodes
/// are kept, and soft macros count where it has them while decoding.
///
/// # Errors
/// The macro that fits nowhere, where no random guide could be decoded.
pub fn search(
    job: &Job<'_>,
    start: &Placement,
    budget: u64,
    config: &WireMaskConfig,
    rules: MaskRules,
    mut on_progress: impl FnMut(&Progress, &Placement),
) -> Result<Found, NodeId> {
    let counts =
        |node: &NodeId| job.netlist.kind(*node) != Kind::HardMacro || start.fixed[node.usize()];
    let first = job.netlist.node_ids().filter(counts);
    let decoder = Decoder {
        first_wires: PlacedWires::new(job.netlist, start, first),
        job,
        start,
        order: greedy::by_area(job.netlist, start),
        rules,
        slack: config.slack,
        soft: SoftPlacer::new(job.netlist, start, &Schedule::default()),
    };
    let mut report = |best: &Found| {
        let progress = Progress { moves: best.moves, of: budget, best: best.cost };
        on_progress(&progress, &best.placement);
    };
    let initial = config.initial.clamp(1, (budget / 2).max(1));
    let (mut guides, mut best) = decoder.best_random(initial, &mut report)?;
    let mut rng = stream(job.seed, u64::MAX);
    let n = guides.len();
    while best.moves < budget && n > 1 && !job.stopped() {
        let (a, b) = (rng.random_range(0..n), rng.random_range(0..n - 1));
        let b = if b >= a { b + 1 } else { b };
        guides.swap(a, b);
        let found = decoder.decode(&guides);
        best.moves += 1;
        let cost = |found: &Found| found.cost.proxy(&job.weights);
        match found {
            Ok(found) if cost(&found) <= cost(&best) => {
                best = Found { moves: best.moves, ..found };
                report(&best);
            }
            _ => guides.swap(a, b),
        }
    }
    report(&best);
    Ok(best)
}

fn stream(seed: u64, index: u64) -> Pcg64Mcg {
    Pcg64Mcg::from_seed((u128::from(seed) << 64 | u128::from(index) << 1 | 1).to_le_bytes())
}

impl Decoder<'_> {
    /// The best of `n` random guides.
    fn best_random(
        &self,
        n: u64,
        report: &mut impl FnMut(&Found),
    ) -> Result<(Guides, Found), NodeId> {
        let cells = self.job.canvas.grid().n_cells();
        let mut best: Option<(Guides, Found)> = None;
        let mut stuck = None;
        let mut done = 0;
        while done < n && !(self.job.stopped() && best.is_some()) {
            let end = (done + BATCH).min(n);
            let decoded: Vec<(Guides, Result<Found, NodeId>)> = (done..end)
                .into_par_iter()
                .map(|index| {
                    let mut rng = stream(self.job.seed, index);
                    let guides: Guides =
                        self.order.iter().map(|_| rng.random_range(0..cells)).collect();
                    let found = self.decode(&guides);
                    (guides, found)
                })
                .collect();
            done = end;
            let cost = |found: &Found| found.cost.proxy(&self.job.weights);
            for (guides, found) in decoded {
                match found {
                    Ok(found) if best.as_ref().is_none_or(|b| cost(&found) < cost(&b.1)) => {
                        best = Some((guides, found));
                    }
                    Ok(_) => {}
                    Err(node) => stuck = Some(node),
                }
            }
            if let Some((_, best)) = &mut best {
                best.moves = done;
                report(best);
            }
        }
        best.ok_or_else(|| stuck.expect("without a placement some macro was stuck"))
    }

    /// The placement that guides stand for.
    ///
    /// # Errors
    /// The macro that has no legal cell.
    fn decode(&self, guides: &[usize]) -> Result<Found, NodeId> {
        let &Job { netlist, canvas, .. } = self.job;
        let grid = canvas.grid();
        let mut placement = self.start.clone();
        let mut occupancy = Occupancy::new(canvas, self.rules);
        let fixed = |node: &NodeId| self.start.fixed[node.usize()];
        for node in netlist.nodes_of(Kind::HardMacro).filter(fixed) {
            occupancy.place(netlist, &placement, node);
        }
        let mut wires = self.first_wires.clone();
        let (mut mask, mut growth) = (Vec::new(), Vec::new());
        for (&node, &guide) in self.order.iter().zip(guides) {
            if occupancy.mask(netlist.size(node), &mut mask) == 0 {
                return Err(node);
            }
            wires.mask(netlist, &placement, &grid, node, &mut growth);
            let cell = self.nearest_best(&mask, &growth, grid.center(guide));
            placement.set_center(node, grid.center(cell));
            placement.placed[node.usize()] = true;
            wires.place(netlist, &placement, node);
            occupancy.place(netlist, &placement, node);
        }
        self.soft.place(canvas, &mut placement);
        Ok(Found::new(self.job, placement, 1))
    }

    /// Of the legal cells with the least wirelength the one nearest a point; the first of equals.
    fn nearest_best(&self, mask: &[bool], growth: &[f64], guide: Point) -> usize {
        let grid = self.job.canvas.grid();
        let legal = || (0..mask.len()).filter(|&cell| mask[cell]);
        let least = legal().map(|cell| growth[cell]).fold(f64::INFINITY, f64::min);
        let most = legal().map(|cell| growth[cell]).fold(least, f64::max);
        let limit = least + (self.slack * (most - least)).max(ROUNDING_UM);
        let distance = |cell: usize| {
            let center = grid.center(cell);
            (center.x - guide.x).powi(2) + (center.y - guide.y).powi(2)
        };
        let nearer = |&a: &usize, &b: &usize| -> Ordering { distance(a).total_cmp(&distance(b)) };
        let cell = legal().filter(|&cell| growth[cell] <= limit).min_by(nearer);
        cell.expect("there is a legal cell")
    }
}
