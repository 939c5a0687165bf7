//! Which grid cells a macro's centre may go to.
//!
//! A cell is legal where the macro centred on it lies on the canvas, overlaps no placed hard macro
//! (grown by the spacing) and no blockage. The placed rectangles are dilated by the macro's size and
//! counted into a difference array, so a mask takes time linear in the placed macros plus the cells.
//!
//! Source: the node mask of circuit_training as TILOS' `plc_client_os` computes it.

use flagstone_geom::{Grid, Rect};
use flagstone_netlist::{Canvas, Netlist, NodeId, Placement};
use serde::{Deserialize, Serialize};

/// What makes a cell illegal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskRules {
    /// Least horizontal gap between two hard macros in µm.
    pub spacing_x: f64,
    /// Least vertical gap between two hard macros in µm.
    pub spacing_y: f64,
    /// Area in µm² that may hang over the canvas' border, for rounding; so much as rounding takes on
    /// a large canvas may always.
    pub overhang: f64,
    /// Blockages of at least this rate keep macros out.
    pub blockage_rate: f64,
}

impl Default for MaskRules {
    fn default() -> Self {
        Self { spacing_x: 0.0, spacing_y: 0.0, overhang: 1e-8, blockage_rate: 0.0 }
    }
}

/// The placed hard macros and the blockages, for asking where the next macro may go.
#[derive(Clone, Debug)]
pub struct Occupancy {
    grid: Grid,
    canvas: Rect,
    rules: MaskRules,
    blockages: Vec<Rect>,
    placed: Vec<(NodeId, Rect)>,
    counts: Vec<i32>,
}

impl Occupancy {
    /// Nothing placed yet.
    pub fn new(canvas: &Canvas, rules: MaskRules) -> Self {
        let grid = canvas.grid();
        let blocking = canvas.blockages.iter().filter(|b| b.rate >= rules.blockage_rate);
        Self {
            grid,
            canvas: canvas.rect(),
            rules,
            blockages: blocking.map(|blockage| blockage.rect).collect(),
            placed: Vec::new(),
            counts: vec![0; (grid.columns as usize + 1) * (grid.rows as usize + 1)],
        }
    }

    /// Removes every macro.
    pub fn clear(&mut self) {
        self.placed.clear();
    }

    /// Adds a macro where a placement has it.
    pub fn place(&mut self, netlist: &Netlist, placement: &Placement, node: NodeId) {
        self.placed.push((node, placement.rect(netlist, node)));
    }

    /// Removes a macro.
    pub fn unplace(&mut self, node: NodeId) {
        self.placed.retain(|&(placed, _)| placed != node);
    }

    /// The placed macros.
    pub fn placed(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.placed.iter().map(|&(node, _)| node)
    }

    /// Writes the legal cells for a macro of the given size; returns how many there are.
    pub fn mask(&mut self, (width, height): (f64, f64), mask: &mut Vec<bool>) -> usize {
        self.count_overlaps(width, height);
        let (columns, rows) = (self.grid.columns as usize, self.grid.rows as usize);
        mask.clear();
        mask.reserve(columns * rows);
        let inside =
            |low: f64, size: f64, canvas_high: f64| (low + size).min(canvas_high) - low.max(0.0);
        let column_inside: Vec<f64> = (0..columns)
            .map(|c| inside(self.grid.center(c).x - width / 2.0, width, self.canvas.x1))
            .collect();
        // Lengths on a canvas are off by a few of its last bits.
        let rounding = 4.0 * f64::EPSILON * (self.canvas.x1 * height + self.canvas.y1 * width);
        let overhang = self.rules.overhang.max(rounding);
        let mut legal = 0;
        for row in 0..rows {
            let y = self.grid.center(row * columns).y - height / 2.0;
            let inside_y = inside(y, height, self.canvas.y1);
            let counts = &self.counts[row * (columns + 1)..];
            for (&inside_x, &overlaps) in column_inside.iter().zip(counts) {
                let missing = (inside_x.max(0.0) * inside_y.max(0.0) - width * height).abs();
                let free = overlaps == 0 && missing <= overhang;
                legal += usize::from(free);
                mask.push(free);
            }
        }
        legal
    }

