use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::{Rules, evaluate};
use flagstone_geom::Orientation;
use flagstone_netlist::{Builder, Node, NodeId, Pin};

/// A random circuit: any mix of kinds, weights, turned macros and nets of every degree.
fn netlist(seed: u64, n_nodes: usize, n_nets: usize) -> Netlist {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let mut builder = Builder::new();
    let mut pins = Vec::new();
    for i in 0..n_nodes {
        let kind = [Kind::HardMacro, Kind::SoftMacro, Kind::Port][rng.random_range(0..3)];
        let size = if kind == Kind::Port { 0.0 } else { 2.0 + 30.0 * rng.random::<f64>() };
        let name = format!("n{i}");
        let height = size * (0.5 + rng.random::<f64>());
        let node = builder.node(Node { kind, name: &name, width: size, height, ..Node::default() });
        for _ in 0..1 + rng.random_range(0..3) {
            let hard = if kind == Kind::HardMacro { 1.0 } else { 0.0 };
            let weight = [1.0, 1.0, 3.0, 0.25, 1.7][rng.random_range(0..5)];
            let weight = if kind == Kind::Port { 1.0 } else { weight };
            let dx = hard * size * (rng.random::<f64>() - 0.5);
            let dy = hard * height * (rng.random::<f64>() - 0.5);
            pins.push(builder.pin(Pin { node, name: "p", dx, dy, weight, index: None }));
        }
    }
    for _ in 0..n_nets {
        let driver = pins[rng.random_range(0..pins.len())];
        let degree = [1, 1, 1, 2, 2, 3, 5, 20][rng.random_range(0..8)];
        let sinks: Vec<_> = (0..degree).map(|_| pins[rng.random_range(0..pins.len())]).collect();
        builder.net(driver, &sinks);
    }
    builder.build()
}

fn canvas(seed: u64) -> Canvas {
    let mut rng = Pcg64Mcg::seed_from_u64(seed ^ 0xca);
    let mut canvas = Canvas::new(100.0 + 50.0 * rng.random::<f64>(), 120.0);
    canvas.columns = rng.random_range(2..17);
    canvas.rows = rng.random_range(2..17);
    canvas.smoothing = rng.random_range(0..4);
    canvas.congestion_grid = rng.random::<bool>().then(|| (rng.random_range(1..9), 7));
    canvas
}

fn random_point(canvas: &Canvas, rng: &mut Pcg64Mcg) -> Point {
    // A fifth beyond each border: macros may hang off the canvas.
    let mut along = |size: f64| size * (1.4 * rng.random::<f64>() - 0.2);
    Point::new(along(canvas.width), along(canvas.height))
}

fn start(netlist: &Netlist, canvas: &Canvas, rng: &mut Pcg64Mcg) -> Placement {
    let mut placement = Placement::new(netlist);
    for node in netlist.node_ids() {
        placement.set_center(node, random_point(canvas, rng));
        placement.orientation[node.usize()] = Orientation::ALL[rng.random_range(0..8)];
    }
    placement
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-3)
}

fn bits(engine: &Engine) -> Vec<u64> {
    let maps = [engine.density_map(), engine.horizontal_map(), engine.vertical_map_by_column()];
    let cost = engine.cost();
    let terms = [cost.wirelength, cost.density, cost.congestion, engine.wirelength_um()];
    maps.into_iter().flatten().chain(&terms).map(|value| value.to_bits()).collect()
}

