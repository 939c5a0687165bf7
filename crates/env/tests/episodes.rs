//! Episodes: legal, finite, repeatable; and the static observation of a small netlist.

#![allow(clippy::unwrap_used, reason = "test code outside #[test] functions")]

use std::sync::Arc;

use flagstone_env::{
    EnvConfig, Environment, FakeNet, InitialLocations, NodeType, Order, Step, Task,
    fake_net_heatmap,
};
use flagstone_geom::Point;
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, Placement};
use flagstone_place::checker;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

fn netlist(sizes: &[(f64, f64)]) -> Netlist {
    let mut builder = Builder::new();
    let mut pins = Vec::new();
    for (i, &(width, height)) in sizes.iter().enumerate() {
        let name = format!("m{i}");
        let node = builder.node(Node { name: &name, width, height, ..Node::default() });
        pins.push(builder.pin(Pin { node, name: "p", ..Pin::default() }));
    }
    let soft =
        Node { kind: Kind::SoftMacro, name: "Grp_0", width: 5.0, height: 5.0, ..Node::default() };
    let soft = builder.node(soft);
    pins.push(builder.pin(Pin { node: soft, name: "s", ..Pin::default() }));
    let port = builder.node(Node { kind: Kind::Port, name: "p", ..Node::default() });
    pins.push(builder.pin(Pin { node: port, ..Pin::default() }));
    for pair in pins.windows(2) {
        builder.net(pair[0], &pair[1..]);
    }
    builder.build()
}

fn task(sizes: &[(f64, f64)], config: &EnvConfig) -> Arc<Task> {
    let netlist = Arc::new(netlist(sizes));
    let placement = Placement::new(&netlist);
    Arc::new(Task::new(netlist, Canvas::new(100.0, 100.0), placement, config).unwrap())
}

fn random_cell(environment: &Environment, rng: &mut Pcg64Mcg) -> usize {
    let mask = &environment.observe().mask;
    let legal: Vec<usize> = (0..mask.len()).filter(|&cell| mask[cell]).collect();
    legal[rng.random_range(0..legal.len())]
}

#[test]
fn only_a_macro_to_place_must_be_smaller_than_the_canvas() {
    let mut builder = Builder::new();
    builder.node(Node { name: "m", width: 5.0, height: 5.0, ..Node::default() });
    let wide = Node { width: 200.0, height: 1.0, ..Node::default() };
    builder.node(Node { kind: Kind::SoftMacro, name: "Grp_0", ..wide });
    let stays = builder.node(Node { name: "stays", ..wide });
    let netlist = Arc::new(builder.build());
    let mut placement = Placement::new(&netlist);
    let task = |placement: &Placement| {
        let canvas = Canvas::new(100.0, 100.0);
        Task::new(Arc::clone(&netlist), canvas, placement.clone(), &EnvConfig::default())
    };
    assert!(task(&placement).is_err(), "a wide macro is to be placed");
    placement.fixed[stays.usize()] = true;
    placement.set_center(stays, Point::new(50.0, 95.0));
    let mut environment = Environment::with_maps(Arc::new(task(&placement).unwrap()));
    let cell = environment.observe().mask.iter().position(|&legal| legal).unwrap();
    let Step::Done(outcome) = environment.step(cell) else { panic!("one macro is placed") };
    assert!(outcome.reward.is_finite());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn episodes_end_legally_and_repeat(
        sizes in prop::collection::vec((5.0_f64..60.0, 5.0_f64..60.0), 1..12),
        seed in any::<u64>(),
    ) {
        let task = task(&sizes, &EnvConfig::default());
        let mut environment = Environment::new(Arc::clone(&task));
        let start = environment.observe().clone();
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut actions = Vec::new();
        let end = loop {
            if environment.observe().mask.iter().all(|free| !free) {
                break None;
            }
            let cell = random_cell(&environment, &mut rng);
            actions.push(cell);
            match environment.step(cell) {
                Step::Continue => prop_assert!(actions.len() < sizes.len(), "too many steps"),
                Step::Done(outcome) => break Some(outcome),
                Step::Infeasible(why) => {
                    prop_assert_eq!(why.placed, actions.len());
                    break None;
                }
            }
        };
        if let Some(outcome) = &end {
            prop_assert_eq!(checker::overlaps(&task.netlist, &task.canvas, &outcome.placement), 0);
            prop_assert!(outcome.reward < 0.0, "the reward is minus a cost");
        }
        environment.reset();
        prop_assert_eq!(environment.observe(), &start);
        let mut again = None;
        for &cell in &actions {
            if let Step::Done(outcome) = environment.step(cell) {
                again = Some(outcome);
            }
        }
        prop_assert_eq!(again, end);
    }
}

