use crate::run::{EvaluationLine, IterationLine, LogLine, Series, StartLine, StopLine};

/// The log taken apart.
pub(crate) struct Parts<'a> {
    pub(crate) start: Option<&'a StartLine>,
    pub(crate) stop: Option<&'a StopLine>,
    pub(crate) iterations: Vec<&'a IterationLine>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(log: &'a [LogLine]) -> Self {
        let mut parts = Self { start: None, stop: None, iterations: Vec::new() };
        for line in log {
            match line {
                LogLine::Start(line) => {
                    parts.start = parts.start.or(Some(line));
                    parts.stop = None;
                }
                LogLine::Iteration(line) => parts.iterations.push(line),
                LogLine::Stop(line) => parts.stop = Some(line),
            }
        }
        parts
    }

    pub(crate) fn sum(&self, value: impl Fn(&IterationLine) -> f64) -> f64 {
        // The sum of nothing is minus zero, which people would see.
        self.iterations.iter().fold(0.0, |sum, line| sum + value(line))
    }

    /// A line over the iterations; those without a value are left out.
    pub(crate) fn series(
        &self,
        name: &str,
        value: impl Fn(&IterationLine) -> Option<f64>,
    ) -> Series {
        let point = |line: &&IterationLine| Some((line.total_episodes as f64, value(line)?));
        let points = self.iterations.iter().filter_map(point).collect();
        Series { name: name.to_owned(), points }
    }

    /// The evaluations of each design, in the order of the log.
    pub(crate) fn designs(&self) -> Vec<(&'a str, Vec<&'a EvaluationLine>)> {
        let mut found: Vec<(&str, Vec<&EvaluationLine>)> = Vec::new();
        for evaluation in self.iterations.iter().flat_map(|line| &line.evaluations) {
            match found.iter_mut().find(|(name, _)| *name == evaluation.design) {
                Some((_, own)) => own.push(evaluation),
                None => found.push((&evaluation.design, vec![evaluation])),
            }
        }
        found
    }
}
