//! `flagstone place`: arrange, legalise, refine, write.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use flagstone_cluster::ClusterConfig;
use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_design::save::{self, Tool};
use flagstone_env::Task;
use flagstone_netlist::{Kind, Placement};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::refine::{Effort, RefineConfig, legal_start, refine};
use flagstone_place::{Job, checker, greedy};
use flagstone_policy::Parameters;
use flagstone_report::{CostReport, SettingsReport, WeightsReport};
use serde_json::{Value, json};

use crate::args::{Method, PlaceArgs};
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::output;
use crate::progress::{Progress, note};
use crate::settings::RunConfig;
use crate::{eval, flat, policies, render, signal, threads};

/// Placements that a policy draws beside the greedy one; the best is kept.
const SAMPLES: usize = 16;

/// A placement on its way, with what each stage made of it.
struct Run<'a> {
    args: &'a PlaceArgs,
    design: Design,
    config: RunConfig,
    stop: Arc<AtomicBool>,
    stages: Vec<(&'static str, Cost)>,
    moves: u64,
}

/// Places a netlist.
pub(crate) fn run(args: &PlaceArgs) -> Result<(), Failure> {
    threads::limit(args.threads)?;
    let config =
        RunConfig::read(args.config.as_deref(), args.load.settings.as_deref(), &args.load.set)?;
    let plc = args.load.plc.as_deref();
    let (rules, missing) = (args.load.rules(), args.load.missing());
    let design = load::design(&args.load.inputs, plc, &config.settings, &rules, missing)?;
    let is_flat = design.netlist.nodes_of(Kind::StdCell).next().is_some();
    let design = flat::clustered(design, &ClusterConfig::default())?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("placed").join(&design.name));
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
    output::refuse_existing(&files, args.force)?;
    let clock = Instant::now();
    let mut run =
        Run { args, design, config, stop: signal::stop_flag(), stages: Vec::new(), moves: 0 };
    let placement = run.place()?;
    run.design.placement = placement;
    let report = run.report(clock.elapsed().as_secs_f64(), &files);
    write(&run.design, &files, &report)?;
    output::metrics("place", &report)?;
    if args.json {
        output::json(&report)?;
    } else {
        let cost = run.stages.last().expect("there is a first stage").1;
        output::say(&format!("{}: {}", run.design.name, eval::line(&cost, &run.design.weights)))?;
        for file in &files {
            output::say(&format!("  {}", file.display()))?;
        }
    }
    if run.stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    let overlaps =
        checker::overlaps(&run.design.netlist, &run.design.canvas, &run.design.placement);
    if overlaps > 0 {
        return Err(Failure::No(format!("{overlaps} pairs of fixed or blocked macros overlap")));
    }
    Ok(())
}

fn write(design: &Design, files: &[PathBuf], report: &Value) -> Result<(), Failure> {
    let scene = render::scene(design);
    for file in files {
        let kind = file.extension().unwrap_or_default().to_string_lossy();
        let bytes = match &*kind {
            "plc" => design.to_plc(&design.placement, file),
            "json" => output::to_json(report).into_bytes(),
            "txt" => save::to_protobuf(design),
            "def" => save::to_def(design),
            "tcl" => save::to_tcl(design, Tool::Openroad).into_bytes(),
            kind => render::picture(&scene, kind, 1200)?,
        };
        output::write_file(file, &bytes)?;
    }
    Ok(())
}

