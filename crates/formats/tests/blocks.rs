//! Block benchmarks, GSRC and YAL: whatever the design, its text reads back as the design.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fmt::Write;

use flagstone_formats::{gsrc, yal};
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Builder, Kind, Node, NodeId, Pin, PinId, Placement};
use proptest::prelude::*;

/// A block: kind, width, height, place, orientation; lengths in quarters.
type Block = (usize, u16, u16, (i16, i16), usize);
/// A pin of a net: block, offsets in quarters.
type End = (usize, i8, i8);

fn quarters(n: impl Into<f64>) -> f64 {
    n.into() / 4.0
}

fn blocks() -> impl Strategy<Value = (Vec<Block>, Vec<Vec<End>>)> {
    let block = (0..3_usize, 1..400_u16, 1..400_u16, (1..4000_i16, 1..4000_i16), 0..8_usize);
    let end = (any::<usize>(), any::<i8>(), any::<i8>());
    let nets = prop::collection::vec(prop::collection::vec(end, 2..6), 0..12);
    (prop::collection::vec(block, 1..12), nets)
}

fn benchmark(blocks: &[Block], nets: &[Vec<End>]) -> gsrc::Design {
    let mut builder = Builder::new();
    let kinds = [Kind::HardMacro, Kind::SoftMacro, Kind::Port];
    for (row, &(kind, width, height, _, orientation)) in blocks.iter().enumerate() {
        let kind = kinds[kind];
        let (width, height) = match kind {
            Kind::HardMacro => (quarters(width), quarters(height)),
            // Only the area is kept, as a square.
            Kind::SoftMacro => (quarters(width), quarters(width)),
            _ => (0.0, 0.0),
        };
        let turned = kind != Kind::Port;
        let orientation = if turned { Orientation::ALL[orientation] } else { Orientation::N };
        let name = format!("b[{row}]/x");
        builder.node(Node { kind, name: &name, width, height, orientation, ..Node::default() });
    }
    for ends in nets {
        let pin = |&(block, dx, dy): &End| {
            let node = NodeId::from_usize(block % blocks.len());
            let port = builder.shape(node).0 == Kind::Port;
            let offset = |n: i8| if port { 0.0 } else { quarters(n) };
            let (dx, dy) = (offset(dx), offset(dy));
            builder.pin(Pin { node, name: "p", dx, dy, ..Pin::default() })
        };
        let pins: Vec<PinId> = ends.iter().map(pin).collect();
        builder.net(pins[0], &pins[1..]);
    }
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for (node, block) in netlist.node_ids().zip(blocks) {
        let (x, y) = block.3;
        placement.set_center(node, Point::new(quarters(x), quarters(y)));
    }
    let (origin, size) = (Point::new(-7.5, 3.25), (1000.0, 1000.0));
    gsrc::Design { netlist, placement, base: Vec::new(), origin, size }
}

/// Node and offsets of every end of every net, as the node is turned.
fn ends(design: &gsrc::Design) -> Vec<(NodeId, f64, f64)> {
    let (pins, orientation) = (&design.netlist.pins, &design.placement.orientation);
    let end = |pin: &PinId| {
        let (pin, node) = (pin.usize(), pins.node[pin.usize()]);
        let (dx, dy) = orientation[node.usize()].apply(pins.dx[pin], pins.dy[pin]);
        (node, dx, dy)
    };
    design.netlist.net_pins.items().iter().map(end).collect()
}

/// A module: width, height, and its pins as output, x and y.
type Module = (u8, u8, Vec<(bool, u8, u8)>);
/// An instance: its module, and signals for as many pins as a module may have.
type Instance = (usize, Vec<u8>);

const SIGNALS: u8 = 9;
const MOST_PINS: usize = 4;

fn module_text(row: usize, (width, height, pins): &Module, text: &mut String) {
    let _ = writeln!(text, "MODULE m{row}; /* a block */\n TYPE GENERAL;");
    let _ = writeln!(text, " DIMENSIONS {width} 0 {width} {height} 0 {height} 0 0;\n IOLIST;");
    for (pin, (output, x, y)) in pins.iter().enumerate() {
        let kind = if *output { "O" } else { "I" };
        let _ = writeln!(text, "  p{pin} {kind} {x} {y} 1 METAL2;");
    }
    let _ = writeln!(text, " ENDIOLIST;\nENDMODULE;");
}

