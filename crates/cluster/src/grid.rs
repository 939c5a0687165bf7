//! The choice of the placement grid, by circuit_training's sweep.
//!
//! Every number of columns and rows in a range is tried: the hard macros are packed on the grid one
//! by one, and a grid is good where the packing leaves cells empty and macros fill the cells they
//! take. Of the grids nearly as good as the best, the one with the best goodness per cell wins.
//!
//! The packing uses the mask of Google's cost binary: a macro centred on a cell must lie on the
//! canvas, and no cell may come to be more than full. The lengths that cells waste are counted in
//! the netlist's order of macros, not in that of the packing. With both the sweep gives the
//! published grids of ariane133_ng45 (24 × 21), ariane133_sky130hd (26 × 38), ariane136_asap7
//! (27 × 28), mempool_tile_ng45 (29 × 24) and nvdla_sky130hd (28 × 38).

use flagstone_geom::{Grid, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ClusterError;
use crate::flat::single;

/// Every number of the sweep. Defaults are circuit_training's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GridConfig {
    /// Fewest columns and rows. Default 10.
    pub min_side: u32,
    /// Most columns and rows. Default 127.
    pub max_side: u32,
    /// Fewest cells. Default 500.
    pub min_cells: u32,
    /// Most cells. Default 4096.
    pub max_cells: u32,
    /// Longer over shorter side of a cell, at most. Default 1.5.
    pub max_aspect: f64,
    /// A grid is nearly as good as the best if it loses at most this share. Default 0.05.
    pub tolerance: f64,
    /// A cell with less density than this is empty. Default 1e-5.
    pub empty_density: f64,
    /// Density up to which a cell may be filled while packing. Default 1.001.
    pub full_density: f64,
    /// Length in µm by which a macro may leave the canvas while packing. Default 1e-3.
    pub overhang: f64,
}

impl Default for GridConfig {
    fn default() -> Self {
        Self {
            min_side: 10,
            max_side: 127,
            min_cells: 500,
            max_cells: 4096,
            max_aspect: 1.5,
            tolerance: 0.05,
            empty_density: 1e-5,
            full_density: 1.001,
            overhang: 1e-3,
        }
    }
}

/// A grid of the sweep and how good it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridChoice {
    /// Columns.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Share of cells that stay empty, plus the shares of the macros' widths and heights in the
    /// lengths of the cells they take.
    pub goodness: f64,
}

/// The best number of columns and rows for the hard macros of a netlist on a canvas. The canvas'
/// own grid does not count.
///
/// # Errors
/// If the canvas has no area or no grid has room for every hard macro.
pub fn choose_grid(
    netlist: &Netlist,
    canvas: &Canvas,
    config: &GridConfig,
) -> Result<GridChoice, ClusterError> {
    crate::config::check_canvas(&Canvas { columns: 1, rows: 1, ..canvas.clone() })?;
    let sizes: Vec<(f64, f64)> = netlist
        .nodes_of(Kind::HardMacro)
        .map(|node| netlist.size(node))
        .map(|(width, height)| (single(width), single(height)))
        .collect();
    let grids = candidates(canvas, config);
    let choices: Vec<GridChoice> =
        grids.par_iter().filter_map(|&grid| judge(grid, &sizes, config)).collect();
    let best = choices.iter().map(|choice| choice.goodness).fold(f64::NEG_INFINITY, f64::max);
    let good = choices.iter().filter(|c| c.goodness >= best * (1.0 - config.tolerance));
    let per_cell = |c: &GridChoice| c.goodness / (f64::from(c.columns) * f64::from(c.rows));
    // The first of equals.
    let chosen = good.copied().reduce(|a, b| if per_cell(&b) > per_cell(&a) { b } else { a });
    chosen.ok_or(ClusterError::NoGrid { tried: grids.len() })
}

fn candidates(canvas: &Canvas, config: &GridConfig) -> Vec<Grid> {
    let least = config.min_side.max(1);
    let pairs = (least..=config.max_side.min(config.max_cells)).flat_map(|rows| {
        let most = config.max_side.min(config.max_cells / rows);
        (least..=most).map(move |columns| (rows, columns))
    });
    pairs
        .filter(|&(rows, columns)| u64::from(rows) * u64::from(columns) >= config.min_cells.into())
        .map(|(rows, columns)| Grid::new(columns, rows, canvas.width, canvas.height))
        .filter(|grid| {
            let aspect = grid.cell_width() / grid.cell_height();
            aspect <= config.max_aspect && 1.0 / aspect <= config.max_aspect
        })
        .collect()
}

