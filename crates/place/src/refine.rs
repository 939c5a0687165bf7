//! Joins the pieces: starts, a choice among them, annealing, reordering, descent, basin jumps; never
//! worse than the best seen.

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_netlist::{Kind, NodeId, Placement};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analytic::{self, AnalyticConfig, From};
use crate::anneal::{self, AnnealConfig, Annealed, N_KINDS, Progress, Tally};
use crate::descent::{self, DescentConfig};
use crate::jumps::{self, JumpConfig};
use crate::reorder::{self, ReorderConfig};
use crate::separate::{SeparateConfig, Separated, separate};
use crate::{Job, checker, greedy};

/// How much work to spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// About half a minute on two cores at most, up to 2,000 macros.
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
    /// Proposed moves of the annealer for a design that is not large; see
    /// [`RefineConfig::spend`].
    pub fn moves(self) -> u64 {
        match self {
            Self::Quick => 2_000_000,
            Self::Normal => 25_000_000,
            Self::High => 60_000_000,
            Self::Max => 120_000_000,
        }
    }
}

/// Where the search begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// From the placement it is given: a file's, a policy's, another method's.
    Given,
    /// From the best of several analytic placements, which begin at each of the given ones and at
    /// the centre, and the given ones themselves; told apart by short anneals.
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
    /// Analytic placements to choose from at most; each draws its own numbers around the config's.
    pub variants: u64,
    /// Proposed moves for which there is one more analytic placement; never fewer than one from
    /// each beginning, as far as `variants` allows.
    pub moves_per_variant: u64,
    /// Nets that the analytic placer may visit for each move of the annealer, over all variants and
    /// steps: a large design gets fewer variants, to stay within an effort's time.
    pub net_visits_per_move: f64,
    /// Share of these visits for a design so large that they do not pay for one placement from each
    /// beginning, 0 to 1. It gets one, perhaps in fewer steps, which keeps fewer threads busy.
    pub lone_start_share: f64,
    /// Grid cells that a policy may look at for a start, over all its steps, for each move of the
    /// annealer: where it would take more, the search begins without a policy.
    pub policy_cells_per_move: f64,
    /// Nets up to which an effort stands for its whole number of moves. A move takes longer the more
    /// nets there are, about as their square root, and a design with more gets as many moves fewer.
    pub full_effort_nets: u64,
    /// Share of the annealer's moves that tell the variants apart, 0 to 1.
    pub screen_share: f64,
    /// Evaluations that reordering may spend at most, and as many again that descent may, as a share
    /// of the annealer's moves: on a large design in a short run these moves gain more.
    pub touch_share: f64,
    /// Share of the annealer's moves that go into basin jumps at the end, 0 to 1. None by
    /// default: the same moves in the annealer gained more.
    pub jump_share: f64,
    /// The analytic placer.
    pub analytic: AnalyticConfig,
    /// Setting overlapping hard macros apart.
    pub separate: SeparateConfig,
    /// Annealing.
    pub anneal: AnnealConfig,
    /// Permutations of neighbours after it.
    pub reorder: ReorderConfig,
    /// Coordinate descent after that.
    pub descent: DescentConfig,
    /// Basin jumps at the end.
    pub jumps: JumpConfig,
}

impl Default for RefineConfig {
    fn default() -> Self {
        Self {
            start: Start::default(),
            variants: 10,
            moves_per_variant: 3_000_000,
            net_visits_per_move: 35.0,
            lone_start_share: 0.5,
            policy_cells_per_move: 0.25,
            full_effort_nets: 40_000,
            screen_share: 0.15,
            touch_share: 0.04,
            jump_share: 0.0,
            analytic: AnalyticConfig::default(),
            separate: SeparateConfig::default(),
            anneal: AnnealConfig { moves: Effort::default().moves(), ..AnnealConfig::default() },
            reorder: ReorderConfig::default(),
            descent: DescentConfig::default(),
            jumps: JumpConfig::default(),
        }
    }
}

impl RefineConfig {
    /// Sets the annealer's moves to an effort's, fewer for a large design. The analytic starts, which
    /// need their steps there the more, are paid as if there were no fewer.
    pub fn spend(&mut self, effort: Effort, n_nets: usize) {
        let share = (self.full_effort_nets as f64 / n_nets.max(1) as f64).sqrt().min(1.0);
        self.anneal.moves = (effort.moves() as f64 * share) as u64;
        self.net_visits_per_move *= effort.moves() as f64 / self.anneal.moves.max(1) as f64;
    }

