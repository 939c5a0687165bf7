//! A scene as pixels, drawn from the same list as the SVG.

mod brush;
mod frame;

use flagstone_geom::{Point, Rect};
use thiserror::Error;
use tiny_skia::Pixmap;

pub(crate) use self::brush::Brush;
use crate::font::Font;
use crate::sheet::{Sheet, fit};
use crate::{Block, HeatMap, Label, Layer, Line, Look, Paint, Rgba, Scene, Style, Theme};

/// A picture that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PngError {
    /// No picture of that size can be made.
    #[error("cannot make a picture of {width} x {height} pixels")]
    Size {
        /// Width asked for.
        width: u32,
        /// Height that goes with it.
        height: u32,
    },
    /// The picture cannot be packed.
    #[error("cannot pack the picture: {0}")]
    Encode(String),
}

/// A picture in memory: straight red, green, blue and alpha, the top row first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

/// Draws a scene as PNG.
///
/// # Errors
/// Where the size is zero or too large.
pub fn png(scene: &Scene, look: &Look) -> Result<Vec<u8>, PngError> {
    let picture = paint(scene, look)?;
    picture.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

/// Draws a scene into memory.
///
/// # Errors
/// Where the size is zero or too large.
pub fn pixels(scene: &Scene, look: &Look) -> Result<Pixels, PngError> {
    let picture = paint(scene, look)?;
    let (width, height) = (picture.width(), picture.height());
    Ok(Pixels { width, height, rgba: picture.take_demultiplied() })
}

/// Packs straight RGBA, the top row first, as PNG.
///
/// # Errors
/// Where the size is zero or too large.
pub fn encode_png(rgba: &[u8], width: u32, height: u32) -> Result<Vec<u8>, PngError> {
    let size = || PngError::Size { width, height };
    let mut picture = Pixmap::new(width, height).ok_or_else(size)?;
    for (to, from) in picture.pixels_mut().iter_mut().zip(rgba.chunks_exact(4)) {
        *to = tiny_skia::ColorU8::from_rgba(from[0], from[1], from[2], from[3]).premultiply();
    }
    picture.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

/// Draws a scene.
pub(crate) fn paint(scene: &Scene, look: &Look) -> Result<Pixmap, PngError> {
    /// Longest side; more is a mistake, not a picture.
    const MOST: u32 = 32_768;
    let sheet = Sheet::new(scene, look);
    let (width, height) = sheet.size;
    let size = || PngError::Size { width, height };
    let fits = width.max(height) <= MOST;
    let picture = fits.then(|| Pixmap::new(width, height)).flatten().ok_or_else(size)?;
    let theme = look.theme.unwrap_or_default();
    let over_heat = scene.heat_map().is_some();
    let mut canvas =
        Canvas { brush: Brush::new(picture), sheet, theme, over_heat, font: Font::new() };
    if !look.transparent {
        canvas.brush.clear(theme.background());
    }
    for layer in &scene.layers {
        canvas.layer(layer);
    }
    if sheet.clipped {
        canvas.clean_margins(if look.transparent { Rgba::CLEAR } else { theme.background() });
    }
    canvas.frame(scene);
    Ok(canvas.brush.picture)
}

struct Canvas {
    brush: Brush,
    sheet: Sheet,
    theme: Theme,
    over_heat: bool,
    font: Font,
}

impl Canvas {
    /// Pixels of a place on the sheet.
    fn pixel(&self, at: Point) -> (f32, f32) {
        let [left, top, ..] = self.sheet.view();
        let scale = self.sheet.scale;
        (((at.x - left) * scale) as f32, ((at.y - top) * scale) as f32)
    }

    /// Pixels of a place of the scene.
    fn place(&self, p: Point) -> (f32, f32) {
        self.pixel(self.sheet.at(p))
    }

    /// Left, top, right, bottom in pixels of an area of the scene.
    fn edges(&self, rect: &Rect) -> [f32; 4] {
        let (left, bottom) = self.place(Point::new(rect.x0, rect.y0));
        let (right, top) = self.place(Point::new(rect.x1, rect.y1));
        [left, top, right, bottom]
    }

    fn paint(&self, style: Style) -> Paint {
        if self.over_heat { self.theme.paint_over_heat(style) } else { self.theme.paint(style) }
    }

    fn line_width(&self, style: Style) -> f32 {
        self.paint(style).width * self.sheet.line_scale as f32
    }

    fn layer(&mut self, layer: &Layer) {
        if let Some(map) = &layer.heat {
            self.heat(map);
        }
        let mut marks = layer.marks.iter().peekable();
        for (row, block) in layer.blocks.iter().enumerate() {
            self.block(block);
            if let Some(mark) = marks.next_if(|mark| mark.block as usize == row) {
                let points = mark.points.map(|p| self.place(p));
                self.brush.polygon(&points, self.paint(Style::Mark).fill);
            }
        }
        let radius = 1.5 * self.sheet.line_scale as f32;
        for dot in &layer.dots {
            let (x, y) = self.place(dot.at);
            let color = self.paint(dot.style).fill;
            self.brush.fill([x - radius, y - radius, x + radius, y + radius], color);
        }
        layer.lines.iter().for_each(|line| self.line(line));
        layer.labels.iter().for_each(|label| self.label(label));
    }

    /// Every cell filled up to the whole pixel where the next begins, so that no seam shows.
    fn heat(&mut self, map: &HeatMap) {
        for cell in 0..map.values.len() {
            let Some(share) = map.share(cell) else { continue };
            let [r, g, b] = map.ramp.color(share);
            let edges = self.edges(&map.grid.cell_rect(cell)).map(f32::round);
            self.brush.fill(edges, Rgba([r, g, b, 255]));
        }
    }

    fn block(&mut self, block: &Block) {
        /// Sides in pixels below which an outline would hide the block.
        const OUTLINED: f32 = 4.0;
        let paint = self.paint(block.style);
        let edges @ [left, top, right, bottom] = self.edges(&block.rect);
        if !self.brush.shows(edges) {
            return;
        }
        self.brush.fill(edges, paint.fill);
        let large = (right - left).min(bottom - top) >= OUTLINED;
        if large || paint.fill == Rgba::CLEAR {
            self.brush.outline(edges, paint.stroke, self.line_width(block.style));
        }
    }

    fn line(&mut self, line: &Line) {
        let width = self.line_width(line.style) * line.weight;
        let color = self.paint(line.style).stroke;
        self.brush.line(self.place(line.from), self.place(line.to), color, width);
        if line.arrow {
            let points = self.sheet.arrow_head(line).map(|p| self.place(p));
            self.brush.polygon(&points, color);
        }
    }

    fn label(&mut self, label: &Label) {
        let width = self.font.width(&label.text);
        let Some(fit) = fit(&label.within, width, self.sheet.least_text()) else { return };
        let at = self.place(label.within.center());
        let size = (fit.size * self.sheet.scale) as f32;
        let up = if fit.note { 0.1 } else { 0.35 } * size;
        let color = if self.over_heat { self.theme.label_over_heat() } else { self.theme.label() };
        self.centered(&label.text, size, (at, up, fit.upright), color);
        if fit.note {
            self.centered(label.note, 0.7 * size, (at, 1.05 * size, fit.upright), color);
        }
    }

    /// A text around a middle, its baseline `down` below it, perhaps turned by a quarter.
    fn centered(
        &mut self,
        text: &str,
        size: f32,
        (at, down, upright): ((f32, f32), f32, bool),
        color: Rgba,
    ) {
        let half = 0.5 * size * self.font.width(text) as f32;
        if let Some(outline) = self.font.outline(text, size) {
            self.brush.text(&outline, at, (-half, down), upright, color);
        }
    }

    /// Wipes what was drawn outside the area.
    fn clean_margins(&mut self, color: Rgba) {
        let (width, height) = (self.sheet.size.0 as f32, self.sheet.size.1 as f32);
        let [left, top, right, bottom] = self.edges(&self.sheet.area).map(f32::round);
        let around = [
            [0.0, 0.0, width, top],
            [0.0, bottom, width, height],
            [0.0, top, left, bottom],
            [right, top, width, bottom],
        ];
        for edges in around {
            self.brush.replace(edges, color);
        }
    }
}

#[cfg(test)]
mod tests;
