//! A move allocates nothing once its buffers have grown.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use flagstone_cost::Weights;
use flagstone_cost::engine::Engine;
use flagstone_geom::Orientation;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Kind, NodeId};

/// Moves, swaps and flips, some kept and some taken back, and the questions asked between them.
fn play(engine: &mut Engine, nodes: &[NodeId], wires: &mut Vec<f64>, from: usize, n: usize) {
    let size = engine.canvas().width;
    for i in from..from + n {
        let (a, b) = (nodes[i % nodes.len()], nodes[(7 * i + 3) % nodes.len()]);
        let (at_a, at_b) = (engine.placement().center(a), engine.placement().center(b));
        engine.begin();
        match i % 3 {
            0 => engine.set(a, (37 * i % 100) as f64 / 100.0 * size, at_a.y, Orientation::N),
            1 => {
                engine.set(a, at_b.x, at_b.y, Orientation::FS);
                engine.set(b, at_a.x, at_a.y, Orientation::N);
            }
            _ => engine.set(a, at_a.x, at_a.y, Orientation::FN),
        }
        engine.delta_proxy();
        if i % 2 == 0 {
            engine.commit()
        } else {
            engine.revert()
        }
        engine.wire_mask(a, Orientation::N, wires);
        engine.flat_intervals(a);
    }
}

#[test]
fn a_move_allocates_nothing() {
    let (netlist, canvas, placement) = generate(&GenerateConfig::medium());
    let netlist = Arc::new(netlist);
    let nodes: Vec<NodeId> =
        netlist.node_ids().filter(|&node| netlist.kind(node) != Kind::Port).collect();
    let mut engine = Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default());
    let mut wires = Vec::new();
    play(&mut engine, &nodes, &mut wires, 0, 1_000);
    let counted = allocation_counter::measure(|| {
        play(&mut engine, &nodes, &mut wires, 1_000, 10_000);
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
