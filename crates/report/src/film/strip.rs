//! The strips above and below the placement.

use crate::Theme;
use crate::font::Font;
use crate::png::Brush;
use crate::sheet::short_number;

/// Heights in pixels of the title and of the curve.
pub(super) fn heights(width: u32) -> (u32, u32) {
    ((width / 22).max(18), (width / 6).max(48))
}

pub(super) fn background(theme: Theme) -> tiny_skia::Color {
    let [r, g, b, a] = theme.background().0;
    tiny_skia::Color::from_rgba8(r, g, b, a)
}

/// The cost over the steps in the strip at `top`, with a cursor at step `at` of `n`.
pub(super) fn curve(
    brush: &mut Brush,
    font: &Font,
    theme: Theme,
    (top, height): (f32, f32),
    curve: &[(usize, f64)],
    (at, n): (usize, usize),
) {
    let width = brush.picture.width() as f32;
    let (left, right) = (0.09 * width, 0.98 * width);
    let (low, high) = (top + 0.12 * height, top + 0.88 * height);
    let (least, most) = curve
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), point| (a.min(point.1), b.max(point.1)));
    if curve.is_empty() || !(least.is_finite() && most.is_finite()) {
        return;
    }
    let span = if most > least { most - least } else { 1.0 };
    let x = |step: usize| left + (right - left) * step as f32 / (n.max(2) - 1) as f32;
    let y = |cost: f64| high - (high - low) * ((cost - least) / span) as f32;
    let (line, text) = (theme.paint(crate::Style::Grid).stroke, theme.text());
    for edge in [low, high] {
        brush.line((left, edge), (right, edge), line, 1.0);
    }
    let size = (0.13 * height).max(9.0);
    for (value, edge) in [(most, low), (least, high)] {
        let words = short_number(value);
        let start = left - 0.01 * width - size * font.width(&words) as f32;
        if let Some(outline) = font.outline(&words, size) {
            brush.text(&outline, (start, edge + 0.35 * size), (0.0, 0.0), false, text);
        }
    }
    let stroke = (width / 500.0).max(1.2);
    let points: Vec<(f32, f32)> = curve.iter().map(|&(step, cost)| (x(step), y(cost))).collect();
    brush.polyline(&points, theme.paint(crate::Style::FanIn).stroke, stroke);
    let cursor = theme.paint(crate::Style::Selected).stroke;
    brush.line((x(at), low), (x(at), high), cursor, stroke);
    if let Some(&(_, cost)) = curve.iter().rev().find(|point| point.0 <= at) {
        let (cx, cy, r) = (x(at), y(cost), 1.8 * stroke);
        brush.fill([cx - r, cy - r, cx + r, cy + r], cursor);
    }
}
