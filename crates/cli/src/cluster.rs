//! `flagstone cluster`: a flat netlist's standard cells in soft macros.

use std::path::PathBuf;

use flagstone_cluster::{ClusterConfig, Clustered, cluster, from_groups};
use flagstone_formats::groups;
use flagstone_formats::pbtxt::{Style, write_styled};
use flagstone_netlist::{Kind, Statistics};
use serde_json::json;

use crate::args::ClusterArgs;
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::output;
use crate::progress::note;

/// Clusters a netlist.
pub(crate) fn run(args: &ClusterArgs) -> Result<(), Failure> {
    let config = args.config()?;
    let (plc, rules, missing) = (args.load.plc.as_deref(), args.load.rules(), args.load.missing());
    let design = load::design(&args.load.inputs, plc, &config.settings, &rules, missing)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("clustered").join(&design.name));
    let [netlist_path, plc_path, groups_path] =
        ["netlist.pb.txt", "initial.plc", "groups.final"].map(|name| out.join(name));
    let files = [netlist_path.clone(), plc_path.clone(), groups_path.clone()];
    output::refuse_existing(&files, args.force)?;
    if design.netlist.nodes_of(Kind::StdCell).next().is_none() {
        let name = &design.name;
        return Err(Failure::Usage(format!(
            "{name} has no standard cells; there is nothing to cluster"
        )));
    }
    let found = clustered(args, &config.cluster, &design)?;
    found.notes.iter().for_each(|text| note(&format!("{}: {text}", design.name)));
    let mut text = Vec::new();
    write_styled(&found.netlist, &found.placement, Style::Grouper, &mut text)
        .map_err(|error| Failure::write(&netlist_path, error))?;
    output::write_file(&netlist_path, &text)?;
    let mut text = Vec::new();
    groups::write(&found.group_of_node, &mut text)
        .map_err(|error| Failure::write(&groups_path, error))?;
    output::write_file(&groups_path, &text)?;
    let n = Statistics::of(&found.netlist);
    let (columns, rows) = (found.canvas.columns, found.canvas.rows);
    let result = Design {
        netlist: found.netlist.into(),
        placement: found.placement,
        canvas: found.canvas,
        netlist_path: netlist_path.display().to_string(),
        ..design
    };
    output::write_file(&plc_path, &result.to_plc(&result.placement, &plc_path))?;
    let report = json!({
        "schema": output::SCHEMA,
        "files": files,
        "hard_macros": n.hard_macros,
        "soft_macros": n.soft_macros,
        "nets": n.nets,
        "columns": columns,
        "rows": rows,
    });
    output::metrics("cluster", &report)?;
    if args.json {
        return output::json(&report);
    }
    output::say(&format!(
        "{}: {} soft macros, {} nets, {columns} x {rows} cells",
        result.name, n.soft_macros, n.nets
    ))?;
    files.iter().try_for_each(|file| output::say(&format!("  {}", file.display())))
}

fn clustered(
    args: &ClusterArgs,
    config: &ClusterConfig,
    design: &Design,
) -> Result<Clustered, Failure> {
    let result = match &args.groups {
        None => cluster(&design.netlist, &design.placement, &design.canvas, config),
        Some(path) => {
            let groups = load::groups(path, &design.netlist)?;
            from_groups(&design.netlist, &design.placement, &design.canvas, &groups, config)
        }
    };
    result.map_err(|error| Failure::Input(format!("{}: {error}", design.name)))
}
