//! The command line at work for the window: placing with a policy, training, and run folders.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flagstone_netlist::{Kind, Netlist, NodeId, Placement};
use serde_json::Value;

use super::{Event, Work};
use crate::design::Design;
use crate::native::{self, Process};

/// Time between two looks at a run folder or a program.
const LOOK_EVERY: Duration = Duration::from_millis(250);

const PROGRAM: &str = "flagstone";

/// A run folder: its log and its best placement, read as they grow.
struct Tail {
    folder: PathBuf,
    read: u64,
    rest: Vec<u8>,
    best: Best,
}

/// A placement file that another program writes now and then.
#[derive(Default)]
struct Best {
    stamp: Option<(std::time::SystemTime, u64)>,
}

impl Best {
    /// Shows it where it is new.
    fn look(&mut self, work: &Work, path: &Path) {
        let stamp = native::stamp(path);
        let complete = needed(work, path).iter().all(|file| native::exists(file));
        if !complete || stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        match read_back(work, path) {
            Ok(placement) => work.show(&placement),
            Err(error) => work.say(Event::Line(error)),
        }
    }
}

impl Tail {
    fn new(folder: PathBuf) -> Self {
        Self { folder, read: 0, rest: Vec::new(), best: Best::default() }
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
        self.best.look(work, &self.folder.join("best.plc"));
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

/// Runs the command line until it ends or is stopped; says what it writes. It is asked to end, which
/// leaves it time to write what it has; where that is not wanted, it is ended.
fn run(work: &Work, args: &[String], mut every: impl FnMut()) -> Result<(), String> {
    let program = work.program.as_deref().unwrap_or(Path::new(PROGRAM));
    // The loop below looks by itself.
    let started = Process::start(program, args, || {});
    let mut process = started.map_err(|error| {
        let name = program.display();
        format!("{name} cannot be started: {error}; build it with `cargo build --release`")
    })?;
    let mut last = String::new();
    let (mut waits, mut asked) = (false, false);
    loop {
        for line in process.new_lines() {
            last.clone_from(&line);
            work.say(Event::Line(line));
        }
        every();
        if let Some(well) = process.ended() {
            let rest = process.rest();
            last = rest.last().cloned().unwrap_or(last);
            rest.into_iter().for_each(|line| work.say(Event::Line(line)));
            every();
            // A program that was asked to end says so by its exit code.
            let fine = well || asked;
            return if fine { Ok(()) } else { Err(format!("{PROGRAM} {}: {last}", args[0])) };
        }
        if work.stopped_at_once() {
            process.stop();
            return Ok(());
        }
        if work.gate.is_shut() != waits {
            waits = !waits;
            process.pause(waits);
        }
        if work.stopped() && !asked {
            asked = true;
            process.ask_to_end();
        }
        native::pause(LOOK_EVERY);
    }
}

/// The design's files and, written to `plc`, its placement as it is on the screen.
fn inputs(work: &Work, plc: &Path) -> Result<Vec<String>, String> {
    let files = &work.design.files;
    if files.is_empty() {
        return Err("the design has no files; save it first".to_owned());
    }
    let bytes = work.design.write(&work.placement, plc).map_err(|error| format!("{error:#}"))?;
    let written = native::write(plc, &bytes);
    written.map_err(|error| format!("cannot write {}: {error}", plc.display()))?;
    let text = |path: &Path| path.display().to_string();
    let circuit = files.iter().filter(|path| !path.to_string_lossy().contains(".plc"));
    let mut args: Vec<String> = circuit.map(|path| text(path)).collect();
    args.extend(["--plc".to_owned(), text(plc)]);
    Ok(args)
}

/// The files that a placement by the command line is read from: it clusters standard cells first,
/// and the placement of a design with some is one of the netlist it writes beside.
fn needed(work: &Work, plc: &Path) -> Vec<PathBuf> {
    let clustered = work.design.netlist.nodes_of(Kind::StdCell).next().is_some();
    let netlist = clustered.then(|| plc.with_extension("pb.txt"));
    netlist.into_iter().chain([plc.to_owned()]).collect()
}

/// Reads a placement that the command line wrote; of a clustered netlist the hard macros, by their
/// names.
fn read_back(work: &Work, plc: &Path) -> Result<Placement, String> {
    let Work { design, placement: now, .. } = work;
    let netlist = &design.netlist;
    let files = needed(work, plc);
    if let [plc] = &files[..] {
        return design.read_placement(plc, now).map_err(|error| format!("{error:#}"));
    }
    let clustered = Design::open(&files).map_err(|error| format!("{error:#}"))?;
    let hard = |netlist: &Netlist| netlist.nodes_of(Kind::HardMacro).collect::<Vec<_>>();
    let theirs: HashMap<&str, NodeId> = hard(&clustered.netlist)
        .into_iter()
        .map(|node| (clustered.netlist.node_name(node), node))
        .collect();
    let mut placement = (**now).clone();
    for node in hard(netlist) {
        if let Some(&their) = theirs.get(netlist.node_name(node)) {
            placement.set_center(node, clustered.placement.center(their));
            placement.orientation[node.usize()] = clustered.placement.orientation[their.usize()];
            placement.placed[node.usize()] = clustered.placement.placed[their.usize()];
        }
    }
    Ok(placement)
}

/// Places with the shipped policy, shows the best so far, and reads the result back.
pub(super) fn place(work: &Work) -> Result<Option<Placement>, String> {
    let scratch = Scratch(native::scratch("placed"));
    let film = scratch.0.join("recording.jsonl");
    let text = |path: &Path| path.display().to_string();
    let mut args = vec!["place".to_owned()];
    args.extend(inputs(work, &scratch.0.join("now.plc"))?);
    args.extend(["--method", "policy", "--spacing"].map(str::to_owned));
    args.push(work.halo.to_string());
    args.extend(["--out".to_owned(), text(&scratch.0), "--record".to_owned(), text(&film)]);
    let plc = scratch.0.join(format!("{}.plc", work.design.name));
    let mut best = Best::default();
    run(work, &args, || best.look(work, &plc))?;
    if let Ok(bytes) = native::read(&film) {
        work.say(Event::Recorded(bytes));
    }
    if !native::exists(&plc) {
        // Stopped before anything legal was found.
        let missing = || Err(format!("{}: no placement was written", plc.display()));
        return if work.stopped() { Ok(None) } else { missing() };
    }
    read_back(work, &plc).map(Some)
}

/// A folder that is removed with what is in it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        native::remove_folder(&self.0);
    }
}

