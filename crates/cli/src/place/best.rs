//! The best legal placement so far, on disk from the first one on.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use flagstone_cost::Cost;
use flagstone_netlist::Placement;
use flagstone_place::checker::{CheckRules, violations};

use crate::load::Design;
use crate::output;
use crate::progress::note;

/// Time between two writes; a write takes some milliseconds.
const WRITE_EVERY: Duration = Duration::from_secs(2);

/// A moment of a run: when it became how good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment {
    /// Seconds since the run began.
    pub(super) seconds: f64,
    /// Moves tried until then.
    pub(super) moves: u64,
    /// Best proxy cost until then.
    pub(super) proxy: f64,
}

/// Keeps and writes the best placement.
pub(super) struct Best {
    path: PathBuf,
    given_fixed: Vec<bool>,
    rules: CheckRules,
    clock: Instant,
    found: Option<(f64, Placement)>,
    written: Option<Instant>,
    unwritten: bool,
    trace: Vec<Moment>,
}

impl Best {
    /// Nothing found yet. `given_fixed` are the fixed nodes to write, whatever the run fixes.
    pub(super) fn new(path: PathBuf, given_fixed: Vec<bool>, rules: CheckRules) -> Self {
        Self {
            path,
            given_fixed,
            rules,
            clock: Instant::now(),
            found: None,
            written: None,
            unwritten: false,
            trace: Vec::new(),
        }
    }

    /// Seconds since the run began.
    pub(super) fn seconds(&self) -> f64 {
        self.clock.elapsed().as_secs_f64()
    }

    /// How the best cost fell.
    pub(super) fn trace(&self) -> &[Moment] {
        &self.trace
    }

    /// The best placement, if it costs less than this.
    pub(super) fn below(&self, proxy: f64) -> Option<Placement> {
        let found = self.found.as_ref().filter(|(best, _)| *best < proxy);
        found.map(|(_, placement)| placement.clone())
    }

    /// Takes a placement where it is legal and costs less than all before; writes it if the last
    /// write is some time ago.
    pub(super) fn offer(
        &mut self,
        design: &Design,
        placement: &Placement,
        cost: &Cost,
        moves: u64,
    ) {
        let proxy = cost.proxy(&design.weights);
        let better = self.found.as_ref().is_none_or(|(best, _)| proxy < *best);
        let legal =
            || violations(&design.netlist, &design.canvas, placement, &self.rules).is_empty();
        if better && legal() {
            self.trace.push(Moment { seconds: self.seconds(), moves, proxy });
            self.found = Some((proxy, placement.clone()));
            self.unwritten = true;
        }
        if self.unwritten && self.written.is_none_or(|at| at.elapsed() >= WRITE_EVERY) {
            self.write(design);
        }
    }

    /// Writes the best placement. A failure here is told, not fatal: the end of the run writes again.
    fn write(&mut self, design: &Design) {
        let Some((_, placement)) = &self.found else { return };
        let placement = Placement { fixed: self.given_fixed.clone(), ..placement.clone() };
        let bytes = design.to_plc(&placement, &self.path);
        if let Err(failure) = output::write_file(&self.path, &bytes) {
            note(&format!("warning: {}", failure.message().unwrap_or_default()));
        }
        self.written = Some(Instant::now());
        self.unwritten = false;
    }
}
