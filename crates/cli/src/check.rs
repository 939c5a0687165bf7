use flagstone_netlist::{Netlist, NodeId};
use flagstone_place::checker::{CheckRules, Violation, violations};
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::load::load;
use crate::output;

/// Lists what makes a placement illegal.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Failure> {
    const MOST: usize = 20;
    let design = load(&args.load)?;
    let rules = CheckRules { spacing: args.spacing, tolerance: args.tolerance };
    let found = violations(&design.netlist, &design.canvas, &design.placement, &rules);
    let overlap = |violation: &&Violation| matches!(violation, Violation::Overlap { .. });
    let overlaps = found.iter().filter(overlap).count();
    if args.json {
        let list: Vec<Value> = found.iter().map(|v| entry(&design.netlist, v)).collect();
        output::json(&json!({
            "schema": output::SCHEMA,
            "name": design.name,
            "legal": found.is_empty(),
            "overlaps": overlaps,
            "violations": list,
        }))?;
    } else if found.is_empty() {
        output::say(&format!("{}: legal", design.name))?;
    } else {
        for violation in found.iter().take(MOST) {
            output::say(&sentence(&design.netlist, violation))?;
        }
        if found.len() > MOST {
            output::say(&format!("and {} more", found.len() - MOST))?;
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let n = found.len();
    Err(Failure::No(format!("not legal: {n} violations, {overlaps} overlapping pairs")))
}

fn sentence(netlist: &Netlist, violation: &Violation) -> String {
    let name = |node: NodeId| netlist.node_name(node);
    match *violation {
        Violation::Overlap { a, b, area } => {
            format!("{} overlaps {} on {area:.4} µm²", name(a), name(b))
        }
        Violation::Spacing { a, b } => format!("{} is too near to {}", name(a), name(b)),
        Violation::Outside { node, by } => format!("{} is {by:.4} µm off the canvas", name(node)),
        Violation::Blocked { node } => format!("{} stands on a blockage", name(node)),
        Violation::Unplaced { node } => format!("{} is not placed", name(node)),
        _ => format!("{violation:?}"),
    }
}

fn entry(netlist: &Netlist, violation: &Violation) -> Value {
    let name = |node: NodeId| netlist.node_name(node);
    match *violation {
        Violation::Overlap { a, b, area } => {
            json!({"kind": "overlap", "nodes": [name(a), name(b)], "area": area})
        }
        Violation::Spacing { a, b } => json!({"kind": "spacing", "nodes": [name(a), name(b)]}),
        Violation::Outside { node, by } => {
            json!({"kind": "outside", "nodes": [name(node)], "by": by})
        }
        Violation::Blocked { node } => json!({"kind": "blockage", "nodes": [name(node)]}),
        Violation::Unplaced { node } => json!({"kind": "unplaced", "nodes": [name(node)]}),
        _ => json!({"kind": "other"}),
    }
}
