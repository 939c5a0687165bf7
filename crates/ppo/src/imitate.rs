//! Imitation of finished placements: the learner is shown which cell each macro went to.
//!
//! A placement from elsewhere, the refiner's say, becomes an episode by putting each macro, in the
//! order of the task, on the legal cell nearest to where the placement has it. The value and the cost
//! terms learn from the cost at the episode's end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_env::{Episode, Observation, Step};
use flagstone_netlist::Placement;
use flagstone_policy::{Network, Parameters};

use crate::collect::environment;
use crate::loss::Objective;
use crate::{Config, Design, Learner, Rollout, Update};

/// Along which axes a rollout is mirrored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mirror {
    /// Left and right change places.
    pub x: bool,
    /// Above and below change places.
    pub y: bool,
}

impl Mirror {
    /// One of the four mirrors.
    pub fn of(index: u64) -> Self {
        Self { x: index & 1 == 1, y: index & 2 == 2 }
    }
}

/// The cells nearest to where a placement has the macros, in the order of the task.
///
/// `None` where a macro finds no legal cell.
pub fn cells_of(design: &Design, placement: &Placement) -> Option<Vec<usize>> {
    let task = &design.task;
    let grid = task.canvas.grid();
    let mut environment = flagstone_env::Environment::new(Arc::clone(task));
    for &node in &task.order {
        let wanted = placement.center(node);
        let away = |&cell: &usize| {
            let center = grid.center(cell);
            (center.x - wanted.x).powi(2) + (center.y - wanted.y).powi(2)
        };
        let mask = &environment.observe().mask;
        let legal = (0..mask.len()).filter(|&cell| mask[cell]);
        let cell = legal.min_by(|a, b| away(a).total_cmp(&away(b)))?;
        if let Step::Infeasible(_) = environment.step(cell) {
            return None;
        }
    }
    Some(environment.actions().to_vec())
}

/// The rollout of given actions, with what either network sees at every step.
///
/// # Errors
/// Where the actions cannot all be taken.
pub fn replay(
    design: &Design,
    index: usize,
    actions: &[usize],
    config: &Config,
) -> Result<Rollout, flagstone_env::ReplayError> {
    let reader = Parameters::init(Network::Maps, 0);
    let mut environment = environment(&reader, design, config.shaping);
    let mut observations = Vec::with_capacity(actions.len());
    let episode = Episode::replay_with(&mut environment, actions, |observation| {
        observations.push(observation.clone());
    })?;
    let n = actions.len();
    let weights = &design.task.config.weights;
    let reward = -episode.cost.proxy(weights);
    let outcome =
        flagstone_env::Outcome { cost: episode.cost, reward, placement: episode.placement };
    Ok(Rollout {
        design: index,
        observations,
        actions: episode.actions,
        log_probabilities: vec![0.0; n],
        values: vec![0.0; n],
        shaping: vec![0.0; n],
        reward,
        outcome: Some(outcome),
    })
}

/// The rollout as it would look on the mirrored design; its finished placement is not mirrored.
///
/// The graph has no left and no right, so locations, maps and cells are all there is to mirror.
pub fn mirrored(rollout: &Rollout, design: &Design, mirror: Mirror) -> Rollout {
    let (columns, rows) = (design.graph.columns(), design.graph.rows());
    let (width, height) = (design.task.canvas.width, design.task.canvas.height);
    let turned = |centers: &[f32], size: f64, is_turned: bool| {
        let end = (size / (width + height)) as f32;
        centers.iter().map(|&at| if is_turned { end - at } else { at }).collect()
    };
    let cell = |cell: usize| {
        let (column, row) = (cell % columns, cell / columns);
        let column = if mirror.x { columns - 1 - column } else { column };
        let row = if mirror.y { rows - 1 - row } else { row };
        row * columns + column
    };
    let observation = |from: &Observation| {
        let n = columns * rows;
        let mask = (0..n).map(|at| from.mask[cell(at)]).collect();
        let maps = from.maps.chunks(n).flat_map(|map| (0..n).map(|at| map[cell(at)]));
        Observation {
            x: turned(&from.x, width, mirror.x),
            y: turned(&from.y, height, mirror.y),
            placed: from.placed.clone(),
            current: from.current,
            mask,
            maps: maps.collect(),
            scalars: from.scalars,
        }
    };
    Rollout {
        observations: rollout.observations.iter().map(observation).collect(),
        actions: rollout.actions.iter().map(|&action| cell(action)).collect(),
        ..rollout.clone()
    }
}

impl Learner {
    /// One pass over demonstrations, each mirrored anew with the iteration; `None` once `stop` is set.
    pub fn imitate(
        &mut self,
        designs: &[Design],
        demonstrations: &[Rollout],
        config: &Config,
        stop: &AtomicBool,
    ) -> Option<Update> {
        let pass = self.progress.iteration;
        let shown = demonstrations.iter().enumerate().map(|(i, demonstration)| {
            let mirror = Mirror::of((i as u64).wrapping_add(pass));
            mirrored(demonstration, &designs[demonstration.design], mirror)
        });
        let shown: Vec<Rollout> = shown.collect();
        self.learn(designs, &shown, (config, Objective::Imitation), 1, stop)
    }

    /// Learns to predict the cost at the end of rollouts; `None` once `stop` is set.
    pub fn predict(
        &mut self,
        designs: &[Design],
        rollouts: &[Rollout],
        config: &Config,
        stop: &AtomicBool,
    ) -> Option<Update> {
        self.learn(designs, rollouts, (config, Objective::Prediction), config.epochs, stop)
    }
}
