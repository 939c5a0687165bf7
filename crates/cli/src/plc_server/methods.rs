//! Which method answers which name.

use serde_json::Value;

use super::args::{Answer, Args};
use super::state::State;
use super::{adjacency, export, extras, files, mask, nodes, protocol, settings, stdcells};

/// A method of the protocol.
type Method = fn(&mut State, &Args<'_>) -> Answer;

/// Answers a request; a failure becomes a status that names the method.
pub(super) fn call(state: &mut State, name: &str, args: &[Value]) -> Value {
    let Some((_, (least, most), method)) = find(name) else {
        return protocol::status(Err(format!("{name}: unknown method")));
    };
    let args = Args::new(args);
    let answer = args.count(least, most).and_then(|()| method(state, &args));
    answer.unwrap_or_else(|why| protocol::status(Err(format!("{name}: {why}"))))
}

type Entry = (&'static str, (usize, usize), Method);

fn entries() -> impl Iterator<Item = &'static Entry> {
    [COSTS, SETTINGS, QUERIES, MOVES, MORE].into_iter().flatten()
}

/// Names of all methods.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    entries().map(|entry| entry.0)
}

fn find(name: &str) -> Option<Entry> {
    let plain = name.strip_suffix(BY_NAME).filter(|plain| NAMED.contains(plain));
    let name = plain.unwrap_or(name);
    entries().find(|entry| entry.0 == name).copied()
}

/// The documented names with this ending mean the same method; every method takes names anyway.
const BY_NAME: &str = "ByName";

/// The methods that are documented with that ending, too.
const NAMED: &[&str] =
    &["GetNodeMask", "PlaceNode", "UnplaceNode", "UpdateMacroOrientation", "UpdateNodeCoords"];

/// Names with their least and most number of arguments.
const COSTS: &[Entry] = &[
    ("GetCost", (0, 0), |s, _| Ok(s.evaluation().cost.wirelength.into())),
    ("GetWirelength", (0, 0), |s, _| Ok(s.evaluation().wirelength_um.into())),
    ("GetCongestionCost", (0, 0), |s, _| Ok(s.evaluation().cost.congestion.into())),
    ("GetDensityCost", (0, 0), |s, _| Ok(s.evaluation().cost.density.into())),
    ("GetArea", (0, 0), |s, _| Ok(s.netlist.total_area().into())),
    ("GetOverlapCost", (0, 0), mask::overlap_cost),
    ("GetGridCellsDensity", (0, 0), |s, _| Ok(s.evaluation().density.clone().into())),
    ("GetHorizontalRoutingCongestion", (0, 0), |s, _| Ok(s.evaluation().horizontal.clone().into())),
    ("GetVerticalRoutingCongestion", (0, 0), |s, _| Ok(s.evaluation().vertical.clone().into())),
    ("GetFakeNetCost", (0, 0), extras::fake_net_cost),
];

const SETTINGS: &[Entry] = &[
    ("GetCanvasWidthHeight", (0, 0), settings::canvas_size),
    ("SetCanvasSize", (2, 2), settings::set_canvas_size),
    ("GetGridNumColumnsRows", (0, 0), settings::grid),
    ("SetPlacementGrid", (2, 2), settings::set_grid),
    ("GetCongestionGridNumColumnsRows", (0, 0), settings::congestion_grid),
    ("SetCongestionGrid", (2, 2), settings::set_congestion_grid),
    ("GetRoutesPerMicron", (0, 0), settings::routes),
    ("SetRoutesPerMicron", (2, 2), settings::set_routes),
    ("GetMacroRoutingAllocation", (0, 0), settings::macro_routes),
    ("SetMacroRoutingAllocation", (2, 2), settings::set_macro_routes),
    ("GetCongestionSmoothRange", (0, 0), |s, _| Ok(s.canvas.smoothing.into())),
    ("SetCongestionSmoothRange", (1, 1), settings::set_smoothing),
    ("GetOverlapThreshold", (0, 0), |s, _| Ok(s.canvas.overlap_threshold.into())),
    ("SetOverlapThreshold", (1, 1), settings::set_overlap_threshold),
    ("GetCanvasBoundaryCheck", (0, 0), |s, _| Ok(s.boundary_check.into())),
    ("SetCanvasBoundaryCheck", (1, 1), settings::set_boundary_check),
    ("GetUseIncrementalCost", (0, 0), |s, _| Ok(s.incremental.into())),
    ("SetUseIncrementalCost", (1, 1), settings::set_incremental),
    ("GetProjectName", (0, 0), |s, _| Ok(s.project.clone().into())),
    ("SetProjectName", (1, 1), settings::set_project),
    ("GetBlockName", (0, 0), |s, _| Ok(s.block.clone().into())),
    ("SetBlockName", (1, 1), settings::set_block),
    ("GetSourceFilename", (0, 0), |s, _| Ok(s.source.clone().into())),
    ("GetMacroBloatWidth", (0, 0), |s, _| Ok(s.spacing.0.into())),
    ("GetMacroBloatHeight", (0, 0), |s, _| Ok(s.spacing.1.into())),
    ("AllowHardMacrosOverStdcells", (1, 1), settings::allow_over_cells),
    ("CreateBlockage", (4, 5), settings::create_blockage),
    ("GetBlockages", (0, 0), settings::blockages),
];

