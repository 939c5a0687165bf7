//! The rules of a run: what may move and how, how much work, where to start.

use std::path::PathBuf;

use flagstone_formats::matches;
use flagstone_netlist::{Kind, NodeId};
use flagstone_place::checker::CheckRules;
use flagstone_place::mask::MaskRules;
use flagstone_place::refine::{self, Effort};

use crate::args::{Method, PlaceArgs};
use crate::failure::Failure;
use crate::load::Design;
use crate::progress::note;
use crate::settings::RunConfig;

/// Where a search starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The placement loaded.
    Given,
    /// Analytic placements, also from the one loaded.
    Analytic,
    /// A policy's best episode.
    Policy,
    /// The greedy placement.
    Greedy,
    /// Nothing: forces from the centre of the canvas; for `sa` the spiral.
    Scratch,
    /// A placement file of the same netlist.
    File(PathBuf),
}

/// Everything a run is told.
pub(super) struct Options {
    pub(super) method: Method,
    /// `None`: what is usual for the method.
    pub(super) start: Option<Start>,
    pub(super) refine: bool,
    /// Moves of the method, or placements it builds.
    pub(super) budget: u64,
    /// Moves of the refiner.
    pub(super) refine_budget: u64,
    /// Nodes that the design itself fixes.
    pub(super) given_fixed: Vec<bool>,
    /// Seconds after which the run stops.
    pub(super) limit: Option<f64>,
    pub(super) seed: u64,
    pub(super) policy: Option<PathBuf>,
    /// Placements that a policy draws.
    pub(super) samples: usize,
    pub(super) mask: MaskRules,
    pub(super) check: CheckRules,
    pub(super) config: RunConfig,
}

impl PlaceArgs {
    /// Seconds after which the run stops.
    pub(crate) fn limit(&self) -> Option<f64> {
        self.seconds.or(self.minutes.map(|minutes| 60.0 * minutes))
    }
}

impl Options {
    /// Reads the arguments; marks what must stay as fixed in the design.
    pub(super) fn new(
        args: &PlaceArgs,
        mut config: RunConfig,
        design: &mut Design,
    ) -> Result<Self, Failure> {
        let spacing = spacing(args, design)?;
        let given_fixed = design.placement.fixed.clone();
        fix(args, design)?;
        let refine = &mut config.refine;
        // The config's moves are an effort's unless someone changed them.
        let usual = refine.anneal.moves == Effort::default().moves();
        let effort = args.effort.map(Effort::from).or(usual.then(Effort::default));
        match (args.budget, effort) {
            (Some(budget), _) if !spends_budget(args.method) => refine.anneal.moves = budget,
            (_, Some(effort)) => refine.spend(effort, design.netlist.n_nets()),
            (_, None) => {}
        }
        let refine_budget = refine.anneal.moves;
        refine.anneal.spacing = on_grid(refine.anneal.spacing.max(spacing), design);
        if args.no_flips {
            (refine.anneal.flips, refine.descent.flips) = (false, false);
            config.sa.mirror = 0.0;
        }
        refine.start = match args.from.as_deref() {
            Some("analytic") => refine::Start::Analytic,
            None if args.method == Method::Refine => refine.start,
            // What another start or method found is refined as it stands.
            _ => refine::Start::Given,
        };
        let mask = &mut refine.descent.mask;
        mask.spacing_x = mask.spacing_x.max(refine.anneal.spacing);
        mask.spacing_y = mask.spacing_y.max(refine.anneal.spacing);
        Ok(Self {
            method: args.method,
            start: start(args)?,
            refine: args.refine,
            budget: args.budget.unwrap_or_else(|| match args.method {
                Method::Refine => refine_budget,
                method => usual_budget(method, effort.unwrap_or_default()),
            }),
            refine_budget,
            given_fixed,
            limit: args.limit(),
            seed: args.seed,
            policy: args.policy.clone(),
            samples: args.samples,
            mask: *mask,
            check: CheckRules { spacing: refine.anneal.spacing, ..CheckRules::default() },
            config,
        })
    }
}

