//! Tools at work beside the window: they report as they go, can be paused and stopped, and a failure
//! becomes a message.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::slice::from_ref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use flagstone_cost::Cost;
use flagstone_netlist::{NodeId, Placement};
use flagstone_place::anneal::AnnealConfig;
use flagstone_place::descent::{DescentConfig, descend};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::greedy::{self, Choice};
use flagstone_place::legalize::{Room, legalize};
use flagstone_place::mask::MaskRules;
use flagstone_place::refine::{Effort, RefineConfig, Start, legal_start, refine};
use flagstone_place::{Job, checker};

use crate::board::Board;
use crate::design::Design;
use crate::native;
use crate::session::Session;
use crate::worker::panic_message;

/// Times a run shows its placement, about.
const SHOWN_TIMES: usize = 100;

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

    /// Whether it may make the placement worse and is wanted all the same.
    pub fn is_meant_to_move(&self) -> bool {
        !matches!(self, Self::Refine(_) | Self::Descend)
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

    fn pass(&self) {
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
    stop: Arc<AtomicBool>,
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

    /// Ends it at the next opportunity.
    pub fn stop(&mut self, drop_result: bool) {
        self.stopping = true;
        self.drop_result = drop_result;
        self.stop.store(true, Ordering::Relaxed);
        self.paused = false;
        self.gate.set(false);
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

/// What a tool needs, on its own thread.
pub(crate) struct Work {
    pub(crate) design: Design,
    pub(crate) placement: Arc<Placement>,
    pub(crate) halo: f64,
    pub(crate) stop: Arc<AtomicBool>,
    gate: Arc<Gate>,
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
}

impl Work {
    pub(crate) fn say(&self, event: Event) {
        // A window that is gone has set the stop flag.
        let _ = self.events.send(event);
        (self.wake)();
    }

    pub(crate) fn show(&self, placement: &Placement) {
        let board = Board::new(&self.design.netlist, &self.design.canvas, placement);
        self.say(Event::Shown(Box::new((board, Arc::new(placement.clone())))));
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Session {
    /// Starts a tool on the present placement.
    pub fn start(&mut self, tool: Tool, halo: f64, wake: impl Fn() + Send + 'static) {
        self.drag_cancel();
        let (send, events) = channel();
        let (stop, gate) = (Arc::new(AtomicBool::new(false)), Arc::new(Gate::default()));
        let work = Work {
            design: self.design.clone(),
            placement: Arc::clone(&self.placement),
            halo,
            stop: Arc::clone(&stop),
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
            stop,
            gate,
            events,
        });
    }
}

fn carry_out(tool: &Tool, work: &Work) -> Result<Option<Placement>, String> {
    let job = Job {
        netlist: &work.design.netlist,
        canvas: &work.design.canvas,
        weights: work.design.weights,
        seed: 0,
        stop: &work.stop,
    };
    match tool {
        Tool::Refine(effort) => refined(&job, work, *effort).map(Some),
        Tool::Descend => {
            let config = RefineConfig::default();
            let start = legal_start(&job, &work.placement, &config);
            let start = start.map_err(|node| no_room(work, node))?;
            Ok(Some(descend(&job, &start, &DescentConfig::default()).placement))
        }
        Tool::SpreadSoft => Ok(Some(spread(work))),
        Tool::Greedy => {
            let placed = greedy::place(
                job.netlist,
                job.canvas,
                &work.placement,
                Choice::LeastWirelength,
                rules(work),
            );
            placed.map(Some).map_err(|node| no_room(work, node))
        }
        Tool::Legalize(nodes) => legal(work, nodes).map(Some),
        Tool::Policy => crate::programs::place(work),
        Tool::Train => crate::programs::train(work).map(|()| None),
        Tool::Watch(folder) => crate::programs::watch(work, folder).map(|()| None),
    }
}

fn rules(work: &Work) -> MaskRules {
    MaskRules { spacing_x: work.halo, spacing_y: work.halo, ..MaskRules::default() }
}

fn no_room(work: &Work, node: NodeId) -> String {
    let netlist = &work.design.netlist;
    let (width, height) = netlist.size(node);
    format!(
        "macro {:?} ({width:.1} x {height:.1} µm) fits no free grid cell; unlock macros, make \
         room or use a smaller halo",
        netlist.node_name(node)
    )
}

fn refined(job: &Job<'_>, work: &Work, effort: Effort) -> Result<Placement, String> {
    let anneal = AnnealConfig {
        moves: effort.moves(),
        rounds: SHOWN_TIMES,
        spacing: work.halo,
        ..AnnealConfig::default()
    };
    // What is on the screen is what is refined.
    let config = RefineConfig { start: Start::Given, anneal, ..RefineConfig::default() };
    let start = legal_start(job, &work.placement, &config).map_err(|node| no_room(work, node))?;
    let found = refine(job, from_ref(&start), &config, |progress, placement| {
        let best: Cost = progress.best;
        let done = progress.moves as f64 / progress.of.max(1) as f64;
        work.say(Event::Progress { done: Some(done), best: best.proxy(&work.design.weights) });
        work.show(placement);
        work.gate.pass();
    });
    Ok(found.placement)
}

fn spread(work: &Work) -> Placement {
    let (netlist, canvas) = (&work.design.netlist, &work.design.canvas);
    let schedule = Schedule { use_current: true, ..Schedule::default() };
    let steps: u32 = schedule.stages.iter().map(|stage| stage.steps).sum();
    let every = (steps as usize / SHOWN_TIMES).max(1) as u32;
    let mut placement = (*work.placement).clone();
    force_directed::run(netlist, canvas, &mut placement, &schedule, |step, now| {
        if step % every == 0 && !work.stopped() {
            let cost = flagstone_cost::evaluate(netlist, canvas, now, flagstone_cost::Rules::Clamp);
            let best = cost.cost.proxy(&work.design.weights);
            work.say(Event::Progress { done: Some(f64::from(step) / f64::from(steps)), best });
            work.show(now);
            work.gate.pass();
        }
    });
    placement
}

/// The nearest legal cells for the macros named, or for all; the others stay.
fn legal(work: &Work, nodes: &[NodeId]) -> Result<Placement, String> {
    let (netlist, canvas) = (&work.design.netlist, &work.design.canvas);
    let mut start = (*work.placement).clone();
    if !nodes.is_empty() {
        start.fixed.fill(true);
        for &node in nodes {
            start.fixed[node.usize()] = work.placement.fixed[node.usize()];
        }
    }
    let found = legalize(netlist, canvas, &start, Room::NoOverlap(rules(work)));
    if let Some(node) = found.stuck {
        return Err(no_room(work, node));
    }
    let overlaps = checker::overlaps(netlist, canvas, &found.placement);
    if overlaps > 0 && nodes.is_empty() {
        work.say(Event::Line(format!("{overlaps} overlaps are left between fixed macros")));
    }
    Ok(found.placement)
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
        session.start(Tool::Legalize(nodes[..2].to_vec()), 0.0, || {});
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
        session.start(Tool::Refine(Effort::Max), 0.0, || {});
        session.run.as_mut().unwrap().stop(false);
        let Outcome::Done(Some(found)) = outcome(&mut session) else { panic!("no placement") };
        let before = session.engine.cost().proxy(&session.design.weights);
        session.run = None;
        session.apply_placement("Refine", &found);
        assert!(session.engine.cost().proxy(&session.design.weights) <= before + 1.0);
    }
}
