//! Every method of the protocol, called over the wire as its page describes it.

use flagstone_formats::pbtxt;
use serde_json::{Value, json};

use super::state::State;
use super::{methods, serve};

/// What an answer looks like.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Number,
    Text,
    Truth,
    Pair,
    List,
    /// A status with `ok: true`, `true` or null.
    Done,
}
use Shape::{Done, List, Number, Pair, Text, Truth};

impl Shape {
    fn fits(self, answer: &Value) -> bool {
        match self {
            Number => answer.is_number(),
            Text => answer.is_string(),
            Truth => answer.is_boolean(),
            List => answer.is_array(),
            Pair => answer["__tuple__"] == true && answer["items"].as_array().unwrap().len() == 2,
            Done => answer.is_null() || *answer == true || answer["ok"] == true,
        }
    }
}

/// The table of the protocol's page, in an order in which every call makes sense.
fn calls(placement: &str, folder: &str) -> Vec<(&'static str, Value, Shape)> {
    let tcl = format!("{folder}/place.tcl");
    let steps = json!([true, true, false, false, false, 1.0, [2], [1.0], [1.0], [1.0]]);
    vec![
        ("SetCanvasSize", json!([400, 400]), Done),
        ("GetCanvasWidthHeight", json!([]), Pair),
        ("SetPlacementGrid", json!([12, 11]), Done),
        ("GetGridNumColumnsRows", json!([]), Pair),
        ("SetCongestionGrid", json!([7, 9]), Done),
        ("GetCongestionGridNumColumnsRows", json!([]), Pair),
        ("SetRoutesPerMicron", json!([50.0, 60.0]), Done),
        ("GetRoutesPerMicron", json!([]), Pair),
        ("SetMacroRoutingAllocation", json!([5.0, 6.0]), Done),
        ("GetMacroRoutingAllocation", json!([]), Pair),
        ("SetCongestionSmoothRange", json!([2]), Done),
        ("GetCongestionSmoothRange", json!([]), Number),
        ("SetOverlapThreshold", json!([0.004]), Done),
        ("GetOverlapThreshold", json!([]), Number),
        ("SetCanvasBoundaryCheck", json!([false]), Done),
        ("GetCanvasBoundaryCheck", json!([]), Truth),
        ("SetUseIncrementalCost", json!([true]), Done),
        ("GetUseIncrementalCost", json!([]), Truth),
        ("SetProjectName", json!(["project"]), Done),
        ("GetProjectName", json!([]), Text),
        ("SetBlockName", json!(["block"]), Done),
        ("GetBlockName", json!([]), Text),
        ("GetSourceFilename", json!([]), Text),
        ("GetMacroBloatWidth", json!([]), Number),
        ("GetMacroBloatHeight", json!([]), Number),
        ("GetCost", json!([]), Number),
        ("GetWirelength", json!([]), Number),
        ("GetCongestionCost", json!([]), Number),
        ("GetDensityCost", json!([]), Number),
        ("GetArea", json!([]), Number),
        ("GetOverlapCost", json!([]), Number),
        ("GetGridCellsDensity", json!([]), List),
        ("GetHorizontalRoutingCongestion", json!([]), List),
        ("GetVerticalRoutingCongestion", json!([]), List),
        ("NumNodes", json!([]), Number),
        ("GetMacroIndices", json!([]), List),
        ("GetNodeIndex", json!(["a"]), Number),
        ("GetNodeName", json!([1]), Text),
        ("GetNodeType", json!([1]), Text),
        ("GetRefNodeId", json!(["a/i"]), Number),
        ("GetNodeWeight", json!(["a/i"]), Number),
        ("IsNodeSoftMacro", json!(["Grp_0"]), Truth),
        ("IsNodeFixed", json!(["p"]), Truth),
        ("IsNodePlaced", json!(["a"]), Truth),
        ("GetNodeLocation", json!(["a"]), Pair),
        ("GetNodeLocations", json!([[0, 1, 2]]), List),
        ("GetNodeWidthHeight", json!(["a"]), Pair),
        ("GetGridCellOfNode", json!(["a"]), Number),
        ("UpdateMacroOrientation", json!(["a", "FN"]), Done),
        ("GetMacroOrientation", json!(["a"]), Text),
        ("GetFanOutsOfNode", json!(["a"]), List),
        ("GetMacroAdjacency", json!([]), List),
        ("GetMacroAndClusteredPortAdjacency", json!([]), Pair),
        ("MakeSoftMacrosSquare", json!([]), Done),
        ("UpdatePortSides", json!([]), Done),
        ("SnapPortsToEdges", json!([]), Done),
        ("UpdateNodeCoords", json!(["a", 200.0, 200.0]), Done),
        ("SavePlacement", json!([placement, "as it was"]), Done),
        ("RestorePlacement", json!([placement]), Done),
        ("SavePlacementPnr", json!([tcl, "", "", "innovus", "project"]), Done),
        ("FixNodeCoord", json!(["Grp_0"]), Done),
        ("UnfixNodeCoord", json!(["Grp_0"]), Done),
        ("UnplaceAllNodes", json!([]), Done),
        ("GetNodeMask", json!(["a"]), List),
        ("CanPlaceNode", json!(["a", 60]), Truth),
        ("PlaceNode", json!(["a", 60]), Done),
        ("UnplaceNode", json!(["a"]), Done),
        ("PlaceNode", json!(["a", 61]), Done),
        ("OptimizeStdcells", steps, Done),
        ("CreateBlockage", json!([0, 0, 10, 10, 1.0]), Done),
        ("GetBlockages", json!([]), List),
        ("AddFakeNet", json!([0.1, ["a", "Grp_0"]]), Done),
        ("GetFakeNets", json!([]), List),
        ("GetFakeNetCost", json!([]), Number),
        ("AddAreaConstraint", json!([["a"], [0, 0, 200, 200]]), Done),
        ("GetAreaConstraint", json!(["a"]), List),
        ("HasAreaConstraint", json!([]), Truth),
        ("AllowHardMacrosOverStdcells", json!([true]), Done),
        ("DisconnectNets", json!([["a/i"]]), Done),
    ]
}

