use flagstone_netlist::{Builder, Kind, Node, NodeId, Pin, PinId};
use proptest::prelude::*;

use super::*;
use crate::Severity;

const SMALL: &str = r#"
# FP bbox: {0 0} {50 40}
node { name: "__metadata__" attr { key: "soft_macro_area_bloating_ratio" value { f: 2.0 } } }
node { name: "m/o" input: "Grp_1/Pinput" input: "p" input: "p"
  attr { key: "type" value { placeholder: "MACRO_PIN" } } attr { key: "weight" value { f: 3 } }
  attr { key: "x_offset" value { f: 1.5e+00 } } attr { key: "y_offset" value { placeholder: "-1" } } }
node { name: "m" attr { key: "type" value { placeholder: "macro" } }
  attr { key: "width" value { f: 4 } } attr { key: "height" value { f: 2 } }
  attr { key: "orientation" value { placeholder: "FS" } }
  attr { key: "x" value { f: 10 } } attr { key: "y" value { f: 20 } } }
node { name: "Grp_1" attr { key: "type" value { placeholder: "MACRO" } }
  attr { key: "width" value { f: 1 } } attr { key: "height" value { f: 1 } } }
node { name: "Grp_1/Pinput" attr { key: "macro_name" value { placeholder: "Grp_1" } }
  attr { key: "type" value { placeholder: "macro_pin" } } }
node { name: "p" attr { key: "type" value { placeholder: "PORT" } }
  attr { key: "side" value { placeholder: "left" } }
  attr { key: "x" value { f: 0 } } attr { key: "y" value { f: 5 } } }
"#;

fn check(text: &str, expected: &[&str]) {
    let (file, diagnostics) = read(text.as_bytes());
    let found: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "diagnostics of {text:?}");
    let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(file.is_none(), failed, "a file with errors gives no netlist");
}

#[test]
fn pins_may_stand_before_their_macro() {
    let (file, diagnostics) = read(SMALL.as_bytes());
    assert_eq!(diagnostics, vec![]);
    let file = file.unwrap();
    let netlist = &file.netlist;
    assert_eq!(file.floorplan, Some((50.0, 40.0)));
    assert_eq!(netlist.bloating_ratio, Some(2.0));
    assert_eq!(netlist.nodes.kind, vec![Kind::HardMacro, Kind::SoftMacro, Kind::Port]);
    assert_eq!(netlist.nodes.index, vec![1, 2, 4]);
    assert_eq!(netlist.n_nets(), 1);
    assert_eq!(netlist.nets.weight, vec![3.0]);
    assert_eq!(netlist.net_pins.items().len(), 3, "the repeated sink is dropped");
    assert_eq!(file.placement.placed, vec![true, false, true]);
    let pin = file.placement.pin(netlist, netlist.nets.driver[0]);
    assert_eq!((pin.x, pin.y), (11.5, 21.0));
}

#[test]
fn writing_and_reading_gives_the_same() {
    let (file, _) = read(SMALL.as_bytes());
    let file = file.unwrap();
    let mut text = Vec::new();
    write(&file.netlist, &file.placement, &mut text).unwrap();
    let (again, diagnostics) = read(&text);
    assert_eq!(diagnostics, vec![]);
    let again = again.unwrap();
    assert_eq!(again.netlist, file.netlist);
    assert_eq!(again.placement, file.placement);
}

#[test]
fn errors_say_where_and_what() {
    check(
        "node { name: \"m\"\n  attr { key: \"type\" value { placeholder: \"blob\" } } }",
        &["2:43: error: found \"blob\", expected one of the types macro, macro_pin, port, stdcell"],
    );
    check(
        "node {\n  name: \"m\"\n",
        &[
            "3:1: error: found the end of the file, expected name, input, attr or '}'\n  help: the file seems to be cut off",
        ],
    );
    check(
        "node { name: \"p\" input: \"q\" attr { key: \"type\" value { placeholder: \"PORT\" } } }",
        &[
            "1:25: error: \"p\" drives \"q\", which does not exist\n  help: is the file complete, are all its parts given? an excerpt is read with --excerpt",
        ],
    );
    check(
        "node { name: \"p",
        &[
            "1:14: error: found a string without its closing quote, expected a quoted string\n  help: close the string with a quote on the same line",
        ],
    );
}

#[test]
fn at_most_twenty_errors_are_listed() {
    let bad =
        "node { name: \"m\" attr { key: \"type\" value { placeholder: \"x\" } } }\n".repeat(50);
    assert_eq!(read(bad.as_bytes()).1.len(), crate::MAX_ERRORS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damaged_files_never_panic(cut in 0..SMALL.len(), at in 0..SMALL.len(), byte in any::<u8>()) {
        let mut text = SMALL.as_bytes().to_vec();
        text[at] = byte;
        read(&text);
        text.truncate(cut);
        read(&text);
    }

    #[test]
    fn any_bytes_never_panic(text in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&text);
    }
}

