//! `flagstone convert`: from what can be read to what other tools open.

use std::path::PathBuf;

use flagstone_cost::{Rules, evaluate};
use flagstone_design::save::{SaveConfig, save};
use flagstone_design::snap::snap;
use flagstone_formats::pbtxt::n_merged_nets;
use flagstone_place::checker;

use crate::args::ConvertArgs;
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;
use crate::progress::note;

/// Converts a design.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Failure> {
    let design = snapped(load(&args.load)?, args)?;
    let config = SaveConfig {
        tool: args.tool.into(),
        map: args.map.into(),
        matrix: args.matrix,
        ..SaveConfig::default()
    };
    let files = save(&design, &args.out, &config)?;
    let paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
    output::refuse_existing(&paths, args.force)?;
    note_merged_nets(&design, &paths);
    for file in &files {
        output::write_file(&file.path, &file.bytes)?;
        output::say(&file.path.display().to_string())?;
    }
    Ok(())
}

/// Says how many nets a protobuf netlist holds as parts of others.
fn note_merged_nets(design: &Design, paths: &[PathBuf]) {
    let protobuf = |path: &PathBuf| path.to_string_lossy().to_lowercase().ends_with(".pb.txt");
    let n = n_merged_nets(&design.netlist);
    if n > 0 && paths.iter().any(protobuf) {
        note(&format!(
            "{}: {n} nets merged with others, cells and ports drive one each in this format",
            design.name
        ));
    }
}

/// The design with its macros on the lines asked for, and what that costs.
fn snapped(design: Design, args: &ConvertArgs) -> Result<Design, Failure> {
    let Some(to) = args.snap else { return Ok(design) };
    let found = snap(&design, to.into())?;
    let cost = |placement| {
        let cost = evaluate(&design.netlist, &design.canvas, placement, Rules::Clamp).cost;
        cost.proxy(&design.weights)
    };
    let overlaps = |placement| checker::overlaps(&design.netlist, &design.canvas, placement);
    let (before, after) = (cost(&design.placement), cost(&found.placement));
    note(&format!(
        "{}: {} macros snapped by up to {:.4} µm, proxy cost {before:.6} to {after:.6} ({:+.6}), \
         overlapping pairs {} to {}",
        design.name,
        found.moved,
        found.farthest_um,
        after - before,
        overlaps(&design.placement),
        overlaps(&found.placement),
    ));
    if found.illegal > 0 {
        let n = found.illegal;
        note(&format!("{}: {n} macros find no legal crossing of lines nearby", design.name));
    }
    Ok(Design { placement: found.placement, ..design })
}
