//! Joins the pieces: a legal start, annealing, descent; never worse than the best seen.

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::{NodeId, Placement};
use serde::{Deserialize, Serialize};

use crate::anneal::{self, AnnealConfig, Progress};
use crate::descent::{self, DescentConfig};
use crate::legalize::{Room, legalize};
use crate::{Job, checker, greedy};

/// How much work to spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Below half a minute.
    Quick,
    /// A few minutes.
    #[default]
    Normal,
    /// About ten minutes.
    High,
    /// About twenty minutes.
    Max,
}

impl Effort {
    /// Proposed moves of the annealer.
    pub fn moves(self) -> u64 {
        match self {
            Self::Quick => 2_000_000,
            Self::Normal => 20_000_000,
            Self::High => 50_000_000,
            Self::Max => 100_000_000,
        }
    }
}

/// Everything that steers the refiner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefineConfig {
    /// Annealing.
    pub anneal: AnnealConfig,
    /// Coordinate descent after it.
    pub descent: DescentConfig,
}

/// Legal and refined.
#[derive(Clone, Debug)]
pub struct Refined {
    /// The placement.
    pub placement: Placement,
    /// Its cost.
    pub cost: Cost,
    /// Moves proposed or evaluated.
    pub moves: u64,
}

/// The placement itself where its hard macros do not overlap, else the nearest one on legal cells,
/// else a greedy one.
///
/// # Errors
/// The macro that fits nowhere by either way.
pub fn legal_start(
    job: &Job<'_>,
    placement: &Placement,
    config: &RefineConfig,
) -> Result<Placement, NodeId> {
    let &Job { netlist, canvas, .. } = job;
    let rules =
        checker::CheckRules { spacing: config.anneal.spacing, ..checker::CheckRules::default() };
    if checker::violations(netlist, canvas, placement, &rules).is_empty() {
        return Ok(placement.clone());
    }
    let mut mask = config.descent.mask;
    mask.spacing_x = mask.spacing_x.max(config.anneal.spacing);
    mask.spacing_y = mask.spacing_y.max(config.anneal.spacing);
    let legal = legalize(netlist, canvas, placement, Room::NoOverlap(mask));
    match legal.stuck {
        None => Ok(legal.placement),
        Some(_) => greedy::place(netlist, canvas, placement, greedy::Choice::LeastWirelength, mask),
    }
}

/// Anneals and descends from a placement without overlaps.
pub fn refine(
    job: &Job<'_>,
    start: &Placement,
    config: &RefineConfig,
    on_round: impl FnMut(&Progress, &Placement),
) -> Refined {
    let annealed = anneal::anneal(job, start, &config.anneal, on_round);
    let descended = descent::descend(job, &annealed.placement, &config.descent);
    let cost = evaluate(job.netlist, job.canvas, &descended.placement, Rules::Clamp).cost;
    Refined { placement: descended.placement, cost, moves: annealed.moves + descended.moves }
}
