//! Lines: the grid, halos, flylines and bundles.

use egui::{Mesh, Painter, Rect as ScreenRect, Shape, vec2};
use flagstone_geom::Point;
use flagstone_report::scene::layers;
use flagstone_report::scene::{Line, Style};

use crate::board::Sheet;
use crate::canvas::CanvasData;
use crate::mesh::Frame;
use crate::theme::Palette;

pub(super) fn grid(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    /// Points between two lines below which they would be a haze.
    const LEAST: f64 = 6.0;
    let canvas = &data.session.design.canvas;
    let grid = canvas.grid();
    if grid.cell_width().min(grid.cell_height()) * frame.camera.scale < LEAST {
        return;
    }
    let area = frame.rect(&canvas.rect());
    let stroke = palette.line(Style::Grid);
    for line in layers::grid(canvas).lines {
        let from = frame.camera.screen_from_world(line.from, frame.view);
        if line.from.x == line.to.x {
            painter.vline(from.x.round(), area.y_range(), stroke);
        } else {
            painter.hline(area.x_range(), from.y.round(), stroke);
        }
    }
}

pub(super) fn halos(painter: &Painter, frame: &Frame, sheet: &Sheet, halo: f64, palette: &Palette) {
    let mut mesh = Mesh::default();
    sheet.buckets.visit(&frame.window().grown(halo, halo), |row| {
        let rect = sheet.block(row).rect.grown(halo, halo);
        mesh.add_colored_rect(frame.rect(&rect), palette.halo);
    });
    painter.add(Shape::mesh(mesh));
}

pub(super) fn add_line(mesh: &mut Mesh, line: &Line, frame: &Frame, palette: &Palette) {
    let stroke = palette.line(line.style);
    let at = |p: Point| frame.camera.screen_from_world(p, frame.view);
    let (a, b) = (at(line.from), at(line.to));
    if !frame.view.intersects(ScreenRect::from_two_pos(a, b).expand(1.0)) {
        return;
    }
    let along = (b - a).normalized();
    let side = vec2(-along.y, along.x) * (stroke.width * line.weight).max(0.7) / 2.0;
    let first = mesh.vertices.len() as u32;
    for point in [a + side, a - side, b - side, b + side] {
        mesh.colored_vertex(point, stroke.color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}
