//! Simulated annealing on the exact proxy cost, several replicas that go with the winner.
//!
//! Moves are computed proposals (`proposal`): a soft macro into the interval where its wirelength
//! is least or does not change, short shifts at every scale, swaps, macros slid along and against
//! each other, mirrored, exchanged with one of the same size. Every proposal is judged by the
//! incremental engine, so the cost is exact; hard macros never overlap at any time.
//!
//! Source of the replica scheme: "go with the winners", as TILOS MacroPlacement's annealer uses it.
//! Results depend on the seed and the number of replicas, not on the number of threads.

mod boxes;
mod config;
mod mix;
mod proposal;

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Cost, Weights};
use flagstone_netlist::Placement;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use crate::Job;

pub(crate) use self::boxes::Boxes;
use self::proposal::Proposer;

pub use self::config::AnnealConfig;
pub use self::mix::{MixConfig, MoveKind, N_KINDS};

/// Moves between two looks at the stop flag.
const STOP_EVERY: u64 = 1024;

/// What an annealer reports between rounds.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Proposed moves so far.
    pub moves: u64,
    /// Moves the schedule has in all.
    pub of: u64,
    /// Best cost so far.
    pub best: Cost,
}

/// The best placement found and how much work it took.
#[derive(Clone, Debug)]
pub struct Annealed {
    /// The best placement seen; never worse than the one given.
    pub placement: Placement,
    /// Its cost.
    pub cost: Cost,
    /// Proposed moves.
    pub moves: u64,
    /// Accepted moves.
    pub accepted: u64,
    /// What each kind of move did, in the order of [`MoveKind::ALL`].
    pub tallies: [Tally; N_KINDS],
    /// Whether the stop flag ended the run early.
    pub stopped: bool,
}

/// What one kind of move did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Moves drawn.
    pub drawn: u64,
    /// Moves accepted.
    pub accepted: u64,
    /// Sum of the cost's changes by accepted moves that lowered it.
    pub gain: f64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.drawn += other.drawn;
        self.accepted += other.accepted;
        self.gain += other.gain;
    }
}

struct Replica {
    engine: Engine,
    boxes: Boxes,
    proposer: Proposer,
    rng: Pcg64Mcg,
    best: Placement,
    best_cost: Cost,
    best_is_current: bool,
    moves: u64,
    accepted: u64,
    tallies: [Tally; N_KINDS],
    /// Temperature at which as much heat as the whole cost at the start would be spread evenly over
    /// the movable macros.
    unit: f64,
}

/// Improves placements whose hard macros do not overlap: each replica starts from one of `starts`,
/// in turn, of which there is at least one.
///
/// `on_round` is called between rounds with the best so far; `stop` ends the run at the next look.
pub fn anneal(
    job: &Job<'_>,
    starts: &[Placement],
    config: &AnnealConfig,
    mut on_round: impl FnMut(&Progress, &Placement),
) -> Annealed {
    let n = config.replicas.max(1);
    let mut replicas: Vec<Replica> =
        (0..n).map(|i| Replica::new(job, &starts[i % starts.len()], config, i as u64)).collect();
    let weights = job.weights;
    let rounds = config.rounds.max(1);
    let moves_per_round = config.moves / (n * rounds) as u64;
    for round in 0..rounds {
        replicas.par_iter_mut().for_each(|replica| {
            replica.run(round, rounds, moves_per_round, config, job);
        });
        let best = best_of(&replicas, &weights);
        let moves = replicas.iter().map(|replica| replica.moves).sum();
        let progress = Progress { moves, of: config.moves, best: replicas[best].best_cost };
        on_round(&progress, &replicas[best].best);
        if job.stopped() {
            break;
        }
        go_with_the_winner(&mut replicas, &weights);
    }
    let moves = replicas.iter().map(|replica| replica.moves).sum();
    let accepted = replicas.iter().map(|replica| replica.accepted).sum();
    let mut tallies = [Tally::default(); N_KINDS];
    for (sum, kind) in tallies.iter_mut().zip(0..) {
        replicas.iter().for_each(|replica| sum.add(&replica.tallies[kind]));
    }
    let best = replicas.swap_remove(best_of(&replicas, &weights));
    let (placement, cost) = (best.best, best.best_cost);
    Annealed { placement, cost, moves, accepted, tallies, stopped: job.stopped() }
}

/// The weights that proposals are judged by.
fn biased(weights: &Weights, config: &AnnealConfig) -> Weights {
    Weights { congestion: weights.congestion * config.congestion_bias, ..*weights }
}

/// Index of the replica with the best placement, the first of equals.
fn best_of(replicas: &[Replica], weights: &Weights) -> usize {
    let cost = |replica: &Replica| replica.best_cost.proxy(weights);
    let better = |a: usize, b: usize| if cost(&replicas[b]) < cost(&replicas[a]) { b } else { a };
    (0..replicas.len()).reduce(better).expect("there is at least one replica")
}

