use serde::{Deserialize, Serialize};

use crate::config::Phase;
use crate::{Config, Evaluation, Iteration, Rollout};

/// The best placement seen so far of the design that is watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its proxy cost.
    pub proxy: f64,
    /// Iteration that found it.
    pub iteration: u64,
    /// Centres of all nodes, µm.
    pub x: Vec<f64>,
    /// Centres of all nodes, µm.
    pub y: Vec<f64>,
}

/// How far a run has come: what a checkpoint holds beside the network and the optimizer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Finished iterations.
    pub iteration: u64,
    /// Episodes played, the greedy ones included.
    pub episodes: u64,
    /// Macros placed in them.
    pub steps: u64,
    /// The best placement of the first design.
    pub best: Option<Best>,
    /// The best score of an evaluation; see [`score`].
    pub score: Option<f64>,
    /// Evaluations since the last gain of `least_gain`.
    pub stale: u64,
    /// The best reward of an episode of each design of the corpus.
    pub best_rewards: Vec<Option<f64>>,
    /// Iterations in a row with an entropy below `least_entropy`.
    pub collapsed: u64,
    /// Sum over these iterations of how far the mean reward fell short of the best one, as a share.
    pub shortfall: f64,
    /// Iterations in a row with a gradient below `least_gradient`.
    pub dead: u64,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// All iterations are done.
    Finished,
    /// The budget of episodes is spent.
    Episodes,
    /// The budget of steps is spent.
    Steps,
    /// The score has reached `target`.
    Target,
    /// The score has not improved for `patience` evaluations.
    Plateau,
    /// The time is up.
    Time,
    /// The stop flag was set.
    Interrupted,
    /// The loss or its gradient is not a number.
    Diverged,
    /// The policy hardly varies any more and plays as well as the best episode seen.
    Converged,
    /// The policy hardly varies any more and has played better before.
    Collapsed,
    /// The gradient has vanished.
    Dead,
}

impl StopReason {
    /// One word for logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Episodes => "episodes",
            Self::Steps => "steps",
            Self::Target => "target",
            Self::Plateau => "plateau",
            Self::Time => "time",
            Self::Interrupted => "interrupted",
            Self::Diverged => "diverged",
            Self::Converged => "converged",
            Self::Collapsed => "collapsed",
            Self::Dead => "dead",
        }
    }

    /// Whether the run went wrong.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Diverged | Self::Collapsed | Self::Dead)
    }

    /// What happened and what to do about it.
    pub fn explanation(self, config: &Config) -> String {
        match self {
            Self::Finished => "all iterations are done".to_owned(),
            Self::Episodes => format!("the budget of {} episodes is spent", config.max_episodes),
            Self::Steps => format!("the budget of {} steps is spent", config.max_steps),
            Self::Target => format!("the score has reached {}", config.target),
            Self::Plateau => format!(
                "no evaluation of the last {} improved the score by {}",
                config.patience, config.least_gain
            ),
            Self::Time => "the time is up; --resume goes on from here".to_owned(),
            Self::Interrupted => "interrupted; --resume goes on from here".to_owned(),
            Self::Diverged => "the loss or its gradient is not a number; no step was taken \
                along it\n  help: a smaller train.learning_rate or train.gradient_norm"
                .to_owned(),
            Self::Converged => format!(
                "the entropy was below {} for {} iterations, and their mean reward within {} of the \
                 best one seen: the policy has settled on what it found; train.least_entropy=0 \
                 goes on",
                config.least_entropy, config.collapse_patience, config.converged_within
            ),
            Self::Collapsed => format!(
                "the entropy was below {} for {} iterations, though their mean reward was more than \
                 {} below the best one seen: the policy draws the same cells again and again\n  \
                 help: a larger train.entropy_coefficient, a smaller train.learning_rate, or \
                 train.least_entropy=0 to go on",
                config.least_entropy, config.collapse_patience, config.converged_within
            ),
            Self::Dead => format!(
                "the gradient's norm was below {} for {} iterations: nothing is learned any more\n  \
                 help: start from another seed, or train.least_gradient=0 to go on",
                config.least_gradient, config.dead_patience
            ),
        }
    }
}

/// One number for a policy on several designs: the geometric mean of the best proxy costs, so that no
/// design outweighs the others by its scale. A design without a finished episode counts with minus
/// `infeasible_reward`.
pub fn score(evaluations: &[Evaluation], config: &Config) -> Option<f64> {
    let worst = -config.env.infeasible_reward;
    let proxy = |e: &Evaluation| e.best.as_ref().map_or(worst, |outcome| -outcome.reward);
    let logs = evaluations.iter().map(|e| proxy(e).max(f64::MIN_POSITIVE).ln());
    let n = evaluations.len() as f64;
    (!evaluations.is_empty()).then(|| (logs.sum::<f64>() / n).exp())
}

