//! The command line at work for the window: placing with a policy, training, and run folders.

use std::path::{Path, PathBuf};
use std::time::Duration;

use flagstone_netlist::Placement;
use serde_json::Value;

use crate::native::{self, Process};
use crate::tools::{Event, Work};

/// Time between two looks at a run folder or a program.
const LOOK_EVERY: Duration = Duration::from_millis(250);

const PROGRAM: &str = "flagstone";

/// A run folder: its log and its best placement, read as they grow.
struct Tail {
    folder: PathBuf,
    read: u64,
    rest: Vec<u8>,
    best: Option<(std::time::SystemTime, u64)>,
}

impl Tail {
    fn new(folder: PathBuf) -> Self {
        Self { folder, read: 0, rest: Vec::new(), best: None }
    }

    /// Tells what is new.
    fn look(&mut self, work: &Work) {
        let log = self.folder.join("log.jsonl");
        if let Some((_, length)) = native::stamp(&log) {
            if length < self.read {
                (self.read, self.rest) = (0, Vec::new());
            }
            if length > self.read
                && let Ok(bytes) = native::read_from(&log, self.read)
            {
                self.read += bytes.len() as u64;
                self.rest.extend(bytes);
                self.lines(work);
            }
        }
        let best = self.folder.join("best.plc");
        let stamp = native::stamp(&best);
        if stamp.is_some() && stamp != self.best {
            self.best = stamp;
            match work.design.read_placement(&best) {
                Ok(placement) => work.show(&placement),
                Err(error) => work.say(Event::Line(format!("{error:#}"))),
            }
        }
    }

    fn lines(&mut self, work: &Work) {
        let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else { return };
        let text: Vec<u8> = self.rest.drain(..=end).collect();
        for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Value>(line) {
                Ok(value) => self.say(work, &value),
                Err(error) => work.say(Event::Line(format!("log.jsonl: {error}"))),
            }
        }
    }

    fn say(&self, work: &Work, value: &Value) {
        let number = |key: &str| value.get(key).and_then(Value::as_f64);
        let best = number("run_best").or_else(|| number("best_proxy"));
        if let Some(best) = best {
            work.say(Event::Progress { done: None, best });
        }
        let shown = ["iteration", "mean_reward", "best_proxy", "greedy_proxy", "run_best"];
        let parts = shown.iter().filter_map(|&key| number(key).map(|n| format!("{key} {n:.4}")));
        let line = parts.collect::<Vec<_>>().join("  ");
        if !line.is_empty() {
            work.say(Event::Line(line));
        }
    }
}

/// Runs the command line until it ends or is stopped; says what it writes.
fn run(work: &Work, args: &[String], mut every: impl FnMut()) -> Result<(), String> {
    let (send, _woken) = std::sync::mpsc::channel();
    let started = Process::start(PROGRAM, args, move || {
        // The loop below looks by itself.
        let _ = send.send(());
    });
    let mut program = started.map_err(|error| {
        format!("{PROGRAM} cannot be started: {error}; build it with `cargo build --release`")
    })?;
    let mut last = String::new();
    loop {
        for line in program.new_lines() {
            last.clone_from(&line);
            work.say(Event::Line(line));
        }
        every();
        if let Some(well) = program.ended() {
            let rest = program.new_lines();
            last = rest.last().cloned().unwrap_or(last);
            rest.into_iter().for_each(|line| work.say(Event::Line(line)));
            return if well { Ok(()) } else { Err(format!("{PROGRAM} {}: {last}", args[0])) };
        }
        if work.stopped() {
            program.stop();
            return Ok(());
        }
        native::pause(LOOK_EVERY);
    }
}

fn inputs(work: &Work) -> Result<Vec<String>, String> {
    let files = &work.design.files;
    if files.is_empty() {
        return Err("the design has no files; save it first".to_owned());
    }
    let is_plc = |path: &&PathBuf| path.to_string_lossy().contains(".plc");
    let (plc, others): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_plc);
    let text = |path: &PathBuf| path.display().to_string();
    let mut args: Vec<String> = others.into_iter().map(text).collect();
    if let Some(plc) = plc.first() {
        args.extend(["--plc".to_owned(), text(plc)]);
    }
    Ok(args)
}

/// Places with the shipped policy; the result is read back.
pub(crate) fn place(work: &Work) -> Result<Option<Placement>, String> {
    let folder = native::scratch("placed");
    let mut args = vec!["place".to_owned()];
    args.extend(inputs(work)?);
    args.extend(["--effort", "quick", "--out"].map(str::to_owned));
    args.push(folder.display().to_string());
    run(work, &args, || {})?;
    if work.stopped() {
        return Ok(None);
    }
    let found = native::list(&folder);
    let plc = found.iter().find(|entry| entry.0.extension().is_some_and(|end| end == "plc"));
    let plc = plc.ok_or_else(|| format!("{}: no placement was written", folder.display()))?;
    let placement = work.design.read_placement(&plc.0).map_err(|error| format!("{error:#}"));
    native::remove_folder(&folder);
    placement.map(Some)
}

/// Trains into a run folder beside the working folder's others and shows it as it grows.
pub(crate) fn train(work: &Work) -> Result<(), String> {
    let folder = native::start_folder().join("runs").join(format!("{}-viewer", work.design.name));
    let mut args = vec!["train".to_owned()];
    args.extend(inputs(work)?);
    args.extend(["--force".to_owned(), "--out".to_owned(), folder.display().to_string()]);
    work.say(Event::Line(format!("writing {}", folder.display())));
    let mut tail = Tail::new(folder);
    run(work, &args, || tail.look(work))
}

/// Shows a run folder as another program fills it, until it is stopped.
pub(crate) fn watch(work: &Work, folder: &Path) -> Result<(), String> {
    if !native::is_folder(folder) {
        return Err(format!("{} is no run folder", folder.display()));
    }
    let mut tail = Tail::new(folder.to_owned());
    while !work.stopped() {
        tail.look(work);
        native::pause(LOOK_EVERY);
    }
    Ok(())
}
