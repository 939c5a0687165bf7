//! Policies against search without learning on designs none of them has seen:
//! `zero_shot EVALUATIONS SEEDS MOVES METHOD[,METHOD…] DESIGN…`.
//!
//! A METHOD is `random`, `greedy` or POLICY[@TEMPERATURE].
//! Every method may evaluate as many placements; the best of them counts. All play by the same rules
//! and are judged by the same cost. With MOVES above zero the best placement of each is refined, too.
//! A DESIGN is a netlist or `MACROS:SEED` for a generated one.

#![allow(clippy::print_stdout, reason = "an example prints")]

mod shared;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_env::{Channel, Environment, Outcome, Step};
use flagstone_policy::Parameters;
use flagstone_ppo::{Config, Design, evaluate};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A guided greedy placement takes any cell whose wirelength rises by at most this share of the mean
/// rise, the nearest one to a random guide point.
const TOLERANCE: f32 = 0.25;

/// How placements are made.
enum Method {
    Random,
    /// The cell with the shortest wires; from the second evaluation on towards random guide points.
    Greedy,
    /// Its name, its parameters, and at which temperature it draws.
    Policy(String, Parameters, f64),
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [evaluations, seeds, moves, methods, designs @ ..] = &args[..] else {
        return Err("usage: zero_shot EVALUATIONS SEEDS MOVES METHOD[,METHOD...] DESIGN...".into());
    };
    let (evaluations, seeds, moves) = (evaluations.parse()?, seeds.parse()?, moves.parse()?);
    let methods: Vec<Method> = methods.split(',').map(Method::read).collect::<Result<_, _>>()?;
    println!(
        "| design | method | best of {evaluations}, mean | deviation | refined, mean | deviation | infeasible |"
    );
    println!("|---|---|---|---|---|---|---|");
    for argument in designs {
        let shared::Named { name, design } = shared::design(argument)?;
        for method in &methods {
            row(&name, method, &design, (evaluations, seeds, moves));
        }
    }
    Ok(())
}

/// One row of the table.
fn row(
    name: &str,
    method: &Method,
    design: &Design,
    (evaluations, seeds, moves): (usize, u64, u64),
) {
    let (mut costs, mut refined, mut infeasible) = (Vec::new(), Vec::new(), 0);
    for seed in 1..=seeds {
        let (best, failed) = method.best(design, evaluations, seed);
        infeasible += failed;
        let Some(best) = best else { continue };
        costs.push(-best.reward);
        if moves > 0 {
            refined.extend(shared::refined(design, &best.placement, moves, seed).map(|r| r.1));
        }
    }
    let label = match method {
        Method::Random => "random",
        Method::Greedy => "greedy wire mask",
        Method::Policy(name, ..) => name,
    };
    let ((mean, deviation), (after, spread)) = (statistics(&costs), statistics(&refined));
    println!(
        "| {name} | {label} | {mean:.4} | {deviation:.4} | {after:.4} | {spread:.4} | {infeasible} of {} |",
        seeds as usize * evaluations
    );
}

/// Mean and standard deviation.
fn statistics(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (mean, (square / (n - 1.0).max(1.0)).sqrt())
}

impl Method {
    fn read(name: &str) -> Result<Self, Box<dyn Error>> {
        let (path, temperature) = match name.split_once('@') {
            _ if name == "random" => return Ok(Self::Random),
            _ if name == "greedy" => return Ok(Self::Greedy),
            Some((path, temperature)) => (path, temperature.parse()?),
            None => (name, Config::default().sample_temperature),
        };
        let parameters = flagstone_policy::read(&std::fs::read(path)?)?;
        Ok(Self::Policy(name.to_owned(), parameters, temperature))
    }

    /// The best of so many placements, and how many could not be finished.
    fn best(&self, design: &Design, evaluations: usize, seed: u64) -> (Option<Outcome>, usize) {
        if let Self::Policy(_, parameters, sample_temperature) = self {
            let (sample_temperature, stop) = (*sample_temperature, AtomicBool::new(false));
            let config = Config { sample_temperature, ..Config::default() };
            let found = evaluate(parameters, design, evaluations - 1, &config, seed, &stop);
            return (found.best, found.infeasible + usize::from(found.greedy.is_none()));
        }
        let mut environment = Environment::with_maps(Arc::clone(&design.task));
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let (mut best, mut failed) = (None::<Outcome>, 0);
        for evaluation in 0..evaluations {
            match self.play(&mut environment, &mut rng, evaluation) {
                Some(outcome) if best.as_ref().is_none_or(|best| outcome.reward > best.reward) => {
                    best = Some(outcome);
                }
                Some(_) => {}
                None => failed += 1,
            }
        }
        (best, failed)
    }

    fn play(
        &self,
        environment: &mut Environment,
        rng: &mut Pcg64Mcg,
        evaluation: usize,
    ) -> Option<Outcome> {
        let mut step = environment.reset();
        while step == Step::Continue {
            let cell = match self {
                Self::Greedy if evaluation == 0 => greedy(environment, None),
                Self::Greedy => {
                    let n = environment.task().n_cells();
                    greedy(environment, Some(rng.random_range(0..n)))
                }
                _ => {
                    let mask = &environment.observe().mask;
                    let legal: Vec<usize> = (0..mask.len()).filter(|&cell| mask[cell]).collect();
                    Some(legal[rng.random_range(0..legal.len())])
                }
            };
            step = environment.step(cell?);
        }
        match step {
            Step::Done(outcome) => Some(*outcome),
            _ => None,
        }
    }
}

/// The legal cell with the shortest wires, or of the nearly shortest the nearest to a guide.
fn greedy(environment: &Environment, guide: Option<usize>) -> Option<usize> {
    let (observation, grid) = (environment.observe(), environment.task().canvas.grid());
    let n = observation.mask.len();
    let wire = &observation.maps[Channel::Wire as usize * n..(Channel::Wire as usize + 1) * n];
    let legal = (0..n).filter(|&cell| observation.mask[cell]);
    let Some(guide) = guide else {
        return legal.min_by(|&a, &b| wire[a].total_cmp(&wire[b]));
    };
    let away = |cell: usize| {
        let (a, b) = (grid.center(cell), grid.center(guide));
        (a.x - b.x).powi(2) + (a.y - b.y).powi(2)
    };
    legal.filter(|&cell| wire[cell] <= TOLERANCE).min_by(|&a, &b| away(a).total_cmp(&away(b)))
}
