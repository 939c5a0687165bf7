//! Basin jumps: a part of the placement is shaken and annealed cold again; what is better is kept.
//!
//! A cold annealer ends in a basin that single moves do not leave. Each jump shakes the soft macros
//! around a random place, lets a short cold anneal find the floor of the basin it fell into, and the
//! next jumps start from the best found. Several jumps run side by side, one for each replica.

use flagstone_netlist::{Kind, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Job;
use crate::anneal::{self, AnnealConfig, Annealed, Progress};

/// Everything that steers the jumps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JumpConfig {
    /// Proposed moves of the anneal after a jump.
    pub moves: u64,
    /// Heat at the start of that anneal as a share of the cost, as `anneal.start_heat` is.
    pub heat: f64,
    /// Radius around a random place in which soft macros are shaken, in grid cells.
    pub radius: f64,
    /// How far they are shaken at most, in grid cells.
    pub shake: f64,
}

impl Default for JumpConfig {
    fn default() -> Self {
        Self { moves: 100_000, heat: 0.01, radius: 5.0, shake: 1.0 }
    }
}

/// Jumps until `moves` are spent. The placement's hard macros must not overlap.
pub fn jump(
    job: &Job<'_>,
    start: &Placement,
    config: &JumpConfig,
    anneal: &AnnealConfig,
    mut on_round: impl FnMut(&Progress, &Placement),
) -> Annealed {
    let short = AnnealConfig {
        moves: config.moves.max(1),
        start_heat: config.heat,
        end_heat: anneal.end_heat.min(config.heat),
        replicas: 1,
        rounds: 1,
        ..anneal.clone()
    };
    let still = AnnealConfig { moves: 0, replicas: 1, rounds: 1, ..anneal.clone() };
    let mut best = anneal::anneal(job, std::slice::from_ref(start), &still, |_, _| {});
    let n = anneal.replicas.max(1) as u64;
    let rounds = anneal.moves / (short.moves * n);
    for round in 0..rounds {
        if job.stopped() {
            break;
        }
        let jumps = (0..n).into_par_iter().map(|replica| {
            let seed = job.seed ^ (round * n + replica + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            // Where soft macros must stay, a jump is another cold anneal from the best.
            let start = if anneal.move_soft {
                shaken(job, &best.placement, config, seed)
            } else {
                best.placement.clone()
            };
            anneal::anneal(&Job { seed, ..*job }, &[start], &short, |_, _| {})
        });
        let found: Vec<Annealed> = jumps.collect();
        for found in found {
            best.moves += found.moves;
            best.accepted += found.accepted;
            best.stopped |= found.stopped;
            for (sum, tally) in best.tallies.iter_mut().zip(&found.tallies) {
                sum.add(tally);
            }
            if found.cost.proxy(&job.weights) < best.cost.proxy(&job.weights) {
                best.placement = found.placement;
                best.cost = found.cost;
            }
        }
        let progress = Progress { moves: best.moves, of: anneal.moves, best: best.cost };
        on_round(&progress, &best.placement);
    }
    best
}

/// The placement with the movable soft macros around a random place shaken.
fn shaken(job: &Job<'_>, placement: &Placement, config: &JumpConfig, seed: u64) -> Placement {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let &Job { netlist, canvas, .. } = job;
    let (cell_width, cell_height) = (canvas.grid().cell_width(), canvas.grid().cell_height());
    let (x, y) = (rng.random::<f64>() * canvas.width, rng.random::<f64>() * canvas.height);
    let mut result = placement.clone();
    for node in netlist.nodes_of(Kind::SoftMacro) {
        let row = node.usize();
        let away =
            ((placement.x[row] - x) / cell_width).hypot((placement.y[row] - y) / cell_height);
        if placement.fixed[row] || away > config.radius {
            continue;
        }
        let (width, height) = netlist.size(node);
        let mut shift = |at: f64, cell: f64, size: f64, canvas: f64| {
            let to = at + (2.0 * rng.random::<f64>() - 1.0) * config.shake * cell;
            if size >= canvas { at } else { to.clamp(size / 2.0, canvas - size / 2.0) }
        };
        result.x[row] = shift(placement.x[row], cell_width, width, canvas.width);
        result.y[row] = shift(placement.y[row], cell_height, height, canvas.height);
    }
    result
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use flagstone_cost::Weights;
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;
    use crate::separate::{SeparateConfig, separate};

    #[test]
    fn jumps_never_make_it_worse_and_do_not_depend_on_threads() {
        let (netlist, canvas, given) = generate(&GenerateConfig::toy());
        let stop = AtomicBool::new(false);
        let start =
            separate(&netlist, &canvas, &given, &SeparateConfig::default(), &stop).placement;
        let netlist = Arc::new(netlist);
        let weights = Weights::default();
        let job = Job { netlist: &netlist, canvas: &canvas, weights, seed: 3, stop: &stop };
        let config = JumpConfig { moves: 500, ..JumpConfig::default() };
        let anneal = AnnealConfig { moves: 6_000, ..AnnealConfig::default() };
        let mut last = f64::INFINITY;
        let mut run = || {
            jump(&job, &start, &config, &anneal, |progress, _| {
                let cost = progress.best.proxy(&weights);
                assert!(cost <= last, "{cost} {last}");
                last = if progress.moves == progress.of { f64::INFINITY } else { cost };
            })
        };
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(&mut run);
            (found.placement, found.moves)
        });
        assert_eq!(one, two);
        assert_eq!(one.1, 6_000);
    }
}
