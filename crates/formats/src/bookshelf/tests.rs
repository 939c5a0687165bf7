use flagstone_geom::Orientation;
use flagstone_netlist::{Kind, NetId, PinId};
use proptest::prelude::*;

use super::*;

const NODES: &[u8] = b"UCLA nodes 1.0\r\n# a comment\r\n\r\nNumNodes: 6\r\nNumTerminals : 3\r\n\
    cpu/ram[3] 40 20 # tall\r\n\ta_1\t3.5   10.0\n b 2 1e1\n p0 1 1 terminal\n \
    blk\\[0] 30 30 terminal\n via 2 2 terminal_NI\n";
const NETS: &[u8] = b"UCLA nets 1.0\nNumNets : 3\nNumPins : 7\nNetDegree : 3 n[0]\n \
    a_1 I : 0.5 -2\n cpu/ram[3] O : 20 0\n p0 B\nNetDegree : 2\n b\n blk\\[0] : -15.0 1\n\
    NetDegree : 2 w\n via I\n b I :1 1\n";
const PL: &[u8] = b"UCLA pl 1.0\ncpu/ram[3] 10 20 : E\nb 4.5 0 : FS\na_1 0.25 10 : N\n\
    p0 -1 50 : N /FIXED\nblk\\[0] 60 60 : N /FIXED\nvia 50 50 : N /FIXED_NI\n";
const SCL: &[u8] =
    b"UCLA scl 1.0\nNumrows : 2\nCoreRow Horizontal\n Coordinate : 0\n Height : 10\n \
    Sitewidth : 1\n Sitespacing : 1\n Siteorient : N\n Sitesymmetry : Y\n \
    SubrowOrigin : 0 Numsites : 60\n SubrowOrigin : 70 NumSites : 30\nEnd\n\
    CoreRow Horizontal\n Coordinate : 90\n Height : 10\n SubrowOrigin : 0 NumSites : 100\nEnd\n";

fn parts() -> Parts<'static> {
    Parts { nodes: NODES, nets: NETS, pl: Some(PL), scl: Some(SCL), wts: Some(b"w 2.5\n") }
}

fn good(parts: &Parts<'_>) -> Design {
    let (design, diagnostics) = read(parts);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    design.unwrap()
}

fn again(files: &Files) -> Design {
    good(&Parts {
        nodes: files.nodes.as_bytes(),
        nets: files.nets.as_bytes(),
        pl: Some(files.pl.as_bytes()),
        scl: Some(files.scl.as_bytes()),
        wts: Some(files.wts.as_bytes()),
    })
}

#[test]
fn kinds_follow_from_shape_and_place() {
    let design = good(&parts());
    let kinds = &design.netlist.nodes.kind;
    let expected =
        [Kind::HardMacro, Kind::StdCell, Kind::StdCell, Kind::Port, Kind::HardMacro, Kind::Port];
    assert_eq!(kinds, &expected);
    assert_eq!(design.placement.fixed, [false, false, false, true, true, true]);
    assert_eq!((design.origin, design.size), (Point::new(0.0, 0.0), (100.0, 100.0)));
    assert_eq!(design.row_height, 10.0);
}

#[test]
fn corners_become_centres_of_the_turned_box() {
    let design = good(&parts());
    let at = |node| design.placement.center(NodeId(node));
    assert_eq!(at(0), Point::new(10.0 + 10.0, 20.0 + 20.0), "20 wide and 40 high when turned");
    assert_eq!(at(1), Point::new(2.0, 15.0));
    assert_eq!(at(3), Point::new(-0.5, 50.5), "a port's centre is its box's");
    assert_eq!(design.netlist.size(NodeId(3)), (0.0, 0.0));
    // The pin at the macro's right edge points down after a quarter turn clockwise.
    assert_eq!(design.placement.pin(&design.netlist, PinId(1)), Point::new(20.0, 20.0));
}

/// The cost and the checker never swap width and height, so turned boxes were judged as others.
#[test]
fn turned_shapes_are_turned_once_and_written_back() {
    let nodes = b"a 40 12\nb 40 12\n";
    let nets = b"NetDegree : 2 n\na O : 20 -3\nb I : -20 5\n";
    for orientation in Orientation::ALL {
        let size = if orientation.is_turned() { (12.0, 40.0) } else { (40.0, 12.0) };
        let pl = format!("a 0 0 : {orientation}\nb {} 0 : {orientation}\n", size.0);
        let parts = Parts { nodes, nets, pl: Some(pl.as_bytes()), scl: Some(SCL), wts: None };
        let mut design = good(&parts);
        assert_eq!(design.netlist.nodes.kind, [Kind::HardMacro; 2]);
        assert_eq!(design.netlist.size(NodeId(0)), size, "{orientation}");
        let rect = |node| design.placement.rect(&design.netlist, NodeId(node));
        assert_eq!((rect(0).x0, rect(0).y1, rect(1).x0), (0.0, size.1, size.0), "{orientation}");
        let (dx, dy) = orientation.apply(20.0, -3.0);
        let center = Point::new(size.0 / 2.0 + dx, size.1 / 2.0 + dy);
        assert_eq!(design.placement.pin(&design.netlist, PinId(0)), center, "{orientation}");

        // Moved and mirrored, as a placer does it.
        design.placement.set_center(NodeId(1), Point::new(70.0, 30.0));
        design.placement.orientation[1] = design.placement.orientation[1].then(Orientation::FN);
        let back = again(&write(&design, "x").unwrap());
        assert_eq!(back.marks, design.marks);
        assert_eq!(back.netlist.pins, design.netlist.pins);
        assert_eq!(back.placement, design.placement);
    }
}

