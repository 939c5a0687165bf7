//! What density and congestion cost at least, wherever the macros go.
//!
//! Both terms are means of the largest values of a map, and such a mean is
//! `min over t of t + Σ max(value − t, 0) ÷ n` for the `n` largest values. What a hard macro adds to
//! the cells it covers depends only on how it lies on the grid, so the least of
//! `Σ max(own share − t, 0)` over all ways to lie is a bound for the macro, and these bounds add up
//! where macros share a cell. No cell is emptier than the macros' area spread evenly, which gives a
//! second bound for density. Wires are not counted: their floor is zero.
//!
//! A way to lie is where the macro's lower left corner is within a cell. Boxes of such ways cover
//! the cell, cut where an edge of the macro crosses a line of the grid, for which cells count as
//! covered changes there; what a macro adds to a cell has its least value over a box at one of the
//! box's corners. So the floor holds for every placement, on the grid or off it, and is a little
//! lower than it would be with infinitely many boxes.

use flagstone_cost::{Cost, Evaluator, Rules};
use flagstone_geom::{Grid, Point};
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, NodeId, Placement};

/// Boxes of ways to lie for the macros of all sizes together: the more, the closer the bound.
const BOXES: f64 = 100_000.0;

/// Shares of cells that the boxes of all sizes hold together, about: on a fine grid, where a macro
/// covers many cells, there are fewer boxes.
const SHARES: f64 = 1_000_000.0;

/// Fewest and most steps along each side of a cell.
const STEPS: (f64, f64) = (6.0, 64.0);

/// Thresholds at which the bound is evaluated, per unit of the largest value.
const THRESHOLDS: usize = 500;

/// One of the two maps that count.
#[derive(Clone, Copy, PartialEq)]
enum Map {
    Density,
    Congestion,
}

/// What one macro adds at least to the cells it covers, lying somewhere in a box of ways.
type Shares = Vec<f64>;

/// A lower bound of the density and congestion cost; its wirelength is zero.
pub fn floor(netlist: &Netlist, canvas: &Canvas) -> Cost {
    let mut sizes: Vec<((f64, f64), f64)> = Vec::new();
    for node in netlist.nodes_of(Kind::HardMacro) {
        let size = netlist.size(node);
        match sizes.iter_mut().find(|(other, _)| *other == size) {
            Some((_, count)) => *count += 1.0,
            None => sizes.push((size, 1.0)),
        }
    }
    let steps = steps(sizes.iter().map(|size| size.0), &canvas.grid());
    let macros = |map: Map| -> Vec<(f64, Vec<Shares>)> {
        sizes.iter().map(|&(size, count)| (count, ways_to_lie(size, canvas, map, steps))).collect()
    };
    let n_cells = canvas.grid().n_cells() as f64;
    let filled = netlist.total_area() / (canvas.width * canvas.height);
    let even = |t: f64| n_cells * (filled - t).max(0.0);
    let top_density = (n_cells / 10.0).floor();
    let density =
        if n_cells < 10.0 { 0.0 } else { 0.5 * bound(&macros(Map::Density), top_density, even) };
    let n_values = 2.0 * canvas.congestion_grid().n_cells() as f64;
    let congestion = bound(&macros(Map::Congestion), (n_values / 20.0).floor().max(1.0), |_| 0.0);
    Cost { wirelength: 0.0, density, congestion }
}

/// Steps along each side of a cell, the same for the macros of all sizes.
fn steps(sizes: impl Iterator<Item = (f64, f64)>, grid: &Grid) -> u32 {
    let (mut n, mut covered) = (0.0_f64, 0.0_f64);
    for (width, height) in sizes {
        n += 1.0;
        covered += (width / grid.cell_width()).ceil() * (height / grid.cell_height()).ceil();
    }
    let boxes = (BOXES / n.max(1.0)).min(SHARES / covered.max(1.0));
    boxes.sqrt().clamp(STEPS.0, STEPS.1) as u32
}

/// The least mean of the `n` largest values that the macros of all sizes allow.
fn bound(macros: &[(f64, Vec<Shares>)], n: f64, at_least: impl Fn(f64) -> f64) -> f64 {
    let values = macros.iter().flat_map(|(_, ways)| ways).flatten();
    let most = values.copied().fold(1.0, f64::max);
    let excess =
        |shares: &Shares, t: f64| -> f64 { shares.iter().map(|value| (value - t).max(0.0)).sum() };
    // Between two thresholds the mean is at least the lower one and what exceeds the higher one.
    let threshold = |i: usize| most * i as f64 / THRESHOLDS as f64;
    let means = (0..THRESHOLDS).map(|i| {
        let t = threshold(i + 1);
        let least = |ways: &[Shares]| {
            ways.iter().map(|shares| excess(shares, t)).reduce(f64::min).unwrap_or(0.0)
        };
        let hard: f64 = macros.iter().map(|(count, ways)| count * least(ways)).sum();
        threshold(i) + hard.max(at_least(t)) / n
    });
    means.fold(f64::INFINITY, f64::min)
}

/// What a macro of one size adds at least to the cells it covers, for every box of ways to lie.
fn ways_to_lie(size: (f64, f64), canvas: &Canvas, map: Map, steps: u32) -> Vec<Shares> {
    let grid = if map == Map::Density { canvas.grid() } else { canvas.congestion_grid() };
    let mut sample = Sample::new(size, canvas, &grid);
    let x = spans(size.0, grid.cell_width(), canvas.width, steps);
    let y = spans(size.1, grid.cell_height(), canvas.height, steps);
    let mut ways = Vec::with_capacity(x.len() * y.len());
    for &[left, right] in &x {
        for &[low, high] in &y {
            let mut least = sample.added(left, low, map);
            for (x, y) in [(left, high), (right, low), (right, high)] {
                let other = sample.added(x, y, map);
                least.iter_mut().zip(other).for_each(|(least, other)| *least = least.min(other));
            }
            least.retain(|&value| value > 0.0);
            ways.push(least);
        }
    }
    ways
}

