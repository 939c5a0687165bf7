use std::fmt;
use std::sync::Arc;

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::{Kind, NodeId, Placement};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::mask::Occupancy;

use crate::{Observation, SoftPlacement, Task};

/// The end of an episode with every macro placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The three cost terms.
    pub cost: Cost,
    /// Minus the proxy cost.
    pub reward: f64,
    /// The finished placement.
    pub placement: Placement,
}

/// Why a macro fits nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Infeasible {
    /// The macro.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Its width and height in µm.
    pub size: (f64, f64),
    /// Cells where it would lie on the canvas if nothing else stood there.
    pub cells_on_canvas: usize,
    /// Macros placed before it.
    pub placed: usize,
}

impl Infeasible {
    /// Explains a macro without legal cells; `placed` macros stand already.
    pub(crate) fn new(task: &Task, node: NodeId, placed: usize) -> Self {
        let size = task.netlist.size(node);
        let mut empty = Occupancy::new(&task.canvas, task.config.mask);
        Self {
            node,
            name: task.netlist.node_name(node).to_owned(),
            size,
            cells_on_canvas: empty.mask(size, &mut Vec::new()),
            placed,
        }
    }
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.size;
        write!(f, "macro {:?} ({width} x {height} um) fits no free grid cell", self.name)?;
        match self.cells_on_canvas {
            0 => write!(f, ": on no cell would it lie inside the canvas"),
            n => write!(
                f,
                ": {n} cells are large enough, all of them blocked by the {} macros placed before",
                self.placed
            ),
        }
    }
}

/// What a step led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The next macro is to be placed.
    Continue,
    /// Every macro stands.
    Done(Box<Outcome>),
    /// The next macro fits nowhere.
    Infeasible(Box<Infeasible>),
}

/// One episode after another on one task.
#[derive(Clone, Debug)]
pub struct Environment {
    task: Arc<Task>,
    placement: Placement,
    occupancy: Occupancy,
    observation: Observation,
    step: usize,
    actions: Vec<usize>,
    legal: usize,
}

impl Environment {
    /// An environment at the start of an episode.
    pub fn new(task: Arc<Task>) -> Self {
        let occupancy = Occupancy::new(&task.canvas, task.config.mask);
        let mut environment = Self {
            placement: task.initial.clone(),
            observation: task.start.clone(),
            occupancy,
            step: 0,
            actions: Vec::with_capacity(task.order.len()),
            legal: 0,
            task,
        };
        environment.reset();
        environment
    }

    /// The design.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// Starts over; tells where not even the first macro fits.
    pub fn reset(&mut self) -> Step {
        self.placement.clone_from(&self.task.initial);
        self.observation.clone_from(&self.task.start);
        self.occupancy.clear();
        let netlist = &self.task.netlist;
        for node in netlist.nodes_of(Kind::HardMacro) {
            if self.placement.fixed[node.usize()] {
                self.occupancy.place(netlist, &self.placement, node);
            }
        }
        self.step = 0;
        self.actions.clear();
        self.look()
    }

    /// What the policy sees now.
    pub fn observe(&self) -> &Observation {
        &self.observation
    }

    /// The macro to place now; `None` at the end.
    pub fn current(&self) -> Option<NodeId> {
        self.task.order.get(self.step).copied()
    }

    /// Macros placed so far in this episode.
    pub fn n_placed(&self) -> usize {
        self.step
    }

    /// The cells chosen so far, one for each macro of the order.
    pub fn actions(&self) -> &[usize] {
        &self.actions
    }

    /// The placement as far as it has come.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// Puts the current macro on a cell.
    ///
    /// # Panics
    /// If the cell is not legal or the episode is over.
    pub fn step(&mut self, cell: usize) -> Step {
        assert!(self.observation.mask.get(cell) == Some(&true), "cell {cell} is not legal");
        let node = self.current().expect("the episode is not over");
        let center = self.task.canvas.grid().center(cell);
        self.placement.set_center(node, center);
        self.placement.placed[node.usize()] = true;
        self.occupancy.place(&self.task.netlist, &self.placement, node);
        let row = self.task.features.observed[node.usize()] as usize;
        let perimeter = self.task.canvas.width + self.task.canvas.height;
        self.observation.x[row] = (center.x / perimeter) as f32;
        self.observation.y[row] = (center.y / perimeter) as f32;
        self.observation.placed[row] = 1.0;
        self.actions.push(cell);
        self.step += 1;
        self.look()
    }

    /// Finds the mask of the next macro, or ends the episode.
    fn look(&mut self) -> Step {
        let Some(node) = self.current() else {
            self.observation.current = 0;
            self.observation.mask.fill(false);
            return Step::Done(Box::new(self.finish()));
        };
        self.observation.current = self.task.features.observed[node.usize()] as usize;
        let size = self.task.netlist.size(node);
        self.legal = self.occupancy.mask(size, &mut self.observation.mask);
        if self.legal > 0 {
            Step::Continue
        } else {
            Step::Infeasible(Box::new(Infeasible::new(
                &self.task,
                node,
                self.occupancy.placed().count(),
            )))
        }
    }

    /// Places the soft macros and evaluates.
    fn finish(&self) -> Outcome {
        let task = &self.task;
        let mut placement = self.placement.clone();
        match task.config.soft_placement {
            SoftPlacement::ForceDirected(factor) => {
                let schedule = Schedule::default().scaled(factor);
                force_directed::place(&task.netlist, &task.canvas, &mut placement, &schedule);
            }
            SoftPlacement::Averaging(spread) => {
                task.averaging.place(&task.netlist, &task.canvas, &mut placement, spread);
            }
            SoftPlacement::Keep => {}
        }
        let cost = evaluate(&task.netlist, &task.canvas, &placement, Rules::Clamp).cost;
        Outcome { cost, reward: -cost.proxy(&task.config.weights), placement }
    }
}
