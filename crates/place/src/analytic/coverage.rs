//! Rectangles on a grid: the map they make, and how a sum over the map changes as one moves.

use flagstone_geom::Grid;

/// A rectangle to lay on a grid: centre and size in µm.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays rectangles on a grid. A rectangle thinner than a cell is widened to one and thinned out, so
/// that it has a slope everywhere.
pub(super) struct Coverage {
    columns: usize,
    rows: usize,
    cell: [f64; 2],
    /// Cells and covered length of the present rectangle along each axis.
    spans: [Vec<(usize, f64)>; 2],
}

impl Coverage {
    pub(super) fn new(grid: &Grid) -> Self {
        Self {
            columns: grid.columns as usize,
            rows: grid.rows as usize,
            cell: [grid.cell_width(), grid.cell_height()],
            spans: Default::default(),
        }
    }

    /// Finds the covered cells along both axes; returns the thinning factor over a cell's area.
    fn measure(&mut self, area: &Area) -> f64 {
        let size = [area.width.max(self.cell[0]), area.height.max(self.cell[1])];
        let n = [self.columns, self.rows];
        for (axis, center) in [area.x, area.y].into_iter().enumerate() {
            let (low, high) = (center - size[axis] / 2.0, center + size[axis] / 2.0);
            let cell = self.cell[axis];
            let first = (low / cell).floor().max(0.0) as usize;
            let last = ((high / cell).floor().max(0.0) as usize).min(n[axis] - 1);
            self.spans[axis].clear();
            for i in first..=last {
                let common = high.min((i + 1) as f64 * cell) - low.max(i as f64 * cell);
                self.spans[axis].push((i, common.max(0.0)));
            }
        }
        area.width * area.height / (size[0] * size[1] * self.cell[0] * self.cell[1])
    }

    /// Adds the covered share of each cell, times `weight`, to a map.
    pub(super) fn add(&mut self, area: &Area, weight: f64, map: &mut [f64]) {
        let scale = self.measure(area) * weight;
        let [xs, ys] = &self.spans;
        for &(row, dy) in ys {
            for &(column, dx) in xs {
                map[row * self.columns + column] += dx * dy * scale;
            }
        }
    }

    /// Slope in x and y of the sum of `values` over what [`add`](Self::add) would add.
    pub(super) fn slope(&mut self, area: &Area, values: &[f64]) -> (f64, f64) {
        let scale = self.measure(area);
        let [xs, ys] = &self.spans;
        let (Some(left), Some(right)) = (xs.first(), xs.last()) else { return (0.0, 0.0) };
        let (Some(low), Some(high)) = (ys.first(), ys.last()) else { return (0.0, 0.0) };
        let value = |column: usize, row: usize| values[row * self.columns + column];
        let across = ys.iter().map(|&(row, dy)| dy * (value(right.0, row) - value(left.0, row)));
        let along =
            xs.iter().map(|&(column, dx)| dx * (value(column, high.0) - value(column, low.0)));
        (across.sum::<f64>() * scale, along.sum::<f64>() * scale)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slope_is_the_difference_quotient(
            x in 2.0_f64..8.0, y in 2.0_f64..6.0, width in 0.1_f64..3.5, height in 0.1_f64..3.5,
            values in prop::collection::vec(-1.0_f64..1.0, 40),
        ) {
            let mut coverage = Coverage::new(&Grid::new(8, 5, 10.0, 8.0));
            let sum = |coverage: &mut Coverage, x: f64, y: f64| {
                let mut map = vec![0.0; 40];
                coverage.add(&Area { x, y, width, height }, 1.0, &mut map);
                map.iter().zip(&values).map(|(a, b)| a * b).sum::<f64>()
            };
            let (dx, dy) = coverage.slope(&Area { x, y, width, height }, &values);
            let step = 1e-7;
            let found_x = (sum(&mut coverage, x + step, y) - sum(&mut coverage, x - step, y)) / (2.0 * step);
            let found_y = (sum(&mut coverage, x, y + step) - sum(&mut coverage, x, y - step)) / (2.0 * step);
            prop_assert!((dx - found_x).abs() < 1e-5, "{} {}", dx, found_x);
            prop_assert!((dy - found_y).abs() < 1e-5, "{} {}", dy, found_y);
        }
    }
}
