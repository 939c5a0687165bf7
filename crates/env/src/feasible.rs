use flagstone_netlist::Kind;
use flagstone_place::mask::Occupancy;

use crate::{Infeasible, Task};

impl Task {
    /// A way to place every macro, found by packing greedily: the cell of each, in their order.
    ///
    /// Tries the rows from below, then the columns from the left, then from the border inwards.
    ///
    /// # Errors
    /// Where no try works: what stopped the one that got furthest. A solution may exist all the same.
    pub fn feasible(&self) -> Result<Vec<usize>, Box<Infeasible>> {
        let grid = self.canvas.grid();
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        let by_column = |cell: usize| (cell % columns) * rows + cell / columns;
        let by_border = |cell: usize| {
            let (column, row) = (cell % columns, cell / columns);
            column.min(row).min(columns - 1 - column).min(rows - 1 - row)
        };
        let keys: [&dyn Fn(usize) -> usize; 3] = [&|cell| cell, &by_column, &by_border];
        let mut furthest: Option<Box<Infeasible>> = None;
        for key in keys {
            match self.pack(key) {
                Ok(cells) => return Ok(cells),
                Err(why) if furthest.as_ref().is_none_or(|best| best.placed < why.placed) => {
                    furthest = Some(why);
                }
                Err(_) => {}
            }
        }
        Err(furthest.expect("three tries failed"))
    }

    /// Places every macro on its legal cell with the least key.
    fn pack(&self, key: &dyn Fn(usize) -> usize) -> Result<Vec<usize>, Box<Infeasible>> {
        let mut occupancy = Occupancy::new(&self.canvas, self.config.mask);
        let mut placement = self.initial.clone();
        for node in self.netlist.nodes_of(Kind::HardMacro) {
            if placement.fixed[node.usize()] {
                occupancy.place(&self.netlist, &placement, node);
            }
        }
        let (mut mask, mut cells) = (Vec::new(), Vec::with_capacity(self.order.len()));
        for &node in &self.order {
            occupancy.mask(self.netlist.size(node), &mut mask);
            let legal = (0..mask.len()).filter(|&cell| mask[cell]);
            let Some(cell) = legal.min_by_key(|&cell| key(cell)) else {
                let placed = occupancy.placed().count();
                return Err(Box::new(Infeasible::new(self, node, placed)));
            };
            placement.set_center(node, self.canvas.grid().center(cell));
            occupancy.place(&self.netlist, &placement, node);
            cells.push(cell);
        }
        Ok(cells)
    }
}
