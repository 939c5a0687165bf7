//! Spreading of routing demand over neighbouring cells. Macro blockage is never spread.

use flagstone_geom::Grid;

/// Spreads each value evenly over the cells of its row within `range` columns and adds the shares to
/// `out`: vertical demand.
pub(crate) fn along_rows(values: &[f64], grid: &Grid, range: u32, out: &mut [f64]) {
    let columns = grid.columns as usize;
    for (values, out) in values.chunks_exact(columns).zip(out.chunks_exact_mut(columns)) {
        for (column, value) in values.iter().enumerate() {
            let (first, last) = window(column, columns, range);
            let share = value / (last - first + 1) as f64;
            out[first..=last].iter_mut().for_each(|cell| *cell += share);
        }
    }
}

/// Spreads each value evenly over the cells of its column within `range` rows and adds the shares to
/// `out`: horizontal demand.
pub(crate) fn along_columns(values: &[f64], grid: &Grid, range: u32, out: &mut [f64]) {
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    for (row, values) in values.chunks_exact(columns).enumerate() {
        let (first, last) = window(row, rows, range);
        let n = (last - first + 1) as f64;
        for near in out[first * columns..(last + 1) * columns].chunks_exact_mut(columns) {
            near.iter_mut().zip(values).for_each(|(cell, value)| *cell += value / n);
        }
    }
}

/// First and last of the `n` lines within `range` of a line.
fn window(line: usize, n: usize, range: u32) -> (usize, usize) {
    (line.saturating_sub(range as usize), line.saturating_add(range as usize).min(n - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_in_the_line_and_add_up() {
        let grid = Grid::new(3, 2, 3.0, 2.0);
        let mut out = vec![0.0; 6];
        along_rows(&[6.0, 0.0, 0.0, 0.0, 0.0, 3.0], &grid, 1, &mut out);
        assert_eq!(out, vec![3.0, 3.0, 0.0, 0.0, 1.5, 1.5]);
        out.fill(0.0);
        along_columns(&[6.0, 0.0, 0.0, 0.0, 0.0, 3.0], &grid, u32::MAX, &mut out);
        assert_eq!(out, vec![3.0, 0.0, 1.5, 3.0, 0.0, 1.5]);
    }
}
