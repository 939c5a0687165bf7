use std::slice::from_ref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_cost::Weights;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Canvas, Netlist};

use super::*;

fn design(config: &GenerateConfig) -> (Arc<Netlist>, Canvas, Placement) {
    let (netlist, canvas, placement) = generate(config);
    (Arc::new(netlist), canvas, placement)
}

fn quick(start: Start) -> RefineConfig {
    let mut config = RefineConfig { start, ..RefineConfig::default() };
    config.anneal.moves = 20_000;
    config.jumps.moves = 1_000;
    config.jump_share = 0.15;
    (config.analytic.spread_steps, config.analytic.shape_steps) = (150, 100);
    config
}

fn job<'a>(netlist: &'a Arc<Netlist>, canvas: &'a Canvas, stop: &'a AtomicBool) -> Job<'a> {
    Job { netlist, canvas, weights: Weights::default(), seed: 5, stop }
}

#[test]
fn a_large_design_gets_one_analytic_placement_then_fewer_steps() {
    let config = RefineConfig::default();
    let steps = |config: &RefineConfig| config.analytic.spread_steps + config.analytic.shape_steps;
    let quick = |nets| {
        let mut config = config.clone();
        config.anneal.moves = Effort::Quick.moves();
        let plan = affordable(&config, 2, nets);
        assert_eq!(plan.center_first, plan.variants < 3);
        (plan.variants, steps(&plan.config), plan.config.analytic.push_growth)
    };
    let (whole, growth) = (steps(&config), config.analytic.push_growth);
    assert_eq!((quick(12_000), quick(30_000)), ((3, whole, growth), (1, whole, growth)));
    let (one, fewer, faster) = quick(50_000);
    assert!(one == 1 && fewer < whole && fewer > whole / 2, "{fewer} of {whole}");
    let growth_in_all = |growth: f64, steps| growth.powf(f64::from(steps));
    let (usual, found) = (growth_in_all(growth, whole), growth_in_all(faster, fewer));
    assert!((found / usual - 1.0).abs() < 0.1, "{found} for {usual}");
    assert_eq!(quick(100_000_000).1, whole / 5, "never too few to be a start");
    assert_eq!(affordable(&RefineConfig { variants: 0, ..config }, 2, 10).variants, 0);
}

#[test]
fn once_stopped_no_analytic_placement_begins() {
    let (netlist, canvas, given) = design(&GenerateConfig::toy());
    let given = [given.clone(), given];
    let stop = AtomicBool::new(true);
    let config = RefineConfig { variants: 4, ..quick(Start::Analytic) };
    let found = starts(&job(&netlist, &canvas, &stop), &given, &config);
    assert_eq!(found.len(), 2, "those given");
}

#[test]
fn an_effort_is_fewer_moves_where_each_takes_longer() {
    let spent = |n_nets| {
        let mut config = RefineConfig::default();
        config.spend(Effort::Normal, n_nets);
        (config.anneal.moves, config.net_visits_per_move)
    };
    assert_eq!([0, 40_000].map(spent), [(25_000_000, 35.0); 2]);
    assert_eq!(spent(160_000), (12_500_000, 70.0), "as many visits of nets in all");
}

#[test]
fn a_policy_looks_at_no_more_cells_than_the_moves_pay_for() {
    let mut config = RefineConfig::default();
    config.anneal.moves = Effort::Quick.moves();
    assert!(config.pays_for_a_policy(133, 700) && !config.pays_for_a_policy(2_000, 2_640));
}

#[test]
fn every_start_ends_legal_and_better_on_any_number_of_threads() {
    let (netlist, canvas, given) = design(&GenerateConfig::toy());
    let stop = AtomicBool::new(false);
    let job = job(&netlist, &canvas, &stop);
    for start in [Start::Given, Start::Analytic, Start::Scratch] {
        let config = quick(start);
        let runs = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut costs = Vec::new();
            let found = pool.install(|| {
                refine(&job, from_ref(&given), &config, |progress, placement| {
                    assert_eq!(checker::overlaps(&netlist, &canvas, placement), 0);
                    costs.push(progress.best.proxy(&job.weights));
                })
            });
            assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
            assert!(found.cost.proxy(&job.weights) <= costs.last().unwrap() + 1e-12);
            (found.placement, found.moves)
        });
        assert_eq!(runs[0], runs[1]);
        let legal = apart(&job, &given, &config).placement;
        let cost =
            |p: &Placement| evaluate(&netlist, &canvas, p, Rules::Clamp).cost.proxy(&job.weights);
        assert!(cost(&runs[0].0) < 0.98 * cost(&legal), "{start:?}");
        assert_eq!(checker::overlaps(&netlist, &canvas, &runs[0].0), 0);
    }
}

#[test]
fn rules_hold() {
    let (netlist, canvas, mut given) = design(&GenerateConfig::toy());
    let fixed = netlist.nodes_of(Kind::HardMacro).next().unwrap();
    given.fixed[fixed.usize()] = true;
    let stop = AtomicBool::new(false);
    let job = job(&netlist, &canvas, &stop);
    let mut config = quick(Start::Analytic);
    config.anneal.spacing = 0.5;
    config.anneal.flips = false;
    config.anneal.move_soft = false;
    let found = refine(&job, from_ref(&given), &config, |_, _| {}).placement;
    assert_eq!(found.center(fixed), given.center(fixed));
    assert_eq!(found.orientation, given.orientation);
    for node in netlist.nodes_of(Kind::SoftMacro) {
        assert_eq!(found.center(node), given.center(node));
    }
    let rules = checker::CheckRules { spacing: 0.5, ..checker::CheckRules::default() };
    assert_eq!(checker::violations(&netlist, &canvas, &found, &rules), vec![]);
}

