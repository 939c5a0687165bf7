//! Writes down a run as it goes: log, checkpoints, TensorBoard, the best placement, the terminal.

use std::fs::{self, File};
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flagstone_design::save;
use flagstone_ppo::{Config, Evaluation, Iteration, Learner, Observer, Progress, StopReason};
use flagstone_report::CostReport;
use flagstone_report::run::{
    EvaluationLine, EventWriter, Image, IterationLine, LogLine, Meter, StopLine, TimeLine,
    UpdateLine, block, details, one_line,
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use crate::load::Design;
use crate::progress::{self, note};
use crate::run_folder::RunFolder;
use crate::{output, render};

/// Longest time between two checkpoints.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(600);

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Width of TensorBoard's picture in pixels.
const PICTURE: u32 = 640;

/// Seconds since 1970.
pub(crate) fn unix() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// The observer of a run.
pub(crate) struct Recorder<'a> {
    /// Where it writes.
    pub(crate) folder: &'a RunFolder,
    /// The numbers of the run.
    pub(crate) config: &'a Config,
    /// The design whose best placement is kept.
    pub(crate) watched: &'a Design,
    /// Names of the designs that are evaluated.
    pub(crate) judges: Vec<String>,
    /// When the time is up.
    pub(crate) until: Option<Instant>,
    /// What went wrong while writing.
    pub(crate) failure: Option<Failure>,
    log: File,
    events: EventWriter<File>,
    meter: Meter,
    saved: Instant,
    spoken: Option<Instant>,
    best: Option<f64>,
    score: Option<f64>,
    block: Option<ProgressBar>,
    iterations: Vec<IterationLine>,
}

impl<'a> Recorder<'a> {
    /// Goes on with the log of a run whose learner stands at `learner`.
    pub(crate) fn new(
        folder: &'a RunFolder,
        config: &'a Config,
        watched: &'a Design,
        learner: &Learner,
        meter: Meter,
    ) -> Result<Self, Failure> {
        let lines = folder.cut_log(learner.progress.iteration)?;
        let iterations: Vec<IterationLine> = lines
            .into_iter()
            .filter_map(|line| if let LogLine::Iteration(line) = line { Some(*line) } else { None })
            .collect();
        let path = folder.log();
        let log = File::options().append(true).open(&path);
        let on_terminal = std::io::stderr().is_terminal() && !progress::quiet();
        let mut recorder = Self {
            folder,
            config,
            watched,
            judges: Vec::new(),
            until: None,
            failure: None,
            log: log.map_err(|error| Failure::write(&path, error))?,
            events: begin_events(folder, &iterations)?,
            meter,
            saved: Instant::now(),
            spoken: None,
            best: learner.progress.best.as_ref().map(|best| best.proxy),
            score: learner.progress.score,
            block: on_terminal.then(|| {
                let bar = ProgressBar::new_spinner();
                bar.with_style(
                    ProgressStyle::with_template("{msg}")
                        .unwrap_or_else(|_| ProgressStyle::default_spinner()),
                )
            }),
            iterations,
        };
        if let Some(best) = &learner.progress.best {
            recorder.picture(best.iteration, &recorder.at_best(&learner.progress))?;
        }
        Ok(recorder)
    }

    /// Appends a line to the log.
    pub(crate) fn write(&mut self, line: &LogLine) -> Result<(), Failure> {
        let written = self.log.write_all(line.to_json().as_bytes());
        written.map_err(|error| Failure::write(&self.folder.log(), error))
    }

    /// Writes what is left to write at the end of a run.
    pub(crate) fn finish(&mut self, learner: &Learner, reason: StopReason) -> Result<(), Failure> {
        if let Some(block) = self.block.take() {
            block.finish();
        } else if let Some(line) = self.iterations.last() {
            note(&one_line(line));
        }
        self.folder.save_last(learner)?;
        self.write(&LogLine::Stop(StopLine {
            iteration: learner.progress.iteration,
            reason: reason.name().to_owned(),
            explanation: reason.explanation(self.config),
            unix: unix(),
        }))
    }

    /// Joules of the whole run.
    pub(crate) fn joules(&self) -> f64 {
        // The sum of nothing is minus zero, which people would see.
        self.iterations.iter().map(|line| line.energy.joules()).fold(0.0, |sum, own| sum + own)
    }

