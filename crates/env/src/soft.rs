//! Placing the soft macros once the hard macros stand.

use flagstone_geom::{Grid, Point, Rect};
use flagstone_netlist::{Canvas, Csr, Kind, Netlist, NodeId, Placement, macro_graph};
use flagstone_place::force_directed::{self, Schedule};
use serde::{Deserialize, Serialize};

/// How the soft macros are placed at the end of an episode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SoftPlacer {
    /// circuit_training's force-directed placer: the published way, and slow.
    ForceDirected {
        /// Its schedule.
        schedule: Schedule,
    },
    /// Leaves them where the initial placement has them.
    Keep,
    /// A fast stand-in of our own: every soft macro moves to the weighted mean of its neighbors, a
    /// few times over; then, the largest first, to the grid cell nearest to there whose density
    /// stays below the limit.
    Averaging {
        /// Passes of averaging before spreading.
        passes: u32,
        /// Rounds of averaging and spreading.
        rounds: u32,
        /// Limit of a cell's density as a multiple of the canvas' mean utilisation, at most 1.
        spread: f64,
    },
}

impl Default for SoftPlacer {
    /// Chosen for speed in training.
    fn default() -> Self {
        Self::Averaging { passes: 8, rounds: 2, spread: 1.25 }
    }
}

impl SoftPlacer {
    /// circuit_training's placer with its own schedule.
    pub fn force_directed() -> Self {
        Self::ForceDirected { schedule: Schedule::default() }
    }
}

/// Neighbors of every movable soft macro with the weight of the connection.
#[derive(Clone, Debug)]
pub(crate) struct Springs {
    neighbors: Csr<NodeId, (NodeId, f64)>,
}

impl Springs {
    pub(crate) fn new(netlist: &Netlist) -> Self {
        let graph = macro_graph(netlist);
        let mut pairs = Vec::with_capacity(2 * graph.edge_count());
        for edge in graph.edge_indices() {
            let (a, b) = graph.edge_endpoints(edge).expect("an edge of the graph has two ends");
            let (a, b, weight) = (graph[a], graph[b], graph[edge]);
            if a != b {
                pairs.push((a, (b, weight)));
                pairs.push((b, (a, weight)));
            }
        }
        Self { neighbors: Csr::from_pairs(netlist.n_nodes(), pairs.iter().copied()) }
    }
}

/// Reused between episodes.
#[derive(Clone, Debug)]
pub(crate) struct SoftScratch {
    grid: Grid,
    /// Movable soft macros, the largest first.
    soft: Vec<NodeId>,
    hard: Vec<NodeId>,
    /// Covered area of every cell, µm².
    covered: Vec<f64>,
    /// Offsets in columns and rows, the nearest first.
    offsets: Vec<(i32, i32)>,
    utilization: f64,
}

