//! Inputs at the edge of what makes sense: nothing here may panic, and what has a value keeps it.

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Evaluator, Rules, Weights, evaluate};
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, Placement};
use proptest::prelude::*;

/// A hard and a soft macro of 10 × 10 µm and a port, each driving the next with the given weight.
fn ring(weight: f64) -> Netlist {
    let mut builder = Builder::new();
    let kinds = [Kind::HardMacro, Kind::SoftMacro, Kind::Port];
    let pins = kinds.map(|kind| {
        let size = if kind == Kind::Port { 0.0 } else { 10.0 };
        let node = builder.node(Node { kind, width: size, height: size, ..Node::default() });
        builder.pin(Pin { node, weight, ..Pin::default() })
    });
    for (driver, sink) in [(0, 1), (1, 2), (2, 0)] {
        builder.net(pins[driver], &[pins[sink]]);
    }
    builder.build()
}

fn at(netlist: &Netlist, points: [(f64, f64); 3]) -> Placement {
    let mut placement = Placement::new(netlist);
    for (node, (x, y)) in points.into_iter().enumerate() {
        (placement.x[node], placement.y[node]) = (x, y);
    }
    placement
}

#[test]
fn an_empty_netlist_costs_nothing() {
    let netlist = Netlist::default();
    let canvas = Canvas::new(100.0, 100.0);
    for rules in [Rules::Clamp, Rules::Google] {
        let found = evaluate(&netlist, &canvas, &Placement::new(&netlist), rules);
        assert_eq!(found.cost, flagstone_cost::Cost::default());
        assert!(found.vertical.iter().all(|&cell| cell == 0.0), "demand without nets");
    }
}

#[test]
fn pins_in_one_cell_need_no_routing() {
    let netlist = ring(1.0);
    let canvas = Canvas::new(100.0, 100.0);
    let placement = at(&netlist, [(15.0, 15.0); 3]);
    let found = evaluate(&netlist, &canvas, &placement, Rules::Clamp);
    assert_eq!(found.horizontal, found.horizontal_macros);
    assert_eq!(found.wirelength_um, 0.0);
    assert!(found.density[11] == 2.0, "two macros fill the cell twice");
}

#[test]
fn few_cells_average_the_occupied_ones_or_take_the_fullest() {
    let netlist = ring(1.0);
    let mut canvas = Canvas::new(100.0, 100.0);
    (canvas.columns, canvas.rows) = (2, 2);
    let placement = at(&netlist, [(25.0, 25.0), (75.0, 100.0), (0.0, 0.0)]);
    let clamp = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost.density;
    let google = evaluate(&netlist, &canvas, &placement, Rules::Google).cost.density;
    assert!((clamp - 0.5 * (0.04 + 0.02) / 2.0).abs() < 1e-15, "{clamp}");
    assert!((google - 0.5 * 0.04).abs() < 1e-15, "{google}");
    let away = at(&netlist, [(-500.0, 0.0), (900.0, 900.0), (0.0, 0.0)]);
    assert_eq!(evaluate(&netlist, &canvas, &away, Rules::Clamp).cost.density, 0.0);
}

#[test]
fn a_light_net_is_routed_with_weight_one() {
    let canvas = Canvas::new(100.0, 100.0);
    let demand = |weight| {
        let netlist = ring(weight);
        let placement = at(&netlist, [(15.0, 15.0), (75.0, 75.0), (95.0, 5.0)]);
        let found = evaluate(&netlist, &canvas, &placement, Rules::Clamp);
        found.horizontal.iter().sum::<f64>()
    };
    assert_eq!(demand(0.25), demand(1.0));
    assert!(demand(3.5) > demand(1.0), "a heavy net needs more");
}

#[test]
fn only_googles_rules_leave_out_nets_off_the_canvas() {
    let netlist = ring(1.0);
    let canvas = Canvas::new(100.0, 100.0);
    let placement = at(&netlist, [(300.0, 15.0), (-75.0, 75.0), (95.0, 500.0)]);
    let sum = |rules| {
        let found = evaluate(&netlist, &canvas, &placement, rules);
        found.vertical.iter().chain(&found.horizontal).sum::<f64>()
    };
    assert!(sum(Rules::Clamp) > 0.0, "clamped pins are routed along the border");
    assert_eq!(sum(Rules::Google), 0.0);
}

/// Coordinates of every kind, the impossible ones included.
fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -50.0..150.0_f64,
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, -0.0]),
    ]
}

proptest! {
    #[test]
    fn no_input_panics_and_scratch_leaves_no_trace(
        points in prop::array::uniform3((coordinate(), coordinate())),
        weight in prop_oneof![Just(0.0), Just(1e-9), Just(1e12), Just(f64::INFINITY), 0.0..9.0],
        (columns, rows, smoothing) in (1_u32..14, 1_u32..14, prop_oneof![0_u32..4, Just(u32::MAX)]),
        congestion_grid in prop::option::of((1_u32..9, 1_u32..9)),
        placed in any::<bool>(),
    ) {
        let netlist = ring(weight);
        let mut canvas = Canvas::new(100.0, 80.0);
        (canvas.columns, canvas.rows, canvas.smoothing) = (columns, rows, smoothing);
        canvas.congestion_grid = congestion_grid;
        let mut placement = at(&netlist, points);
        placement.placed[NodeId(1).usize()] = placed;
        let mut used = Evaluator::default();
        used.evaluate(&ring(2.0), &Canvas::new(7.0, 7.0), &at(&netlist, [(1.0, 6.0); 3]), Rules::Clamp);
        for rules in [Rules::Clamp, Rules::Google] {
            let fresh = evaluate(&netlist, &canvas, &placement, rules);
            let again = used.evaluate(&netlist, &canvas, &placement, rules);
            prop_assert_eq!(format!("{again:?}"), format!("{fresh:?}"));
        }
    }
}

/// Far more nets than one span holds, evaluated on one thread and on several.
#[test]
fn the_number_of_threads_does_not_change_the_result() {
    let config = GenerateConfig { nets: 150_000, soft_macros: 12_000, ..GenerateConfig::medium() };
    let (netlist, canvas, placement) = generate(&config);
    assert!(netlist.n_nets() > 1 << 17, "{} nets", netlist.n_nets());
    let on = |threads: usize, rules: Rules| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| evaluate(&netlist, &canvas, &placement, rules))
    };
    for rules in [Rules::Clamp, Rules::Google] {
        let one = on(1, rules);
        assert_eq!(one, on(2, rules));
        assert_eq!(one, on(7, rules));
    }
    let engine = Engine::new(Arc::new(netlist.clone()), &canvas, &placement, Weights::default());
    let (found, expected) = (engine.cost(), on(2, Rules::Clamp).cost);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
    assert!(close(found.wirelength, expected.wirelength), "{found:?} {expected:?}");
    assert!(close(found.density, expected.density), "{found:?} {expected:?}");
    assert!(close(found.congestion, expected.congestion), "{found:?} {expected:?}");
}
