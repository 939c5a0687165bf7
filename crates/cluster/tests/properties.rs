//! What holds for every flat netlist: cells kept, area kept, pins and weights consistent, one seed
//! one result.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use flagstone_cluster::{ClusterConfig, ClusterError, Clustered, cluster, from_groups};
use flagstone_netlist::{
    Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, PinId, Placement, check,
};
use proptest::prelude::*;

/// A flat netlist: macros with pins, ports, cells, and random nets between them.
#[derive(Clone, Debug)]
struct Design {
    netlist: Netlist,
    placement: Placement,
    canvas: Canvas,
}

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 90.0;

fn design(n_cells: usize, placed: bool, nets: &[(usize, Vec<usize>)]) -> Design {
    let mut builder = Builder::new();
    let mut drivers: Vec<PinId> = Vec::new();
    for m in 0..3 {
        let name = format!("m{m}");
        let kind = Kind::HardMacro;
        let node = Node { kind, name: &name, width: 12.0, height: 8.0, ..Node::default() };
        let node = builder.node(node);
        for k in 0..3 {
            let name = format!("m{m}/p{k}");
            let dx = f64::from(k) - 1.0;
            drivers.push(builder.pin(Pin { node, name: &name, dx, ..Pin::default() }));
        }
    }
    for p in 0..6 {
        let name = format!("in[{p}]");
        let node = builder.node(Node { kind: Kind::Port, name: &name, ..Node::default() });
        drivers.push(builder.pin(Pin { node, ..Pin::default() }));
    }
    for c in 0..n_cells {
        let (name, width) = (format!("u{}/c{c}", c % 7), 0.5 + (c % 5) as f64 / 4.0);
        let kind = Kind::StdCell;
        let node = Node { kind, name: &name, width, height: 1.0, ..Node::default() };
        let node = builder.node(node);
        // Some formats give a cell a pin for each net that it drives.
        for k in 0..=c % 3 {
            let weight = if c % 11 == 0 { 2.5 + k as f64 } else { 1.0 };
            drivers.push(builder.pin(Pin { node, weight, ..Pin::default() }));
        }
    }
    let mut used = BTreeSet::new();
    for (driver, sinks) in nets {
        let driver = driver % drivers.len();
        if used.insert(driver) {
            let sinks: Vec<_> = sinks.iter().map(|sink| drivers[sink % drivers.len()]).collect();
            builder.net(drivers[driver], &sinks);
        }
    }
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for node in netlist.node_ids() {
        let n = node.usize();
        // Neighbours in the file lie side by side, row after row.
        placement.x[n] = (n * 7 % 120) as f64;
        placement.y[n] = (n * 7 / 120) as f64 % HEIGHT;
        placement.placed[n] = placed || netlist.kind(node) == Kind::HardMacro;
    }
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    (canvas.columns, canvas.rows) = (12, 9);
    Design { netlist, placement, canvas }
}

fn designs() -> impl Strategy<Value = Design> {
    let net = (0_usize..500, prop::collection::vec(0_usize..500, 1..5));
    (1_usize..200, any::<bool>(), prop::collection::vec(net, 0..250))
        .prop_map(|(n_cells, placed, nets)| design(n_cells, placed, &nets))
}

fn config(free_parts: usize) -> ClusterConfig {
    let mut config = ClusterConfig { free_parts, ..ClusterConfig::default() };
    config.partition.coarsest = 20;
    config
}

fn run(design: &Design, config: &ClusterConfig) -> Clustered {
    cluster(&design.netlist, &design.placement, &design.canvas, config).unwrap()
}

fn group_of(found: &Clustered, design: &Design, node: NodeId) -> u32 {
    found.group_of_node[design.netlist.nodes.index[node.usize()] as usize].unwrap()
}

