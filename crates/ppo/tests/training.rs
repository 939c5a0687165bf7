//! Training on a toy: it learns, it repeats itself, it resumes.

#![allow(clippy::unwrap_used, reason = "test code outside #[test] functions")]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_env::{EnvConfig, InitialLocations, Potential, Task};
use flagstone_netlist::{self as netlist, Builder, Canvas, Kind, Node, Pin, Placement};
use flagstone_policy::Network;
use flagstone_ppo::{
    Config, Corpus, Design, EpochMode, Iteration, Learner, Mirror, Observer, Purpose, Rollout,
    StopReason, cells_of, collect, evaluate, mirrored, replay, train,
};

/// Four macros in a ring, and a port in the corner that pulls one of them.
fn design() -> Design {
    ring(4)
}

fn ring(n: u32) -> Design {
    ring_on(n, Canvas::new(100.0, 100.0))
}

fn ring_on(n: u32, mut canvas: Canvas) -> Design {
    let mut builder = Builder::new();
    let mut pins = Vec::new();
    for i in 0..n {
        let name = format!("m{i}");
        let (width, height) = (18.0 + f64::from(i), 18.0);
        let node = builder.node(Node { name: &name, width, height, ..Node::default() });
        pins.push(builder.pin(Pin { node, name: "p", ..Pin::default() }));
    }
    let port = builder.node(Node { kind: Kind::Port, name: "port", ..Node::default() });
    pins.push(builder.pin(Pin { node: port, ..Pin::default() }));
    for i in 0..pins.len() {
        builder.net(pins[i], &[pins[(i + 1) % pins.len()]]);
    }
    let netlist = Arc::new(builder.build());
    let placement = Placement::new(&netlist);
    (canvas.columns, canvas.rows) = (6, 6);
    let config = EnvConfig { initial_locations: InitialLocations::Center, ..EnvConfig::default() };
    Design::new(Arc::new(Task::new(netlist, canvas, placement, &config).unwrap()))
}

fn config(iterations: u64) -> Config {
    Config {
        iterations,
        episodes: 16,
        group: 8,
        epochs: 2,
        minibatch: 32,
        learning_rate: 2e-3,
        evaluate_every: 0,
        seed: 7,
        ..Config::default()
    }
}

#[derive(Default)]
struct Log(Vec<Iteration>);

impl Observer for Log {
    fn iteration(&mut self, iteration: &Iteration, _: &Learner) -> ControlFlow<StopReason> {
        self.0.push(iteration.clone());
        ControlFlow::Continue(())
    }
}

fn run(config: &Config, learner: Learner) -> (Learner, Vec<Iteration>) {
    let mut log = Log::default();
    let stop = AtomicBool::new(false);
    let (learner, reason) = train(config, &Corpus::one(design()), learner, &mut log, &stop);
    assert_eq!(reason, StopReason::Finished, "all iterations are done");
    (learner, log.0)
}

#[test]
fn a_toy_is_learned() {
    let (_, log) = run(&config(40), Learner::new(Network::AlphaChip, 1));
    let mean =
        |part: &[Iteration]| part.iter().map(|i| i.mean_reward).sum::<f64>() / part.len() as f64;
    let (first, last) = (mean(&log[..5]), mean(&log[35..]));
    assert!(last > first + 0.02 * first.abs(), "reward went from {first} to {last}");
}

#[test]
fn the_maps_policy_learns_a_toy_with_and_without_shaping() {
    for shaping in [Potential::None, Potential::Proxy] {
        let config = Config { shaping, lambda: 0.95, terms_coefficient: 0.1, ..config(40) };
        let (_, log) = run(&config, Learner::new(Network::Maps, 1));
        let mean = |part: &[Iteration]| {
            part.iter().map(|i| i.mean_reward).sum::<f64>() / part.len() as f64
        };
        let (first, last) = (mean(&log[..5]), mean(&log[35..]));
        assert!(last > first + 0.01 * first.abs(), "{shaping:?}: from {first} to {last}");
    }
}

/// The policy comes to prefer what it is shown, also mirrored.
#[test]
fn demonstrations_are_imitated() {
    imitates(Network::Maps, 5e-3, 0.5);
    // Its units die at the other's step size.
    imitates(Network::AlphaChip, 1e-3, 0.8);
}

