use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use flagstone_cost::Cost;
use rayon::prelude::*;

use crate::config::Phase;
use crate::{
    Config, Corpus, Design, Evaluation, Learner, Purpose, Rollout, StopReason, Update, collect,
    demonstrations, evaluate, score,
};

/// Seconds that the parts of an iteration took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seconds {
    /// Playing episodes.
    pub collect: f64,
    /// Learning from them.
    pub update: f64,
    /// Playing evaluations.
    pub evaluate: f64,
}

/// What one iteration did.
#[derive(Clone, Debug)]
pub struct Iteration {
    /// Number of the iteration, from 0.
    pub iteration: u64,
    /// Designs played, by their index.
    pub designs: Vec<usize>,
    /// Episodes played, the greedy one included.
    pub episodes: usize,
    /// Episodes that ended without legal cells.
    pub infeasible: usize,
    /// Macros placed in them.
    pub steps: usize,
    /// Mean reward of the drawn episodes.
    pub mean_reward: f64,
    /// Share of the best reward seen by which the mean reward falls short of it, as a mean over the
    /// designs played.
    pub shortfall: f64,
    /// Mean cost of the drawn episodes that were finished; `None` where none was.
    pub mean_cost: Option<Cost>,
    /// Proxy cost of the greedy episode of the first design, played before the update; `None` where
    /// none was played or finished.
    pub greedy_proxy: Option<f64>,
    /// Lowest proxy cost of this iteration's episodes of the first design.
    pub best_proxy: Option<f64>,
    /// Lowest proxy cost of the whole run for the first design.
    pub run_best: Option<f64>,
    /// One for each judging design, where this iteration was evaluated.
    pub evaluations: Vec<Evaluation>,
    /// The score of these evaluations; see [`score`].
    pub score: Option<f64>,
    /// The best score of the whole run.
    pub run_score: Option<f64>,
    /// The learner's numbers.
    pub update: Update,
    /// Where the time went.
    pub seconds: Seconds,
}

/// Hears of every iteration; the place to log and to save checkpoints.
pub trait Observer {
    /// Called after each iteration; the learner is as the next iteration will find it.
    ///
    /// A break ends training, for a reason that the loop cannot know: the time is up, or nothing
    /// can be written.
    fn iteration(&mut self, iteration: &Iteration, learner: &Learner) -> ControlFlow<StopReason>;
}

impl Observer for () {
    fn iteration(&mut self, _: &Iteration, _: &Learner) -> ControlFlow<StopReason> {
        ControlFlow::Continue(())
    }
}

/// Collects and learns until a budget is spent, progress stops or `stop` is set.
///
/// The same loop for one design and for many. An iteration cut short by `stop` leaves no trace, so
/// continuing from the last checkpoint gives what an uninterrupted run gives. Without designs or
/// episodes there is nothing to do.
pub fn train(
    config: &Config,
    corpus: &Corpus,
    mut learner: Learner,
    observer: &mut impl Observer,
    stop: &AtomicBool,
) -> (Learner, StopReason) {
    if corpus.train.is_empty() || config.episodes == 0 || config.epochs == 0 {
        return (learner, StopReason::Finished);
    }
    // A run that came to its end stays there, however often it is resumed.
    if let Some(reason) = learner.progress.end(config) {
        return (learner, reason);
    }
    let mut shown = None;
    while learner.progress.iteration < config.iterations {
        let clock = Instant::now();
        let iteration = learner.progress.iteration;
        let phase = config.warm_up.phase(iteration);
        let lesson = match phase {
            Phase::Imitate => (0..corpus.train.len()).collect(),
            _ => corpus.lesson(config, iteration),
        };
        let designs: Vec<Design> = lesson.iter().map(|&i| corpus.train[i].clone()).collect();
        let watched = lesson.iter().position(|&design| design == 0);
        let (rollouts, greedy): (Cow<'_, [Rollout]>, _) = match phase {
            Phase::Imitate => {
                let make = || demonstrations(&designs, config, stop);
                (Cow::Borrowed(shown.get_or_insert_with(make).as_slice()), None)
            }
            _ => {
                let (drawn, greedy) = episodes(config, &designs, watched, &learner, stop);
                (Cow::Owned(drawn), greedy)
            }
        };
        let mut seconds = Seconds { collect: clock.elapsed().as_secs_f64(), ..Seconds::default() };
        if stop.load(Ordering::Relaxed) {
            return (learner, StopReason::Interrupted);
        }
        let before = learner.clone();
        let warm = config.warming_up(iteration);
        let update = match phase {
            Phase::Predict => learner.predict(&designs, &rollouts, &warm, stop),
            Phase::Imitate => learner.imitate(&designs, &rollouts, &warm, stop),
            Phase::Reinforce => learner.update(&designs, &rollouts, config, stop),
        };
        let Some(update) = update else { return (learner, StopReason::Interrupted) };
        let shortfall = match phase {
            Phase::Imitate => 0.0,
            _ => learner.progress.played(&rollouts, greedy.as_ref(), &lesson),
        };
        seconds.update = clock.elapsed().as_secs_f64() - seconds.collect;
        let evaluations = judged(config, corpus, &learner, stop);
        if stop.load(Ordering::Relaxed) && is_judged(config, iteration) {
            return (before, StopReason::Interrupted);
        }
        seconds.evaluate = clock.elapsed().as_secs_f64() - seconds.collect - seconds.update;
        let score = score(&evaluations, config);
        if let Some(score) = score {
            learner.progress.evaluated(score, config.least_gain);
        }
        let mut log = summary(&rollouts, greedy.as_ref(), watched, &learner, update);
        log = Iteration { designs: lesson, shortfall, evaluations, score, seconds, ..log };
        if phase == Phase::Imitate {
            // Shown, not played.
            log = Iteration { episodes: 0, steps: 0, best_proxy: None, ..log };
        }
        learner.progress.iteration += 1;
        let verdict = learner.progress.judge(&log, phase, config);
        let told = observer.iteration(&log, &learner);
        if let Some(reason) = verdict.or(told.break_value()) {
            return (learner, reason);
        }
    }
    (learner, StopReason::Finished)
}

