//! What `train`, `pretrain` and `finetune` share: prepare, check, run, report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use flagstone_env::Task;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_netlist::Kind;
use flagstone_ppo::{Corpus, Learner, StopReason, train};
use flagstone_report::run::{LOG_SCHEMA, LogLine, Meter, StartLine, kg, kwh};
use serde_json::{Value, json};

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::fingerprint::fingerprint;
use crate::load::{self, Design};
use crate::progress::note;
use crate::recorder::{Recorder, unix};
use crate::run_folder::{RunFolder, Saved};
use crate::settings::RunConfig;
use crate::{flat, output, policies, signal, threads};

/// Designs as loaded, and as the learner sees them.
struct Designs {
    train: Vec<Design>,
    held_out: Vec<Design>,
    corpus: Corpus,
}

/// The config of a run that is yet to begin; some commands have other defaults than the config's.
pub(crate) fn config(args: &RunArgs, defaults: &[&str]) -> Result<RunConfig, Failure> {
    let mut config = RunConfig::read_over(defaults, args.config.as_deref(), None, &args.set)?;
    if let Some(weights) = config.settings.weights {
        config.train.env.weights = weights;
    }
    args.apply(&mut config.train);
    config.train.seed = args.seed.unwrap_or(config.train.seed);
    config.train.network = args.network.map_or(config.train.network, Into::into);
    Ok(config)
}

/// Begins a run, or goes on with the one that `--resume` names.
pub(crate) fn run(
    args: &RunArgs,
    name: &str,
    begin: impl FnOnce() -> Result<Saved, Failure>,
) -> Result<(), Failure> {
    threads::limit(args.threads)?;
    let time = args.time()?;
    let (existing, mut saved) = match &args.resume {
        Some(path) => {
            let (folder, mut saved) = RunFolder::open(path)?;
            args.apply(&mut saved.config.train);
            (Some(folder), saved)
        }
        None => (None, begin()?),
    };
    saved.config.train.compute = args.device.compute()?;
    if let Some(mistake) = saved.config.train.mistake() {
        return Err(Failure::Usage(mistake));
    }
    let designs = designs(&saved)?;
    let fingerprints = designs.fingerprints();
    designs.warn_of_known_judges(&fingerprints);
    if existing.is_some() {
        refuse_others(&saved, &designs, &fingerprints)?;
    } else {
        saved.fingerprints = fingerprints;
    }
    if args.dry_run {
        return plan(args, &saved, &designs);
    }
    let (folder, learner) = match existing {
        Some(folder) => {
            let last = folder.last()?;
            let learner = last.map_or_else(|| first(&saved), Ok)?;
            refuse_another_best(&learner, &designs.train[0])?;
            (folder, learner)
        }
        None => {
            // A policy that cannot be read must not leave a folder behind.
            let learner = first(&saved)?;
            // A policy to start from brings its network, whatever the config says.
            let network = learner.parameters().network;
            if let Some(asked) = args.network.map(flagstone_policy::Network::from)
                && asked != network
            {
                return Err(Failure::Usage(format!(
                    "--network {}: the policy to start from is of the network {}",
                    asked.name(),
                    network.name()
                )));
            }
            saved.config.train.network = network;
            let path = args.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name));
            let folder = RunFolder::create(path, &saved, args.force)?;
            folder.save_last(&learner)?;
            (folder, learner)
        }
    };
    go_on((args, time), &saved, &designs, &folder, learner)
}

impl Designs {
    fn fingerprints(&self) -> Vec<String> {
        self.train.iter().chain(&self.held_out).map(fingerprint).collect()
    }

    /// Tells of designs that are held out and learned from at once.
    fn warn_of_known_judges(&self, fingerprints: &[String]) {
        let (learned, held_out) = fingerprints.split_at(self.train.len());
        for (judge, own) in self.held_out.iter().zip(held_out) {
            if let Some(same) = learned.iter().position(|other| other == own) {
                let (judge, same) = (&judge.name, &self.train[same].name);
                note(&format!("warning: {judge} is held out, but learned from as {same}"));
            }
        }
    }
}

/// Refuses designs other than those a run began with: its best placement and its scores are theirs.
fn refuse_others(saved: &Saved, designs: &Designs, now: &[String]) -> Result<(), Failure> {
    if saved.fingerprints.is_empty() {
        return Ok(());
    }
    if saved.fingerprints.len() != now.len() {
        let (then, now) = (saved.fingerprints.len(), now.len());
        return Err(another(&format!("there are {now} designs, the run began with {then}")));
    }
    let all = designs.train.iter().chain(&designs.held_out);
    let mut pairs = all.zip(saved.fingerprints.iter().zip(now));
    match pairs.find(|(_, (then, now))| then != now) {
        Some((design, _)) => Err(another(&format!(
            "{}: the netlist, its canvas or its start is another than when the run began",
            design.name
        ))),
        None => Ok(()),
    }
}

