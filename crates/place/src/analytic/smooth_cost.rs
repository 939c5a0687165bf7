//! The proxy cost made smooth: slopes of wirelength, density and congestion for every macro.

use flagstone_cost::{Weights, net_weight};
use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId};

use super::coverage::{Area, Coverage};
use super::fullest;
use super::routes::Routes;
use super::wires::Pins;

/// How smooth and how heavy the terms are at a step.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// Weights of the three terms.
    pub(super) weights: Weights,
    /// Rounding of the wirelength in grid cells.
    pub(super) rounding: f64,
    /// Range over which a cell counts in part among the fullest.
    pub(super) softness: f64,
}

/// Everything the slopes of the smooth proxy cost are computed with.
pub(super) struct SmoothCost {
    canvas: Canvas,
    macros: Vec<(NodeId, bool, (f64, f64))>,
    pub(super) pins: Pins,
    routes: Routes,
    wirelength_unit: f64,
    density: Layer,
    congestion: Layer,
    parts: Vec<f64>,
}

/// A grid with its coverage and the map on it.
struct Layer {
    grid: Grid,
    coverage: Coverage,
    map: Vec<f64>,
    blocked: Vec<f64>,
}

impl Layer {
    fn new(grid: Grid) -> Self {
        let n = grid.n_cells();
        Self { grid, coverage: Coverage::new(&grid), map: vec![0.0; n], blocked: vec![0.0; n] }
    }
}

impl SmoothCost {
    pub(super) fn new(netlist: &Netlist, canvas: &Canvas, pins: Pins) -> Self {
        let weight: f64 = netlist.net_ids().map(|net| net_weight(netlist, net)).sum();
        let length = canvas.width + canvas.height;
        let hard = |node| netlist.kind(node) == Kind::HardMacro;
        Self {
            canvas: canvas.clone(),
            macros: netlist.macros().map(|n| (n, hard(n), netlist.size(n))).collect(),
            pins,
            routes: Routes::new(netlist, canvas.congestion_grid()),
            wirelength_unit: 1.0 / (length * if weight > 0.0 { weight } else { 1.0 }),
            density: Layer::new(canvas.grid()),
            congestion: Layer::new(canvas.congestion_grid()),
            parts: Vec::new(),
        }
    }

    /// Adds the slope of the smooth cost at `positions` to `slopes`, in cost per µm.
    pub(super) fn pull(
        &mut self,
        positions: &[Vec<f64>; 2],
        terms: &Terms,
        slopes: &mut [Vec<f64>; 2],
    ) {
        self.pins.locate(positions);
        self.pull_wires(terms, slopes);
        self.push_density(positions, terms, slopes);
        self.push_congestion(positions, terms, slopes);
    }

    pub(super) fn pull_wires(&mut self, terms: &Terms, slopes: &mut [Vec<f64>; 2]) {
        let grid = &self.density.grid;
        let rounding =
            [grid.cell_width(), grid.cell_height()].map(|size| size * terms.rounding.max(1e-3));
        let scale = terms.weights.wirelength * self.wirelength_unit;
        self.pins.pull(rounding, scale, slopes);
    }

    fn push_density(
        &mut self,
        positions: &[Vec<f64>; 2],
        terms: &Terms,
        slopes: &mut [Vec<f64>; 2],
    ) {
        let Layer { coverage, map, .. } = &mut self.density;
        map.fill(0.0);
        for &(node, _, size) in &self.macros {
            coverage.add(&area(positions, node, size), 1.0, map);
        }
        fullest::parts(map, map.len() / 10, terms.softness, &mut self.parts);
        let scale = 0.5 * terms.weights.density;
        for &(node, _, size) in &self.macros {
            let (dx, dy) = coverage.slope(&area(positions, node, size), &self.parts);
            slopes[0][node.usize()] += scale * dx;
            slopes[1][node.usize()] += scale * dy;
        }
    }