/// Holds that the loss falls to a share of what it was.
fn imitates(network: Network, learning_rate: f64, share: f64) {
    let (designs, stop) = ([design()], AtomicBool::new(false));
    let config = Config { learning_rate, ..config(1) };
    let mut learner = Learner::new(network, 1);
    let best =
        |learner: &Learner| evaluate(learner.parameters(), &designs[0], 0, &config, 7, &stop);
    let played =
        collect(learner.parameters(), &designs, 0..32, &config, (7, 0), Purpose::Learning, &stop);
    let shown = played.into_iter().max_by(|a, b| a.reward.total_cmp(&b.reward)).unwrap();
    let outcome = shown.outcome.clone().unwrap();
    let cells = cells_of(&designs[0], &outcome.placement);
    assert_eq!(cells, Some(shown.actions.clone()), "those it was played on");
    let shown = replay(&designs[0], 0, &shown.actions, &config).unwrap();
    assert_eq!(shown.reward, outcome.reward, "replayed");
    let losses: Vec<f64> = (0..200)
        .map(|pass| {
            learner.progress.iteration = pass;
            learner.imitate(&designs, std::slice::from_ref(&shown), &config, &stop)
        })
        .map(|update| update.unwrap().policy_loss)
        .collect();
    assert!(
        losses[196..].iter().sum::<f64>() < share * losses[..4].iter().sum::<f64>(),
        "{network:?}: {losses:?}"
    );
    assert!(best(&learner).greedy.is_some(), "it can still place");
    let mirror = Mirror { x: true, y: false };
    let there = mirrored(&shown, &designs[0], mirror);
    let back = mirrored(&there, &designs[0], mirror);
    assert_ne!(there.actions, shown.actions, "mirrored");
    assert_eq!(back.actions, shown.actions, "mirrored twice");
    let maps = |rollout: &Rollout| rollout.observations[2].maps.clone();
    assert_eq!(maps(&back), maps(&shown), "mirrored twice");
}

/// A mirrored rollout shows what the same episode shows on the mirrored design.
#[test]
fn a_mirrored_rollout_is_that_of_the_mirrored_design() {
    let design = ring_on(4, Canvas::new(150.0, 100.0));
    let task = &design.task;
    let actions = cells_of(&design, &task.initial).unwrap();
    let shown = replay(&design, 0, &actions, &config(1)).unwrap();
    for (index, axis) in
        [(1, netlist::Mirror::Y), (2, netlist::Mirror::X), (3, netlist::Mirror::Both)]
    {
        let (canvas, placement) =
            netlist::mirrored(&task.netlist, &task.canvas, &task.initial, axis);
        let image = Task::new(Arc::clone(&task.netlist), canvas, placement, &task.config).unwrap();
        let told = mirrored(&shown, &design, Mirror::of(index));
        let played = replay(&Design::new(Arc::new(image)), 0, &told.actions, &config(1)).unwrap();
        for (told, played) in told.observations.iter().zip(&played.observations) {
            assert_eq!(told.placed, played.placed);
            assert_eq!(told.mask, played.mask);
            for (a, b) in told.x.iter().chain(&told.y).zip(played.x.iter().chain(&played.y)) {
                assert!((a - b).abs() < 1e-6, "{axis:?}: {told:?} {played:?}");
            }
        }
    }
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    for network in Network::ALL {
        let (whole, _) = run(&config(4), Learner::new(network, 1));
        let (half, _) = run(&config(2), Learner::new(network, 1));
        let restored = Learner::from_bytes(&half.to_bytes().unwrap()).unwrap();
        assert_eq!(restored, half);
        let (resumed, _) = run(&config(4), restored);
        assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap(), "{network:?} differs");
    }
}