/// The episodes of an iteration: those to learn from, and the greedy one of the watched design.
///
/// The greedy one takes the place of the first, whose turn is the watched design's, where that design
/// has another to learn from.
fn episodes(
    config: &Config,
    designs: &[Design],
    watched: Option<usize>,
    learner: &Learner,
    stop: &AtomicBool,
) -> (Vec<Rollout>, Option<Rollout>) {
    let n = config.episodes_played();
    let stream = (config.seed, learner.progress.iteration);
    let play = |episodes, purpose| {
        collect(learner.parameters(), designs, episodes, config, stream, purpose, stop)
    };
    let has_greedy = config.greedy && watched == Some(0) && n > designs.len();
    let greedy = has_greedy.then(|| play(0..1, Purpose::Greedy).pop()).flatten();
    (play(usize::from(has_greedy)..n, Purpose::Learning), greedy)
}

fn is_judged(config: &Config, iteration: u64) -> bool {
    config.evaluate_every > 0 && (iteration + 1).is_multiple_of(config.evaluate_every)
}

/// The evaluations of an iteration, where it has any.
fn judged(
    config: &Config,
    corpus: &Corpus,
    learner: &Learner,
    stop: &AtomicBool,
) -> Vec<Evaluation> {
    if !is_judged(config, learner.progress.iteration) {
        return Vec::new();
    }
    let (parameters, samples) = (learner.parameters(), config.evaluate_samples);
    let judges = corpus.judges().par_iter();
    judges.map(|design| evaluate(parameters, design, samples, config, config.seed, stop)).collect()
}

fn summary(
    rollouts: &[Rollout],
    greedy: Option<&Rollout>,
    watched: Option<usize>,
    learner: &Learner,
    update: Update,
) -> Iteration {
    let finished: Vec<Cost> =
        rollouts.iter().filter_map(|r| r.outcome.as_ref()).map(|outcome| outcome.cost).collect();
    let n = finished.len() as f64;
    let mean = |term: fn(&Cost) -> f64| finished.iter().map(term).sum::<f64>() / n;
    let mean_cost = (!finished.is_empty()).then(|| Cost {
        wirelength: mean(|cost| cost.wirelength),
        density: mean(|cost| cost.density),
        congestion: mean(|cost| cost.congestion),
    });
    let proxy = |r: &Rollout| r.outcome.as_ref().map(|outcome| -outcome.reward);
    let all = || rollouts.iter().chain(greedy);
    let proxies = all().filter(|rollout| Some(rollout.design) == watched).filter_map(proxy);
    Iteration {
        iteration: learner.progress.iteration,
        designs: Vec::new(),
        episodes: all().count(),
        infeasible: all().filter(|rollout| rollout.outcome.is_none()).count(),
        steps: all().map(|rollout| rollout.actions.len()).sum(),
        mean_reward: rollouts.iter().map(|r| r.reward).sum::<f64>() / rollouts.len().max(1) as f64,
        shortfall: 0.0,
        mean_cost,
        greedy_proxy: greedy.and_then(proxy),
        best_proxy: proxies.reduce(f64::min),
        run_best: learner.progress.best.as_ref().map(|best| best.proxy),
        evaluations: Vec::new(),
        score: None,
        run_score: learner.progress.score,
        update,
        seconds: Seconds::default(),
    }
}
