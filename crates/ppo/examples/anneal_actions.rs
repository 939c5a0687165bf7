//! What a policy could reach: `anneal_actions NETLIST.pb.txt PLACEMENT.plc EPISODES SEED`.
//!
//! Anneals the actions of whole episodes, under the policy's own rules and reward, from a random
//! episode on. On a small design a long run finds what an exhaustive search would.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::sync::Arc;

use flagstone_env::{EnvConfig, Environment, Step, Task};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::Canvas;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Acceptance starts at this share of the cost and ends at a fiftieth of it.
const TEMPERATURE: f64 = 0.04;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [netlist, plc, episodes, seed] = &args[..] else {
        return Err("usage: anneal_actions NETLIST PLC EPISODES SEED".into());
    };
    let (episodes, seed): (u64, u64) = (episodes.parse()?, seed.parse()?);
    let task = Arc::new(task(netlist, plc)?);
    let mut environment = Environment::new(Arc::clone(&task));
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let (mut actions, mut cost) = loop {
        if let Some(start) = play(&mut environment, &[], &mut rng) {
            break start;
        }
    };
    let mut best = cost;
    let (mut sum, mut n) = (0.0, 0_u32);
    for _ in 0..200 {
        if let Some((_, cost)) = play(&mut environment, &[], &mut rng) {
            (sum, n) = (sum + cost, n + 1);
        }
    }
    println!("random episodes: mean {:.4} of {n}", sum / f64::from(n.max(1)));
    for episode in 0..episodes {
        let done = episode as f64 / episodes as f64;
        let temperature = cost * TEMPERATURE * 0.02_f64.powf(done);
        let mut proposal: Vec<Option<usize>> = actions.iter().copied().map(Some).collect();
        let i = rng.random_range(0..proposal.len());
        if rng.random_bool(0.4) {
            let j = rng.random_range(0..proposal.len());
            proposal.swap(i, j);
        } else if rng.random_bool(0.5) {
            proposal[i] = nearby(actions[i], &task, &mut rng);
        } else {
            proposal[i] = None;
        }
        let Some((played, new)) = play(&mut environment, &proposal, &mut rng) else { continue };
        if new < cost || rng.random::<f64>() < ((cost - new) / temperature).exp() {
            (actions, cost) = (played, new);
        }
        if new < best {
            best = new;
        }
        if (episode + 1).is_multiple_of((episodes / 10).max(1)) {
            println!("{:>9} episodes: best {best:.6}, now {cost:.6}", episode + 1);
        }
    }
    Ok(())
}

fn task(netlist: &str, plc: &str) -> Result<Task, Box<dyn std::error::Error>> {
    let text = decompress(std::fs::read(netlist)?, MAX_UNPACKED_BYTES)?;
    let (file, _) = pbtxt::read(&text);
    let mut file = file.ok_or("the netlist cannot be read")?;
    let (rows, _) = plc::read(&std::fs::read(plc)?, &file.netlist);
    let mut canvas = Canvas::for_netlist(&file.netlist);
    rows.apply_header(&mut canvas);
    rows.apply_rows(&file.netlist, &mut file.placement);
    Ok(Task::new(Arc::new(file.netlist), canvas, file.placement, &EnvConfig::default())?)
}

/// The cell of an action or one of the eight around it.
fn nearby(action: usize, task: &Task, rng: &mut Pcg64Mcg) -> Option<usize> {
    let (columns, rows) = (task.canvas.columns as i64, task.canvas.rows as i64);
    let column = action as i64 % columns + rng.random_range(-1..=1);
    let row = action as i64 / columns + rng.random_range(-1..=1);
    let inside = (0..columns).contains(&column) && (0..rows).contains(&row);
    inside.then_some((row * columns + column) as usize)
}

/// Plays an episode; steps without a proposal take a random legal cell.
///
/// `None` where a proposal is illegal or no legal cell is left.
fn play(
    environment: &mut Environment,
    proposal: &[Option<usize>],
    rng: &mut Pcg64Mcg,
) -> Option<(Vec<usize>, f64)> {
    let mut step = environment.reset();
    loop {
        match step {
            Step::Done(outcome) => return Some((environment.actions().to_vec(), -outcome.reward)),
            Step::Infeasible(_) => return None,
            Step::Continue => {}
        }
        let mask = &environment.observe().mask;
        let given = proposal.get(environment.n_placed()).copied().flatten();
        let action = match given {
            Some(action) => action,
            None => {
                let free = mask.iter().filter(|&&free| free).count();
                let nth = rng.random_range(0..free);
                (0..mask.len()).filter(|&cell| mask[cell]).nth(nth)?
            }
        };
        if !mask[action] {
            return None;
        }
        step = environment.step(action);
    }
}
