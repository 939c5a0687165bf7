//! Placements to imitate, made by the refiner.

use std::sync::atomic::AtomicBool;

use flagstone_place::Job;
use flagstone_place::refine::{RefineConfig, refine};
use rayon::prelude::*;

use crate::{Config, Design, Rollout, cells_of, replay};

/// Refined placements of every design, as episodes, design by design; those that have no legal cell
/// for a macro are left out. Fewer once `stop` is set.
///
/// They depend on the designs, the seed and the refiner alone, so a run that goes on makes the same
/// ones again.
pub fn demonstrations(designs: &[Design], config: &Config, stop: &AtomicBool) -> Vec<Rollout> {
    let all = (0..designs.len()).flat_map(|i| (0..config.warm_up.placements).map(move |n| (i, n)));
    let all: Vec<(usize, u64)> = all.collect();
    all.into_par_iter()
        .filter_map(|(index, n)| demonstration(&designs[index], index, n, config, stop))
        .collect()
}

/// What the refiner makes of a design, as an episode.
fn demonstration(
    design: &Design,
    index: usize,
    n: u64,
    config: &Config,
    stop: &AtomicBool,
) -> Option<Rollout> {
    let task = &design.task;
    let (netlist, canvas, weights) = (&task.netlist, &task.canvas, task.config.weights);
    let seed = config.seed.wrapping_mul(config.warm_up.placements.max(1)).wrapping_add(n);
    let job = Job { netlist, canvas, weights, seed, stop };
    let mut refiner = RefineConfig::default();
    refiner.anneal.moves = config.warm_up.moves;
    // An episode chooses no orientations, so the refiner must not, either.
    refiner.anneal.flips = false;
    refiner.descent.flips = false;
    let refined = refine(&job, std::slice::from_ref(&task.initial), &refiner, |_, _| {});
    if !refined.stuck.is_empty() || job.stopped() {
        return None;
    }
    let cells = cells_of(design, &refined.placement)?;
    replay(design, index, &cells, config).ok()
}
