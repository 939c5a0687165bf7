use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_env::{Environment, Observation, Outcome, Potential, Step, Task};
use flagstone_policy::{Answers, Graph, Parameters, choose, policy};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use crate::Config;
use crate::config::sharpness;

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
    /// What the policy saw; empty unless the episode was played to learn from.
    pub observations: Vec<Observation>,
    /// The cells it chose.
    pub actions: Vec<usize>,
    /// Logarithms of their probabilities.
    pub log_probabilities: Vec<f32>,
    /// Expected returns.
    pub values: Vec<f32>,
    /// What shaping adds to the reward of each step; all zero without shaping.
    pub shaping: Vec<f32>,
    /// The reward at the end.
    pub reward: f64,
    /// The finished placement; `None` for an episode that ended without legal cells.
    pub outcome: Option<Outcome>,
}

impl Rollout {
    /// The rewards of all steps.
    pub fn rewards(&self) -> Vec<f32> {
        let mut rewards = self.shaping.clone();
        if let Some(last) = rewards.last_mut() {
            *last += self.reward as f32;
        }
        rewards
    }

    /// Notes how a step ended; whether the episode goes on.
    fn note(&mut self, step: Step, task: &Task) -> bool {
        match step {
            Step::Continue => return true,
            Step::Done(outcome) => {
                self.reward = outcome.reward;
                self.outcome = Some(*outcome);
            }
            Step::Infeasible(_) => self.reward = task.config.infeasible_reward,
        }
        false
    }
}

/// What episodes are played for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To learn from: cells are drawn, and everything that was seen is kept.
    Learning,
    /// To find good placements: cells are drawn, and what was seen is forgotten.
    Sampling,
    /// To judge the policy: the likeliest cells, and what was seen is forgotten.
    Greedy,
}

/// Plays episodes `episodes` of an iteration; the episode's number chooses its design and its random
/// numbers. Empty once `stop` is set.
pub fn collect(
    parameters: &Parameters,
    designs: &[Design],
    episodes: std::ops::Range<usize>,
    config: &Config,
    (seed, iteration): (u64, u64),
    purpose: Purpose,
    stop: &AtomicBool,
) -> Vec<Rollout> {
    // A group plays one design, so that its observations share a graph.
    let n = designs.len();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for design in 0..n {
        let own: Vec<usize> = episodes.clone().filter(|episode| episode % n == design).collect();
        groups.extend(own.chunks(config.group.max(1)).map(<[usize]>::to_vec));
    }
    let mut rollouts: Vec<(usize, Rollout)> = groups
        .into_par_iter()
        .flat_map_iter(|episodes| {
            let design = episodes[0] % n;
            let rngs = episodes
                .iter()
                .map(|&episode| stream(seed, iteration, episode as u64))
                .map(|rng| (purpose != Purpose::Greedy).then_some(rng));
            let mut group = Group::new(parameters, &designs[design], rngs.collect(), config);
            if purpose != Purpose::Learning {
                group.keep = false;
                group.sharpness = sharpness(config.sample_temperature) as f32;
            }
            group.play(parameters, stop);
            let played = group.players.into_iter().map(|player| player.rollout);
            episodes.into_iter().zip(played.map(move |r| Rollout { design, ..r }))
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

/// One episode on its way.
struct Player {
    environment: Environment,
    rollout: Rollout,
    rng: Option<Pcg64Mcg>,
}

/// Episodes of one design that step together.
struct Group<'a> {
    design: &'a Design,
    config: &'a Config,
    players: Vec<Player>,
    /// Whether observations are kept.
    keep: bool,
    /// What logits are multiplied by.
    sharpness: f32,
}

impl<'a> Group<'a> {
    fn new(
        parameters: &Parameters,
        design: &'a Design,
        rngs: Vec<Option<Pcg64Mcg>>,
        config: &'a Config,
    ) -> Self {
        let player = |rng| Player {
            environment: environment(parameters, design, config.shaping),
            rollout: Rollout::default(),
            rng,
        };
        let players = rngs.into_iter().map(player).collect();
        let sharpness = sharpness(config.temperature) as f32;
        Self { design, config, players, keep: true, sharpness }
    }

    /// Plays all episodes to their ends, one batched forward pass a step.
    fn play(&mut self, parameters: &Parameters, stop: &AtomicBool) {
        let policy = policy(parameters, &self.config.compute.device());
        let (graph, task) = (&self.design.graph, &self.design.task);
        let encoding = policy.encode(graph);
        let mut running: Vec<usize> = (0..self.players.len()).collect();
        running.retain(|&i| {
            let Player { environment, rollout, .. } = &mut self.players[i];
            rollout.note(environment.reset(), task)
        });
        while !running.is_empty() && !stop.load(Ordering::Relaxed) {
            let observations: Vec<&Observation> =
                running.iter().map(|&i| self.players[i].environment.observe()).collect();
            let Answers { mut logits, values } = policy.answer(graph, &encoding, &observations);
            logits.iter_mut().for_each(|logit| *logit *= self.sharpness);
            let mut rows = values.into_iter().zip(logits.chunks(graph.n_cells()));
            running.retain(|&i| {
                let (value, logits) = rows.next().expect("one row for each running episode");
                self.players[i].step((value, logits), task, self.config, self.keep)
            });
        }
    }
}

/// An environment that shows what the network reads and what shaping needs.
pub(crate) fn environment(
    parameters: &Parameters,
    design: &Design,
    shaping: Potential,
) -> Environment {
    let task = Arc::clone(&design.task);
    if parameters.network.reads_maps() || shaping != Potential::None {
        Environment::with_maps(task)
    } else {
        Environment::new(task)
    }
}

impl Player {
    /// Draws a cell and goes there; whether the episode goes on.
    fn step(
        &mut self,
        (value, logits): (f32, &[f32]),
        task: &Task,
        config: &Config,
        keep: bool,
    ) -> bool {
        let (environment, rollout) = (&mut self.environment, &mut self.rollout);
        let observation = environment.observe();
        let choice = choose(logits, &observation.mask, self.rng.as_mut());
        if keep {
            rollout.observations.push(observation.clone());
        }
        rollout.actions.push(choice.action);
        rollout.log_probabilities.push(choice.log_probability);
        rollout.values.push(value);
        let before = environment.potential(config.shaping);
        let goes_on = rollout.note(environment.step(choice.action), task);
        // The potential of every end is zero, also of one without legal cells.
        let after = if goes_on { environment.potential(config.shaping) } else { 0.0 };
        rollout.shaping.push((config.gamma * after - before) as f32);
        goes_on
    }
}
