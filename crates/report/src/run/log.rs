//! The lines of `log.jsonl`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::CostReport;
use crate::run::Energy;

/// Version of the log's lines.
pub const LOG_SCHEMA: u32 = 1;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LogLine {
    /// A process begins or goes on with the run.
    Start(StartLine),
    /// An iteration is done.
    Iteration(Box<IterationLine>),
    /// The process ends in an orderly way.
    Stop(StopLine),
}

/// Who does the work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartLine {
    /// Version of the log's lines.
    pub schema: u32,
    /// The subcommand.
    pub command: String,
    /// Version of the program.
    pub version: String,
    /// Iterations that were done before.
    pub iteration: u64,
    /// Threads.
    pub threads: usize,
    /// What computes.
    pub device: String,
    /// Designs to learn from, by their index.
    pub designs: Vec<String>,
    /// Designs that are only evaluated.
    pub held_out: Vec<String>,
    /// Seconds since 1970.
    pub unix: f64,
}

/// Why the process ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopLine {
    /// Iterations done.
    pub iteration: u64,
    /// One word.
    pub reason: String,
    /// What it means.
    pub explanation: String,
    /// Seconds since 1970.
    pub unix: f64,
}

/// All of an iteration. Everything but `time` and `energy` is the same in every run with the same
/// seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IterationLine {
    /// Its number, from 0.
    pub iteration: u64,
    /// Designs played, by their index.
    pub designs: Vec<usize>,
    /// Episodes played.
    pub episodes: usize,
    /// Episodes that ended with a macro that fitted nowhere.
    pub infeasible: usize,
    /// Macros placed.
    pub steps: usize,
    /// Episodes of the run so far.
    pub total_episodes: u64,
    /// Macros placed in the run so far.
    pub total_steps: u64,
    /// Mean reward of the drawn episodes.
    #[serde(deserialize_with = "number")]
    pub mean_reward: f64,
    /// Mean cost of the drawn episodes that were finished.
    pub cost: Option<CostReport>,
    /// Proxy cost of the greedy episode of the first design.
    #[serde(default)]
    pub greedy_proxy: Option<f64>,
    /// Lowest proxy cost of this iteration's episodes of the first design.
    pub best_proxy: Option<f64>,
    /// Lowest proxy cost of the run for the first design.
    pub run_best: Option<f64>,
    /// Score of this iteration's evaluations: the geometric mean of their best proxy costs.
    pub score: Option<f64>,
    /// Best score of the run.
    pub run_score: Option<f64>,
    /// This iteration's evaluations.
    pub evaluations: Vec<EvaluationLine>,
    /// The learner's numbers.
    pub update: UpdateLine,
    /// When and how long.
    pub time: TimeLine,
    /// Energy of this iteration.
    pub energy: Energy,
}

/// A policy on one design.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluationLine {
    /// Name of the design.
    pub design: String,
    /// Proxy cost of the greedy episode, if it was finished.
    pub greedy: Option<f64>,
    /// Lowest proxy cost of the greedy and the sampled episodes.
    pub best: Option<f64>,
    /// Mean proxy cost of the sampled episodes.
    pub mean: Option<f64>,
    /// Sampled episodes that were not finished.
    pub infeasible: usize,
}

/// Means over the minibatches of an iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateLine {
    /// Clipped policy loss, −min(ρA, clip(ρ)A).
    #[serde(deserialize_with = "number")]
    pub policy_loss: f64,
    /// Squared error of the value, (R − V)².
    #[serde(deserialize_with = "number")]
    pub value_loss: f64,
    /// Entropy over the legal cells in nats.
    #[serde(deserialize_with = "number")]
    pub entropy: f64,
    /// Divergence from the collecting policy, mean of ρ − 1 − ln ρ.
    #[serde(deserialize_with = "number")]
    pub approx_kl: f64,
    /// Share of steps with a clipped ratio ρ.
    #[serde(deserialize_with = "number")]
    pub clip_fraction: f64,
    /// Norm of the gradient before clipping.
    #[serde(deserialize_with = "number")]
    pub gradient_norm: f64,
    /// 1 − Var(R − V) / Var(R).
    #[serde(deserialize_with = "number")]
    pub explained_variance: f64,
    /// Minibatches.
    pub minibatches: u64,
}

/// When an iteration ended and where its time went, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeLine {
    /// Its end, in seconds since 1970.
    pub unix: f64,
    /// Playing episodes.
    pub collect: f64,
    /// Learning from them.
    pub update: f64,
    /// Playing evaluations.
    pub evaluate: f64,
}

impl TimeLine {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.collect + self.update + self.evaluate
    }
}

/// JSON has no NaN; it is written as null.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}

/// The lines of a log that can be read; a last line cut short by a crash is left out.
pub fn lines(text: &str) -> Vec<LogLine> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The log without the lines of iterations that a checkpoint after `iterations` does not have.
pub fn until(lines: Vec<LogLine>, iterations: u64) -> Vec<LogLine> {
    let kept = |line: &LogLine| match line {
        LogLine::Start(line) => line.iteration <= iterations,
        LogLine::Iteration(line) => line.iteration < iterations,
        LogLine::Stop(line) => line.iteration <= iterations,
    };
    lines.into_iter().filter(kept).collect()
}

impl LogLine {
    /// The line as it stands in the log, with its line break.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("log lines have string keys only");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> String {
        let start = StartLine {
            schema: LOG_SCHEMA,
            command: "train".into(),
            version: "0".into(),
            iteration: 0,
            threads: 2,
            device: "cpu".into(),
            designs: vec!["toy".into()],
            held_out: Vec::new(),
            unix: 1.5,
        };
        let mut all = vec![LogLine::Start(start)];
        for iteration in 0..3 {
            let mut line = IterationLine { iteration, mean_reward: -0.1, ..Default::default() };
            line.update.policy_loss = f64::NAN;
            all.push(LogLine::Iteration(Box::new(line)));
        }
        all.iter().map(LogLine::to_json).collect()
    }

    #[test]
    fn lines_survive_and_a_line_cut_short_does_not() {
        let text = log();
        let read = lines(&text);
        assert_eq!(read.len(), 4);
        let LogLine::Iteration(line) = &read[2] else { panic!("{read:?}") };
        assert_eq!((line.iteration, line.mean_reward), (1, -0.1));
        assert!(line.update.policy_loss.is_nan(), "null is not a number");
        assert_eq!(lines(&text[..text.len() - 9]).len(), 3);
        assert_eq!(read.iter().map(LogLine::to_json).collect::<String>(), text);
    }

    #[test]
    fn a_log_is_cut_to_its_checkpoint() {
        let kept = until(lines(&log()), 1);
        assert_eq!(kept.len(), 2, "{kept:?}");
    }
}
