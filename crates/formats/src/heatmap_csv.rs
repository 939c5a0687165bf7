//! Heat maps as tables.
//!
//! ```
//! use flagstone_formats::heatmap_csv::{Heatmap, list, matrix};
//!
//! let map = Heatmap { width: 4.0, height: 1.0, columns: 2, units: "ratio", values: &[0.5, 1.0] };
//! assert_eq!(matrix(&map), "# units=ratio\n0.5,1\n");
//! assert!(list(&map).ends_with("2,0,4,1,1\n"));
//! ```

use std::fmt::Write;

/// Numbers over a canvas with its lower-left corner at the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heatmap<'a> {
    /// Width of the canvas, µm.
    pub width: f64,
    /// Height of the canvas, µm.
    pub height: f64,
    /// Cells from left to right.
    pub columns: usize,
    /// What the numbers measure.
    pub units: &'a str,
    /// The numbers, row after row from the bottom.
    pub values: &'a [f64],
}

fn head(map: &Heatmap<'_>) -> String {
    format!("# units={}\n", map.units.replace(['\n', '\r'], " "))
}

/// One line for each cell: its corners and its number.
pub fn list(map: &Heatmap<'_>) -> String {
    let mut out = head(map);
    out.push_str("x0_um,y0_um,x1_um,y1_um,value\n");
    let columns = map.columns.max(1);
    let rows = map.values.len().div_ceil(columns);
    let x = |column: usize| map.width * column as f64 / columns as f64;
    let y = |row: usize| map.height * row as f64 / rows as f64;
    for (k, value) in map.values.iter().enumerate() {
        let (row, column) = (k / columns, k % columns);
        let (x0, y0, x1, y1) = (x(column), y(row), x(column + 1), y(row + 1));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{x0},{y0},{x1},{y1},{value}");
    }
    out
}

/// One line for each row of cells, the top one first, as on the screen.
pub fn matrix(map: &Heatmap<'_>) -> String {
    let mut out = head(map);
    for row in map.values.chunks(map.columns.max(1)).rev() {
        let row: Vec<String> = row.iter().map(f64::to_string).collect();
        out.push_str(&row.join(","));
        out.push('\n');
    }
    out
}