#[test]
fn nets_have_drivers_offsets_and_weights() {
    let netlist = good(&parts()).netlist;
    assert_eq!(netlist.net_pins.row(NetId(0)), [PinId(1), PinId(0), PinId(2)]);
    assert_eq!(netlist.net_pins.row(NetId(1)), [PinId(3), PinId(4)]);
    assert_eq!(netlist.nets.weight, [1.0, 1.0, 2.5]);
    assert_eq!((netlist.pins.dx[4], netlist.pins.dy[4]), (-15.0, 1.0));
    assert_eq!(netlist.pin_name(PinId(1)), "cpu/ram[3]/p0");
    assert_eq!(netlist.pin_name(PinId(0)), "a_1");
}

#[test]
fn weights_of_nodes_are_no_weights_of_nets() {
    let wts = b"cpu/ram[3] 9\na_1 9\nb 9\np0 9\nblk\\[0] 9\nvia 9\n";
    let design = good(&Parts { wts: Some(wts), ..parts() });
    assert_eq!(design.netlist.nets.weight, [1.0; 3]);
}

#[test]
fn the_place_file_keeps_names_order_and_marks() {
    let design = good(&parts());
    let text = write_pl(&design, &design.placement).unwrap();
    let expected = "UCLA pl 1.0\n\ncpu/ram[3] 10 20 : E\nb 4.5 0 : FS\na_1 0.25 10 : N\n\
        p0 -1 50 : N /FIXED\nblk\\[0] 60 60 : N /FIXED\nvia 50 50 : N /FIXED_NI\n";
    assert_eq!(text, expected);
    let mut moved = design.placement.clone();
    moved.fixed[1] = true;
    moved.placed[2] = false;
    let text = write_pl(&design, &moved).unwrap();
    assert!(text.contains("a_1 0.25 10 : N /FIXED\n") && !text.contains("\nb "), "{text}");
}

#[test]
fn a_design_survives_writing_and_reading() {
    let design = good(&parts());
    let files = write(&design, "top").unwrap();
    assert_eq!(again(&files), design);
    let aux = read_aux(files.aux.as_bytes()).0.unwrap();
    assert_eq!((aux.nodes.as_str(), aux.wts.as_deref()), ("top.nodes", Some("top.wts")));
    assert_eq!(write(&design, "a b"), Err(NameError("a b".to_owned())));
}

#[test]
fn without_rows_the_terminals_or_the_area_give_the_canvas() {
    let design = good(&Parts { scl: None, ..parts() });
    assert_eq!((design.origin, design.size), (Point::new(-1.0, 50.0), (91.0, 40.0)));
    let nodes = b"a 4 10\nb 6 10\n";
    let design = good(&Parts { nodes, ..Parts::default() });
    assert_eq!(design.size, (115.0_f64.sqrt(), 115.0_f64.sqrt()));
    assert_eq!(design.placement.placed, [false, false]);
    assert_eq!(design.netlist.nodes.kind, [Kind::StdCell; 2]);
}

/// Which part complains, and how.
fn complaint(parts: &Parts<'_>) -> String {
    let (design, diagnostics) = read(parts);
    assert!(design.is_none(), "{diagnostics:?}");
    let (part, first) = diagnostics.iter().next().unwrap();
    format!("{part}:{}:{}: {}", first.line, first.column, first.message)
}