    /// Whether the budget pays for an arrangement by a policy: one step a hard macro, each of which
    /// looks at every grid cell.
    #[must_use]
    pub fn pays_for_a_policy(&self, n_hard_macros: usize, n_cells: usize) -> bool {
        let looked_at = n_hard_macros as f64 * n_cells as f64;
        looked_at <= self.anneal.moves as f64 * self.policy_cells_per_move
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
    /// What each kind of the annealers' moves did, in the order of
    /// [`MoveKind::ALL`](crate::anneal::MoveKind::ALL).
    pub tallies: [Tally; N_KINDS],
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
    let config = SeparateConfig { spacing, ..config.separate };
    separate(netlist, canvas, placement, &config, job.stop)
}

/// An analytic placement, set apart, its soft macros shaped once more around the hard ones.
///
/// The variants take turns: one from each of the given placements, one from the centre, which comes
/// first if `center_first`.
pub fn analytic_start(
    job: &Job<'_>,
    given: &[Placement],
    config: &RefineConfig,
    variant: u64,
    center_first: bool,
) -> Separated {
    let turn = if center_first { given.len() } else { 0 };
    let turn = (turn + variant as usize) % (given.len() + 1);
    let from = if turn < given.len() { From::Given } else { From::Center };
    let given = &given[turn % given.len()];
    let move_soft = config.anneal.move_soft;
    let placed = analytic::place(job, given, &config.analytic, from, move_soft, variant);
    let mut found = apart(job, &placed, config);
    if move_soft {
        let soft = |kind| kind == Kind::SoftMacro;
        found.placement = analytic::shape(job, &found.placement, &config.analytic, soft);
    }
    found
}

/// Refines placements: starts, short anneals that choose among them, annealing of the best,
/// reordering, descent, basin jumps. The result is never worse than a given placement that is
/// legal, unless the search starts from scratch.
///
/// `given` are one or more arrangements of the same design with the same fixed nodes: the design's
/// own, a policy's. `on_progress` is called with the best placement so far whenever there may be a
/// better one.
///
/// # Panics
/// Where no placement is given.
pub fn refine(
    job: &Job<'_>,
    given: &[Placement],
    config: &RefineConfig,
    on_progress: impl FnMut(&Progress, &Placement),
) -> Refined {
    let starts = starts(job, given, config);
    let least = starts.iter().map(|start| start.stuck.len()).min().unwrap_or(0);
    let legal: Vec<Separated> = starts.into_iter().filter(|s| s.stuck.len() == least).collect();
    let stuck = legal[0].stuck.clone();
    let placements = legal.into_iter().map(|start| start.placement).collect();
    let all = config.anneal.moves;
    let mut schedule =
        Schedule { job, config, on_progress, spent: 0, tallies: [Tally::default(); N_KINDS] };
    let screened = schedule.screen(placements);
    // Whole rounds only: what is left over is the annealer's.
    let round = config.jumps.moves.max(1).saturating_mul(config.anneal.replicas.max(1) as u64);
    let jumps = (all as f64 * config.jump_share.clamp(0.0, 1.0)) as u64 / round * round;
    let mut placement = schedule.anneal(&screened, all.saturating_sub(schedule.spent + jumps));
    if stuck.is_empty() {
        placement = schedule.descend(&placement);
    }
    let placement = schedule.jump(&placement, jumps);
    let cost = evaluate(job.netlist, job.canvas, &placement, Rules::Clamp).cost;
    Refined { placement, cost, moves: schedule.spent, tallies: schedule.tallies, stuck }
}

/// The placements to choose from, at least one, each set apart, every macro with a place: one that
/// had none counts where it is, like every other.
fn starts(job: &Job<'_>, given: &[Placement], config: &RefineConfig) -> Vec<Separated> {
    let mut starts = found_starts(job, given, config);
    for start in &mut starts {
        for node in job.netlist.macros() {
            start.placement.placed[node.usize()] = true;
        }
    }
    starts
}

fn found_starts(job: &Job<'_>, given: &[Placement], config: &RefineConfig) -> Vec<Separated> {
    assert!(!given.is_empty(), "there is a placement to refine");
    let as_given = || given.par_iter().map(|given| apart(job, given, config));
    match config.start {
        Start::Given => as_given().collect(),
        Start::Scratch => {
            let given = &given[0];
            let choice = greedy::Choice::LeastWirelength;
            let mask = config.descent.mask;
            let placed = greedy::place(job.netlist, job.canvas, given, choice, mask);
            vec![apart(job, placed.as_ref().unwrap_or(given), config)]
        }
        Start::Analytic => {
            let Plan { variants, center_first, config } =
                affordable(config, given.len(), job.netlist.n_nets());
            // One that has not begun when the search is stopped would be a heap to set apart.
            let variants = (0..variants).into_par_iter().filter(|_| !job.stopped());
            let analytic = variants.map(|v| analytic_start(job, given, &config, v, center_first));
            analytic.chain(as_given()).collect()
        }
    }
}

/// Analytic placements that the budget pays for.
struct Plan {
    variants: u64,
    center_first: bool,
    config: RefineConfig,
}

/// One placement from each beginning at least, or where the budget does not pay for that, one from
/// the centre, the beginning that owes nothing to what is given, perhaps in fewer steps.
fn affordable(config: &RefineConfig, n_given: usize, n_nets: usize) -> Plan {
    /// A placement in fewer steps than this share of the usual ones is no start.
    const LEAST_STEPS: f64 = 0.2;
    let by_budget = config.anneal.moves / config.moves_per_variant.max(1);
    let wanted = by_budget.max(n_given as u64 + 1).min(config.variants);
    let steps = config.analytic.spread_steps + config.analytic.shape_steps;
    let visits = (f64::from(steps) * n_nets as f64).max(1.0);
    let paid = config.anneal.moves as f64 * config.net_visits_per_move / visits;
    let config = config.clone();
    if paid >= wanted.min(n_given as u64 + 1) as f64 {
        return Plan { variants: wanted.min(paid as u64), center_first: false, config };
    }
    let share = (paid * config.lone_start_share).clamp(LEAST_STEPS, 1.0);
    let analytic = config.analytic.in_fewer_steps(share);
    Plan {
        variants: wanted.min(1),
        center_first: true,
        config: RefineConfig { analytic, ..config },
    }
}

/// The stages after the start, and what they have spent.
struct Schedule<'a, F> {
    job: &'a Job<'a>,
    config: &'a RefineConfig,
    on_progress: F,
    spent: u64,
    tallies: [Tally; N_KINDS],
}

