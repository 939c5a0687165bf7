//! The stages of every method.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_design::snap::{SnapTo, snap};
use flagstone_netlist::{NodeId, Placement};
use flagstone_place::Job;
use flagstone_place::anneal::Progress as Step;
use flagstone_place::baselines::{SoftPlacer, random, tilos_sa, wiremask_ea};
use flagstone_place::checker;
use flagstone_place::force_directed::Schedule;
use flagstone_place::refine::{legal_start, refine};

use super::best::Best;
use super::options::{Options, Start};
use super::start::with_soft_macros;
use crate::args::Method;
use crate::eval;
use crate::failure::Failure;
use crate::load::Design;
use crate::progress::{Progress, note};
use crate::recording::Recording;

/// What a stage made of the placement.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) cost: Cost,
}

/// A placement on its way, with what each stage made of it.
pub(super) struct Run {
    pub(super) design: Design,
    pub(super) options: Options,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) best: Best,
    pub(super) recording: Recording,
    pub(super) stages: Vec<Stage>,
    pub(super) moves: u64,
}

impl Run {
    pub(super) fn new(
        design: Design,
        options: Options,
        stop: Arc<AtomicBool>,
        best: Best,
        recording: Recording,
    ) -> Self {
        Self { design, options, stop, best, recording, stages: Vec::new(), moves: 0 }
    }

    /// Whether a signal or the time limit ended the run.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Notes what a stage gave; where it is legal and the best, it is kept on disk.
    fn stage(&mut self, name: &'static str, placement: &Placement) {
        let Design { netlist, canvas, weights, .. } = &self.design;
        let cost = evaluate(netlist, canvas, placement, Rules::Clamp).cost;
        note(&format!("{name:>12}: {}", eval::line(&cost, weights)));
        self.stages.push(Stage { name, cost });
        self.recording.step(name, self.moves, placement, cost);
        if name != "given" {
            self.best.offer(&self.design, placement, &cost, self.moves);
        }
    }

    /// All stages in order; the best legal placement of all.
    pub(super) fn place(&mut self) -> Result<Placement, Failure> {
        let given = self.design.placement.clone();
        self.stage("given", &given);
        self.design.placement = with_soft_macros(&self.design.netlist, given);
        let placed = self.method()?;
        let last = self.stages.last().map_or(f64::INFINITY, |stage| self.proxy(&stage.cost));
        // The engine and the full evaluation add up in different orders.
        const ROUNDING: f64 = 1e-9;
        let Design { netlist, canvas, .. } = &self.design;
        let legal = checker::violations(netlist, canvas, &placed, &self.options.check).is_empty();
        let most = if legal { last - ROUNDING } else { f64::INFINITY };
        let found = match self.best.below(most) {
            Some(best) => {
                self.stage("best", &best);
                best
            }
            None => placed,
        };
        Ok(self.on_grid(found))
    }

    /// Macros that a DEF will place stand on the manufacturing grid, where that is legal.
    fn on_grid(&mut self, placement: Placement) -> Placement {
        let design = &self.design;
        if design.def.is_none() || design.technology.manufacturing_grid.is_none() {
            return placement;
        }
        // The run's own gap counts as a halo does.
        let halo = design.halo.max(self.options.check.spacing);
        let placed = Design { placement, halo, ..design.clone() };
        let Ok(found) = snap(&placed, SnapTo::Manufacturing) else { return placed.placement };
        let Design { name, netlist, canvas, placement, .. } = placed;
        let faults = |placement| {
            checker::violations(&netlist, &canvas, placement, &self.options.check).len()
        };
        if faults(&found.placement) > faults(&placement) {
            note(&format!(
                "{name}: macros stay off the manufacturing grid, there is no room on it"
            ));
            return placement;
        }
        if found.moved > 0 {
            self.stage("on grid", &found.placement);
        }
        found.placement
    }

    /// The stages of the method, then the refiner if asked.
    fn method(&mut self) -> Result<Placement, Failure> {
        let placed = match self.options.method {
            Method::Refine => {
                let start = match &self.options.start {
                    Some(start) => start.clone(),
                    None => self.usual_start()?,
                };
                let (name, placement) = self.start(&start)?;
                self.stage(name, &placement);
                let legal = self.legal(&placement)?;
                self.stage("legal", &legal);
                let mut starts = vec![legal];
                if self.options.start.is_none() && start != Start::Analytic {
                    // Neither is better on every design: a short anneal of each decides.
                    starts.push(self.design.placement.clone());
                }
                return Ok(self.refined(&starts));
            }
            Method::Policy => {
                let (name, placement) = self.start(&Start::Policy)?;
                self.stage(name, &placement);
                let legal = self.legal(&placement)?;
                self.stage("legal", &legal);
                legal
            }
            Method::Greedy => {
                let (_, base) =
                    self.start(&self.options.start.clone().unwrap_or(Start::Scratch))?;
                let placement = self.greedy(&base)?;
                self.stage("greedy", &placement);
                self.with_soft(placement)
            }
            Method::ForceDirected => {
                let placement = self.forces();
                self.stage("forces", &placement);
                let legal = self.legal(&placement)?;
                self.stage("legal", &legal);
                self.with_soft(legal)
            }
            Method::Random => self.random()?,
            Method::Sa => self.sa()?,
            Method::WiremaskEa => self.wiremask_ea()?,
        };
        Ok(if self.options.refine { self.refined(&[placed]) } else { placed })
    }

