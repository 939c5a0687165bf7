//! The padded observation against circuit_training's own test, replay, feasibility, soft macros.

#![allow(clippy::unwrap_used, reason = "test code outside #[test] functions")]

use std::sync::Arc;

use flagstone_env::{
    EnvConfig, Environment, Episode, FakeNet, InitialLocations, Padding, ReplayError,
    SoftPlacement, Step, Task, fake_net_heatmap,
};
use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Blockage, Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, Placement};
use flagstone_place::checker::{CheckRules, Violation, violations};
use proptest::prelude::*;

/// Hard macros and small soft macros in turn, chained by nets, a port at the end.
fn chain(sizes: &[(f64, f64)]) -> Netlist {
    let mut builder = Builder::new();
    let mut nodes = Vec::new();
    for (i, &(width, height)) in sizes.iter().enumerate() {
        let name = format!("m{i}");
        nodes.push(builder.node(Node { name: &name, width, height, ..Node::default() }));
        let (name, kind) = (format!("Grp_{i}"), Kind::SoftMacro);
        let soft = Node { kind, name: &name, width: 6.0, height: 6.0, ..Node::default() };
        nodes.push(builder.node(soft));
    }
    nodes.push(builder.node(Node { kind: Kind::Port, name: "p", ..Node::default() }));
    let pins: Vec<_> = nodes
        .iter()
        .map(|&node| builder.pin(Pin { node, name: "pin", dx: 1.0, ..Pin::default() }))
        .collect();
    for pair in pins.windows(2) {
        builder.net(pair[0], &[pair[1]]);
    }
    builder.build()
}

fn task(sizes: &[(f64, f64)], blockages: Vec<Blockage>) -> Arc<Task> {
    let netlist = Arc::new(chain(sizes));
    let mut canvas = Canvas::new(120.0, 100.0);
    (canvas.columns, canvas.rows, canvas.blockages) = (12, 10, blockages);
    let config = EnvConfig {
        initial_locations: InitialLocations::Center,
        soft_placement: SoftPlacement::Averaging(1.25),
        ..EnvConfig::default()
    };
    let placement = Placement::new(&netlist);
    Arc::new(Task::new(netlist, canvas, placement, &config).unwrap())
}

/// Three macros and two ports with the edges of circuit_training's `observation_extractor_test`.
fn published_example() -> (Task, [NodeId; 5]) {
    let mut builder = Builder::new();
    let kinds = [Kind::HardMacro, Kind::HardMacro, Kind::SoftMacro, Kind::Port, Kind::Port];
    let nodes = kinds.map(|kind| {
        let size = if kind == Kind::Port { 0.0 } else { 30.0 };
        builder.node(Node { kind, width: size, height: size, ..Node::default() })
    });
    for (driver, sink) in [(0, 2), (3, 0), (1, 2), (1, 4), (2, 3)] {
        let [from, to] =
            [driver, sink].map(|i: usize| builder.pin(Pin { node: nodes[i], ..Pin::default() }));
        builder.net(from, &[to]);
    }
    let netlist = builder.build();
    let mut canvas = Canvas::new(300.0, 200.0);
    (canvas.columns, canvas.rows) = (3, 2);
    let mut placement = Placement::new(&netlist);
    placement.set_center(nodes[3], Point::new(0.0, 20.0));
    placement.set_center(nodes[4], Point::new(150.0, 200.0));
    let config = EnvConfig {
        max_nodes: 6.0,
        max_edges: 8.0,
        max_grid: 3,
        initial_locations: InitialLocations::Center,
        ..EnvConfig::default()
    };
    (Task::new(Arc::new(netlist), canvas, placement, &config).unwrap(), nodes)
}

#[track_caller]
fn near(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (&found, expected) in found.iter().zip(expected) {
        assert!((f64::from(found) - expected).abs() < 2e-6, "{found} is not {expected}");
    }
}