impl<F: FnMut(&Progress, &Placement)> Schedule<'_, F> {
    /// Anneals every placement for a little while; returns them, the best first.
    fn screen(&mut self, placements: Vec<Placement>) -> Vec<Placement> {
        self.report_best(&placements);
        if placements.len() == 1 {
            return placements;
        }
        let Self { job, config, .. } = *self;
        let share = config.screen_share.clamp(0.0, 1.0);
        let moves = (config.anneal.moves as f64 * share) as u64 / placements.len() as u64;
        let short = AnnealConfig { moves, replicas: 1, rounds: 1, ..config.anneal.clone() };
        let anneal =
            |placement| anneal::anneal(job, std::slice::from_ref(placement), &short, |_, _| {});
        let mut found: Vec<Annealed> = placements.par_iter().map(anneal).collect();
        let cost = |found: &Annealed| found.cost.proxy(&job.weights);
        found.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        found.iter().for_each(|found| self.count(found));
        let progress = Progress { moves: self.spent, of: config.anneal.moves, best: found[0].cost };
        (self.on_progress)(&progress, &found[0].placement);
        found.into_iter().map(|found| found.placement).collect()
    }

    /// Reports the best of the placements that the search begins from.
    fn report_best(&mut self, placements: &[Placement]) {
        let Job { netlist, canvas, weights, .. } = self.job;
        let costs = placements.par_iter();
        let costs: Vec<Cost> =
            costs.map(|found| evaluate(netlist, canvas, found, Rules::Clamp).cost).collect();
        let pairs = placements.iter().zip(costs);
        let best = pairs.min_by(|a, b| a.1.proxy(weights).total_cmp(&b.1.proxy(weights)));
        if let Some((placement, best)) = best {
            let progress = Progress { moves: 0, of: self.config.anneal.moves, best };
            (self.on_progress)(&progress, placement);
        }
    }

    fn count(&mut self, found: &Annealed) {
        self.spent += found.moves;
        for (sum, tally) in self.tallies.iter_mut().zip(&found.tallies) {
            sum.add(tally);
        }
    }

    /// Anneals the first placements, one for each replica.
    fn anneal(&mut self, starts: &[Placement], moves: u64) -> Placement {
        let anneal = AnnealConfig { moves, ..self.config.anneal.clone() };
        let (spent, of) = (self.spent, self.config.anneal.moves);
        let found = anneal::anneal(self.job, starts, &anneal, |progress, placement| {
            let moves = progress.moves + spent;
            (self.on_progress)(&Progress { moves, of, ..*progress }, placement);
        });
        self.count(&found);
        found.placement
    }

    /// Permutes neighbours and descends cell by cell.
    fn descend(&mut self, start: &Placement) -> Placement {
        let move_soft = self.config.reorder.move_soft && self.config.anneal.move_soft;
        let reorder = ReorderConfig { move_soft, ..self.config.reorder };
        let most = (self.config.anneal.moves as f64 * self.config.touch_share) as u64;
        let reordered = reorder::reorder(self.job, start, &reorder, most);
        let flips = self.config.descent.flips && self.config.anneal.flips;
        let mut descent = DescentConfig { flips, ..self.config.descent.clone() };
        let spacing = self.config.separate.spacing.max(self.config.anneal.spacing);
        descent.mask.spacing_x = descent.mask.spacing_x.max(spacing);
        descent.mask.spacing_y = descent.mask.spacing_y.max(spacing);
        descent::descend(self.job, &reordered.placement, &descent, most).placement
    }

    /// Jumps from basin to basin.
    fn jump(&mut self, start: &Placement, moves: u64) -> Placement {
        let anneal = AnnealConfig { moves, ..self.config.anneal.clone() };
        let (spent, of) = (self.spent, self.config.anneal.moves);
        let config = &self.config.jumps;
        let found = jumps::jump(self.job, start, config, &anneal, |progress, placement| {
            let moves = progress.moves + spent;
            (self.on_progress)(&Progress { moves, of, ..*progress }, placement);
        });
        self.count(&found);
        found.placement
    }
}

#[cfg(test)]
mod tests;
