//! Simulated annealing as TILOS MacroPlacement runs it against AlphaChip.
//!
//! Hard macros stand on grid cells and are swapped, shifted, mirrored, moved and shuffled; after a
//! number of moves circuit_training's forces place the soft macros anew. The temperature falls
//! exponentially from iteration to iteration, and from time to time all workers continue from the
//! best ones ("go with the winners").
//!
//! Source: TILOS MacroPlacement `CodeElements/SimulatedAnnealingGWTW`. Differs from it: the cost of
//! every move is exact (theirs drifts in single precision), hard macros never overlap, and the best
//! placement seen after any placement of the soft macros is returned, not the last one.

mod config;
mod moves;
mod spiral;

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Cost, Weights};
use flagstone_netlist::{Kind, NodeId, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::{Found, SoftPlacer};
use crate::Job;
use crate::anneal::{Boxes, Progress};
use crate::force_directed::Schedule;
use crate::greedy::by_area;
use crate::mask::MaskRules;

use self::moves::{Moves, Target};

pub use self::config::SaConfig;

/// Moves between two looks at the stop flag.
const STOP_EVERY: u64 = 64;

/// Progress reports of a run, at most.
const REPORTS: u64 = 200;

/// The published start from nothing: macros along a spiral from the border inwards.
///
/// # Errors
/// The macro for which no legal cell was left.
pub fn spiral_start(
    job: &Job<'_>,
    start: &Placement,
    rules: MaskRules,
) -> Result<Placement, NodeId> {
    spiral::place(job.netlist, job.canvas, start, rules)
}

struct Worker {
    engine: Engine,
    boxes: Boxes,
    rng: Pcg64Mcg,
    targets: Vec<Target>,
    best: Placement,
    best_cost: Cost,
    moves: u64,
}

/// What the workers share.
struct Plan<'a> {
    job: &'a Job<'a>,
    config: &'a SaConfig,
    moves: Moves,
    soft: SoftPlacer,
    iterations: u64,
    moves_per_iteration: u64,
}

/// Anneals from a placement whose hard macros do not overlap. `budget` counts the moves of all
/// workers; at least one iteration is made.
pub fn search(
    job: &Job<'_>,
    start: &Placement,
    budget: u64,
    spacing: f64,
    config: &SaConfig,
    mut on_progress: impl FnMut(&Progress, &Placement),
) -> Found {
    let hard = by_area(job.netlist, start);
    let n_workers = config.workers.max(1);
    let moves_per_iteration = (config.moves_per_macro * hard.len() as u64).max(1);
    let plan = Plan {
        job,
        config,
        moves: Moves::new(hard, config),
        soft: SoftPlacer::new(job.netlist, start, &Schedule::default()),
        iterations: (budget / (n_workers as u64 * moves_per_iteration)).max(1),
        moves_per_iteration,
    };
    let mut workers: Vec<Worker> = (0..n_workers as u64)
        .into_par_iter()
        .map(|index| Worker::new(&plan, start, spacing, index))
        .collect();
    let sync_every = ((plan.iterations as f64 * config.sync).ceil() as u64).max(1);
    let chunk = plan.iterations.div_ceil(REPORTS).min(sync_every);
    let mut iteration = 0;
    while iteration < plan.iterations && !job.stopped() {
        let next_sync = (iteration / sync_every + 1) * sync_every;
        let end = (iteration + chunk).min(next_sync).min(plan.iterations);
        workers.par_iter_mut().for_each(|worker| {
            (iteration..end).for_each(|iteration| worker.iterate(&plan, iteration));
        });
        iteration = end;
        let best = &workers[ranked(&workers, &job.weights, |worker| worker.best_cost)[0]];
        let moves = workers.iter().map(|worker| worker.moves).sum();
        on_progress(&Progress { moves, of: budget, best: best.best_cost }, &best.best);
        if iteration == next_sync {
            go_with_the_winners(&mut workers, &job.weights, config.winners);
        }
    }
    let moves = workers.iter().map(|worker| worker.moves).sum();
    let best = ranked(&workers, &job.weights, |worker| worker.best_cost)[0];
    Found::new(job, workers.swap_remove(best).best, moves)
}

/// Workers by a cost, the least first.
fn ranked(workers: &[Worker], weights: &Weights, cost: impl Fn(&Worker) -> Cost) -> Vec<usize> {
    let mut order: Vec<usize> = (0..workers.len()).collect();
    let proxy = |&worker: &usize| cost(&workers[worker]).proxy(weights);
    order.sort_by(|a, b| proxy(a).total_cmp(&proxy(b)));
    order
}