#[test]
fn the_padded_observation_is_the_published_one() {
    let (task, nodes) = published_example();
    let (padding, grid) = (Padding { nodes: 6, edges: 8, grid: 3 }, task.canvas.grid());
    let environment = Environment::new(Arc::new(task.clone()));
    let padded = padding.pad(&task.features, environment.observe(), &grid).unwrap();
    near(&padded.metadata[..4], &[5.0 / 8.0, 2.0 / 6.0, 1.0 / 6.0, 2.0 / 6.0]);
    near(&padded.metadata[8..], &[1.0, 2.0 / 3.0, 0.6, 0.4]);
    assert_eq!(padded.edge_i, [0, 0, 1, 1, 2, 0, 0, 0]);
    assert_eq!(padded.edge_j, [2, 3, 2, 4, 3, 0, 0, 0]);
    near(&padded.edge_weight, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(padded.node_type, [1, 1, 2, 3, 3, 0]);
    near(&padded.width, &[0.06, 0.06, 0.0, 0.0, 0.0, 0.0]);
    near(&padded.x, &[0.3, 0.3, 0.3, 0.0, 0.3, 0.0]);
    near(&padded.y, &[0.2, 0.2, 0.2, 0.0, 0.4, 0.0]);
    near(&padded.placed, &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    assert_eq!(padded.mask, [true, true, true, true, true, true, false, false, false]);

    let mut placed = task.initial.clone();
    placed.set_center(nodes[0], Point::new(150.0, 150.0));
    let nets = [FakeNet { weight: 0.5, nodes: [nodes[1], nodes[0]] }];
    let heat = fake_net_heatmap(&grid, &placed, &nets, nodes[1], |node| node == nodes[0]);
    let heat = padding.pad_cells(&heat, &grid).unwrap();
    near(&heat, &[0.0, 0.292_893, 0.0, 0.292_893, 1.0, 0.292_893, 0.0, 0.0, 0.0]);
}

#[test]
fn padding_splits_evenly_and_comes_back() {
    let grid = published_example().0.canvas.grid();
    let padding = Padding { nodes: 6, edges: 8, grid: 6 };
    let cells: Vec<u8> = (1..=6).collect();
    let padded = padding.pad_cells(&cells, &grid).unwrap();
    for (action, &value) in padded.iter().enumerate() {
        let cell = padding.unpad_action(action, &grid);
        assert_eq!(cell.map_or(0, |cell| cells[cell]), value, "action {action}");
    }
    assert_eq!((padded[2 * 6 + 1], padded[3 * 6 + 3]), (1, 6));
    assert_eq!(Padding { grid: 2, ..padding }.pad_cells(&cells, &grid), None);
}

#[test]
fn actions_that_make_no_episode_are_refused() {
    let task = task(&[(20.0, 10.0), (10.0, 20.0)], Vec::new());
    let cells = task.feasible().unwrap();
    let mut environment = Environment::new(task.clone());
    assert_eq!(Episode::replay(&mut environment, &cells).unwrap().actions, cells);
    let (node, cell) = (task.order[1], cells[0]);
    assert_eq!(
        Episode::replay(&mut environment, &[cell, cell]),
        Err(ReplayError::Illegal { step: 1, node, cell })
    );
    assert_eq!(
        Episode::replay(&mut environment, &cells[..1]),
        Err(ReplayError::Length { expected: 2, found: 1 })
    );
}

#[test]
fn a_design_without_room_says_which_macro_fails() {
    let why = task(&[(80.0, 80.0), (50.0, 50.0)], Vec::new()).feasible().unwrap_err();
    assert_eq!((why.name.as_str(), why.placed), ("m1", 1));
}

/// The fast placer keeps soft macros on the canvas, places them all and spreads them.
#[test]
fn averaging_spreads_the_soft_macros() {
    let task = task(&[(40.0, 40.0); 4], Vec::new());
    let mut environment = Environment::new(task.clone());
    let episode = Episode::replay(&mut environment, &task.feasible().unwrap()).unwrap();
    let soft: Vec<Rect> = task
        .netlist
        .nodes_of(Kind::SoftMacro)
        .map(|node| episode.placement.rect(&task.netlist, node))
        .collect();
    for rect in &soft {
        let inside = rect.overlap_area(&task.canvas.rect());
        assert!((inside - rect.area()).abs() < 1e-9, "{rect:?} leaves the canvas");
    }
    let centers: Vec<Point> = soft.iter().map(Rect::center).collect();
    assert!(centers.iter().any(|c| *c != centers[0]), "they do not all stand on one place");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_mask_allows_exactly_what_the_checker_accepts(
        sizes in prop::collection::vec((1_u32..50, 1_u32..50), 1..7),
        picks in prop::collection::vec(0_usize..1000, 6),
        blockage in (0_u32..120, 0_u32..100),
    ) {
        let sizes: Vec<_> = sizes.iter().map(|&(w, h)| (f64::from(w), f64::from(h))).collect();
        let (x, y) = (f64::from(blockage.0), f64::from(blockage.1));
        let blockage = Blockage { rect: Rect::new(x, y, x + 7.0, y + 7.0), rate: 1.0 };
        let task = task(&sizes, vec![blockage]);
        let mut environment = Environment::new(task.clone());
        for (step, pick) in picks.iter().enumerate() {
            let Some(node) = environment.current() else { break };
            let mut trial = environment.placement().clone();
            for &later in &task.order[step..] {
                trial.placed[later.usize()] = later == node;
            }
            let mut legal = Vec::new();
            for cell in 0..task.n_cells() {
                trial.set_center(node, task.canvas.grid().center(cell));
                let rules = CheckRules { tolerance: 1e-9, ..CheckRules::default() };
                let found = violations(&task.netlist, &task.canvas, &trial, &rules);
                let fine = found.iter().all(|v| matches!(v, Violation::Unplaced { .. }));
                prop_assert_eq!(environment.observe().mask[cell], fine, "{:?}", found);
                if fine {
                    legal.push(cell);
                }
            }
            if legal.is_empty() {
                break;
            }
            environment.step(legal[pick % legal.len()]);
        }
    }

    #[test]
    fn a_feasible_design_can_be_played(
        sizes in prop::collection::vec((1_u32..60, 1_u32..60), 1..8),
    ) {
        let sizes: Vec<_> = sizes.iter().map(|&(w, h)| (f64::from(w), f64::from(h))).collect();
        let task = task(&sizes, Vec::new());
        let mut environment = Environment::new(task.clone());
        match task.feasible() {
            Ok(cells) => prop_assert!(Episode::replay(&mut environment, &cells).is_ok()),
            Err(why) => {
                let Some(&first) = task.order.first() else { return Ok(()) };
                let stuck = matches!(environment.reset(), Step::Infeasible(_));
                prop_assert_eq!(why.node == first, stuck, "only then nothing can be placed");
            }
        }
    }
}
