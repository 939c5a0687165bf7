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

/// Everything that steers training. Defaults suit a laptop; circuit_training's values are named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The network of a policy trained from scratch.
    pub network: Network,
    /// Iterations; one is collecting and updating.
    pub iterations: u64,
    /// Episodes an iteration (circuit_training 256).
    pub episodes: usize,
    /// Episodes that step together and share a forward pass.
    pub group: usize,
    /// Passes over an iteration's episodes (circuit_training 4).
    pub epochs: usize,
    /// How the episodes are used.
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
    /// What shapes the reward of each step.
    pub shaping: Potential,
    /// Largest norm of the gradient.
    pub gradient_norm: f64,
    /// Training stops after this many episodes; 0 for no limit.
    pub max_episodes: u64,
    /// Training stops after this many steps (macros placed); 0 for no limit.
    pub max_steps: u64,
    /// Designs of a corpus that an iteration plays, each in turn; 0 for all.
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
    /// Entropy in nats below which a policy counts as collapsed; 0 for never.
    pub least_entropy: f64,
    /// Collapsed iterations in a row after which training stops; 0 for never.
    pub collapse_patience: u64,
    /// Norm of the gradient below which it counts as dead; 0 for never.
    pub least_gradient: f64,
    /// Iterations with a dead gradient in a row after which training stops; 0 for never.
    pub dead_patience: u64,
    /// Seed of parameters, episodes and minibatches.
    pub seed: u64,
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
            least_gradient: 1e-9,
            dead_patience: 5,
            seed: 0,
            env: EnvConfig::default(),
            compute: Compute::default(),
        }
    }
}
