//! The learning protocol: what a pretrained policy is worth against one that starts from scratch.
//!
//! For each design and seed: a run from scratch, a fine-tuned run with the same budget, the policy as
//! it is, and each of the three after the refiner. The methods of the suite stand beside them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_report::run::{IterationLine, LogLine, lines};
use serde::{Deserialize, Serialize};

use super::Bench;
use super::cell::{Cell, Record, judge};
use super::prepare::{Prepared, program};
use super::suite::{MethodEntry, Suite, refine, resolved};
use crate::failure::Failure;
use crate::fingerprint::of_files;
use crate::progress::note;
use crate::{output, policies};

/// The `[learning]` section of a suite.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Learning {
    /// The pretrained policy, relative to the suite file; by default the one that is shipped.
    policy: Option<String>,
    /// Episodes of a run from scratch.
    episodes: u64,
    /// Episodes of a fine-tuned run; by default as many.
    finetune_episodes: Option<u64>,
    /// Placements that the policy draws without learning, beside the greedy one.
    samples: usize,
    /// Moves of the refiner after each.
    refine_moves: u64,
    /// Overrides of every run, such as "train.learning_rate=1e-3".
    set: Vec<String>,
    /// Overrides of the runs from scratch.
    scratch_set: Vec<String>,
    /// Overrides of the fine-tuned runs.
    finetune_set: Vec<String>,
}

impl Default for Learning {
    fn default() -> Self {
        Self {
            policy: None,
            episodes: 1_600,
            finetune_episodes: None,
            samples: 16,
            refine_moves: 2_000_000,
            set: Vec::new(),
            scratch_set: Vec::new(),
            finetune_set: Vec::new(),
        }
    }
}

/// How a policy comes to a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Scratch,
    Finetuned,
}

impl Way {
    pub(super) const ALL: [Self; 2] = [Self::Scratch, Self::Finetuned];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Finetuned => "fine-tuned",
        }
    }
}

/// A run that learned.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Learned {
    pub(super) design: String,
    pub(super) way: &'static str,
    pub(super) seed: u64,
    /// Why it ended.
    pub(super) reason: String,
    pub(super) failed: bool,
    /// After each iteration that had a placement to show.
    pub(super) curve: Vec<Point>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Point {
    pub(super) episodes: u64,
    pub(super) seconds: f64,
    /// The best proxy cost so far.
    pub(super) best: f64,
}

/// All that the protocol gave.
pub(super) struct Protocol {
    pub(super) runs: Vec<Learned>,
    pub(super) records: Vec<Record>,
    pub(super) methods: Vec<MethodEntry>,
    pub(super) episodes: u64,
    pub(super) finetune_episodes: u64,
}

const ZERO_SHOT: &str = "zero-shot";
const REFINED: &str = "-refined";

impl Learning {
    /// Refuses a suite with a method that is called like a part of the protocol: they would share
    /// their folders and rows.
    pub(super) fn check(&self, suite: &Suite, path: &Path) -> Result<(), Failure> {
        let taken = self.methods(path);
        let own = suite.methods.iter().map(|method| &method.name);
        match own.into_iter().find(|own| taken.iter().any(|method| method.name == **own)) {
            Some(name) => Err(Failure::Usage(format!(
                "{}: method {name:?}: the learning protocol has one of that name",
                path.display()
            ))),
            None => Ok(()),
        }
    }

    /// Runs what is missing.
    pub(super) fn run(&self, bench: &Bench<'_>, stop: &AtomicBool) -> Result<Protocol, Failure> {
        let methods = self.methods(&bench.args.suite);
        let mut protocol = Protocol {
            runs: Vec::new(),
            records: Vec::new(),
            methods,
            episodes: self.episodes,
            finetune_episodes: self.episodes_of(Way::Finetuned),
        };
        if bench.suite.seeds.len() < 3 {
            note("warning: fewer than three seeds; spreads will say little");
        }
        for (entry, prepared) in bench.suite.designs.iter().zip(&bench.designs) {
            let Some(prepared) = prepared else { continue };
            for &seed in &bench.suite.seeds {
                let name = format!("{}/learning/{seed}", entry.name);
                let only = &bench.args.only;
                let asked = only.is_empty() || Bench::named(only, &name);
                let runs = asked && !bench.args.tables;
                let at = At { bench, design: &entry.name, prepared, seed, runs, stop };
                if self.design(&at, &mut protocol)?.is_none() && runs {
                    return Ok(protocol);
                }
            }
        }
        Ok(protocol)
    }