/// One random move of one to three nodes, possibly in two steps.
fn random_move(engine: &mut Engine, rng: &mut Pcg64Mcg) {
    engine.begin();
    for _ in 0..rng.random_range(1..4) {
        let node = NodeId(rng.random_range(0..engine.netlist().n_nodes()) as u32);
        let far = random_point(engine.canvas(), rng);
        let at = engine.placement().center(node);
        let near = Point::new(at.x + rng.random::<f64>() - 0.5, at.y + rng.random::<f64>() - 0.5);
        let to = [far, near, at][rng.random_range(0..3)];
        engine.set(node, to.x, to.y, Orientation::ALL[rng.random_range(0..8)]);
        if rng.random::<bool>() {
            engine.delta();
        }
    }
    engine.delta();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn moves_keep_the_engine_exact(seed in any::<u64>(), n in 2_usize..40) {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let netlist = Arc::new(netlist(seed, n, 2 * n));
        let canvas = canvas(seed);
        let placement = start(&netlist, &canvas, &mut rng);
        let mut engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
        for _ in 0..30 {
            let before = bits(&engine);
            let at = engine.placement().clone();
            random_move(&mut engine, &mut rng);
            if rng.random::<bool>() {
                engine.revert();
                prop_assert_eq!(&bits(&engine), &before, "revert must restore every bit");
                prop_assert_eq!(engine.placement(), &at);
            } else {
                engine.commit();
            }
        }
        let now = engine.placement().clone();
        let fresh = Engine::new(Arc::clone(&netlist), &canvas, &now, Weights::default());
        prop_assert_eq!(bits(&engine), bits(&fresh), "no drift against a fresh engine");
        let full = evaluate(&netlist, &canvas, &now, Rules::Clamp).cost;
        let cost = engine.cost();
        prop_assert!(close(cost.wirelength, full.wirelength), "{cost:?} {full:?}");
        prop_assert!(close(cost.density, full.density), "{cost:?} {full:?}");
        prop_assert!(close(cost.congestion, full.congestion), "{cost:?} {full:?}");
    }

    #[test]
    fn wire_mask_and_intervals_agree_with_moves(seed in any::<u64>(), n in 2_usize..20) {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let netlist = Arc::new(netlist(seed, n, 2 * n));
        let canvas = canvas(seed);
        let placement = start(&netlist, &canvas, &mut rng);
        let mut engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
        let node = NodeId(rng.random_range(0..n) as u32);
        let orientation = Orientation::ALL[rng.random_range(0..8)];
        let mut mask = Vec::new();
        engine.wire_mask(node, orientation, &mut mask);
        let grid = canvas.grid();
        prop_assert_eq!(mask.len(), grid.n_cells());
        for (cell, &expected) in mask.iter().enumerate().step_by(3) {
            let to = grid.center(cell);
            engine.begin();
            engine.set(node, to.x, to.y, orientation);
            let delta = engine.delta().wirelength;
            engine.revert();
            prop_assert!((delta - expected).abs() < 1e-9, "cell {cell}: {delta} {expected}");
        }
        let (x, y) = engine.flat_intervals(node);
        let at = placement.center(node);
        for to in [Point::new(x.low, at.y), Point::new(x.high, at.y), Point::new(at.x, y.low)] {
            if to.x.is_finite() && to.y.is_finite() {
                engine.begin();
                engine.set(node, to.x, to.y, placement.orientation[node.usize()]);
                let delta = engine.delta().wirelength;
                engine.revert();
                prop_assert!(delta.abs() < 1e-9, "{to:?}: {delta}");
            }
        }
        if let Some((x, y)) = engine.best_intervals(node, &mut Default::default()) {
            engine.begin();
            let best = Point::new((x.low + x.high) / 2.0, (y.low + y.high) / 2.0);
            engine.set(node, best.x, best.y, placement.orientation[node.usize()]);
            prop_assert!(engine.delta().wirelength <= 1e-9, "the best interval is no worse");
            engine.revert();
        }
    }

    #[test]
    fn shares_add_up_to_the_cost(seed in any::<u64>(), n in 2_usize..40) {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let netlist = Arc::new(netlist(seed, n, 2 * n));
        let canvas = canvas(seed);
        let placement = start(&netlist, &canvas, &mut rng);
        let engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
        let mut hot = engine.hot();
        let mut sum = Cost::default();
        for net in netlist.net_ids() {
            let share = engine.net_share(net, &mut hot);
            sum.wirelength += share.wirelength;
            sum.congestion += share.congestion;
        }
        for node in netlist.node_ids() {
            let share = engine.macro_share(node, &hot);
            sum.density += share.density;
            sum.congestion += share.congestion;
        }
        let cost = engine.cost();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1e-3);
        prop_assert!(near(sum.wirelength, cost.wirelength), "{sum:?} {cost:?}");
        prop_assert!(near(sum.density, cost.density), "{sum:?} {cost:?}");
        prop_assert!(near(sum.congestion, cost.congestion), "{sum:?} {cost:?}");
        let mut hottest = Vec::new();
        for node in netlist.node_ids() {
            engine.hottest_nets(node, &mut hot, &mut hottest);
            prop_assert!(hottest.is_sorted_by(|a, b| a.1 >= b.1), "the hottest first");
        }
    }
}

#[test]
fn ten_million_moves_do_not_drift() {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let netlist = Arc::new(netlist(7, 8, 10));
    let canvas = Canvas { columns: 5, rows: 4, congestion_grid: None, ..canvas(7) };
    let placement = start(&netlist, &canvas, &mut rng);
    let mut engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
    for i in 0..10_000_000_u32 {
        let node = NodeId(rng.random_range(0..netlist.n_nodes()) as u32);
        let to = random_point(&canvas, &mut rng);
        engine.begin();
        engine.set(node, to.x, to.y, Orientation::ALL[(i % 8) as usize]);
        if i % 4 == 3 {
            engine.delta();
            engine.revert();
        } else {
            engine.commit();
        }
    }
    let now = engine.placement().clone();
    let fresh = Engine::new(Arc::clone(&netlist), &canvas, &now, Weights::default());
    assert_eq!(bits(&engine), bits(&fresh));
}
