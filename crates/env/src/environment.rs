use std::fmt;
use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_geom::Point;
use flagstone_netlist::{Kind, NodeId, Placement};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::mask::Occupancy;

use crate::descent;
use crate::sight::Sight;
use crate::{Observation, Potential, SoftPlacement, Task};

/// Multiple of the mean utilisation up to which soft macros may fill a cell before they descend.
const SPREAD: f64 = 1.25;

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
pub struct Environment {
    task: Arc<Task>,
    placement: Placement,
    occupancy: Occupancy,
    observation: Observation,
    step: usize,
    actions: Vec<usize>,
    legal: usize,
    sight: Option<Sight>,
    next_mask: Vec<bool>,
}

impl Environment {
    /// An environment at the start of an episode.
    pub fn new(task: Arc<Task>) -> Self {
        Self::with_sight(task, None)
    }

    /// The same with a cost engine beside it, which draws the maps of each observation and gives the
    /// potential of each state.
    pub fn with_maps(task: Arc<Task>) -> Self {
        let sight = Sight::new(Arc::clone(&task));
        Self::with_sight(task, Some(sight))
    }

    fn with_sight(task: Arc<Task>, sight: Option<Sight>) -> Self {
        let occupancy = Occupancy::new(&task.canvas, task.config.mask);
        let mut environment = Self {
            placement: task.initial.clone(),
            observation: task.start.clone(),
            occupancy,
            step: 0,
            actions: Vec::with_capacity(task.order.len()),
            legal: 0,
            sight,
            next_mask: Vec::new(),
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
        if let Some(sight) = &mut self.sight {
            sight.reset();
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

    /// The potential of the present state; zero at the end of an episode, and where there is no cost
    /// engine ([`with_maps`](Self::with_maps)).
    pub fn potential(&self, kind: Potential) -> f64 {
        let running = self.current().is_some();
        self.sight.as_ref().filter(|_| running).map_or(0.0, |sight| sight.potential(kind))
    }

    /// Puts the current macro on a cell.
    ///
    /// # Panics
    /// If the cell is not legal or the episode is over.
    pub fn step(&mut self, cell: usize) -> Step {
        assert!(self.observation.mask.get(cell) == Some(&true), "cell {cell} is not legal");
        let node = self.current().expect("the episode is not over");
        self.stand(node, self.task.canvas.grid().center(cell), cell);
        self.look()
    }

    /// Starts over with every macro before `node` standing where a placement has it, on a cell's
    /// centre or not, legal or not: the state in which `node` is to be placed. `None` where `node`
    /// is not among the macros to place.
    pub fn arrange(&mut self, placement: &Placement, node: NodeId) -> Option<Step> {
        let turn = self.task.order.iter().position(|&other| other == node)?;
        let first = self.reset();
        if turn == 0 {
            return Some(first);
        }
        let task = Arc::clone(&self.task);
        for &earlier in &task.order[..turn] {
            let center = placement.center(earlier);
            self.placement.orientation[earlier.usize()] = placement.orientation[earlier.usize()];
            self.stand(earlier, center, task.canvas.grid().clamped_cell_at(center));
        }
        Some(self.look())
    }

    /// The current macro stands at a place from now on, in or nearest to a cell.
    fn stand(&mut self, node: NodeId, center: Point, cell: usize) {
        self.placement.set_center(node, center);
        self.placement.placed[node.usize()] = true;
        self.occupancy.place(&self.task.netlist, &self.placement, node);
        let row = self.task.features.observed[node.usize()] as usize;
        let perimeter = self.task.canvas.width + self.task.canvas.height;
        self.observation.x[row] = (center.x / perimeter) as f32;
        self.observation.y[row] = (center.y / perimeter) as f32;
        self.observation.placed[row] = 1.0;
        if let Some(sight) = &mut self.sight {
            sight.place(node, center, self.placement.orientation[node.usize()]);
        }
        self.actions.push(cell);
        self.step += 1;
    }

    /// Finds the mask of the next macro, or ends the episode.
    fn look(&mut self) -> Step {
        let Some(node) = self.current() else {
            self.observation.current = 0;
            self.observation.mask.fill(false);
            self.observation.maps.clear();
            return Step::Done(Box::new(self.finish()));
        };
        self.observation.current = self.task.features.observed[node.usize()] as usize;
        let size = self.task.netlist.size(node);
        self.legal = self.occupancy.mask(size, &mut self.observation.mask);
        if self.legal > 0 {
            self.draw();
            Step::Continue
        } else {
            Step::Infeasible(Box::new(Infeasible::new(
                &self.task,
                node,
                self.occupancy.placed().count(),
            )))
        }
    }

    /// Draws the maps of the current macro.
    fn draw(&mut self) {
        let Some(sight) = &mut self.sight else { return };
        let size =
            |step: usize| self.task.order.get(step).map(|&node| self.task.netlist.size(node));
        match size(self.step + 1) {
            Some(next) if Some(next) != size(self.step) => {
                self.occupancy.mask(next, &mut self.next_mask);
            }
            _ => self.next_mask.clone_from(&self.observation.mask),
        }
        let Observation { mask, maps, scalars, .. } = &mut self.observation;
        sight.draw(self.step, mask, &self.next_mask, maps);
        *scalars = sight.scalars(self.step);
    }

    /// Places the soft macros and evaluates.
    fn finish(&mut self) -> Outcome {
        let task = Arc::clone(&self.task);
        let mut placement = self.placement.clone();
        match task.config.soft_placement {
            SoftPlacement::ForceDirected(factor) => {
                let schedule = Schedule::default().scaled(factor);
                force_directed::place(&task.netlist, &task.canvas, &mut placement, &schedule);
            }
            SoftPlacement::Averaging(spread) => {
                task.averaging.place(&task.netlist, &task.canvas, &mut placement, spread);
            }
            SoftPlacement::Descent(passes) => {
                let (netlist, canvas) = (&task.netlist, &task.canvas);
                task.averaging.place(netlist, canvas, &mut placement, SPREAD);
                match &mut self.sight {
                    Some(sight) => sight.descend(&mut placement, passes),
                    None => {
                        let weights = task.config.weights;
                        let mut engine =
                            Engine::new(Arc::clone(netlist), canvas, &placement, weights);
                        descent::descend(&mut engine, task.averaging.soft(), passes);
                        for &node in task.averaging.soft() {
                            placement.set_center(node, engine.placement().center(node));
                        }
                    }
                }
            }
            SoftPlacement::Keep => {}
        }
        let cost = evaluate(&task.netlist, &task.canvas, &placement, Rules::Clamp).cost;
        Outcome { cost, reward: -cost.proxy(&task.config.weights), placement }
    }
}
