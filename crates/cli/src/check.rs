use flagstone_netlist::{NodeId, Placement};
use flagstone_place::checker::{CheckRules, Violation, violations};
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;

/// Lists what makes a placement illegal.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Failure> {
    const MOST: usize = 20;
    for (name, um) in [("spacing", args.spacing), ("tolerance", args.tolerance)] {
        if !(um >= 0.0 && um.is_finite()) {
            return Err(Failure::Usage(format!("--{name} must be a length, not negative")));
        }
    }
    let design = load(&args.load)?;
    let rules = CheckRules { spacing: args.spacing, tolerance: args.tolerance, with_fixed: true };
    let found = violations(&design.netlist, &design.canvas, &design.placement, &rules);
    let overlap = |violation: &&Violation| matches!(violation, Violation::Overlap { .. });
    let overlaps = found.iter().filter(overlap).count();
    output::metrics("check", &numbers(&design, found.len(), overlaps))?;
    if args.json {
        let list: Vec<Value> = found.iter().map(|violation| entry(&design, violation)).collect();
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
            output::say(&sentence(&design, violation))?;
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

/// The verdict without the list.
fn numbers(design: &Design, violations: usize, overlaps: usize) -> Value {
    json!({
        "name": design.name,
        "legal": violations == 0,
        "overlaps": overlaps,
        "violations": violations,
    })
}

/// Whether only fixed macros are at fault, which no placer can move.
fn is_fixed(placement: &Placement, violation: &Violation) -> bool {
    let fixed = |node: NodeId| placement.fixed[node.usize()];
    match *violation {
        Violation::Overlap { a, b, .. } | Violation::Spacing { a, b } => fixed(a) && fixed(b),
        Violation::Outside { node, .. } | Violation::Blocked { node } => fixed(node),
        _ => false,
    }
}

fn sentence(design: &Design, violation: &Violation) -> String {
    let name = |node: NodeId| design.netlist.node_name(node);
    let fixed = is_fixed(&design.placement, violation);
    let (one, both) = if fixed { (" (fixed)", " (both fixed)") } else { ("", "") };
    match *violation {
        Violation::Overlap { a, b, area } => {
            format!("{} overlaps {} on {area:.4} µm²{both}", name(a), name(b))
        }
        Violation::Spacing { a, b } => format!("{} is too near to {}{both}", name(a), name(b)),
        Violation::Outside { node, by } => {
            format!("{} is {by:.4} µm off the canvas{one}", name(node))
        }
        Violation::Blocked { node } => format!("{} stands on a blockage{one}", name(node)),
        Violation::Unplaced { node } => format!("{} is not placed", name(node)),
        _ => format!("{violation:?}"),
    }
}

fn entry(design: &Design, violation: &Violation) -> Value {
    let name = |node: NodeId| design.netlist.node_name(node);
    let fixed = is_fixed(&design.placement, violation);
    match *violation {
        Violation::Overlap { a, b, area } => {
            json!({"kind": "overlap", "nodes": [name(a), name(b)], "area": area, "fixed": fixed})
        }
        Violation::Spacing { a, b } => {
            json!({"kind": "spacing", "nodes": [name(a), name(b)], "fixed": fixed})
        }
        Violation::Outside { node, by } => {
            json!({"kind": "outside", "nodes": [name(node)], "by": by, "fixed": fixed})
        }
        Violation::Blocked { node } => {
            json!({"kind": "blockage", "nodes": [name(node)], "fixed": fixed})
        }
        Violation::Unplaced { node } => json!({"kind": "unplaced", "nodes": [name(node)]}),
        _ => json!({"kind": "other"}),
    }
}