#[test]
fn a_macro_larger_than_every_gap_is_named() {
    let task = task(&[(60.0, 60.0), (55.0, 55.0)], &EnvConfig::default());
    let mut environment = Environment::new(task);
    let mut rng = Pcg64Mcg::seed_from_u64(1);
    let cell = random_cell(&environment, &mut rng);
    let Step::Infeasible(why) = environment.step(cell) else { panic!("it cannot fit") };
    assert_eq!((why.name.as_str(), why.placed), ("m1", 1));
    assert!(why.to_string().contains("55 x 55 um"), "{why}");
}

#[test]
fn orders_are_permutations_and_start_as_they_should() {
    let sizes = [(5.0, 5.0), (20.0, 10.0), (10.0, 10.0), (20.0, 10.0)];
    let of = |order| task(&sizes, &EnvConfig { order, ..EnvConfig::default() }).order.clone();
    let ids = |list: [u32; 4]| list.map(NodeId).to_vec();
    assert_eq!(of(Order::DescendingSize), ids([1, 3, 2, 0]));
    assert_eq!(of(Order::File), ids([0, 1, 2, 3]));
    assert_eq!(of(Order::Topological), ids([1, 2, 3, 0]));
    let mut random = of(Order::Random);
    random.sort_unstable();
    assert_eq!(random, ids([0, 1, 2, 3]));
}

/// Two hard macros, one soft macro, ports in two cells; canvas 300 × 200, grid 3 × 2, N = 6, E = 8.
#[test]
fn static_features_of_a_hand_built_netlist() {
    let mut builder = Builder::new();
    let hard = |name| Node { name, width: 120.0, height: 120.0, ..Node::default() };
    let m0 = builder.node(hard("M0"));
    let m1 = builder.node(Node { width: 80.0, height: 40.0, ..hard("M1") });
    let soft =
        Node { kind: Kind::SoftMacro, name: "Grp_2", width: 50.0, height: 50.0, ..Node::default() };
    let s = builder.node(soft);
    let ports =
        ["P0", "P1"].map(|name| builder.node(Node { kind: Kind::Port, name, ..Node::default() }));
    let pins =
        [m0, m1, s, ports[0], ports[1]].map(|node| builder.pin(Pin { node, ..Pin::default() }));
    let [p_m0, p_m1, p_s, p_p0, p_p1] = pins;
    builder.net(p_p0, &[p_m0]);
    builder.net(p_m0, &[p_s]);
    builder.net(p_m1, &[p_s]);
    builder.net(p_p1, &[p_m1]);
    builder.net(p_s, &[p_p1]);
    let netlist = Arc::new(builder.build());
    let mut canvas = Canvas::new(300.0, 200.0);
    (canvas.columns, canvas.rows) = (3, 2);
    let mut placement = Placement::new(&netlist);
    placement.set_center(ports[0], Point::new(0.0, 100.0));
    placement.set_center(ports[1], Point::new(150.0, 200.0));
    let config = EnvConfig {
        max_nodes: 6.0,
        max_edges: 8.0,
        max_grid: 3,
        initial_locations: InitialLocations::Center,
        ..EnvConfig::default()
    };
    let task = Task::new(netlist, canvas, placement, &config).unwrap();
    let features = &task.features;
    assert_eq!(features.edge_i, vec![0, 0, 1, 1, 2]);
    assert_eq!(features.edge_j, vec![2, 3, 2, 4, 4]);
    assert!(features.edge_weight.iter().all(|weight| (weight - 1.0).abs() < 1e-5), "all equal");
    let near = |a: f32, b: f32| (a - b).abs() < 1e-6;
    assert!(near(features.metadata[0], 5.0 / 8.0), "{:?}", features.metadata);
    assert!(near(features.metadata[1], 2.0 / 6.0), "{:?}", features.metadata);
    assert!(near(features.metadata[10], 0.6), "{:?}", features.metadata);
    assert_eq!(features.clusters, vec![Point::new(0.0, 200.0), Point::new(150.0, 200.0)]);
    assert_eq!(features.node_type[3], NodeType::PortCluster);
    assert!(near(features.width[0], 120.0 / 500.0) && features.width[2] == 0.0, "sizes");
}

/// circuit_training's golden heat map: fake nets to a macro in the middle cell of a 3 × 3 grid.
#[test]
fn fake_net_heat_equals_circuit_trainings_test() {
    let netlist = netlist(&[(5.0, 5.0), (5.0, 5.0)]);
    let mut canvas = Canvas::new(300.0, 300.0);
    (canvas.columns, canvas.rows) = (3, 3);
    let mut placement = Placement::new(&netlist);
    placement.set_center(NodeId(1), Point::new(150.0, 150.0));
    let net = FakeNet { weight: 1.0, nodes: [NodeId(0), NodeId(1)] };
    let heat = fake_net_heatmap(&canvas.grid(), &placement, &[net], NodeId(0), |_| true);
    let expected = [0.0, 0.292893, 0.0, 0.292893, 1.0, 0.292893, 0.0, 0.0, 0.0];
    // The golden values are of a grid whose lowest row is padding; the upper rows agree.
    for (found, expected) in heat.iter().zip(expected).take(6) {
        assert!((found - expected).abs() < 1e-4, "{heat:?}");
    }
}
