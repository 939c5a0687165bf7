use serde::{Deserialize, Serialize};

/// Everything that steers the analytic placer. Lengths are in cells of the placement grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyticConfig {
    /// Steps of the spreading stage at most: wirelength against a growing electrostatic push.
    pub spread_steps: u32,
    /// Cover of a cell up to which the spreading stage sees no overflow, 0 to 1.
    pub target_density: f64,
    /// Overflow over movable area at which spreading ends, 0 to 1.
    pub end_overflow: f64,
    /// Growth of the push from step to step, above 1.
    pub push_growth: f64,
    /// Steps of the shaping stage: the smooth proxy cost itself.
    pub shape_steps: u32,
    /// Step length at the start, in grid cells.
    pub start_step: f64,
    /// Step length at the end, in grid cells.
    pub end_step: f64,
    /// Distance over which the wirelength of a net is rounded off, in grid cells.
    pub rounding: f64,
    /// Range of densities and congestions over which a cell counts in part among the fullest, at
    /// the start of shaping; it shrinks to a tenth.
    pub softness: f64,
    /// Factor on the congestion weight while shaping.
    pub congestion_bias: f64,
    /// Cost of two hard macros overlapping by one grid cell at the end of shaping, in units of the
    /// proxy cost; it grows from a hundredth.
    pub overlap_cost: f64,
    /// Distance to which hard macros are pushed apart, in grid cells: room for legalising.
    pub clearance: f64,
    /// Relative range over which a variant's numbers are drawn, 0 to 1.
    pub variation: f64,
}

impl Default for AnalyticConfig {
    fn default() -> Self {
        Self {
            spread_steps: 600,
            target_density: 0.95,
            end_overflow: 0.12,
            push_growth: 1.02,
            shape_steps: 400,
            start_step: 0.15,
            end_step: 0.01,
            rounding: 0.5,
            softness: 0.6,
            congestion_bias: 1.2,
            overlap_cost: 0.02,
            clearance: 0.0,
            variation: 0.3,
        }
    }
}

impl AnalyticConfig {
    /// The same in a share of the steps: the push grows faster, so that spreading still ends.
    pub(crate) fn in_fewer_steps(&self, share: f64) -> Self {
        let fewer = |steps: u32| (f64::from(steps) * share).ceil() as u32;
        Self {
            spread_steps: fewer(self.spread_steps),
            shape_steps: fewer(self.shape_steps),
            push_growth: self.push_growth.powf(1.0 / share.max(f64::MIN_POSITIVE)),
            ..self.clone()
        }
    }
}