    /// The soft macros placed anew by forces, where that is better.
    fn with_soft(&mut self, placement: Placement) -> Placement {
        let Design { netlist, canvas, .. } = &self.design;
        let mut softened = placement.clone();
        let soft = SoftPlacer::new(netlist, &placement, &Schedule::default());
        soft.place(canvas, &mut softened);
        let before = self.stages.last().map_or(f64::INFINITY, |stage| self.proxy(&stage.cost));
        self.stage("soft", &softened);
        let after = self.stages.last().map_or(f64::INFINITY, |stage| self.proxy(&stage.cost));
        if after < before {
            return softened;
        }
        self.stages.pop();
        placement
    }

    fn proxy(&self, cost: &Cost) -> f64 {
        cost.proxy(&self.design.weights)
    }

    fn random(&mut self) -> Result<Placement, Failure> {
        let (budget, mask) = (self.options.budget, self.options.mask);
        let found = self.watched("random", budget, |job, design, _, watch| {
            random::search(job, &design.placement, budget, mask, watch)
        });
        self.finished("random", found)
    }

    fn wiremask_ea(&mut self) -> Result<Placement, Failure> {
        let (_, base) = self.start(&self.options.start.clone().unwrap_or(Start::Scratch))?;
        let (budget, mask) = (self.options.budget, self.options.mask);
        let found = self.watched("wiremask-ea", budget, |job, _, options, watch| {
            wiremask_ea::search(job, &base, budget, &options.config.wiremask, mask, watch)
        });
        self.finished("wiremask-ea", found)
    }

    fn sa(&mut self) -> Result<Placement, Failure> {
        let start = match self.options.start.clone() {
            None | Some(Start::Scratch) => {
                let forces = self.forces();
                let spiral = tilos_sa::spiral_start(&self.job(), &forces, self.options.mask);
                match spiral {
                    Ok(placement) => placement,
                    Err(_) => self.legal(&forces)?,
                }
            }
            Some(start) => {
                let (_, placement) = self.start(&start)?;
                self.legal(&placement)?
            }
        };
        self.stage("start", &start);
        let (budget, spacing) = (self.options.budget, self.options.check.spacing);
        let found = self.watched("sa", budget, |job, _, options, watch| {
            Ok(tilos_sa::search(job, &start, budget, spacing, &options.config.sa, watch))
        });
        self.finished("sa", found)
    }

    /// Runs a search while its progress is shown and its best placement kept.
    fn watched<T>(
        &mut self,
        name: &'static str,
        of: u64,
        search: impl FnOnce(&Job<'_>, &Design, &Options, &mut dyn FnMut(&Step, &Placement)) -> T,
    ) -> T {
        let Self { design, options, stop, best, moves, recording, .. } = self;
        let mut bar = Progress::new(name, of, options.limit.map(|limit| limit - best.seconds()));
        let before = *moves;
        let mut watch = |step: &Step, placement: &Placement| {
            best.offer(design, placement, &step.best, before + step.moves);
            recording.step(name, before + step.moves, placement, step.best);
            bar.at(step.moves, &format!("best {:.4}", step.best.proxy(&design.weights)));
        };
        search(&job(design, options, stop), design, options, &mut watch)
    }

    /// Notes a baseline's result.
    fn finished(
        &mut self,
        name: &'static str,
        found: Result<flagstone_place::baselines::Found, NodeId>,
    ) -> Result<Placement, Failure> {
        let found = found.map_err(|node| self.no_cell(node))?;
        self.moves += found.moves;
        self.stage(name, &found.placement);
        Ok(found.placement)
    }

    /// Refines the best of some placements.
    fn refined(&mut self, placements: &[Placement]) -> Placement {
        let of = self.options.refine_budget;
        let refined = self.watched("refine", of, |job, _, options, watch| {
            refine(job, placements, &options.config.refine, watch)
        });
        self.moves += refined.moves;
        self.stage("refined", &refined.placement);
        refined.placement
    }

    fn job(&self) -> Job<'_> {
        job(&self.design, &self.options, &self.stop)
    }

    fn legal(&self, placement: &Placement) -> Result<Placement, Failure> {
        legal_start(&self.job(), placement, &self.options.config.refine).map_err(|node| {
            if self.stopped() {
                let text = "stopped before every hard macro had a place of its own";
                return Failure::Infeasible(text.to_owned());
            }
            let name = self.design.netlist.node_name(node);
            let (width, height) = self.design.netlist.size(node);
            Failure::Infeasible(format!(
                "macro {name:?} ({width} x {height} um) fits nowhere beside the others\n  \
                 help: a finer grid (--set columns=N) or a larger canvas may help"
            ))
        })
    }

    /// The failure that a macro has no legal cell left.
    pub(super) fn no_cell(&self, node: NodeId) -> Failure {
        let name = self.design.netlist.node_name(node);
        Failure::Infeasible(format!(
            "macro {name:?} fits no free grid cell\n  help: a finer grid (--set columns=N) or a \
             larger canvas may help"
        ))
    }
}

fn job<'a>(design: &'a Design, options: &Options, stop: &'a AtomicBool) -> Job<'a> {
    let Design { netlist, canvas, weights, .. } = design;
    Job { netlist, canvas, weights: *weights, seed: options.seed, stop }
}