/// Sends a request as bytes and reads the answer; nothing may follow the value.
fn send(state: &mut State, name: &str, args: &Value) -> Value {
    let request = json!({"name": name, "args": args}).to_string();
    let mut answer = Vec::new();
    serve(state, request.as_bytes(), &mut answer).unwrap();
    serde_json::from_slice(&answer).unwrap()
}

#[test]
fn every_method_answers_and_refuses_what_it_does_not_take() {
    let folder = std::env::temp_dir().join(format!("flagstone-wire-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let placement = folder.join("saved.plc").display().to_string();
    let file = pbtxt::read(super::tests::SMALL.as_bytes()).0.unwrap();
    let mut state = State::new(file, "small.pb.txt".to_owned(), (0.1, 0.2));
    let calls = calls(&placement, &folder.display().to_string());
    for (name, args, shape) in &calls {
        let answer = send(&mut state, name, args);
        assert!(shape.fits(&answer), "{name} {args}: {answer} is no {shape:?}");
        let mut many = args.as_array().unwrap().clone();
        many.resize(12, Value::Null);
        let refused = send(&mut state, name, &Value::Array(many));
        assert_eq!(refused["ok"], false, "{name} with twelve arguments");
        assert!(refused["message"].as_str().unwrap().contains(name), "{name}: {refused}");
        // What is no list, text, number or truth the method knows must not be taken for one.
        if !args.as_array().unwrap().is_empty() {
            let odd = vec![json!({"a": 1}); args.as_array().unwrap().len()];
            assert_eq!(
                send(&mut state, name, &Value::Array(odd))["ok"],
                false,
                "{name} of objects"
            );
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    for name in methods::names() {
        assert!(calls.iter().any(|call| call.0 == name), "{name} is not called");
    }
}
