//! Routing tracks that hard macros use up.

use flagstone_geom::{Grid, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, Placement};

/// Deviation from a full cell in µm above which an edge cell counts as partly covered.
const PARTIAL_UM: f64 = 1e-5;

/// Length of the common part of `low..high` and cell `index` of `size`; zero unless positive.
fn common(low: f64, high: f64, index: i64, size: f64) -> f64 {
    (high.min((index + 1) as f64 * size) - low.max(index as f64 * size)).max(0.0)
}

/// Emits `(column, row, horizontal, vertical)` tracks blocked in every cell a hard macro covers.
///
/// Where the macro ends inside a cell at either end, the tracks of its top row (vertical) or right
/// column (horizontal) are left free, as the published evaluators do.
pub(crate) fn blocked_tracks(
    canvas: &Canvas,
    grid: &Grid,
    rect: &Rect,
    emit: &mut impl FnMut(u32, u32, f64, f64),
) {
    let (width, height) = (grid.cell_width(), grid.cell_height());
    let index = |value: f64, size: f64| (value / size).floor() as i64;
    let (c1, r1) = (index(rect.x1, width), index(rect.y1, height));
    if c1 < 0 || r1 < 0 {
        return;
    }
    let (c0, r0) = (index(rect.x0, width).max(0), index(rect.y0, height).max(0));
    let (c1, r1) = (c1.min(i64::from(grid.columns) - 1), r1.min(i64::from(grid.rows) - 1));
    if c0 > c1 || r0 > r1 {
        return;
    }
    let dx = |column: i64| common(rect.x0, rect.x1, column, width);
    let dy = |row: i64| common(rect.y0, rect.y1, row, height);
    // The published rule sets both lengths of a cell to zero unless both are positive; a macro with
    // one empty edge row or column therefore also counts as partly covered across it.
    let empty_x = (c0..=c1).any(|column| dx(column) <= 0.0);
    let empty_y = (r0..=r1).any(|row| dy(row) <= 0.0);
    let partial = |covered: f64, size: f64| (covered - size).abs() > PARTIAL_UM;
    let partial_v = r1 != r0 && (partial(dy(r0), height) || partial(dy(r1), height) || empty_x);
    let partial_h = c1 != c0 && (partial(dx(c0), width) || partial(dx(c1), width) || empty_y);
    for row in r0..=r1 {
        for column in c0..=c1 {
            let (dx, dy) = (dx(column), dy(row));
            if dx <= 0.0 || dy <= 0.0 {
                continue;
            }
            let free_v = partial_v && row == r1;
            let free_h = partial_h && column == c1;
            let h = if free_h { 0.0 } else { dy * canvas.macro_routes_horizontal };
            let v = if free_v { 0.0 } else { dx * canvas.macro_routes_vertical };
            emit(column as u32, row as u32, h, v);
        }
    }
}

/// Writes the tracks blocked in every cell, horizontal and vertical, before normalising.
pub(crate) fn blocked(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: crate::Rules,
    h: &mut Vec<f64>,
    v: &mut Vec<f64>,
) {
    let grid = canvas.congestion_grid();
    for map in [&mut *h, &mut *v] {
        map.clear();
        map.resize(grid.n_cells(), 0.0);
    }
    for node in netlist.nodes_of(Kind::HardMacro) {
        if rules == crate::Rules::Google && !placement.placed[node.usize()] {
            continue;
        }
        let rect = placement.rect(netlist, node);
        blocked_tracks(canvas, &grid, &rect, &mut |column, row, dh, dv| {
            let cell = grid.cell(column as usize, row as usize);
            h[cell] += dh;
            v[cell] += dv;
        });
    }
}
