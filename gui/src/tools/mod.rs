//! Tools at work beside the window: they report as they go, can be paused and stopped, and a failure
//! becomes a message.

mod panel;
mod programs;
mod work;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flagstone_netlist::{NodeId, Placement};
use flagstone_place::refine::Effort;

use crate::board::Board;
use crate::native;
use crate::session::Session;
use crate::state::Settings;
use crate::worker::panic_message;

use self::work::{Work, carry_out};

pub use self::panel::{plot, ui};

/// Something that changes a placement by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Tool {
    /// Annealing, then descent.
    Refine(Effort),
    /// Coordinate descent over cells and flips.
    Descend,
    /// Forces on the soft macros.
    SpreadSoft,
    /// Every hard macro to the cell with the least wirelength.
    Greedy,
    /// Every hard macro to the nearest legal cell; only these, where some are named.
    Legalize(Vec<NodeId>),
    /// The command line's `place`, which has the shipped policy.
    Policy,
    /// The command line's `train` into a run folder.
    Train,
    /// A run folder that another program writes.
    Watch(PathBuf),
}

impl Tool {
    /// What a person reads.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refine(_) => "Refine",
            Self::Descend => "Coordinate descent",
            Self::SpreadSoft => "Place soft macros",
            Self::Greedy => "Place greedily",
            Self::Legalize(_) => "Legalize",
            Self::Policy => "Place with policy",
            Self::Train => "Train",
            Self::Watch(_) => "Watch run",
        }
    }

    /// Whether it can wait.
    pub fn can_wait(&self) -> bool {
        match self {
            Self::Refine(_) | Self::SpreadSoft => true,
            Self::Policy | Self::Train => native::Process::CAN_WAIT,
            Self::Descend | Self::Greedy | Self::Legalize(_) | Self::Watch(_) => false,
        }
    }
}

/// What a tool says.
pub(crate) enum Event {
    /// How far it is, 0 to 1 where known, and the best cost so far.
    Progress { done: Option<f64>, best: f64 },
    /// What it has now.
    Shown(Box<(Board, Arc<Placement>)>),
    /// A line of text.
    Line(String),
    /// A recording of all that was shown.
    Recorded(Vec<u8>),
    /// Its result; `None` where there is none to take over.
    Done(Option<Box<Placement>>),
    /// Why it failed.
    Failed(String),
}

