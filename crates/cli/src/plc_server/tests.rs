use std::path::{Path, PathBuf};

use flagstone_formats::pbtxt;
use serde_json::{Value, json};

use super::*;

pub(super) const SMALL: &str = r#"
node { name: "p" attr { key: "type" value { placeholder: "port" } }
  attr { key: "side" value { placeholder: "LEFT" } }
  attr { key: "x" value { f: 3 } } attr { key: "y" value { f: 40 } } input: "a/i" }
node { name: "a" attr { key: "type" value { placeholder: "macro" } }
  attr { key: "width" value { f: 20 } } attr { key: "height" value { f: 10 } }
  attr { key: "x" value { f: 30 } } attr { key: "y" value { f: 30 } } }
node { name: "a/i" attr { key: "type" value { placeholder: "macro_pin" } }
  attr { key: "macro_name" value { placeholder: "a" } }
  attr { key: "x_offset" value { f: 5 } } attr { key: "y_offset" value { f: 2 } } input: "Grp_0/i" }
node { name: "Grp_0" attr { key: "type" value { placeholder: "macro" } }
  attr { key: "width" value { f: 5 } } attr { key: "height" value { f: 20 } }
  attr { key: "x" value { f: 70 } } attr { key: "y" value { f: 70 } } }
node { name: "Grp_0/i" attr { key: "type" value { placeholder: "macro_pin" } }
  attr { key: "macro_name" value { placeholder: "Grp_0" } }
  attr { key: "x_offset" value { f: 0 } } attr { key: "y_offset" value { f: 0 } } }
"#;

fn small() -> State {
    let file = pbtxt::read(SMALL.as_bytes()).0.expect("a netlist without errors");
    let mut state = State::new(file, "small.pb.txt".to_owned(), (0.0, 0.0));
    ask(&mut state, "SetCanvasSize", json!([100, 100]));
    state
}

fn ask(state: &mut State, name: &str, args: Value) -> Value {
    methods::call(state, name, args.as_array().unwrap())
}

fn fails(answer: &Value) -> bool {
    answer["ok"] == false && answer["message"].as_str().is_some_and(|why| !why.is_empty())
}

#[test]
fn requests_are_cut_from_any_pieces() {
    let text = br#"{"name": "GetCost", "args": []}{"name": "X"} {"args": 3}[1]"#;
    let mut requests = Requests::default();
    let mut found = Vec::new();
    for &byte in text {
        requests.push(&[byte]);
        found.extend(std::iter::from_fn(|| requests.next()));
    }
    assert_eq!(found[0], Incoming::Call { name: "GetCost".to_owned(), args: vec![] });
    assert_eq!(found[1], Incoming::Call { name: "X".to_owned(), args: vec![] });
    assert!(matches!(found[2], Incoming::Malformed(_)), "args that are no list");
    assert!(matches!(found[3], Incoming::Malformed(_)), "a request that is no object");
    assert_eq!(found.len(), 4);
}

#[test]
fn flags_are_read_in_either_form() {
    let parse = |text: &str| PlcServerArgs::parse(text.split_whitespace().map(str::to_owned));
    let text = "--uid= --gid= --pipe_address=/tmp/s --netlist_file a,b --macro_macro_x_spacing=.5";
    let (args, ignored) = parse(text).unwrap();
    assert_eq!(ignored, ["--uid", "--gid"]);
    assert_eq!(args.pipe_address, Path::new("/tmp/s"));
    assert_eq!(args.netlist_file, "a,b");
    assert_eq!((args.macro_macro_x_spacing, args.macro_macro_y_spacing), (0.5, 0.0));
    for text in ["--netlist_file=a", "--pipe_address=a", "--pipe_address --netlist_file=a"] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(parse("--pipe_address=a --netlist_file=a --macro_macro_x_spacing=-1").is_err(), "-1");
}