/// Trains into a run folder beside the design and shows it as it grows.
pub(super) fn train(work: &Work) -> Result<(), String> {
    let beside = match work.design.files.first() {
        Some(folder) if native::is_folder(folder) => folder.clone(),
        Some(file) => file.parent().map_or_else(native::start_folder, Path::to_owned),
        None => native::start_folder(),
    };
    let folder = fresh(&beside.join("runs"), &format!("{}-viewer", work.design.name));
    let mut args = vec!["train".to_owned()];
    // Beside the run, which can be resumed as long as it is there.
    args.extend(inputs(work, &folder.with_extension("plc"))?);
    args.extend(["--out".to_owned(), folder.display().to_string()]);
    work.say(Event::Line(format!("writing {}", folder.display())));
    let mut tail = Tail::new(folder);
    run(work, &args, || tail.look(work))
}

/// The first of `name`, `name-2`, `name-3` and so on that is not there yet.
fn fresh(folder: &Path, name: &str) -> PathBuf {
    let mut found = folder.join(name);
    let mut n = 1;
    while native::exists(&found) {
        n += 1;
        found = folder.join(format!("{name}-{n}"));
    }
    found
}

/// Shows a run folder as another program fills it, until it is stopped.
pub(super) fn watch(work: &Work, folder: &Path) -> Result<(), String> {
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
