use flagstone_netlist::{Builder, Node};
use proptest::prelude::*;

use super::*;

fn netlist() -> Netlist {
    let mut builder = Builder::new();
    builder.node(Node { name: "a", width: 2.0, height: 1.0, ..Node::default() });
    builder.node(Node { kind: Kind::Port, name: "p", ..Node::default() });
    builder.build()
}

const FILE: &str = "\
# Placement file for Circuit Training
# Columns : 24  Rows : 21
# Congestion Columns : 23  Congestion Rows : 28
# Width : 1433.406  Height : 1433.5
# Block : ariane
# Routes per micron, hor : 70.33 ver : 74.51
# Routes used by macros, hor : 51.79  ver : 51.5
# Smoothing factor : 2.0
# Overlap threshold : 0.004
# Blockage : 0 0 10 20 0.1
#
# anything a user wrote: 1 2 3 4 5
0 1.5 1e-3 FS 0
1 0 100 - 1
";

#[test]
fn header_and_rows_are_read() {
    let netlist = netlist();
    let (file, diagnostics) = read(FILE.as_bytes(), &netlist);
    assert_eq!(diagnostics, vec![]);
    let mut canvas = Canvas::new(1.0, 1.0);
    file.apply_header(&mut canvas);
    assert_eq!((canvas.columns, canvas.rows), (24, 21));
    assert_eq!(canvas.congestion_grid, Some((23, 28)));
    assert_eq!((canvas.width, canvas.height), (1433.406, 1433.5));
    assert_eq!((canvas.routes_horizontal, canvas.routes_vertical), (70.33, 74.51));
    assert_eq!((canvas.macro_routes_horizontal, canvas.macro_routes_vertical), (51.79, 51.5));
    assert_eq!((canvas.smoothing, canvas.overlap_threshold), (2, 0.004));
    assert_eq!(canvas.blockages.len(), 1);
    assert_eq!(file.header.block.as_deref(), Some("ariane"));
    let mut placement = Placement::new(&netlist);
    file.apply_rows(&netlist, &mut placement);
    assert_eq!((placement.x[0], placement.y[0]), (1.5, 0.001));
    assert_eq!(placement.orientation[0], Orientation::FS);
    assert_eq!(placement.fixed, vec![false, true]);
}

#[test]
fn a_file_survives_reading_and_writing() {
    let netlist = netlist();
    let (file, _) = read(FILE.as_bytes(), &netlist);
    let mut text = Vec::new();
    write(&file, &mut text).unwrap();
    assert_eq!(read(&text, &netlist), (file, vec![]));
}

#[test]
fn a_fresh_header_reads_back_to_the_same_canvas() {
    let netlist = netlist();
    let (file, _) = read(FILE.as_bytes(), &netlist);
    let mut canvas = Canvas::new(1.0, 1.0);
    file.apply_header(&mut canvas);
    let text = HeaderText { block: "b".to_owned(), ..HeaderText::default() };
    let fresh = PlcFile::new(&netlist, &canvas, &Placement::new(&netlist), &text);
    let mut again = Canvas::new(3.0, 3.0);
    fresh.apply_header(&mut again);
    assert_eq!(again, canvas);
}

fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> =
        read(text.as_bytes(), &netlist()).1.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "diagnostics of {text:?}");
}

#[test]
fn errors_say_where_and_what() {
    check(
        "0 1 2 N\n",
        &[
            "1:1: error: found 4 words, expected \"node_index x y orientation fixed\"\n  help: comments begin with '#'",
        ],
    );
    check(
        "# c\n9 1 2 N 0\n",
        &["2:1: error: found \"9\", expected the index of a port or macro of the netlist"],
    );
    check("0 one 2 N 0", &["1:3: error: found \"one\", expected a coordinate in um"]);
    check(
        "0 1 2 R90 0",
        &[
            "1:7: error: found \"R90\", expected one of the orientations N, FN, S, FS, E, FE, W, FW, or - for a port",
        ],
    );
    check(
        "0 1 2 N 0\n0 1 2 N 0",
        &["2:1: error: node 0 has a second line\n  help: keep one line a node"],
    );
    for nothing in ["", "\n", "# a remark\n"] {
        check(nothing, &["1:1: error: found no node and no header, expected a placement"]);
    }
    check("# Columns : 12  Rows : 12\n", &[]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_never_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&text, &netlist());
    }

    #[test]
    fn coordinates_survive_to_the_last_bit(x in any::<f64>(), y in any::<f64>()) {
        prop_assume!(x.is_finite() && y.is_finite());
        let row = Row { index: 0, x, y, orientation: Some(Orientation::W), fixed: true };
        let file = PlcFile { rows: vec![row], ..PlcFile::default() };
        let mut text = Vec::new();
        write(&file, &mut text).unwrap();
        prop_assert_eq!(read(&text, &netlist()).0, file);
    }
}
