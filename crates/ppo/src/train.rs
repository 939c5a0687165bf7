use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::{
    Best, Config, Design, EpochMode, Evaluation, Learner, Rollout, Update, collect, evaluate,
};

/// What one iteration did, as it is logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    /// Number of the iteration, from 0.
    pub iteration: u64,
    /// Episodes collected.
    pub episodes: usize,
    /// Episodes that ended without legal cells.
    pub infeasible: usize,
    /// Steps collected.
    pub steps: usize,
    /// Mean reward of all episodes.
    pub mean_reward: f64,
    /// Proxy cost of the best episode of this iteration.
    pub best_proxy: Option<f64>,
    /// Its three terms: wirelength, density, congestion.
    pub best_terms: Option<[f64; 3]>,
    /// Proxy cost of the greedy policy, where it was evaluated.
    pub greedy_proxy: Option<f64>,
    /// Proxy cost of the best placement of the whole run.
    pub run_best: Option<f64>,
    /// The learner's numbers.
    pub update: Update,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// All iterations are done.
    Finished,
    /// The best cost has not improved for `patience` evaluations.
    Plateau,
    /// The stop flag was set.
    Interrupted,
    /// The loss is not a number.
    Diverged,
}

/// Hears of every iteration; the place to log and to save checkpoints.
pub trait Observer {
    /// Called after each iteration; the learner is as the next iteration will find it.
    fn iteration(&mut self, iteration: &Iteration, learner: &Learner);
}

impl Observer for () {
    fn iteration(&mut self, _: &Iteration, _: &Learner) {}
}

/// Collects and learns until the iterations are done, progress stops or `stop` is set.
///
/// An iteration cut short by `stop` leaves no trace, so continuing from the last checkpoint gives
/// what an uninterrupted run gives. Without designs or episodes there is nothing to do.
pub fn train(
    config: &Config,
    designs: &[Design],
    mut learner: Learner,
    observer: &mut impl Observer,
    stop: &AtomicBool,
) -> (Learner, StopReason) {
    if designs.is_empty() || config.episodes == 0 || config.epochs == 0 {
        return (learner, StopReason::Finished);
    }
    while learner.iteration < config.iterations {
        let iteration = learner.iteration;
        let episodes = match config.epoch_mode {
            EpochMode::Textbook => config.episodes,
            EpochMode::SinglePass => config.episodes * config.epochs,
        };
        let stream = (config.seed, iteration);
        let rollouts =
            collect(learner.parameters(), designs, 0..episodes, config.group, stream, false, stop);
        if rollouts.is_empty() || stop.load(Ordering::Relaxed) {
            return (learner, StopReason::Interrupted);
        }
        let Some(update) = learner.update(designs, &rollouts, config, stop) else {
            return (learner, StopReason::Interrupted);
        };
        let improved = keep_best(&mut learner, &rollouts, config);
        let mut greedy_proxy = None;
        if config.evaluate_every > 0 && (iteration + 1).is_multiple_of(config.evaluate_every) {
            let Evaluation { greedy, .. } =
                evaluate(learner.parameters(), &designs[0], 0, config, config.seed, stop);
            greedy_proxy = greedy.map(|outcome| -outcome.reward);
            learner.stale = if improved { 0 } else { learner.stale + 1 };
        } else if improved {
            learner.stale = 0;
        }
        learner.iteration += 1;
        let log = summary(iteration, &rollouts, &learner, greedy_proxy, update);
        observer.iteration(&log, &learner);
        if !update.policy_loss.is_finite() || !update.gradient_norm.is_finite() {
            return (learner, StopReason::Diverged);
        }
        if config.patience > 0 && learner.stale >= config.patience {
            return (learner, StopReason::Plateau);
        }
    }
    (learner, StopReason::Finished)
}

/// Notes the best placement of the first design; true where it is better by `least_gain`.
fn keep_best(learner: &mut Learner, rollouts: &[Rollout], config: &Config) -> bool {
    let before = learner.best.as_ref().map_or(f64::INFINITY, |best| best.proxy);
    for outcome in rollouts.iter().filter(|r| r.design == 0).filter_map(|r| r.outcome.as_ref()) {
        let proxy = -outcome.reward;
        if proxy < learner.best.as_ref().map_or(f64::INFINITY, |best| best.proxy) {
            let (x, y) = (outcome.placement.x.clone(), outcome.placement.y.clone());
            learner.best = Some(Best { proxy, iteration: learner.iteration, x, y });
        }
    }
    let after = learner.best.as_ref().map_or(f64::INFINITY, |best| best.proxy);
    after < before * (1.0 - config.least_gain)
}

fn summary(
    iteration: u64,
    rollouts: &[Rollout],
    learner: &Learner,
    greedy_proxy: Option<f64>,
    update: Update,
) -> Iteration {
    let outcomes = rollouts.iter().filter_map(|rollout| rollout.outcome.as_ref());
    let best = outcomes.reduce(|best, next| if next.reward > best.reward { next } else { best });
    Iteration {
        iteration,
        episodes: rollouts.len(),
        infeasible: rollouts.iter().filter(|rollout| rollout.outcome.is_none()).count(),
        steps: rollouts.iter().map(|rollout| rollout.actions.len()).sum(),
        mean_reward: rollouts.iter().map(|r| r.reward).sum::<f64>() / rollouts.len() as f64,
        best_proxy: best.map(|outcome| -outcome.reward),
        best_terms: best.map(|o| [o.cost.wirelength, o.cost.density, o.cost.congestion]),
        greedy_proxy,
        run_best: learner.best.as_ref().map(|best| best.proxy),
        update,
    }
}