    /// Its rows of the table.
    fn methods(&self, path: &Path) -> Vec<MethodEntry> {
        let policy = self.policy.as_ref().map(|policy| resolved(path, policy));
        let zero_shot = MethodEntry {
            name: ZERO_SHOT.to_owned(),
            method: "policy".to_owned(),
            policy: policy.clone(),
            samples: Some(self.samples),
            ..MethodEntry::default()
        };
        let refined = |name: &str| MethodEntry {
            name: format!("{name}{REFINED}"),
            method: refine(),
            budget: Some(self.refine_moves),
            from: Some(format!("the placement of {name}")),
            ..MethodEntry::default()
        };
        let learned = |way: Way| {
            let what = match way {
                Way::Scratch => "flagstone train DESIGN".to_owned(),
                Way::Finetuned => format!(
                    "flagstone finetune DESIGN --from {}",
                    policy.as_deref().unwrap_or("POLICY")
                ),
            };
            let text =
                format!("{what} --episodes {}{}", self.episodes_of(way), self.sets_text(way));
            MethodEntry {
                name: way.name().to_owned(),
                command: Some(text),
                ..MethodEntry::default()
            }
        };
        let mut methods = vec![zero_shot, refined(ZERO_SHOT)];
        for way in Way::ALL {
            methods.extend([learned(way), refined(way.name())]);
        }
        methods
    }

    fn episodes_of(&self, way: Way) -> u64 {
        match way {
            Way::Scratch => self.episodes,
            Way::Finetuned => self.finetune_episodes.unwrap_or(self.episodes),
        }
    }

    fn sets(&self, way: Way) -> impl Iterator<Item = &String> {
        let own = match way {
            Way::Scratch => &self.scratch_set,
            Way::Finetuned => &self.finetune_set,
        };
        self.set.iter().chain(own)
    }

    fn sets_text(&self, way: Way) -> String {
        self.sets(way).map(|set| format!(" --set {set}")).collect()
    }

    /// All of one design and seed; `None` where it was stopped.
    fn design(&self, at: &At<'_>, protocol: &mut Protocol) -> Result<Option<()>, Failure> {
        let method = |protocol: &Protocol, name: &str| {
            protocol.methods.iter().find(|method| method.name == name).cloned().unwrap_or_default()
        };
        let zero_shot = method(protocol, ZERO_SHOT);
        let Some(record) = at.place(&zero_shot)? else { return Ok(None) };
        let mut found = vec![(ZERO_SHOT, record.clone())];
        protocol.records.push(record);
        for way in Way::ALL {
            let Some(run) = self.learned(at, way)? else { return Ok(None) };
            let record = at.record(way, &run)?;
            found.push((way.name(), record.clone()));
            protocol.records.push(record);
            protocol.runs.push(run);
        }
        for (name, record) in found {
            let Some(result) = record.result else { continue };
            let mut refined = method(protocol, &format!("{name}{REFINED}"));
            refined.from = Some(result.placement.display().to_string());
            let Some(record) = at.place(&refined)? else { return Ok(None) };
            protocol.records.push(record);
        }
        Ok(Some(()))
    }

    /// A run that learns, begun, continued or found finished.
    fn learned(&self, at: &At<'_>, way: Way) -> Result<Option<Learned>, Failure> {
        let folder = at.folder(way.name());
        let arguments = self.arguments(at, way);
        let (note_path, inputs_path) = (folder.join("arguments.json"), folder.join("inputs.txt"));
        let (text, inputs) = (output::to_json(&arguments), self.inputs(at, way));
        let redo = at.redo(way.name());
        let same = !redo
            && fs::read_to_string(&note_path).is_ok_and(|old| old == text)
            // A run of before its inputs were noted has none.
            && fs::read_to_string(&inputs_path).map_or(true, |old| old == inputs);
        let run = folder.join("run");
        let known = if same { curve(&run) } else { None };
        if let Some((curve, reason)) = known
            && !matches!(reason.as_str(), "interrupted" | "time")
        {
            return Ok(Some(at.learned(way, curve, reason)));
        }
        if !at.runs {
            return Ok(None);
        }
        let begun = same && run.join("config.toml").exists();
        let mut command = program()?;
        if begun {
            command.args([arguments[0].as_str(), "--resume"]).arg(&run);
        } else {
            // What an earlier run left must not be taken for what this one does.
            remove(&run)?;
            output::write_file(&inputs_path, inputs.as_bytes())?;
            output::write_file(&note_path, text.as_bytes())?;
            command.args(&arguments).arg("--force").arg("--out").arg(&run);
        }
        if !at.execute(command, &folder)? {
            return Ok(None);
        }
        let Some((curve, reason)) = curve(&run) else { return Err(at.without_end(&folder)) };
        note(&format!("  {}/{}/{}: {reason}", at.design, way.name(), at.seed));
        Ok(Some(at.learned(way, curve, reason)))
    }

    /// What a run depends on beside its arguments: the design, and the policy where it is a file.
    fn inputs(&self, at: &At<'_>, way: Way) -> String {
        let policy = self.policy.as_ref().filter(|_| way == Way::Finetuned);
        let policy = policy.map(|policy| resolved(&at.bench.args.suite, policy));
        let file = policy.map(|policy| policies::file(Path::new(&policy)));
        let policy = of_files(&file.into_iter().collect::<Vec<_>>()).unwrap_or_default();
        format!("{}\n{policy}\n", at.prepared.fingerprint)
    }

