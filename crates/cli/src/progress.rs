//! Progress for people: a bar on a terminal, a line now and then elsewhere, nothing with `--quiet`.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicU8 = AtomicU8::new(0);

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

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
        Self { phase, bar, begun: now, last: now, of, limit }
    }

    /// The phase has come to step `at`.
    pub(crate) fn at(&mut self, at: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(at);
            bar.set_message(format!("{message}, {}", self.remaining(at)));
        } else if verbose() || self.last.elapsed() >= LINE_EVERY {
            self.last = Instant::now();
            let (phase, of) = (self.phase, self.of);
            note(&format!("{phase}: {at} of {of}, {message}, {}", self.remaining(at)));
        }
    }

    /// The time left at the mean rate until now, or until the limit where that comes first.
    fn remaining(&self, at: u64) -> String {
        let spent = self.begun.elapsed().as_secs_f64();
        let steps_left = self.of.saturating_sub(at) as f64;
        let by_rate = if at == 0 { f64::INFINITY } else { spent * steps_left / at as f64 };
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
        progress.begun -= Duration::from_secs(30);
        assert_eq!(progress.remaining(500), "30 s left");
        assert_eq!(progress.remaining(90), "5 min left");
        progress.limit = Some(Duration::from_secs(40));
        assert_eq!(progress.remaining(100), "10 s left");
    }
}
