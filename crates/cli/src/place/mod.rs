//! `flagstone place`: a start, a method, perhaps the refiner; the best so far is always on disk.

mod best;
mod options;
mod plan;
mod report;
mod run;
mod seeds;
mod start;

use std::path::{Path, PathBuf};

use flagstone_design::save::{self, Tool};
use flagstone_netlist::Kind;
use flagstone_place::checker;
use flagstone_place::checker::CheckRules;
use serde_json::Value;

use crate::args::PlaceArgs;
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::output;
use crate::recording::Recording;
use crate::settings::RunConfig;
use crate::{clock, eval, flat, render, signal, threads};

use self::best::Best;
use self::options::Options;
use self::run::Run;

pub(crate) use self::seeds::Seeds;

/// Places a netlist, with one seed or several.
pub(crate) fn run(args: &PlaceArgs) -> Result<(), Failure> {
    threads::limit(args.threads)?;
    if args.record.is_some() && args.seeds.is_some() {
        let text = "--record keeps one run: give one --seed, not --seeds";
        return Err(Failure::Usage(text.to_owned()));
    }
    match &args.seeds {
        Some(seeds) if !args.dry_run => seeds::run(args, &seeds.0),
        _ => one(args, None)?.1,
    }
}

/// Places a netlist with one seed, which is named where it is one of several; the report, and whether
/// the placement is legal.
fn one(args: &PlaceArgs, seed: Option<u64>) -> Result<(Value, Result<(), Failure>), Failure> {
    let (config, design, is_flat) = loaded(args)?;
    let mut design = flat::clustered(design, &config.cluster)?;
    fits(&design)?;
    let files = files(args, &design, is_flat, seed);
    if args.dry_run {
        // What would be refused then is refused now.
        let files = match &args.seeds {
            Some(Seeds(seeds)) => {
                let of = |&seed| self::files(args, &design, is_flat, Some(seed));
                seeds.iter().flat_map(of).collect()
            }
            None => files,
        };
        let written: Vec<PathBuf> = files.iter().chain(&args.record).cloned().collect();
        output::refuse_existing(&written, args.force)?;
        let options = Options::new(args, config, &mut design)?;
        return Ok((Value::Null, plan::plan(args, &design, &options, &files)));
    }
    output::refuse_existing(&files, args.force)?;
    if let Some(path) = &args.record {
        output::refuse_existing(std::slice::from_ref(path), args.force)?;
    }
    output::try_folder_of(&files[0])?;
    let stop = signal::stop_flag();
    if let Some(seconds) = args.limit() {
        signal::stop_after(&stop, seconds)?;
    }
    if let Some(seconds) = args.cpu_seconds {
        // One seed's time does not count for the next.
        let before = seed.and_then(|_| clock::cpu_seconds()).unwrap_or(0.0);
        signal::stop_after_cpu(&stop, before + seconds);
    }
    let options = Options::new(args, config, &mut design)?;
    let given_fixed = options.given_fixed.clone();
    let best = Best::new(files[0].clone(), given_fixed.clone(), options.check);
    let recording = Recording::begin(args.record.as_deref(), &design)?;
    let mut run = Run::new(design, options, stop, best, recording);
    let mut placement = run.place().inspect_err(|failure| forget(failure, args, &files))?;
    std::mem::take(&mut run.recording).end()?;
    placement.fixed = given_fixed;
    run.design.placement = placement;
    let report = report::json(&run, args, &files);
    write(&run.design, &files, &report)?;
    if seed.is_none() {
        output::metrics("place", &report)?;
        tell(args, &run, &files, &report)?;
    }
    if seed.is_none() && signal::interrupted() {
        return Err(Failure::Interrupted);
    }
    let verdict = judge(&run.design, run.options.check);
    Ok((report, verdict))
}

/// The run's numbers, the design, and whether it is flat.
fn loaded(args: &PlaceArgs) -> Result<(RunConfig, Design, bool), Failure> {
    let config =
        RunConfig::read(args.config.as_deref(), args.load.settings.as_deref(), &args.load.set)?;
    let plc = args.load.plc.as_deref();
    let (rules, missing) = (args.load.rules(), args.load.missing());
    let design = load::design(&args.load.inputs, plc, &config.settings, &rules, missing)?;
    let is_flat = design.netlist.nodes_of(Kind::StdCell).next().is_some();
    Ok((config, design, is_flat))
}