impl Run<'_> {
    fn stage(&mut self, name: &'static str, placement: &Placement) {
        let found = evaluate(&self.design.netlist, &self.design.canvas, placement, Rules::Clamp);
        note(&format!("{name:>12}: {}", eval::line(&found.cost, &self.design.weights)));
        self.stages.push((name, found.cost));
    }

    /// All stages in order.
    fn place(&mut self) -> Result<Placement, Failure> {
        let given = self.design.placement.clone();
        self.stage("given", &given);
        let (name, arranged) = self.arrange(&given)?;
        self.stage(name, &arranged);
        let mut refine_config = self.config.refine.clone();
        if self.args.config.is_none() {
            refine_config.anneal.moves = Effort::from(self.args.effort).moves();
        }
        let legal = self.legal(&arranged, &refine_config)?;
        self.stage("legal", &legal);
        let refined = self.refined(&legal, &refine_config);
        self.stage("refined", &refined);
        Ok(refined)
    }

    /// The arrangement by the chosen method.
    fn arrange(&self, given: &Placement) -> Result<(&'static str, Placement), Failure> {
        let Design { netlist, canvas, .. } = &self.design;
        let parameters = match &self.args.policy {
            Some(path) => Some(policies::read(path)?),
            None => policies::shipped(),
        };
        let method = self.args.method.unwrap_or(match parameters {
            Some(_) => Method::Policy,
            None => Method::Greedy,
        });
        let mask = self.config.refine.descent.mask;
        let cells = |choice| {
            greedy::place(netlist, canvas, given, choice, mask).map_err(|node| {
                let name = netlist.node_name(node);
                Failure::Infeasible(format!(
                    "macro {name:?} fits no free grid cell\n  help: a finer grid (--set columns=N) \
                     or a larger canvas may help"
                ))
            })
        };
        match (method, parameters) {
            (Method::Policy, Some(parameters)) => Ok(("policy", self.policy(given, &parameters)?)),
            (Method::Policy, None) => {
                let message =
                    "no policy is shipped with this build\n  help: give one with --policy";
                Err(Failure::Usage(message.to_owned()))
            }
            (Method::Anneal, _) => Ok(("given", given.clone())),
            (Method::Greedy, _) => Ok(("greedy", cells(greedy::Choice::LeastWirelength)?)),
            (Method::Random, _) => {
                Ok(("random", cells(greedy::Choice::Random { seed: self.args.seed })?))
            }
            (Method::ForceDirected, _) => {
                let mut placement = given.clone();
                let square = netlist.with_square_soft_macros();
                force_directed::place(&square, canvas, &mut placement, &Schedule::mixed_size());
                Ok(("forces", placement))
            }
        }
    }

    /// The best of what the policy draws; an arrangement it cannot finish is left to the legaliser.
    fn policy(&self, given: &Placement, parameters: &Parameters) -> Result<Placement, Failure> {
        let Design { netlist, canvas, weights, .. } = &self.design;
        if netlist.nodes_of(Kind::HardMacro).all(|n| given.fixed[n.usize()]) {
            return Ok(given.clone());
        }
        let config = flagstone_ppo::Config {
            env: flagstone_env::EnvConfig { weights: *weights, ..self.config.train.env.clone() },
            ..self.config.train.clone()
        };
        let task = Task::new(Arc::clone(netlist), canvas.clone(), given.clone(), &config.env)
            .map_err(|error| Failure::Infeasible(error.to_string()))?;
        let design = flagstone_ppo::Design::new(Arc::new(task));
        let found = flagstone_ppo::evaluate(
            parameters,
            &design,
            SAMPLES,
            &config,
            self.args.seed,
            &self.stop,
        );
        match found.best {
            Some(outcome) => Ok(outcome.placement),
            None => {
                note("the policy's arrangements do not fit; the given placement is legalised");
                Ok(given.clone())
            }
        }
    }

    fn job(&self) -> Job<'_> {
        let Design { netlist, canvas, weights, .. } = &self.design;
        Job { netlist, canvas, weights: *weights, seed: self.args.seed, stop: &self.stop }
    }

    fn legal(&self, placement: &Placement, config: &RefineConfig) -> Result<Placement, Failure> {
        legal_start(&self.job(), placement, config).map_err(|node| {
            let name = self.design.netlist.node_name(node);
            let (width, height) = self.design.netlist.size(node);
            Failure::Infeasible(format!(
                "macro {name:?} ({width} x {height} um) fits nowhere beside the others\n  \
                 help: a finer grid (--set columns=N) or a larger canvas may help"
            ))
        })
    }

    fn refined(&mut self, placement: &Placement, config: &RefineConfig) -> Placement {
        let weights = self.design.weights;
        let mut bar = Progress::new("refine", config.anneal.moves);
        let refined = refine(&self.job(), placement, config, |progress, _| {
            let best = format!("best {:.4}", progress.best.proxy(&weights));
            bar.at(progress.moves, &best);
        });
        self.moves = refined.moves;
        refined.placement
    }

    fn report(&self, seconds: f64, files: &[PathBuf]) -> Value {
        let Design { netlist, canvas, placement, weights, .. } = &self.design;
        let cost = evaluate(netlist, canvas, placement, Rules::Clamp).cost;
        let stage = |(name, cost): &(&str, Cost)| json!({"stage": name, "cost": CostReport::new(cost, weights)});
        let violations =
            checker::violations(netlist, canvas, placement, &checker::CheckRules::default());
        json!({
            "schema": output::SCHEMA,
            "name": self.design.name,
            "netlist": self.design.netlist_path,
            "plc": self.design.plc_path,
            "cost": CostReport::new(&cost, weights),
            "weights": WeightsReport::from(weights),
            "overlaps": checker::overlaps(netlist, canvas, placement),
            "legal": violations.is_empty(),
            "stages": self.stages.iter().map(stage).collect::<Vec<_>>(),
            "seconds": seconds,
            "moves": self.moves,
            "seed": self.args.seed,
            "interrupted": self.stop.load(Ordering::Relaxed),
            "settings": SettingsReport::from(canvas),
            "files": files,
        })
    }
}
