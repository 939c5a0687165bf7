//! Density: how full the fullest tenth of the grid is.

use flagstone_netlist::{Canvas, Kind, Netlist, Placement};

use crate::Rules;

/// Writes the covered share of each placement-grid cell. Overlapping macros count as often as they
/// overlap.
pub(crate) fn map(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: Rules,
    occupied: &mut Vec<f64>,
) {
    let grid = canvas.grid();
    let (width, height) = (grid.cell_width(), grid.cell_height());
    let (columns, rows) = (i64::from(grid.columns), i64::from(grid.rows));
    occupied.clear();
    occupied.resize(grid.n_cells(), 0.0);
    let index = |value: f64, size: f64| (value / size).floor() as i64;
    let soft = netlist.nodes_of(Kind::SoftMacro);
    for node in soft.chain(netlist.nodes_of(Kind::HardMacro)) {
        if rules == Rules::Google && !placement.placed[node.usize()] {
            continue;
        }
        let rect = placement.rect(netlist, node);
        let (c0, c1) = (index(rect.x0, width).max(0), index(rect.x1, width).min(columns - 1));
        let (r0, r1) = (index(rect.y0, height).max(0), index(rect.y1, height).min(rows - 1));
        for row in r0..=r1 {
            let dy = rect.y1.min((row + 1) as f64 * height) - rect.y0.max(row as f64 * height);
            for column in c0..=c1 {
                let left = column as f64 * width;
                let dx = rect.x1.min((column + 1) as f64 * width) - rect.x0.max(left);
                if dx >= 0.0 && dy >= 0.0 {
                    occupied[(row * columns + column) as usize] += dx * dy;
                }
            }
        }
    }
    let area = width * height;
    occupied.iter_mut().for_each(|cell| *cell /= area);
}

/// Half the mean of the fullest tenth of the cells, `top_mean` giving the mean of the
/// `cells / 10` largest. With fewer than ten cells: half the mean of those that are not empty.
///
/// The half makes up for soft macros being drawn at twice their cells' area.
pub(crate) fn cost_of(values: &[f64], top_mean: impl FnOnce(&[f64]) -> f64) -> f64 {
    if values.len() >= 10 {
        return 0.5 * top_mean(values);
    }
    let occupied = values.iter().filter(|&&value| value != 0.0);
    let (sum, n) = occupied.fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
    0.5 * sum / n.max(1) as f64
}
