//! Routing demand of one direction, kept so that a move touches only the lines it crosses.
//!
//! A layer is `lines` × `length` cells: rows of the congestion grid for horizontal demand, columns
//! for vertical demand (stored column by column), so that a route segment is always a run of
//! neighbours in memory. Smoothing spreads demand *across* lines.
//!
//! Demand is counted in integers (the weight times a power of two), so adding and removing the same
//! segment cancels to the last bit and nothing drifts. Everything in floating point is a pure
//! function of those integers.

use crate::routing::Run;

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

/// Both directions.
pub(super) struct Layers {
    pub(super) horizontal: Layer,
    pub(super) vertical: Layer,
}

impl Layers {
    /// Adds units of demand to the cells of a run.
    #[inline(always)]
    pub(super) fn add(&mut self, run: &Run, weight: i64) {
        let layer = if run.vertical { &mut self.vertical } else { &mut self.horizontal };
        layer.add_run(run, weight);
    }

    /// The layer of a run.
    pub(super) fn of(&self, run: &Run) -> &Layer {
        if run.vertical { &self.vertical } else { &self.horizontal }
    }

    /// Brings the values up to date; returns whether any line was touched.
    pub(super) fn apply(&mut self) -> bool {
        let horizontal = self.horizontal.apply();
        self.vertical.apply() || horizontal
    }

    /// Makes the present state the one to return to.
    pub(super) fn commit(&mut self) {
        self.horizontal.commit();
        self.vertical.commit();
    }

    /// Restores what was there at the last commit.
    pub(super) fn revert(&mut self) {
        self.horizontal.revert();
        self.vertical.revert();
    }
}

/// Demand, blockage and normalised values of one routing direction.
pub(super) struct Layer {
    lines: usize,
    length: usize,
    smoothing: usize,
    /// Normalised value of one unit of demand on each line, divided by the line's smoothing window.
    unit: Vec<f64>,
    blockage_unit: f64,
    /// Demand at the last commit.
    raw: Vec<i64>,
    /// Demand with the open move; kept up to date on crossed lines only.
    next_raw: Vec<i64>,
    /// The open move's demand as differences along each line, `length + 1` entries a line.
    diff: Vec<i64>,
    /// Lines whose demand the open move changes.
    crossed: Vec<bool>,
    /// What the demand of each cell adds to every line it is spread over.
    share: Vec<f64>,
    blocked: Vec<i64>,
    blocked_value: Vec<f64>,
    /// Old blockage of the cells the open move changed.
    unblocked: Vec<(u32, i64)>,
    /// Lines whose values the open move changes.
    stale: Vec<bool>,
    value: Vec<f64>,
    committed: Vec<f64>,
    /// Lines at work, scratch space.
    chosen: Vec<u32>,
}

/// An integer below 2⁵¹ in magnitude as a float: two additions instead of a slow conversion.
#[inline(always)]
fn float(integer: i64) -> f64 {
    const SHIFT: f64 = 1.5 * (1_u64 << 52) as f64;
    f64::from_bits(integer.wrapping_add(SHIFT.to_bits() as i64) as u64) - SHIFT
}

impl Layer {
    pub(super) fn new(config: &LayerConfig) -> Self {
        let LayerConfig { lines, length, smoothing, demand_unit, blockage_unit } = *config;
        let n = lines * length;
        let mut layer = Self {
            lines,
            length,
            smoothing,
            unit: Vec::new(),
            blockage_unit,
            raw: vec![0; n],
            next_raw: vec![0; n],
            diff: vec![0; lines * (length + 1)],
            crossed: vec![false; lines],
            share: vec![0.0; n],
            blocked: vec![0; n],
            blocked_value: vec![0.0; n],
            unblocked: Vec::with_capacity(4 * n),
            stale: vec![false; lines],
            value: vec![0.0; n],
            committed: vec![0.0; n],
            chosen: Vec::with_capacity(lines),
        };
        layer.unit = (0..lines).map(|line| demand_unit / layer.window(line).len() as f64).collect();
        layer
    }

    /// The lines that demand on a line is spread over.
    fn window(&self, line: usize) -> std::ops::Range<usize> {
        let last = line.saturating_add(self.smoothing).min(self.lines - 1);
        line.saturating_sub(self.smoothing)..last + 1
    }

    /// The cells of a line.
    fn cells(&self, line: usize) -> std::ops::Range<usize> {
        line * self.length..(line + 1) * self.length
    }

    /// Normalised values, line by line.
    pub(super) fn values(&self) -> &[f64] {
        &self.value
    }

    /// The values of the lines that demand on `line` is spread over, and what one unit of it adds to
    /// each.
    pub(super) fn spread(&self, line: u32) -> (impl Iterator<Item = &[f64]>, f64) {
        let lines = self.window(line as usize);
        let cells = lines.start * self.length..lines.end * self.length;
        (self.value[cells].chunks_exact(self.length), self.unit[line as usize])
    }

