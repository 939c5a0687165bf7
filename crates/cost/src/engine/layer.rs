//! Routing demand of one direction, kept so that a move touches only the lines it crosses.
//!
//! A layer is `lines` × `length` cells: rows of the congestion grid for horizontal demand, columns
//! for vertical demand (stored column by column), so that a route segment is always a run of
//! neighbours in memory. Smoothing spreads demand *across* lines.
//!
//! Demand is counted in integers (the weight times a power of two), so adding and removing the same
//! segment cancels to the last bit and nothing drifts. Everything in floating point is a pure
//! function of those integers.

use std::ops::Range;

/// Shape and units of a layer.
pub(super) struct LayerConfig {
    /// Number of lines.
    pub(super) lines: usize,
    /// Cells per line.
    pub(super) length: usize,
    /// Lines over which demand is spread to each side.
    pub(super) smoothing: usize,
    /// What one unit of raw demand adds to the normalised value before smoothing.
    pub(super) demand_unit: f64,
    /// What one unit of blockage adds to the normalised value.
    pub(super) blockage_unit: f64,
}

/// Old contents of a run of cells.
struct Saved {
    cells: Range<usize>,
    offset: usize,
}

/// Old contents of one layer, in the order they were overwritten.
#[derive(Default)]
struct Undo {
    demand: Vec<Saved>,
    raw: Vec<i64>,
    share: Vec<f64>,
    values: Vec<Saved>,
    value: Vec<f64>,
    blocked: Vec<(u32, i64)>,
}

/// Demand, blockage and normalised values of one routing direction.
pub(super) struct Layer {
    lines: usize,
    length: usize,
    smoothing: usize,
    /// Normalised value of one unit of demand on each line, divided by the line's smoothing window.
    unit: Vec<f64>,
    blockage_unit: f64,
    raw: Vec<i64>,
    share: Vec<f64>,
    blocked: Vec<i64>,
    value: Vec<f64>,
    /// Pending change as differences along each line, `length + 1` entries a line.
    diff: Vec<i64>,
    /// Pending range of each line, `start >= end` where there is none.
    pending: Vec<Range<u32>>,
    pending_lines: Vec<u32>,
    /// Range of each line whose value must be computed again.
    stale: Vec<Range<u32>>,
    stale_lines: Vec<u32>,
    undo: Undo,
}

/// The empty range that any other widens.
const NONE: Range<u32> = Range { start: u32::MAX, end: 0 };

fn widen(range: &mut Range<u32>, by: &Range<u32>) -> bool {
    let fresh = range.start >= range.end;
    range.start = range.start.min(by.start);
    range.end = range.end.max(by.end);
    fresh
}

impl Layer {
    pub(super) fn new(config: &LayerConfig) -> Self {
        let LayerConfig { lines, length, smoothing, demand_unit, blockage_unit } = *config;
        let window = |line: usize| {
            let first = line.saturating_sub(smoothing);
            let last = (line + smoothing).min(lines - 1);
            (last - first + 1) as f64
        };
        let n = lines * length;
        Self {
            lines,
            length,
            smoothing,
            unit: (0..lines).map(|line| demand_unit / window(line)).collect(),
            blockage_unit,
            raw: vec![0; n],
            share: vec![0.0; n],
            blocked: vec![0; n],
            value: vec![0.0; n],
            diff: vec![0; lines * (length + 1)],
            pending: vec![NONE; lines],
            pending_lines: Vec::with_capacity(lines),
            stale: vec![NONE; lines],
            stale_lines: Vec::with_capacity(lines),
            undo: Undo {
                demand: Vec::with_capacity(4 * lines),
                raw: Vec::with_capacity(4 * n),
                share: Vec::with_capacity(4 * n),
                values: Vec::with_capacity(4 * lines),
                value: Vec::with_capacity(4 * n),
                blocked: Vec::with_capacity(4 * n),
            },
        }
    }

    /// Normalised values, line by line.
    pub(super) fn values(&self) -> &[f64] {
        &self.value
    }

    /// The values of the lines that demand on `line` is spread over, and what one unit of it adds to
    /// each.
    pub(super) fn spread(&self, line: u32) -> (impl Iterator<Item = &[f64]>, f64) {
        let line = line as usize;
        let first = line.saturating_sub(self.smoothing);
        let last = (line + self.smoothing).min(self.lines - 1);
        let cells = first * self.length..(last + 1) * self.length;
        (self.value[cells].chunks_exact(self.length), self.unit[line])
    }

    /// The value of a cell, and what an amount of blockage adds to it.
    pub(super) fn blockage(&self, line: u32, position: u32, amount: i64) -> (f64, f64) {
        let cell = line as usize * self.length + position as usize;
        (self.value[cell], amount as f64 * self.blockage_unit)
    }

