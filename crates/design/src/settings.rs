use flagstone_cost::Weights;
use flagstone_netlist::Canvas;
use serde::{Deserialize, Serialize};

use crate::{Error, UnpackConfig};

/// Overrides of the canvas and the weights; what is not given comes from the `.plc` header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Width of the canvas in µm.
    pub width: Option<f64>,
    /// Height of the canvas in µm.
    pub height: Option<f64>,
    /// Columns of the placement grid.
    pub columns: Option<u32>,
    /// Rows of the placement grid.
    pub rows: Option<u32>,
    /// Columns of the congestion grid, where it differs.
    pub congestion_columns: Option<u32>,
    /// Rows of the congestion grid, where it differs.
    pub congestion_rows: Option<u32>,
    /// Horizontal routing tracks per µm.
    pub routes_horizontal: Option<f64>,
    /// Vertical routing tracks per µm.
    pub routes_vertical: Option<f64>,
    /// Horizontal tracks per µm that a hard macro uses up.
    pub macro_routes_horizontal: Option<f64>,
    /// Vertical tracks per µm that a hard macro uses up.
    pub macro_routes_vertical: Option<f64>,
    /// Cells over which routing demand is spread to each side.
    pub smoothing: Option<u32>,
    /// Overlap of two macros that `plc-server`'s masks let pass, relative to the smaller one's area;
    /// written into a `.plc`. Placing and `check` allow none.
    pub overlap_threshold: Option<f64>,
    /// Weights of the cost terms.
    pub weights: Option<Weights>,
    /// What packed files may unpack to.
    pub unpack: Option<UnpackConfig>,
}

impl Settings {
    /// Takes the overrides over into a canvas.
    pub fn apply(&self, canvas: &mut Canvas) {
        fn set<T: Copy>(to: &mut T, from: Option<T>) {
            *to = from.unwrap_or(*to);
        }
        set(&mut canvas.width, self.width);
        set(&mut canvas.height, self.height);
        set(&mut canvas.columns, self.columns);
        set(&mut canvas.rows, self.rows);
        set(&mut canvas.routes_horizontal, self.routes_horizontal);
        set(&mut canvas.routes_vertical, self.routes_vertical);
        set(&mut canvas.macro_routes_horizontal, self.macro_routes_horizontal);
        set(&mut canvas.macro_routes_vertical, self.macro_routes_vertical);
        set(&mut canvas.smoothing, self.smoothing);
        set(&mut canvas.overlap_threshold, self.overlap_threshold);
        if self.congestion_columns.is_some() || self.congestion_rows.is_some() {
            let (columns, rows) = canvas.congestion_grid.unwrap_or((canvas.columns, canvas.rows));
            canvas.congestion_grid = Some((
                self.congestion_columns.unwrap_or(columns),
                self.congestion_rows.unwrap_or(rows),
            ));
        }
    }
}

/// Refuses canvases that nothing can be computed on.
pub(crate) fn usable(canvas: &Canvas) -> Result<(), Error> {
    const MOST_CELLS: u64 = 1 << 22;
    let positive = |value: f64| value.is_finite() && value > 0.0;
    let wrong = |what: String| Err(Error::Settings(what));
    let (columns, rows) = canvas.congestion_grid.unwrap_or((canvas.columns, canvas.rows));
    for (columns, rows) in [(canvas.columns, canvas.rows), (columns, rows)] {
        if !(1..=MOST_CELLS).contains(&(u64::from(columns) * u64::from(rows))) {
            return wrong(format!(
                "a grid of {columns} x {rows} cells, expected 1 to {MOST_CELLS}"
            ));
        }
    }
    if !positive(canvas.width) || !positive(canvas.height) {
        return wrong(format!("a canvas of {} x {} µm has no area", canvas.width, canvas.height));
    }
    if !positive(canvas.routes_horizontal) || !positive(canvas.routes_vertical) {
        return wrong("routes per µm must be above zero".to_owned());
    }
    let macros = [canvas.macro_routes_horizontal, canvas.macro_routes_vertical];
    if macros.iter().any(|routes| !routes.is_finite()) {
        return wrong("routes used by macros must be numbers".to_owned());
    }
    Ok(())
}
