//! The results: one row a design and method, as JSON, CSV and Markdown.

use serde::Serialize;

use super::cell::{CellResult, Record};
use super::learning::Learned;
use super::prepare::Prepared;
use super::suite::Suite;
use crate::output;

/// Names of cells shown in a list; a suite may have hundreds.
const NAMED: usize = 12;

/// A design and a method over the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) design: String,
    pub(super) method: String,
    /// Cells with a placement.
    pub(super) seeds: usize,
    /// Cells asked for.
    pub(super) of: usize,
    pub(super) mean: f64,
    /// Sample standard deviation; `None` for one seed.
    pub(super) sd: Option<f64>,
    pub(super) best: f64,
    /// Terms of the best placement.
    pub(super) wirelength: f64,
    pub(super) density: f64,
    pub(super) congestion: f64,
    /// What density and congestion cost at least, weighted.
    pub(super) floor: f64,
    /// Mean above the floor.
    pub(super) gap: f64,
    pub(super) seconds: f64,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) moves: f64,
    /// All placements are legal and their costs confirmed.
    pub(super) confirmed: bool,
}

/// Everything a suite gave so far.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Results {
    pub(super) schema: u32,
    pub(super) rows: Vec<Row>,
    pub(super) cells: Vec<Record>,
    /// DESIGN/METHOD/SEED of the cells without a record.
    pub(super) not_run: Vec<String>,
    /// Designs whose files are not there.
    pub(super) absent: Vec<String>,
    /// Density and congestion floor of each design, by name.
    pub(super) floors: Vec<(String, f64, f64)>,
    /// The runs of the learning protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) learning: Option<Vec<Learned>>,
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

impl Row {
    fn new(design: &str, method: &str, of: usize, found: &[&CellResult], floor: f64) -> Self {
        let average = mean(found.iter().map(|cell| cell.proxy));
        let squares: f64 = found.iter().map(|cell| (cell.proxy - average).powi(2)).sum();
        let n = found.len();
        let best = found.iter().copied().reduce(|a, b| if b.proxy < a.proxy { b } else { a });
        let cpu: Option<Vec<f64>> = found.iter().map(|cell| cell.cpu_seconds).collect();
        let term = |of: fn(&CellResult) -> f64| best.map_or(f64::NAN, of);
        Self {
            design: design.to_owned(),
            method: method.to_owned(),
            seeds: n,
            of,
            mean: average,
            sd: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            best: term(|cell| cell.proxy),
            wirelength: term(|cell| cell.wirelength),
            density: term(|cell| cell.density),
            congestion: term(|cell| cell.congestion),
            floor,
            gap: average - floor,
            seconds: mean(found.iter().map(|cell| cell.seconds)),
            cpu_seconds: cpu.map(|values| mean(values.into_iter())),
            moves: mean(found.iter().map(|cell| cell.moves as f64)),
            confirmed: found.iter().all(|cell| cell.legal && cell.confirmed),
        }
    }
}

impl Results {
    pub(super) fn new(suite: &Suite, designs: &[Option<Prepared>], records: Vec<Record>) -> Self {
        let mut rows = Vec::new();
        let mut not_run = Vec::new();
        let asked = suite.cells();
        let mut floors = Vec::new();
        for (d, (entry, prepared)) in suite.designs.iter().zip(designs).enumerate() {
            let Some(prepared) = prepared else { continue };
            let floor = prepared.floor;
            floors.push((entry.name.clone(), floor.density, floor.congestion));
            for (m, method) in suite.methods.iter().enumerate() {
                let own: Vec<u64> =
                    asked.iter().filter(|c| (c.0, c.1) == (d, m)).map(|c| c.2).collect();
                let of_cell = |seed: u64| {
                    let is = |r: &&Record| {
                        r.design == entry.name && r.method == method.name && r.seed == seed
                    };
                    records.iter().find(is)
                };
                let missing = own.iter().filter(|&&seed| of_cell(seed).is_none());
                not_run.extend(missing.map(|s| format!("{}/{}/{s}", entry.name, method.name)));
                let found: Vec<&CellResult> = own
                    .iter()
                    .filter_map(|&seed| of_cell(seed))
                    .filter_map(|record| record.result.as_ref())
                    .collect();
                if !found.is_empty() {
                    let floor = floor.proxy(&prepared.design.weights);
                    let row = Row::new(&entry.name, &method.name, own.len(), &found, floor);
                    rows.push(row);
                }
            }
        }
        let entries = suite.designs.iter().zip(designs);
        let absent = entries.filter(|(_, prepared)| prepared.is_none());
        let absent = absent.map(|(entry, _)| entry.name.clone()).collect();
        Self {
            schema: output::SCHEMA,
            rows,
            cells: records,
            not_run,
            absent,
            floors,
            learning: None,
        }
    }