/// A door that a tool stops at while it is shut.
#[derive(Default)]
pub(crate) struct Gate {
    shut: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn set(&self, shut: bool) {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner) = shut;
        self.changed.notify_all();
    }

    /// Whether it is shut now.
    pub(crate) fn is_shut(&self) -> bool {
        *self.shut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while it is shut.
    pub(crate) fn pass(&self) {
        let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        while *shut {
            shut = self.changed.wait(shut).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A tool at work.
pub struct Run {
    /// Which one.
    pub tool: Tool,
    /// Since when.
    pub started: Instant,
    /// How far it is, 0 to 1, where known.
    pub done: Option<f64>,
    /// Best proxy cost over time: seconds and cost.
    pub curve: Vec<[f64; 2]>,
    /// What it has now.
    pub shown: Option<(Board, Arc<Placement>)>,
    /// The last lines it wrote.
    pub lines: Vec<String>,
    /// Whether it waits.
    pub paused: bool,
    /// Whether it was told to end.
    pub stopping: bool,
    /// Whether its result is to be dropped.
    pub drop_result: bool,
    recording: Option<Vec<u8>>,
    stop: Arc<AtomicBool>,
    at_once: Arc<AtomicBool>,
    gate: Arc<Gate>,
    events: Receiver<Event>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// With a placement, or with nothing to take over.
    Done(Option<Box<Placement>>),
    /// It failed.
    Failed(String),
}

impl Run {
    /// The placement it showed last: what a run folder's best is.
    pub fn best_shown(&self) -> Option<Arc<Placement>> {
        self.shown.as_ref().map(|shown| Arc::clone(&shown.1))
    }

    /// Lets it wait or go on.
    pub fn pause(&mut self) {
        self.paused = !self.paused;
        self.gate.set(self.paused);
    }

    /// The recording of what it showed, once it has ended.
    pub fn take_recording(&mut self) -> Option<Vec<u8>> {
        self.recording.take()
    }

    /// Ends it at the next opportunity; without waiting for its result where that is not wanted, and
    /// where it was told before.
    pub fn stop(&mut self, drop_result: bool) {
        if drop_result || self.stopping {
            self.at_once.store(true, Ordering::Relaxed);
        }
        self.stopping = true;
        self.drop_result = drop_result;
        self.stop.store(true, Ordering::Relaxed);
        self.paused = false;
        self.gate.set(false);
    }

    /// Ends it at once and waits until it has, so that no program it started outlives the window.
    pub fn end(mut self) {
        const AT_MOST: Duration = Duration::from_secs(5);
        self.stop(true);
        let until = native::now() + AT_MOST;
        while let Some(left) = until.checked_duration_since(native::now())
            && let Ok(event) = self.events.recv_timeout(left)
            && !matches!(event, Event::Done(_) | Event::Failed(_))
        {}
    }

    /// Takes in what it said; returns how it ended, once it has.
    pub fn poll(&mut self) -> Option<Outcome> {
        const MOST_LINES: usize = 200;
        loop {
            match self.events.try_recv().ok()? {
                Event::Progress { done, best } => {
                    self.done = done;
                    self.curve.push([self.started.elapsed().as_secs_f64(), best]);
                }
                Event::Shown(shown) => self.shown = Some(*shown),
                Event::Line(line) => {
                    self.lines.push(line);
                    if self.lines.len() > MOST_LINES {
                        self.lines.remove(0);
                    }
                }
                Event::Recorded(bytes) => self.recording = Some(bytes),
                Event::Done(placement) => {
                    return Some(Outcome::Done(placement.filter(|_| !self.drop_result)));
                }
                Event::Failed(message) => return Some(Outcome::Failed(message)),
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop(true);
    }
}

impl Session {
    /// Starts a tool on the present placement.
    pub fn start(&mut self, tool: Tool, settings: &Settings, wake: impl Fn() + Send + 'static) {
        self.drag_cancel();
        let (send, events) = channel();
        let flag = || Arc::new(AtomicBool::new(false));
        let (stop, at_once, gate) = (flag(), flag(), Arc::new(Gate::default()));
        let work = Work {
            design: self.design.clone(),
            placement: Arc::clone(&self.placement),
            halo: settings.halo,
            program: settings.program.clone(),
            stop: Arc::clone(&stop),
            at_once: Arc::clone(&at_once),
            gate: Arc::clone(&gate),
            events: send,
            wake: Box::new(wake),
        };
        let what = tool.clone();
        let without_thread = work.events.clone();
        let started = native::spawn(tool.name(), move || {
            let result = catch_unwind(AssertUnwindSafe(|| carry_out(&what, &work)));
            work.say(match result {
                Ok(Ok(placement)) => Event::Done(placement.map(Box::new)),
                Ok(Err(message)) => Event::Failed(message),
                Err(panic) => Event::Failed(panic_message(panic.as_ref())),
            });
        });
        if !started {
            // It cannot be lost: `events` is here.
            let _ = without_thread.send(Event::Failed("no thread can be started".to_owned()));
        }
        self.run = Some(Run {
            tool,
            started: native::now(),
            done: None,
            curve: Vec::new(),
            shown: None,
            lines: Vec::new(),
            paused: false,
            stopping: false,
            drop_result: false,
            recording: None,
            stop,
            at_once,
            gate,
            events,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::toy;

    use super::*;

    fn outcome(session: &mut Session) -> Outcome {
        loop {
            let run = session.run.as_mut().expect("a tool is at work");
            if let Some(outcome) = run.poll() {
                return outcome;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn legalizing_some_macros_moves_no_other() {
        let mut session = toy();
        let nodes: Vec<NodeId> =
            session.netlist().nodes_of(flagstone_netlist::Kind::HardMacro).collect();
        let before = Arc::clone(&session.placement);
        session.start(Tool::Legalize(nodes[..2].to_vec()), &Settings::default(), || {});
        match outcome(&mut session) {
            Outcome::Done(Some(after)) => {
                for &node in &nodes[2..] {
                    assert_eq!(after.center(node), before.center(node));
                }
            }
            // Two macros may have no room between others that overlap all cells.
            other => assert!(matches!(other, Outcome::Failed(_)), "{other:?}"),
        }
    }

    #[test]
    fn a_stopped_run_keeps_its_best() {
        let mut session = toy();
        session.start(Tool::Refine(Effort::Max), &Settings::default(), || {});
        session.run.as_mut().unwrap().stop(false);
        let Outcome::Done(Some(found)) = outcome(&mut session) else { panic!("no placement") };
        let before = session.engine.cost().proxy(&session.design.weights);
        session.run = None;
        session.apply_placement("Refine", &found);
        assert!(session.engine.cost().proxy(&session.design.weights) <= before + 1.0);
    }
}
