use std::path::PathBuf;

use clap::ValueEnum;
use flagstone_cost::{Rules, evaluate};
use flagstone_place::{checker, floor};
use flagstone_report::{CostReport, SettingsReport, WeightsReport};
use serde_json::{Value, json};

use super::run::{Run, Stage};
use crate::args::PlaceArgs;
use crate::load::Design;
use crate::{clock, output, signal};

/// What a run did, as written beside the placement.
pub(super) fn json(run: &Run, args: &PlaceArgs, files: &[PathBuf]) -> Value {
    let Design { netlist, canvas, placement, weights, .. } = &run.design;
    let cost = evaluate(netlist, canvas, placement, Rules::Clamp).cost;
    let floor = floor::floor(netlist, canvas);
    let violations = checker::violations(netlist, canvas, placement, &run.options.check);
    let stage = |Stage { name, cost, .. }: &Stage| json!({"stage": name, "cost": CostReport::new(cost, weights)});
    let name = |value: Option<clap::builder::PossibleValue>| {
        value.map(|value| value.get_name().to_owned())
    };
    let trace: Vec<Value> = run
        .best
        .trace()
        .iter()
        .map(|moment| json!([moment.seconds, moment.moves, moment.proxy]))
        .collect();
    json!({
        "schema": output::SCHEMA,
        "name": run.design.name,
        "netlist": run.design.netlist_path,
        "plc": run.design.plc_path,
        "method": name(args.method.to_possible_value()),
        "effort": name(args.effort.and_then(|effort| effort.to_possible_value())),
        "budget": run.options.budget,
        "cost": CostReport::new(&cost, weights),
        "floor": CostReport::new(&floor, weights),
        "weights": WeightsReport::from(weights),
        "overlaps": checker::overlaps(netlist, canvas, placement),
        "legal": violations.is_empty(),
        "stages": run.stages.iter().map(stage).collect::<Vec<_>>(),
        "seconds": run.best.seconds(),
        "cpu_seconds": clock::cpu_seconds(),
        "moves": run.moves,
        "seed": args.seed,
        "interrupted": signal::interrupted(),
        "stopped_by_limit": run.stopped() && !signal::interrupted(),
        "trace": trace,
        "settings": SettingsReport::from(canvas),
        "files": files,
    })
}
