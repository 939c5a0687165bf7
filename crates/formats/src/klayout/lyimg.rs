//! `.lyimg`, KLayout's image: a map of numbers under the layout whose range and colours the user
//! can change.

use flagstone_geom::Rect;
use thiserror::Error;

use super::xml::to_bytes;

/// A map of numbers over an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Image<'a> {
    /// The area covered, µm.
    pub area: Rect,
    /// Cells from left to right.
    pub columns: usize,
    /// Cells from bottom to top.
    pub rows: usize,
    /// The numbers, row after row from the bottom; what is not finite is shown as `min`.
    pub values: &'a [f64],
    /// Value of the first colour.
    pub min: f64,
    /// Value of the last colour.
    pub max: f64,
    /// Positions from 0 to 1 and colours as red, green, blue.
    pub colors: &'a [(f64, [u8; 3])],
}

/// The map has not one number for each cell.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{found} numbers for {columns} columns and {rows} rows")]
pub struct ShapeError {
    /// Columns stated.
    pub columns: usize,
    /// Rows stated.
    pub rows: usize,
    /// Numbers given.
    pub found: usize,
}

/// Writes an image.
///
/// # Errors
/// If there is not one number for each cell.
pub fn write(image: &Image<'_>) -> Result<Vec<u8>, ShapeError> {
    let (columns, rows) = (image.columns, image.rows);
    if columns == 0 || columns.checked_mul(rows) != Some(image.values.len()) || rows == 0 {
        return Err(ShapeError { columns, rows, found: image.values.len() });
    }
    let (dx, dy) = (image.area.width() / columns as f64, image.area.height() / rows as f64);
    let center = image.area.center();
    let matrix = format!("({dx},0,{}) (0,{dy},{}) (0,0,1)", center.x, center.y);
    Ok(to_bytes(|xml| {
        xml.open("image-data", &[])?;
        xml.text("color", "false")?;
        xml.text("width", &columns.to_string())?;
        xml.text("height", &rows.to_string())?;
        xml.text("matrix", &matrix)?;
        xml.text("min-value", &image.min.to_string())?;
        xml.text("max-value", &image.max.to_string())?;
        xml.open("data-mapping", &[])?;
        xml.open("color-map", &[])?;
        for (position, [red, green, blue]) in image.colors {
            let entry = format!("{position}:'#{red:02x}{green:02x}{blue:02x}'");
            xml.text("color-map-entry", &entry)?;
        }
        xml.close("color-map")?;
        for (name, text) in [
            ("brightness", "0"),
            ("contrast", "0"),
            ("gamma", "1"),
            ("red-gain", "1"),
            ("green-gain", "1"),
            ("blue-gain", "1"),
        ] {
            xml.text(name, text)?;
        }
        xml.close("data-mapping")?;
        for row in image.values.chunks(columns) {
            let shown = |&v: &f64| (if v.is_finite() { v } else { image.min }).to_string();
            let row: Vec<String> = row.iter().map(shown).collect();
            xml.text("data", &row.join(";"))?;
        }
        xml.close("image-data")
    }))
}
