//! Progress for people: a bar on a terminal, a line now and then elsewhere, nothing with `--quiet`.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicBool = AtomicBool::new(false);

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

/// Turns every line of progress on.
pub(crate) fn set_verbose(verbose: bool) {
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether every line of progress is wanted.
pub(crate) fn verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed)
}

/// A note for people, unless they asked for quiet.
pub(crate) fn note(text: &str) {
    if !quiet() {
        output::note(text);
    }
}

/// How far a phase has come.
pub(crate) struct Progress {
    phase: &'static str,
    bar: Option<ProgressBar>,
    last: Instant,
    of: u64,
}

impl Progress {
    /// A phase of `of` steps begins.
    pub(crate) fn new(phase: &'static str, of: u64) -> Self {
        let bar = (std::io::stderr().is_terminal() && !quiet()).then(|| {
            let bar = ProgressBar::new(of);
            let style = ProgressStyle::with_template(
                "{prefix:>10} [{bar:30}] {human_pos}/{human_len} {per_sec} eta {eta} {msg}",
            );
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(phase);
            bar
        });
        Self { phase, bar, last: Instant::now(), of }
    }

    /// The phase has come to step `at`.
    pub(crate) fn at(&mut self, at: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(at);
            bar.set_message(message.to_owned());
        } else if verbose() || self.last.elapsed() >= LINE_EVERY {
            self.last = Instant::now();
            note(&format!("{}: {at} of {}, {message}", self.phase, self.of));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