    /// The value of a cell, and what an amount of blockage adds to it.
    pub(super) fn blockage(&self, line: u32, position: u32, amount: i64) -> (f64, f64) {
        let cell = line as usize * self.length + position as usize;
        (self.value[cell], amount as f64 * self.blockage_unit)
    }

    /// Adds units of demand to the cells of a run.
    #[inline(always)]
    fn add_run(&mut self, run: &Run, weight: i64) {
        let line = run.line as usize;
        let base = line * (self.length + 1);
        self.diff[base + run.from as usize] += weight;
        self.diff[base + run.to as usize] -= weight;
        self.crossed[line] = true;
    }

    /// Adds units of blockage to a cell.
    #[inline]
    pub(super) fn add_blockage(&mut self, line: u32, position: u32, amount: i64) {
        let cell = line as usize * self.length + position as usize;
        self.unblocked.push((cell as u32, self.blocked[cell]));
        self.blocked[cell] += amount;
        self.blocked_value[cell] = self.blocked[cell] as f64 * self.blockage_unit;
        self.stale[line as usize] = true;
    }

    /// Brings the values up to date; returns whether any line was touched.
    fn apply(&mut self) -> bool {
        let mut chosen = std::mem::take(&mut self.chosen);
        choose(&self.crossed, &mut chosen);
        for &line in &chosen {
            self.count_demand(line as usize);
            let window = self.window(line as usize);
            self.stale[window].fill(true);
        }
        choose(&self.stale, &mut chosen);
        for &line in &chosen {
            self.sum_up(line as usize);
        }
        let touched = !chosen.is_empty();
        self.chosen = chosen;
        touched
    }

    /// Demand of a line with the open move, and the shares it is spread in.
    fn count_demand(&mut self, line: usize) {
        let cells = self.cells(line);
        let diff = &self.diff[line * (self.length + 1)..][..self.length];
        let next = &mut self.next_raw[cells.clone()];
        let mut running = 0;
        for ((next, raw), step) in next.iter_mut().zip(&self.raw[cells.clone()]).zip(diff) {
            running += step;
            *next = raw + running;
        }
        spread_out(&mut self.share[cells], next, self.unit[line]);
    }

    /// Values of a line from its blockage and the shares of the lines around it.
    fn sum_up(&mut self, line: usize) {
        let (cells, lines) = (self.cells(line), self.window(line));
        let value = &mut self.value[cells.clone()];
        value.copy_from_slice(&self.blocked_value[cells]);
        for share in self.share.chunks_exact(self.length).take(lines.end).skip(lines.start) {
            value.iter_mut().zip(share).for_each(|(value, share)| *value += share);
        }
    }

    /// Makes the present state the one to return to.
    fn commit(&mut self) {
        let mut chosen = std::mem::take(&mut self.chosen);
        choose(&self.crossed, &mut chosen);
        for &line in &chosen {
            let cells = self.cells(line as usize);
            self.raw[cells.clone()].copy_from_slice(&self.next_raw[cells]);
            self.clear_diff(line as usize);
        }
        choose(&self.stale, &mut chosen);
        for &line in &chosen {
            let cells = self.cells(line as usize);
            self.committed[cells.clone()].copy_from_slice(&self.value[cells]);
        }
        self.chosen = chosen;
        self.close();
    }

    /// Restores what was there at the last commit.
    fn revert(&mut self) {
        let mut chosen = std::mem::take(&mut self.chosen);
        choose(&self.crossed, &mut chosen);
        for &line in &chosen {
            let cells = self.cells(line as usize);
            let unit = self.unit[line as usize];
            spread_out(&mut self.share[cells.clone()], &self.raw[cells], unit);
            self.clear_diff(line as usize);
        }
        choose(&self.stale, &mut chosen);
        for &line in &chosen {
            let cells = self.cells(line as usize);
            self.value[cells.clone()].copy_from_slice(&self.committed[cells]);
        }
        for &(cell, old) in self.unblocked.iter().rev() {
            self.blocked[cell as usize] = old;
            self.blocked_value[cell as usize] = old as f64 * self.blockage_unit;
        }
        self.chosen = chosen;
        self.close();
    }

    fn clear_diff(&mut self, line: usize) {
        let stride = self.length + 1;
        self.diff[line * stride..(line + 1) * stride].fill(0);
    }

    /// Forgets what the open move touched.
    fn close(&mut self) {
        self.crossed.fill(false);
        self.stale.fill(false);
        self.unblocked.clear();
    }
}

/// What units of demand add to each line they are spread over.
fn spread_out(share: &mut [f64], raw: &[i64], unit: f64) {
    share.iter_mut().zip(raw).for_each(|(share, &raw)| *share = float(raw) * unit);
}

/// The lines that are flagged, found without a branch for each.
fn choose(flags: &[bool], chosen: &mut Vec<u32>) {
    chosen.resize(flags.len() + 1, 0);
    let mut n = 0;
    for (line, &flag) in (0..).zip(flags) {
        chosen[n] = line;
        n += usize::from(flag);
    }
    chosen.truncate(n);
}
