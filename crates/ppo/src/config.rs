use flagstone_env::{EnvConfig, Potential};
use flagstone_policy::{Compute, Network};
use serde::{Deserialize, Serialize};

/// How the episodes of an iteration are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochMode {
    /// Textbook PPO: the same episodes in every epoch.
    #[default]
    Textbook,
    /// circuit_training's stream: `epochs` times as many episodes, each used once.
    SinglePass,
}

/// What a run does before reinforcement learning: first it learns to predict costs, then it imitates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WarmUpConfig {
    /// Iterations in which the network learns the cost at the end of the episodes it plays, and
    /// nothing about which cells are good.
    pub predict: u64,
    /// Iterations after these in which refined placements are imitated, all of them once in each.
    pub imitate: u64,
    /// Placements of each design to imitate.
    pub placements: u64,
    /// Moves of the refiner for each of them.
    pub moves: u64,
    /// Step size of Adam in both; while imitating it falls evenly to a tenth of this.
    pub learning_rate: f64,
    /// Weight of the squared errors of the predicted cost terms in both.
    pub terms_coefficient: f64,
}

impl Default for WarmUpConfig {
    fn default() -> Self {
        Self {
            predict: 0,
            imitate: 0,
            placements: 2,
            moves: 600_000,
            learning_rate: 2e-3,
            terms_coefficient: 0.1,
        }
    }
}

/// Share of the step size that is left at the end of imitation.
const LEAST_RATE: f64 = 0.1;

/// What an iteration learns by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Costs of its own episodes.
    Predict,
    /// Refined placements.
    Imitate,
    /// Rewards.
    Reinforce,
}

impl WarmUpConfig {
    pub(crate) fn phase(&self, iteration: u64) -> Phase {
        match iteration {
            i if i < self.predict => Phase::Predict,
            i if i < self.predict.saturating_add(self.imitate) => Phase::Imitate,
            _ => Phase::Reinforce,
        }
    }
}

/// Everything that steers training. Defaults suit a laptop; circuit_training's values are named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The network of a policy trained from scratch: "alphachip" or "maps".
    pub network: Network,
    /// Iterations; one is collecting and updating.
    pub iterations: u64,
    /// Episodes an iteration (circuit_training 256).
    pub episodes: usize,
    /// Whether one of them is the policy's greedy episode of the first design, where there are more of
    /// them than designs: it counts and may be the best placement, but nothing is learned from it.
    pub greedy: bool,
    /// Logits are divided by this in the episodes to learn from and where the policy learns; below 1
    /// the likeliest cells are drawn more often.
    pub temperature: f64,
    /// The same for episodes drawn to find placements, in evaluations and by `place`: near the likeliest
    /// cells the best of a few is better.
    pub sample_temperature: f64,
    /// Episodes that step together and share a forward pass.
    pub group: usize,
    /// Passes over an iteration's episodes (circuit_training 4).
    pub epochs: usize,
    /// How the episodes are used: "textbook", the same ones in every epoch, or "single_pass", as many
    /// more and each once, as circuit_training does.
    pub epoch_mode: EpochMode,
    /// Steps in a minibatch (circuit_training 128 a replica).
    pub minibatch: usize,
    /// Steps whose gradients are computed at once; bounds memory, changes nothing else.
    pub chunk: usize,
    /// Minibatches an epoch; 0 for as many as there are. Fewer use a random part of the steps.
    pub minibatches: usize,
    /// Step size of Adam (circuit_training 4e-4).
    pub learning_rate: f64,
    /// Adam's ε.
    pub adam_epsilon: f64,
    /// Clip range of the probability ratio.
    pub clip: f64,
    /// Discount.
    pub gamma: f64,
    /// GAE's λ; 1 makes the advantage the return minus the value, as circuit_training has it.
    pub lambda: f64,
    /// Weight of the value loss.
    pub value_coefficient: f64,
    /// Weight of the entropy bonus.
    pub entropy_coefficient: f64,
    /// Weight of the Kullback–Leibler penalty to the collecting policy; 0 for none.
    pub kl_coefficient: f64,
    /// Weight of the squared errors of the predicted cost terms; `maps` only.
    pub terms_coefficient: f64,
    /// What shapes the reward of each step: "none", "wirelength" or "proxy".
    pub shaping: Potential,
    /// Largest norm of the gradient.
    pub gradient_norm: f64,
    /// Training stops after this many episodes; 0 for no limit.
    pub max_episodes: u64,
    /// Training stops after this many steps (macros placed); 0 for no limit.
    pub max_steps: u64,
    /// Designs of a corpus that an iteration plays, each in turn, and no more than it has episodes; 0
    /// for all.
    pub designs: usize,
    /// Iterations after which all designs of a corpus are in play: it begins with the smallest ones
    /// and takes in larger ones evenly; 0 for all from the start.
    pub curriculum: u64,
    /// Share of the designs, the smallest ones, that a curriculum begins with.
    pub curriculum_start: f64,
    /// Iterations between two evaluations; 0 for none.
    pub evaluate_every: u64,
    /// Episodes drawn for each design in an evaluation, beside the greedy one.
    pub evaluate_samples: usize,
    /// Evaluations without a gain of `least_gain` after which training stops; 0 for never.
    pub patience: u64,
    /// Relative gain of the score that counts as progress.
    pub least_gain: f64,
    /// Score (geometric mean of the evaluated designs' best proxy costs) at which training stops.
    pub target: f64,
    /// Iterations between two numbered checkpoints, of which the last three are kept.
    pub checkpoint_every: u64,
    /// Entropy in nats below which a policy hardly varies any more; 0 for never.
    pub least_entropy: f64,
    /// Iterations in a row with such an entropy after which training stops, as converged or as
    /// collapsed; 0 for never.
    pub collapse_patience: u64,
    /// Share of the best reward seen by which the mean reward of these iterations may fall short of
    /// it: within it the policy has converged, beyond it has collapsed.
    pub converged_within: f64,
    /// Norm of the gradient below which it counts as dead; 0 for never.
    pub least_gradient: f64,
    /// Iterations with a dead gradient in a row after which training stops; 0 for never.
    pub dead_patience: u64,
    /// Seed of parameters, episodes and minibatches.
    pub seed: u64,
    /// What comes before reinforcement learning.
    pub warm_up: WarmUpConfig,
    /// The decision process.
    pub env: EnvConfig,
    /// What the network is computed on: a matter of the machine, so it is in no file.
    #[serde(skip)]
    pub compute: Compute,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            network: Network::default(),
            iterations: 100,
            episodes: 16,
            greedy: true,
            temperature: 1.0,
            sample_temperature: 0.2,
            group: 8,
            epochs: 4,
            epoch_mode: EpochMode::default(),
            minibatch: 128,
            chunk: 16,
            minibatches: 0,
            learning_rate: 4e-4,
            adam_epsilon: 1e-5,
            clip: 0.2,
            gamma: 1.0,
            lambda: 1.0,
            value_coefficient: 0.5,
            entropy_coefficient: 0.01,
            kl_coefficient: 0.0,
            terms_coefficient: 0.0,
            shaping: Potential::default(),
            gradient_norm: 1.0,
            max_episodes: 0,
            max_steps: 0,
            designs: 4,
            curriculum: 0,
            curriculum_start: 0.25,
            evaluate_every: 5,
            evaluate_samples: 4,
            patience: 0,
            least_gain: 0.005,
            target: 0.0,
            checkpoint_every: 10,
            least_entropy: 1e-3,
            collapse_patience: 20,
            converged_within: 0.01,
            least_gradient: 1e-9,
            dead_patience: 5,
            seed: 0,
            warm_up: WarmUpConfig::default(),
            env: EnvConfig::default(),
            compute: Compute::default(),
        }
    }
}