/// Lets all workers but the `winners` best continue from those, in turn.
fn go_with_the_winners(workers: &mut [Worker], weights: &Weights, winners: usize) {
    let order = ranked(workers, weights, |worker| worker.engine.cost());
    let winners = winners.clamp(1, order.len());
    for (turn, &loser) in order[winners..].iter().enumerate() {
        let placement = workers[order[turn % winners]].engine.placement().clone();
        let nodes = workers[loser].engine.netlist().clone();
        workers[loser].take(nodes.macros(), &placement);
    }
}

impl Worker {
    fn new(plan: &Plan<'_>, start: &Placement, spacing: f64, index: u64) -> Self {
        let &Job { netlist, canvas, weights, seed, .. } = plan.job;
        let mut placement = start.clone();
        plan.soft.place(canvas, &mut placement);
        let engine = Engine::new(Arc::clone(netlist), canvas, &placement, weights);
        let stream = u128::from(seed) << 64 | u128::from(index) << 1 | 1;
        Self {
            boxes: Boxes::new(netlist, canvas, start, spacing),
            rng: Pcg64Mcg::from_seed(stream.to_le_bytes()),
            targets: Vec::with_capacity(4),
            best_cost: engine.cost(),
            best: placement,
            engine,
            moves: 0,
        }
    }

    /// One iteration: moves at one temperature, then the soft macros.
    fn iterate(&mut self, plan: &Plan<'_>, iteration: u64) {
        let Plan { job, config, .. } = plan;
        let done = iteration as f64 / plan.iterations as f64;
        let fall = config.end_temperature / config.start_temperature;
        let temperature = config.start_temperature * fall.powf(done);
        for i in 0..plan.moves_per_iteration {
            if i % STOP_EVERY == 0 && job.stopped() {
                break;
            }
            self.step(plan, temperature);
        }
        if job.stopped() {
            return;
        }
        let mut placement = self.engine.placement().clone();
        plan.soft.place(job.canvas, &mut placement);
        self.take(job.netlist.nodes_of(Kind::SoftMacro), &placement);
        let cost = self.engine.cost();
        if cost.proxy(&job.weights) < self.best_cost.proxy(&job.weights) {
            self.best_cost = cost;
            self.best.clone_from(self.engine.placement());
        }
    }

    /// Tries one move.
    fn step(&mut self, plan: &Plan<'_>, temperature: f64) {
        self.moves += 1;
        let Self { engine, rng, targets, .. } = self;
        plan.moves.draw(engine, rng, targets);
        if targets.is_empty() || !self.legal() {
            return;
        }
        self.engine.begin();
        for &(node, to, orientation) in &self.targets {
            self.engine.set(node, to.x, to.y, orientation);
        }
        let rise = self.engine.delta_proxy();
        if rise <= 0.0 || self.rng.random::<f64>() < (-rise / temperature).exp() {
            self.engine.commit();
        } else {
            self.engine.revert();
            let placement = self.engine.placement();
            for &(node, ..) in &self.targets {
                let old = placement.center(node);
                self.boxes.moved(node, old.x, old.y);
            }
        }
    }

    /// Whether the drawn move leaves the hard macros clear of each other; if so, they are noted at
    /// their new places.
    fn legal(&mut self) -> bool {
        let placement = self.engine.placement();
        for &(node, to, _) in &self.targets {
            self.boxes.moved(node, to.x, to.y);
        }
        let mut targets = self.targets.iter();
        let legal = targets.all(|&(node, to, _)| self.boxes.fits(node, to.x, to.y, None));
        if !legal {
            for &(node, ..) in &self.targets {
                let old = placement.center(node);
                self.boxes.moved(node, old.x, old.y);
            }
        }
        legal
    }

    /// Takes some nodes' places over from another placement.
    fn take(&mut self, nodes: impl Iterator<Item = NodeId>, placement: &Placement) {
        self.engine.begin();
        for node in nodes {
            let (to, orientation) = (placement.center(node), placement.orientation[node.usize()]);
            let here = self.engine.placement();
            if here.center(node) != to || here.orientation[node.usize()] != orientation {
                self.engine.set(node, to.x, to.y, orientation);
            }
        }
        self.engine.commit();
        self.boxes.reset(placement);
    }
}
