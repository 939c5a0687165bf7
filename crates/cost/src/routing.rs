//! Which grid cells a net's route crosses.
//!
//! Source: the proxy cost of circuit_training as reverse-engineered by TILOS MacroPlacement: L routes
//! for two cells, four shapes for three, a star of L routes from the driver for more. A segment
//! between two cells is charged to the first of them in column or row order.

use flagstone_geom::Grid;
use flagstone_netlist::{Netlist, PinId};

use crate::pins::{NO_CELL, PinTable};

/// Demand on neighbouring cells: columns `from..to` of row `line`, or for a vertical run rows
/// `from..to` of column `line`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Whether the run goes up a column.
    pub vertical: bool,
    /// The row of a horizontal run, the column of a vertical one.
    pub line: u32,
    /// First cell.
    pub from: u32,
    /// One past the last cell.
    pub to: u32,
}

/// Scratch space that finds the distinct cells of a net without hashing or dividing.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    cells: Vec<Seen>,
    epoch: u64,
    distinct: Vec<At>,
}

/// A cell and the last net that was found in it.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    at: At,
    epoch: u64,
}

/// Column and row.
pub(crate) type At = (u32, u32);

impl Cells {
    /// For a grid with `n_cells` cells in rows of `columns`.
    pub fn new(n_cells: usize, columns: u32) -> Self {
        let mut cells = Self::default();
        cells.fit(n_cells, columns);
        cells
    }

    /// Column and row of a cell.
    #[inline]
    pub(crate) fn at(&self, cell: u32) -> At {
        self.cells[cell as usize].at
    }

    fn fit(&mut self, n_cells: usize, columns: u32) {
        self.cells.resize(n_cells, Seen::default());
        for (cell, seen) in (0..).zip(&mut self.cells) {
            seen.at = (cell % columns, cell / columns);
        }
        self.distinct.resize(n_cells + 1, (0, 0));
    }

    /// The distinct cells in order of first occurrence.
    #[inline]
    pub(crate) fn distinct(&mut self, cells: &[u32]) -> &[At] {
        self.epoch += 1;
        let mut n = 0;
        // Every cell is written and only a new one is kept: no branch to guess wrong.
        for &cell in cells {
            let seen = &mut self.cells[cell as usize];
            self.distinct[n] = seen.at;
            n += usize::from(seen.epoch != self.epoch);
            seen.epoch = self.epoch;
        }
        &self.distinct[..n]
    }
}

/// Emits the runs of a net with its pins in `cells`, the driver's first. Some may be empty.
#[inline]
pub fn route(cells: &[u32], scratch: &mut Cells, emit: &mut impl FnMut(Run)) {
    if let &[driver, sink] = cells {
        two(scratch.at(driver), scratch.at(sink), emit);
        return;
    }
    match *scratch.distinct(cells) {
        [a, b, c] => three([a, b, c], emit),
        [driver, ref sinks @ ..] => sinks.iter().for_each(|&sink| two(driver, sink, emit)),
        [] => {}
    }
}

#[inline(always)]
fn horizontal(row: u32, a: u32, b: u32, emit: &mut impl FnMut(Run)) {
    emit(Run { vertical: false, line: row, from: a.min(b), to: a.max(b) });
}

#[inline(always)]
fn vertical(column: u32, a: u32, b: u32, emit: &mut impl FnMut(Run)) {
    emit(Run { vertical: true, line: column, from: a.min(b), to: a.max(b) });
}

/// Along the driver's row, then along the sink's column.
#[inline(always)]
pub(crate) fn two(driver: At, sink: At, emit: &mut impl FnMut(Run)) {
    horizontal(driver.1, driver.0, sink.0, emit);
    vertical(sink.0, driver.1, sink.1, emit);
}

/// Three cells; which one drives does not matter.
#[inline(never)]
fn three(cells: [At; 3], emit: &mut impl FnMut(Run)) {
    // Column and row in one word, so that sorting is three comparisons.
    let [a, b, c] = sorted(cells.map(|(x, y)| u64::from(x) << 32 | u64::from(y)));
    let cell = |word: u64| ((word >> 32) as u32, word as u32);
    let [(x1, y1), (x2, y2), (x3, y3)] = [cell(a), cell(b), cell(c)];
    if x1 < x2 && x2 < x3 && y1.min(y3) < y2 && y2 < y1.max(y3) {
        horizontal(y1, x1, x2, emit);
        horizontal(y2, x2, x3, emit);
        vertical(x2, y1, y2, emit);
        vertical(x3, y2, y3, emit);
    } else if x2 == x3 && x1 < x2 && y1 < y2.min(y3) {
        horizontal(y1, x1, x2, emit);
        vertical(x2, y1, y2.max(y3), emit);
    } else if y2 == y3 {
        horizontal(y1, x1, x2, emit);
        horizontal(y2, x2, x3, emit);
        vertical(x2, y1, y2, emit);
    } else {
        // Row first.
        let [a, b, c] = sorted([a, b, c].map(|word| word.rotate_left(32)));
        let [(y1, x1), (y2, x2), (y3, x3)] = [cell(a), cell(b), cell(c)];
        horizontal(y2, x1.min(x2).min(x3), x1.max(x2).max(x3), emit);
        vertical(x1, y1, y2, emit);
        vertical(x3, y2, y3, emit);
    }
}

#[inline(always)]
fn sorted([a, b, c]: [u64; 3]) -> [u64; 3] {
    let (a, b) = (a.min(b), a.max(b));
    let (b, c) = (b.min(c), b.max(c));
    [a.min(b), a.max(b), c]
}