/// The least temperature: colder ones would only lose digits.
const LEAST_TEMPERATURE: f64 = 1e-3;

/// What logits are multiplied by at a temperature.
pub(crate) fn sharpness(temperature: f64) -> f64 {
    1.0 / temperature.max(LEAST_TEMPERATURE)
}

impl Config {
    /// Episodes that an iteration plays, the greedy one included.
    pub(crate) fn episodes_played(&self) -> usize {
        match self.epoch_mode {
            EpochMode::Textbook => self.episodes,
            EpochMode::SinglePass => self.episodes * self.epochs,
        }
    }

    /// What is wrong with the numbers, if anything.
    pub fn mistake(&self) -> Option<String> {
        let not_negative = [
            ("temperature", self.temperature),
            ("sample_temperature", self.sample_temperature),
            ("learning_rate", self.learning_rate),
            ("warm_up.learning_rate", self.warm_up.learning_rate),
            ("adam_epsilon", self.adam_epsilon),
            ("clip", self.clip),
            ("gradient_norm", self.gradient_norm),
        ];
        let shares = [
            ("gamma", self.gamma),
            ("lambda", self.lambda),
            ("curriculum_start", self.curriculum_start),
        ];
        let negative = not_negative.into_iter().find(|(_, value)| value.is_nan() || *value < 0.0);
        if let Some((name, value)) = negative {
            return Some(format!("train.{name}: expected a number of at least 0, got {value}"));
        }
        if let Some((name, value)) = shares.into_iter().find(|(_, v)| !(0.0..=1.0).contains(v)) {
            return Some(format!("train.{name}: expected a number from 0 to 1, got {value}"));
        }
        let counts = [("episodes", self.episodes), ("epochs", self.epochs)];
        let none = counts.into_iter().find(|(_, count)| *count == 0);
        none.map(|(name, _)| format!("train.{name}: expected at least 1"))
    }

    /// The numbers of an iteration of the warm-up.
    pub(crate) fn warming_up(&self, iteration: u64) -> Self {
        let WarmUpConfig { predict, imitate, learning_rate, terms_coefficient, .. } = self.warm_up;
        let imitated = iteration.saturating_sub(predict) as f64 / imitate.max(1) as f64;
        let learning_rate = learning_rate * (1.0 - (1.0 - LEAST_RATE) * imitated.min(1.0));
        // The value learns from the end alone: demonstrations have no values to bootstrap from.
        Self { learning_rate, terms_coefficient, lambda: 1.0, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_meant_are_named() {
        let of = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            config.mistake()
        };
        assert_eq!(of(|_| {}), None);
        assert_eq!(of(|config| config.gradient_norm = f64::INFINITY), None, "no limit");
        for (change, name) in [
            ((|config| config.clip = -0.1) as fn(&mut Config), "train.clip"),
            (|config| config.learning_rate = f64::NAN, "train.learning_rate"),
            (|config| config.warm_up.learning_rate = -1.0, "train.warm_up.learning_rate"),
            (|config| config.gamma = 1.1, "train.gamma"),
            (|config| config.lambda = f64::NAN, "train.lambda"),
            (|config| config.episodes = 0, "train.episodes"),
        ] {
            let mistake = of(change).unwrap();
            assert!(mistake.starts_with(&format!("{name}: expected")), "{name}: {mistake}");
        }
    }
}
