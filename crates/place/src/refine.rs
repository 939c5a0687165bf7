//! Joins the pieces: a legal start, annealing, descent; never worse than the best seen.

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::{Kind, NodeId, Placement};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analytic::{self, AnalyticConfig, From};
use crate::anneal::{self, AnnealConfig, Annealed, Progress};
use crate::descent::{self, DescentConfig};
use crate::separate::{SeparateConfig, Separated, separate};
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

/// Where the search begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// From the placement it is given: a file's, a policy's, another method's.
    Given,
    /// From the best of several analytic placements and the given one, told apart by short anneals.
    #[default]
    Analytic,
    /// From a greedy placement; the given one does not count, its fixed macros aside.
    Scratch,
}

/// Everything that steers the refiner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefineConfig {
    /// Where the search begins: "given", "analytic" or "scratch".
    pub start: Start,
    /// Analytic placements to choose from; each draws its own numbers around the config's.
    pub variants: u64,
    /// Share of the annealer's moves that tell the variants apart, 0 to 1.
    pub screen_share: f64,
    /// The analytic placer.
    pub analytic: AnalyticConfig,
    /// Setting overlapping hard macros apart.
    pub separate: SeparateConfig,
    /// Annealing.
    pub anneal: AnnealConfig,
    /// Coordinate descent after it.
    pub descent: DescentConfig,
}

impl Default for RefineConfig {
    fn default() -> Self {
        Self {
            start: Start::default(),
            variants: 6,
            screen_share: 0.15,
            analytic: AnalyticConfig::default(),
            separate: SeparateConfig::default(),
            anneal: AnnealConfig::default(),
            descent: DescentConfig::default(),
        }
    }
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
    /// Hard macros for which there was no room; empty where the placement is legal.
    pub stuck: Vec<NodeId>,
}

/// The placement itself where its hard macros do not overlap, else the nearest one found without
/// overlaps.
///
/// # Errors
/// The first macro that fits nowhere.
pub fn legal_start(
    job: &Job<'_>,
    placement: &Placement,
    config: &RefineConfig,
) -> Result<Placement, NodeId> {
    let legal = apart(job, placement, config);
    match legal.stuck.first() {
        None => Ok(legal.placement),
        Some(&node) => Err(node),
    }
}

/// The placement itself where its hard macros keep their distance, else one set apart.
fn apart(job: &Job<'_>, placement: &Placement, config: &RefineConfig) -> Separated {
    let &Job { netlist, canvas, .. } = job;
    let spacing = config.separate.spacing.max(config.anneal.spacing);
    let rules = checker::CheckRules { spacing, ..checker::CheckRules::default() };
    if checker::violations(netlist, canvas, placement, &rules).is_empty() {
        return Separated { placement: placement.clone(), stuck: Vec::new(), displacement: 0.0 };
    }
    separate(netlist, canvas, placement, &SeparateConfig { spacing, ..config.separate })
}

/// An analytic placement, set apart, its soft macros shaped once more around the hard ones.
pub fn analytic_start(
    job: &Job<'_>,
    given: &Placement,
    config: &RefineConfig,
    variant: u64,
) -> Separated {
    // Every other variant forgets the given arrangement.
    let from = if variant % 2 == 0 { From::Given } else { From::Center };
    let move_soft = config.anneal.move_soft;
    let placed = analytic::place(job, given, &config.analytic, from, move_soft, variant);
    let mut found = apart(job, &placed, config);
    if move_soft {
        let soft = |kind| kind == Kind::SoftMacro;
        found.placement = analytic::shape(job, &found.placement, &config.analytic, soft);
    }
    found
}

/// Refines a placement: starts, short anneals that choose among them, annealing of the best,
/// descent. The result is never worse than the given placement where that is legal.
///
/// `on_progress` is called with the best placement so far whenever there may be a better one.
pub fn refine(
    job: &Job<'_>,
    given: &Placement,
    config: &RefineConfig,
    mut on_progress: impl FnMut(&Progress, &Placement),
) -> Refined {
    let starts = starts(job, given, config);
    let least = starts.iter().map(|start| start.stuck.len()).min().unwrap_or(0);
    let legal: Vec<Separated> = starts.into_iter().filter(|s| s.stuck.len() == least).collect();
    let stuck = legal[0].stuck.clone();
    let placements: Vec<Placement> = legal.into_iter().map(|start| start.placement).collect();
    let (screened, spent) = screen(job, placements, config);
    let anneal = AnnealConfig { moves: config.anneal.moves - spent, ..config.anneal.clone() };
    let annealed = anneal::anneal(job, &screened, &anneal, |progress, placement| {
        let moves = progress.moves + spent;
        on_progress(&Progress { moves, of: config.anneal.moves, ..*progress }, placement);
    });
    let mut placement = annealed.placement;
    let mut moves = annealed.moves + spent;
    if stuck.is_empty() {
        let descended = descent::descend(job, &placement, &config.descent);
        placement = descended.placement;
        moves += descended.moves;
    }
    let cost = evaluate(job.netlist, job.canvas, &placement, Rules::Clamp).cost;
    Refined { placement, cost, moves, stuck }
}

/// The placements to choose from, at least one, each set apart.
fn starts(job: &Job<'_>, given: &Placement, config: &RefineConfig) -> Vec<Separated> {
    match config.start {
        Start::Given => vec![apart(job, given, config)],
        Start::Scratch => {
            let choice = greedy::Choice::LeastWirelength;
            let mask = config.descent.mask;
            let placed = greedy::place(job.netlist, job.canvas, given, choice, mask);
            vec![apart(job, placed.as_ref().unwrap_or(given), config)]
        }
        Start::Analytic => {
            let variants = (0..config.variants).into_par_iter();
            let mut found: Vec<Separated> =
                variants.map(|v| analytic_start(job, given, config, v)).collect();
            found.push(apart(job, given, config));
            found
        }
    }
}

/// Anneals every placement for a little while; returns them, the best first, and the moves spent.
fn screen(
    job: &Job<'_>,
    placements: Vec<Placement>,
    config: &RefineConfig,
) -> (Vec<Placement>, u64) {
    if placements.len() == 1 {
        return (placements, 0);
    }
    let moves = (config.anneal.moves as f64 * config.screen_share) as u64 / placements.len() as u64;
    let short = AnnealConfig { moves, replicas: 1, rounds: 1, ..config.anneal.clone() };
    let anneal =
        |placement| anneal::anneal(job, std::slice::from_ref(placement), &short, |_, _| {});
    let mut found: Vec<Annealed> = placements.par_iter().map(anneal).collect();
    let cost = |found: &Annealed| found.cost.proxy(&job.weights);
    found.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let spent = found.iter().map(|found| found.moves).sum();
    (found.into_iter().map(|found| found.placement).collect(), spent)
}
