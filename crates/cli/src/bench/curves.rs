//! The best cost against time and against moves.

use flagstone_report::run::{Chart, Series};

use super::cell::{CellResult, Record};
use super::suite::Suite;

/// What the cost is drawn over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Seconds,
    Moves,
}

impl Over {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Moves => "moves",
        }
    }

    fn at(self, (seconds, moves, _): (f64, u64, f64)) -> f64 {
        match self {
            Self::Seconds => seconds,
            Self::Moves => moves as f64,
        }
    }
}

/// A picture of how fast each method's cost falls on a design, a line a seed; `None` where nothing
/// was run.
pub(super) fn anytime(
    suite: &Suite,
    design: &str,
    records: &[Record],
    over: Over,
) -> Option<String> {
    let series: Vec<Series> = suite
        .methods
        .iter()
        .map(|method| {
            let own = records.iter().filter(|r| r.design == design && r.method == method.name);
            let lines = own.filter_map(|record| record.result.as_ref());
            let points = lines.flat_map(|result| line(result, over)).collect();
            Series { name: method.name.clone(), points }
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    if series.is_empty() {
        return None;
    }
    let chart = Chart {
        title: format!("{design}: best proxy cost"),
        x_label: over.name().to_owned(),
        log_x: true,
        series,
        ..Chart::default()
    };
    Some(chart.file())
}

/// The trace of a run as steps, drawn out to its end, and a gap after it.
fn line(result: &CellResult, over: Over) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(2 * result.trace.len() + 2);
    for &moment in &result.trace {
        let x = over.at(moment);
        if let Some(&(_, y)) = points.last() {
            points.push((x, y));
        }
        points.push((x, moment.2));
    }
    if let Some(&(x, y)) = points.last() {
        let end = over.at((result.seconds, result.moves, y));
        points.push((end.max(x), y));
        points.push((f64::NAN, f64::NAN));
    }
    points
}
