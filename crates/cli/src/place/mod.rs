//! `flagstone place`: arrange, legalise, refine, write.

pub(crate) mod arrange;
pub(crate) mod results;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use flagstone_cost::{Cost, Rules, Weights, evaluate};
use flagstone_netlist::Placement;
use flagstone_place::Job;
use flagstone_place::refine::{Effort, legal_start, refine};
use flagstone_report::CostReport;
use serde::Serialize;

use crate::args::{Method, PlaceArgs};
use crate::eval;
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::output;
use crate::progress::{Progress, note};
use crate::settings::RunConfig;
use crate::{policies, signal};

/// The cost after one stage.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stage {
    name: &'static str,
    cost: CostReport,
    overlaps: usize,
    seconds: f64,
    #[serde(skip)]
    terms: Cost,
}

/// Collects stages and tells of each.
struct Stages<'a> {
    list: Vec<Stage>,
    design: &'a Design,
    begin: Instant,
    json: bool,
}

impl Stages<'_> {
    fn add(&mut self, name: &'static str, placement: &Placement) -> Result<(), Failure> {
        let Design { netlist, canvas, weights, .. } = self.design;
        let terms = evaluate(netlist, canvas, placement, Rules::Clamp).cost;
        let overlaps = flagstone_place::checker::overlaps(netlist, canvas, placement);
        let seconds = self.begin.elapsed().as_secs_f64();
        let cost = CostReport::new(&terms, weights);
        let text = format!(
            "{name:<16} {}, {overlaps} overlaps, {seconds:.1} s",
            eval::line(&terms, weights)
        );
        self.list.push(Stage { name, cost, overlaps, seconds, terms });
        if self.json {
            note(&text);
            return Ok(());
        }
        output::say(&text)
    }
}

/// Places a netlist.
pub(crate) fn run(args: &PlaceArgs) -> Result<(), Failure> {
    set_threads(args.threads)?;
    let load = &args.load;
    let config = RunConfig::read(args.config.as_deref(), load.settings.as_deref(), &load.set)?;
    let mut design = load::design(&load.netlist, load.plc.as_deref(), &config.settings)?;
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("placed").join(&design.name));
    let files = results::files(&folder, &design.name, args.png);
    output::refuse_existing(&files, args.force)?;
    let policy = args.policy.as_deref().map(policies::read).transpose()?;
    let (policy, method) = match (policy.or_else(policies::shipped), args.method) {
        (Some(policy), Some(Method::Policy) | None) => (Some(policy), Method::Policy),
        (None, Some(Method::Policy)) => {
            let text = "no policy is shipped with this build; name one with --policy";
            return Err(Failure::Usage(text.to_owned()));
        }
        (None, None) => {
            note("no policy is shipped with this build: arranging greedily instead");
            (None, Method::Greedy)
        }
        (_, Some(method)) => (None, method),
    };
    let stop = signal::stop_flag();
    let netlist = std::sync::Arc::clone(&design.netlist);
    let canvas = design.canvas.clone();
    let weights = design.weights;
    let job =
        Job { netlist: &netlist, canvas: &canvas, weights, seed: args.seed, stop: stop.as_ref() };
    let (placement, stages, moves) = place(&design, &job, &config, args, policy.as_ref(), method)?;
    design.placement = placement;
    let report =
        results::Report { args, method, stages: &stages, moves, files: &files, design: &design };
    report.write()?;
    if stop.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { report.verdict() }
}

fn place(
    design: &Design,
    job: &Job<'_>,
    config: &RunConfig,
    args: &PlaceArgs,
    policy: Option<&flagstone_policy::Parameters>,
    method: Method,
) -> Result<(Placement, Vec<Stage>, u64), Failure> {
    let mut stages = Stages { list: Vec::new(), design, begin: Instant::now(), json: args.json };
    stages.add("start", &design.placement)?;
    let arranged = arrange::arrange(design, job, config, policy, method)?;
    if method != Method::Anneal {
        stages.add(arrange::name(method), &arranged)?;
    }
    let fits_nowhere = |node| {
        let (width, height) = design.netlist.size(node);
        let name = design.netlist.node_name(node);
        Failure::Infeasible(format!("macro {name:?} ({width} × {height} µm) fits nowhere"))
    };
    let legal = legal_start(job, &arranged, &config.refine).map_err(fits_nowhere)?;
    stages.add("legalize", &legal)?;
    let mut refine_config = config.refine.clone();
    let own_moves = flagstone_place::anneal::AnnealConfig::default().moves;
    if refine_config.anneal.moves == own_moves {
        refine_config.anneal.moves = Effort::from(args.effort).moves();
    }
    let mut progress = Progress::new("refine", refine_config.anneal.moves);
    let refined = refine(job, &legal, &refine_config, |at, _| {
        progress.at(at.moves, &format!("best {:.4}", at.best.proxy(&job.weights)));
    });
    drop(progress);
    stages.add("refine", &refined.placement)?;
    Ok((refined.placement, stages.list, refined.moves))
}

/// Limits the threads of everything that follows.
pub(crate) fn set_threads(threads: Option<usize>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    if threads == 0 {
        return Err(Failure::Usage("--threads 0: expected at least 1".to_owned()));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    pool.map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))
}

/// The last stage's cost under the weights in force.
pub(crate) fn final_cost(stages: &[Stage], weights: &Weights) -> Option<CostReport> {
    stages.last().map(|stage| CostReport::new(&stage.terms, weights))
}
