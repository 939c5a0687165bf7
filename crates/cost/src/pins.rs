//! Where every pin is, computed once for all terms of an evaluation.

use flagstone_geom::Grid;
use flagstone_netlist::{Netlist, Placement};
use rayon::prelude::*;

use crate::Rules;

/// Pins or nets that are worked on by one thread without a break.
const SPAN: usize = 1 << 16;

/// Most spans an evaluation is cut into; each has a demand map of its own.
const MOST_SPANS: usize = 64;

/// Length of the spans that `n` pins or nets are cut into: a matter of `n` alone, so that sums over
/// spans do not depend on the number of threads. A single span is worked on where it is.
pub(crate) fn span_length(n: usize) -> usize {
    SPAN.max(n.div_ceil(MOST_SPANS))
}

/// The cell of a pin that lies in none.
pub(crate) const NO_CELL: u32 = u32::MAX;

/// Positions of all pins, and their congestion-grid cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct PinTable {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) cell: Vec<u32>,
    /// Whether any pin lies in no cell.
    pub(crate) any_outside: bool,
}

/// Some of the pins: the first one's number, and their columns of the table.
struct Part<'a> {
    first: usize,
    x: &'a mut [f64],
    y: &'a mut [f64],
    cell: &'a mut [u32],
}

impl PinTable {
    /// Locates every pin under `rules`, in parts that may be worked on at the same time.
    pub(crate) fn locate(
        &mut self,
        netlist: &Netlist,
        grid: &Grid,
        placement: &Placement,
        rules: Rules,
    ) {
        let n = netlist.n_pins();
        for column in [&mut self.x, &mut self.y] {
            column.resize(n, 0.0);
        }
        self.cell.resize(n, 0);
        let size = span_length(n);
        let columns = self.x.chunks_mut(size).zip(self.y.chunks_mut(size));
        let columns = columns.zip(self.cell.chunks_mut(size)).enumerate();
        let parts = columns.map(|(i, ((x, y), cell))| Part { first: i * size, x, y, cell });
        let locate = |part: Part<'_>| part.locate(netlist, grid, placement, rules);
        self.any_outside = if n <= size {
            parts.fold(false, |outside, part| outside | locate(part))
        } else {
            let parts: Vec<Part<'_>> = parts.collect();
            parts.into_par_iter().map(locate).reduce(|| false, |a, b| a | b)
        };
    }
}

impl Part<'_> {
    /// Returns whether any of the pins lies in no cell.
    fn locate(self, netlist: &Netlist, grid: &Grid, placement: &Placement, rules: Rules) -> bool {
        let range = self.first..self.first + self.x.len();
        let pins = &netlist.pins;
        let owners = &pins.node[range.clone()];
        let offsets = pins.dx[range.clone()].iter().zip(&pins.dy[range]);
        let positions = self.x.iter_mut().zip(&mut *self.y);
        for ((&node, (&dx, &dy)), (x, y)) in owners.iter().zip(offsets).zip(positions) {
            let node = node.usize();
            let (dx, dy) = placement.orientation[node].apply(dx, dy);
            (*x, *y) = (placement.x[node] + dx, placement.y[node] + dy);
        }
        let (width, height) = (grid.cell_width(), grid.cell_height());
        let positions = self.x.iter().zip(&*self.y).zip(self.cell);
        match rules {
            Rules::Clamp => {
                let (last_column, last_row) = (grid.columns - 1, grid.rows - 1);
                // Limits before the cast, which then is a single instruction; `max` takes no number
                // for zero, and cutting off equals rounding down from there on.
                let index =
                    |value: f64, last: u32| value.max(0.0).min(f64::from(last)) as i32 as u32;
                for ((x, y), cell) in positions {
                    let column = index(x / width, last_column);
                    *cell = index(y / height, last_row) * grid.columns + column;
                }
                false
            }
            Rules::Google => {
                let mut any_outside = false;
                for (((x, y), cell), node) in positions.zip(owners) {
                    let (column, row) = (x / width, y / height);
                    let inside = (0.0..f64::from(grid.columns)).contains(&column)
                        && (0.0..f64::from(grid.rows)).contains(&row)
                        && placement.placed[node.usize()];
                    *cell =
                        if inside { row as u32 * grid.columns + column as u32 } else { NO_CELL };
                    any_outside |= !inside;
                }
                any_outside
            }
        }
    }
}