/// Net demand of every cell, before normalising and smoothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demand {
    /// Row by row.
    pub(crate) horizontal: Vec<f64>,
    /// Row by row.
    pub(crate) vertical: Vec<f64>,
}

/// Demand of some of the nets as differences along each line, rows first, then columns. All are
/// multiples of one unit and exact, so that the order of adding them up does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Differences {
    values: Vec<f64>,
    cells: Vec<u32>,
    scratch: Cells,
}

/// Entries of a line: one past its end, too.
fn stride(grid: &Grid) -> usize {
    grid.columns.max(grid.rows) as usize + 1
}

impl Differences {
    /// Routes `nets`, of these `weights`; nets with a pin in no cell are left out.
    pub(crate) fn count<'a>(
        &mut self,
        nets: impl Iterator<Item = (&'a [PinId], &'a f64)>,
        grid: &Grid,
        at: &PinTable,
        unit: f64,
    ) {
        let (rows, stride) = (grid.rows as usize, stride(grid));
        self.values.clear();
        self.values.resize((rows + grid.columns as usize) * stride, 0.0);
        self.scratch.fit(grid.n_cells(), grid.columns);
        for (pins, &weight) in nets {
            self.cells.clear();
            self.cells.extend(pins.iter().map(|pin| at.cell[pin.usize()]));
            if at.any_outside && self.cells.contains(&NO_CELL) {
                continue;
            }
            let weight = demand(weight, unit) as f64 * unit;
            let differences = &mut self.values[..];
            route(&self.cells, &mut self.scratch, &mut |run| {
                let line = if run.vertical { rows } else { 0 } + run.line as usize;
                differences[line * stride + run.from as usize] += weight;
                differences[line * stride + run.to as usize] -= weight;
            });
        }
    }

    /// Adds another part.
    pub(crate) fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(value, other)| *value += other);
    }
}

impl Demand {
    /// Sums differences up along every line.
    pub(crate) fn integrate(&mut self, grid: &Grid, differences: &Differences) {
        let (columns, rows, stride) = (grid.columns as usize, grid.rows as usize, stride(grid));
        for map in [&mut self.horizontal, &mut self.vertical] {
            map.resize(rows * columns, 0.0);
        }
        let lines = differences.values.chunks_exact(stride);
        for (line, row) in lines.zip(self.horizontal.chunks_exact_mut(columns)) {
            let mut sum = 0.0;
            for (cell, difference) in row.iter_mut().zip(line) {
                sum += difference;
                *cell = sum;
            }
        }
        let lines = differences.values[rows * stride..].chunks_exact(stride);
        for (column, line) in lines.enumerate() {
            let mut sum = 0.0;
            for (row, difference) in line[..rows].iter().enumerate() {
                sum += difference;
                self.vertical[row * columns + column] = sum;
            }
        }
    }
}

/// The unit that demand is counted in: a power of two such that all routes of all nets together are
/// below 2⁵¹ units, so that sums are exact in integers and in floats, and adding and taking away
/// leaves no residue.
pub(crate) fn demand_unit(netlist: &Netlist, weights: &[f64]) -> f64 {
    let most = weights.iter().fold(1.0_f64, |most, &weight| most.max(weight));
    let bound = 2.0 * most * netlist.net_pins.items().len() as f64;
    2.0_f64.powi(bound.max(1.0).log2().ceil() as i32 - 51)
}

/// Demand of a net of a weight, in units: never below that of weight 1.
pub(crate) fn demand(weight: f64, unit: f64) -> i64 {
    (weight.max(1.0) / unit) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(cells: &[At]) -> Vec<(bool, u32, u32, u32)> {
        let cells: Vec<u32> = cells.iter().map(|&(x, y)| y * 10 + x).collect();
        let mut out = Vec::new();
        route(&cells, &mut Cells::new(100, 10), &mut |run| {
            if run.from < run.to {
                out.push((run.vertical, run.line, run.from, run.to));
            }
        });
        out
    }

    #[test]
    fn two_cells_turn_at_the_sinks_column() {
        assert_eq!(runs(&[(1, 2), (4, 5)]), vec![(false, 2, 1, 4), (true, 4, 2, 5)]);
        assert_eq!(runs(&[(4, 5), (1, 2)]), vec![(false, 5, 1, 4), (true, 1, 2, 5)]);
        assert_eq!(runs(&[(4, 5), (4, 5)]), vec![]);
    }

    #[test]
    fn three_cells_take_one_of_four_shapes() {
        let staircase = vec![(false, 0, 0, 2), (false, 1, 2, 4), (true, 2, 0, 1), (true, 4, 1, 3)];
        assert_eq!(runs(&[(4, 3), (0, 0), (2, 1)]), staircase);
        let corner = vec![(false, 0, 0, 2), (true, 2, 0, 5)];
        assert_eq!(runs(&[(0, 0), (2, 5), (2, 3)]), corner);
        let level = vec![(false, 4, 0, 2), (false, 1, 2, 3), (true, 2, 1, 4)];
        assert_eq!(runs(&[(0, 4), (2, 1), (3, 1)]), level);
        let trunk = vec![(false, 2, 0, 3), (true, 3, 0, 2), (true, 1, 2, 4)];
        assert_eq!(runs(&[(0, 2), (3, 0), (1, 4)]), trunk);
    }

    #[test]
    fn many_cells_make_a_star() {
        let star = runs(&[(1, 1), (2, 1), (1, 2), (0, 1), (2, 1)]);
        assert_eq!(star, vec![(false, 1, 1, 2), (true, 1, 1, 2), (false, 1, 0, 1)]);
    }
}