/// Removes what an earlier run left where this one found that there is no placement: whoever looks
/// for a result must not take that one. A folder that the run reads from stays as it is.
fn forget(failure: &Failure, args: &PlaceArgs, files: &[PathBuf]) {
    if !matches!(failure, Failure::Infeasible(_)) {
        return;
    }
    let folder = |path: &Path| {
        let real = std::fs::canonicalize(path).ok()?;
        if real.is_dir() { Some(real) } else { real.parent().map(Path::to_owned) }
    };
    let inputs = args.load.inputs.iter().flat_map(|input| input.split(','));
    let named = inputs.chain(args.from.as_deref()).map(Path::new);
    let read: Vec<PathBuf> = named.chain(args.load.plc.as_deref()).filter_map(folder).collect();
    for file in files {
        if folder(file).is_some_and(|folder| !read.contains(&folder)) {
            // It is told that there is no placement, whether this works or not.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// The last words of a run.
fn tell(args: &PlaceArgs, run: &Run, files: &[PathBuf], report: &Value) -> Result<(), Failure> {
    if args.json {
        return output::json(report);
    }
    let cost = run.stages.last().expect("there is a first stage").cost;
    output::say(&format!("{}: {}", run.design.name, eval::line(&cost, &run.design.weights)))?;
    files.iter().try_for_each(|file| output::say(&format!("  {}", file.display())))
}

/// Refuses designs with a movable macro that no canvas of this size holds.
fn fits(design: &Design) -> Result<(), Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let mut movable = netlist.nodes_of(Kind::HardMacro).filter(|n| !placement.fixed[n.usize()]);
    let too_large = movable.find(|&node| {
        let (width, height) = netlist.size(node);
        width > canvas.width || height > canvas.height
    });
    let Some(node) = too_large else { return Ok(()) };
    let (name, (width, height)) = (netlist.node_name(node), netlist.size(node));
    Err(Failure::Infeasible(format!(
        "macro {name:?} ({width} x {height} um) is larger than the canvas ({} x {} um)\n  \
         help: nothing is turned by 90 degrees; is it the right die and the right LEF?",
        canvas.width, canvas.height
    )))
}

/// What is written: the placement first, since it is there from the first legal one on.
fn files(args: &PlaceArgs, design: &Design, is_flat: bool, seed: Option<u64>) -> Vec<PathBuf> {
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("placed").join(&design.name));
    let out = seeds::folder(out, seed);
    let file = |end: &str| out.join(format!("{}.{end}", design.name));
    let mut files = vec![file("plc"), file("svg"), file("json")];
    if args.png {
        files.push(file("png"));
    }
    if is_flat {
        // The placement speaks of this netlist's soft macros.
        files.push(file("pb.txt"));
    }
    if design.def.is_some() {
        files.extend([file("def"), file("tcl")]);
    }
    if design.bookshelf.is_some() {
        files.push(file("pl"));
    }
    files
}

fn write(design: &Design, files: &[PathBuf], report: &Value) -> Result<(), Failure> {
    let scene = render::scene(design);
    for file in files {
        let kind = file.extension().unwrap_or_default().to_string_lossy();
        let bytes = match &*kind {
            "plc" => design.to_plc(&design.placement, file),
            "json" => output::to_json(report).into_bytes(),
            "txt" => save::to_protobuf(design),
            "def" => save::to_def(design)?,
            "pl" => save::to_pl(design)?.into_bytes(),
            "tcl" => save::to_tcl(design, Tool::Openroad).into_bytes(),
            kind => render::picture(&scene, kind, 1200)?,
        };
        output::write_file(file, &bytes)?;
    }
    Ok(())
}

/// Whether the result is legal. Fixed macros may be in each other's way or stand on blockages;
/// nothing a placer does mends that.
fn judge(design: &Design, rules: CheckRules) -> Result<(), Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let found = checker::violations(netlist, canvas, placement, &rules).len();
    if found == 0 {
        return Ok(());
    }
    let stays = netlist.nodes_of(Kind::HardMacro).any(|node| placement.fixed[node.usize()]);
    let of = if stays { ", perhaps of macros that had to stay" } else { "" };
    Err(Failure::No(format!("not legal: {found} violations{of}\n  help: see `flagstone check`")))
}
