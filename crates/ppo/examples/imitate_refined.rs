//! Teaches a `maps` policy what the refiner arrives at:
//! `imitate_refined OUT PASSES MOVES SEEDS POLICY|new[:SEED] FOLDER DESIGN…`.
//!
//! Each design is refined from the best of a few placements by the policy, once a seed; the results
//! are imitated in PASSES passes, mirrored in turn, with a step size that falls evenly to a tenth. Prints
//! how likely the shown cells become. The cells are kept in FOLDER, where the next call finds them.

#![allow(clippy::print_stdout, reason = "an example prints")]

mod shared;

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use flagstone_policy::{Network, Parameters};
use flagstone_ppo::{Config, Design, Learner, cells_of, evaluate, replay};

/// Step size of the first pass.
const RATE: f64 = 2e-3;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, passes, moves, seeds, policy, folder, designs @ ..] = &args[..] else {
        let usage =
            "usage: imitate_refined OUT PASSES MOVES SEEDS POLICY|new[:SEED] FOLDER DESIGN...";
        return Err(usage.into());
    };
    std::fs::create_dir_all(folder)?;
    let (passes, moves, seeds) = (passes.parse()?, moves.parse()?, seeds.parse()?);
    let (parameters, seed) = match policy.strip_prefix("new") {
        Some(seed) => {
            let seed = seed.strip_prefix(':').map_or(Ok(1), str::parse)?;
            (Parameters::init(Network::Maps, seed), seed)
        }
        None => (flagstone_policy::read(&std::fs::read(policy)?)?, 1),
    };
    let mut config = Config {
        seed,
        minibatch: 64,
        chunk: 64,
        terms_coefficient: 0.1,
        gamma: 1.0,
        ..Config::default()
    };
    let designs: Vec<shared::Named> =
        designs.iter().map(|argument| shared::design(argument)).collect::<Result<_, _>>()?;
    let mut shown = Vec::new();
    for (index, named) in designs.iter().enumerate() {
        for seed in 1..=seeds {
            let path = Path::new(folder).join(format!("{}-{seed}.cells", named.name));
            if !path.exists() {
                let cells = cells(named, (&parameters, &config), moves, seed);
                std::fs::write(&path, text(&cells.unwrap_or_default()))?;
            }
            let cells = std::fs::read_to_string(&path)?;
            let cells = cells.split_whitespace().map(str::parse);
            let cells: Vec<usize> = cells.collect::<Result<_, _>>()?;
            // What could not be refined or brought onto the grid is kept as an empty file.
            let Ok(rollout) = replay(&named.design, index, &cells, &config) else { continue };
            println!("{}: as an episode {:.4}", path.display(), -rollout.reward);
            shown.push(rollout);
        }
    }
    let designs: Vec<Design> = designs.into_iter().map(|named| named.design).collect();
    let (mut learner, stop) = (Learner::from_parameters(parameters), AtomicBool::new(false));
    for pass in 0..passes {
        learner.progress.iteration = pass;
        config.learning_rate = RATE * (1.0 - 0.9 * pass as f64 / passes as f64);
        let Some(update) = learner.imitate(&designs, &shown, &config, &stop) else { break };
        println!("pass {pass:>3}  -ln p {:.4}  value {:.4}", update.policy_loss, update.value_loss);
    }
    std::fs::write(out, flagstone_policy::write(learner.parameters(), HashMap::new())?)?;
    Ok(())
}

/// The cells of what the refiner makes of the policy's best placement.
fn cells(
    named: &shared::Named,
    (parameters, config): (&Parameters, &Config),
    moves: u64,
    seed: u64,
) -> Option<Vec<usize>> {
    let stop = AtomicBool::new(false);
    let start = evaluate(parameters, &named.design, 3, config, seed, &stop).best?;
    let (placement, refined) = shared::refined(&named.design, &start.placement, moves, seed)?;
    println!("{}: policy {:.4}, refined {refined:.4}", named.name, -start.reward);
    cells_of(&named.design, &placement)
}

fn text(cells: &[usize]) -> String {
    cells.iter().map(|cell| format!("{cell} ")).collect()
}
