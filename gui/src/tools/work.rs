//! The tools' own threads: what each does, and what it says meanwhile.

use std::path::PathBuf;
use std::slice::from_ref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use flagstone_cost::Cost;
use flagstone_netlist::{NodeId, Placement};
use flagstone_place::descent::{DescentConfig, descend};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::greedy::{self, Choice};
use flagstone_place::legalize::{Room, legalize};
use flagstone_place::mask::MaskRules;
use flagstone_place::refine::{Effort, RefineConfig, Start, legal_start, refine};
use flagstone_place::{Job, checker};
use flagstone_report::recording::{Head, Recorder};

use super::{Event, Gate, Tool};
use crate::board::Board;
use crate::design::Design;

/// Times a run shows its placement, about.
const SHOWN_TIMES: usize = 100;
/// Bytes of a recording kept in memory; a longer one is dropped.
const MOST_RECORDED: usize = 256 << 20;

/// What a tool needs, on its own thread.
pub(crate) struct Work {
    pub(crate) design: Design,
    pub(crate) placement: Arc<Placement>,
    pub(crate) halo: f64,
    pub(crate) program: Option<PathBuf>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) at_once: Arc<AtomicBool>,
    pub(super) gate: Arc<Gate>,
    pub(super) events: Sender<Event>,
    pub(super) wake: Box<dyn Fn() + Send>,
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

    /// Whether it shall end, with its result.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether it shall end now.
    pub(crate) fn stopped_at_once(&self) -> bool {
        self.at_once.load(Ordering::Relaxed)
    }
}

/// What a run showed, to be replayed; nothing where it grew too large.
struct Recording(Option<Recorder<Vec<u8>>>);

impl Recording {
    fn begin(work: &Work) -> Self {
        let Design { name, netlist, canvas, weights, .. } = &work.design;
        let head = Head {
            design: name.clone(),
            netlist: String::new(),
            weights: *weights,
            grid: (canvas.columns, canvas.rows),
            canvas: (canvas.width, canvas.height),
        };
        Self(Recorder::new(Vec::new(), &head, netlist, &work.placement).ok())
    }

    fn step(&mut self, stage: &str, moves: u64, placement: &Placement, cost: Option<Cost>) {
        let Some(recorder) = &mut self.0 else { return };
        let written = recorder.step(stage, moves, placement, cost, None);
        if written.is_err() || recorder.out().len() > MOST_RECORDED {
            self.0 = None;
        }
    }

    fn end(self, work: &Work) {
        if let Some(recorder) = self.0 {
            work.say(Event::Recorded(recorder.into_out()));
        }
    }
}

/// Does what the tool does, to the end.
pub(super) fn carry_out(tool: &Tool, work: &Work) -> Result<Option<Placement>, String> {
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
            Ok(Some(descend(&job, &start, &DescentConfig::default(), u64::MAX).placement))
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
        Tool::Policy => super::programs::place(work),
        Tool::Train => super::programs::train(work).map(|()| None),
        Tool::Watch(folder) => super::programs::watch(work, folder).map(|()| None),
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
    // What is on the screen is what is refined.
    let mut config = RefineConfig { start: Start::Given, ..RefineConfig::default() };
    config.spend(effort, job.netlist.n_nets());
    (config.anneal.rounds, config.anneal.spacing) = (SHOWN_TIMES, work.halo);
    let start = legal_start(job, &work.placement, &config).map_err(|node| no_room(work, node))?;
    let mut film = Recording::begin(work);
    film.step("legal", 0, &start, None);
    let found = refine(job, from_ref(&start), &config, |progress, placement| {
        let best: Cost = progress.best;
        let done = progress.moves as f64 / progress.of.max(1) as f64;
        work.say(Event::Progress { done: Some(done), best: best.proxy(&work.design.weights) });
        work.show(placement);
        film.step("refine", progress.moves, placement, Some(best));
        work.gate.pass();
    });
    film.step("refined", found.moves, &found.placement, Some(found.cost));
    film.end(work);
    Ok(found.placement)
}

fn spread(work: &Work) -> Placement {
    let (netlist, canvas) = (&work.design.netlist, &work.design.canvas);
    let schedule = Schedule { use_current: true, ..Schedule::default() };
    let steps: u32 = schedule.stages.iter().map(|stage| stage.steps).sum();
    let every = (steps as usize / SHOWN_TIMES).max(1) as u32;
    let mut placement = (*work.placement).clone();
    let mut film = Recording::begin(work);
    force_directed::run(netlist, canvas, &mut placement, &schedule, |step, now| {
        if step % every == 0 && !work.stopped() {
            let cost = flagstone_cost::evaluate(netlist, canvas, now, flagstone_cost::Rules::Clamp);
            let best = cost.cost.proxy(&work.design.weights);
            work.say(Event::Progress { done: Some(f64::from(step) / f64::from(steps)), best });
            work.show(now);
            film.step("forces", 0, now, Some(cost.cost));
            work.gate.pass();
        }
    });
    film.end(work);
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