    fn push_congestion(
        &mut self,
        positions: &[Vec<f64>; 2],
        terms: &Terms,
        slopes: &mut [Vec<f64>; 2],
    ) {
        self.routes.count(&self.pins);
        let Layer { grid, coverage, blocked, .. } = &mut self.congestion;
        blocked.fill(0.0);
        for &(node, hard, size) in &self.macros {
            if hard {
                coverage.add(&area(positions, node, size), 1.0, blocked);
            }
        }
        let canvas = &self.canvas;
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        let supply = [
            grid.cell_height() * canvas.routes_horizontal,
            grid.cell_width() * canvas.routes_vertical,
        ];
        let used = [
            canvas.macro_routes_horizontal / canvas.routes_horizontal,
            canvas.macro_routes_vertical / canvas.routes_vertical,
        ];
        let shape = [(rows, columns), (columns, rows)];
        // Both directions line by line: horizontal by row, vertical by column.
        let cell = |direction: usize, line: usize, i: usize| {
            if direction == 0 { line * columns + i } else { i * columns + line }
        };
        let mut values = Vec::with_capacity(2 * grid.n_cells());
        for direction in 0..2 {
            let (lines, length) = shape[direction];
            let spread = spread(&self.routes.demand[direction], lines, length, canvas.smoothing);
            for line in 0..lines {
                for i in 0..length {
                    let blocked = blocked[cell(direction, line, i)] * used[direction];
                    values.push(spread[line * length + i] / supply[direction] + blocked);
                }
            }
        }
        fullest::parts(&values, (values.len() / 20).max(1), terms.softness, &mut self.parts);
        let (level, upright) = self.parts.split_at(rows * columns);
        let mut by_cell = vec![0.0; rows * columns];
        let mut by_line = [Vec::new(), Vec::new()];
        for (direction, parts) in [level, upright].into_iter().enumerate() {
            let (lines, length) = shape[direction];
            for line in 0..lines {
                for i in 0..length {
                    by_cell[cell(direction, line, i)] += parts[line * length + i] * used[direction];
                }
            }
            by_line[direction] = gathered(parts, lines, length, canvas.smoothing);
            by_line[direction].iter_mut().for_each(|value| *value /= supply[direction]);
        }
        let scale = terms.weights.congestion;
        self.routes.pull(&self.pins, &by_line, scale, slopes);
        for &(node, hard, size) in &self.macros {
            if hard {
                let (dx, dy) = coverage.slope(&area(positions, node, size), &by_cell);
                slopes[0][node.usize()] += scale * dx;
                slopes[1][node.usize()] += scale * dy;
            }
        }
    }
}

fn area(positions: &[Vec<f64>; 2], node: NodeId, (width, height): (f64, f64)) -> Area {
    let (x, y) = (positions[0][node.usize()], positions[1][node.usize()]);
    Area { x, y, width, height }
}

/// Spreads each line's demand evenly over the lines within `range`.
fn spread(demand: &[f64], lines: usize, length: usize, range: u32) -> Vec<f64> {
    let mut out = vec![0.0; demand.len()];
    for_windows(lines, range, |line, near, part| {
        for i in 0..length {
            out[near * length + i] += demand[line * length + i] * part;
        }
    });
    out
}

/// The transpose of [`spread`].
fn gathered(values: &[f64], lines: usize, length: usize, range: u32) -> Vec<f64> {
    let mut out = vec![0.0; values.len()];
    for_windows(lines, range, |line, near, part| {
        for i in 0..length {
            out[line * length + i] += values[near * length + i] * part;
        }
    });
    out
}

/// Visits every line, every line within `range` of it, and the part that goes there.
fn for_windows(lines: usize, range: u32, mut visit: impl FnMut(usize, usize, f64)) {
    for line in 0..lines {
        let first = line.saturating_sub(range as usize);
        let last = line.saturating_add(range as usize).min(lines - 1);
        for near in first..=last {
            visit(line, near, 1.0 / (last - first + 1) as f64);
        }
    }
}
