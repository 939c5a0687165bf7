//! Legal cells drawn at random, again and again; the best draw is kept.

use flagstone_netlist::{NodeId, Placement};
use rayon::prelude::*;

use super::{Found, SoftPlacer};
use crate::Job;
use crate::anneal::Progress;
use crate::force_directed::Schedule;
use crate::greedy::{self, Choice};
use crate::mask::MaskRules;

/// Draws that are made in parallel and compared in order; fixed, so that the result does not depend
/// on the number of threads.
const BATCH: u64 = 8;

/// Draws `draws` placements, at least one, and keeps the best.
///
/// # Errors
/// The macro for which no cell was left in the first batch, where none of its draws was legal.
pub fn search(
    job: &Job<'_>,
    start: &Placement,
    draws: u64,
    rules: MaskRules,
    mut on_progress: impl FnMut(&Progress, &Placement),
) -> Result<Found, NodeId> {
    let soft = SoftPlacer::new(job.netlist, start, &Schedule::default());
    let mut best: Option<Found> = None;
    let mut drawn = 0;
    while drawn < draws.max(1) && !(job.stopped() && best.is_some()) {
        let batch = BATCH.min(draws.max(1) - drawn);
        let found: Vec<Result<Found, NodeId>> = (drawn..drawn + batch)
            .into_par_iter()
            .map(|index| draw(job, start, index, rules, &soft))
            .collect();
        drawn += batch;
        let mut stuck = None;
        for found in found {
            match (found, &mut best) {
                (Ok(found), Some(best)) => best.keep_better(job, found),
                (Ok(found), None) => best = Some(found),
                (Err(node), _) => stuck = Some(node),
            }
        }
        let Some(best) = &mut best else {
            return Err(stuck.expect("a batch has a draw"));
        };
        best.moves = drawn;
        let progress = Progress { moves: drawn, of: draws.max(1), best: best.cost };
        on_progress(&progress, &best.placement);
    }
    Ok(best.expect("the first batch gave a placement or an error"))
}

fn draw(
    job: &Job<'_>,
    start: &Placement,
    index: u64,
    rules: MaskRules,
    soft: &SoftPlacer,
) -> Result<Found, NodeId> {
    // The golden ratio spreads the streams of neighboring seeds apart.
    let seed = job.seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let choice = Choice::Random { seed };
    let mut placement = greedy::place(job.netlist, job.canvas, start, choice, rules)?;
    soft.place(job.canvas, &mut placement);
    Ok(Found::new(job, placement, 1))
}
