//! What a terminal shows of a run.

use crate::run::IterationLine;

/// Values as a row of bars, the last `most` of them; the lowest and the highest value span the range.
pub fn sparkline(values: &[f64], most: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let values = &values[values.len().saturating_sub(most)..];
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (least, range) = (finite().fold(f64::INFINITY, f64::min), {
        finite().fold(f64::NEG_INFINITY, f64::max) - finite().fold(f64::INFINITY, f64::min)
    });
    let bar = |&value: &f64| {
        if !value.is_finite() {
            return '?';
        }
        let height = if range > 0.0 { (value - least) / range } else { 0.5 };
        BARS[((height * 8.0) as usize).min(7)]
    };
    values.iter().map(bar).collect()
}

fn cost(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

/// An iteration on one line, for pipes and logs.
pub fn one_line(line: &IterationLine) -> String {
    let dropped = match line.infeasible {
        0 => String::new(),
        n => format!("  {n} of {} episodes infeasible", line.episodes),
    };
    let score = line.score.map_or_else(String::new, |score| format!("  score {score:.4}"));
    format!(
        "iteration {:>4}  reward {:.4}  best {}{score}  entropy {:.3}  kl {:.4}  {:.1} episodes/s{dropped}",
        line.iteration,
        line.mean_reward,
        cost(line.run_best),
        line.update.entropy,
        line.update.approx_kl,
        per_second(line.episodes as f64, line.time.collect),
    )
}

/// The numbers of an iteration that [`one_line`] leaves out.
pub fn details(line: &IterationLine) -> String {
    let (update, time) = (&line.update, &line.time);
    format!(
        "  iteration {}: designs {:?}, {} steps in {} minibatches, policy loss {:.4}, value loss {:.4}, \
         explained variance {:.2}, gradient {:.4}, clipped {:.0} %; collecting {:.2} s, learning \
         {:.2} s, evaluating {:.2} s; {:.1} J",
        line.iteration,
        line.designs,
        line.steps,
        update.minibatches,
        update.policy_loss,
        update.value_loss,
        update.explained_variance,
        update.gradient_norm,
        100.0 * update.clip_fraction,
        time.collect,
        time.update,
        time.evaluate,
        line.energy.joules(),
    )
}

/// A block that is drawn over again after each iteration: how far, how good, how healthy.
///
/// `of` is the number of iterations to come to.
pub fn block(name: &str, iterations: &[IterationLine], of: u64) -> String {
    const BARS: usize = 60;
    let Some(last) = iterations.last() else { return String::new() };
    let recent = &iterations[iterations.len().saturating_sub(20)..];
    let seconds: f64 = recent.iter().map(|line| line.time.total()).sum();
    let left = (of.saturating_sub(last.iteration + 1)) as f64 * seconds / recent.len() as f64;
    let rewards: Vec<f64> = iterations.iter().map(|line| line.mean_reward).collect();
    let scores: Vec<f64> = iterations.iter().filter_map(|line| line.score).collect();
    let terms = last.cost.map_or_else(String::new, |c| {
        let (w, d, k) = (c.wirelength, c.density, c.congestion);
        format!("   (mean: wirelength {w:.4}, density {d:.4}, congestion {k:.4})")
    });
    let infeasible: usize = iterations.iter().map(|line| line.infeasible).sum();
    let episodes: usize = iterations.iter().map(|line| line.episodes).sum();
    let mut text = format!(
        "{name}   iteration {} of {of}   {:.1} episodes/s   {:.0} steps/s   {} left\n",
        last.iteration + 1,
        per_second(last.episodes as f64, last.time.collect),
        per_second(last.steps as f64, last.time.total()),
        duration(left),
    );
    text += &format!("reward  {:>8.4}  {}\n", last.mean_reward, sparkline(&rewards, BARS));
    if let Some(score) = scores.last() {
        text += &format!("score   {score:>8.4}  {}\n", sparkline(&scores, BARS));
    }
    text += &format!("best    {:>8}{terms}\n", cost(last.run_best));
    let update = &last.update;
    text += &format!(
        "entropy {:>8.3}   kl {:.4}   clipped {:.0} %   explained variance {:.2}",
        update.entropy,
        update.approx_kl,
        100.0 * update.clip_fraction,
        update.explained_variance
    );
    if infeasible > 0 {
        text += &format!("\n{infeasible} of {episodes} episodes infeasible");
    }
    text
}

fn per_second(count: f64, seconds: f64) -> f64 {
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

/// A time in the largest unit that suits it.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5_400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_span_the_range() {
        assert_eq!(sparkline(&[9.0, 0.0, 0.5, 1.0], 3), "▁▅█");
        assert_eq!(sparkline(&[2.0, 2.0], 60), "▅▅");
        assert_eq!(sparkline(&[0.0, f64::NAN, 7.0], 60), "▁?█");
        assert_eq!(sparkline(&[], 60), "");
    }

    #[test]
    fn the_block_says_how_far_and_how_good() {
        let mut lines = Vec::new();
        for iteration in 0..3 {
            let mut line = IterationLine { iteration, episodes: 8, ..IterationLine::default() };
            line.mean_reward = -1.0 + 0.1 * iteration as f64;
            line.time.collect = 2.0;
            line.run_best = Some(0.75);
            lines.push(line);
        }
        lines[2].infeasible = 1;
        let text = block("toy", &lines, 10);
        assert!(text.starts_with("toy   iteration 3 of 10   4.0 episodes/s"), "{text}");
        assert!(text.contains("14 s left") && text.contains("▁▅█"), "{text}");
        assert!(text.ends_with("1 of 24 episodes infeasible"), "{text}");
        assert!(one_line(&lines[2]).contains("best 0.7500"), "{}", one_line(&lines[2]));
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        assert_eq!([12.0, 600.0, 9_000.0].map(duration), ["12 s", "10 min", "2.5 h"]);
    }
}