const QUERIES: &[Entry] = &[
    ("NumNodes", (0, 0), |s, _| Ok(s.n_items().into())),
    ("GetMacroIndices", (0, 0), nodes::macro_indices),
    ("GetNodeIndex", (1, 1), nodes::index),
    ("GetNodeName", (1, 1), nodes::name),
    ("GetNodeType", (1, 1), nodes::kind),
    ("GetRefNodeId", (1, 1), nodes::ref_node),
    ("GetNodeWeight", (1, 1), nodes::weight),
    ("IsNodeSoftMacro", (1, 1), nodes::is_soft),
    ("IsNodeFixed", (1, 1), nodes::is_fixed),
    ("IsNodePlaced", (1, 1), nodes::is_placed),
    ("GetNodeLocation", (1, 1), nodes::location),
    ("GetNodeLocations", (1, 1), nodes::locations),
    ("GetNodeWidthHeight", (1, 1), nodes::size),
    ("GetGridCellOfNode", (1, 1), nodes::grid_cell),
    ("GetMacroOrientation", (1, 1), nodes::orientation),
    ("GetFanOutsOfNode", (1, 1), nodes::fan_outs),
    ("GetMacroAdjacency", (0, 0), adjacency::macros),
    ("GetMacroAndClusteredPortAdjacency", (0, 0), adjacency::macros_and_ports),
    ("GetNodeMask", (1, 1), mask::node_mask),
    ("CanPlaceNode", (2, 2), mask::can_place),
];

const MOVES: &[Entry] = &[
    ("PlaceNode", (2, 2), nodes::place),
    ("UnplaceNode", (1, 1), nodes::unplace),
    ("UnplaceAllNodes", (0, 0), nodes::unplace_all),
    ("UpdateNodeCoords", (3, 4), nodes::update_coords),
    ("UpdateMacroOrientation", (2, 2), nodes::update_orientation),
    ("FixNodeCoord", (1, 1), |s, a| nodes::set_fixed(s, a, true)),
    ("UnfixNodeCoord", (1, 1), |s, a| nodes::set_fixed(s, a, false)),
    ("UpdatePortSides", (0, 0), nodes::update_port_sides),
    ("SnapPortsToEdges", (0, 0), nodes::snap_ports),
    ("MakeSoftMacrosSquare", (0, 0), nodes::square_soft_macros),
    ("OptimizeStdcells", (10, 10), stdcells::optimize),
];

const MORE: &[Entry] = &[
    ("AddFakeNet", (2, 2), extras::add_fake_net),
    ("GetFakeNets", (0, 0), extras::fake_nets),
    ("AddAreaConstraint", (2, 2), extras::add_area),
    ("GetAreaConstraint", (1, 1), extras::area),
    ("HasAreaConstraint", (0, 1), extras::has_area),
    ("DisconnectNets", (1, 1), extras::disconnect),
    ("RestorePlacement", (1, 1), files::restore),
    ("SavePlacement", (1, 2), files::save),
    ("SavePlacementPnr", (5, 5), export::save_for_tool),
];