/// The same for runs without fingerprints, as far as their best placement tells.
fn refuse_another_best(learner: &Learner, watched: &Design) -> Result<(), Failure> {
    match &learner.progress.best {
        Some(best) if best.x.len() != watched.netlist.n_nodes() => Err(another(&format!(
            "{}: the netlist has {} nodes, the run's best placement {}",
            watched.name,
            watched.netlist.n_nodes(),
            best.x.len()
        ))),
        _ => Ok(()),
    }
}

fn another(what: &str) -> Failure {
    Failure::Input(format!(
        "{what}\n  help: begin a new run; `flagstone finetune NETLIST --from RUN` starts from the \
         policy of this one"
    ))
}

/// The learner before its first iteration.
fn first(saved: &Saved) -> Result<Learner, Failure> {
    match &saved.from {
        Some(path) => Ok(Learner::from_parameters(policies::read(path)?)),
        None => Ok(Learner::new(saved.config.train.network, saved.config.train.seed)),
    }
}

/// Trains, and reports in the run's folder; `time` is what is left for it.
fn go_on(
    (args, time): (&RunArgs, Option<Duration>),
    saved: &Saved,
    designs: &Designs,
    folder: &RunFolder,
    learner: Learner,
) -> Result<(), Failure> {
    let config = &saved.config;
    let stop = signal::stop_flag();
    let n_threads = rayon::current_num_threads();
    let meter = Meter::new(&config.energy, n_threads, None);
    let watched = &designs.train[0];
    let mut recorder = Recorder::new(folder, &config.train, watched, &learner, meter)?;
    let judges = if designs.held_out.is_empty() { &designs.train[..1] } else { &designs.held_out };
    let names = |designs: &[Design]| designs.iter().map(|design| design.name.clone()).collect();
    recorder.judges = names(judges);
    // A time beyond all clocks is no limit.
    recorder.until = time.and_then(|time| Instant::now().checked_add(time));
    recorder.write(&LogLine::Start(StartLine {
        schema: LOG_SCHEMA,
        command: saved.command.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        iteration: learner.progress.iteration,
        threads: n_threads,
        device: config.train.compute.name().to_owned(),
        designs: names(&designs.train),
        held_out: names(&designs.held_out),
        unix: unix(),
    }))?;
    let (learner, reason) = train(&config.train, &designs.corpus, learner, &mut recorder, &stop);
    if let Some(failure) = recorder.failure.take() {
        return Err(failure);
    }
    recorder.finish(&learner, reason)?;
    folder.write_report(&folder.path().join("report.html"), config)?;
    tell(args, config, folder, &learner, (reason, recorder.joules()))?;
    match reason {
        StopReason::Interrupted => Err(Failure::Interrupted),
        reason if reason.is_failure() => Err(Failure::No(reason.explanation(&config.train))),
        _ => Ok(()),
    }
}

/// The last words of a run.
fn tell(
    args: &RunArgs,
    config: &RunConfig,
    folder: &RunFolder,
    learner: &Learner,
    (reason, joules): (StopReason, f64),
) -> Result<(), Failure> {
    let progress = &learner.progress;
    let best = progress.best.as_ref().map(|best| best.proxy);
    let co2e = config.energy.kg_co2e(joules);
    let report = json!({
        "schema": output::SCHEMA,
        "run": folder.path(),
        "iterations": progress.iteration,
        "episodes": progress.episodes,
        "steps": progress.steps,
        "best": best,
        "score": progress.score,
        "reason": reason.name(),
        "energy_joules": joules,
        "co2e_kg": co2e,
    });
    output::metrics("train", &report)?;
    if args.json {
        return output::json(&report);
    }
    let number =
        |value: Option<f64>| value.map_or("none".to_owned(), |value| format!("{value:.4}"));
    note(&reason.explanation(&config.train));
    let (n, path) = (progress.iteration, folder.path().display());
    output::say(&format!(
        "{path}: {n} iterations, {} episodes, best proxy {}, score {}, {}, {} CO2e",
        progress.episodes,
        number(best),
        number(progress.score),
        kwh(joules),
        kg(co2e),
    ))
}

/// Loads and checks the designs of a run.
fn designs(saved: &Saved) -> Result<Designs, Failure> {
    let settings = &saved.config.settings;
    let (train, held_out) = match &saved.corpus {
        Some(spec) => spec.designs(&saved.config)?,
        None => {
            let own = saved.netlists.iter().enumerate().map(|(i, netlist)| {
                let plc = saved.plc.as_deref().filter(|_| i == 0);
                let inputs = std::slice::from_ref(netlist);
                let design =
                    load::design(inputs, plc, settings, &MacroRules::default(), Missing::Error)?;
                flat::clustered(design, &saved.config.cluster)
            });
            (own.collect::<Result<_, Failure>>()?, Vec::new())
        }
    };
    if train.is_empty() {
        return Err(Failure::Usage("there is no design to learn from".to_owned()));
    }
    let (mut train, tasks) = checked(train, &saved.config)?;
    let (mut held_out, judges) = checked(held_out, &saved.config)?;
    name_apart(&mut train);
    name_apart(&mut held_out);
    Ok(Designs { train, held_out, corpus: Corpus { train: tasks, held_out: judges } })
}

