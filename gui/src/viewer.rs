use egui::{Painter, Rect, Sense, Stroke, StrokeKind, Ui};
use flagstone_geom::Point;
use flagstone_netlist::{Kind, NodeId};

use crate::camera::Camera;
use crate::design::Design;
use crate::theme;

/// The window's state.
pub(crate) struct Viewer {
    design: Design,
    camera: Option<Camera>,
}

impl Viewer {
    pub(crate) fn new(design: Design) -> Self {
        Self { design, camera: None }
    }
}

impl eframe::App for Viewer {
    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let cost = &self.design.cost;
        ui.label(format!(
            "{}   proxy {:.4}   wirelength {:.4}   density {:.4}   congestion {:.4}",
            self.design.name, self.design.proxy, cost.wirelength, cost.density, cost.congestion
        ));
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
        let view = response.rect;
        let (width, height) = (self.design.canvas.width, self.design.canvas.height);
        let camera = self.camera.get_or_insert_with(|| Camera::fit(width, height, view));
        if ui.input(|input| input.key_pressed(egui::Key::F)) {
            *camera = Camera::fit(width, height, view);
        }
        camera.pan(response.drag_delta());
        if let Some(pointer) = response.hover_pos() {
            let scrolled = ui.input(|input| input.smooth_scroll_delta.y);
            if scrolled != 0.0 {
                camera.zoom((f64::from(scrolled) / 200.0).exp(), pointer, view);
            }
        }
        let camera = *camera;
        draw(&self.design, &camera, &painter, view);
        let pointed = response.hover_pos().map(|p| camera.world_from_screen(p, view));
        if let Some(node) = pointed.and_then(|p| macro_at(&self.design, p)) {
            let rect = screen_rect(&self.design, &camera, view, node);
            let stroke = Stroke::new(2.0, theme::SELECTED);
            painter.rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
            response.on_hover_text(describe(&self.design, node));
        }
    }
}

fn screen_rect(design: &Design, camera: &Camera, view: Rect, node: NodeId) -> Rect {
    let rect = design.placement.rect(&design.netlist, node);
    Rect::from_two_pos(
        camera.screen_from_world(Point::new(rect.x0, rect.y0), view),
        camera.screen_from_world(Point::new(rect.x1, rect.y1), view),
    )
}

/// Canvas, soft macros, hard macros with their corner marks, ports; back to front.
fn draw(design: &Design, camera: &Camera, painter: &Painter, view: Rect) {
    let canvas = design.canvas.rect();
    let area = Rect::from_two_pos(
        camera.screen_from_world(Point::new(canvas.x0, canvas.y0), view),
        camera.screen_from_world(Point::new(canvas.x1, canvas.y1), view),
    );
    let outline = Stroke::new(1.0, theme::OUTLINE);
    painter.rect(area, 0.0, theme::CANVAS, outline, StrokeKind::Outside);
    for node in design.netlist.nodes_of(Kind::SoftMacro) {
        painter.rect_filled(screen_rect(design, camera, view, node), 0.0, theme::SOFT);
    }
    for node in design.netlist.nodes_of(Kind::HardMacro) {
        let rect = screen_rect(design, camera, view, node);
        let fixed = design.placement.fixed[node.usize()];
        let fill = if fixed { theme::FIXED } else { theme::HARD };
        painter.rect(rect, 0.0, fill, outline, StrokeKind::Inside);
        mark(design, painter, rect, node);
    }
    for node in design.netlist.nodes_of(Kind::Port) {
        let at = camera.screen_from_world(design.placement.center(node), view);
        painter.circle_filled(at, 2.0, theme::PORT);
    }
}

/// A triangle in the corner that is the lower left one in orientation `N`.
fn mark(design: &Design, painter: &Painter, rect: Rect, node: NodeId) {
    const LEAST_SIDE: f32 = 5.0;
    let side = rect.width().min(rect.height());
    if side < LEAST_SIDE {
        return;
    }
    let (sx, sy) = design.placement.orientation[node.usize()].apply(-1.0, -1.0);
    // The screen's y points down.
    let (sx, sy) = (sx as f32, -sy as f32);
    let corner = rect.center() + egui::vec2(sx * rect.width() / 2.0, sy * rect.height() / 2.0);
    let size = 0.28 * side;
    let points =
        vec![corner, corner - egui::vec2(sx * size, 0.0), corner - egui::vec2(0.0, sy * size)];
    painter.add(egui::Shape::convex_polygon(points, theme::MARK, Stroke::NONE));
}

/// The smallest macro that covers a place; hard macros first.
fn macro_at(design: &Design, p: Point) -> Option<NodeId> {
    let covers = |&node: &NodeId| design.placement.rect(&design.netlist, node).contains(p);
    let smallest = |kind| {
        let under = design.netlist.nodes_of(kind).filter(covers);
        under.min_by(|&a, &b| design.netlist.area(a).total_cmp(&design.netlist.area(b)))
    };
    smallest(Kind::HardMacro).or_else(|| smallest(Kind::SoftMacro))
}

fn describe(design: &Design, node: NodeId) -> String {
    let (width, height) = design.netlist.size(node);
    let at = design.placement.center(node);
    format!(
        "{}\n{width:.2} x {height:.2} um, {}\ncenter {:.2}, {:.2}\n{} nets",
        design.netlist.node_name(node),
        design.placement.orientation[node.usize()],
        at.x,
        at.y,
        design.netlist.node_nets.row(node).len()
    )
}
