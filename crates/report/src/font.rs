//! Glyphs of the one font pictures are drawn with.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use tiny_skia::{Path, PathBuilder, Transform};

/// The font, or none where it cannot be read; then nothing is written.
pub(crate) struct Font {
    face: Option<FontRef<'static>>,
}

impl Font {
    /// The font that the viewer uses, too.
    pub(crate) fn new() -> Self {
        Self { face: FontRef::new(epaint_default_fonts::UBUNTU_LIGHT).ok() }
    }

    /// Width of a text of size 1.
    pub(crate) fn width(&self, text: &str) -> f64 {
        let Some(face) = &self.face else { return 0.0 };
        let metrics = face.glyph_metrics(Size::new(1.0), LocationRef::default());
        let charmap = face.charmap();
        let glyphs = text.chars().map(|c| charmap.map(c).unwrap_or_default());
        glyphs.map(|glyph| f64::from(metrics.advance_width(glyph).unwrap_or(0.5))).sum()
    }

    /// The outline of a text, its baseline beginning at the origin, y downwards.
    pub(crate) fn outline(&self, text: &str, size: f32) -> Option<Path> {
        let face = self.face.as_ref()?;
        let metrics = face.glyph_metrics(Size::new(size), LocationRef::default());
        let (charmap, outlines) = (face.charmap(), face.outline_glyphs());
        let mut pen = Pen { path: PathBuilder::new(), x: 0.0 };
        for c in text.chars() {
            let glyph = charmap.map(c).unwrap_or_default();
            if let Some(outline) = outlines.get(glyph) {
                let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
                // A glyph that cannot be drawn leaves its space empty.
                let _ = outline.draw(settings, &mut pen);
            }
            pen.x += metrics.advance_width(glyph).unwrap_or(0.5 * size);
        }
        pen.path.finish()?.transform(Transform::from_scale(1.0, -1.0))
    }
}

/// Collects outlines side by side.
struct Pen {
    path: PathBuilder,
    x: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, cy, self.x + x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + ax, ay, self.x + bx, by, self.x + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_as_wide_as_they_measure() {
        let font = Font::new();
        let path = font.outline("macro_17", 100.0).unwrap();
        let wide = f64::from(path.bounds().right());
        assert!((100.0 * font.width("macro_17") - wide).abs() < 10.0, "{wide}");
        assert!(path.bounds().top() < -50.0, "letters stand on the baseline");
        assert!(font.outline("", 10.0).is_none(), "nothing to draw");
    }
}
