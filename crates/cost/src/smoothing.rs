//! Spreading of routing demand over neighbouring cells. Macro blockage is never spread.

use flagstone_geom::Grid;

/// Spreads each value evenly over the cells of its row within `range` columns: vertical demand.
pub(crate) fn along_rows(values: &[f64], grid: &Grid, range: u32) -> Vec<f64> {
    let columns = grid.columns as usize;
    spread(values, columns, range as usize, |k| k % columns, |k, column| k - k % columns + column)
}

/// Spreads each value evenly over the cells of its column within `range` rows: horizontal demand.
pub(crate) fn along_columns(values: &[f64], grid: &Grid, range: u32) -> Vec<f64> {
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    spread(values, rows, range as usize, |k| k / columns, |k, row| row * columns + k % columns)
}

fn spread(
    values: &[f64],
    n: usize,
    range: usize,
    position: impl Fn(usize) -> usize,
    cell: impl Fn(usize, usize) -> usize,
) -> Vec<f64> {
    let mut out = vec![0.0; values.len()];
    for (k, &value) in values.iter().enumerate() {
        let first = position(k).saturating_sub(range);
        let last = (position(k).saturating_add(range)).min(n - 1);
        let share = value / (last - first + 1) as f64;
        for near in first..=last {
            out[cell(k, near)] += share;
        }
    }
    out
}