    fn arguments(&self, at: &At<'_>, way: Way) -> Vec<String> {
        let command = if way == Way::Scratch { "train" } else { "finetune" };
        let mut arguments = vec![command.to_owned(), at.prepared.netlist.clone()];
        let mut add = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
        if way == Way::Finetuned {
            let policy = self.policy.as_ref();
            let policy = policy.map(|policy| resolved(&at.bench.args.suite, policy));
            add("--from", policy.unwrap_or_else(|| "shipped".to_owned()));
        }
        if let Some(plc) = &at.prepared.plc {
            add("--plc", plc.display().to_string());
        }
        let own = at.prepared.sets.iter().chain(self.sets(way));
        own.for_each(|set| add("--set", set.clone()));
        // The best placement is what counts here; evaluations would only take time.
        add("--set", "train.evaluate_every=0".to_owned());
        add("--episodes", self.episodes_of(way).to_string());
        add("--iterations", u32::MAX.to_string());
        add("--seed", at.seed.to_string());
        arguments
    }
}

/// A design and a seed.
struct At<'a> {
    bench: &'a Bench<'a>,
    design: &'a str,
    prepared: &'a Prepared,
    seed: u64,
    /// Whether what is not finished is run.
    runs: bool,
    stop: &'a AtomicBool,
}

impl At<'_> {
    fn folder(&self, method: &str) -> PathBuf {
        let cells = self.bench.out.join("cells").join(self.design);
        cells.join(method).join(self.seed.to_string())
    }

    /// A cell of `flagstone place`.
    fn place(&self, method: &MethodEntry) -> Result<Option<Record>, Failure> {
        let Self { design, prepared, seed, .. } = *self;
        let cell = Cell { design, prepared, method, seed, folder: self.folder(&method.name) };
        match cell.finished().filter(|_| !self.redo(&method.name)) {
            Some(record) => Ok(Some(record)),
            None if !self.runs => Ok(None),
            None => self.bench.run_cell(&cell, self.stop),
        }
    }

    /// Runs a program that learns to its end; false where it was interrupted.
    fn execute(&self, mut command: Command, folder: &Path) -> Result<bool, Failure> {
        if let Some(threads) = self.bench.args.threads.or(self.bench.suite.threads) {
            command.args(["--threads", &threads.to_string()]);
        }
        let failed = |error| Failure::write(folder, error);
        let log = fs::File::create(folder.join("log.txt")).map_err(failed)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let status = command.status().map_err(failed)?;
        if self.stop.load(Ordering::Relaxed) || status.code() == Some(130) {
            return Ok(false);
        }
        // A run that learned nothing, or too little, has come to its end all the same.
        if matches!(status.code(), Some(0 | 1)) { Ok(true) } else { Err(self.without_end(folder)) }
    }

    /// Why a run has not come to its end.
    fn without_end(&self, folder: &Path) -> Failure {
        let log = fs::read_to_string(folder.join("log.txt")).unwrap_or_default();
        let why = log.lines().find_map(|line| line.strip_prefix("error: "));
        let why = why.unwrap_or("ended without a word");
        Failure::Output(format!("{}: {why}", folder.join("run").display()))
    }

    /// Whether a finished cell is to be run again.
    fn redo(&self, method: &str) -> bool {
        let name = format!("{}/{method}/{}", self.design, self.seed);
        self.runs && Bench::named(&self.bench.args.redo, &name)
    }

    fn learned(&self, way: Way, curve: Vec<Point>, reason: String) -> Learned {
        let failed = matches!(reason.as_str(), "diverged" | "collapsed" | "dead");
        let (design, seed) = (self.design.to_owned(), self.seed);
        Learned { design, way: way.name(), seed, reason, failed, curve }
    }

    /// The run's best placement, judged afresh.
    fn record(&self, way: Way, run: &Learned) -> Result<Record, Failure> {
        let placement = self.folder(way.name()).join("run").join("best.plc");
        let last = run.curve.last();
        let mut result = None;
        if let Some(last) = last.filter(|_| placement.exists()) {
            let mut judged = judge(self.prepared, &placement, last.best, 0.0)?;
            (judged.seconds, judged.moves) = (last.seconds, last.episodes);
            result = Some(judged);
        }
        let failure = result.is_none().then(|| format!("no placement: {}", run.reason));
        Ok(Record {
            schema: output::SCHEMA,
            design: self.design.to_owned(),
            method: way.name().to_owned(),
            seed: self.seed,
            arguments: Vec::new(),
            fingerprint: Some(self.prepared.fingerprint.clone()),
            inputs: None,
            failure,
            result,
        })
    }
}

/// Removes a folder, where it is there.
fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::write(folder, error))?;
    }
    Ok(())
}

/// The curve of a run and why it ended; `None` where it has not.
fn curve(run: &Path) -> Option<(Vec<Point>, String)> {
    let text = fs::read_to_string(run.join("log.jsonl")).ok()?;
    let log = lines(&text);
    let Some(LogLine::Stop(stop)) = log.last() else { return None };
    let reason = stop.reason.clone();
    let iterations = log.iter().filter_map(|line| match line {
        LogLine::Iteration(line) => Some(&**line),
        _ => None,
    });
    let mut seconds = 0.0;
    let point = |line: &IterationLine| {
        seconds += line.time.total();
        Some(Point { episodes: line.total_episodes, seconds, best: line.run_best? })
    };
    Some((iterations.filter_map(point).collect(), reason))
}