/// Gives designs that share a name another one each: logs, curves and tables tell them by it.
fn name_apart(designs: &mut [Design]) {
    let mut taken = BTreeSet::new();
    for design in designs {
        let own = design.name.clone();
        let mut n = 1;
        while !taken.insert(design.name.clone()) {
            n += 1;
            design.name = format!("{own}~{n}");
        }
    }
}

/// Designs with their tasks. Generated ones and copies that have no solution are left out with a
/// word; any other that has none is an error.
fn checked(
    designs: Vec<Design>,
    config: &RunConfig,
) -> Result<(Vec<Design>, Vec<flagstone_ppo::Design>), Failure> {
    let (mut kept, mut tasks, mut dropped) = (Vec::new(), Vec::new(), 0);
    let n = designs.len();
    for design in designs {
        match task(&design, config) {
            Ok(task) => {
                tasks.push(task);
                kept.push(design);
            }
            Err(Failure::Infeasible(why)) if n > 1 && is_made(&design) => {
                note(&format!("left out: {why}"));
                dropped += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
    if dropped > 0 {
        note(&format!("{dropped} of {n} designs left out"));
    }
    match kept.is_empty() && n > 0 {
        true => Err(Failure::Infeasible("none of the designs can be placed".to_owned())),
        false => Ok((kept, tasks)),
    }
}

/// Whether nobody gave this very design.
fn is_made(design: &Design) -> bool {
    design.name.starts_with("generated-") || design.name.contains(['|', '*'])
}

fn task(design: &Design, config: &RunConfig) -> Result<flagstone_ppo::Design, Failure> {
    let task = Task::new(
        Arc::clone(&design.netlist),
        design.canvas.clone(),
        design.placement.clone(),
        &config.train.env,
    );
    let named = |what: String| {
        Failure::Infeasible(format!(
            "{}: {what}\n  help: a finer grid (--set columns=N) or a larger canvas may help",
            design.name
        ))
    };
    let task = task.map_err(|error| named(error.to_string()))?;
    if let Err(why) = task.feasible() {
        return Err(named(why.to_string()));
    }
    Ok(flagstone_ppo::Design::new(Arc::new(task)))
}

/// `--dry-run`: what would be done, and how long that would take by its first iteration.
fn plan(args: &RunArgs, saved: &Saved, designs: &Designs) -> Result<(), Failure> {
    let config = &saved.config.train;
    let one = flagstone_ppo::Config { iterations: 1, evaluate_every: 0, ..config.clone() };
    let clock = Instant::now();
    let stop = AtomicBool::new(false);
    let (learner, _) = train(&one, &designs.corpus, first(saved)?, &mut (), &stop);
    let seconds = clock.elapsed().as_secs_f64();
    let played = &learner.progress;
    let spent = |budget: u64, each: u64| match (budget, each) {
        (0, _) | (_, 0) => u64::MAX,
        (budget, each) => budget.div_ceil(each),
    };
    let iterations = config
        .iterations
        .min(spent(config.max_episodes, played.episodes))
        .min(spent(config.max_steps, played.steps));
    let row = |design: &Design, held_out: bool| {
        let count = |kind| design.netlist.nodes_of(kind).count();
        json!({
            "name": design.name,
            "held_out": held_out,
            "hard_macros": count(Kind::HardMacro),
            "soft_macros": count(Kind::SoftMacro),
            "nets": design.netlist.n_nets(),
            "columns": design.canvas.columns,
            "rows": design.canvas.rows,
        })
    };
    let train = designs.train.iter().map(|design| row(design, false));
    let all: Vec<Value> =
        train.chain(designs.held_out.iter().map(|design| row(design, true))).collect();
    let hours = seconds * iterations as f64 / 3600.0;
    if args.json {
        return output::json(&json!({
            "schema": output::SCHEMA,
            "designs": all,
            "iterations": iterations,
            "seconds_per_iteration": seconds,
            "hours": hours,
            "peak_memory_mb": peak_memory_mb(),
        }));
    }
    for row in &all {
        let kind = if row["held_out"] == true { "held out" } else { "learned" };
        let name = row["name"].as_str().unwrap_or_default();
        output::say(&format!(
            "{name}: {kind}, episodes of {} steps on {} x {} cells, {} soft macros, {} nets",
            row["hard_macros"], row["columns"], row["rows"], row["soft_macros"], row["nets"]
        ))?;
    }
    output::say(&format!(
        "{iterations} iterations of {} episodes at {seconds:.1} s for the first one: {hours:.1} h \
         without evaluations{}",
        config.episodes,
        peak_memory_mb().map_or(String::new(), |mb| format!(", {mb:.0} MB of memory")),
    ))
}

/// The most memory this process has used, where the kernel tells.
fn peak_memory_mb() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kb: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kb / 1024.0)
}

/// The last part of a path without its endings, for the name of a run.
pub(crate) fn stem(path: &str) -> String {
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}