/// What a pin of the flat netlist is called in the clustered one.
fn target(found: &Clustered, design: &Design, pin: PinId) -> String {
    let node = design.netlist.pins.node[pin.usize()];
    match design.netlist.kind(node) {
        Kind::StdCell => format!("Grp_{}/Pinput", group_of(found, design, node)),
        _ => design.netlist.pin_name(pin).to_owned(),
    }
}

/// The weight from each soft macro, or pin that stays, to each target it drives.
fn weights_of_flat(found: &Clustered, design: &Design) -> BTreeMap<(String, String), f64> {
    let mut weights = BTreeMap::new();
    for (pins, &weight) in design.netlist.net_pins.rows().zip(&design.netlist.nets.weight) {
        let node = design.netlist.pins.node[pins[0].usize()];
        let cell = design.netlist.kind(node) == Kind::StdCell;
        let own = target(found, design, pins[0]);
        let mut targets: BTreeSet<_> =
            pins[1..].iter().map(|&p| target(found, design, p)).collect();
        if cell {
            targets.remove(&own);
        }
        for target in targets {
            *weights.entry((own.clone(), target)).or_default() += weight;
        }
    }
    weights
}

fn weights_of_clustered(found: &Clustered) -> BTreeMap<(String, String), f64> {
    let netlist = &found.netlist;
    let mut weights = BTreeMap::new();
    for (pins, &weight) in netlist.net_pins.rows().zip(&netlist.nets.weight) {
        let node = netlist.pins.node[pins[0].usize()];
        let driver = match netlist.kind(node) {
            Kind::SoftMacro => format!("{}/Pinput", netlist.node_name(node)),
            _ => netlist.pin_name(pins[0]).to_owned(),
        };
        for &sink in &pins[1..] {
            let sink = netlist.pin_name(sink).to_owned();
            *weights.entry((driver.clone(), sink)).or_default() += weight;
        }
    }
    weights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cells_area_pins_and_weights_are_kept(design in designs(), free_parts in 1_usize..12) {
        let config = config(free_parts);
        let found = run(&design, &config);
        prop_assert_eq!(check(&found.netlist), vec![]);

        // Every cell is in one group, every group with a cell is one soft macro of twice its area.
        let mut areas: BTreeMap<String, f64> = BTreeMap::new();
        for node in design.netlist.nodes_of(Kind::StdCell) {
            let name = format!("Grp_{}", group_of(&found, &design, node));
            *areas.entry(name).or_default() += design.netlist.area(node) / 0.5;
        }
        let soft = found.netlist.nodes_of(Kind::SoftMacro);
        let soft: BTreeMap<String, f64> = soft
            .map(|node| (found.netlist.node_name(node).to_owned(), found.netlist.area(node)))
            .collect();
        prop_assert!(areas.keys().eq(soft.keys()));
        for (a, b) in areas.values().zip(soft.values()) {
            prop_assert!((a - b).abs() <= 1e-5 * a, "area {} became {}", a, b);
        }
        prop_assert_eq!(found.netlist.nodes_of(Kind::StdCell).count(), 0);
        for kind in [Kind::Port, Kind::HardMacro] {
            let names = |n: &Netlist| -> Vec<String> {
                n.nodes_of(kind).map(|node| n.node_name(node).to_owned()).collect()
            };
            prop_assert_eq!(names(&found.netlist), names(&design.netlist));
        }
        prop_assert_eq!(weights_of_flat(&found, &design), weights_of_clustered(&found));

        // Soft macros lie within the box of their cells.
        for node in found.netlist.nodes_of(Kind::SoftMacro) {
            let at = found.placement.center(node);
            let inside = (0.0..=WIDTH).contains(&at.x) && (0.0..=HEIGHT).contains(&at.y);
            prop_assert!(inside, "{:?}", at);
            prop_assert_eq!(found.placement.placed[node.usize()], design.placement.placed[0]
                && design.placement.placed[design.netlist.n_nodes() - 1]);
        }

        // The groups alone give the same netlist again.
        let again = from_groups(
            &design.netlist, &design.placement, &design.canvas, &found.group_of_node, &config);
        prop_assert_eq!(again.unwrap(), found);
    }

    #[test]
    fn one_seed_gives_one_result_on_any_number_of_threads(design in designs(), seed in 0_u64..4) {
        let mut config = config(9);
        config.partition.seed = seed;
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let many = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        prop_assert_eq!(
            alone.install(|| run(&design, &config)), many.install(|| run(&design, &config)));
    }
}

