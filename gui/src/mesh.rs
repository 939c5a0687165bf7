//! Layers of the draw list as triangles on the screen, made anew only when something changed.

use std::sync::Arc;

use egui::{Color32, Mesh, Pos2, Rect as ScreenRect, pos2};
use flagstone_geom::Rect;
use flagstone_netlist::NodeId;
use flagstone_report::scene::{Block, Style};

use crate::board::Sheet;
use crate::camera::Camera;
use crate::state::Detail;
use crate::theme::Palette;

/// Share of its strength that a dimmed object keeps.
pub const DIM: f32 = 0.22;
/// Objects up to which overlapping ones are drawn in the order of the list.
const MOST_SORTED: usize = 20_000;

/// From µm to pixels, in the form that a loop over many rectangles wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The camera.
    pub camera: Camera,
    /// The part of the screen drawn on, in points.
    pub view: ScreenRect,
    /// Pixels per point.
    pub pixels_per_point: f32,
}

impl Frame {
    /// What is visible, µm.
    pub fn window(&self) -> Rect {
        self.camera.world_rect(self.view, self.view)
    }

    /// A rectangle in points, its edges on whole pixels and at least one pixel apart.
    pub fn rect(&self, rect: &Rect) -> ScreenRect {
        let (scale, center) = (self.camera.scale, self.view.center());
        let ppp = f64::from(self.pixels_per_point);
        let x = |um: f64| ((um - self.camera.center.x) * scale + f64::from(center.x)) * ppp;
        let y = |um: f64| ((self.camera.center.y - um) * scale + f64::from(center.y)) * ppp;
        let (x0, y0) = (whole(x(rect.x0)), whole(y(rect.y1)));
        let (x1, y1) = (whole(x(rect.x1)).max(x0 + 1.0), whole(y(rect.y0)).max(y0 + 1.0));
        let point = |x: f64, y: f64| pos2((x / ppp) as f32, (y / ppp) as f32);
        ScreenRect { min: point(x0, y0), max: point(x1, y1) }
    }
}

/// The nearest whole number; quicker than `round`, which is a call on many processors.
fn whole(value: f64) -> f64 {
    const LIMIT: f64 = 1e9;
    f64::from((value.clamp(-LIMIT, LIMIT) + LIMIT + 0.5) as u32) - LIMIT
}

/// Colors of one style, worked out once for a mesh.
#[derive(Clone, Copy)]
struct Ink {
    fill: Color32,
    line: Color32,
    width: f32,
}

/// The colors of every style, at full strength and dimmed.
struct Inks([[Ink; 2]; Style::ALL.len()]);

impl Inks {
    fn new(frame: &Frame, look: &Look<'_>) -> Self {
        let ink = |style: Style, keep: f32| {
            let paint = look.palette.line(style);
            Ink {
                fill: look.palette.fill(style).gamma_multiply(keep * look.strength),
                line: paint.color.gamma_multiply(keep),
                width: paint.width.max(1.0) / frame.pixels_per_point.max(1.0),
            }
        };
        Self(Style::ALL.map(|style| [ink(style, 1.0), ink(style, DIM)]))
    }

    fn of(&self, block: &Block, look: &Look<'_>) -> Ink {
        let bright = |node: NodeId| look.bright.is_none_or(|bright| bright[node.usize()]);
        let dim = !block.node.is_none_or(bright);
        self.0[block.style.index()][usize::from(dim)]
    }
}

/// How the blocks of a sheet look.
pub struct Look<'a> {
    /// Colors.
    pub palette: &'a Palette,
    /// Level of detail.
    pub detail: &'a Detail,
    /// Strength of fills, 0 to 1; below 1 where a heat map lies under them.
    pub strength: f32,
    /// Nodes that keep their full strength; `None` where all do.
    pub bright: Option<&'a [bool]>,
    /// Nodes left out: those being dragged.
    pub without: &'a [NodeId],
    /// Whether orientation marks are drawn.
    pub marks: bool,
}

