//! The per-cell maps that a policy can see, read from the incremental cost engine.
//!
//! The engine holds every node all the time: what is not placed yet stands where the task estimates
//! it. So the wire mask of a macro is exact with respect to what is known, and a step costs one move
//! of the engine. Starting over moves back what has moved.
//!
//! Source: the wire and position masks of MaskPlace (NeurIPS 2022). Differs from it: unplaced nodes
//! count at their estimated places, and density and routing demand are maps of their own.

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_geom::{Grid, Orientation, Point};
use flagstone_netlist::{Kind, NodeId, Placement};

use crate::descent;
use crate::soft::cover;
use crate::{Potential, Task};

/// What one map shows, in the order of the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Channel {
    /// Rise of the wirelength above the best legal cell, over the mean rise of the legal cells.
    Wire,
    /// The same rise in units of the cost term, times the number of macros.
    WireCost,
    /// Like `Wire` for the macro after this one.
    NextWire,
    /// Covered share of the cell.
    Density,
    /// Normalised horizontal routing demand.
    Horizontal,
    /// Normalised vertical routing demand.
    Vertical,
    /// Mean density under the macro if it stood here.
    UnderDensity,
    /// Mean horizontal demand under the macro.
    UnderHorizontal,
    /// Mean vertical demand under the macro.
    UnderVertical,
    /// 1 on legal cells.
    Legal,
    /// 1 on cells legal for the macro after this one.
    NextLegal,
    /// Share of the cell covered by hard macros that stand.
    Hard,
    /// Distance from the canvas' vertical middle line, 0 to 1.
    Aside,
    /// Distance from its horizontal middle line, 0 to 1.
    Above,
}

/// Number of maps.
pub const N_MAPS: usize = 14;

/// Number of scalars beside the maps: progress, width and height of the macro in cells, its share of
/// the canvas, columns, rows, and the three cost terms of the placement so far.
pub const N_SCALARS: usize = 9;

/// Largest value of a map.
const MOST: f64 = 4.0;

/// Makes `WireCost` of the order of one: a placement's wirelength term is of the order of 0.05.
const WIRE_SCALE: f64 = 20.0;

/// Divisor of sizes given in cells.
const CELLS: f64 = 8.0;

/// The cost engine of an episode and the maps read from it.
pub(crate) struct Sight {
    task: Arc<Task>,
    engine: Engine,
    hard: Vec<f64>,
    /// Cell of the congestion grid at the centre of each placement cell: row by row, column by column.
    demand_cells: Vec<(u32, u32)>,
    wires: Vec<f64>,
    sums: Vec<f64>,
}

impl Sight {
    pub(crate) fn new(task: Arc<Task>) -> Self {
        let (netlist, weights) = (Arc::clone(&task.netlist), task.config.weights);
        let engine = Engine::new(netlist, &task.canvas, &task.estimate, weights);
        let (grid, demand) = (task.canvas.grid(), task.canvas.congestion_grid());
        let demand_cells = (0..grid.n_cells()).map(|cell| {
            let at = demand.clamped_cell_at(grid.center(cell));
            let (column, row) = demand.column_row(at);
            (at as u32, (column * demand.rows as usize + row) as u32)
        });
        let demand_cells = demand_cells.collect();
        let (wires, sums) = (Vec::new(), Vec::new());
        Self { engine, hard: vec![0.0; grid.n_cells()], demand_cells, wires, sums, task }
    }

    /// Back to the start of an episode.
    pub(crate) fn reset(&mut self) {
        let task = Arc::clone(&self.task);
        self.engine.begin();
        for node in task.netlist.macros() {
            let there = |placement: &Placement| {
                (placement.center(node), placement.orientation[node.usize()])
            };
            let (start, orientation) = there(&task.estimate);
            if there(self.engine.placement()) != (start, orientation) {
                self.engine.set(node, start.x, start.y, orientation);
            }
        }
        self.engine.commit();
        self.hard.fill(0.0);
        let fixed = |node: &NodeId| task.initial.fixed[node.usize()];
        for node in task.netlist.nodes_of(Kind::HardMacro).filter(fixed) {
            self.stand(node);
        }
    }