/// One episode of an iteration is the policy's greedy one: it is in the budget and may be the best, but
/// the episodes that teach are the others.
#[test]
fn the_greedy_episode_counts_but_does_not_teach() {
    let (corpus, stop) = (corpus(), AtomicBool::new(false));
    let learner = || Learner::new(Network::Maps, 1);
    let run = |config: &Config| {
        let mut log = Log::default();
        (train(config, &corpus, learner(), &mut log, &stop).0, log.0.remove(0))
    };
    let all = Config { designs: 0, ..config(1) };
    let greedy = evaluate(learner().parameters(), &corpus.train[0], 0, &all, 7, &stop).greedy;
    let greedy = -greedy.unwrap().reward;
    let (_, with) = run(&all);
    assert_eq!((with.greedy_proxy, with.episodes), (Some(greedy), 16));
    assert!(with.run_best.unwrap() <= greedy);
    // The fifteen others are those of a run without it.
    let plain = Config { greedy: false, ..all.clone() };
    let (_, without) = run(&plain);
    assert_eq!((without.greedy_proxy, without.episodes), (None, 16));
    let play = |from| {
        let (designs, learning) = (&corpus.train, Purpose::Learning);
        collect(learner().parameters(), designs, from..16, &plain, (7, 0), learning, &stop)
    };
    let mean = |rollouts: &[Rollout]| {
        rollouts.iter().map(|rollout| rollout.reward).sum::<f64>() / rollouts.len() as f64
    };
    assert_eq!((with.mean_reward, without.mean_reward), (mean(&play(1)), mean(&play(0))));
    let (_, single) = run(&Config { episodes: 1, ..Config { designs: 1, ..all } });
    assert_eq!((single.greedy_proxy, single.episodes), (None, 1), "something must teach");
}

/// A colder policy draws its likeliest cells more often, and learns as the policy that drew.
#[test]
fn drawing_and_learning_share_a_temperature() {
    let (designs, stop) = ([design()], AtomicBool::new(false));
    let play = |config: &Config, purpose| {
        let learner = Learner::new(Network::Maps, 1);
        collect(learner.parameters(), &designs, 0..64, config, (7, 0), purpose, &stop)
    };
    let likely = |rollouts: &[Rollout]| {
        let logs: Vec<f32> = rollouts.iter().flat_map(|r| r.log_probabilities.clone()).collect();
        logs.iter().sum::<f32>() / logs.len() as f32
    };
    let cold = Config { temperature: 0.2, minibatch: 1_000, epochs: 1, ..config(1) };
    let warm = Config { temperature: 1.0, ..cold.clone() };
    let drawn = play(&cold, Purpose::Learning);
    let (colder, warmer) = (likely(&drawn), likely(&play(&warm, Purpose::Learning)));
    assert!(colder > warmer + 0.2, "{colder} {warmer}");
    assert!(drawn.iter().all(|rollout| !rollout.observations.is_empty()), "kept to learn from");
    let sampling = Config { sample_temperature: 0.2, ..warm.clone() };
    assert_eq!(likely(&play(&sampling, Purpose::Sampling)), likely(&drawn));
    let mut learner = Learner::new(Network::Maps, 1);
    let update = learner.update(&designs, &drawn, &cold, &stop).unwrap();
    assert!(update.approx_kl < 1e-6 && update.clip_fraction == 0.0, "{update:?}");
    let mut learner = Learner::new(Network::Maps, 1);
    let update = learner.update(&designs, &drawn, &warm, &stop).unwrap();
    assert!(update.approx_kl > 0.01, "another temperature is another policy: {update:?}");
}

/// Sets the stop flag as soon as an iteration is done.
struct StopAfterFirst<'a>(&'a AtomicBool);

impl Observer for StopAfterFirst<'_> {
    fn iteration(&mut self, _: &Iteration, _: &Learner) -> ControlFlow<StopReason> {
        self.0.store(true, Ordering::Relaxed);
        ControlFlow::Continue(())
    }
}

#[test]
fn an_interrupted_run_leaves_whole_iterations_only() {
    let config = Config { evaluate_every: 1, ..config(3) };
    let (whole, _) = run(&config, Learner::new(Network::AlphaChip, 1));
    let stop = AtomicBool::new(false);
    let corpus = Corpus::one(design());
    let (stopped, reason) = train(
        &config,
        &corpus,
        Learner::new(Network::AlphaChip, 1),
        &mut StopAfterFirst(&stop),
        &stop,
    );
    assert_eq!((reason, stopped.progress.iteration), (StopReason::Interrupted, 1));
    let (resumed, _) = run(&config, stopped);
    assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap(), "checkpoints differ");
}

