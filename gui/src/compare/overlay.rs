//! Outlines and arrows over the canvas.

use egui::{Mesh, Painter, Shape, Stroke, StrokeKind};
use flagstone_report::scene::Style;

use super::Compare;
use crate::mesh::Frame;
use crate::theme::Palette;

/// Arrows shorter than this many points would be dots.
const SHORTEST: f32 = 3.0;

/// Draws where the other placement has its macros, and the ways from there to here.
pub fn draw(painter: &Painter, frame: &Frame, compare: &Compare, palette: &Palette) {
    let Some(answer) = compare.answer() else { return };
    let window = frame.window();
    let mut fill = Mesh::default();
    for block in &answer.ghost.blocks {
        if block.rect.intersection(&window).is_some() {
            fill.add_colored_rect(frame.rect(&block.rect), palette.fill(Style::Ghost));
        }
    }
    painter.add(Shape::mesh(fill));
    for block in &answer.ghost.blocks {
        if block.rect.intersection(&window).is_some() {
            let line = palette.line(Style::Ghost);
            painter.rect_stroke(frame.rect(&block.rect), 0.0, line, StrokeKind::Inside);
        }
    }
    let line = palette.line(Style::Arrow);
    for arrow in &answer.arrows.lines {
        let at = |p| frame.camera.screen_from_world(p, frame.view);
        let (from, to) = (at(arrow.from), at(arrow.to));
        let shown = frame.view.intersects(egui::Rect::from_two_pos(from, to));
        if shown && (to - from).length() >= SHORTEST {
            painter.arrow(from, to - from, Stroke::new(line.width, line.color));
        }
    }
}
