use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_cost::Weights;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Canvas, Netlist};

use super::*;
use crate::anneal::Progress;
use crate::checker::{CheckRules, violations};
use crate::force_directed::{self, Schedule};
use crate::mask::MaskRules;

struct Toy {
    netlist: Arc<Netlist>,
    canvas: Canvas,
    start: Placement,
    stop: AtomicBool,
}

impl Toy {
    fn new() -> Self {
        let (netlist, canvas, mut start) = generate(&GenerateConfig::toy());
        let schedule = Schedule::mixed_size().scaled(0.2);
        force_directed::place(&netlist, &canvas, &mut start, &schedule);
        Self { netlist: Arc::new(netlist), canvas, start, stop: AtomicBool::new(false) }
    }

    fn job(&self, seed: u64) -> Job<'_> {
        let Self { netlist, canvas, stop, .. } = self;
        Job { netlist, canvas, weights: Weights::default(), seed, stop }
    }

    fn assert_legal(&self, found: &Found) {
        let rules = CheckRules::default();
        let bad = violations(&self.netlist, &self.canvas, &found.placement, &rules);
        assert!(bad.is_empty(), "{bad:?}");
        let fresh = evaluate(&self.netlist, &self.canvas, &found.placement, Rules::Clamp).cost;
        assert_eq!(fresh, found.cost);
    }
}

/// Runs a search on one and on two threads and returns what both gave.
fn on_one_and_two_threads(search: impl Fn() -> Found + Sync) -> Found {
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let [one, two] = [1, 2].map(|n| pool(n).install(&search));
    assert_eq!(one.placement, two.placement, "the result does not depend on the threads");
    one
}

fn annealed(toy: &Toy, seed: u64, budget: u64) -> Found {
    let job = toy.job(seed);
    let start = tilos_sa::spiral_start(&job, &toy.start, MaskRules::default()).unwrap();
    let config = tilos_sa::SaConfig::default();
    tilos_sa::search(&job, &start, budget, 0.0, &config, |_, _| {})
}

#[test]
fn more_annealing_is_better_and_legal() {
    let toy = Toy::new();
    let short = annealed(&toy, 1, 320);
    let long = on_one_and_two_threads(|| annealed(&toy, 1, 60_000));
    toy.assert_legal(&short);
    toy.assert_legal(&long);
    let proxy = |found: &Found| found.cost.proxy(&Weights::default());
    assert!(proxy(&long) < 0.97 * proxy(&short), "{:?} {:?}", long.cost, short.cost);
    assert!((59_000..=60_000).contains(&long.moves), "{}", long.moves);
}

#[test]
fn the_evolution_improves_on_its_random_guides() {
    let toy = Toy::new();
    let mut costs = Vec::new();
    let found = on_one_and_two_threads(|| {
        let config = wiremask_ea::WireMaskConfig { initial: 8, ..Default::default() };
        wiremask_ea::search(&toy.job(3), &toy.start, 60, &config, MaskRules::default(), |_, _| {})
            .unwrap()
    });
    toy.assert_legal(&found);
    assert_eq!(found.moves, 60);
    let config = wiremask_ea::WireMaskConfig { initial: 8, ..Default::default() };
    let mut note = |progress: &Progress, _: &Placement| {
        costs.push(progress.best.proxy(&Weights::default()));
    };
    let job = toy.job(3);
    wiremask_ea::search(&job, &toy.start, 60, &config, MaskRules::default(), &mut note).unwrap();
    assert!(costs.windows(2).all(|pair| pair[1] <= pair[0]), "{costs:?}");
    assert!(costs.last() < costs.first(), "{costs:?}");
}

#[test]
fn more_draws_are_never_worse() {
    let toy = Toy::new();
    let draw =
        |n| random::search(&toy.job(5), &toy.start, n, MaskRules::default(), |_, _| {}).unwrap();
    let (one, many) = (draw(1), on_one_and_two_threads(|| draw(20)));
    toy.assert_legal(&many);
    let proxy = |found: &Found| found.cost.proxy(&Weights::default());
    assert!(proxy(&many) <= proxy(&one), "{:?} {:?}", many.cost, one.cost);
    assert_eq!((one.moves, many.moves), (1, 20));
}

#[test]
fn a_stopped_search_still_gives_a_legal_placement() {
    let toy = Toy::new();
    toy.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    toy.assert_legal(&annealed(&toy, 0, 1_000_000));
    let job = toy.job(0);
    let rules = MaskRules::default();
    toy.assert_legal(&random::search(&job, &toy.start, 1 << 40, rules, |_, _| {}).unwrap());
    let config = wiremask_ea::WireMaskConfig::default();
    let found = wiremask_ea::search(&job, &toy.start, 1 << 40, &config, rules, |_, _| {});
    toy.assert_legal(&found.unwrap());
}

#[test]
fn fixed_macros_and_soft_ones_stay() {
    let mut toy = Toy::new();
    let job = toy.job(0);
    toy.start = tilos_sa::spiral_start(&job, &toy.start, MaskRules::default()).unwrap();
    let kept: Vec<_> = toy.netlist.macros().enumerate().filter(|(i, _)| i % 3 == 0).collect();
    for &(_, node) in &kept {
        toy.start.fixed[node.usize()] = true;
    }
    let found = annealed(&toy, 0, 20_000);
    for (_, node) in kept {
        assert_eq!(found.placement.center(node), toy.start.center(node));
    }
}