#[test]
fn cells_without_coordinates_are_noted() {
    let nets: Vec<_> = (0..100).map(|k| (k, vec![k + 1, k + 2])).collect();
    let found = run(&design(100, false, &nets), &config(5));
    assert!(found.notes.iter().any(|note| note.contains("no coordinates")), "{:?}", found.notes);
    let found = run(&design(100, true, &nets), &config(5));
    assert_eq!(found.notes, Vec::<String>::new());
}

/// Bookshelf cells have a pin for each net: one with two outputs counts for both, each at its weight.
#[test]
fn each_net_of_a_cell_keeps_its_weight() {
    let mut builder = Builder::new();
    let cell = Node { kind: Kind::StdCell, width: 1.0, height: 1.0, ..Node::default() };
    let nodes = ["a", "b", "c"].map(|name| builder.node(Node { name, ..cell }));
    for (sink, weight) in [(1, 1.0), (2, 10.0), (1, 2.0)] {
        let pins =
            [0, sink].map(|end| builder.pin(Pin { node: nodes[end], weight, ..Pin::default() }));
        builder.net(pins[0], &pins[1..]);
    }
    let netlist = builder.build();
    let (placement, canvas) = (Placement::new(&netlist), Canvas::for_netlist(&netlist));
    let groups = [0, 1, 2].map(Some);
    let found = from_groups(&netlist, &placement, &canvas, &groups, &config(3)).unwrap();
    let weights = weights_of_clustered(&found).into_iter();
    let weights: Vec<_> = weights.map(|((_, sink), weight)| (sink, weight)).collect();
    assert_eq!(weights, [("Grp_1/Pinput".to_owned(), 3.0), ("Grp_2/Pinput".to_owned(), 10.0)]);
}

#[test]
fn nets_with_a_large_fanout_are_removed_and_noted() {
    let design = design(100, true, &[(0, (20..80).collect()), (1, vec![30, 31])]);
    let found = run(&design, &ClusterConfig { max_fanout: 50, ..config(5) });
    assert_eq!(found.netlist.n_nets(), 1);
    assert_eq!(found.notes, ["removed 1 nets with more than 50 sinks"]);
}

#[test]
fn what_cannot_be_clustered_is_an_error() {
    let Design { netlist, placement, canvas } = design(3, true, &[]);
    let config = ClusterConfig::default();
    let groups = |groups: &[Option<u32>]| {
        from_groups(&netlist, &placement, &canvas, groups, &config).map(|_| ())
    };
    assert!(matches!(groups(&[]), Err(ClusterError::WrongLength { .. })));
    assert!(matches!(groups(&[None; 21]), Err(ClusterError::CellWithoutGroup { .. })));

    let clustered = cluster(&netlist, &placement, &canvas, &config).unwrap();
    let again = cluster(&clustered.netlist, &clustered.placement, &canvas, &config);
    assert_eq!(again, Err(ClusterError::NoCells));

    let bad = ClusterConfig { cell_area_utilization: 0.0, ..config.clone() };
    let error = cluster(&netlist, &placement, &canvas, &bad).unwrap_err();
    let text = "setting cell_area_utilization is 0, it must be a positive number";
    assert_eq!(error.to_string(), text);
    let nowhere = Canvas { columns: 0, ..canvas };
    let error = cluster(&netlist, &placement, &nowhere, &config).unwrap_err();
    assert!(matches!(error, ClusterError::BadCanvas { .. }));
}