#[test]
fn an_interrupted_update_leaves_no_trace() {
    let (design, stop) = ([design()], AtomicBool::new(false));
    // So many epochs that only the flag can end them.
    let config = Config { epochs: 1_000_000, ..config(1) };
    let mut learner = Learner::new(Network::AlphaChip, 1);
    let rollouts =
        collect(learner.parameters(), &design, 0..4, &config, (7, 0), Purpose::Learning, &stop);
    assert_eq!(rollouts.len(), 4);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(300));
            stop.store(true, Ordering::Relaxed);
        });
        assert!(learner.update(&design, &rollouts, &config, &stop).is_none(), "stopped");
    });
    assert_eq!(learner, Learner::new(Network::AlphaChip, 1));
}

fn corpus() -> Corpus {
    Corpus { train: [4, 6, 3, 5, 2].map(ring).into(), held_out: vec![ring(4), ring(1)] }
}

#[test]
fn a_curriculum_begins_small_and_plays_all_equally_often() {
    let config = Config { designs: 2, curriculum: 10, curriculum_start: 0.2, ..config(100) };
    let corpus = corpus();
    let macros = |iteration| -> Vec<usize> {
        let lesson = corpus.lesson(&config, iteration);
        lesson.iter().map(|&design| corpus.train[design].task.order.len()).collect()
    };
    assert_eq!(macros(0), [2]);
    assert!((3..5).flat_map(macros).all(|n| n <= 4), "the largest come last");
    let mut played = [0; 7];
    (10..60).flat_map(macros).for_each(|n| played[n] += 1);
    // A design that ends one pass and begins the next is played once for both.
    assert!(played[2..].iter().all(|&n| n == 19 || n == 20), "{played:?}");
}

/// What does not fit into an iteration is played in the next ones, and none is left out for good.
#[test]
fn more_designs_than_episodes_take_turns() {
    let corpus = Corpus { train: [4, 3, 2, 5, 4, 2].map(ring).into(), held_out: Vec::new() };
    let train = |config: &Config, learner| {
        let (mut log, stop) = (Log::default(), AtomicBool::new(false));
        (train(config, &corpus, learner, &mut log, &stop).0, log.0)
    };
    let new = || Learner::new(Network::Maps, 1);
    let few = |iterations| Config { designs: 0, episodes: 3, ..config(iterations) };
    let (whole, log) = train(&few(4), new());
    let mut told: Vec<usize> = log.iter().flat_map(|i| i.designs.clone()).collect();
    told.sort_unstable();
    assert_eq!(told, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], "two passes");
    assert_eq!(whole.progress.episodes, 12);
    let (half, _) = train(&few(2), new());
    let learned = &half.progress.best_rewards;
    assert!(learned.len() == 6 && learned.iter().all(Option::is_some), "{learned:?}");
    let (resumed, _) = train(&few(4), Learner::from_bytes(&half.to_bytes().unwrap()).unwrap());
    assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap(), "checkpoints differ");
    let single = Config { epoch_mode: EpochMode::SinglePass, ..few(1) };
    assert_eq!(corpus.lesson(&single, 0).len(), 6, "twice as many episodes");
    // The greedy episode needs one of its own.
    for (episodes, has_greedy) in [(6, false), (7, true)] {
        let (learner, log) = train(&Config { episodes, ..few(1) }, new());
        assert_eq!(log[0].greedy_proxy.is_some(), has_greedy);
        assert!(learner.progress.best_rewards.iter().all(Option::is_some), "all are learned from");
    }
}

