//! `place --dry-run`: what would be done.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use flagstone_env::{InitialLocations, Task, TaskError};
use flagstone_netlist::Kind;
use serde_json::json;

use super::options::Options;
use crate::args::PlaceArgs;
use crate::failure::Failure;
use crate::load::Design;
use crate::output;

/// Checks that every macro fits somewhere and says what would be done.
pub(super) fn plan(
    args: &PlaceArgs,
    design: &Design,
    options: &Options,
    files: &[PathBuf],
) -> Result<(), Failure> {
    fits(design, options)?;
    let count = |kind| design.netlist.nodes_of(kind).count();
    let movable = |node: &flagstone_netlist::NodeId| !design.placement.fixed[node.usize()];
    let to_place = design.netlist.nodes_of(Kind::HardMacro).filter(movable).count();
    let method = args.method.to_possible_value();
    let method = method.map_or_else(String::new, |value| value.get_name().to_owned());
    if args.json {
        return output::json(&json!({
            "schema": output::SCHEMA,
            "name": design.name,
            "hard_macros": count(Kind::HardMacro),
            "movable_hard_macros": to_place,
            "soft_macros": count(Kind::SoftMacro),
            "nets": design.netlist.n_nets(),
            "columns": design.canvas.columns,
            "rows": design.canvas.rows,
            "method": method,
            "budget": options.budget,
            "files": files,
        }));
    }
    output::say(&format!(
        "{}: {to_place} of {} hard macros to place on {} x {} cells, {} soft macros, {} nets",
        design.name,
        count(Kind::HardMacro),
        design.canvas.columns,
        design.canvas.rows,
        count(Kind::SoftMacro),
        design.netlist.n_nets(),
    ))?;
    output::say(&format!("method {method}, budget {}", options.budget))?;
    files.iter().try_for_each(|file| output::say(&format!("  {}", file.display())))
}

/// Says which macro fits nowhere, if one does not.
fn fits(design: &Design, options: &Options) -> Result<(), Failure> {
    let env = flagstone_env::EnvConfig {
        mask: options.mask,
        // The forces would take time and change nothing here.
        initial_locations: InitialLocations::Given,
        ..options.config.train.env.clone()
    };
    let (netlist, canvas) = (Arc::clone(&design.netlist), design.canvas.clone());
    let infeasible = |what: String| {
        Failure::Infeasible(format!(
            "{}: {what}\n  help: a finer grid (--set columns=N) or a larger canvas may help",
            design.name
        ))
    };
    match Task::new(netlist, canvas, design.placement.clone(), &env) {
        Ok(task) => task.feasible().map(|_| ()).map_err(|why| infeasible(why.to_string())),
        // Other methods need no grid cell of a policy, or have nothing to do.
        Err(TaskError::NothingToPlace | TaskError::GridTooLarge { .. }) => Ok(()),
        Err(error) => Err(infeasible(error.to_string())),
    }
}