    fn record(&mut self, iteration: &Iteration, learner: &Learner) -> Result<(), Failure> {
        let line = self.line(iteration, &learner.progress);
        self.write(&LogLine::Iteration(Box::new(line.clone())))?;
        write_events(&mut self.events, &line)
            .map_err(|error| Failure::write(self.folder.path(), error))?;
        self.keep_best(iteration, learner)?;
        let every = self.config.checkpoint_every.max(1);
        if learner.progress.iteration.is_multiple_of(every)
            || self.saved.elapsed() >= CHECKPOINT_AFTER
        {
            self.folder.save_last(learner)?;
            self.saved = Instant::now();
        }
        self.iterations.push(line);
        self.show();
        Ok(())
    }

    fn line(&mut self, iteration: &Iteration, progress: &Progress) -> IterationLine {
        let weights = self.config.env.weights;
        let names = self.judges.iter();
        let evaluations = names.zip(&iteration.evaluations);
        IterationLine {
            iteration: iteration.iteration,
            designs: iteration.designs.clone(),
            episodes: iteration.episodes,
            infeasible: iteration.infeasible,
            steps: iteration.steps,
            total_episodes: progress.episodes,
            total_steps: progress.steps,
            mean_reward: iteration.mean_reward,
            cost: iteration.mean_cost.map(|cost| CostReport::new(&cost, &weights)),
            greedy_proxy: iteration.greedy_proxy,
            best_proxy: iteration.best_proxy,
            run_best: iteration.run_best,
            score: iteration.score,
            run_score: iteration.run_score,
            evaluations: evaluations.map(|(name, found)| evaluation(name, found)).collect(),
            update: update(iteration),
            time: TimeLine {
                unix: unix(),
                collect: iteration.seconds.collect,
                update: iteration.seconds.update,
                evaluate: iteration.seconds.evaluate,
            },
            energy: self.meter.lap(),
        }
    }

    /// Saves the best policy and the best placement where they are new.
    fn keep_best(&mut self, iteration: &Iteration, learner: &Learner) -> Result<(), Failure> {
        let better = |new: Option<f64>, old: Option<f64>| {
            new.is_some_and(|new| old.is_none_or(|old| new < old))
        };
        let progress = &learner.progress;
        let proxy = progress.best.as_ref().map(|best| best.proxy);
        let (new_score, new_best) = (better(progress.score, self.score), better(proxy, self.best));
        // Without evaluations the placements are all there is to tell policies apart by.
        if new_score || (new_best && self.config.evaluate_every == 0) {
            self.folder.save_best(learner)?;
        }
        (self.score, self.best) = (progress.score, proxy);
        if new_best {
            let design = self.at_best(progress);
            write_best(self.folder.path(), &design)?;
            self.picture(iteration.iteration, &design)?;
        }
        Ok(())
    }

    /// The watched design with its best placement.
    fn at_best(&self, progress: &Progress) -> Design {
        let mut design = self.watched.clone();
        if let Some(best) = &progress.best {
            design.placement.x.clone_from(&best.x);
            design.placement.y.clone_from(&best.y);
            design.placement.placed.fill(true);
        }
        design
    }

    fn picture(&mut self, step: u64, design: &Design) -> Result<(), Failure> {
        let png = render::picture(&render::scene(design), "png", PICTURE)?;
        let (width, height) = size_of_png(&png);
        let image = Image { width, height, png: &png };
        let written = self.events.image(unix(), step, "placement/best", &image);
        written.map_err(|error| Failure::write(self.folder.path(), error))
    }

    fn show(&mut self) {
        let Some(line) = self.iterations.last() else { return };
        progress::detail(&details(line));
        if let Some(bar) = &self.block {
            bar.set_message(block(&self.watched.name, &self.iterations, self.config.iterations));
        } else if progress::verbose() || self.spoken.is_none_or(|t| t.elapsed() >= LINE_EVERY) {
            self.spoken = Some(Instant::now());
            note(&one_line(line));
            return;
        }
        output::log(&one_line(line));
    }
}

impl Observer for Recorder<'_> {
    fn iteration(&mut self, iteration: &Iteration, learner: &Learner) -> ControlFlow<StopReason> {
        if let Err(failure) = self.record(iteration, learner) {
            self.failure = Some(failure);
            return ControlFlow::Break(StopReason::Interrupted);
        }
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return ControlFlow::Break(StopReason::Time);
        }
        ControlFlow::Continue(())
    }
}

