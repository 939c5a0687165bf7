//! Recordings: what `place --record` writes.

use std::cell::RefCell;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::Placement;
use flagstone_ppo::Trace;
use flagstone_report::recording::{Choice, Head, Recorder};

use crate::failure::Failure;
use crate::load::Design;
use crate::progress::note;

/// The stage of a policy's steps.
const EPISODE: &str = "greedy episode";

/// A recording being written, or none; the first error ends it.
///
/// Whoever watches a search holds it by reference beside other parts of the run.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<(PathBuf, Recorder<BufWriter<fs::File>>)>,
    failure: Option<Failure>,
}

impl Recording {
    /// Begins a recording where a path is given.
    pub(crate) fn begin(path: Option<&Path>, design: &Design) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let failed = |error| Failure::write(path, error);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = BufWriter::new(fs::File::create(path).map_err(failed)?);
        let canvas = &design.canvas;
        let head = Head {
            design: design.name.clone(),
            netlist: design.netlist_path.clone(),
            weights: design.weights,
            grid: (canvas.columns, canvas.rows),
            canvas: (canvas.width, canvas.height),
        };
        let recorder = Recorder::new(file, &head, &design.netlist, &design.placement);
        let file = Some((path.to_owned(), recorder.map_err(failed)?));
        Ok(Self { state: RefCell::new(State { file, failure: None }) })
    }

    /// Adds a step, if something is recorded.
    pub(crate) fn step(&self, stage: &str, work: u64, placement: &Placement, cost: Cost) {
        self.write(stage, work, placement, Some(cost), None);
    }

    /// Whether anything is recorded.
    pub(crate) fn is_on(&self) -> bool {
        self.state.borrow().file.is_some()
    }

    /// Adds the steps of a policy's greedy episode; it begins without any macro that may move.
    pub(crate) fn episode(&self, design: &Design, trace: &Trace) {
        let Design { netlist, canvas, .. } = design;
        let mut placement = design.placement.clone();
        for step in &trace.steps {
            placement.placed[step.node.usize()] = false;
        }
        self.write(EPISODE, 0, &placement, None, None);
        for step in &trace.steps {
            let row = step.node.usize();
            placement.set_center(step.node, canvas.grid().center(step.cell));
            placement.placed[row] = true;
            let legal = (0..step.mask.len()).filter(|&cell| step.mask[cell]);
            let (legal, logits) =
                legal.map(|cell| (cell as u32, step.logits[cell])).collect::<(Vec<_>, Vec<_>)>();
            let (node, cell, value) = (step.node, step.cell, step.value);
            let choice = Choice { node, cell, value, legal, logits };
            let cost = evaluate(netlist, canvas, &placement, Rules::Clamp).cost;
            self.write(EPISODE, 0, &placement, Some(cost), Some(&choice));
        }
    }

    fn write(
        &self,
        stage: &str,
        work: u64,
        placement: &Placement,
        cost: Option<Cost>,
        choice: Option<&Choice>,
    ) {
        let state = &mut *self.state.borrow_mut();
        let Some((path, recorder)) = &mut state.file else { return };
        if let Err(error) = recorder.step(stage, work, placement, cost, choice) {
            state.failure = Some(Failure::write(path, error));
            state.file = None;
        }
    }

    /// Says what was written, or what went wrong.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let State { file, failure } = self.state.into_inner();
        if let Some((path, recorder)) = &file {
            note(&format!("recorded {} steps in {}", recorder.steps(), path.display()));
        }
        failure.map_or(Ok(()), Err)
    }
}
