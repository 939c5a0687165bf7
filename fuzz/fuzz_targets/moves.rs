//! Any sequence of moves leaves the engine as a fresh one would be, and a revert leaves no trace.

#![no_main]

use std::sync::Arc;

use arbitrary::Arbitrary;
use flagstone_cost::engine::Engine;
use flagstone_cost::{Rules, Weights, evaluate};
use flagstone_geom::Orientation;
use flagstone_netlist::{Builder, Canvas, Kind, Node, NodeId, Pin, Placement};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    nodes: Vec<(u8, u8, u8)>,
    nets: Vec<(u8, Vec<u8>)>,
    grid: (u8, u8),
    smoothing: u8,
    congestion_grid: Option<(u8, u8)>,
    moves: Vec<Move>,
}

#[derive(Arbitrary, Debug)]
struct Move {
    nodes: Vec<(u8, i16, i16, u8)>,
    ask: bool,
    keep: bool,
}

fuzz_target!(|input: Input| {
    if input.nodes.is_empty() || input.nodes.len() > 64 || input.nets.len() > 200 {
        return;
    }
    let mut builder = Builder::new();
    let mut pins = Vec::new();
    for (i, &(kind, width, height)) in input.nodes.iter().enumerate() {
        let kind = [Kind::HardMacro, Kind::SoftMacro, Kind::Port][usize::from(kind) % 3];
        let size = |byte: u8| if kind == Kind::Port { 0.0 } else { f64::from(byte) / 4.0 + 0.5 };
        let (width, height) = (size(width), size(height));
        let name = format!("n{i}");
        let node = builder.node(Node { kind, name: &name, width, height, ..Node::default() });
        let dx = if kind == Kind::HardMacro { width / 3.0 } else { 0.0 };
        pins.push(builder.pin(Pin { node, name: "p", dx, ..Pin::default() }));
    }
    for (driver, sinks) in &input.nets {
        let pin = |byte: u8| pins[usize::from(byte) % pins.len()];
        let sinks: Vec<_> = sinks.iter().map(|&sink| pin(sink)).collect();
        builder.net(pin(*driver), &sinks);
    }
    let netlist = Arc::new(builder.build());
    let mut canvas = Canvas::new(100.0, 80.0);
    canvas.columns = u32::from(input.grid.0 % 24) + 1;
    canvas.rows = u32::from(input.grid.1 % 24) + 1;
    canvas.smoothing = u32::from(input.smoothing % 5);
    canvas.congestion_grid =
        input.congestion_grid.map(|(c, r)| (u32::from(c % 12) + 1, u32::from(r % 12) + 1));
    let placement = Placement::new(&netlist);
    let mut engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
    for step in input.moves.iter().take(200) {
        let before = engine.cost();
        engine.begin();
        for &(node, x, y, orientation) in &step.nodes {
            let node = NodeId(u32::from(node) % netlist.n_nodes() as u32);
            let orientation = Orientation::ALL[usize::from(orientation) % 8];
            engine.set(node, f64::from(x) / 100.0, f64::from(y) / 100.0, orientation);
            if step.ask {
                engine.delta();
            }
        }
        if step.keep {
            engine.commit();
        } else {
            engine.revert();
            assert_eq!(engine.cost(), before);
        }
    }
    let now = engine.placement().clone();
    let fresh = Engine::new(Arc::clone(&netlist), &canvas, &now, Weights::default());
    assert_eq!(engine.cost(), fresh.cost());
    let full = evaluate(&netlist, &canvas, &now, Rules::Clamp).cost;
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3);
    let cost = engine.cost();
    assert!(near(cost.wirelength, full.wirelength), "{cost:?} {full:?}");
    assert!(near(cost.density, full.density), "{cost:?} {full:?}");
    assert!(near(cost.congestion, full.congestion), "{cost:?} {full:?}");
});