#[test]
fn a_corpus_is_judged_by_its_held_out_designs_and_resumes() {
    let config = |iterations| Config {
        episodes: 4,
        designs: 2,
        curriculum: 3,
        evaluate_every: 2,
        evaluate_samples: 2,
        ..config(iterations)
    };
    let train = |iterations, learner| {
        let (mut log, stop) = (Log::default(), AtomicBool::new(false));
        (train(&config(iterations), &corpus(), learner, &mut log, &stop).0, log.0)
    };
    let (whole, log) = train(5, Learner::new(Network::AlphaChip, 1));
    let judged: Vec<usize> = log.iter().map(|i| i.evaluations.len()).collect();
    assert_eq!(judged, [0, 2, 0, 2, 0]);
    let score = log[3].score.unwrap();
    let proxies = log[3].evaluations.iter().map(|e| -e.best.as_ref().unwrap().reward);
    assert!((score * score - proxies.product::<f64>()).abs() < 1e-12, "the geometric mean");
    assert_eq!(whole.progress.episodes, 20);
    let (half, _) = train(3, Learner::new(Network::AlphaChip, 1));
    let half = Learner::from_bytes(&half.to_bytes().unwrap()).unwrap();
    let (resumed, _) = train(5, half);
    assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap(), "checkpoints differ");
}

/// Predicting, imitating and playing follow one another, and a run cut anywhere ends the same.
#[test]
fn a_warm_up_comes_first_and_resumes() {
    let config = |iterations| {
        let mut config = Config { episodes: 4, evaluate_every: 2, ..config(iterations) };
        (config.warm_up.predict, config.warm_up.imitate) = (2, 3);
        (config.warm_up.moves, config.warm_up.placements) = (2_000, 1);
        config
    };
    let train = |iterations, learner| {
        let (mut log, stop) = (Log::default(), AtomicBool::new(false));
        (train(&config(iterations), &corpus(), learner, &mut log, &stop).0, log.0)
    };
    for network in Network::ALL {
        let (whole, log) = train(7, Learner::new(network, 1));
        assert_eq!(log.iter().map(|i| i.episodes).collect::<Vec<_>>(), [4, 4, 0, 0, 0, 4, 4]);
        assert!(log[..2].iter().all(|i| i.update.policy_loss == 0.0), "only predicting");
        assert!(log[4].update.policy_loss < log[2].update.policy_loss, "cells become likelier");
        assert_eq!(whole.progress.episodes, 16);
        for cut in [1, 3, 6] {
            let (half, _) = train(cut, Learner::new(network, 1));
            let half = Learner::from_bytes(&half.to_bytes().unwrap()).unwrap();
            let (resumed, _) = train(7, half);
            assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap(), "cut at {cut}");
        }
    }
}

/// A policy may settle on what it is shown, and gain nothing while it is: rewards are still to come.
#[test]
fn what_ends_learning_by_rewards_does_not_end_the_warm_up() {
    let end = |config: Config| {
        let mut config = Config { episodes: 4, ..config };
        (config.warm_up.predict, config.warm_up.imitate) = (2, 2);
        (config.warm_up.moves, config.warm_up.placements) = (2_000, 1);
        let (learner, stop) = (Learner::new(Network::Maps, 1), AtomicBool::new(false));
        let (learner, reason) = train(&config, &Corpus::one(design()), learner, &mut (), &stop);
        (reason, learner.progress.iteration)
    };
    let settled = Config { least_entropy: 9.0, collapse_patience: 1, ..config(9) };
    assert_eq!(end(Config { converged_within: 9.0, ..settled }), (StopReason::Converged, 5));
    let flat = Config { evaluate_every: 1, patience: 1, least_gain: 0.9, ..config(9) };
    assert_eq!(end(flat), (StopReason::Plateau, 5));
}

/// Demonstrations have no values to bootstrap from: the value learns the cost at their end.
#[test]
fn imitation_does_not_depend_on_lambda() {
    let shown = |lambda: f64| {
        let mut config = Config { lambda, ..config(2) };
        (config.warm_up.imitate, config.warm_up.placements) = (2, 1);
        config.warm_up.moves = 2_000;
        run(&config, Learner::new(Network::Maps, 1)).0
    };
    assert!(shown(0.5) == shown(1.0), "the learners differ");
}

