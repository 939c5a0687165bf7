//! The annealer's start from nothing: macros along a spiral from the border inwards.

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

use crate::greedy::by_area;
use crate::mask::{MaskRules, Occupancy};

/// Every movable hard macro, the largest first, on the first legal cell of the spiral.
///
/// # Errors
/// The macro for which no legal cell was left.
pub(super) fn place(
    netlist: &Netlist,
    canvas: &Canvas,
    start: &Placement,
    rules: MaskRules,
) -> Result<Placement, NodeId> {
    let mut placement = start.clone();
    let mut occupancy = Occupancy::new(canvas, rules);
    for node in netlist.nodes_of(Kind::HardMacro).filter(|node| start.fixed[node.usize()]) {
        occupancy.place(netlist, start, node);
    }
    let grid = canvas.grid();
    let cells = cells(&grid);
    let mut mask = Vec::new();
    for node in by_area(netlist, start) {
        occupancy.mask(netlist.size(node), &mut mask);
        let cell = *cells.iter().find(|&&cell| mask[cell]).ok_or(node)?;
        placement.set_center(node, grid.center(cell));
        placement.placed[node.usize()] = true;
        occupancy.place(netlist, &placement, node);
    }
    Ok(placement)
}

/// All cells, ring by ring from the border, each ring counterclockwise from its lower left corner.
fn cells(grid: &Grid) -> Vec<usize> {
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    let mut order = Vec::with_capacity(columns * rows);
    let (mut left, mut bottom, mut right, mut top) = (0, 0, columns, rows);
    while left < right && bottom < top {
        let mut visit = |column: usize, row: usize| order.push(grid.cell(column, row));
        (left..right).for_each(|column| visit(column, bottom));
        (bottom + 1..top).for_each(|row| visit(right - 1, row));
        if top - bottom > 1 {
            (left..right - 1).rev().for_each(|column| visit(column, top - 1));
        }
        if right - left > 1 {
            (bottom + 1..top.max(1) - 1).rev().for_each(|row| visit(left, row));
        }
        (left, bottom) = (left + 1, bottom + 1);
        (right, top) = (right - 1, top - 1);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spiral_visits_every_cell_once() {
        for (columns, rows) in [(1, 1), (1, 4), (4, 1), (2, 2), (5, 3), (6, 7)] {
            let mut order = cells(&Grid::new(columns, rows, 10.0, 10.0));
            assert_eq!(order.first(), Some(&0));
            order.sort_unstable();
            let all: Vec<usize> = (0..(columns * rows) as usize).collect();
            assert_eq!(order, all, "{columns} x {rows}");
        }
    }
}
