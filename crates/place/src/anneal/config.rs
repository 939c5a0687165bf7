use serde::{Deserialize, Serialize};

use super::MixConfig;

/// Everything that steers the annealer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnnealConfig {
    /// Proposed moves of all replicas together.
    pub moves: u64,
    /// Independent annealers; between rounds the worst continues from the best one's placement.
    pub replicas: usize,
    /// Rounds between which replicas are compared.
    pub rounds: usize,
    /// Heat at the start as a share of the cost: the temperature is this much of the cost, spread
    /// evenly over the movable macros.
    pub start_heat: f64,
    /// Heat at the end, likewise, of the cost at the start.
    pub end_heat: f64,
    /// Share of the proposals that move hard macros, 0 to 1.
    pub hard_share: f64,
    /// Factor on the congestion weight while proposing; what is kept is judged by the true cost.
    pub congestion_bias: f64,
    /// How often each kind of move is drawn.
    pub mix: MixConfig,
    /// Hard macros that a push moves at most, the pushing one included.
    pub most_pushed: usize,
    /// Whether soft macros may move.
    pub move_soft: bool,
    /// Whether hard macros may be mirrored.
    pub flips: bool,
    /// Least gap between two hard macros in µm.
    pub spacing: f64,
}

impl Default for AnnealConfig {
    fn default() -> Self {
        Self {
            moves: 2_000_000,
            replicas: 2,
            rounds: 20,
            start_heat: 0.03,
            end_heat: 6e-4,
            hard_share: 0.35,
            congestion_bias: 1.5,
            mix: MixConfig::default(),
            most_pushed: 24,
            move_soft: true,
            flips: true,
            spacing: 0.0,
        }
    }
}
