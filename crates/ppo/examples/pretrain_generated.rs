//! Pretrains a policy on generated netlists: `pretrain_generated OUT ITERATIONS`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_env::{EnvConfig, Task};
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_policy::Network;
use flagstone_ppo::{Config, Corpus, Design, Iteration, Learner, Observer, StopReason, train};

struct Print;

impl Observer for Print {
    fn iteration(&mut self, log: &Iteration, _: &Learner) -> ControlFlow<StopReason> {
        let (n, reward, update) = (log.iteration, log.mean_reward, &log.update);
        println!("{n:>4}  reward {reward:.4}  entropy {:.3}", update.entropy);
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("usage: pretrain_generated OUT ITERATIONS");
    let (out, iterations) = (next()?, next()?.parse()?);
    let mut designs = Vec::new();
    for seed in 1..=8 {
        let hard_macros = 6 + 4 * seed as usize;
        let soft_macros = 3 * hard_macros;
        let nets = 20 * hard_macros;
        let cells = 12 + seed as u32;
        let sizes =
            GenerateConfig { hard_macros, soft_macros, nets, cells, seed, ..GenerateConfig::toy() };
        let (netlist, canvas, placement) = generate(&sizes);
        let task = Task::new(Arc::new(netlist), canvas, placement, &EnvConfig::default())?;
        designs.push(Design::new(Arc::new(task)));
    }
    let config = Config {
        iterations,
        episodes: 32,
        group: 4,
        epochs: 2,
        learning_rate: 1e-3,
        evaluate_every: 0,
        seed: 1,
        ..Config::default()
    };
    let stop = AtomicBool::new(false);
    let corpus = Corpus { train: designs, held_out: Vec::new() };
    let (learner, _) = train(&config, &corpus, Learner::new(Network::Maps, 1), &mut Print, &stop);
    std::fs::write(out, flagstone_policy::write(learner.parameters(), HashMap::new())?)?;
    Ok(())
}