    /// A macro now stands somewhere.
    pub(crate) fn place(&mut self, node: NodeId, center: Point, orientation: Orientation) {
        self.engine.begin();
        self.engine.set(node, center.x, center.y, orientation);
        self.engine.commit();
        self.stand(node);
    }

    fn stand(&mut self, node: NodeId) {
        let grid = self.task.canvas.grid();
        let per_cell = 1.0 / (grid.cell_width() * grid.cell_height());
        let rect = self.engine.placement().rect(&self.task.netlist, node);
        cover(&grid, &rect, |cell, area| self.hard[cell] += area * per_cell);
    }

    /// Takes a finished placement over and improves its soft macros.
    pub(crate) fn descend(&mut self, placement: &mut Placement, passes: u32) {
        self.engine.begin();
        for node in self.task.netlist.nodes_of(Kind::SoftMacro) {
            let (x, y) = (placement.x[node.usize()], placement.y[node.usize()]);
            self.engine.set(node, x, y, placement.orientation[node.usize()]);
        }
        self.engine.commit();
        descent::descend(&mut self.engine, self.task.averaging.soft(), passes);
        for &node in self.task.averaging.soft() {
            placement.set_center(node, self.engine.placement().center(node));
        }
    }

    /// The potential of the state, to shape rewards with.
    pub(crate) fn potential(&self, kind: Potential) -> f64 {
        match kind {
            Potential::None => 0.0,
            Potential::Wirelength => {
                -self.engine.cost().wirelength * self.task.config.weights.wirelength
            }
            Potential::Proxy => -self.engine.cost().proxy(&self.task.config.weights),
        }
    }

    /// Writes the maps, channel by channel, for the macro of a step; `legal` and `next_legal` are the
    /// masks of it and of the one after it.
    pub(crate) fn draw(
        &mut self,
        step: usize,
        legal: &[bool],
        next_legal: &[bool],
        maps: &mut Vec<f32>,
    ) {
        let task = Arc::clone(&self.task);
        let (grid, n) = (task.canvas.grid(), task.n_cells());
        maps.clear();
        maps.resize(N_MAPS * n, 0.0);
        let node = task.order[step];
        self.draw_wires(node, legal, Channel::Wire, Some(task.order.len()), maps);
        if let Some(&next) = task.order.get(step + 1) {
            self.draw_wires(next, next_legal, Channel::NextWire, None, maps);
            channel(maps, n, Channel::NextLegal, |cell| f64::from(u8::from(next_legal[cell])));
        }
        let (density, hard, cells) = (self.engine.density_map(), &self.hard, &self.demand_cells);
        let horizontal = self.engine.horizontal_map();
        let vertical = self.engine.vertical_map_by_column();
        channel(maps, n, Channel::Density, |cell| density[cell]);
        channel(maps, n, Channel::Horizontal, |cell| horizontal[cells[cell].0 as usize]);
        channel(maps, n, Channel::Vertical, |cell| vertical[cells[cell].1 as usize]);
        channel(maps, n, Channel::Legal, |cell| f64::from(u8::from(legal[cell])));
        channel(maps, n, Channel::Hard, |cell| hard[cell]);
        channel(maps, n, Channel::Aside, |cell| off_middle(grid.center(cell).x, grid.width));
        channel(maps, n, Channel::Above, |cell| off_middle(grid.center(cell).y, grid.height));
        let (width, height) = task.netlist.size(node);
        let reach = |size: f64, pitch: f64| ((size / pitch - 1.0) / 2.0).round().max(0.0) as usize;
        let reach = (reach(width, grid.cell_width()), reach(height, grid.cell_height()));
        for (from, to) in [
            (Channel::Density, Channel::UnderDensity),
            (Channel::Horizontal, Channel::UnderHorizontal),
            (Channel::Vertical, Channel::UnderVertical),
        ] {
            window_means(&grid, reach, (from, to), maps, &mut self.sums);
        }
    }

