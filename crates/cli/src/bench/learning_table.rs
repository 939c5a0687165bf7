//! What the learning protocol shows: a table, the share of runs that failed, and curves.

use flagstone_report::run::{Band, Chart, Series};

use super::cell::Record;
use super::learning::{Learned, Point, Protocol, Way};

/// A curve over the seeds: x, mean, least and most, as far as all seeds have come.
fn over_seeds(runs: &[&Learned], x: fn(&Point) -> f64) -> Vec<(f64, [f64; 3])> {
    let length = runs.iter().map(|run| run.curve.len()).min().unwrap_or(0);
    let n = runs.len() as f64;
    (0..length)
        .map(|i| {
            let points = || runs.iter().map(|run| &run.curve[i]);
            let best = || points().map(|point| point.best);
            let mean = best().sum::<f64>() / n;
            let least = best().fold(f64::INFINITY, f64::min);
            let most = best().fold(f64::NEG_INFINITY, f64::max);
            (points().map(x).sum::<f64>() / n, [mean, least, most])
        })
        .collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

impl Protocol {
    fn runs(&self, design: &str, way: Way) -> Vec<&Learned> {
        let of = |run: &&Learned| run.design == design && run.way == way.name();
        self.runs.iter().filter(of).collect()
    }

    /// Best costs at the end of the runs that have one.
    fn ends(&self, design: &str, way: Way) -> Vec<f64> {
        let runs = self.runs(design, way);
        runs.iter().filter_map(|run| run.curve.last()).map(|point| point.best).collect()
    }

    fn designs(&self) -> Vec<&str> {
        let mut designs: Vec<&str> = self.runs.iter().map(|run| run.design.as_str()).collect();
        designs.dedup();
        designs
    }

    fn zero_shot(&self, design: &str) -> Option<f64> {
        let of = |record: &&Record| record.design == design && record.method == "zero-shot";
        let own = self.records.iter().filter(of);
        let own: Vec<f64> =
            own.filter_map(|record| record.result.as_ref()).map(|result| result.proxy).collect();
        mean(&own)
    }

    /// Episodes after which each fine-tuned run was as good as scratch at its end, on the mean.
    fn episodes_to_reach(&self, design: &str) -> Option<Vec<Option<u64>>> {
        let target = mean(&self.ends(design, Way::Scratch))?;
        let first = |run: &&Learned| {
            run.curve.iter().find(|point| point.best <= target).map(|point| point.episodes)
        };
        Some(self.runs(design, Way::Finetuned).iter().map(first).collect())
    }

    /// The table and the share of failed runs, as Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!(
            "\nLearning, {} episodes from scratch and {} fine-tuned (means over the seeds; \"moves\" \
             above are episodes for both):\n\n\
             | design | zero-shot | scratch, end | fine-tuned, end | episodes of fine-tuning to \
             scratch's end | share |\n|---|---|---|---|---|---|\n",
            self.episodes, self.finetune_episodes
        );
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.4}"));
        for design in self.designs() {
            let reached = self.episodes_to_reach(design).unwrap_or_default();
            let there: Vec<f64> = reached.iter().flatten().map(|&n| n as f64).collect();
            let (episodes, share) = match mean(&there) {
                Some(n) if there.len() == reached.len() => {
                    (format!("{n:.0}"), format!("{:.2}", n / self.episodes as f64))
                }
                Some(n) => {
                    (format!("{n:.0} in {} of {} runs", there.len(), reached.len()), "–".into())
                }
                None => ("not reached".to_owned(), "–".into()),
            };
            text += &format!(
                "| {design} | {} | {} | {} | {episodes} | {share} |\n",
                number(self.zero_shot(design)),
                number(mean(&self.ends(design, Way::Scratch))),
                number(mean(&self.ends(design, Way::Finetuned))),
            );
        }
        let failed = self.runs.iter().filter(|run| run.failed).count();
        text + &format!("\nDiverged, collapsed or dead: {failed} of {} runs.\n", self.runs.len())
    }

    /// The best cost over episodes and over seconds, as pictures with their file names.
    pub(super) fn curves(&self) -> Vec<(String, String)> {
        let mut pictures = Vec::new();
        for design in self.designs() {
            for (x_label, x) in [
                ("episodes", (|point| point.episodes as f64) as fn(&Point) -> f64),
                ("seconds", |point| point.seconds),
            ] {
                let chart = self.chart(design, x_label, x);
                pictures.push((format!("learning-{design}-{x_label}.svg"), chart.file()));
            }
        }
        pictures
    }

    fn chart(&self, design: &str, x_label: &str, x: fn(&Point) -> f64) -> Chart {
        let mut chart = Chart {
            title: format!("{design}: best proxy cost"),
            x_label: x_label.to_owned(),
            ..Chart::default()
        };
        let mut end = 0.0_f64;
        for way in Way::ALL {
            let curve = over_seeds(&self.runs(design, way), x);
            end = end.max(curve.last().map_or(0.0, |point| point.0));
            let bands = curve.iter().map(|&(x, [_, least, most])| (x, least, most)).collect();
            chart.bands.push(Band { series: chart.series.len(), points: bands });
            let points = curve.iter().map(|&(x, [mean, ..])| (x, mean)).collect();
            chart.series.push(Series { name: way.name().to_owned(), points });
        }
        if let Some(proxy) = self.zero_shot(design) {
            let points = vec![(0.0, proxy), (end, proxy)];
            chart.series.push(Series { name: "zero-shot".to_owned(), points });
        }
        chart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(way: Way, seed: u64, costs: &[f64], failed: bool) -> Learned {
        let point = |(i, &best): (usize, &f64)| Point {
            episodes: 10 * (i as u64 + 1),
            seconds: 0.5 * i as f64,
            best,
        };
        Learned {
            design: "d".to_owned(),
            way: way.name(),
            seed,
            reason: "episodes".to_owned(),
            failed,
            curve: costs.iter().enumerate().map(point).collect(),
        }
    }

    #[test]
    fn fine_tuning_is_measured_by_what_scratch_reaches() {
        let runs = vec![
            run(Way::Scratch, 1, &[1.0, 0.9, 0.8, 0.7], false),
            run(Way::Scratch, 2, &[1.0, 0.9, 0.9, 0.9], true),
            run(Way::Finetuned, 1, &[0.8, 0.7, 0.7, 0.6], false),
            run(Way::Finetuned, 2, &[0.9, 0.85, 0.82, 0.79], false),
        ];
        let protocol = Protocol {
            runs,
            records: Vec::new(),
            methods: Vec::new(),
            episodes: 40,
            finetune_episodes: 40,
        };
        let text = protocol.markdown();
        // Scratch ends at 0.8 on the mean: seed 1 is there after 10 episodes, seed 2 after 40.
        assert!(text.contains("| d | – | 0.8000 | 0.6950 | 25 | 0.62 |"), "{text}");
        assert!(text.contains("1 of 4 runs"), "{text}");
        let chart = protocol.chart("d", "episodes", |point| point.episodes as f64);
        assert_eq!(chart.series[0].points[3], (40.0, 0.8));
        assert_eq!(chart.bands[0].points[3], (40.0, 0.7, 0.9));
        assert_eq!(protocol.curves().len(), 2);
    }
}