#[test]
fn a_stopped_run_returns_a_legal_placement() {
    let (netlist, canvas, given) = design(&GenerateConfig::toy());
    let stop = AtomicBool::new(true);
    let found = refine(
        &job(&netlist, &canvas, &stop),
        from_ref(&given),
        &quick(Start::Analytic),
        |_, _| {},
    );
    assert_eq!(checker::overlaps(&netlist, &canvas, &found.placement), 0);
    assert!(stop.load(Ordering::Relaxed) && found.stuck.is_empty());
}

#[test]
fn macros_without_room_are_named_and_nothing_panics() {
    let config = GenerateConfig { utilization: 0.9, hard_share: 0.9, ..GenerateConfig::toy() };
    let (netlist, mut canvas, given) = design(&config);
    canvas.width *= 0.7;
    let stop = AtomicBool::new(false);
    let found = refine(
        &job(&netlist, &canvas, &stop),
        from_ref(&given),
        &quick(Start::Analytic),
        |_, _| {},
    );
    assert!(!found.stuck.is_empty());
    assert!(found.cost.proxy(&Weights::default()).is_finite());
}

#[test]
fn heat_is_a_share_of_the_cost_whatever_its_unit() {
    let (netlist, canvas, given) = design(&GenerateConfig::toy());
    let stop = AtomicBool::new(false);
    let config = quick(Start::Given);
    let placed = |factor: f64| {
        let Weights { wirelength, density, congestion } = Weights::default();
        let weights = Weights {
            wirelength: factor * wirelength,
            density: factor * density,
            congestion: factor * congestion,
        };
        let job = Job { weights, ..job(&netlist, &canvas, &stop) };
        refine(&job, from_ref(&given), &config, |_, _| {}).placement
    };
    // By a power of two, so that nothing is rounded in another way.
    assert_eq!(placed(1.0).x, placed(1024.0).x);
}

#[test]
fn the_last_touches_keep_to_their_share() {
    let (netlist, canvas, given) = design(&GenerateConfig::toy());
    let stop = AtomicBool::new(false);
    let job = job(&netlist, &canvas, &stop);
    let start = legal_start(&job, &given, &RefineConfig::default()).unwrap();
    let config = descent::DescentConfig::default();
    let whole = descent::descend(&job, &start, &config, u64::MAX).moves;
    let none = descent::descend(&job, &start, &config, 0);
    let some = descent::descend(&job, &start, &config, whole / 2).moves;
    assert_eq!((none.moves, none.placement.x), (0, start.x));
    assert!(some >= whole / 2 && some < whole, "{some} of {whole}");
}

#[test]
fn pushes_alone_improve_a_placement_and_keep_the_fixed_where_they_are() {
    let config = GenerateConfig { utilization: 0.75, hard_share: 0.9, ..GenerateConfig::toy() };
    let (netlist, canvas, given) = design(&config);
    let stop = AtomicBool::new(false);
    let job = job(&netlist, &canvas, &stop);
    let mut start = legal_start(&job, &given, &RefineConfig::default()).unwrap();
    let fixed = netlist.nodes_of(Kind::HardMacro).nth(2).unwrap();
    start.fixed[fixed.usize()] = true;
    let mut config = AnnealConfig { hard_share: 1.0, moves: 20_000, ..AnnealConfig::default() };
    let none =
        anneal::MixConfig { hard_shift: 0.0, hard_median: 0.0, hard_swap: 0.0, ..config.mix };
    config.mix = anneal::MixConfig { hard_beside: 0.0, flip: 0.0, ..none };
    let found = anneal::anneal(&job, from_ref(&start), &config, |_, _| {});
    let pushes = found.tallies[anneal::MoveKind::HardPush as usize];
    assert!(pushes.drawn == found.moves && pushes.accepted > 0, "{pushes:?}");
    let before = evaluate(&netlist, &canvas, &start, Rules::Clamp).cost.proxy(&job.weights);
    assert!(found.cost.proxy(&job.weights) < 0.99 * before, "{before}");
    assert_eq!(checker::overlaps(&netlist, &canvas, &found.placement), 0);
    assert_eq!(found.placement.center(fixed), start.center(fixed));
}

#[test]
fn every_macro_of_a_result_has_a_place() {
    let (netlist, canvas, mut given) = design(&GenerateConfig::toy());
    for node in netlist.nodes_of(Kind::SoftMacro) {
        given.placed[node.usize()] = false;
    }
    let stop = AtomicBool::new(false);
    for start in [Start::Given, Start::Analytic, Start::Scratch] {
        let config = quick(start);
        let found = refine(&job(&netlist, &canvas, &stop), from_ref(&given), &config, |_, now| {
            assert!(now.placed.iter().all(|&placed| placed), "{start:?}");
        });
        assert!(found.placement.placed.iter().all(|&placed| placed), "{start:?}");
    }
}