#[test]
fn malformed_requests_get_a_status_and_the_connection_goes_on() {
    let mut output = Vec::new();
    serve(&mut small(), &b"{\"name\": }"[..], &mut output).unwrap();
    assert!(fails(&serde_json::from_slice(&output).unwrap()), "a failed status");
    output.clear();
    let deep = [vec![b'['; 1000], b"]".repeat(1000)].concat();
    serve(&mut small(), &deep[..], &mut output).unwrap();
    assert!(fails(&serde_json::from_slice(&output).unwrap()), "a failed status");
    output.clear();
    serve(&mut small(), &br#"{"name": "NumNodes", "args": []}"#[..], &mut output).unwrap();
    assert_eq!(output, b"5");
}

#[test]
fn every_bad_argument_is_refused() {
    let bad = [json!(null), json!(-1), json!(1e9), json!("nobody"), json!([[]]), json!({"a": 1})];
    let mut state = small();
    for name in ["GetNodeLocation", "IsNodeFixed", "GetNodeMask", "UnplaceNode", "GetFanOutsOfNode"]
    {
        assert!(fails(&ask(&mut state, name, json!([]))), "{name} without arguments");
        for bad in &bad {
            assert!(fails(&ask(&mut state, name, json!([bad]))), "{name} of {bad}");
        }
    }
    for args in [json!([0, 5]), json!([5, 1e12]), json!([1e7, 1e7]), json!(["5", 5])] {
        assert!(fails(&ask(&mut state, "SetPlacementGrid", args.clone())), "grid {args}");
    }
    assert!(fails(&ask(&mut state, "SetCanvasSize", json!([0, 10]))), "an empty canvas");
    assert!(fails(&ask(&mut state, "PlaceNode", json!(["a", 100]))), "a cell off the grid");
    assert!(fails(&ask(&mut state, "PlaceNode", json!(["p", 1]))), "a port");
    assert!(fails(&ask(&mut state, "MakeCoffee", json!([]))), "an unknown method");
    assert!(fails(&ask(&mut state, "RestorePlacement", json!(["/nowhere"]))), "a missing file");
}

#[test]
fn nodes_are_described_placed_and_unplaced() {
    let mut state = small();
    assert_eq!(ask(&mut state, "GetMacroIndices", json!([])), json!([1, 3]));
    assert_eq!(ask(&mut state, "GetNodeType", json!([2])), "MACRO_PIN");
    assert_eq!(ask(&mut state, "GetNodeType", json!([5])), "", "where a client stops counting");
    assert_eq!(ask(&mut state, "GetRefNodeId", json!(["a/i"])), 1);
    assert_eq!(ask(&mut state, "GetRefNodeId", json!([0])), -1);
    assert_eq!(ask(&mut state, "GetFanOutsOfNode", json!(["p"])), json!([2]));
    assert_eq!(ask(&mut state, "GetFanOutsOfNode", json!(["a"])), json!([2]));
    assert_eq!(ask(&mut state, "GetFanOutsOfNode", json!(["a/i"])), json!([4]));
    assert_eq!(ask(&mut state, "GetFanOutsOfNode", json!(["Grp_0"])), json!([]));
    assert_eq!(ask(&mut state, "UnplaceAllNodes", json!([]))["ok"], true);
    assert_eq!(ask(&mut state, "IsNodePlaced", json!([0])), true);
    assert_eq!(ask(&mut state, "GetGridCellOfNode", json!([1])), -1);
    assert_eq!(ask(&mut state, "GetNodeName", json!([5])), "");
    assert_eq!(ask(&mut state, "PlaceNodeByName", json!(["a", 34]))["ok"], true);
    assert!(fails(&ask(&mut state, "GetCostByName", json!([]))), "a method without a node");
    assert_eq!(ask(&mut state, "GetGridCellOfNode", json!([1])), 34);
    let location = json!({"__tuple__": true, "items": [45.0, 35.0]});
    assert_eq!(ask(&mut state, "GetNodeLocation", json!(["a"])), location);
    ask(&mut state, "FixNodeCoord", json!(["a"]));
    assert!(fails(&ask(&mut state, "UnplaceNode", json!(["a"]))), "a fixed node");
    assert_eq!(ask(&mut state, "GetMacroAdjacency", json!([])), json!([0.0, 1.0, 1.0, 0.0]));
    let ports = ask(&mut state, "GetMacroAndClusteredPortAdjacency", json!([]));
    let matrix = [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    assert_eq!(ports["items"], json!([matrix, [40]]));
    ask(&mut state, "DisconnectNets", json!([["a/i"]]));
    assert_eq!(ask(&mut state, "GetFanOutsOfNode", json!(["a"])), json!([]));
    ask(&mut state, "UpdateMacroOrientation", json!(["a", "E"]));
    let turned = json!({"__tuple__": true, "items": [47.0, 30.0]});
    assert_eq!(ask(&mut state, "GetNodeLocation", json!(["a/i"])), turned);
}

#[test]
fn lists_hold_no_tuples() {
    let mut state = small();
    ask(&mut state, "AddFakeNet", json!([0.5, ["a", "Grp_0"]]));
    assert_eq!(ask(&mut state, "GetFakeNets", json!([])), json!([[0.5, [1, 3]]]));
    let locations = ask(&mut state, "GetNodeLocations", json!([["a", "a/i"]]));
    assert_eq!(locations, json!([[30.0, 30.0], [35.0, 32.0]]));
}

#[test]
fn a_mask_leaves_out_the_border_and_what_stands_there() {
    let mut state = small();
    ask(&mut state, "UnplaceAllNodes", json!([]));
    let free = |state: &mut State| -> Vec<u64> {
        let mask = ask(state, "GetNodeMask", json!(["a"]));
        mask.as_array().unwrap().iter().map(|cell| cell.as_u64().unwrap()).collect()
    };
    let empty = free(&mut state);
    assert_eq!(empty.iter().sum::<u64>(), 80, "all columns but the first and the last");
    ask(&mut state, "CreateBlockage", json!([0, 0, 100, 50, 1.0]));
    assert_eq!(free(&mut state).iter().sum::<u64>(), 40);
    assert_eq!(ask(&mut state, "CanPlaceNode", json!(["Grp_0", 25])), false);
    ask(&mut state, "PlaceNode", json!(["Grp_0", 55]));
    let beside_soft = free(&mut state);
    assert_eq!(beside_soft[55], 0, "a cell that would be too full");
    ask(&mut state, "AllowHardMacrosOverStdcells", json!([true]));
    assert_eq!(free(&mut state)[55], 1);
    assert_eq!(ask(&mut state, "CanPlaceNode", json!(["a", 55])), true);
    assert_eq!(ask(&mut state, "CanPlaceNode", json!(["a", 5])), false);
}

#[test]
fn a_saved_placement_comes_back() {
    let mut state = small();
    ask(&mut state, "SetCongestionSmoothRange", json!([2]));
    ask(&mut state, "PlaceNode", json!(["a", 22]));
    ask(&mut state, "CreateBlockage", json!([0, 0, 10, 10, 0.5]));
    let folder = std::env::temp_dir().join(format!("flagstone-plc-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("out.plc").display().to_string();
    assert_eq!(ask(&mut state, "SavePlacement", json!([path, "two\nlines"]))["ok"], true);
    let file = pbtxt::read(SMALL.as_bytes()).0.expect("a netlist without errors");
    let mut other = State::new(file, String::new(), (0.0, 0.0));
    for _ in 0..2 {
        assert_eq!(ask(&mut other, "RestorePlacement", json!([path])), protocol::done());
    }
    assert_eq!(other.canvas, state.canvas);
    assert_eq!(other.placement, state.placement);
    let info = "Placement file\nColumns : 10  Rows : 10\n\nnode_index x y orientation fixed";
    assert_eq!(ask(&mut state, "SavePlacement", json!([path, info])), protocol::done());
    let text = std::fs::read_to_string(&path).unwrap();
    let expected = "# Placement file\n# Columns : 10  Rows : 10\n#\n# node_index";
    assert!(text.starts_with(expected), "the client's own header: {text}");
    assert!(!text.contains("Wirelength"), "no second header");
    for tool in ["dct", "innovus", "icc2"] {
        let path = folder.join(tool).display().to_string();
        let args = json!([path, "", "", tool, "test"]);
        assert_eq!(ask(&mut state, "SavePlacementPnr", args)["ok"], true);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("{a}") && text.contains("15"), "{text}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if shared.is_dir() {
        return Some(shared);
    }
    eprintln!("skipped: {} does not exist", shared.display());
    None
}

#[test]
fn the_smoothing_range_is_whole_and_pins_are_never_fixed() {
    let mut state = small();
    ask(&mut state, "SetCongestionSmoothRange", json!([5.0]));
    assert_eq!(ask(&mut state, "GetCongestionSmoothRange", json!([])).to_string(), "5");
    ask(&mut state, "FixNodeCoord", json!(["a"]));
    assert_eq!(ask(&mut state, "IsNodeFixed", json!(["a"])), true);
    assert_eq!(ask(&mut state, "IsNodeFixed", json!(["a/i"])), false);
}

/// A netlist of circuit_training's with its initial placement.
fn given(shared: &Path, design: &str) -> State {
    let folder = shared.join("netlists/circuit-training").join(design);
    let netlist = folder.join("netlist.pb.txt").display().to_string();
    let mut state = State::new(files::read_netlist(&netlist).unwrap(), netlist, (0.0, 0.0));
    let plc = folder.join("initial.plc").display().to_string();
    assert_eq!(ask(&mut state, "RestorePlacement", json!([plc])), protocol::done());
    state
}

/// Restores a placement file of the given text.
fn restore(state: &mut State, name: &str, text: &str) -> Value {
    let file = format!("flagstone-{name}-{}.plc", std::process::id());
    let path = std::env::temp_dir().join(file);
    std::fs::write(&path, text).unwrap();
    let answer = ask(state, "RestorePlacement", json!([path.display().to_string()]));
    std::fs::remove_file(&path).unwrap();
    answer
}

#[test]
fn what_a_restored_file_does_not_list_stays_where_it_is() {
    let mut state = small();
    ask(&mut state, "UnplaceNode", json!(["Grp_0"]));
    let text = "# Columns : 4  Rows : 4\n0 1 2 - 1\n";
    assert_eq!(restore(&mut state, "unlisted", text), protocol::done());
    let placed = ["p", "a", "Grp_0"].map(|node| ask(&mut state, "IsNodePlaced", json!([node])));
    assert_eq!(placed, [true, true, false]);
    let location = json!({"__tuple__": true, "items": [30.0, 30.0]});
    assert_eq!(ask(&mut state, "GetNodeLocation", json!(["a"])), location);
}

#[test]
fn a_header_that_the_setters_would_refuse_changes_nothing() {
    let mut state = small();
    let (canvas, placement) = (state.canvas.clone(), state.placement.clone());
    for line in [
        "Columns : 1000000  Rows : 1000000",
        "Congestion Columns : 1000000  Congestion Rows : 1000000",
        "Routes per micron, hor : 0.0  ver : 74.51",
        "Routes used by macros, hor : 1  ver : -1",
        "Overlap threshold : -0.004",
        "Blockage : 0 0 10 10 -1",
    ] {
        let text = format!("# Smoothing factor : 7\n# Block : b\n# {line}\n1 1 2 S 1\n");
        assert!(fails(&restore(&mut state, "refused", &text)), "{line}");
        assert_eq!((&state.canvas, &state.placement), (&canvas, &placement), "{line}");
        assert_eq!(state.block, "", "{line}");
    }
    ask(&mut state, "SetOverlapThreshold", json!([0.1]));
    let text = "# Overlap threshold : -1\n";
    assert_eq!(restore(&mut state, "set", text), protocol::done(), "set by the client");
}

#[test]
fn a_restored_file_replaces_the_blockages_of_the_one_before() {
    let mut state = small();
    ask(&mut state, "CreateBlockage", json!([0, 0, 10, 10]));
    let mut blockages = |text: &str| {
        assert_eq!(restore(&mut state, "blockages", text), protocol::done());
        ask(&mut state, "GetBlockages", json!([]))
    };
    let own = json!([0.0, 0.0, 10.0, 10.0, 0.99]);
    let other = json!([20.0, 0.0, 30.0, 10.0, 1.0]);
    let both = "# Blockage : 0 0 10 10\n# Blockage : 20 0 30 10 1.0\n# Blockage : 20 0 30 10\n";
    assert_eq!(blockages(both), json!([own, other]), "each rectangle once");
    let third = json!([50.0, 50.0, 60.0, 60.0, 0.5]);
    assert_eq!(blockages("# Blockage : 50 50 60 60 0.5\n"), json!([own, third]));
    assert_eq!(blockages("# Block : b\n"), json!([own]), "the client's own stays");
}

/// The pins that circuit_training's own test of its converter asserts.
#[test]
fn macros_answer_their_drivers_and_drivers_their_sinks() {
    let Some(shared) = shared() else { return };
    let mut state = given(&shared, "simple_grouped_with_coords");
    let mut fan_outs = |node: u32| ask(&mut state, "GetFanOutsOfNode", json!([node]));
    assert_eq!([9, 3, 4].map(&mut fan_outs), [json!([10]), json!([6]), json!([8])], "macros");
    let sinks = [10, 6, 8, 0, 2].map(fan_outs);
    let expected = [json!([7]), json!([11]), json!([1]), json!([11, 5]), json!([11, 5])];
    assert_eq!(sinks, expected, "sinks of the drivers");
}

/// What circuit_training's own test of its converter finds after a file of nothing but a header.
#[test]
fn cells_stand_upright_and_placed() {
    let Some(shared) = shared() else { return };
    let mut state = given(&shared, "simple_with_coords");
    for node in ["S0", "S1", "M0", "M1"] {
        assert_eq!(ask(&mut state, "GetMacroOrientation", json!([node])), "N", "{node}");
        assert_eq!(ask(&mut state, "IsNodePlaced", json!([node])), true, "{node}");
    }
    assert_eq!(ask(&mut state, "GetMacroOrientation", json!(["P0"])), "", "a port");
}

/// The values that circuit_training's own tests of its client assert.
#[test]
fn the_clients_own_test_passes() {
    let Some(shared) = shared() else { return };
    let path = shared.join("netlists/circuit-training/macro_tiles_10x10/netlist.pb.txt");
    let path = path.display().to_string();
    let mut state = State::new(files::read_netlist(&path).unwrap(), path, (0.0, 0.0));
    let mut close = |name: &str, expected: f64| {
        let found = ask(&mut state, name, json!([])).as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-12, "{name}: {found}, expected {expected}");
    };
    close("GetCost", 0.007745966692414834);
    close("GetWirelength", 5400.0);
    close("GetCongestionCost", 1.124405186246434);
    close("GetDensityCost", 0.3570806661517036);
    close("GetArea", 250000.0);
    for (name, args) in [
        ("SetCanvasSize", json!([1200, 1200])),
        ("SetPlacementGrid", json!([20, 20])),
        ("SetRoutesPerMicron", json!([1.0, 2.0])),
        ("SetCongestionSmoothRange", json!([2.0])),
        ("SetOverlapThreshold", json!([2.0])),
        ("SetCanvasBoundaryCheck", json!([false])),
        ("SetMacroRoutingAllocation", json!([3.0, 4.0])),
    ] {
        assert_eq!(ask(&mut state, name, args), protocol::done(), "{name}");
    }
    let mask = ask(&mut state, "GetNodeMask", json!([13]));
    let expected: Vec<u8> = (0..400).map(|cell| u8::from(cell / 20 > 9 || cell % 20 > 9)).collect();
    assert_eq!(mask, json!(expected));
    let adjacency = ask(&mut state, "GetMacroAdjacency", json!([]));
    assert_eq!(
        (&adjacency[1], &adjacency[2], &adjacency[10]),
        (&json!(3.0), &json!(0.0), &json!(3.0))
    );
    let with_ports = ask(&mut state, "GetMacroAndClusteredPortAdjacency", json!([]));
    assert_eq!(with_ports["items"], json!([adjacency, []]));
    ask(&mut state, "UnplaceAllNodes", json!([]));
    assert_eq!(ask(&mut state, "PlaceNode", json!([13, 180])), protocol::done());
    assert_eq!(ask(&mut state, "PlaceNode", json!(["M_R0_C1", 230])), protocol::done());
    ask(&mut state, "UpdateNodeCoords", json!([13, 50, 50]));
    assert_eq!(ask(&mut state, "GetGridCellOfNode", json!([13])), 0);
    ask(&mut state, "AddFakeNet", json!([0.1, [1, 2]]));
    let cost = ask(&mut state, "GetFakeNetCost", json!([])).as_f64().unwrap();
    assert!((cost - 0.034_722_223_281_860_35).abs() < 1e-15, "{cost}");
}

/// All cells by Manhattan distance from a cell, as circuit_training walks them.
fn rings(start: i64, columns: i64, rows: i64) -> impl Iterator<Item = usize> {
    let (column, row) = (start.rem_euclid(columns), start / columns);
    let offsets = move |distance: i64| {
        (-distance..=distance).flat_map(move |dr| {
            let dc = distance - dr.abs();
            let sides = if dc == 0 { vec![0] } else { vec![-dc, dc] };
            sides.into_iter().map(move |dc| (column + dc, row + dr))
        })
    };
    (0..columns + rows)
        .flat_map(offsets)
        .filter(move |(c, r)| (0..columns).contains(c) && (0..rows).contains(r))
        .map(move |(c, r)| (r * columns + c) as usize)
}

/// circuit_training's legaliser over our masks goes where it went over those of Google's binary.
#[test]
fn masks_lead_the_legaliser_where_googles_did() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read(shared.join("golden/legalize.json")).unwrap();
    let table: Value = serde_json::from_slice(&text).unwrap();
    let design = "ariane133_ng45";
    let sequence = &table["designs"][design]["sequence[node_index,start_cell,final_cell]"];
    let path = shared.join(format!("netlists/tilos/{design}/netlist.pb.txt.xz"));
    let path = path.display().to_string();
    let mut state = State::new(files::read_netlist(&path).unwrap(), path, (0.0, 0.0));
    let plc = shared.join(format!("golden/plc/{design}/initial.plc")).display().to_string();
    assert_eq!(ask(&mut state, "RestorePlacement", json!([plc])), protocol::done());
    let (columns, rows) = (i64::from(state.canvas.columns), i64::from(state.canvas.rows));
    ask(&mut state, "UnplaceAllNodes", json!([]));
    let sequence = sequence.as_array().unwrap();
    assert_eq!(sequence.len(), 915, "macros of the design");
    for step in sequence {
        let start = step[1].as_i64().unwrap();
        let mask = ask(&mut state, "GetNodeMask", json!([step[0]]));
        let found = rings(start, columns, rows).find(|&cell| mask[cell] == 1);
        assert_eq!(json!(found), step[2], "cell of node {}", step[0]);
        assert_eq!(ask(&mut state, "PlaceNode", json!([step[0], step[2]])), protocol::done());
    }
}