#[test]
fn budgets_and_health_checks_end_training() {
    let reason = |config: Config| {
        let stop = AtomicBool::new(false);
        train(&config, &Corpus::one(design()), Learner::new(Network::AlphaChip, 1), &mut (), &stop)
    };
    let (learner, why) = reason(Config { max_episodes: 20, ..config(9) });
    assert_eq!((why, learner.progress.iteration), (StopReason::Episodes, 2));
    let (learner, why) = reason(Config { max_steps: 60, ..config(9) });
    assert_eq!((why, learner.progress.steps), (StopReason::Steps, 64));
    let (_, why) = reason(Config { least_entropy: 9.0, collapse_patience: 2, ..config(9) });
    assert_eq!(why, StopReason::Collapsed);
    let settled = Config { converged_within: 9.0, ..config(9) };
    let (learner, why) = reason(Config { least_entropy: 9.0, collapse_patience: 2, ..settled });
    assert_eq!((why, learner.progress.iteration), (StopReason::Converged, 2));
    assert!(!why.is_failure() && learner.progress.shortfall > 0.0, "{:?}", learner.progress);
    let (_, why) = reason(Config { least_gradient: 1e9, dead_patience: 3, ..config(9) });
    assert_eq!(why, StopReason::Dead);
    let (_, why) = reason(Config { evaluate_every: 1, target: 9.0, ..config(9) });
    assert_eq!(why, StopReason::Target);
    let flat = Config { evaluate_every: 1, patience: 2, least_gain: 0.9, ..config(9) };
    assert_eq!(reason(flat).1, StopReason::Plateau);
    let mut broken = Learner::new(Network::AlphaChip, 1).parameters().clone();
    broken.values.fill(f32::NAN);
    let stop = AtomicBool::new(false);
    let (_, why) =
        train(&config(9), &Corpus::one(design()), Learner::from_parameters(broken), &mut (), &stop);
    assert_eq!(why, StopReason::Diverged);
    assert!(why.explanation(&config(9)).contains("learning_rate"), "it says what to do");
}

#[test]
fn a_run_that_has_ended_stays_there_when_resumed() {
    let stop = AtomicBool::new(false);
    let train =
        |config: &Config, learner| train(config, &Corpus::one(design()), learner, &mut (), &stop);
    let judged = Config { evaluate_every: 1, ..config(9) };
    for (end, config) in [
        (StopReason::Episodes, Config { max_episodes: 16, ..config(9) }),
        (StopReason::Steps, Config { max_steps: 64, ..config(9) }),
        (StopReason::Target, Config { target: 9.0, ..judged.clone() }),
        (StopReason::Plateau, Config { patience: 1, least_gain: 0.9, ..judged }),
        (StopReason::Collapsed, Config { least_entropy: 9.0, collapse_patience: 1, ..config(9) }),
        (StopReason::Dead, Config { least_gradient: 1e9, dead_patience: 1, ..config(9) }),
    ] {
        let (ended, reason) = train(&config, Learner::new(Network::Maps, 1));
        assert_eq!(reason, end);
        assert_eq!(train(&config, ended.clone()), (ended.clone(), end));
        let iterations = ended.progress.iteration + 1;
        let unbound = Config { iterations, evaluate_every: 0, ..self::config(9) };
        let (gone_on, reason) = train(&unbound, ended);
        assert_eq!((gone_on.progress.iteration, reason), (iterations, StopReason::Finished));
    }
}

#[test]
fn one_and_two_threads_learn_the_same() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            Network::ALL
                .map(|network| run(&config(2), Learner::new(network, 1)).0.to_bytes().unwrap())
        })
    };
    assert!(on(1) == on(2), "checkpoints differ");
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let bytes = Learner::new(Network::AlphaChip, 1).to_bytes().unwrap();
    assert!(Learner::from_bytes(&bytes[..bytes.len() / 2]).is_err(), "truncated");
    let policy = flagstone_policy::write(
        Learner::new(Network::AlphaChip, 1).parameters(),
        Default::default(),
    )
    .unwrap();
    assert!(Learner::from_bytes(&policy).is_err(), "a policy is no learner");
}

#[test]
fn advice_on_a_walked_state_is_what_the_episode_did() {
    let design = design();
    let parameters = Learner::new(Network::Maps, 1).parameters().clone();
    let trace = flagstone_ppo::trace(&parameters, &design);
    let end = trace.outcome.as_ref().unwrap().placement.clone();
    let mut adviser = flagstone_ppo::Adviser::new(&parameters, design);
    for step in trace.steps.iter().rev() {
        let said = adviser.advise(&end, step.node).unwrap();
        assert_eq!(said.as_ref(), Some(step));
    }
}