#[test]
fn bad_files_are_refused_by_line() {
    let nodes = |nodes| complaint(&Parts { nodes, ..Parts::default() });
    let said = nodes(b"NumNodes : 2\na 1 1\n");
    assert_eq!(said, "nodes:1:1: the file states 2 nodes and holds 1");
    assert_eq!(nodes(b"a 1 1\na 1 1\n"), "nodes:2:1: \"a\" is defined a second time");
    assert_eq!(nodes(b"\0\x01\xff\n"), "nodes:1:1: found \"\\0\\u{1}\u{fffd}\", expected a name");
    assert_eq!(nodes(b"a 1\n"), "nodes:1:1: the line ends before the node's height");
    assert_eq!(nodes(b""), "nodes:1:1: the file holds no nodes");
    assert_eq!(
        nodes(b"UCLA nets 1.0\na 1 1"),
        "nodes:1:6: a file of \"nets\" where one of \"nodes\" was expected"
    );
    let nets = |nets| complaint(&Parts { nets, ..parts() });
    assert_eq!(nets(b"NetDegree : 2 n\n b\n x\n"), "nets:3:2: there is no node \"x\"");
    assert_eq!(nets(b"NetDegree : 2 n\n b\n"), "nets:1:1: the net states 2 pins and has 1");
    assert_eq!(
        nets(b"NetDegree : 1\n b I : 1\n"),
        "nets:2:2: the line ends before the pin's y offset"
    );
    let pl = |pl| complaint(&Parts { pl: Some(pl), ..parts() });
    assert_eq!(pl(b"b 1 1 : N\nb 2 2 : N"), "pl:2:1: \"b\" is placed a second time");
    assert_eq!(pl(b"b 1 1 : R0"), "pl:1:9: \"R0\" is no orientation");
    let scl = |scl| complaint(&Parts { scl: Some(scl), ..parts() });
    assert_eq!(scl(b"CoreRow Horizontal\n Height : 1\n"), "scl:1:1: the row has no End");
    assert_eq!(
        scl(b"NumRows : 99999999999999\n"),
        "scl:1:1: the file states 99999999999999 rows and holds 0"
    );
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_/\\\\\\[\\].$#:]{0,6}[a-z\\]]".prop_filter("a name", |w| !w.starts_with(['#', ':']))
}

proptest! {
    #[test]
    fn any_bytes_give_diagnostics(cut in 0_usize..300, part in 0..4, noise in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut texts = [NODES, NETS, PL, SCL].map(<[u8]>::to_vec);
        let text = &mut texts[part as usize];
        let at = cut.min(text.len());
        text.splice(at..text.len().min(at + noise.len()), noise);
        let (design, diagnostics) = read(&Parts {
            nodes: &texts[0], nets: &texts[1], pl: Some(&texts[2]), scl: Some(&texts[3]), wts: None,
        });
        prop_assert!(design.is_some() || !diagnostics.is_empty());
        if let Some(design) = design {
            let files = write(&design, "x").unwrap();
            prop_assert_eq!(again(&files).netlist, design.netlist);
        }
    }

    #[test]
    fn any_design_survives(
        names in prop::collection::btree_set(word(), 1..12),
        shape in prop::collection::vec((0_u32..400, 1_u32..400, 0..3, -9999_i32..9999, -9999_i32..9999, 0..8_usize), 12),
        nets in prop::collection::vec((prop::collection::vec((0_usize..12, -50_i32..50), 0..5), 0_u32..3), 0..8),
    ) {
        let names: Vec<String> = names.into_iter().collect();
        let (mut nodes, mut pl, mut net_text, mut wts) = (String::new(), String::new(), String::new(), String::new());
        for (name, (w, h, terminal, x, y, o)) in names.iter().zip(&shape) {
            let mark = ["", " terminal", " terminal_NI"][*terminal as usize];
            nodes += &format!("{name} {} {}{mark}\n", f64::from(*w) / 8.0, f64::from(*h) / 10.0);
            pl += &format!("{name} {} {} : {}\n", f64::from(*x) / 100.0, f64::from(*y) / 1000.0, Orientation::ALL[*o]);
        }
        for (k, (pins, weight)) in nets.iter().enumerate() {
            net_text += &format!("NetDegree : {} net<{k}>\n", pins.len());
            for (node, dx) in pins {
                net_text += &format!("{} I : {} 0.1\n", names[node % names.len()], f64::from(*dx) / 10.0);
            }
            wts += &format!("net<{k}> {}\n", f64::from(*weight) + 0.5);
        }
        let (nodes, net_text, pl, wts) = (nodes.into_bytes(), net_text.into_bytes(), pl.into_bytes(), wts.into_bytes());
        let (design, found) = read(&Parts { nodes: &nodes, nets: &net_text, pl: Some(&pl), scl: None, wts: Some(&wts) });
        prop_assert!(found.is_empty(), "{:?}", found);
        let design = design.unwrap();
        prop_assert_eq!(again(&write(&design, "x").unwrap()), design);
    }
}

#[test]
fn a_word_that_cannot_be_written_is_no_name() {
    for name in [":", "a:", "NetDegree", "a\u{1}"] {
        let nodes = format!("b 1 1\n{name} 1 2\n");
        let (design, diagnostics) = read(&Parts { nodes: nodes.as_bytes(), ..Parts::default() });
        assert!(design.is_none(), "{name}");
        assert_eq!(diagnostics.nodes[0].line, 2, "{name}: {diagnostics:?}");
    }
}