impl SoftScratch {
    pub(crate) fn new(netlist: &Netlist, canvas: &Canvas, initial: &Placement) -> Self {
        let grid = canvas.grid();
        let mut soft: Vec<NodeId> =
            netlist.nodes_of(Kind::SoftMacro).filter(|node| !initial.fixed[node.usize()]).collect();
        soft.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)));
        let reach_x = grid.columns.min(MOST_REACH) as i32;
        let reach_y = grid.rows.min(MOST_REACH) as i32;
        let mut offsets: Vec<(i32, i32)> = (-reach_y..=reach_y)
            .flat_map(|row| (-reach_x..=reach_x).map(move |column| (column, row)))
            .collect();
        let distance = |&(column, row): &(i32, i32)| {
            let (dx, dy) =
                (f64::from(column) * grid.cell_width(), f64::from(row) * grid.cell_height());
            dx * dx + dy * dy
        };
        offsets.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        Self {
            grid,
            soft,
            hard: netlist
                .macros()
                .filter(|&node| {
                    netlist.kind(node) == Kind::HardMacro || initial.fixed[node.usize()]
                })
                .collect(),
            covered: vec![0.0; grid.n_cells()],
            offsets,
            utilization: netlist.total_area() / (canvas.width * canvas.height),
        }
    }

    /// Places the soft macros.
    pub(crate) fn place(
        &mut self,
        placer: &SoftPlacer,
        design: (&Netlist, &Canvas, &Springs),
        placement: &mut Placement,
    ) {
        let (netlist, canvas, springs) = design;
        match placer {
            SoftPlacer::Keep => {}
            SoftPlacer::ForceDirected { schedule } => {
                force_directed::place(netlist, canvas, placement, schedule);
            }
            &SoftPlacer::Averaging { passes, rounds, spread } => {
                let center = Point::new(canvas.width / 2.0, canvas.height / 2.0);
                for &node in &self.soft {
                    placement.set_center(node, center);
                }
                for _ in 0..rounds.max(1) {
                    self.average(springs, placement, passes);
                    let limit = (self.utilization * spread).min(1.0);
                    self.spread(netlist, canvas, placement, limit);
                }
            }
        }
        for &node in &self.soft {
            placement.placed[node.usize()] = true;
        }
    }

    /// Moves every soft macro to the weighted mean of its neighbors, `passes` times.
    fn average(&self, springs: &Springs, placement: &mut Placement, passes: u32) {
        for _ in 0..passes {
            for &node in &self.soft {
                let (mut x, mut y, mut total) = (0.0, 0.0, 0.0);
                for &(neighbor, weight) in springs.neighbors.row(node) {
                    x += weight * placement.x[neighbor.usize()];
                    y += weight * placement.y[neighbor.usize()];
                    total += weight;
                }
                if total > 0.0 {
                    placement.set_center(node, Point::new(x / total, y / total));
                }
            }
        }
    }

    /// Moves every soft macro to the nearest place, in whole cells from where it is, that leaves all
    /// cells at or below the limit; failing that, to the least full place in reach.
    fn spread(
        &mut self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &mut Placement,
        limit: f64,
    ) {
        self.covered.fill(0.0);
        for &node in &self.hard {
            cover(&self.grid, &placement.rect(netlist, node), |cell, area| {
                self.covered[cell] += area;
            });
        }
        let most = limit * self.grid.cell_width() * self.grid.cell_height();
        for &node in &self.soft {
            let (width, height) = netlist.size(node);
            let start = placement.center(node);
            let mut best = (f64::INFINITY, start);
            for &(column, row) in &self.offsets {
                let at = Point::new(
                    within(
                        start.x + f64::from(column) * self.grid.cell_width(),
                        width,
                        canvas.width,
                    ),
                    within(
                        start.y + f64::from(row) * self.grid.cell_height(),
                        height,
                        canvas.height,
                    ),
                );
                let mut fullest = 0.0_f64;
                cover(&self.grid, &Rect::centered(at, width, height), |cell, area| {
                    fullest = fullest.max(self.covered[cell] + area);
                });
                if fullest < best.0 {
                    best = (fullest, at);
                }
                if fullest <= most {
                    best.1 = at;
                    break;
                }
            }
            placement.set_center(node, best.1);
            cover(&self.grid, &Rect::centered(best.1, width, height), |cell, area| {
                self.covered[cell] += area;
            });
        }
    }
}

/// Cells to each side in which a soft macro looks for room.
const MOST_REACH: u32 = 24;

/// The centre nearest to `at` that keeps a macro of this size on the canvas.
fn within(at: f64, size: f64, canvas: f64) -> f64 {
    at.min(canvas - size / 2.0).max(size / 2.0)
}

/// Calls `f` with every cell a rectangle overlaps and the common area.
fn cover(grid: &Grid, rect: &Rect, mut f: impl FnMut(usize, f64)) {
    let (cell_width, cell_height) = (grid.cell_width(), grid.cell_height());
    let first = |low: f64, pitch: f64| (low / pitch).floor().max(0.0) as usize;
    let end =
        |high: f64, pitch: f64, n: u32| ((high / pitch).ceil().max(0.0) as usize).min(n as usize);
    for row in first(rect.y0, cell_height)..end(rect.y1, cell_height, grid.rows) {
        let low = row as f64 * cell_height;
        let dy = rect.y1.min(low + cell_height) - rect.y0.max(low);
        for column in first(rect.x0, cell_width)..end(rect.x1, cell_width, grid.columns) {
            let left = column as f64 * cell_width;
            let dx = rect.x1.min(left + cell_width) - rect.x0.max(left);
            f(grid.cell(column, row), dx * dy);
        }
    }
}
