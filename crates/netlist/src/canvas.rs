use flagstone_geom::{Grid, Rect};

use crate::Netlist;

/// An area macros or cells should stay out of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blockage {
    /// The area in µm.
    pub rect: Rect,
    /// 1.0 hard outline, 0.99 user blockage (neither macros nor cells), 0.1 spacing strip (macros
    /// stay out, cells may enter).
    pub rate: f64,
}

/// The area to place on, its grid and its routing supply.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    /// Width in µm.
    pub width: f64,
    /// Height in µm.
    pub height: f64,
    /// Columns of the placement grid.
    pub columns: u32,
    /// Rows of the placement grid.
    pub rows: u32,
    /// Columns and rows of the congestion grid, where it differs from the placement grid.
    pub congestion_grid: Option<(u32, u32)>,
    /// Horizontal routing tracks per µm.
    pub routes_horizontal: f64,
    /// Vertical routing tracks per µm.
    pub routes_vertical: f64,
    /// Horizontal tracks per µm that a hard macro uses up.
    pub macro_routes_horizontal: f64,
    /// Vertical tracks per µm that a hard macro uses up.
    pub macro_routes_vertical: f64,
    /// Cells over which routing demand is spread to each side.
    pub smoothing: u32,
    /// Overlap of two macros that circuit_training lets pass, relative to the smaller one's area.
    pub overlap_threshold: f64,
    /// Areas to keep free.
    pub blockages: Vec<Blockage>,
}

impl Canvas {
    /// Google's defaults on a canvas of the given size: 10 × 10 cells, no smoothing.
    pub fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            columns: 10,
            rows: 10,
            congestion_grid: None,
            routes_horizontal: 57.031,
            routes_vertical: 56.818,
            macro_routes_horizontal: 39.583,
            macro_routes_vertical: 30.303,
            smoothing: 0,
            overlap_threshold: 0.004,
            blockages: Vec::new(),
        }
    }

    /// The default canvas of a netlist: square, 60 % full.
    pub fn for_netlist(netlist: &Netlist) -> Self {
        let side = (netlist.total_area() / 0.6).sqrt().max(1e-3);
        Self::new(side, side)
    }

    /// The placement grid.
    pub fn grid(&self) -> Grid {
        Grid::new(self.columns, self.rows, self.width, self.height)
    }

    /// The grid that congestion is counted on.
    pub fn congestion_grid(&self) -> Grid {
        let (columns, rows) = self.congestion_grid.unwrap_or((self.columns, self.rows));
        Grid::new(columns, rows, self.width, self.height)
    }

    /// Columns and rows of circuit_training's separate congestion grid, from routes per cell
    /// (1000 there).
    pub fn derived_congestion_grid(&self, routes_per_cell: f64) -> (u32, u32) {
        let size = 2.0 * routes_per_cell / (self.routes_horizontal + self.routes_vertical);
        let count = |length: f64| ((length / size) as u32).max(1);
        (count(self.width), count(self.height))
    }

    /// The whole area.
    pub fn rect(&self) -> Rect {
        Rect { x0: 0.0, y0: 0.0, x1: self.width, y1: self.height }
    }
}
