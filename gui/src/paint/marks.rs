//! What lies over the sheets: pins, highlights, violations, what moves.

use egui::{Mesh, Painter, Pos2, Shape, Stroke, StrokeKind};
use flagstone_geom::Rect;
use flagstone_netlist::{Kind, NodeId};
use flagstone_report::scene::{LayerId, Style};

use crate::canvas::CanvasData;
use crate::compare::{self, Compare, Side};
use crate::mesh::{self, Frame};
use crate::theme::Palette;

pub(super) fn pins(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    const SIDE: f64 = 3.0;
    let (board, placement) = data.shown();
    let netlist = data.session.netlist();
    let mut mesh = Mesh::default();
    let least = f64::from(data.state.settings.detail.pins_from);
    let color = palette.fill(Style::Pin);
    let side = SIDE / frame.camera.scale;
    let visible = board.inside(&frame.window(), &[LayerId::Hard, LayerId::Fixed]);
    for node in visible {
        let (width, height) = netlist.size(node);
        if width.min(height) * frame.camera.scale < least {
            continue;
        }
        for &pin in netlist.node_pins.row(node) {
            let rect = Rect::centered(placement.pin(netlist, pin), side, side);
            mesh.add_colored_rect(frame.rect(&rect), color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Where the policy would most likely put the macro whose map is shown.
pub(super) fn advised(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    let session = data.session;
    let drawn = !data.other && session.replay.is_none();
    let of_policy = drawn && data.state.settings.heat.kind.is_of_policy();
    let Some(Ok(advice)) = session.advice.as_ref().filter(|_| of_policy) else { return };
    let center = session.design.canvas.grid().center(advice.cell);
    let (width, height) = session.netlist().size(advice.node);
    let rect = frame.rect(&Rect::centered(center, width, height));
    let line = palette.line(Style::Ghost);
    let dashes = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
    let around: Vec<Pos2> = dashes.into_iter().chain([dashes[0]]).collect();
    painter.extend(Shape::dashed_line(&around, Stroke::new(2.0, line.color), 6.0, 4.0));
}

/// What a recording's step moved; the placement compared with.
pub(super) fn reviewed(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    let session = data.session;
    if let Some(replay) = &session.replay {
        for node in replay.outlined(&session.design) {
            outline_node(painter, frame, data, node, palette.line(Style::Selected));
        }
    }
    let over = |compare: &&Compare| compare.side == Side::Over && !compare.blinked && !data.other;
    if let Some(compare) = session.compare.as_ref().filter(over) {
        compare::draw(painter, frame, compare, palette);
    }
}

pub(super) fn outline_node(
    painter: &Painter,
    frame: &Frame,
    data: &CanvasData<'_>,
    node: NodeId,
    stroke: Stroke,
) {
    let rect = shown_rect(data, node);
    painter.rect_stroke(frame.rect(&rect).expand(1.0), 0.0, stroke, StrokeKind::Outside);
}

/// Where a node is drawn: a port as its square, a dragged macro where the pointer has it.
fn shown_rect(data: &CanvasData<'_>, node: NodeId) -> Rect {
    let session = data.session;
    let placement =
        if session.drag.is_some() { session.engine.placement() } else { &**data.shown().1 };
    if session.netlist().kind(node) == Kind::Port {
        let canvas = &session.design.canvas;
        let side = canvas.width.max(canvas.height) / 160.0;
        return Rect::centered(placement.center(node), side, side);
    }
    placement.rect(session.netlist(), node)
}

pub(super) fn highlights(
    painter: &Painter,
    frame: &Frame,
    data: &CanvasData<'_>,
    palette: &Palette,
) {
    for (group, nodes) in data.session.groups.nodes.iter().enumerate() {
        let style = Style::group(group);
        for &node in nodes {
            let rect = frame.rect(&shown_rect(data, node));
            painter.rect_filled(rect, 0.0, palette.fill(style));
            painter.rect_stroke(rect, 0.0, palette.line(style), StrokeKind::Inside);
        }
    }
    let line = palette.line(Style::Selected);
    let window = frame.window();
    let mut mesh = Mesh::default();
    for node in data.session.selection.iter() {
        let rect = shown_rect(data, node);
        if rect.intersection(&window).is_some() {
            let rect = frame.rect(&rect).expand(line.width);
            mesh::outline(&mut mesh, rect, line.width, line.color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

pub(super) fn violations(
    painter: &Painter,
    frame: &Frame,
    data: &CanvasData<'_>,
    palette: &Palette,
) {
    if !data.session.idle() || data.other {
        return;
    }
    let (fill, line) = (palette.fill(Style::Marker), palette.line(Style::Marker));
    let window = frame.window();
    let mut mesh = Mesh::default();
    for rect in crate::markers::illegal(data.session) {
        if rect.intersection(&window).is_some() {
            let rect = frame.rect(&rect);
            mesh.add_colored_rect(rect, fill);
            mesh::outline(&mut mesh, rect, line.width, line.color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// The macros that follow the pointer, red where they would be illegal, and where they come from.
pub(super) fn dragged(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    let Some(drag) = &data.session.drag else { return };
    let session = data.session;
    for (&node, &illegal) in drag.nodes.iter().zip(&drag.illegal) {
        let was = session.placement.rect(session.netlist(), node);
        let ghost = palette.line(Style::Ghost);
        painter.rect_stroke(frame.rect(&was), 0.0, ghost, StrokeKind::Inside);
        let rect = frame.rect(&shown_rect(data, node));
        let style = match session.netlist().kind(node) {
            Kind::HardMacro => Style::Hard,
            _ => Style::Soft,
        };
        let fill = if illegal { palette.illegal.gamma_multiply(0.6) } else { palette.fill(style) };
        painter.rect_filled(rect, 0.0, fill);
        let color = if illegal { palette.illegal } else { palette.stroke(Style::Selected) };
        painter.rect_stroke(rect, 0.0, Stroke::new(2.0, color), StrokeKind::Inside);
    }
}
