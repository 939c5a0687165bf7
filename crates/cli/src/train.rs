//! `flagstone train`: a run folder with config, log, checkpoints and the best placement.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flagstone_cluster::ClusterConfig;
use flagstone_env::Task;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_ppo::{Iteration, Learner, Observer, StopReason};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::args::TrainArgs;
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::output;
use crate::progress::note;
use crate::settings::RunConfig;
use crate::{flat, policies, render, signal, threads};

/// What a run needs to be continued, written as `config.toml`.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    netlists: Vec<String>,
    plc: Option<PathBuf>,
    #[serde(flatten)]
    config: RunConfig,
}

/// Trains a policy.
pub(crate) fn run(args: &TrainArgs) -> Result<(), Failure> {
    threads::limit(args.threads)?;
    let (folder, saved, learner) = prepare(args)?;
    let mut designs = Vec::new();
    for (i, netlist) in saved.netlists.iter().enumerate() {
        let plc = saved.plc.as_deref().filter(|_| i == 0);
        let inputs = std::slice::from_ref(netlist);
        let design = load::design(
            inputs,
            plc,
            &saved.config.settings,
            &MacroRules::default(),
            Missing::Error,
        )?;
        designs.push(flat::clustered(design, &ClusterConfig::default())?);
    }
    let tasks = designs.iter().map(|design| task(design, &saved.config));
    let tasks = tasks.collect::<Result<Vec<_>, _>>()?;
    let stop = signal::stop_flag();
    let log_path = folder.join("log.jsonl");
    cut_log(&log_path, learner.iteration)?;
    let log = fs::OpenOptions::new().create(true).append(true).open(&log_path);
    let mut recorder = Recorder {
        design: &designs[0],
        folder: &folder,
        log: log.map_err(|error| Failure::write(&log_path, error))?,
        best: learner.best.as_ref().map(|best| best.proxy),
        until: args.minutes.map(|minutes| Instant::now() + Duration::from_secs_f64(60.0 * minutes)),
        stop: &stop,
        failure: None,
    };
    let (learner, reason) =
        flagstone_ppo::train(&saved.config.train, &tasks, learner, &mut recorder, &stop);
    if let Some(failure) = recorder.failure.take() {
        return Err(failure);
    }
    save(&folder, "last", &learner)?;
    let best = learner.best.as_ref().map(|best| best.proxy);
    let text = json!({
        "schema": output::SCHEMA,
        "run": folder,
        "iterations": learner.iteration,
        "best": best,
        "reason": format!("{reason:?}").to_lowercase(),
    });
    if args.json {
        output::json(&text)?;
    } else {
        let best = best.map_or("none".to_owned(), |best| format!("{best:.4}"));
        let (n, path) = (learner.iteration, folder.display());
        output::say(&format!("{path}: {n} iterations, best proxy {best}, {reason:?}"))?;
    }
    match reason {
        StopReason::Interrupted if !out_of_time(args, &recorder) => Err(Failure::Interrupted),
        StopReason::Diverged => Err(Failure::No("training diverged; see log.jsonl".to_owned())),
        _ => Ok(()),
    }
}

fn out_of_time(args: &TrainArgs, recorder: &Recorder<'_>) -> bool {
    args.minutes.is_some() && recorder.until.is_some_and(|until| Instant::now() >= until)
}

/// The run folder, what is in its config, and where the learner stands.
fn prepare(args: &TrainArgs) -> Result<(PathBuf, Saved, Learner), Failure> {
    if let Some(folder) = &args.resume {
        let path = folder.join("config.toml");
        let text = fs::read_to_string(&path).map_err(|error| Failure::read(&path, error))?;
        let mut saved: Saved = toml::from_str(&text)
            .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
        if let Some(iterations) = args.iterations {
            saved.config.train.iterations = iterations;
        }
        let path = folder.join("checkpoint/last.safetensors");
        let learner = if path.exists() {
            let bytes = fs::read(&path).map_err(|error| Failure::read(&path, error))?;
            Learner::from_bytes(&bytes).map_err(|error| Failure::read(&path, error))?
        } else {
            // Stopped before the first checkpoint: from the beginning.
            Learner::new(saved.config.train.seed)
        };
        return Ok((folder.clone(), saved, learner));
    }
    let mut config = RunConfig::read(args.config.as_deref(), None, &args.set)?;
    let train = &mut config.train;
    train.iterations = args.iterations.unwrap_or(train.iterations);
    train.seed = args.seed.unwrap_or(train.seed);
    let learner = match &args.from {
        Some(path) => Learner::from_parameters(policies::read(path)?),
        None => Learner::new(train.seed),
    };
    let name = Path::new(&args.netlists[0]).file_name().unwrap_or_default();
    let name = name.to_string_lossy().split('.').next().unwrap_or_default().to_owned();
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name));
    if folder.join("config.toml").exists() && !args.force {
        return Err(Failure::Usage(format!(
            "{} has a run already\n  help: continue it with --resume, or start over with --force",
            folder.display()
        )));
    }
    let saved = Saved { netlists: args.netlists.clone(), plc: args.plc.clone(), config };
    let text = toml::to_string(&saved).map_err(|error| Failure::Usage(error.to_string()))?;
    let _ = fs::remove_dir_all(folder.join("checkpoint"));
    let _ = fs::remove_file(folder.join("log.jsonl"));
    output::write_file(&folder.join("config.toml"), text.as_bytes())?;
    Ok((folder, saved, learner))
}

