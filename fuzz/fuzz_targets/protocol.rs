//! The cost server answers anything and goes on.

#![no_main]

#[path = "../../crates/cli/src/plc_server/mod.rs"]
#[allow(dead_code)]
mod plc_server;

use libfuzzer_sys::fuzz_target;

/// Eight hard macros, two dozen soft ones and as many ports.
const NETLIST: &[u8] = include_bytes!("../../netlists/toy/netlist.pb.txt");

/// Methods worth trying with any arguments; those that write files are left out.
const METHODS: [&str; 30] = [
    "GetCost", "GetWirelength", "GetCongestionCost", "GetDensityCost", "GetNodeMask",
    "GetNodeLocation", "GetNodeLocations", "GetMacroAdjacency", "GetMacroAndClusteredPortAdjacency",
    "GetMacroIndices", "GetNodeType", "GetNodeWidthHeight", "GetFanOutsOfNode", "GetGridCellOfNode",
    "GetMacroOrientation", "PlaceNode", "UnplaceNode", "UnplaceAllNodes", "CanPlaceNode",
    "OptimizeStdcells", "SetCanvasSize", "SetPlacementGrid", "SetCongestionSmoothRange",
    "SetRoutesPerMicron", "SetMacroRoutingAllocation", "SetOverlapThreshold", "FixNodeCoord",
    "UnfixNodeCoord", "UpdateMacroOrientation", "CreateBlockage",
];

fuzz_target!(|data: &[u8]| {
    let (file, _) = flagstone_formats::pbtxt::read(NETLIST);
    let file = file.expect("the toy is well");
    let Some((&how, rest)) = data.split_first() else { return };
    if how % 4 == 0 {
        plc_server::converse(file, rest);
        return;
    }
    // A client that keeps to JSON and to known methods gets deeper than random bytes.
    let mut text = String::new();
    for call in rest.chunks(6).take(24) {
        let name = METHODS[usize::from(call[0]) % METHODS.len()];
        let args: Vec<String> = call[1..].iter().map(|&byte| argument(byte)).collect();
        let n = usize::from(call[0]) / METHODS.len() % (args.len() + 1);
        text += &format!("{{\"name\": \"{name}\", \"args\": [{}]}}\n", args[..n].join(", "));
    }
    plc_server::converse(file, text.as_bytes());
});

/// Numbers of every kind, now and then something else.
fn argument(byte: u8) -> String {
    match byte {
        0..=199 => byte.to_string(),
        200..=219 => format!("{}.5", i32::from(byte) - 210),
        220..=229 => format!("1e{}", byte - 200),
        230..=239 => format!("-{}", byte),
        240 => "null".to_owned(),
        241 => "true".to_owned(),
        242 => "[1, 2]".to_owned(),
        243 => "{}".to_owned(),
        _ => "\"N\"".to_owned(),
    }
}
