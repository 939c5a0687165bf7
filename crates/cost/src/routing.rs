//! Which grid cells a net's route crosses.
//!
//! Source: the proxy cost of circuit_training as reverse-engineered by TILOS MacroPlacement: L routes
//! for two cells, four shapes for three, a star of L routes from the driver for more. A segment
//! between two cells is charged to the first of them in column or row order.

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, NetId, Netlist, Placement};

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

/// Scratch space that finds the distinct cells of a net without hashing.
#[derive(Clone, Debug)]
pub struct Cells {
    seen: Vec<u64>,
    epoch: u64,
    distinct: Vec<u32>,
}

impl Cells {
    /// For a grid with `n_cells` cells.
    pub fn new(n_cells: usize) -> Self {
        Self { seen: vec![0; n_cells], epoch: 0, distinct: Vec::with_capacity(n_cells) }
    }

    /// The distinct cells in order of first occurrence.
    fn distinct(&mut self, cells: &[u32]) -> &[u32] {
        self.epoch += 1;
        self.distinct.clear();
        for &cell in cells {
            let seen = &mut self.seen[cell as usize];
            if *seen != self.epoch {
                *seen = self.epoch;
                self.distinct.push(cell);
            }
        }
        &self.distinct
    }
}

/// Weight of a net in the routing demand: never below 1.
pub fn route_weight(netlist: &Netlist, net: NetId) -> f64 {
    crate::wirelength::weight(netlist, net).max(1.0)
}

/// Column and row of a cell.
type At = (u32, u32);

/// Emits the runs of a net with its pins in `cells`, the driver's first.
#[inline]
pub fn route(cells: &[u32], columns: u32, scratch: &mut Cells, emit: &mut impl FnMut(Run)) {
    let at = |cell: u32| (cell % columns, cell / columns);
    if let &[driver, sink] = cells {
        if driver != sink {
            two(at(driver), at(sink), emit);
        }
        return;
    }
    match *scratch.distinct(cells) {
        [] | [_] => {}
        [driver, sink] => two(at(driver), at(sink), emit),
        [a, b, c] => three([at(a), at(b), at(c)], emit),
        [driver, ref sinks @ ..] => {
            let driver = at(driver);
            sinks.iter().for_each(|&sink| two(driver, at(sink), emit));
        }
    }
}

fn horizontal(row: u32, a: u32, b: u32, emit: &mut impl FnMut(Run)) {
    emit(Run { vertical: false, line: row, from: a.min(b), to: a.max(b) });
}

fn vertical(column: u32, a: u32, b: u32, emit: &mut impl FnMut(Run)) {
    emit(Run { vertical: true, line: column, from: a.min(b), to: a.max(b) });
}

/// Along the driver's row, then along the sink's column.
#[inline]
fn two(driver: At, sink: At, emit: &mut impl FnMut(Run)) {
    horizontal(driver.1, driver.0, sink.0, emit);
    vertical(sink.0, driver.1, sink.1, emit);
}

/// Three cells; which one drives does not matter.
fn three(mut cells: [At; 3], emit: &mut impl FnMut(Run)) {
    cells.sort_unstable();
    let [(x1, y1), (x2, y2), (x3, y3)] = cells;
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
        cells.sort_unstable_by_key(|&(x, y)| (y, x));
        let [(x1, y1), (x2, y2), (x3, y3)] = cells;
        horizontal(y2, x1.min(x2).min(x3), x1.max(x2).max(x3), emit);
        vertical(x1, y1, y2, emit);
        vertical(x3, y2, y3, emit);
    }
}

/// Net demand of every cell, horizontal and vertical, before normalising and smoothing.
pub(crate) fn demand(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: crate::Rules,
) -> (Vec<f64>, Vec<f64>) {
    let grid = canvas.congestion_grid();
    let (columns, n) = (grid.columns as usize, grid.n_cells());
    let (mut h, mut v) = (vec![0.0; n], vec![0.0; n]);
    let mut scratch = Cells::new(n);
    let mut cells = Vec::new();
    for net in netlist.net_ids() {
        if !net_cells(netlist, &grid, placement, rules, net, &mut cells) {
            continue;
        }
        let weight = match rules {
            crate::Rules::Clamp => route_weight(netlist, net),
            crate::Rules::Google => netlist.nets.weight[net.usize()].max(1.0),
        };
        route(&cells, grid.columns, &mut scratch, &mut |run| {
            for position in run.from..run.to {
                if run.vertical {
                    v[position as usize * columns + run.line as usize] += weight;
                } else {
                    h[run.line as usize * columns + position as usize] += weight;
                }
            }
        });
    }
    (h, v)
}

/// Collects the cells of a net's pins; false where the net is not routed.
fn net_cells(
    netlist: &Netlist,
    grid: &Grid,
    placement: &Placement,
    rules: crate::Rules,
    net: NetId,
    cells: &mut Vec<u32>,
) -> bool {
    cells.clear();
    for &pin in netlist.net_pins.row(net) {
        let p = placement.pin(netlist, pin);
        let cell = match rules {
            crate::Rules::Clamp => Some(grid.clamped_cell_at(p)),
            crate::Rules::Google => {
                let placed = placement.placed[netlist.pins.node[pin.usize()].usize()];
                if placed { grid.cell_at(p) } else { None }
            }
        };
        match cell {
            Some(cell) => cells.push(cell as u32),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(cells: &[At]) -> Vec<(bool, u32, u32, u32)> {
        let cells: Vec<u32> = cells.iter().map(|&(x, y)| y * 10 + x).collect();
        let mut out = Vec::new();
        route(&cells, 10, &mut Cells::new(100), &mut |run| {
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