/// Drops log lines of iterations that the checkpoint does not have.
fn cut_log(path: &Path, iterations: u64) -> Result<(), Failure> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(()) };
    let kept = text.lines().filter(|line| {
        let parsed: Option<Iteration> = serde_json::from_str(line).ok();
        parsed.is_some_and(|line| line.iteration < iterations)
    });
    let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
    output::write_file(path, kept.as_bytes())
}

fn task(design: &Design, config: &RunConfig) -> Result<flagstone_ppo::Design, Failure> {
    let task = Task::new(
        Arc::clone(&design.netlist),
        design.canvas.clone(),
        design.placement.clone(),
        &config.train.env,
    );
    let named = |what: String| Failure::Infeasible(format!("{}: {what}", design.name));
    let task = task.map_err(|error| named(error.to_string()))?;
    if let Err(why) = task.feasible() {
        return Err(named(why.to_string()));
    }
    Ok(flagstone_ppo::Design::new(Arc::new(task)))
}

fn save(folder: &Path, name: &str, learner: &Learner) -> Result<(), Failure> {
    let path = folder.join("checkpoint").join(format!("{name}.safetensors"));
    let bytes = learner.to_bytes().map_err(|error| Failure::write(&path, error))?;
    output::write_file(&path, &bytes)
}

/// Writes the log and the checkpoints.
struct Recorder<'a> {
    design: &'a Design,
    folder: &'a Path,
    log: fs::File,
    best: Option<f64>,
    until: Option<Instant>,
    stop: &'a AtomicBool,
    failure: Option<Failure>,
}

impl Observer for Recorder<'_> {
    fn iteration(&mut self, iteration: &Iteration, learner: &Learner) {
        if let Err(failure) = self.record(iteration, learner) {
            self.failure = Some(failure);
            self.stop.store(true, Ordering::Relaxed);
        }
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Recorder<'_> {
    fn record(&mut self, iteration: &Iteration, learner: &Learner) -> Result<(), Failure> {
        let line = serde_json::to_string(iteration)
            .map_err(|error| Failure::Output(format!("cannot write the log: {error}")))?;
        writeln!(self.log, "{line}")
            .map_err(|error| Failure::write(&self.folder.join("log.jsonl"), error))?;
        save(self.folder, "last", learner)?;
        let best = learner.best.as_ref();
        if best.is_some_and(|best| self.best.is_none_or(|old| best.proxy < old)) {
            self.best = best.map(|best| best.proxy);
            save(self.folder, "best", learner)?;
            self.write_best(learner)?;
        }
        let cost = |cost: Option<f64>| cost.map_or("-".to_owned(), |cost| format!("{cost:.4}"));
        note(&format!(
            "iteration {:>4}  reward {:.4}  best {}  greedy {}  run best {}  entropy {:.3}  kl {:.4}{}",
            iteration.iteration,
            iteration.mean_reward,
            cost(iteration.best_proxy),
            cost(iteration.greedy_proxy),
            cost(iteration.run_best),
            iteration.update.entropy,
            iteration.update.approx_kl,
            match iteration.infeasible {
                0 => String::new(),
                n => format!("  {n} of {} episodes infeasible", iteration.episodes),
            }
        ));
        Ok(())
    }

    /// The best placement and its picture.
    fn write_best(&self, learner: &Learner) -> Result<(), Failure> {
        let Some(best) = &learner.best else { return Ok(()) };
        let mut design = self.design.clone();
        design.placement.x.clone_from(&best.x);
        design.placement.y.clone_from(&best.y);
        design.placement.placed.fill(true);
        let path = self.folder.join("best.plc");
        output::write_file(&path, &design.to_plc(&design.placement, &path))?;
        let scene = render::scene(&design, None, 0);
        output::write_file(&self.folder.join("best.svg"), &render::picture(&scene, "svg", 1200)?)
    }
}