/// Whether a method counts its own work; of the others only the refiner does.
fn spends_budget(method: Method) -> bool {
    matches!(method, Method::Sa | Method::WiremaskEa | Method::Random)
}

/// The gap asked for, else the design's widest halo.
fn spacing(args: &PlaceArgs, design: &Design) -> Result<f64, Failure> {
    let Some(spacing) = args.spacing else {
        let Design { name, halo, .. } = design;
        if *halo > 0.0 {
            note(&format!(
                "{name}: macros keep {halo} um from each other, the widest HALO (--spacing UM for another gap)"
            ));
        }
        return Ok(*halo);
    };
    if !(spacing >= 0.0 && spacing.is_finite()) {
        return Err(Failure::Usage("--spacing must not be negative".to_owned()));
    }
    Ok(spacing)
}

/// The gap, or the next one that macros on the manufacturing grid can have: the placement goes there
/// in the end, and a gap of whole steps stays when both sides of it are rounded.
fn on_grid(spacing: f64, design: &Design) -> f64 {
    /// Steps by which a gap may miss a whole number of them and is still one.
    const ROUNDING: f64 = 1e-6;
    let grid = design.technology.manufacturing_grid.filter(|_| design.def.is_some());
    let Some(step) = grid else { return spacing };
    let steps = spacing / step;
    if (steps - steps.round()).abs() <= ROUNDING {
        return spacing;
    }
    // Without the last bits of the product.
    let wider = (steps.ceil() * step * 1e9).round() / 1e9;
    note(&format!(
        "{}: a gap of {spacing} um becomes {wider} um, whole steps of the manufacturing grid",
        design.name
    ));
    wider
}

/// Work of a method at an effort: moves, or placements built. Chosen so that a design with a
/// hundred hard macros takes about the time the effort promises.
fn usual_budget(method: Method, effort: Effort) -> u64 {
    let tenths = match effort {
        Effort::Quick => 1,
        Effort::Normal => 10,
        Effort::High => 20,
        Effort::Max => 40,
    };
    match method {
        Method::Sa => 400_000 * tenths,
        Method::WiremaskEa | Method::Random => 80 * tenths,
        Method::Refine | Method::Policy | Method::Greedy | Method::ForceDirected => effort.moves(),
    }
}

fn start(args: &PlaceArgs) -> Result<Option<Start>, Failure> {
    let Some(from) = &args.from else { return Ok(None) };
    if matches!(args.method, Method::Policy | Method::Random | Method::ForceDirected) {
        let what = "--from has no meaning for the methods policy, random and force-directed";
        return Err(Failure::Usage(what.to_owned()));
    }
    let path = PathBuf::from(from);
    match from.as_str() {
        "given" => Ok(Some(Start::Given)),
        "policy" => Ok(Some(Start::Policy)),
        "greedy" => Ok(Some(Start::Greedy)),
        "scratch" => Ok(Some(Start::Scratch)),
        "analytic" => Ok(Some(Start::Analytic)),
        _ if path.is_file() => Ok(Some(Start::File(path))),
        _ => Err(Failure::Usage(format!(
            "--from {from:?}: expected given, analytic, policy, greedy, scratch or a .plc file"
        ))),
    }
}

/// Marks the macros that `--fix` and `--fix-soft` name.
fn fix(args: &PlaceArgs, design: &mut Design) -> Result<(), Failure> {
    let netlist = &design.netlist;
    let fixed = &mut design.placement.fixed;
    for pattern in &args.fix {
        let named = |node: &NodeId| matches(pattern, netlist.node_name(*node));
        let found: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).filter(named).collect();
        if found.is_empty() {
            return Err(Failure::Usage(format!("--fix {pattern:?}: no hard macro is named so")));
        }
        found.iter().for_each(|node| fixed[node.usize()] = true);
    }
    if args.fix_soft {
        netlist.nodes_of(Kind::SoftMacro).for_each(|node| fixed[node.usize()] = true);
    }
    Ok(())
}
