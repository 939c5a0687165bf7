use std::sync::atomic::AtomicBool;

use flagstone_env::Outcome;
use flagstone_policy::Parameters;

use crate::{Config, Design, Purpose, collect};

/// How good a policy is on one design.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The greedy episode; `None` where it ran into a state without legal cells.
    pub greedy: Option<Outcome>,
    /// The best of the sampled and the greedy episodes.
    pub best: Option<Outcome>,
    /// Proxy costs of the sampled episodes that ended well.
    pub sampled: Vec<f64>,
    /// Sampled episodes that ended without legal cells.
    pub infeasible: usize,
}

/// Plays one greedy and `samples` sampled episodes.
pub fn evaluate(
    parameters: &Parameters,
    design: &Design,
    samples: usize,
    config: &Config,
    seed: u64,
    stop: &AtomicBool,
) -> Evaluation {
    /// Tells the random numbers of evaluations from those of training.
    const EVALUATION: u64 = 1 << 39;
    let designs = std::slice::from_ref(design);
    let play = |n: usize, purpose: Purpose| {
        collect(parameters, designs, 0..n, config, (seed, EVALUATION), purpose, stop)
    };
    let greedy = play(1, Purpose::Greedy).pop().and_then(|rollout| rollout.outcome);
    let rollouts = play(samples, Purpose::Sampling);
    let infeasible = rollouts.iter().filter(|rollout| rollout.outcome.is_none()).count();
    let outcomes: Vec<Outcome> = rollouts.into_iter().filter_map(|r| r.outcome).collect();
    let sampled = outcomes.iter().map(|outcome| -outcome.reward).collect();
    let all = greedy.iter().cloned().chain(outcomes);
    let best = all.reduce(|best, next| if next.reward > best.reward { next } else { best });
    Evaluation { greedy, best, sampled, infeasible }
}