    /// Counts for every cell the rectangles that a block centred there would overlap.
    fn count_overlaps(&mut self, width: f64, height: f64) {
        self.counts.fill(0);
        let stride = self.grid.columns as usize + 1;
        let (dx, dy) = (self.rules.spacing_x, self.rules.spacing_y);
        let spaced = self.placed.iter().map(|(_, rect)| rect.grown(dx, dy));
        for rect in spaced.chain(self.blockages.iter().copied()) {
            let x = |c: usize| self.grid.center(c).x;
            let y = |r: usize| self.grid.center(r * (stride - 1)).y;
            let columns = overlapping(self.grid.columns, x, width, rect.x0, rect.x1);
            let rows = overlapping(self.grid.rows, y, height, rect.y0, rect.y1);
            if columns.is_empty() || rows.is_empty() {
                continue;
            }
            self.counts[rows.start * stride + columns.start] += 1;
            self.counts[rows.start * stride + columns.end] -= 1;
            self.counts[rows.end * stride + columns.start] -= 1;
            self.counts[rows.end * stride + columns.end] += 1;
        }
        for row in 0..=self.grid.rows as usize {
            for column in 1..stride {
                self.counts[row * stride + column] += self.counts[row * stride + column - 1];
            }
        }
        for i in stride..self.counts.len() {
            self.counts[i] += self.counts[i - stride];
        }
    }
}

/// The cells along one axis where a block of `size` centred on them overlaps `low..high`.
fn overlapping(
    n: u32,
    center: impl Fn(usize) -> f64,
    size: f64,
    low: f64,
    high: f64,
) -> std::ops::Range<usize> {
    let n = n as usize;
    let overlaps = |cell: usize| {
        let (from, to) = (center(cell) - size / 2.0, center(cell) + size / 2.0);
        to.min(high) - from.max(low) > 0.0
    };
    // Overlap holds on one run of cells; an estimate finds it, exact tests set its ends.
    let pitch = 2.0 * center(0);
    let estimate = |value: f64| ((value / pitch).floor().max(0.0) as usize).min(n);
    let mut start = estimate(low - size / 2.0).saturating_sub(1);
    while start < n && !overlaps(start) {
        start += 1;
        if start < n && center(start) - size / 2.0 >= high {
            return 0..0;
        }
    }
    let mut end = estimate(high + size / 2.0).max(start);
    while end < n && overlaps(end) {
        end += 1;
    }
    while end > start && !overlaps(end - 1) {
        end -= 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::{Builder, Node};
    use proptest::prelude::*;

    use super::*;

    /// The legal cells of a macro alone, 16.1 by 9.3 hundredths of a canvas on 12 x 12 cells.
    fn legal_cells(scale: f64) -> Vec<bool> {
        let mut canvas = Canvas::new(100.0 * scale, 100.0 * scale);
        (canvas.columns, canvas.rows) = (12, 12);
        let mut mask = Vec::new();
        Occupancy::new(&canvas, MaskRules::default()).mask((16.1 * scale, 9.3 * scale), &mut mask);
        mask
    }

    #[test]
    fn rounding_on_a_large_canvas_makes_no_cell_illegal() {
        let expected = legal_cells(1.0);
        assert!(expected.contains(&true));
        for scale in [1e2, 1e3, 1e4, 1e5, 1e6] {
            assert_eq!(legal_cells(scale), expected, "{scale}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Against the obvious version: every cell against every placed macro.
        #[test]
        fn equals_the_naive_mask(
            grid in (1_u32..20, 1_u32..20),
            size in (1.0_f64..60.0, 1.0_f64..60.0),
            placed in prop::collection::vec((-10.0_f64..110.0, -10.0..110.0, 1.0..50.0, 1.0..50.0), 0..8),
            spacing in prop::sample::select(vec![0.0, 2.5]),
        ) {
            let mut canvas = Canvas::new(100.0, 90.0);
            (canvas.columns, canvas.rows) = grid;
            let mut builder = Builder::new();
            let nodes: Vec<NodeId> = placed.iter()
                .map(|&(_, _, width, height)| builder.node(Node { width, height, ..Node::default() }))
                .collect();
            let netlist = builder.build();
            let mut placement = Placement::new(&netlist);
            let rules = MaskRules { spacing_x: spacing, ..MaskRules::default() };
            let mut occupancy = Occupancy::new(&canvas, rules);
            for (&node, &(x, y, _, _)) in nodes.iter().zip(&placed) {
                (placement.x[node.usize()], placement.y[node.usize()]) = (x, y);
                occupancy.place(&netlist, &placement, node);
            }
            let mut mask = Vec::new();
            let legal = occupancy.mask(size, &mut mask);
            prop_assert_eq!(legal, mask.iter().filter(|&&free| free).count());
            for (cell, &free) in mask.iter().enumerate() {
                let block = Rect::centered(canvas.grid().center(cell), size.0, size.1);
                let inside = (block.overlap_area(&canvas.rect()) - size.0 * size.1).abs() <= 1e-8;
                let clear = nodes.iter().all(|&node| {
                    let other = placement.rect(&netlist, node).grown(spacing, 0.0);
                    block.overlap_area(&other) == 0.0
                });
                prop_assert_eq!(free, inside && clear, "cell {}", cell);
            }
        }
    }
}
