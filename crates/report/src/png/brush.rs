//! Shapes in pixels.

use tiny_skia::{
    BlendMode, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::Rgba;

/// Draws on a picture.
pub(crate) struct Brush {
    pub(crate) picture: Pixmap,
}

fn paint(color: Rgba) -> Paint<'static> {
    let [r, g, b, a] = color.0;
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, a);
    paint
}

fn rect([left, top, right, bottom]: [f32; 4]) -> Option<Rect> {
    Rect::from_ltrb(left, top, right, bottom)
}

impl Brush {
    pub(crate) fn new(picture: Pixmap) -> Self {
        Self { picture }
    }

    /// Whether any of an area lies on the picture.
    pub(crate) fn shows(&self, [left, top, right, bottom]: [f32; 4]) -> bool {
        let (width, height) = (self.picture.width() as f32, self.picture.height() as f32);
        right >= 0.0 && bottom >= 0.0 && left <= width && top <= height
    }

    pub(crate) fn clear(&mut self, color: Rgba) {
        let [r, g, b, a] = color.0;
        self.picture.fill(tiny_skia::Color::from_rgba8(r, g, b, a));
    }

    pub(crate) fn fill(&mut self, edges: [f32; 4], color: Rgba) {
        if let Some(rect) = rect(edges).filter(|_| color != Rgba::CLEAR) {
            self.picture.fill_rect(rect, &paint(color), Transform::identity(), None);
        }
    }

    /// Fills an area and forgets what was there.
    pub(crate) fn replace(&mut self, edges: [f32; 4], color: Rgba) {
        if let Some(rect) = rect(edges) {
            let mut paint = paint(color);
            paint.blend_mode = BlendMode::Source;
            self.picture.fill_rect(rect, &paint, Transform::identity(), None);
        }
    }

    pub(crate) fn outline(&mut self, edges: [f32; 4], color: Rgba, width: f32) {
        if let Some(rect) = rect(edges) {
            self.stroke(&PathBuilder::from_rect(rect), color, width);
        }
    }

    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), color: Rgba, width: f32) {
        self.polyline(&[from, to], color, width);
    }

    pub(crate) fn polyline(&mut self, points: &[(f32, f32)], color: Rgba, width: f32) {
        if let Some(path) = through(points, false) {
            self.stroke(&path, color, width);
        }
    }

    pub(crate) fn polygon(&mut self, points: &[(f32, f32)], color: Rgba) {
        if let Some(path) = through(points, true) {
            let rule = FillRule::Winding;
            self.picture.fill_path(&path, &paint(color), rule, Transform::identity(), None);
        }
    }

    /// An outline of text: moved to `at`, turned by a quarter if `upright`, shifted within.
    pub(crate) fn text(
        &mut self,
        outline: &Path,
        (x, y): (f32, f32),
        (dx, dy): (f32, f32),
        upright: bool,
        color: Rgba,
    ) {
        let turned = if upright {
            Transform::from_row(0.0, -1.0, 1.0, 0.0, x, y)
        } else {
            Transform::from_translate(x, y)
        };
        let place = turned.pre_translate(dx, dy);
        self.picture.fill_path(outline, &paint(color), FillRule::Winding, place, None);
    }

    fn stroke(&mut self, path: &Path, color: Rgba, width: f32) {
        if color.0[3] == 0 || width <= 0.0 {
            return;
        }
        let stroke = Stroke { width, line_cap: LineCap::Butt, ..Stroke::default() };
        self.picture.stroke_path(path, &paint(color), &stroke, Transform::identity(), None);
    }
}

fn through(points: &[(f32, f32)], close: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if close {
        path.close();
    }
    path.finish()
}