/// Numbers have 32 bits in the format, and so do the sums that are written.
#[test]
fn numbers_beyond_the_format_are_refused_and_never_written() {
    let text = |x: &str| {
        let attr =
            |key: &str, value: &str| format!("attr {{ key: \"{key}\" value {{ {value} }} }}");
        let macro_attrs = ["width", "height"].map(|key| attr(key, "f: 1")).join(" ");
        let (own, pin) = ("placeholder: \"macro\"", "placeholder: \"macro_pin\"");
        format!(
            "node {{ name: \"m\" {} {macro_attrs} {} {} }} node {{ name: \"m/p\" {} {} }}",
            attr("type", own),
            attr("x", &format!("f: {x}")),
            attr("y", "f: 0"),
            attr("type", pin),
            attr("x_offset", &format!("f: {x}")),
        )
    };
    let (none, diagnostics) = read(text("1e39").as_bytes());
    assert!(none.is_none() && diagnostics[0].message.contains("finite number"), "{diagnostics:?}");
    let (file, diagnostics) = read(text("3e38").as_bytes());
    let file = file.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let mut out = Vec::new();
    write(&file.netlist, &file.placement, &mut out).unwrap();
    assert_eq!(read(&out).0.map(|again| again.placement), Some(file.placement));
}

#[test]
fn names_are_what_their_escapes_stand_for() {
    let node = |name: &str| {
        format!(
            "node {{ name: \"{name}\" attr {{ key: \"type\" value {{ placeholder: \"port\" }} }} }}\n"
        )
    };
    let (file, _) = read((node("a\\102") + &node("c")).as_bytes());
    assert_eq!(file.unwrap().netlist.node_name(NodeId(0)), "aB");
    let (none, diagnostics) = read((node("aB") + &node("a\\102")).as_bytes());
    assert!(none.is_none() && diagnostics[0].message.contains("a second time"), "{diagnostics:?}");
}

/// Bookshelf and hypergraphs give a cell a pin for each of its nets, this format gives it one.
#[test]
fn all_nets_of_a_cell_are_written() {
    let mut builder = Builder::new();
    let cell = Node { kind: Kind::StdCell, width: 1.0, height: 1.0, ..Node::default() };
    let nodes = ["a", "b", "c", "d"].map(|name| builder.node(Node { name, ..cell }));
    let mut net = |weight: f64, ends: &[usize]| {
        let pin = |&end: &usize| Pin { node: nodes[end], weight, ..Pin::default() };
        let pins: Vec<PinId> = ends.iter().map(|end| builder.pin(pin(end))).collect();
        builder.net(pins[0], &pins[1..]);
    };
    net(1.0, &[0, 1]);
    net(5.0, &[2, 0]);
    net(4.0, &[0, 2, 1, 1]);
    net(2.0, &[0, 3]);
    let netlist = builder.build();
    assert_eq!(n_merged_nets(&netlist), 2);
    let mut text = Vec::new();
    write(&netlist, &Placement::new(&netlist), &mut text).unwrap();
    let (again, diagnostics) = read(&text);
    assert_eq!(diagnostics, vec![]);
    let again = again.unwrap().netlist;
    let ends = |pins: &[PinId]| pins.iter().map(|&pin| again.pin_name(pin)).collect::<String>();
    assert_eq!(again.net_pins.rows().map(ends).collect::<Vec<_>>(), ["abcd", "ca"]);
    assert_eq!(again.nets.weight, [4.0, 5.0]);
}

/// The published evaluators put such pins at the macro's centre.
#[test]
fn a_pin_of_a_soft_macro_is_at_its_centre() {
    let pin = |owner: &str| {
        format!(
            "node {{ name: \"{owner}/p\" attr {{ key: \"macro_name\" value {{ placeholder: \"{owner}\" }} }} \
             attr {{ key: \"type\" value {{ placeholder: \"macro_pin\" }} }} \
             attr {{ key: \"x_offset\" value {{ f: 8 }} }} }}\n"
        )
    };
    let owner = |name: &str| {
        format!(
            "node {{ name: \"{name}\" attr {{ key: \"type\" value {{ placeholder: \"macro\" }} }} \
             attr {{ key: \"width\" value {{ f: 20 }} }} attr {{ key: \"height\" value {{ f: 20 }} }} }}\n"
        )
    };
    let text = owner("Grp_1") + &pin("Grp_1") + &owner("ram") + &pin("ram");
    let (file, diagnostics) = read(text.as_bytes());
    assert_eq!(file.unwrap().netlist.pins.dx, [0.0, 8.0]);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert!(diagnostics[0].message.contains("\"Grp_1/p\""), "{diagnostics:?}");
}
