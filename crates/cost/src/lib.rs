//! The proxy cost of a placement: wirelength, density and congestion.
//!
//! [`evaluate`] computes everything from scratch; [`engine::Engine`] keeps it up to date move by
//! move. Both give the same numbers, and every number shown anywhere comes from here.
//!
//! Source: the cost of circuit_training, as TILOS MacroPlacement's open evaluator computes it with
//! grid cells clamped into the canvas; [`Rules::Google`] follows the closed binary instead.

mod blockage;
mod density;
pub mod engine;
mod evaluator;
mod pins;
pub mod routing;
mod smoothing;
mod topk;
mod wirelength;

pub use evaluator::Evaluator;
pub use wirelength::weight as net_weight;

use flagstone_netlist::{Canvas, Netlist, Placement};
use serde::{Deserialize, Serialize};

/// Weights of the three terms in the proxy cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Weight of the wirelength cost.
    pub wirelength: f64,
    /// Weight of the density cost.
    pub density: f64,
    /// Weight of the congestion cost.
    pub congestion: f64,
}

impl Default for Weights {
    /// 1.0 / 0.5 / 0.5, the weights of the published comparisons.
    fn default() -> Self {
        Self { wirelength: 1.0, density: 0.5, congestion: 0.5 }
    }
}

/// The three normalised terms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Wirelength over (width + height) × sum of net weights.
    pub wirelength: f64,
    /// Half the mean density of the fullest tenth of the cells.
    pub density: f64,
    /// Mean of the most congested twentieth of all horizontal and vertical cells.
    pub congestion: f64,
}

impl Cost {
    /// The weighted sum.
    pub fn proxy(&self, weights: &Weights) -> f64 {
        weights.wirelength * self.wirelength
            + weights.density * self.density
            + weights.congestion * self.congestion
    }
}

/// Where published evaluators differ, which one to follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// Cells are clamped into the canvas; unplaced nodes count where they last were; port weights
    /// count as 1.
    #[default]
    Clamp,
    /// As Google's binary: a net with a pin off the canvas adds no routing demand, unplaced nodes
    /// have rules of their own. Its inputs are rounded with
    /// [`Netlist::rounded_to_f32`](flagstone_netlist::Netlist::rounded_to_f32).
    Google,
}

/// The cost and the maps it is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The three terms.
    pub cost: Cost,
    /// Weighted HPWL in µm.
    pub wirelength_um: f64,
    /// Covered share of each placement-grid cell.
    pub density: Vec<f64>,
    /// Normalised horizontal demand of each congestion-grid cell, macros included.
    pub horizontal: Vec<f64>,
    /// Normalised vertical demand of each congestion-grid cell, macros included.
    pub vertical: Vec<f64>,
    /// The macros' part of `horizontal`.
    pub horizontal_macros: Vec<f64>,
    /// The macros' part of `vertical`.
    pub vertical_macros: Vec<f64>,
}

/// Evaluates a placement from scratch. [`Evaluator`] does the same over and over without allocating.
pub fn evaluate(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: Rules,
) -> Evaluation {
    let mut evaluator = Evaluator::default();
    evaluator.evaluate(netlist, canvas, placement, rules);
    evaluator.into_evaluation()
}
