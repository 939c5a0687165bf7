use flagstone_cost::{Rules, evaluate};
use flagstone_formats::heatmap_csv::{self, Heatmap};
use flagstone_formats::klayout::lyimg;
use flagstone_geom::Rect;
use flagstone_report::HeatMap;

use crate::{Design, Error};

/// What a heat map shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Map {
    /// Covered share of each cell.
    #[default]
    Density,
    /// The larger of horizontal and vertical congestion.
    Congestion,
    /// Horizontal routing demand over supply.
    Horizontal,
    /// Vertical routing demand over supply.
    Vertical,
    /// Wire of each net spread over its box.
    Rudy,
    /// Pins per µm².
    PinDensity,
}

/// Colours of a map in KLayout.
const COLORS: usize = 9;

/// A map of a design's placement.
pub fn heat_map(design: &Design, map: Map) -> HeatMap {
    let Design { netlist, canvas, placement, .. } = design;
    let found = || evaluate(netlist, canvas, placement, Rules::Clamp);
    match map {
        Map::Density => HeatMap::density(canvas, &found()),
        Map::Congestion => HeatMap::congestion(canvas, &found()),
        Map::Horizontal => HeatMap::congestion_horizontal(canvas, &found()),
        Map::Vertical => HeatMap::congestion_vertical(canvas, &found()),
        Map::Rudy => HeatMap::rudy(netlist, canvas, placement),
        Map::PinDensity => HeatMap::pin_density(netlist, canvas, placement),
    }
}

/// A map as a table, over the canvas.
pub fn to_csv(design: &Design, map: &HeatMap, matrix: bool) -> String {
    let unit = if map.unit.is_empty() { "1" } else { &map.unit };
    let table = Heatmap {
        width: design.canvas.width,
        height: design.canvas.height,
        columns: map.grid.columns as usize,
        units: unit,
        values: &map.values,
    };
    if matrix { heatmap_csv::matrix(&table) } else { heatmap_csv::list(&table) }
}

/// A map as KLayout's image, where the design's files have the canvas.
///
/// # Errors
/// If the map has no cells.
pub fn to_lyimg(design: &Design, map: &HeatMap) -> Result<Vec<u8>, Error> {
    let (x, y) = design.origin;
    let colors: Vec<(f64, [u8; 3])> = (0..COLORS)
        .map(|k| k as f64 / (COLORS - 1) as f64)
        .map(|at| (at, map.ramp.color(at)))
        .collect();
    let image = lyimg::Image {
        area: Rect { x0: x, y0: y, x1: x + design.canvas.width, y1: y + design.canvas.height },
        columns: map.grid.columns as usize,
        rows: map.grid.rows as usize,
        values: &map.values,
        min: map.range.0,
        max: map.range.1,
        colors: &colors,
    };
    lyimg::write(&image).map_err(|error| Error::unusable(&design.name, error.to_string()))
}
