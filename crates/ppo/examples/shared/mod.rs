//! What the examples about learning have in common: designs by name, and their refinement.

#![allow(dead_code, reason = "every example uses a part")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_cost::Weights;
use flagstone_design::{OpenConfig, open};
use flagstone_env::{EnvConfig, Task};
use flagstone_netlist::Placement;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_place::Job;
use flagstone_place::refine::{RefineConfig, legal_start, refine};
use flagstone_ppo::Design;

/// A design with the name it is listed by.
pub(crate) struct Named {
    /// Its folder, or `generated-MACROS-SEED`.
    pub(crate) name: String,
    /// The design.
    pub(crate) design: Design,
}

/// `MACROS:SEED` makes a netlist; anything else is a netlist's path.
pub(crate) fn design(argument: &str) -> Result<Named, Box<dyn Error>> {
    let generated = argument.split_once(':').and_then(|(macros, seed)| {
        Some((macros.parse::<usize>().ok()?, seed.parse::<u64>().ok()?))
    });
    let (name, netlist, canvas, placement) = match generated {
        Some((macros, seed)) => {
            let (netlist, canvas, placement) = generate(&recipe(macros, seed));
            (format!("generated-{macros}-{seed}"), Arc::new(netlist), canvas, placement)
        }
        None => {
            let opened = open(&[argument.to_owned()], &OpenConfig::default()).design?;
            (opened.name, opened.netlist, opened.canvas, opened.placement)
        }
    };
    let task = Task::new(netlist, canvas, placement, &EnvConfig::default())?;
    Ok(Named { name, design: Design::new(Arc::new(task)) })
}

/// A netlist of a given size whose other proportions follow from the seed.
fn recipe(hard_macros: usize, seed: u64) -> GenerateConfig {
    let share = |step: u64, n: u64| (seed.wrapping_mul(step) % n) as f64 / n as f64;
    let soft_macros = (hard_macros as f64 * (4.0 + 4.0 * share(7, 11))) as usize;
    let nets = ((hard_macros + soft_macros) as f64 * (8.0 + 8.0 * share(5, 13))) as usize;
    GenerateConfig {
        hard_macros,
        soft_macros,
        nets,
        ports: 40 + hard_macros * 3,
        macro_outputs: (nets * 3 / 10 / hard_macros.max(1)).clamp(2, 64),
        utilization: 0.45 + 0.25 * share(3, 7),
        cells: ((hard_macros as f64).sqrt() * 2.1) as u32 / 2 * 2 + 8,
        sizes: (hard_macros / 8).clamp(2, 6),
        seed,
        ..GenerateConfig::medium()
    }
}

/// The placement made legal and refined by so many moves, and its proxy cost.
pub(crate) fn refined(
    design: &Design,
    placement: &Placement,
    moves: u64,
    seed: u64,
) -> Option<(Placement, f64)> {
    let (task, stop) = (&design.task, AtomicBool::new(false));
    let weights = Weights::default();
    let job = Job { netlist: &task.netlist, canvas: &task.canvas, weights, seed, stop: &stop };
    let mut config = RefineConfig::default();
    config.anneal.moves = moves;
    let start = legal_start(&job, placement, &config).ok()?;
    let refined = refine(&job, std::slice::from_ref(&start), &config, |_, _| {});
    Some((refined.placement, refined.cost.proxy(&weights)))
}
