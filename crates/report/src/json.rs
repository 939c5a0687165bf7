//! Wire types of the JSON reports. The libraries' own types are not serialisable.

use flagstone_cost::{Cost, Weights};
use flagstone_netlist::Canvas;
use serde::{Deserialize, Serialize};

/// The cost terms and their weighted sum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostReport {
    /// Normalised wirelength.
    pub wirelength: f64,
    /// Density cost.
    pub density: f64,
    /// Congestion cost.
    pub congestion: f64,
    /// Weighted sum.
    pub proxy: f64,
}

impl CostReport {
    /// Of a cost under given weights.
    pub fn new(cost: &Cost, weights: &Weights) -> Self {
        let Cost { wirelength, density, congestion } = *cost;
        Self { wirelength, density, congestion, proxy: cost.proxy(weights) }
    }
}

/// The weights in force.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WeightsReport {
    /// Of the wirelength.
    pub wirelength: f64,
    /// Of the density.
    pub density: f64,
    /// Of the congestion.
    pub congestion: f64,
}

impl From<&Weights> for WeightsReport {
    fn from(weights: &Weights) -> Self {
        let Weights { wirelength, density, congestion } = *weights;
        Self { wirelength, density, congestion }
    }
}

/// The canvas settings in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SettingsReport {
    /// Canvas width in µm.
    pub width: f64,
    /// Canvas height in µm.
    pub height: f64,
    /// Columns of the placement grid.
    pub columns: u32,
    /// Rows of the placement grid.
    pub rows: u32,
    /// Columns and rows of the congestion grid, where it differs.
    pub congestion_grid: Option<(u32, u32)>,
    /// Horizontal routes per µm.
    pub routes_horizontal: f64,
    /// Vertical routes per µm.
    pub routes_vertical: f64,
    /// Horizontal routes per µm used by macros.
    pub macro_routes_horizontal: f64,
    /// Vertical routes per µm used by macros.
    pub macro_routes_vertical: f64,
    /// Smoothing range in cells.
    pub smoothing: u32,
    /// Overlap threshold.
    pub overlap_threshold: f64,
    /// Number of blockages.
    pub blockages: usize,
}

impl From<&Canvas> for SettingsReport {
    fn from(canvas: &Canvas) -> Self {
        Self {
            width: canvas.width,
            height: canvas.height,
            columns: canvas.columns,
            rows: canvas.rows,
            congestion_grid: canvas.congestion_grid,
            routes_horizontal: canvas.routes_horizontal,
            routes_vertical: canvas.routes_vertical,
            macro_routes_horizontal: canvas.macro_routes_horizontal,
            macro_routes_vertical: canvas.macro_routes_vertical,
            smoothing: canvas.smoothing,
            overlap_threshold: canvas.overlap_threshold,
            blockages: canvas.blockages.len(),
        }
    }
}
