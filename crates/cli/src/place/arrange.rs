//! The first arrangement of the hard macros, by the method asked for.

use std::sync::Arc;

use flagstone_env::{EnvConfig, Task, TaskError};
use flagstone_netlist::{Kind, NodeId, Placement};
use flagstone_place::Job;
use flagstone_place::force_directed::{self, Schedule};
use flagstone_place::greedy::{self, Choice};
use flagstone_policy::Parameters;
use flagstone_ppo as ppo;

use crate::args::Method;
use crate::failure::Failure;
use crate::load::Design;
use crate::settings::RunConfig;

/// Sampled episodes beside the greedy one; the best of all is kept.
const SAMPLES: usize = 8;

/// The method as a stage's name.
pub(crate) fn name(method: Method) -> &'static str {
    match method {
        Method::Policy => "policy",
        Method::Anneal => "anneal",
        Method::Random => "random",
        Method::Greedy => "greedy",
        Method::ForceDirected => "force-directed",
    }
}

/// Arranges the hard macros; soft macros follow them.
pub(super) fn arrange(
    design: &Design,
    job: &Job<'_>,
    config: &RunConfig,
    policy: Option<&Parameters>,
    method: Method,
) -> Result<Placement, Failure> {
    if design.netlist.nodes_of(Kind::HardMacro).all(|n| design.placement.fixed[n.usize()]) {
        let text = format!("{}: there is no movable hard macro to place", design.name);
        return Err(Failure::Infeasible(text));
    }
    match (method, policy) {
        (Method::Policy, Some(policy)) => by_policy(design, job, config, policy),
        (Method::Anneal, _) => Ok(design.placement.clone()),
        (Method::Random, _) => by_rule(design, config, Choice::Random { seed: job.seed }),
        (Method::ForceDirected, _) => {
            let mut placement = design.placement.clone();
            let schedule = Schedule::mixed_size();
            force_directed::place(&design.netlist, &design.canvas, &mut placement, &schedule);
            Ok(placement)
        }
        (Method::Greedy | Method::Policy, _) => by_rule(design, config, Choice::LeastWirelength),
    }
}

fn by_rule(design: &Design, config: &RunConfig, choice: Choice) -> Result<Placement, Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let mut placed = greedy::place(netlist, canvas, placement, choice, config.refine.descent.mask)
        .map_err(|node| no_room(design, node))?;
    force_directed::place(netlist, canvas, &mut placed, &Schedule::default());
    Ok(placed)
}

fn no_room(design: &Design, node: NodeId) -> Failure {
    let (width, height) = design.netlist.size(node);
    let name = design.netlist.node_name(node);
    Failure::Infeasible(format!(
        "macro {name:?} ({width} × {height} µm) fits no free grid cell\n  \
         help: a finer grid (--set columns=…, --set rows=…) or a larger canvas gives it more places"
    ))
}

fn by_policy(
    design: &Design,
    job: &Job<'_>,
    config: &RunConfig,
    policy: &Parameters,
) -> Result<Placement, Failure> {
    let task = Arc::new(task(design, &config.train.env)?);
    let own = ppo::Design::new(Arc::clone(&task));
    let found = ppo::evaluate(policy, &own, SAMPLES, &config.train, job.seed, job.stop);
    if let Some(best) = found.best {
        return Ok(best.placement);
    }
    // The policy has blocked itself; a packing may still exist, and the refiner improves it.
    by_rule(design, config, Choice::LeastWirelength)
}

/// The decision process on a design.
pub(crate) fn task(design: &Design, env: &EnvConfig) -> Result<Task, Failure> {
    let env = EnvConfig { weights: design.weights, ..env.clone() };
    let netlist = Arc::clone(&design.netlist);
    let task = Task::new(netlist, design.canvas.clone(), design.placement.clone(), &env);
    task.map_err(|error| {
        let text = format!("{}: {error}", design.name);
        match error {
            TaskError::GridTooLarge { .. } => Failure::Usage(text),
            _ => Failure::Infeasible(text),
        }
    })
}
