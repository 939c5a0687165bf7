//! What density and congestion cost at least, wherever the macros go.
//!
//! Both terms are means of the largest values of a map, and such a mean is
//! `min over t of t + Σ max(value − t, 0) ÷ n` for the `n` largest values. What a hard macro adds to
//! the cells it covers depends only on how it lies on the grid, so the least of
//! `Σ max(own share − t, 0)` over all ways to lie is a bound for the macro, and these bounds add up
//! where macros share a cell. No cell is emptier than the macros' area spread evenly, which gives a
//! second bound for density. Wires are not counted: their floor is zero.
//!
//! Ways to lie are sampled in steps of a fraction of a cell, flush ones included, so the floor is
//! exact up to that sampling.

use flagstone_cost::{Cost, Evaluator, Rules};
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, NodeId, Placement};

/// Offsets tried along each side of a cell.
const OFFSETS: u32 = 8;

/// Thresholds at which the bound is evaluated, per unit of the largest value.
const THRESHOLDS: usize = 500;

/// Values one macro adds to the cells it covers, lying in one way: density, then congestion.
type Shares = [Vec<f64>; 2];

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
    let mut evaluator = Evaluator::default();
    let macros: Vec<(f64, Vec<Shares>)> = sizes
        .iter()
        .map(|&(size, count)| (count, ways_to_lie(size, canvas, &mut evaluator)))
        .collect();
    let n_cells = canvas.grid().n_cells() as f64;
    let filled = netlist.total_area() / (canvas.width * canvas.height);
    let even = |t: f64| n_cells * (filled - t).max(0.0);
    let (top_density, n_values) =
        ((n_cells / 10.0).floor(), 2.0 * canvas.congestion_grid().n_cells() as f64);
    let density = if n_cells < 10.0 { 0.0 } else { 0.5 * bound(&macros, 0, top_density, even) };
    let congestion = bound(&macros, 1, (n_values / 20.0).floor().max(1.0), |_| 0.0);
    Cost { wirelength: 0.0, density, congestion }
}

/// The least mean of the `n` largest values that the macros of all sizes allow.
fn bound(macros: &[(f64, Vec<Shares>)], map: usize, n: f64, at_least: impl Fn(f64) -> f64) -> f64 {
    let values = macros.iter().flat_map(|(_, ways)| ways).flat_map(|shares| &shares[map]);
    let most = values.copied().fold(1.0, f64::max);
    let excess = |shares: &Shares, t: f64| -> f64 {
        shares[map].iter().map(|value| (value - t).max(0.0)).sum()
    };
    let thresholds = (0..=THRESHOLDS).map(|i| most * i as f64 / THRESHOLDS as f64);
    let means = thresholds.map(|t| {
        let least = |ways: &Vec<Shares>| {
            ways.iter().map(|shares| excess(shares, t)).reduce(f64::min).unwrap_or(0.0)
        };
        let hard: f64 = macros.iter().map(|(count, ways)| count * least(ways)).sum();
        t + hard.max(at_least(t)) / n
    });
    means.fold(f64::INFINITY, f64::min)
}

/// What a macro of one size adds to the cells it covers, for every sampled way to lie on the grid.
fn ways_to_lie(
    (width, height): (f64, f64),
    canvas: &Canvas,
    evaluator: &mut Evaluator,
) -> Vec<Shares> {
    let mut builder = Builder::new();
    let node = builder.node(Node { width, height, ..Node::default() });
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    let grid = canvas.grid();
    let (cell_width, cell_height) = (grid.cell_width(), grid.cell_height());
    let mut ways = Vec::new();
    for low_x in offsets(width, cell_width, canvas.width) {
        for low_y in offsets(height, cell_height, canvas.height) {
            ways.push(shares(&netlist, canvas, &mut placement, (node, low_x, low_y), evaluator));
        }
    }
    ways
}

/// Lower edges within the first cell: evenly spaced, and the one that makes the upper edge flush.
fn offsets(size: f64, cell: f64, canvas: f64) -> Vec<f64> {
    let even = (0..OFFSETS).map(|i| cell * f64::from(i) / f64::from(OFFSETS));
    let flush = (size / cell).ceil() * cell - size;
    even.chain([flush]).filter(|low| low + size <= canvas).collect()
}

fn shares(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &mut Placement,
    (node, low_x, low_y): (NodeId, f64, f64),
    evaluator: &mut Evaluator,
) -> Shares {
    let (width, height) = netlist.size(node);
    let center = flagstone_geom::Point::new(low_x + width / 2.0, low_y + height / 2.0);
    placement.set_center(node, center);
    let found = evaluator.evaluate(netlist, canvas, placement, Rules::Clamp);
    let positive = |value: &&f64| **value > 0.0;
    let tracks = found.horizontal_macros.iter().chain(&found.vertical_macros);
    [
        found.density.iter().filter(positive).copied().collect(),
        tracks.filter(positive).copied().collect(),
    ]
}

#[cfg(test)]
mod tests {
    use flagstone_cost::evaluate;
    use flagstone_geom::Point;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_macro_of_two_by_two_cells_fills_at_least_one() {
        let mut builder = Builder::new();
        builder.node(Node { width: 20.0, height: 20.0, ..Node::default() });
        let canvas = Canvas::new(100.0, 100.0);
        let found = floor(&builder.build(), &canvas);
        // Ten of a hundred cells count for density; four cells' worth of area lies in them.
        assert!((found.density - 0.5 * 0.4).abs() < 2e-3, "{found:?}");
        assert!(found.congestion > 0.0, "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// No placement on the sampled offsets costs less than the floor.
        #[test]
        fn nothing_is_below_the_floor(
            at in prop::collection::vec((0_u32..64, 0_u32..64), 6..7),
            size in (5.0_f64..35.0, 5.0_f64..35.0),
        ) {
            let mut canvas = Canvas::new(100.0, 100.0);
            (canvas.columns, canvas.rows) = (10, 10);
            let mut builder = Builder::new();
            let size = (size.0.round(), size.1.round());
            let nodes: Vec<NodeId> = at.iter()
                .map(|_| builder.node(Node { width: size.0, height: size.1, ..Node::default() }))
                .collect();
            let netlist = builder.build();
            let mut placement = Placement::new(&netlist);
            for (&node, &(x, y)) in nodes.iter().zip(&at) {
                let low = |step: u32, size: f64| (f64::from(step) * 1.25).min(100.0 - size);
                let low = (low(x, size.0), low(y, size.1));
                placement.set_center(node, Point::new(low.0 + size.0 / 2.0, low.1 + size.1 / 2.0));
            }
            let cost = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
            let least = floor(&netlist, &canvas);
            let slack = 2.0 / THRESHOLDS as f64;
            prop_assert!(cost.density + slack >= least.density, "{cost:?} {least:?}");
            prop_assert!(cost.congestion + slack >= least.congestion, "{cost:?} {least:?}");
        }
    }
}
