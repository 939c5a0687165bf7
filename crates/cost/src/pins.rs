//! Where every pin is, computed once for all terms of an evaluation.

use flagstone_geom::Grid;
use flagstone_netlist::{Netlist, Placement};

use crate::Rules;

/// The cell of a pin that lies in none.
pub(crate) const NO_CELL: u32 = u32::MAX;

/// Positions of all pins, and their congestion-grid cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct PinTable {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) cell: Vec<u32>,
}

impl PinTable {
    /// Locates every pin under `rules`.
    pub(crate) fn locate(
        &mut self,
        netlist: &Netlist,
        grid: &Grid,
        placement: &Placement,
        rules: Rules,
    ) {
        let pins = &netlist.pins;
        let n = netlist.n_pins();
        for column in [&mut self.x, &mut self.y] {
            column.resize(n, 0.0);
        }
        self.cell.clear();
        let offsets = pins.dx.iter().zip(&pins.dy);
        let positions = self.x.iter_mut().zip(&mut self.y);
        for ((&node, (&dx, &dy)), (x, y)) in pins.node.iter().zip(offsets).zip(positions) {
            let node = node.usize();
            let (dx, dy) = placement.orientation[node].apply(dx, dy);
            (*x, *y) = (placement.x[node] + dx, placement.y[node] + dy);
        }
        let (width, height) = (grid.cell_width(), grid.cell_height());
        let positions = self.x.iter().zip(&self.y);
        match rules {
            Rules::Clamp => {
                let (last_column, last_row) = (grid.columns - 1, grid.rows - 1);
                // Limits before the cast, which then is a single instruction; `max` takes no number
                // for zero, and cutting off equals rounding down from there on.
                let index =
                    |value: f64, last: u32| value.max(0.0).min(f64::from(last)) as i32 as u32;
                self.cell.extend(positions.map(|(x, y)| {
                    let column = index(x / width, last_column);
                    index(y / height, last_row) * grid.columns + column
                }));
            }
            Rules::Google => {
                let placed = pins.node.iter().map(|node| placement.placed[node.usize()]);
                self.cell.extend(positions.zip(placed).map(|((x, y), placed)| {
                    let (column, row) = (x / width, y / height);
                    let inside = (0.0..f64::from(grid.columns)).contains(&column)
                        && (0.0..f64::from(grid.rows)).contains(&row);
                    if placed && inside {
                        row as u32 * grid.columns + column as u32
                    } else {
                        NO_CELL
                    }
                }));
            }
        }
    }
}
