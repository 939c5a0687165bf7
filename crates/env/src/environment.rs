use std::sync::Arc;

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::{NodeId, Placement};
use flagstone_place::mask::Occupancy;

use crate::shaping::Boxes;
use crate::soft::SoftScratch;
use crate::{EnvConfig, Infeasibility, Observation, Task};

/// What a step led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// There is another macro to place.
    Continue,
    /// Every macro is placed.
    Done(Box<Outcome>),
    /// The next macro fits nowhere: the episode is over.
    Infeasible {
        /// The macro.
        node: NodeId,
        /// Why it fits nowhere.
        reason: Infeasibility,
    },
}

/// The end of a full episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The terms of the proxy cost.
    pub cost: Cost,
    /// All nodes placed.
    pub placement: Placement,
}

/// Places the hard macros of a task one by one.
#[derive(Clone, Debug)]
pub struct Environment {
    task: Arc<Task>,
    config: EnvConfig,
    observation: Observation,
    placement: Placement,
    occupancy: Occupancy,
    soft: SoftScratch,
    boxes: Option<Boxes>,
    actions: Vec<usize>,
    n_legal: usize,
    reward: f64,
    shaped: f64,
    /// Whether this episode ended without room for a macro.
    stuck: bool,
    n_infeasible: usize,
}

impl Environment {
    /// An environment at the start of its first episode.
    pub fn new(task: Arc<Task>, config: EnvConfig) -> Self {
        let placement = task.empty();
        let boxes = (config.dense_reward != 0.0).then(|| Boxes::new(&task, &placement));
        let mut environment = Self {
            observation: task.first.clone(),
            occupancy: task.occupancy(config.mask),
            soft: SoftScratch::new(&task.netlist, &task.canvas, &task.initial),
            boxes,
            actions: Vec::with_capacity(task.order.len()),
            n_legal: 0,
            reward: 0.0,
            shaped: 0.0,
            stuck: false,
            n_infeasible: 0,
            placement,
            config,
            task,
        };
        environment.reset();
        environment
    }

    /// Takes every movable node off the canvas.
    pub fn reset(&mut self) {
        let task = &self.task;
        for &node in self.actions.iter().zip(&task.order).map(|(_, node)| node) {
            self.occupancy.unplace(node);
        }
        self.actions.clear();
        let from = &task.initial;
        self.placement.x.copy_from_slice(&from.x);
        self.placement.y.copy_from_slice(&from.y);
        for &node in &task.features.macros {
            self.placement.placed[node.usize()] = from.fixed[node.usize()];
        }
        self.observation.x.copy_from_slice(&task.first.x);
        self.observation.y.copy_from_slice(&task.first.y);
        self.observation.placed.copy_from_slice(&task.first.placed);
        if let Some(boxes) = &mut self.boxes {
            boxes.reset();
        }
        self.reward = 0.0;
        self.shaped = 0.0;
        self.stuck = false;
        self.look();
    }

    /// What there is to see now.
    pub fn observe(&self) -> &Observation {
        &self.observation
    }

    /// The macro whose turn it is.
    pub fn current(&self) -> Option<NodeId> {
        self.task.order.get(self.actions.len()).copied()
    }

    /// Puts the current macro on a grid cell.
    ///
    /// Where the current macro has no legal cell, any action gives [`Step::Infeasible`] again.
    ///
    /// # Panics
    /// If the cell is not legal, or every macro is placed already.
    pub fn step(&mut self, action: usize) -> Step {
        let node = self.current().expect("a finished episode needs a reset before the next step");
        if self.n_legal == 0 {
            return self.infeasible(node);
        }
        let legal = self.observation.mask.get(action).copied().unwrap_or(false);
        assert!(legal, "cell {action} is not legal for node {node}");
        self.put(node, action);
        match self.current() {
            None => Step::Done(Box::new(self.finish())),
            Some(next) if self.n_legal == 0 => self.infeasible(next),
            Some(_) => Step::Continue,
        }
    }

    /// Places a macro, moves the turn on.
    fn put(&mut self, node: NodeId, action: usize) {
        let task = &self.task;
        let center = task.canvas.grid().center(action);
        self.placement.set_center(node, center);
        self.placement.placed[node.usize()] = true;
        self.occupancy.place(&task.netlist, &self.placement, node);
        let index = self.observation.current;
        self.observation.show(index, center, &task.canvas);
        self.observation.placed[index] = 1.0;
        self.actions.push(action);
        self.reward = 0.0;
        if let Some(boxes) = &mut self.boxes {
            self.reward = -self.config.dense_reward * boxes.place(task, &self.placement, node);
            self.shaped += self.reward;
        }
        self.look();
    }

    /// Finds out what the macro whose turn it is may do.
    fn look(&mut self) {
        match self.current() {
            Some(node) => {
                let index = self.task.features.index(node);
                self.observation.current = index.expect("every macro is in the observation");
                let size = self.task.netlist.size(node);
                self.n_legal = self.occupancy.mask(size, &mut self.observation.mask);
            }
            None => {
                self.observation.current = 0;
                self.observation.mask.fill(false);
                self.n_legal = 0;
            }
        }
    }

    /// Places the soft macros and counts the cost.
    fn finish(&mut self) -> Outcome {
        let task = &self.task;
        let design = (&*task.netlist, &task.canvas, &task.springs);
        self.soft.place(&self.config.soft_placer, design, &mut self.placement);
        let cost = evaluate(&task.netlist, &task.canvas, &self.placement, Rules::Clamp).cost;
        self.end(-cost.proxy(&self.config.weights));
        Outcome { cost, placement: self.placement.clone() }
    }

    fn infeasible(&mut self, node: NodeId) -> Step {
        if !self.stuck {
            self.stuck = true;
            self.n_infeasible += 1;
            self.end(self.config.infeasible_reward);
        }
        let reason = Infeasibility::new(&self.task, &self.placement, node, &self.config.mask);
        Step::Infeasible { node, reason }
    }

    /// Makes the rewards of the episode add up to `total`.
    fn end(&mut self, total: f64) {
        let before = self.shaped - self.reward;
        self.reward = total - before;
        self.shaped = total;
    }

    /// Reward of the last step: 0 until the end, unless dense rewards are on.
    pub fn reward(&self) -> f64 {
        self.reward
    }

    /// Episodes that ended because a macro fitted nowhere.
    pub fn n_infeasible(&self) -> usize {
        self.n_infeasible
    }

    /// The placement so far.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The cells chosen so far, one for each macro of the order.
    pub fn actions(&self) -> &[usize] {
        &self.actions
    }

    /// The task.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// The settings.
    pub fn config(&self) -> &EnvConfig {
        &self.config
    }
}