    /// Adds `weight` units of demand to cells `from..to` of a line.
    #[inline]
    pub(super) fn add_run(&mut self, line: u32, from: u32, to: u32, weight: i64) {
        if from >= to {
            return;
        }
        let base = line as usize * (self.length + 1);
        self.diff[base + from as usize] += weight;
        self.diff[base + to as usize] -= weight;
        if widen(&mut self.pending[line as usize], &(from..to)) {
            self.pending_lines.push(line);
        }
    }

    /// Adds units of blockage to a cell.
    #[inline]
    pub(super) fn add_blockage(&mut self, line: u32, position: u32, amount: i64) {
        let cell = line as usize * self.length + position as usize;
        self.undo.blocked.push((cell as u32, self.blocked[cell]));
        self.blocked[cell] += amount;
        self.mark_stale(line as usize, &(position..position + 1));
    }

    fn mark_stale(&mut self, line: usize, cells: &Range<u32>) {
        if widen(&mut self.stale[line], cells) {
            self.stale_lines.push(line as u32);
        }
    }

    /// Brings the values up to date; returns whether any line was touched.
    pub(super) fn apply(&mut self) -> bool {
        while let Some(line) = self.pending_lines.pop() {
            self.apply_demand(line as usize);
        }
        let touched = !self.stale_lines.is_empty();
        while let Some(line) = self.stale_lines.pop() {
            self.apply_values(line as usize);
        }
        touched
    }

    fn apply_demand(&mut self, line: usize) {
        let range = std::mem::replace(&mut self.pending[line], NONE);
        let start = line * self.length + range.start as usize;
        let end = line * self.length + range.end as usize;
        self.undo.demand.push(Saved { cells: start..end, offset: self.undo.raw.len() });
        self.undo.raw.extend_from_slice(&self.raw[start..end]);
        self.undo.share.extend_from_slice(&self.share[start..end]);
        let first = line * (self.length + 1) + range.start as usize;
        let diff = &mut self.diff[first..=first + (end - start)];
        let unit = self.unit[line];
        let mut running = 0;
        let cells = self.raw[start..end].iter_mut().zip(&mut self.share[start..end]);
        for ((raw, share), step) in cells.zip(diff.iter_mut()) {
            running += std::mem::take(step);
            *raw += running;
            *share = *raw as f64 * unit;
        }
        diff[end - start] = 0;
        let first = line.saturating_sub(self.smoothing);
        let last = (line + self.smoothing).min(self.lines - 1);
        for near in first..=last {
            self.mark_stale(near, &range);
        }
    }

    fn apply_values(&mut self, line: usize) {
        let range = std::mem::replace(&mut self.stale[line], NONE);
        let (from, to) = (range.start as usize, range.end as usize);
        let cells = line * self.length + from..line * self.length + to;
        self.undo.values.push(Saved { cells: cells.clone(), offset: self.undo.value.len() });
        self.undo.value.extend_from_slice(&self.value[cells.clone()]);
        let value = &mut self.value[cells.clone()];
        for (value, &blocked) in value.iter_mut().zip(&self.blocked[cells]) {
            *value = blocked as f64 * self.blockage_unit;
        }
        let first = line.saturating_sub(self.smoothing);
        let last = (line + self.smoothing).min(self.lines - 1);
        for near in first..=last {
            let share = &self.share[near * self.length + from..near * self.length + to];
            for (value, share) in value.iter_mut().zip(share) {
                *value += share;
            }
        }
    }

    /// Forgets how to undo what was applied.
    pub(super) fn commit(&mut self) {
        self.undo.demand.clear();
        self.undo.raw.clear();
        self.undo.share.clear();
        self.undo.values.clear();
        self.undo.value.clear();
        self.undo.blocked.clear();
    }

    /// Restores what was there at the last commit.
    pub(super) fn revert(&mut self) {
        for saved in self.undo.demand.iter().rev() {
            let old = saved.offset..saved.offset + saved.cells.len();
            self.raw[saved.cells.clone()].copy_from_slice(&self.undo.raw[old.clone()]);
            self.share[saved.cells.clone()].copy_from_slice(&self.undo.share[old]);
        }
        for saved in self.undo.values.iter().rev() {
            let old = saved.offset..saved.offset + saved.cells.len();
            self.value[saved.cells.clone()].copy_from_slice(&self.undo.value[old]);
        }
        for &(cell, old) in self.undo.blocked.iter().rev() {
            self.blocked[cell as usize] = old;
        }
        self.commit();
    }
}
