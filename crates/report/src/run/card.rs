//! What a reader must know of a policy, as a table in Markdown.

use crate::run::energy::{kg, kwh};
use crate::run::parts::Parts;
use crate::run::terminal::duration;
use crate::run::{EnergyConfig, EnergySource, LogLine};

/// The card of the policy that a run made: from what, how long, at what cost, how good.
pub fn card(log: &[LogLine], energy: &EnergyConfig) -> String {
    let parts = Parts::of(log);
    let mut text = String::from("| | |\n|---|---|\n");
    let mut row = |name: &str, value: String| text += &format!("| {name} | {value} |\n");
    if let Some(start) = parts.start {
        row("made by", format!("flagstone {} {}", start.version, start.command));
        row("learned from", start.designs.join(", "));
        if !start.held_out.is_empty() {
            row("held out", start.held_out.join(", "));
        }
        row("hardware", format!("{} threads, {}", start.threads, start.device));
    }
    if let Some(last) = parts.iterations.last() {
        let infeasible = parts.sum(|line| line.infeasible as f64);
        row("iterations", (last.iteration + 1).to_string());
        row("episodes", format!("{}, {infeasible:.0} of them infeasible", last.total_episodes));
        row("steps", last.total_steps.to_string());
        if let Some(score) = last.run_score {
            row("best score", format!("{score:.4}"));
        }
    }
    row("time", duration(parts.sum(|line| line.time.total())));
    let joules = parts.sum(|line| line.energy.joules());
    let measured = parts.iterations.iter().all(|line| line.energy.source == EnergySource::Rapl);
    let source = match measured {
        true => "measured by RAPL".to_owned(),
        false => format!("estimated at {} W times core-seconds", energy.watts_per_core),
    };
    row("energy", format!("{}, {source}", kwh(joules)));
    row(
        "greenhouse gases",
        format!("{} CO2e at {} kg a kWh", kg(energy.kg_co2e(joules)), energy.grid_kg_per_kwh),
    );
    let designs = parts.designs();
    if !designs.is_empty() {
        text += "\n| evaluated on | first | best | last |\n|---|---|---|---|\n";
    }
    for (name, own) in designs {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.4}"));
        let best = own.iter().filter_map(|e| e.best).reduce(f64::min);
        let ends = [own.first(), own.last()].map(|end| number(end.and_then(|e| e.best)));
        text += &format!("| {name} | {} | {} | {} |\n", ends[0], number(best), ends[1]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{EvaluationLine, IterationLine};

    #[test]
    fn a_card_names_energy_and_every_design() {
        let mut line = IterationLine { total_episodes: 32, ..IterationLine::default() };
        line.energy.cpu_joules = 3.6e6;
        let evaluation = |design: &str, best| EvaluationLine {
            design: design.to_owned(),
            best,
            ..EvaluationLine::default()
        };
        line.evaluations = vec![evaluation("a", Some(0.5)), evaluation("b", None)];
        let mut later = line.clone();
        later.evaluations[0].best = Some(0.4);
        let log = [line, later].map(|line| LogLine::Iteration(Box::new(line)));
        let text = card(&log, &EnergyConfig::default());
        assert!(text.contains("| energy | 2.00 kWh, estimated at 15 W"), "{text}");
        assert!(text.contains("| greenhouse gases | 0.94 kg CO2e"), "{text}");
        assert!(text.contains("| a | 0.5000 | 0.4000 | 0.4000 |\n| b | – | – | – |"), "{text}");
        let none = card(&[], &EnergyConfig::default());
        assert!(none.contains("| time | 0 s |") && none.contains("| energy | 0.00 Wh,"), "{none}");
    }
}
