//! The per-cell maps against what they say, and shaped rewards against plain ones.

#![allow(clippy::unwrap_used, reason = "test code outside #[test] functions")]

use std::sync::Arc;

use flagstone_cost::{Rules, evaluate};
use flagstone_env::{
    Channel, EnvConfig, Environment, InitialLocations, N_MAPS, Potential, SoftPlacement, Step, Task,
};
use flagstone_netlist::generate::{GenerateConfig, generate};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

fn task() -> Arc<Task> {
    let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
    let config = EnvConfig {
        initial_locations: InitialLocations::Given,
        soft_placement: SoftPlacement::Keep,
        ..EnvConfig::default()
    };
    Arc::new(Task::new(Arc::new(netlist), canvas, placement, &config).unwrap())
}

fn random_cell(environment: &Environment, rng: &mut Pcg64Mcg) -> usize {
    let mask = &environment.observe().mask;
    let legal: Vec<usize> = (0..mask.len()).filter(|&cell| mask[cell]).collect();
    legal[rng.random_range(0..legal.len())]
}

fn map(environment: &Environment, channel: Channel) -> Vec<f32> {
    let maps = &environment.observe().maps;
    let n = maps.len() / N_MAPS;
    maps[channel as usize * n..(channel as usize + 1) * n].to_vec()
}

/// Where softs and locations are given, a placement so far is one that can be evaluated in full.
#[test]
fn the_wire_map_ranks_cells_as_full_evaluations_do() {
    let task = task();
    let mut environment = Environment::with_maps(Arc::clone(&task));
    let mut rng = Pcg64Mcg::seed_from_u64(3);
    for _ in 0..3 {
        environment.step(random_cell(&environment, &mut rng));
    }
    let node = environment.current().unwrap();
    let wire = map(&environment, Channel::WireCost);
    let mask = environment.observe().mask.clone();
    let legal: Vec<usize> = (0..mask.len()).filter(|&cell| mask[cell]).collect();
    let full = |cell: usize| {
        let mut placement = environment.placement().clone();
        placement.set_center(node, task.canvas.grid().center(cell));
        evaluate(&task.netlist, &task.canvas, &placement, Rules::Clamp).cost.wirelength
    };
    let least = legal.iter().map(|&cell| full(cell)).fold(f64::INFINITY, f64::min);
    let scale = 20.0 * task.order.len() as f64;
    for &cell in &legal {
        let expected = ((full(cell) - least) * scale).min(4.0);
        assert!((f64::from(wire[cell]) - expected).abs() < 1e-4, "cell {cell}");
    }
}

#[test]
fn maps_follow_the_masks_and_start_over() {
    let task = task();
    let mut environment = Environment::with_maps(Arc::clone(&task));
    let start = environment.observe().clone();
    let mut rng = Pcg64Mcg::seed_from_u64(4);
    loop {
        let legal = map(&environment, Channel::Legal);
        let mask = &environment.observe().mask;
        assert!(legal.iter().zip(mask).all(|(&map, &mask)| (map == 1.0) == mask), "legal cells");
        let finite = environment.observe().maps.iter().all(|value| (0.0..=4.0).contains(value));
        assert!(finite, "every map is between 0 and 4");
        let next = map(&environment, Channel::NextLegal);
        let step = environment.n_placed();
        match environment.step(random_cell(&environment, &mut rng)) {
            Step::Continue => {
                // The macro just placed can only have taken cells away.
                let now = map(&environment, Channel::Legal);
                assert!(now.iter().zip(&next).all(|(now, next)| now <= next), "step {step}");
            }
            Step::Done(_) => break,
            Step::Infeasible(why) => panic!("{why}"),
        }
    }
    assert!(map(&environment, Channel::Legal).is_empty(), "nothing is drawn at the end");
    environment.reset();
    assert_eq!(environment.observe(), &start);
}

/// Whatever was done, shaping adds the same to the return of every episode.
#[test]
fn shaped_returns_differ_from_plain_ones_by_a_constant() {
    let task = task();
    for kind in [Potential::Wirelength, Potential::Proxy] {
        let mut environment = Environment::with_maps(Arc::clone(&task));
        let start = environment.potential(kind);
        assert!(start < 0.0, "{kind:?}: a placement costs something");
        for seed in 0..20 {
            let mut rng = Pcg64Mcg::seed_from_u64(seed);
            environment.reset();
            let (mut added, mut steps) = (0.0, 0);
            loop {
                let before = environment.potential(kind);
                let step = environment.step(random_cell(&environment, &mut rng));
                added += environment.potential(kind) - before;
                steps += 1;
                if step != Step::Continue {
                    break;
                }
            }
            assert_eq!(steps, task.order.len());
            assert!((added + start).abs() < 1e-9, "{kind:?}, seed {seed}: {added} and {start}");
        }
    }
}

/// A state that was arranged is the one that was walked to, whatever came before.
#[test]
fn an_arranged_state_equals_the_one_walked_to() {
    let task = task();
    let mut walked = Environment::with_maps(Arc::clone(&task));
    let mut arranged = Environment::with_maps(Arc::clone(&task));
    let mut rng = Pcg64Mcg::seed_from_u64(8);
    loop {
        let node = walked.current().unwrap();
        let mut placement = walked.placement().clone();
        // Where the later ones stand does not matter.
        for &later in &task.order[walked.n_placed()..] {
            placement.set_center(later, flagstone_geom::Point::new(1.0, 1.0));
        }
        assert_eq!(arranged.arrange(&placement, node), Some(Step::Continue));
        assert_eq!(arranged.observe(), walked.observe(), "{} placed", walked.n_placed());
        assert_eq!(arranged.current(), Some(node));
        if !matches!(walked.step(random_cell(&walked, &mut rng)), Step::Continue) {
            break;
        }
    }
    let soft = task.netlist.nodes_of(flagstone_netlist::Kind::SoftMacro).next().unwrap();
    assert_eq!(arranged.arrange(&task.initial, soft), None, "it is not placed by the process");
}
