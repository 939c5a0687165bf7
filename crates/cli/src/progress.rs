//! Progress for people: a bar on a terminal, a line now and then elsewhere, nothing with `--quiet`.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicU8 = AtomicU8::new(0);

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Reports that the rate is measured over: phases have quick and slow stretches.
const WINDOW: usize = 8;

/// Turns progress and notes off.
pub(crate) fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether progress and notes are off.
pub(crate) fn quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Turns every line of progress on, from two on every detail, too.
pub(crate) fn set_verbose(times: u8) {
    VERBOSE.store(times, Ordering::Relaxed);
}

/// Whether every line of progress is wanted.
pub(crate) fn verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed) > 0
}

/// A note for people, unless they asked for quiet.
pub(crate) fn note(text: &str) {
    if quiet() { output::log(text) } else { output::note(text) }
}

/// A detail, for those who asked for all of them; the log has it always.
pub(crate) fn detail(text: &str) {
    if VERBOSE.load(Ordering::Relaxed) > 1 { output::note(text) } else { output::log(text) }
}

/// How far a phase has come.
pub(crate) struct Progress {
    phase: &'static str,
    bar: Option<ProgressBar>,
    begun: Instant,
    last: Instant,
    /// The last reports, the oldest first.
    marks: VecDeque<(u64, Instant)>,
    of: u64,
    limit: Option<Duration>,
}

impl Progress {
    /// A phase of `of` steps begins; `seconds` are left until it is stopped, if it will be.
    pub(crate) fn new(phase: &'static str, of: u64, seconds: Option<f64>) -> Self {
        let bar = (std::io::stderr().is_terminal() && !quiet()).then(|| {
            let bar = ProgressBar::new(of);
            let style = ProgressStyle::with_template(
                "{prefix:>12} [{bar:30}] {human_pos}/{human_len} {per_sec} {msg}",
            );
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(phase);
            bar
        });
        let limit = seconds.map(|s| Duration::try_from_secs_f64(s).unwrap_or_default());
        let now = Instant::now();
        Self { phase, bar, begun: now, last: now, marks: VecDeque::from([(0, now)]), of, limit }
    }

    /// The phase has come to step `at`.
    pub(crate) fn at(&mut self, at: u64, message: &str) {
        self.mark(at);
        if let Some(bar) = &self.bar {
            bar.set_position(at);
            bar.set_message(format!("{message}, {}", self.remaining(at)));
        } else if verbose() || self.last.elapsed() >= LINE_EVERY {
            self.last = Instant::now();
            let (phase, of) = (self.phase, self.of);
            note(&format!("{phase}: {at} of {of}, {message}, {}", self.remaining(at)));
        }
    }

    /// Keeps a report. What came before step 0 says nothing of the steps.
    fn mark(&mut self, at: u64) {
        if at == 0 {
            self.marks.clear();
        }
        self.marks.push_back((at, Instant::now()));
        if self.marks.len() > WINDOW {
            self.marks.pop_front();
        }
    }

    /// The time left at the rate of the last reports, or until the limit where that comes first.
    fn remaining(&self, at: u64) -> String {
        if at >= self.of {
            return "last touches".to_owned();
        }
        let by_rate = match self.marks.front() {
            Some(&(first, then)) if first < at => {
                then.elapsed().as_secs_f64() * (self.of - at) as f64 / (at - first) as f64
            }
            _ => f64::INFINITY,
        };
        let spent = self.begun.elapsed().as_secs_f64();
        let by_limit = self.limit.map_or(f64::INFINITY, |limit| limit.as_secs_f64() - spent);
        span(by_rate.min(by_limit).max(0.0))
    }
}

/// A time for people.
fn span(seconds: f64) -> String {
    match seconds {
        s if s.is_infinite() => "time left unknown".to_owned(),
        s if s < 90.0 => format!("{s:.0} s left"),
        s if s < 5400.0 => format!("{:.0} min left", s / 60.0),
        s => format!("{:.1} h left", s / 3600.0),
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_rate_and_the_limit() {
        let mut progress = Progress::new("test", 1000, None);
        assert_eq!(progress.remaining(0), "time left unknown");
        let before = |seconds| Instant::now() - Duration::from_secs(seconds);
        progress.begun = before(100);
        progress.marks = VecDeque::from([(0, before(30))]);
        assert_eq!(progress.remaining(500), "30 s left");
        assert_eq!(progress.remaining(90), "5 min left");
        progress.limit = Some(Duration::from_secs(110));
        assert_eq!(progress.remaining(100), "10 s left");
        assert_eq!(progress.remaining(1000), "last touches");
    }

    #[test]
    fn only_the_last_reports_count() {
        let mut progress = Progress::new("test", 1000, None);
        (0..20).for_each(|at| progress.mark(at));
        assert_eq!((progress.marks.len(), progress.marks[0].0), (WINDOW, 20 - WINDOW as u64));
        progress.mark(0);
        assert_eq!(progress.marks.len(), 1);
    }
}