/// The text, and how many ends every signal has.
fn yal_text(modules: &[Module], instances: &[Instance], ports: &[u8]) -> (String, Vec<usize>) {
    let mut text = String::new();
    for (row, module) in modules.iter().enumerate() {
        module_text(row, module, &mut text);
    }
    text.push_str("MODULE top;\n TYPE PARENT;\n DIMENSIONS 500 0 500 400 0 400 0 0;\n IOLIST;\n");
    let mut n_ends = vec![0; usize::from(SIGNALS)];
    for signal in ports {
        let _ = writeln!(text, "  s{signal} PI 0 {signal} 1 METAL1;");
        n_ends[usize::from(*signal)] += 1;
    }
    text.push_str(" ENDIOLIST;\n NETWORK;\n");
    for (row, (module, signals)) in instances.iter().enumerate() {
        let module = module % modules.len();
        let used = &signals[..modules[module].2.len()];
        let words: Vec<String> = used.iter().map(|signal| format!("s{signal}")).collect();
        used.iter().for_each(|&signal| n_ends[usize::from(signal)] += 1);
        let _ = writeln!(text, "  u{row} m{module} {};", words.join("\n "));
    }
    text.push_str(" ENDNETWORK;\nENDMODULE;\n");
    (text, n_ends)
}

fn modules() -> impl Strategy<Value = Vec<Module>> {
    let pins = prop::collection::vec((any::<bool>(), any::<u8>(), any::<u8>()), 1..=MOST_PINS);
    prop::collection::vec((1..99_u8, 1..99_u8, pins), 1..5)
}

fn instances() -> impl Strategy<Value = Vec<Instance>> {
    prop::collection::vec((any::<usize>(), prop::collection::vec(0..SIGNALS, MOST_PINS)), 1..9)
}

proptest! {
    #[test]
    fn gsrc_survives_writing_and_reading((blocks, nets) in blocks()) {
        let design = benchmark(&blocks, &nets);
        let files = gsrc::write(&design).unwrap();
        let (again, diagnostics) = gsrc::read(&gsrc::Parts {
            blocks: files.blocks.as_bytes(),
            nets: files.nets.as_bytes(),
            pl: Some(files.pl.as_bytes()),
        });
        let again = again.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let (own, read) = (&design.netlist, &again.netlist);
        prop_assert_eq!(&own.nodes.kind, &read.nodes.kind);
        prop_assert_eq!(&own.nodes.width, &read.nodes.width);
        prop_assert_eq!(&own.nodes.height, &read.nodes.height);
        let turned = again.base.iter().zip(&again.placement.orientation);
        let turned: Vec<Orientation> = turned.map(|(base, &own)| base.then(own)).collect();
        prop_assert_eq!(&design.placement.orientation, &turned);
        prop_assert_eq!(own.net_pins.starts(), read.net_pins.starts());
        for node in own.node_ids() {
            prop_assert_eq!(own.node_name(node), read.node_name(node));
            let at = |design: &gsrc::Design| {
                let center = design.placement.center(node);
                (center.x + design.origin.x, center.y + design.origin.y)
            };
            let (a, b) = (at(&design), at(&again));
            prop_assert!((a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9, "{:?} {:?}", a, b);
        }
        for (a, b) in ends(&design).into_iter().zip(ends(&again)) {
            // Offsets are written as shares of the size.
            let near = (a.1 - b.1).abs() < 1e-9 && (a.2 - b.2).abs() < 1e-9;
            prop_assert!(a.0 == b.0 && near, "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn yal_reads_as_it_was_written(
        modules in modules(),
        instances in instances(),
        ports in prop::collection::btree_set(0..SIGNALS, 0..5),
    ) {
        let ports: Vec<u8> = ports.into_iter().collect();
        let (text, n_ends) = yal_text(&modules, &instances, &ports);
        let (design, diagnostics) = yal::read(text.as_bytes());
        let design = design.unwrap_or_else(|| panic!("{diagnostics:?}\n{text}"));
        let netlist = &design.netlist;
        prop_assert_eq!(design.size, (500.0, 400.0));
        prop_assert_eq!(netlist.n_nodes(), ports.len() + instances.len());
        let mut expected: Vec<usize> = n_ends.into_iter().filter(|&n| n > 1).collect();
        let mut found: Vec<usize> = netlist.net_pins.rows().map(<[_]>::len).collect();
        expected.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(expected, found);
        for (node, (module, _)) in netlist.nodes_of(Kind::HardMacro).zip(&instances) {
            let (width, height, pins) = &modules[module % modules.len()];
            prop_assert_eq!(netlist.size(node), (f64::from(*width), f64::from(*height)));
            let row = netlist.node_pins.row(node);
            prop_assert_eq!(row.len(), pins.len());
            for (pin, &(_, x, y)) in row.iter().zip(pins) {
                let dx = f64::from(x) - f64::from(*width) / 2.0;
                let dy = f64::from(y) - f64::from(*height) / 2.0;
                let own = &netlist.pins;
                prop_assert_eq!((own.dx[pin.usize()], own.dy[pin.usize()]), (dx, dy));
            }
        }
    }
}