/// The visible blocks of a sheet with outlines and marks, in the room of a mesh that is no longer
/// needed. Returns how many there are, too.
pub fn blocks(sheet: &Sheet, frame: &Frame, look: &Look<'_>, mut mesh: Mesh) -> (Mesh, usize) {
    let window = frame.window();
    let mut rows = Vec::new();
    sheet.buckets.visit(&window, |row| {
        let rect = &sheet.block(row).rect;
        let visible = rect.x1 >= window.x0
            && rect.x0 <= window.x1
            && rect.y1 >= window.y0
            && rect.y0 <= window.y1;
        if visible {
            rows.push(row);
        }
    });
    if rows.len() <= MOST_SORTED {
        rows.sort_unstable();
    }
    let inks = Inks::new(frame, look);
    let mark_ink = [1.0, DIM].map(|keep| look.palette.fill(Style::Mark).gamma_multiply(keep));
    mesh.clear();
    mesh.reserve_triangles(2 * rows.len());
    mesh.reserve_vertices(4 * rows.len());
    for &row in &rows {
        let block = sheet.block(row);
        if block.node.is_some_and(|node| look.without.contains(&node)) {
            continue;
        }
        let rect = frame.rect(&block.rect);
        let ink = inks.of(block, look);
        if ink.fill.a() > 0 {
            mesh.add_colored_rect(rect, ink.fill);
        }
        let side = rect.width().min(rect.height());
        if side >= look.detail.outline_from {
            outline(&mut mesh, rect, ink.width, ink.line);
        }
        if look.marks
            && side >= look.detail.mark_from
            && let Some(mark) = sheet.mark(row)
        {
            let points = mark.points.map(|p| frame.camera.screen_from_world(p, frame.view));
            let dim = block
                .node
                .is_some_and(|node| look.bright.is_some_and(|bright| !bright[node.usize()]));
            triangle(&mut mesh, points, mark_ink[usize::from(dim)]);
        }
    }
    (mesh, rows.len())
}

/// A frame inside a rectangle.
pub fn outline(mesh: &mut Mesh, rect: ScreenRect, width: f32, color: Color32) {
    if color.a() == 0 {
        return;
    }
    let ScreenRect { min, max } = rect;
    let width = width.min(rect.width() / 2.0).min(rect.height() / 2.0);
    let mut add = |x0, y0, x1, y1| {
        mesh.add_colored_rect(ScreenRect { min: pos2(x0, y0), max: pos2(x1, y1) }, color);
    };
    add(min.x, min.y, max.x, min.y + width);
    add(min.x, max.y - width, max.x, max.y);
    add(min.x, min.y + width, min.x + width, max.y - width);
    add(max.x - width, min.y + width, max.x, max.y - width);
}

fn triangle(mesh: &mut Mesh, points: [Pos2; 3], color: Color32) {
    let first = mesh.vertices.len() as u32;
    for point in points {
        mesh.colored_vertex(point, color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
}

/// A mesh and what it was made from.
pub struct Cached<K> {
    key: Option<K>,
    mesh: Arc<Mesh>,
    /// Objects in it.
    pub objects: usize,
}

impl<K> Default for Cached<K> {
    fn default() -> Self {
        Self { key: None, mesh: Arc::default(), objects: 0 }
    }
}

impl<K: PartialEq> Cached<K> {
    /// The mesh for a key, made only where the key differs from the last one.
    /// `make` is given one to reuse: the memory of the last frame's is warm.
    pub fn get(&mut self, key: K, make: impl FnOnce(Mesh) -> (Mesh, usize)) -> Arc<Mesh> {
        if self.key.as_ref() != Some(&key) {
            let last = Arc::try_unwrap(std::mem::take(&mut self.mesh));
            let mut last = last.unwrap_or_default();
            last.clear();
            let (mesh, objects) = make(last);
            self.mesh = Arc::new(mesh);
            self.objects = objects;
            self.key = Some(key);
        }
        Arc::clone(&self.mesh)
    }
}

#[cfg(test)]
mod tests {
    use egui::vec2;
    use flagstone_geom::Point;

    use super::*;

    #[test]
    fn edges_lie_on_pixels_and_nothing_vanishes() {
        let frame = Frame {
            camera: Camera { center: Point::new(50.0, 50.0), scale: 1.37 },
            view: ScreenRect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 200.0)),
            pixels_per_point: 1.5,
        };
        for value in [-3.5, -0.2, 0.49, 7.51, 1e7] {
            assert!((whole(value) - value).abs() <= 0.5, "{value}");
        }
        for rect in [Rect::new(3.1, 4.2, 17.3, 60.0), Rect::new(50.0, 50.0, 50.001, 50.001)] {
            let shown = frame.rect(&rect);
            for edge in [shown.min.x, shown.min.y, shown.max.x, shown.max.y] {
                let pixel = edge * 1.5;
                assert!((pixel - pixel.round()).abs() < 1e-3, "{edge}");
            }
            assert!(shown.width() * 1.5 > 0.99 && shown.height() * 1.5 > 0.99, "{shown:?}");
        }
    }

    #[test]
    fn a_mesh_is_made_once_for_a_key() {
        let mut cached = Cached::default();
        let mut made = 0;
        for key in [1, 1, 2, 2, 1] {
            cached.get(key, |_| {
                made += 1;
                (Mesh::default(), 0)
            });
        }
        assert_eq!(made, 3);
    }
}