    /// Every finished cell on a line.
    pub(super) fn csv(&self) -> String {
        let mut text = String::from(
            "design,method,seed,proxy,wirelength,density,congestion,legal,confirmed,seconds,\
             cpu_seconds,moves,stopped_by_limit\n",
        );
        for Record { design, method, seed, result, .. } in &self.cells {
            let Some(r) = result else { continue };
            let cpu = r.cpu_seconds.map(|value| value.to_string()).unwrap_or_default();
            let costs = [r.proxy, r.wirelength, r.density, r.congestion].map(|v| v.to_string());
            text += &format!(
                "{design},{method},{seed},{},{},{},{:.3},{cpu},{},{}\n",
                costs.join(","),
                r.legal,
                r.confirmed,
                r.seconds,
                r.moves,
                r.stopped_by_limit
            );
        }
        text
    }

    /// The table for people.
    pub(super) fn markdown(&self, suite: &Suite) -> String {
        let mut text = String::from(
            "| design | method | seeds | mean | sd | best | wirelength / density / congestion of \
             the best | gap to floor | s | CPU s | moves |\n\
             |---|---|---|---|---|---|---|---|---|---|---|\n",
        );
        for row in &self.rows {
            let seeds = match row.of {
                of if of == row.seeds => of.to_string(),
                of => format!("{} of {of}", row.seeds),
            };
            let sd = row.sd.map_or("–".to_owned(), |sd| format!("{sd:.4}"));
            let cpu = row.cpu_seconds.map_or("–".to_owned(), |s| format!("{s:.0}"));
            let mark = if row.confirmed { "" } else { " (not confirmed)" };
            text += &format!(
                "| {} | {} | {seeds} | {:.4}{mark} | {sd} | {:.4} | {:.4} / {:.4} / {:.4} | {:.4} \
                 | {:.0} | {cpu} | {:.0} |\n",
                row.design,
                row.method,
                row.mean,
                row.best,
                row.wirelength,
                row.density,
                row.congestion,
                row.gap,
                row.seconds,
                row.moves
            );
        }
        text += "\nFloors (density, congestion): ";
        let floors = self.floors.iter().map(|(name, d, c)| format!("{name} {d:.4}, {c:.4}"));
        text += &(floors.collect::<Vec<_>>().join("; ") + ".\n\nMethods:\n");
        for method in &suite.methods {
            let place = || format!("flagstone place DESIGN {}", method.arguments().join(" "));
            let command = method.command.clone().unwrap_or_else(place);
            text += &format!("- {}: `{command}`\n", method.name);
        }
        let failed = self.cells.iter().filter_map(|cell| {
            let why = cell.failure.as_ref()?;
            Some(format!("{}/{}/{} ({why})", cell.design, cell.method, cell.seed))
        });
        let failed: Vec<String> = failed.collect();
        for (what, cells) in
            [("Failed", &failed), ("Not run", &self.not_run), ("Designs not there", &self.absent)]
        {
            if !cells.is_empty() {
                let shown = &cells[..cells.len().min(NAMED)];
                let rest = match cells.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" and {more} more, all in results.json"),
                };
                text += &format!("\n{what}: {}{rest}.\n", shown.join(", "));
            }
        }
        text
    }

    /// Cells whose placement is not legal or whose cost is another one than reported.
    pub(super) fn doubtful(&self) -> Vec<String> {
        self.names(|cell| {
            cell.result.as_ref().is_some_and(|result| !(result.legal && result.confirmed))
        })
    }

    /// Cells that ended without a placement.
    pub(super) fn failed(&self) -> Vec<String> {
        self.names(|cell| cell.failure.is_some())
    }

    fn names(&self, which: impl Fn(&Record) -> bool) -> Vec<String> {
        let cells = self.cells.iter().filter(|cell| which(cell));
        cells.map(|c| format!("{}/{}/{}", c.design, c.method, c.seed)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(proxy: f64, legal: bool) -> CellResult {
        CellResult {
            placement: "a.plc".into(),
            proxy,
            wirelength: proxy / 10.0,
            density: 0.5,
            congestion: 0.6,
            legal,
            confirmed: true,
            seconds: 10.0,
            cpu_seconds: Some(20.0),
            moves: 100,
            stopped_by_limit: false,
            trace: Vec::new(),
        }
    }

    #[test]
    fn a_row_has_mean_spread_and_best() {
        let cells = [result(0.8, true), result(0.6, true), result(0.7, true)];
        let found: Vec<&CellResult> = cells.iter().collect();
        let row = Row::new("d", "m", 3, &found, 0.5);
        assert!((row.mean - 0.7).abs() < 1e-12 && (row.gap - 0.2).abs() < 1e-12, "{row:?}");
        assert!((row.sd.unwrap() - 0.1).abs() < 1e-12, "{row:?}");
        assert_eq!((row.best, row.wirelength, row.confirmed), (0.6, 0.06, true));
        let one = result(0.8, false);
        let row = Row::new("d", "m", 2, &[&one], 0.5);
        assert_eq!((row.sd, row.seeds, row.of, row.confirmed), (None, 1, 2, false));
    }
}
