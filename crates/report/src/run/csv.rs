//! The iterations of a log as a table.

use crate::run::IterationLine;

const COLUMNS: &str = "iteration,total_episodes,total_steps,episodes,infeasible,mean_reward,proxy,\
wirelength,density,congestion,greedy_proxy,best_proxy,run_best,score,run_score,policy_loss,value_loss,entropy,\
approx_kl,clip_fraction,gradient_norm,explained_variance,collect_seconds,update_seconds,\
evaluate_seconds,unix,cpu_joules,gpu_joules";

/// One row an iteration; what an iteration does not have stays empty.
pub fn csv(iterations: &[&IterationLine]) -> String {
    let mut text = format!("{COLUMNS}\n");
    for line in iterations {
        let update = &line.update;
        let cost = |term: fn(&crate::CostReport) -> f64| line.cost.as_ref().map(term);
        let counts = [line.iteration, line.total_episodes, line.total_steps];
        let own = [line.episodes as u64, line.infeasible as u64];
        let mut row: Vec<String> = counts.iter().chain(&own).map(u64::to_string).collect();
        let values = [
            Some(line.mean_reward),
            cost(|c| c.proxy),
            cost(|c| c.wirelength),
            cost(|c| c.density),
            cost(|c| c.congestion),
            line.greedy_proxy,
            line.best_proxy,
            line.run_best,
            line.score,
            line.run_score,
            Some(update.policy_loss),
            Some(update.value_loss),
            Some(update.entropy),
            Some(update.approx_kl),
            Some(update.clip_fraction),
            Some(update.gradient_norm),
            Some(update.explained_variance),
            Some(line.time.collect),
            Some(line.time.update),
            Some(line.time.evaluate),
            Some(line.time.unix),
            Some(line.energy.cpu_joules),
            line.energy.gpu_joules,
        ];
        row.extend(values.map(|value| value.map_or_else(String::new, |value| value.to_string())));
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_every_column() {
        let line = IterationLine { iteration: 7, ..IterationLine::default() };
        let text = csv(&[&line, &line]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        let columns = lines[0].split(',').count();
        assert!(lines.iter().all(|line| line.split(',').count() == columns), "{text}");
        assert!(lines[1].starts_with("7,0,0,0,0,0,,"), "{text}");
    }
}
