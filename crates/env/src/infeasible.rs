use std::fmt;

use flagstone_geom::Rect;
use flagstone_netlist::{Kind, NodeId, Placement};
use flagstone_place::mask::MaskRules;

use crate::Task;

/// A macro that fits nowhere.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("node {node}: {reason}")]
pub struct Blocked {
    /// The macro.
    pub node: NodeId,
    /// Why.
    pub reason: Infeasibility,
}

/// Why a macro fits nowhere. Every grid cell counts once, by the first reason that rules it out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Infeasibility {
    /// Size of the macro, µm.
    pub size: (f64, f64),
    /// Width and height of the largest free area made of whole grid cells, µm.
    pub largest_free: (f64, f64),
    /// Cells on which the macro would hang over the border.
    pub outside: usize,
    /// Cells on which it would overlap a blockage.
    pub blocked: usize,
    /// Cells on which it would overlap a placed macro or come too close to one.
    pub overlapping: usize,
}

impl fmt::Display for Infeasibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((width, height), (free_width, free_height)) = (self.size, self.largest_free);
        write!(
            f,
            "a macro of {width:.2} x {height:.2} um fits no grid cell: {} leave the canvas, {} hit a \
             blockage, {} another macro; the largest free area is {free_width:.2} x \
             {free_height:.2} um",
            self.outside, self.blocked, self.overlapping
        )
    }
}

impl Infeasibility {
    /// Looks at every cell again.
    pub(crate) fn new(task: &Task, placement: &Placement, node: NodeId, rules: &MaskRules) -> Self {
        let size = task.netlist.size(node);
        let (grid, canvas) = (task.canvas.grid(), task.canvas.rect());
        let placed: Vec<Rect> = task
            .netlist
            .nodes_of(Kind::HardMacro)
            .filter(|&other| other != node && placement.placed[other.usize()])
            .map(|other| placement.rect(&task.netlist, other))
            .collect();
        let blockages: Vec<Rect> = task
            .canvas
            .blockages
            .iter()
            .filter(|blockage| blockage.rate >= rules.blockage_rate)
            .map(|blockage| blockage.rect)
            .collect();
        let mut found =
            Self { size, largest_free: (0.0, 0.0), outside: 0, blocked: 0, overlapping: 0 };
        let mut free = Vec::with_capacity(grid.n_cells());
        for cell in 0..grid.n_cells() {
            let block = Rect::centered(grid.center(cell), size.0, size.1);
            let hits = |rect: &Rect| block.intersection(rect).is_some();
            if block.area() - block.overlap_area(&canvas) > rules.overhang {
                found.outside += 1;
            } else if blockages.iter().any(hits) {
                found.blocked += 1;
            } else {
                found.overlapping += 1;
            }
            let own = grid.cell_rect(cell);
            free.push(placed.iter().chain(&blockages).all(|rect| own.intersection(rect).is_none()));
        }
        let (columns, rows) = largest_rectangle(&free, grid.columns as usize);
        found.largest_free = (columns as f64 * grid.cell_width(), rows as f64 * grid.cell_height());
        found
    }
}

/// Columns and rows of the largest rectangle of free cells.
fn largest_rectangle(free: &[bool], columns: usize) -> (usize, usize) {
    let mut heights = vec![0_usize; columns];
    let mut best = (0, 0);
    for row in free.chunks_exact(columns) {
        for (height, &free) in heights.iter_mut().zip(row) {
            *height = if free { *height + 1 } else { 0 };
        }
        for left in 0..columns {
            let mut lowest = usize::MAX;
            for (width, &height) in (1..).zip(&heights[left..]) {
                lowest = lowest.min(height);
                if lowest == 0 {
                    break;
                }
                if width * lowest > best.0 * best.1 {
                    best = (width, lowest);
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_rectangle_is_found() {
        let map = |text: &str| text.chars().map(|c| c == '.').collect::<Vec<bool>>();
        assert_eq!(largest_rectangle(&map("#..##..#...#"), 4), (2, 3), "a column of three rows");
        assert_eq!(largest_rectangle(&map("...##..."), 4), (3, 1), "the first of equals");
        assert_eq!(largest_rectangle(&map("####"), 4), (0, 0), "nothing is free");
    }
}
