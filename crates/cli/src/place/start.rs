//! Where a search starts.

use std::path::Path;
use std::sync::Arc;

use flagstone_env::{EnvConfig, MAX_GRID, Task};
use flagstone_formats::plc;
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::greedy;
use flagstone_policy::Parameters;

use super::options::Start;
use super::run::Run;
use crate::failure::Failure;
use crate::load::{self, Design};
use crate::policies;
use crate::progress::note;

/// The placement with every soft macro in place: one that a file does not list counts where the
/// netlist has it, and so must the result.
pub(super) fn with_soft_macros(netlist: &Netlist, mut placement: Placement) -> Placement {
    for node in netlist.nodes_of(Kind::SoftMacro) {
        placement.placed[node.usize()] = true;
    }
    placement
}

impl Run {
    /// A start with its name.
    pub(super) fn start(&self, start: &Start) -> Result<(&'static str, Placement), Failure> {
        let given = &self.design.placement;
        match start {
            // The analytic placer begins both from the given placement and from the centre.
            Start::Given | Start::Analytic => Ok(("given", given.clone())),
            Start::Scratch => Ok(("forces", self.forces())),
            Start::Greedy => Ok(("greedy", self.greedy(&self.forces())?)),
            Start::File(path) => Ok(("file", self.read(path)?)),
            Start::Policy => match self.parameters()? {
                Some(parameters) => Ok(("policy", self.policy(&parameters)?)),
                None => {
                    let what = "no policy is shipped with this build";
                    Err(Failure::Usage(format!("{what}\n  help: give one with --policy")))
                }
            },
        }
    }

    /// The usual start of the refiner: a policy's arrangement, where there is one and neither the
    /// design nor its grid is too large for it.
    pub(super) fn usual_start(&self) -> Result<Start, Failure> {
        if self.parameters()?.is_none() {
            return Ok(Start::Greedy);
        }
        let Design { netlist, canvas, placement, .. } = &self.design;
        let movable = |node: &NodeId| !placement.fixed[node.usize()];
        let n_hard = netlist.nodes_of(Kind::HardMacro).filter(movable).count();
        let refine = &self.options.config.refine;
        let pays = refine.pays_for_a_policy(n_hard, canvas.grid().n_cells());
        let most = self.options.config.train.env.max_grid.min(MAX_GRID);
        let chosen = canvas.columns <= most && canvas.rows <= most && pays;
        Ok(if chosen { Start::Policy } else { Start::Analytic })
    }

    fn parameters(&self) -> Result<Option<Parameters>, Failure> {
        match &self.options.policy {
            Some(path) => policies::read(path).map(Some),
            None => Ok(policies::shipped()),
        }
    }

    /// All movable macros by springs and pushes, from the centre of the canvas.
    pub(super) fn forces(&self) -> Placement {
        let mut placement = self.design.placement.clone();
        let square = self.design.netlist.with_square_soft_macros();
        let schedule = Schedule::mixed_size();
        force_directed::place(&square, &self.design.canvas, &mut placement, &schedule);
        placement
    }

    /// Hard macros by the greedy rule, every other node where `base` has it.
    pub(super) fn greedy(&self, base: &Placement) -> Result<Placement, Failure> {
        let Design { netlist, canvas, .. } = &self.design;
        let choice = greedy::Choice::LeastWirelength;
        greedy::place(netlist, canvas, base, choice, self.options.mask)
            .map_err(|node| self.no_cell(node))
    }

    fn read(&self, path: &Path) -> Result<Placement, Failure> {
        let bytes = flagstone_design::read_bytes(path)?;
        let (rows, diagnostics) = plc::read(&bytes, &self.design.netlist);
        load::tell(&flagstone_design::messages_of(path, &diagnostics));
        flagstone_design::first_error(path, &diagnostics)?;
        let own = &self.design.placement;
        let mut placement = own.clone();
        rows.apply_rows(&self.design.netlist, &mut placement);
        // What the design fixes stays; what the arguments fix stays where the file has it.
        for node in self.design.netlist.node_ids() {
            if self.options.given_fixed[node.usize()] {
                placement.set_center(node, own.center(node));
                placement.orientation[node.usize()] = own.orientation[node.usize()];
                placement.placed[node.usize()] = own.placed[node.usize()];
            }
        }
        placement.fixed.clone_from(&own.fixed);
        Ok(with_soft_macros(&self.design.netlist, placement))
    }

    /// The best of what the policy draws; an arrangement it cannot finish is left to the legaliser.
    fn policy(&self, parameters: &Parameters) -> Result<Placement, Failure> {
        let Design { netlist, canvas, weights, placement: given, .. } = &self.design;
        if netlist.nodes_of(Kind::HardMacro).all(|n| given.fixed[n.usize()]) {
            return Ok(given.clone());
        }
        let train = &self.options.config.train;
        let env = EnvConfig { weights: *weights, mask: self.options.mask, ..train.env.clone() };
        let config = flagstone_ppo::Config { env, ..train.clone() };
        let task = Task::new(Arc::clone(netlist), canvas.clone(), given.clone(), &config.env)
            .map_err(|error| Failure::Infeasible(error.to_string()))?;
        let design = flagstone_ppo::Design::new(Arc::new(task));
        if self.recording.is_on() {
            let trace = flagstone_ppo::trace(parameters, &design);
            self.recording.episode(&self.design, &trace);
        }
        let (samples, seed) = (self.options.samples, self.options.seed);
        let found =
            flagstone_ppo::evaluate(parameters, &design, samples, &config, seed, &self.stop);
        match found.best {
            Some(outcome) => Ok(outcome.placement),
            None => {
                note("the policy's arrangements do not fit; the given placement is legalised");
                Ok(given.clone())
            }
        }
    }
}