/// `None` where the macros do not fit.
fn judge(grid: Grid, sizes: &[(f64, f64)], config: &GridConfig) -> Option<GridChoice> {
    let empty = packed_empty_share(&grid, sizes, config)?;
    let widths: Vec<f64> = sizes.iter().map(|size| size.0).collect();
    let heights: Vec<f64> = sizes.iter().map(|size| size.1).collect();
    let used =
        (1.0 - waste(&widths, grid.cell_width())) + (1.0 - waste(&heights, grid.cell_height()));
    Some(GridChoice { columns: grid.columns, rows: grid.rows, goodness: empty + used })
}

/// Packs the macros, the largest first, each on its first legal cell; the share of cells that stay
/// empty.
fn packed_empty_share(grid: &Grid, sizes: &[(f64, f64)], config: &GridConfig) -> Option<f64> {
    let mut order: Vec<(f64, f64)> = sizes.to_vec();
    order.sort_by(|a, b| (b.0 * b.1).total_cmp(&(a.0 * a.1)));
    let mut density = vec![0.0; grid.n_cells()];
    let mut shares = Vec::new();
    // Cells only fill up, so a macro of a size can skip what an equal one could not take.
    let mut next: Vec<((f64, f64), usize)> = Vec::new();
    for size in order {
        let known = next.iter().position(|&(other, _)| other == size).unwrap_or_else(|| {
            next.push((size, 0));
            next.len() - 1
        });
        let free = (next[known].1..grid.n_cells())
            .find(|&cell| fits(grid, cell, size, config, &density, &mut shares))?;
        shares.iter().for_each(|&(cell, share)| density[cell] += share);
        next[known].1 = free;
    }
    let empty = density.iter().filter(|&&d| d < config.empty_density).count();
    Some(empty as f64 / grid.n_cells() as f64)
}

/// Whether a macro may be centred on a cell; if so, `shares` has what it adds to the cells it covers.
fn fits(
    grid: &Grid,
    cell: usize,
    (width, height): (f64, f64),
    config: &GridConfig,
    density: &[f64],
    shares: &mut Vec<(usize, f64)>,
) -> bool {
    let area = Rect::centered(grid.center(cell), width, height);
    let slack = config.overhang;
    let outside = area.x0 < -slack
        || area.y0 < -slack
        || area.x1 > grid.width + slack
        || area.y1 > grid.height + slack;
    if outside {
        return false;
    }
    shares.clear();
    let (w, h) = (grid.cell_width(), grid.cell_height());
    let cells = |low: f64, high: f64, size: f64, n: u32| {
        let first = (low / size).floor().max(0.0) as usize;
        first..((high / size).floor() as usize + 1).min(n as usize)
    };
    for row in cells(area.y0, area.y1, h, grid.rows) {
        for column in cells(area.x0, area.x1, w, grid.columns) {
            let cell = grid.cell(column, row);
            let share = area.overlap_area(&grid.cell_rect(cell)) / (w * h);
            if share > 0.0 && density[cell] + share > config.full_density {
                return false;
            }
            shares.push((cell, share));
        }
    }
    true
}

/// The share of the cells' length that macros of these lengths, side by side, leave unused; none is longer
/// than the canvas. Each is centred in an odd number of cells; neighbours share a cell where their ends fit in one.
fn waste(lengths: &[f64], cell: f64) -> f64 {
    let total: f64 = lengths.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let mut cells = 0.0;
    let mut extra_before = None;
    for &length in lengths {
        let mut odd = 1.0;
        while odd * cell < length {
            odd += 2.0;
        }
        let extra = cell - (odd * cell - length) / 2.0;
        cells += odd;
        if extra_before.is_some_and(|before| extra + before <= cell) {
            cells -= 1.0;
        }
        extra_before = Some(extra);
    }
    let span = cells * cell;
    (span - total) / span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_of_one_cell_waste_nothing_and_half_cells_share() {
        assert_eq!(waste(&[2.0, 2.0], 2.0), 0.0);
        assert_eq!(waste(&[], 2.0), 0.0);
        // Three cells each; the ends fill half a cell and meet in one: five cells for eight of ten.
        assert!((waste(&[4.0, 4.0], 2.0) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn a_macro_larger_than_the_canvas_fits_no_grid() {
        let config = GridConfig::default();
        let grid = Grid::new(30, 30, 10.0, 10.0);
        assert!(packed_empty_share(&grid, &[(11.0, 1.0)], &config).is_none());
        assert_eq!(packed_empty_share(&grid, &[], &config), Some(1.0));
    }
}
