//! Where the time of collection goes: `rollout_split DESIGN EPISODES [POLICY]`.
//!
//! Plays whole episodes, then repeats their parts on their own; times are of one core.

#![allow(clippy::print_stdout, reason = "an example prints")]

mod shared;

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use burn::tensor::Device;
use flagstone_cost::{Rules, evaluate};
use flagstone_env::{EnvConfig, Environment, Observation, SoftPlacement, Task};
use flagstone_policy::{Network, Parameters, policy};
use flagstone_ppo::{Config, Design, Purpose, Rollout, collect};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [design, episodes, rest @ ..] = &args[..] else {
        return Err("usage: rollout_split DESIGN EPISODES [POLICY]".into());
    };
    let episodes: usize = episodes.parse()?;
    let parameters = match rest {
        [] => Parameters::init(Network::Maps, 1),
        [path, ..] => flagstone_policy::read(&std::fs::read(path)?)?,
    };
    let shared::Named { name, design } = shared::design(design)?;
    let (config, stop) = (Config::default(), AtomicBool::new(false));
    let designs = std::slice::from_ref(&design);
    let clock = Instant::now();
    let rollouts =
        collect(&parameters, designs, 0..episodes, &config, (1, 0), Purpose::Learning, &stop);
    let whole = clock.elapsed().as_secs_f64();
    let threads = rayon::current_num_threads();
    println!("{name}: {:.1} episodes/s on {threads} threads\n", episodes as f64 / whole);
    println!("| part | ms an episode |\n|---|---|");
    let per_episode = |seconds: f64| 1e3 * seconds / episodes as f64;
    let keep = kept(&design)?;
    let masks = replayed(&mut Environment::new(Arc::clone(&keep)), &rollouts);
    let maps = replayed(&mut Environment::with_maps(keep), &rollouts);
    let soft = replayed(&mut Environment::with_maps(Arc::clone(&design.task)), &rollouts);
    let cost = costs(&design, &rollouts);
    println!("| legal cells and bookkeeping | {:.2} |", per_episode(masks - cost));
    println!("| maps: engine move, wire masks, windows | {:.2} |", per_episode(maps - masks));
    println!(
        "| network, groups of {} | {:.2} |",
        config.group,
        per_episode(network(&parameters, &design, &rollouts, config.group))
    );
    println!("| soft macros at the end | {:.2} |", per_episode(soft - maps));
    println!("| full cost at the end | {:.2} |", per_episode(cost));
    println!("| whole, one thread's share | {:.2} |", per_episode(whole * threads as f64));
    Ok(())
}

/// The same design with soft macros that stay.
fn kept(design: &Design) -> Result<Arc<Task>, Box<dyn Error>> {
    let task = &design.task;
    let config = EnvConfig { soft_placement: SoftPlacement::Keep, ..task.config.clone() };
    let (netlist, canvas) = (Arc::clone(&task.netlist), task.canvas.clone());
    Ok(Arc::new(Task::new(netlist, canvas, task.initial.clone(), &config)?))
}

/// Seconds that the actions of all episodes take.
fn replayed(environment: &mut Environment, rollouts: &[Rollout]) -> f64 {
    let clock = Instant::now();
    for rollout in rollouts {
        environment.reset();
        for &action in &rollout.actions {
            black_box(environment.step(action));
        }
    }
    clock.elapsed().as_secs_f64()
}

/// Seconds that evaluating the finished placements takes.
fn costs(design: &Design, rollouts: &[Rollout]) -> f64 {
    let task = &design.task;
    let clock = Instant::now();
    for outcome in rollouts.iter().filter_map(|rollout| rollout.outcome.as_ref()) {
        black_box(evaluate(&task.netlist, &task.canvas, &outcome.placement, Rules::Clamp));
    }
    clock.elapsed().as_secs_f64()
}

/// Seconds that the network takes, `group` episodes at once.
fn network(parameters: &Parameters, design: &Design, rollouts: &[Rollout], group: usize) -> f64 {
    let clock = Instant::now();
    for players in rollouts.chunks(group) {
        let policy = policy(parameters, &Device::flex());
        let encoding = policy.encode(&design.graph);
        let steps = players.iter().map(|player| player.observations.len()).min().unwrap_or(0);
        for step in 0..steps {
            let seen: Vec<&Observation> =
                players.iter().map(|player| &player.observations[step]).collect();
            black_box(policy.answer(&design.graph, &encoding, &seen));
        }
    }
    clock.elapsed().as_secs_f64()
}