fn update(iteration: &Iteration) -> UpdateLine {
    let update = &iteration.update;
    UpdateLine {
        policy_loss: update.policy_loss,
        value_loss: update.value_loss,
        entropy: update.entropy,
        approx_kl: update.approx_kl,
        clip_fraction: update.clip_fraction,
        gradient_norm: update.gradient_norm,
        explained_variance: update.explained_variance,
        minibatches: update.minibatches,
    }
}

fn evaluation(name: &str, found: &Evaluation) -> EvaluationLine {
    let n = found.sampled.len() as f64;
    EvaluationLine {
        design: name.to_owned(),
        greedy: found.greedy.as_ref().map(|outcome| -outcome.reward),
        best: found.best.as_ref().map(|outcome| -outcome.reward),
        mean: (n > 0.0).then(|| found.sampled.iter().sum::<f64>() / n),
        infeasible: found.infeasible,
    }
}

/// The best placement and its picture.
fn write_best(folder: &Path, design: &Design) -> Result<(), Failure> {
    let path = folder.join("best.plc");
    if design.groups.is_some() {
        // The placement speaks of this netlist's soft macros.
        output::write_file(&folder.join("best.pb.txt"), &save::to_protobuf(design))?;
    }
    output::write_file(&path, &design.to_plc(&design.placement, &path))?;
    if design.def.is_some() {
        output::write_file(&folder.join("best.def"), &save::to_def(design)?)?;
    }
    if design.bookshelf.is_some() {
        output::write_file(&folder.join("best.pl"), save::to_pl(design)?.as_bytes())?;
    }
    let picture = render::picture(&render::scene(design), "svg", 1200)?;
    output::write_file(&folder.join("best.svg"), &picture)
}

/// One TensorBoard file with the iterations so far in place of all earlier ones.
fn begin_events(
    folder: &RunFolder,
    iterations: &[IterationLine],
) -> Result<EventWriter<File>, Failure> {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "localhost" } else { host.trim() };
    let now = unix();
    for old in folder.events() {
        fs::remove_file(&old).map_err(|error| Failure::write(&old, error))?;
    }
    let path = folder.path().join(format!("events.out.tfevents.{}.{host}", now as u64));
    let begin = || {
        let mut events = EventWriter::new(File::create(&path)?, now)?;
        iterations.iter().try_for_each(|line| write_events(&mut events, line))?;
        Ok(events)
    };
    begin().map_err(|error: std::io::Error| Failure::write(&path, error))
}

/// The scalars of an iteration.
fn write_events(events: &mut EventWriter<File>, line: &IterationLine) -> std::io::Result<()> {
    let UpdateLine {
        policy_loss,
        value_loss,
        entropy,
        approx_kl,
        clip_fraction,
        gradient_norm,
        explained_variance,
        ..
    } = line.update;
    let per_episode = line.steps as f64 / line.episodes.max(1) as f64;
    let mut values = vec![
        ("rollout/return", line.mean_reward),
        ("rollout/length", per_episode),
        ("rollout/infeasible", line.infeasible as f64),
        ("time/steps_per_second", line.steps as f64 / line.time.total().max(1e-9)),
        ("time/episodes_per_second", line.episodes as f64 / line.time.collect.max(1e-9)),
        ("losses/policy", policy_loss),
        ("losses/value", value_loss),
        ("losses/entropy", entropy),
        ("losses/approx_kl", approx_kl),
        ("losses/clipfrac", clip_fraction),
        ("losses/explained_variance", explained_variance),
        ("losses/gradient_norm", gradient_norm),
        ("energy/joules", line.energy.joules()),
    ];
    if let Some(cost) = &line.cost {
        values.extend([
            ("cost/proxy", cost.proxy),
            ("cost/wirelength", cost.wirelength),
            ("cost/density", cost.density),
            ("cost/congestion", cost.congestion),
        ]);
    }
    values.extend(line.greedy_proxy.map(|greedy| ("cost/greedy", greedy)));
    values.extend(line.run_best.map(|best| ("cost/best", best)));
    values.extend(line.score.map(|score| ("evaluation/score", score)));
    let tags: Vec<String> =
        line.evaluations.iter().map(|e| format!("evaluation/{}", e.design)).collect();
    let own = tags.iter().zip(&line.evaluations);
    values.extend(own.filter_map(|(tag, evaluation)| Some((tag.as_str(), evaluation.best?))));
    events.scalars(line.time.unix, line.iteration, &values)
}

/// Width and height, which stand at fixed places in a PNG file.
fn size_of_png(png: &[u8]) -> (u32, u32) {
    let at = |start: usize| {
        let bytes = png.get(start..start + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    (at(16), at(20))
}