impl Progress {
    /// Notes what an iteration played of the designs of its lesson, and its best placement of the
    /// first design of the corpus. Returns the share of the best reward drawn by which the mean reward
    /// falls short of it, as a mean over the designs; the greedy episode is left out of that.
    pub(crate) fn played(
        &mut self,
        rollouts: &[Rollout],
        greedy: Option<&Rollout>,
        lesson: &[usize],
    ) -> f64 {
        let all = || rollouts.iter().chain(greedy);
        self.episodes += all().count() as u64;
        self.steps += all().map(|r| r.actions.len() as u64).sum::<u64>();
        let watched = lesson.iter().position(|&design| design == 0);
        let own = all().filter(|rollout| Some(rollout.design) == watched);
        for outcome in own.filter_map(|rollout| rollout.outcome.as_ref()) {
            let proxy = -outcome.reward;
            if self.best.as_ref().is_none_or(|best| proxy < best.proxy) {
                let (x, y) = (outcome.placement.x.clone(), outcome.placement.y.clone());
                self.best = Some(Best { proxy, iteration: self.iteration, x, y });
            }
        }
        let shortfalls = lesson.iter().enumerate().filter_map(|(local, &design)| {
            let own = rollouts.iter().filter(|rollout| rollout.design == local);
            self.shortfall_of(design, own.map(|rollout| rollout.reward))
        });
        shortfalls.sum::<f64>() / lesson.len().max(1) as f64
    }

    /// How far the mean of rewards of a design falls short of the best one seen, as a share of it.
    fn shortfall_of(&mut self, design: usize, rewards: impl Iterator<Item = f64>) -> Option<f64> {
        let (n, sum, most) = rewards.fold((0, 0.0, f64::NEG_INFINITY), |(n, sum, most), reward| {
            (n + 1, sum + reward, reward.max(most))
        });
        if n == 0 {
            return None;
        }
        if self.best_rewards.len() <= design {
            self.best_rewards.resize(design + 1, None);
        }
        let best = self.best_rewards[design].map_or(most, |best| best.max(most));
        self.best_rewards[design] = Some(best);
        let mean = sum / f64::from(n);
        Some((best - mean) / best.abs().max(f64::MIN_POSITIVE))
    }

    /// Notes the score of an evaluation.
    pub(crate) fn evaluated(&mut self, score: f64, least_gain: f64) {
        let before = self.score.unwrap_or(f64::INFINITY);
        self.stale = if score < before * (1.0 - least_gain) { 0 } else { self.stale + 1 };
        self.score = Some(score.min(before));
    }

    /// Whether training must end after this iteration, and why.
    ///
    /// A policy may settle on what it imitates and gain nothing while it predicts: only what is learned
    /// by rewards is judged by that.
    pub(crate) fn judge(
        &mut self,
        log: &Iteration,
        phase: Phase,
        config: &Config,
    ) -> Option<StopReason> {
        let update = &log.update;
        if !update.policy_loss.is_finite()
            || !update.value_loss.is_finite()
            || !update.gradient_norm.is_finite()
        {
            return Some(StopReason::Diverged);
        }
        let in_a_row = |count: u64, below: bool| if below { count + 1 } else { 0 };
        let by_rewards = phase == Phase::Reinforce;
        let settled = by_rewards && update.entropy < config.least_entropy;
        self.stale = if by_rewards { self.stale } else { 0 };
        self.collapsed = in_a_row(self.collapsed, settled);
        self.shortfall = if settled { self.shortfall + log.shortfall } else { 0.0 };
        self.dead = in_a_row(self.dead, update.gradient_norm < config.least_gradient);
        self.end(config)
    }

    /// Why training ends with the iterations so far, if it does: known also of a run that is resumed.
    pub(crate) fn end(&self, config: &Config) -> Option<StopReason> {
        let reached = |count: u64, most: u64| most > 0 && count >= most;
        // A threshold of zero lets a run go on that was stopped by another.
        let (least_entropy, least_gradient) = (config.least_entropy, config.least_gradient);
        if least_entropy > 0.0 && reached(self.collapsed, config.collapse_patience) {
            let converged = self.shortfall <= config.converged_within * self.collapsed as f64;
            return Some(if converged { StopReason::Converged } else { StopReason::Collapsed });
        }
        if least_gradient > 0.0 && reached(self.dead, config.dead_patience) {
            return Some(StopReason::Dead);
        }
        if self.score.is_some_and(|score| score <= config.target) {
            return Some(StopReason::Target);
        }
        if reached(self.stale, config.patience) {
            return Some(StopReason::Plateau);
        }
        if reached(self.episodes, config.max_episodes) {
            return Some(StopReason::Episodes);
        }
        reached(self.steps, config.max_steps).then_some(StopReason::Steps)
    }
}