/// Lets the replica with the worst present cost continue from the one with the best.
fn go_with_the_winner(replicas: &mut [Replica], weights: &Weights) {
    let cost = |replica: &Replica| replica.engine.cost().proxy(weights);
    let by = |a: &usize, b: &usize| cost(&replicas[*a]).total_cmp(&cost(&replicas[*b]));
    let winner = (0..replicas.len()).min_by(by);
    let loser = (0..replicas.len()).max_by(by);
    if let (Some(winner), Some(loser)) = (winner, loser)
        && winner != loser
    {
        let placement = replicas[winner].engine.placement().clone();
        replicas[loser].restart(&placement);
    }
}

impl Replica {
    fn new(job: &Job<'_>, start: &Placement, config: &AnnealConfig, index: u64) -> Self {
        let &Job { netlist, canvas, weights, .. } = job;
        let engine = Engine::new(Arc::clone(netlist), canvas, start, weights);
        let stream = u128::from(job.seed) << 64 | u128::from(index) << 1 | 1;
        let proposer = Proposer::new(netlist, start, config);
        let cost = engine.cost().proxy(&biased(&weights, config));
        Self {
            boxes: Boxes::new(netlist, canvas, start, config.spacing),
            rng: Pcg64Mcg::from_seed(stream.to_le_bytes()),
            best: start.clone(),
            best_cost: engine.cost(),
            best_is_current: true,
            engine,
            moves: 0,
            accepted: 0,
            tallies: [Tally::default(); N_KINDS],
            unit: cost / proposer.n_movable().max(1) as f64,
            proposer,
        }
    }

    /// Continues from another replica's placement.
    fn restart(&mut self, placement: &Placement) {
        self.save_best();
        self.engine.begin();
        for node in self.engine.netlist().clone().macros() {
            let (to, orientation) = (placement.center(node), placement.orientation[node.usize()]);
            let here = self.engine.placement();
            if here.center(node) != to || here.orientation[node.usize()] != orientation {
                self.engine.set(node, to.x, to.y, orientation);
            }
        }
        self.engine.commit();
        self.boxes.reset(placement);
        self.best_is_current = false;
    }

    /// Copies the present placement if it is the best one.
    fn save_best(&mut self) {
        if self.best_is_current {
            self.best.clone_from(self.engine.placement());
            self.best_is_current = false;
        }
    }

    /// One round of the schedule.
    fn run(
        &mut self,
        round: usize,
        rounds: usize,
        moves: u64,
        config: &AnnealConfig,
        job: &Job<'_>,
    ) {
        if self.proposer.n_movable() == 0 {
            return;
        }
        let least = f64::MIN_POSITIVE;
        let (start, end) =
            ((self.unit * config.start_heat).max(least), (self.unit * config.end_heat).max(least));
        let biased = biased(self.engine.weights(), config);
        let weights = *self.engine.weights();
        let mut targets = Vec::with_capacity(8);
        let (mut temperature, mut heat) = (start, 1.0);
        for i in 0..moves {
            if i % STOP_EVERY == 0 {
                if job.stopped() {
                    break;
                }
                let done = (round as f64 + i as f64 / moves as f64) / rounds as f64;
                temperature = start * (end / start).powf(done);
                heat = 1.0 - done;
            }
            self.moves += 1;
            let (engine, boxes) = (&self.engine, &self.boxes);
            let kind = self.proposer.propose(engine, boxes, heat, &mut self.rng, &mut targets);
            let tally = &mut self.tallies[kind as usize];
            tally.drawn += 1;
            if targets.is_empty() {
                continue;
            }
            self.engine.begin();
            for &(node, to, orientation) in &targets {
                self.engine.set(node, to.x, to.y, orientation);
            }
            let delta = self.engine.delta();
            let rise = delta.proxy(&biased);
            let accept = rise <= 0.0 || self.rng.random::<f64>() < (-rise / temperature).exp();
            if accept {
                tally.accepted += 1;
                tally.gain += (-rise).max(0.0);
                self.accept(&targets, delta.proxy(&weights), &weights);
            } else {
                self.engine.revert();
            }
        }
        self.save_best();
    }

    fn accept(&mut self, targets: &[proposal::Target], rise: f64, weights: &Weights) {
        if rise > 0.0 && self.best_is_current {
            // The best is about to be left: the move is undone, the placement copied, and the move
            // made again.
            self.engine.revert();
            self.save_best();
            self.engine.begin();
            for &(node, to, orientation) in targets {
                self.engine.set(node, to.x, to.y, orientation);
            }
        }
        self.engine.commit();
        self.accepted += 1;
        for &(node, to, _) in targets {
            self.boxes.moved(node, to.x, to.y);
        }
        let cost = self.engine.cost();
        if cost.proxy(weights) < self.best_cost.proxy(weights) {
            self.best_cost = cost;
            self.best_is_current = true;
        }
    }
}
