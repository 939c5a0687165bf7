use flagstone_cost::Weights;
use flagstone_place::mask::MaskRules;
use serde::{Deserialize, Serialize};

use crate::{FakeNet, Order, SoftPlacer};

/// Settings of the decision process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnvConfig {
    /// In which order the hard macros are placed.
    pub order: Order,
    /// Seed of the random orders.
    pub seed: u64,
    /// Where the observation shows macros that are not placed yet.
    pub initial_locations: InitialLocations,
    /// Divisors of the counts in the metadata.
    pub normalizers: Normalizers,
    /// What makes a grid cell illegal.
    pub mask: MaskRules,
    /// How the soft macros are placed at the end of an episode.
    pub soft_placer: SoftPlacer,
    /// Weights of the proxy cost in the reward.
    pub weights: Weights,
    /// Reward where a macro fits nowhere; circuit_training's value is -4.
    pub infeasible_reward: f64,
    /// Factor on the reward of every single step, minus the growth of the wirelength cost; zero for
    /// a reward at the end only. The rewards of an episode add up to the same either way.
    pub dense_reward: f64,
    /// Attractions between two nodes that the user wants, no part of the netlist.
    #[serde(skip)]
    pub fake_nets: Vec<FakeNet>,
}

impl Default for EnvConfig {
    fn default() -> Self {
        Self {
            order: Order::default(),
            seed: 111,
            initial_locations: InitialLocations::default(),
            normalizers: Normalizers::default(),
            mask: MaskRules::default(),
            soft_placer: SoftPlacer::default(),
            weights: Weights::default(),
            infeasible_reward: -4.0,
            dense_reward: 0.0,
            fake_nets: Vec::new(),
        }
    }
}

/// Where the observation shows macros that are not placed yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialLocations {
    /// At the centre of the canvas, as circuit_training r0.0.x.
    Center,
    /// Where a force-directed run with every macro free brings them, as circuit_training today.
    #[default]
    ForceDirected,
    /// Where the initial placement has them; at the centre where it does not.
    Given,
}

/// Divisors of the counts in the metadata: circuit_training's padded sizes. Nothing is padded here;
/// graphs may be larger.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Normalizers {
    /// Divisor of node counts.
    pub max_num_nodes: u32,
    /// Divisor of the edge weights' sum.
    pub max_num_edges: u32,
    /// Divisor of columns and rows.
    pub max_grid: u32,
}

impl Default for Normalizers {
    fn default() -> Self {
        Self { max_num_nodes: 5000, max_num_edges: 70_000, max_grid: 128 }
    }
}
