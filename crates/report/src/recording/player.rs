use std::sync::Arc;

use flagstone_netlist::{NodeId, Placement};

use super::{Recording, Step};
use crate::Place;

/// Steps between two placements that are kept whole, so that going back is fast.
const KEPT_EVERY: usize = 64;

/// A recording with a position in it.
#[derive(Clone, Debug)]
pub struct Player {
    recording: Arc<Recording>,
    kept: Vec<Placement>,
    at: usize,
    placement: Placement,
}

impl Player {
    /// At the first step.
    ///
    /// # Panics
    /// If the recording has no step; [`Recording::read`] makes none.
    pub fn new(recording: Arc<Recording>) -> Self {
        assert!(!recording.steps.is_empty(), "a recording has at least one step");
        let mut placement = recording.base.clone();
        let mut kept = Vec::new();
        for (at, step) in recording.steps.iter().enumerate() {
            apply(step, &mut placement);
            if at % KEPT_EVERY == 0 {
                kept.push(placement.clone());
            }
        }
        let placement = kept[0].clone();
        Self { recording, kept, at: 0, placement }
    }

    /// The recording.
    pub fn recording(&self) -> &Arc<Recording> {
        &self.recording
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.recording.steps.len()
    }

    /// Never: a recording has at least one step.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The step shown, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The step shown.
    pub fn step(&self) -> &Step {
        &self.recording.steps[self.at]
    }

    /// The placement after the step shown.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// Nodes that the step shown moved.
    pub fn moved(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.step().moved.iter().map(|moved| moved.0)
    }

    /// Goes to a step, the last one where there are not so many.
    pub fn seek(&mut self, to: usize) {
        let to = to.min(self.len() - 1);
        let near = to / KEPT_EVERY;
        if to < self.at || near > self.at / KEPT_EVERY {
            self.placement.clone_from(&self.kept[near]);
            self.at = near * KEPT_EVERY;
        }
        while self.at < to {
            self.at += 1;
            apply(&self.recording.steps[self.at], &mut self.placement);
        }
    }

    /// The weighted cost of every step that has one: step and cost.
    pub fn curve(&self) -> Vec<(usize, f64)> {
        let weights = &self.recording.head.weights;
        let steps = self.recording.steps.iter().enumerate();
        steps.filter_map(|(at, step)| Some((at, step.cost?.proxy(weights)))).collect()
    }
}

fn apply(step: &Step, placement: &mut Placement) {
    for &(node, Place { center, orientation, placed }) in &step.moved {
        placement.set_center(node, center);
        placement.placed[node.usize()] = placed;
        if placed {
            placement.orientation[node.usize()] = orientation;
        }
    }
}
