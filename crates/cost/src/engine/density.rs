//! Occupied share of every placement-grid cell, kept in integers so that nothing drifts.

use flagstone_geom::{Grid, Rect};

/// Density of each cell and how to go back to the last commit.
pub(super) struct Density {
    grid: Grid,
    units_per_area: f64,
    unit: f64,
    occupied: Vec<i64>,
    value: Vec<f64>,
    saved: Vec<(u32, i64)>,
}

impl Density {
    /// `total_area` bounds what one cell can hold when every node is stacked on it, in µm².
    pub(super) fn new(grid: Grid, total_area: f64) -> Self {
        let cell_area = grid.cell_width() * grid.cell_height();
        let unit = super::power_of_two_unit(total_area / cell_area);
        Self {
            grid,
            units_per_area: 1.0 / (cell_area * unit),
            unit,
            occupied: vec![0; grid.n_cells()],
            value: vec![0.0; grid.n_cells()],
            saved: Vec::with_capacity(4 * grid.n_cells()),
        }
    }

    /// Share of each cell that is covered; above 1 where nodes overlap.
    pub(super) fn values(&self) -> &[f64] {
        &self.value
    }

    /// Adds (`sign` = 1) or removes (`sign` = -1) a rectangle.
    pub(super) fn add(&mut self, rect: &Rect, sign: i64) {
        let units = self.units_per_area;
        covered(&self.grid, rect, |cell, area| {
            self.saved.push((cell as u32, self.occupied[cell]));
            self.occupied[cell] += sign * (area * units) as i64;
            self.value[cell] = self.occupied[cell] as f64 * self.unit;
        });
    }

    /// Visits the cells under a rectangle with the share of each that it covers.
    pub(super) fn for_each_cell(&self, rect: &Rect, mut visit: impl FnMut(usize, f64)) {
        covered(&self.grid, rect, |cell, area| {
            visit(cell, (area * self.units_per_area) as i64 as f64 * self.unit);
        });
    }

    pub(super) fn commit(&mut self) {
        self.saved.clear();
    }

    pub(super) fn revert(&mut self) {
        for &(cell, old) in self.saved.iter().rev() {
            self.occupied[cell as usize] = old;
            self.value[cell as usize] = old as f64 * self.unit;
        }
        self.saved.clear();
    }
}

/// Visits the cells under a rectangle with the area it covers of each.
fn covered(grid: &Grid, rect: &Rect, mut visit: impl FnMut(usize, f64)) {
    let (columns, rows) = (i64::from(grid.columns), i64::from(grid.rows));
    let (width, height) = (grid.cell_width(), grid.cell_height());
    let index = |value: f64, size: f64| (value / size).floor() as i64;
    let (c0, c1) = (index(rect.x0, width).max(0), index(rect.x1, width).min(columns - 1));
    let (r0, r1) = (index(rect.y0, height).max(0), index(rect.y1, height).min(rows - 1));
    for row in r0..=r1 {
        let y = row as f64 * height;
        let dy = rect.y1.min((row + 1) as f64 * height) - rect.y0.max(y);
        for column in c0..=c1 {
            let x = column as f64 * width;
            let dx = rect.x1.min((column + 1) as f64 * width) - rect.x0.max(x);
            if dx >= 0.0 && dy >= 0.0 {
                visit((row * columns + column) as usize, dx * dy);
            }
        }
    }
}
