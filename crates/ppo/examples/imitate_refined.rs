//! Teaches a `maps` policy what the refiner arrives at:
//! `imitate_refined OUT PASSES MOVES SEEDS POLICY|new DESIGN…`.
//!
//! Each design is refined from the best of a few placements by the policy, once a seed; the results
//! are imitated in PASSES passes, mirrored in turn. Prints how likely the shown cells become.

#![allow(clippy::print_stdout, reason = "an example prints")]

mod shared;

use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::AtomicBool;

use flagstone_policy::{Network, Parameters};
use flagstone_ppo::{Config, Design, Learner, Rollout, cells_of, evaluate, replay};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, passes, moves, seeds, policy, designs @ ..] = &args[..] else {
        return Err("usage: imitate_refined OUT PASSES MOVES SEEDS POLICY|new DESIGN...".into());
    };
    let (passes, moves, seeds) = (passes.parse()?, moves.parse()?, seeds.parse()?);
    let parameters = match policy.as_str() {
        "new" => Parameters::init(Network::Maps, 1),
        path => flagstone_policy::read(&std::fs::read(path)?)?,
    };
    let config = Config {
        learning_rate: 2e-3,
        minibatch: 64,
        terms_coefficient: 0.1,
        gamma: 1.0,
        ..Config::default()
    };
    let designs: Vec<shared::Named> =
        designs.iter().map(|argument| shared::design(argument)).collect::<Result<_, _>>()?;
    let mut shown = Vec::new();
    for (index, named) in designs.iter().enumerate() {
        for seed in 1..=seeds {
            shown.extend(demonstration(named, index, (&parameters, &config), moves, seed));
        }
    }
    let designs: Vec<Design> = designs.into_iter().map(|named| named.design).collect();
    let (mut learner, stop) = (Learner::from_parameters(parameters), AtomicBool::new(false));
    for pass in 0..passes {
        learner.progress.iteration = pass;
        let Some(update) = learner.imitate(&designs, &shown, &config, &stop) else { break };
        println!("pass {pass:>3}  -ln p {:.4}  value {:.4}", update.policy_loss, update.value_loss);
    }
    std::fs::write(out, flagstone_policy::write(learner.parameters(), HashMap::new())?)?;
    Ok(())
}

/// What the refiner makes of the policy's best placement, as an episode.
fn demonstration(
    named: &shared::Named,
    index: usize,
    (parameters, config): (&Parameters, &Config),
    moves: u64,
    seed: u64,
) -> Option<Rollout> {
    let stop = AtomicBool::new(false);
    let start = evaluate(parameters, &named.design, 3, config, seed, &stop).best?;
    let (placement, refined) = shared::refined(&named.design, &start.placement, moves, seed)?;
    let cells = cells_of(&named.design, &placement)?;
    let rollout = replay(&named.design, index, &cells, config).ok()?;
    let (before, after) = (-start.reward, -rollout.reward);
    println!("{}: policy {before:.4}, refined {refined:.4}, as an episode {after:.4}", named.name);
    Some(rollout)
}
