use flagstone_cost::Weights;
use flagstone_netlist::NodeId;
use flagstone_place::mask::MaskRules;
use serde::{Deserialize, Serialize};

/// In which order hard macros are placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By area, the largest first; equal ones in file order.
    #[default]
    DescendingSize,
    /// Shuffled by the seed.
    Random,
    /// Nearest to an edge of the canvas first.
    LegalizationOrder,
    /// From the largest macro on, always the one tied most strongly to those before it.
    Topological,
    /// The order in which they stand in the file.
    File,
}

/// What a macro's location is before it is placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialLocations {
    /// Force-directed placement of all movable macros at once.
    #[default]
    ForceDirected,
    /// The centre of the canvas.
    Center,
    /// Where the given placement has it.
    Given,
}

/// How soft macros are placed at the end of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoftPlacement {
    /// circuit_training's force-directed schedule with its steps times this factor.
    ForceDirected(f64),
    /// Our fast stand-in: weighted means of the neighbors, spread until no cell's density exceeds
    /// this multiple of the mean utilisation where there is room.
    Averaging(f64),
    /// The stand-in, followed by this many passes of descent on the exact cost.
    Descent(u32),
    /// They stay where the given placement has them.
    Keep,
}

/// The potential whose rise is added to the reward of each step.
///
/// The potential of the end of an episode is zero, so a shaped return differs from the plain one by
/// the potential of the start, whatever was done in between; which policy is best does not change.
///
/// Source: "Policy Invariance under Reward Transformations" (1999).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Potential {
    /// The reward comes at the end only.
    #[default]
    None,
    /// Minus the weighted wirelength term of the placement so far.
    Wirelength,
    /// Minus the proxy cost of the placement so far.
    Proxy,
}

/// Everything that steers the decision process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnvConfig {
    /// Order of the macros: "descending_size", "random", "legalization_order", "topological" or
    /// "file".
    pub order: Order,
    /// Locations before placing: "force_directed", "center" or "given".
    pub initial_locations: InitialLocations,
    /// Soft macros at the end of an episode: { descent = PASSES }, { averaging = MULTIPLE },
    /// { force_directed = FACTOR } or "keep".
    pub soft_placement: SoftPlacement,
    /// What makes a cell illegal.
    pub mask: MaskRules,
    /// Weights of the cost terms in the reward.
    pub weights: Weights,
    /// Reward of an episode that ends in a state without legal cells.
    pub infeasible_reward: f64,
    /// Divisor of the node counts in the metadata, circuit_training's `max_num_nodes`.
    pub max_nodes: f64,
    /// Divisor of the edge weight in the metadata, circuit_training's `max_num_edges`.
    pub max_edges: f64,
    /// Side of the policy's action grid; the divisor of the grid's columns and rows.
    pub max_grid: u32,
    /// Seed of the order "random".
    pub seed: u64,
}

impl Default for EnvConfig {
    fn default() -> Self {
        Self {
            order: Order::default(),
            initial_locations: InitialLocations::default(),
            soft_placement: SoftPlacement::Descent(2),
            mask: MaskRules::default(),
            weights: Weights::default(),
            infeasible_reward: -4.0,
            max_nodes: 5_000.0,
            max_edges: 70_000.0,
            max_grid: 128,
            seed: 0,
        }
    }
}

/// An attraction between two nodes that a user adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FakeNet {
    /// Strength.
    pub weight: f64,
    /// The two nodes.
    pub nodes: [NodeId; 2],
}
