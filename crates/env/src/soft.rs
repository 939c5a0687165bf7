//! A fast stand-in for force-directed placement of the soft macros, for training.
//!
//! Every soft macro moves to the weighted mean of its neighbors, a few times over; then, the largest
//! first, to the place nearest to there (in whole grid cells) that keeps every cell's density below
//! a limit. Ours, not circuit_training's: costs of the two placers are not comparable.

use flagstone_geom::{Grid, Point, Rect};
use flagstone_netlist::{Canvas, Csr, Kind, Netlist, NodeId, Placement, macro_graph};

/// Neighbors of every movable soft macro with the weight of the connection.
#[derive(Clone, Debug)]
struct Springs {
    neighbors: Csr<NodeId, (NodeId, f64)>,
}

impl Springs {
    fn new(netlist: &Netlist) -> Self {
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

/// What the placer needs to know about a design, the same in every episode.
#[derive(Clone, Debug)]
pub(crate) struct Averaging {
    grid: Grid,
    /// Movable soft macros, the largest first.
    soft: Vec<NodeId>,
    hard: Vec<NodeId>,
    springs: Springs,
    /// Offsets in columns and rows, the nearest first.
    offsets: Vec<(i32, i32)>,
    utilization: f64,
}

impl Averaging {
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
            springs: Springs::new(netlist),
            offsets,
            utilization: netlist.total_area() / (canvas.width * canvas.height),
        }
    }

    /// Movable soft macros, the largest first.
    pub(crate) fn soft(&self) -> &[NodeId] {
        &self.soft
    }

    /// Places the soft macros on at most `spread` times the canvas' mean utilisation.
    pub(crate) fn place(
        &self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &mut Placement,
        spread: f64,
    ) {
        let center = Point::new(canvas.width / 2.0, canvas.height / 2.0);
        for &node in &self.soft {
            placement.set_center(node, center);
            placement.placed[node.usize()] = true;
        }
        let mut covered = vec![0.0; self.grid.n_cells()];
        for _ in 0..ROUNDS {
            self.average(placement);
            self.spread(
                netlist,
                canvas,
                placement,
                &mut covered,
                (self.utilization * spread).min(1.0),
            );
        }
    }

    /// Moves every soft macro to the weighted mean of its neighbors, in several passes.
    fn average(&self, placement: &mut Placement) {
        for _ in 0..PASSES {
            for &node in &self.soft {
                let (mut x, mut y, mut total) = (0.0, 0.0, 0.0);
                for &(neighbor, weight) in self.springs.neighbors.row(node) {
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
        &self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &mut Placement,
        covered: &mut [f64],
        limit: f64,
    ) {
        covered.fill(0.0);
        for &node in &self.hard {
            cover(&self.grid, &placement.rect(netlist, node), |cell, area| {
                covered[cell] += area;
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
                    fullest = fullest.max(covered[cell] + area);
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
                covered[cell] += area;
            });
        }
    }
}

/// Passes of averaging in a round.
const PASSES: u32 = 8;

/// Rounds of averaging and spreading.
const ROUNDS: u32 = 2;

/// Cells to each side in which a soft macro looks for room.
const MOST_REACH: u32 = 24;

/// The centre nearest to `at` that keeps a macro of this size on the canvas.
fn within(at: f64, size: f64, canvas: f64) -> f64 {
    at.min(canvas - size / 2.0).max(size / 2.0)
}

/// Calls `f` with every cell a rectangle overlaps and the common area.
pub(crate) fn cover(grid: &Grid, rect: &Rect, mut f: impl FnMut(usize, f64)) {
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
