use flagstone_cost::{Rules, evaluate};
use flagstone_netlist::{Kind, NodeId, Statistics};
use flagstone_place::checker::{CheckRules, violations};
use flagstone_report::{CostReport, SettingsReport, WeightsReport};
use serde_json::{Value, json};

use crate::Design;

/// Version of the document.
const SCHEMA: u32 = 1;

/// Counts, cost, settings and the places of the hard macros as JSON. Coordinates are lower left
/// corners in the design's files, µm; width, height and orientation are of the macro as it lies.
pub fn to_json(design: &Design) -> String {
    let Design { netlist, canvas, placement, weights, .. } = design;
    let n = Statistics::of(netlist);
    let found = evaluate(netlist, canvas, placement, Rules::Clamp);
    let source = design.def.as_ref();
    let in_def = source.map(|source| source.orientations(netlist, placement)).unwrap_or_default();
    let node = |node: NodeId| -> Value {
        let (row, rect) = (node.usize(), placement.rect(netlist, node));
        let placed = placement.placed[row];
        json!({
            "name": netlist.node_name(node),
            "x": placed.then_some(rect.x0 + design.origin.0),
            "y": placed.then_some(rect.y0 + design.origin.1),
            "width": rect.width(),
            "height": rect.height(),
            "orientation": in_def.get(&node).unwrap_or(&placement.orientation[row]).as_str(),
            "fixed": placement.fixed[row],
        })
    };
    let rules = CheckRules { with_fixed: true, ..CheckRules::default() };
    let violations = violations(netlist, canvas, placement, &rules);
    let report = json!({
        "schema": SCHEMA,
        "name": design.name,
        "netlist": design.netlist_path,
        "plc": design.plc_path,
        "ports": n.ports,
        "hard_macros": n.hard_macros,
        "soft_macros": n.soft_macros,
        "cells": n.std_cells,
        "nets": n.nets,
        "cost": CostReport::new(&found.cost, weights),
        "wirelength_um": found.wirelength_um,
        "weights": WeightsReport::from(weights),
        "settings": SettingsReport::from(canvas),
        "violations": violations.len(),
        "macros": netlist.nodes_of(Kind::HardMacro).map(node).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&report);
    text.expect("reports have string keys and no failing parts") + "\n"
}
