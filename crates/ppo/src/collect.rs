use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use flagstone_env::{Environment, Observation, Outcome, Step, Task};
use flagstone_policy::{AlphaChip, Batch, Graph, Parameters, choose};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use crate::loss::floats;

/// A task with its graph.
#[derive(Clone, Debug)]
pub struct Design {
    /// The task.
    pub task: Arc<Task>,
    /// Its graph.
    pub graph: Graph,
}

impl Design {
    /// Builds the graph of a task.
    pub fn new(task: Arc<Task>) -> Self {
        let graph = Graph::new(&task.features, task.canvas.columns, task.canvas.rows);
        Self { task, graph }
    }
}

/// One episode as columns, one row a step.
#[derive(Clone, Debug, Default)]
pub struct Rollout {
    /// Index of the design.
    pub design: usize,
    /// What the policy saw.
    pub observations: Vec<Observation>,
    /// The cells it chose.
    pub actions: Vec<usize>,
    /// Logarithms of their probabilities.
    pub log_probabilities: Vec<f32>,
    /// Expected returns.
    pub values: Vec<f32>,
    /// The reward at the end.
    pub reward: f64,
    /// The finished placement; `None` for an episode that ended without legal cells.
    pub outcome: Option<Outcome>,
}

/// Plays episodes `episodes` of an iteration; the episode's number chooses its design and its random
/// numbers. `greedy` takes the likeliest cell instead of drawing one. Empty once `stop` is set.
pub fn collect(
    parameters: &Parameters,
    designs: &[Design],
    episodes: std::ops::Range<usize>,
    group: usize,
    (seed, iteration): (u64, u64),
    greedy: bool,
    stop: &AtomicBool,
) -> Vec<Rollout> {
    // A group plays one design, so that its observations share a graph.
    let n = designs.len();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for design in 0..n {
        let own: Vec<usize> = episodes.clone().filter(|episode| episode % n == design).collect();
        groups.extend(own.chunks(group.max(1)).map(<[usize]>::to_vec));
    }
    let mut rollouts: Vec<(usize, Rollout)> = groups
        .into_par_iter()
        .flat_map_iter(|episodes| {
            let design = episodes[0] % n;
            let rngs = episodes
                .iter()
                .map(|&episode| (!greedy).then(|| stream(seed, iteration, episode as u64)));
            let played = play(parameters, &designs[design], rngs.collect(), stop);
            episodes.into_iter().zip(played.into_iter().map(move |r| Rollout { design, ..r }))
        })
        .collect();
    rollouts.sort_by_key(|rollout| rollout.0);
    if stop.load(Ordering::Relaxed) {
        return Vec::new();
    }
    rollouts.into_iter().map(|rollout| rollout.1).collect()
}

/// The random numbers of one episode.
fn stream(seed: u64, iteration: u64, episode: u64) -> Pcg64Mcg {
    let mixed = u128::from(seed) << 64 | u128::from(iteration) << 24 | u128::from(episode) << 1 | 1;
    let mut rng = Pcg64Mcg::from_seed(mixed.to_le_bytes());
    // Neighbouring states of this generator start out alike.
    for _ in 0..8 {
        rand::Rng::next_u64(&mut rng);
    }
    rng
}

/// Plays one group in lockstep.
fn play(
    parameters: &Parameters,
    design: &Design,
    mut rngs: Vec<Option<Pcg64Mcg>>,
    stop: &AtomicBool,
) -> Vec<Rollout> {
    let device = Device::flex();
    let policy = AlphaChip::new(parameters, &device);
    let mut environments: Vec<Environment> =
        rngs.iter().map(|_| Environment::new(Arc::clone(&design.task))).collect();
    let mut rollouts = vec![Rollout::default(); environments.len()];
    let mut running: Vec<usize> = (0..environments.len()).collect();
    running.retain(|&i| starts(&mut environments[i], &mut rollouts[i], &design.task));
    while !running.is_empty() && !stop.load(Ordering::Relaxed) {
        let observations: Vec<&Observation> =
            running.iter().map(|&i| environments[i].observe()).collect();
        let output =
            policy.forward(&design.graph, &Batch::new(&design.graph, &observations, &device));
        let cells = design.graph.n_cells();
        let values = floats(output.values);
        let n = values.len() * cells;
        let logits = floats(output.logits.reshape([n]));
        let rows: Vec<(usize, f32, &[f32])> = running
            .iter()
            .zip(values)
            .zip(logits.chunks(cells))
            .map(|((&i, value), logits)| (i, value, logits))
            .collect();
        let mut left = Vec::with_capacity(rows.len());
        for (i, value, logits) in rows {
            let (environment, rollout) = (&mut environments[i], &mut rollouts[i]);
            let observation = environment.observe().clone();
            let choice = choose(logits, &observation.mask, rngs[i].as_mut());
            rollout.observations.push(observation);
            rollout.actions.push(choice.action);
            rollout.log_probabilities.push(choice.log_probability);
            rollout.values.push(value);
            if goes_on(environment.step(choice.action), rollout, &design.task) {
                left.push(i);
            }
        }
        running = left;
    }
    rollouts
}

/// Whether the first macro fits at all.
fn starts(environment: &mut Environment, rollout: &mut Rollout, task: &Task) -> bool {
    let step = environment.reset();
    goes_on(step, rollout, task)
}

fn goes_on(step: Step, rollout: &mut Rollout, task: &Task) -> bool {
    match step {
        Step::Continue => true,
        Step::Done(outcome) => {
            rollout.reward = outcome.reward;
            rollout.outcome = Some(*outcome);
            false
        }
        Step::Infeasible(_) => {
            rollout.reward = task.config.infeasible_reward;
            false
        }
    }
}