/// Spans of lower edges within the first cell: the places where an edge of the macro lies on a line
/// of the grid or of the canvas, and what is between them in steps.
fn spans(size: f64, cell: f64, canvas: f64, steps: u32) -> Vec<[f64; 2]> {
    /// Distance from a line at which an edge counts as off it, in cells: more than the evaluator's
    /// own tolerance.
    const OFF: f64 = 1e-4;
    let room = (canvas - size).max(0.0);
    let flush = (size / cell).ceil() * cell - size;
    let mut lines: Vec<f64> = [0.0, flush, room].into_iter().filter(|&at| at <= room).collect();
    lines.retain(|&at| at < cell);
    lines.sort_by(f64::total_cmp);
    lines.dedup();
    let mut spans: Vec<[f64; 2]> = lines.iter().map(|&at| [at, at]).collect();
    let ends = lines.iter().skip(1).copied().chain([cell.min(room)]);
    for (&line, end) in lines.iter().zip(ends) {
        let (first, last) = (line + OFF * cell, end - OFF * cell);
        let n = ((last - first) / cell * f64::from(steps)).ceil() as u32;
        let at = |i: u32| first + (last - first) * f64::from(i) / f64::from(n);
        spans.extend((0..n).map(|i| [at(i), at(i + 1)]));
    }
    spans
}

/// One macro alone on a few cells of a grid.
struct Sample {
    netlist: Netlist,
    node: NodeId,
    canvas: Canvas,
    placement: Placement,
    evaluator: Evaluator,
}

impl Sample {
    fn new((width, height): (f64, f64), canvas: &Canvas, grid: &Grid) -> Self {
        let mut builder = Builder::new();
        let node = builder.node(Node { width, height, ..Node::default() });
        let netlist = builder.build();
        let covered = |size: f64, cell: f64| (size / cell).ceil() as u32 + 2;
        let columns = covered(width, grid.cell_width());
        let rows = covered(height, grid.cell_height());
        let canvas = Canvas {
            width: grid.cell_width() * f64::from(columns),
            height: grid.cell_height() * f64::from(rows),
            columns,
            rows,
            ..canvas.clone()
        };
        let placement = Placement::new(&netlist);
        Self { netlist, node, canvas, placement, evaluator: Evaluator::default() }
    }

    /// What the macro adds to every cell: density, or macro demand over supply in both directions.
    fn added(&mut self, low_x: f64, low_y: f64, map: Map) -> Shares {
        let (width, height) = self.netlist.size(self.node);
        let center = Point::new(low_x + width / 2.0, low_y + height / 2.0);
        self.placement.set_center(self.node, center);
        let Self { netlist, canvas, placement, evaluator, .. } = self;
        let found = evaluator.evaluate(netlist, canvas, placement, Rules::Clamp);
        match map {
            Map::Density => found.density.clone(),
            Map::Congestion => {
                found.horizontal_macros.iter().chain(&found.vertical_macros).copied().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use flagstone_cost::evaluate;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_macro_of_two_by_two_cells_fills_at_least_one() {
        let mut builder = Builder::new();
        builder.node(Node { width: 20.0, height: 20.0, ..Node::default() });
        let canvas = Canvas::new(100.0, 100.0);
        let found = floor(&builder.build(), &canvas);
        // Ten of a hundred cells count for density; four cells' worth of area lies in them.
        assert!(found.density > 0.48 * 0.4 && found.density <= 0.5 * 0.4, "{found:?}");
        assert!(found.congestion > 0.0, "{found:?}");
    }

    #[test]
    fn a_fine_grid_gets_fewer_steps() {
        let sizes = || [(20.0, 20.0), (30.0, 10.0)].into_iter();
        assert_eq!(steps(sizes(), &Grid::new(20, 20, 100.0, 100.0)), 64);
        assert_eq!(steps(sizes(), &Grid::new(200, 200, 100.0, 100.0)), 18);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// No placement, on the grid or off it, costs less than the floor.
        #[test]
        fn nothing_is_below_the_floor(
            at in prop::collection::vec((0.0_f64..80.0, 0.0_f64..80.0), 6..7),
            size in (5.0_f64..35.0, 5.0_f64..35.0),
            together in prop::bool::ANY,
        ) {
            let mut canvas = Canvas::new(100.0, 100.0);
            (canvas.columns, canvas.rows) = (10, 10);
            let mut builder = Builder::new();
            let nodes: Vec<NodeId> = at.iter()
                .map(|_| builder.node(Node { width: size.0, height: size.1, ..Node::default() }))
                .collect();
            let netlist = builder.build();
            let mut placement = Placement::new(&netlist);
            for (i, &node) in nodes.iter().enumerate() {
                // Half of the cases put all macros to the same, perhaps the kindest, offset.
                let cell = |at: f64| (at / 10.0).floor() * 10.0;
                let (x, y) = if together {
                    (cell(at[i].0) + at[0].0 % 10.0, cell(at[i].1) + at[0].1 % 10.0)
                } else {
                    at[i]
                };
                let low = |low: f64, size: f64| low.min(100.0 - size);
                let (x, y) = (low(x, size.0), low(y, size.1));
                placement.set_center(node, Point::new(x + size.0 / 2.0, y + size.1 / 2.0));
            }
            let cost = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
            let least = floor(&netlist, &canvas);
            prop_assert!(cost.density + 1e-9 >= least.density, "{cost:?} {least:?}");
            prop_assert!(cost.congestion + 1e-9 >= least.congestion, "{cost:?} {least:?}");
        }
    }
}