    /// The scalars of a step, as [`N_SCALARS`] lists them.
    pub(crate) fn scalars(&self, step: usize) -> [f32; N_SCALARS] {
        let (task, grid) = (&self.task, self.task.canvas.grid());
        let (width, height) = task.netlist.size(task.order[step]);
        let side = f64::from(crate::MAX_GRID) / 4.0;
        [
            step as f64 / task.order.len() as f64,
            width / grid.cell_width() / CELLS,
            height / grid.cell_height() / CELLS,
            (width * height / (grid.width * grid.height)).sqrt(),
            f64::from(grid.columns) / side,
            f64::from(grid.rows) / side,
            self.engine.cost().wirelength * WIRE_SCALE / 2.0,
            self.engine.cost().density,
            self.engine.cost().congestion,
        ]
        .map(|value| value as f32)
    }

    /// The wire mask relative to its best legal cell, and as a cost where `macros` says of how many.
    fn draw_wires(
        &mut self,
        node: NodeId,
        legal: &[bool],
        to: Channel,
        macros: Option<usize>,
        maps: &mut [f32],
    ) {
        let orientation = self.task.initial.orientation[node.usize()];
        self.engine.wire_mask(node, orientation, &mut self.wires);
        let wires = &self.wires;
        let legal_wires = || wires.iter().zip(legal).filter(|pair| *pair.1).map(|pair| *pair.0);
        let (least, sum, count) = legal_wires()
            .fold((f64::INFINITY, 0.0, 0.0), |(least, sum, n), w| (w.min(least), sum + w, n + 1.0));
        if count == 0.0 {
            return;
        }
        let mean = (sum / count - least).max(f64::MIN_POSITIVE);
        let rise = |cell: usize| (wires[cell] - least).max(0.0);
        channel(maps, wires.len(), to, |cell| rise(cell) / mean);
        if let Some(macros) = macros {
            let scale = WIRE_SCALE * macros as f64;
            channel(maps, wires.len(), Channel::WireCost, |cell| rise(cell) * scale);
        }
    }
}

fn off_middle(at: f64, size: f64) -> f64 {
    (2.0 * at / size - 1.0).abs()
}

/// Fills one map.
fn channel(maps: &mut [f32], n_cells: usize, to: Channel, value: impl Fn(usize) -> f64) {
    let start = to as usize * n_cells;
    for (cell, map) in maps[start..start + n_cells].iter_mut().enumerate() {
        *map = value(cell).min(MOST) as f32;
    }
}

/// Means of a map over the window of `reach` cells to each side, cut off at the canvas.
fn window_means(
    grid: &Grid,
    (reach_x, reach_y): (usize, usize),
    (from, to): (Channel, Channel),
    maps: &mut [f32],
    sums: &mut Vec<f64>,
) {
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    let (n, stride) = (columns * rows, columns + 1);
    sums.clear();
    sums.resize(stride * (rows + 1), 0.0);
    for row in 0..rows {
        let mut running = 0.0;
        for column in 0..columns {
            running += f64::from(maps[from as usize * n + row * columns + column]);
            let above = sums[row * stride + column + 1];
            sums[(row + 1) * stride + column + 1] = above + running;
        }
    }
    for row in 0..rows {
        let (low, high) = (row.saturating_sub(reach_y), (row + reach_y + 1).min(rows));
        for column in 0..columns {
            let (left, right) =
                (column.saturating_sub(reach_x), (column + reach_x + 1).min(columns));
            let sum = sums[high * stride + right] + sums[low * stride + left]
                - sums[high * stride + left]
                - sums[low * stride + right];
            let mean = sum / ((high - low) * (right - left)) as f64;
            maps[to as usize * n + row * columns + column] = mean as f32;
        }
    }
}
