//! The cost over the steps, with a cursor that can be dragged.

use egui::{Align2, FontId, Pos2, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::Replay;
use crate::command::Command;
use crate::theme::Palette;

/// Height in points.
const HEIGHT: f32 = 72.0;
/// Room on the left for two numbers.
const NUMBERS: f32 = 52.0;

/// Draws the curve; returns where it was clicked or dragged to.
pub(super) fn ui(replay: &Replay, palette: &Palette, ui: &mut Ui) -> Option<Command> {
    let size = vec2(ui.available_width(), HEIGHT);
    let (response, painter) = ui.allocate_painter(size, Sense::click_and_drag());
    let label = || egui::WidgetInfo::labeled(egui::Role::Slider, true, "Cost over the steps");
    response.widget_info(label);
    let area = response.rect.shrink2(vec2(4.0, 8.0));
    let (left, right) = (area.left() + NUMBERS, area.right());
    let last = (replay.player().len() - 1).max(1) as f32;
    let costs = replay.curve().iter().map(|point| point.1);
    let least = costs.clone().fold(f64::INFINITY, f64::min);
    let most = costs.fold(f64::NEG_INFINITY, f64::max);
    let x = |step: usize| left + (right - left) * step as f32 / last;
    let span = if most > least { most - least } else { 1.0 };
    let y = |cost: f64| area.bottom() - area.height() * ((cost - least) / span) as f32;
    if least.is_finite() && most.is_finite() {
        let points: Vec<Pos2> =
            replay.curve().iter().map(|&(step, cost)| pos2(x(step), y(cost))).collect();
        painter.add(Shape::line(points, Stroke::new(1.5, palette.curve)));
        for (cost, at) in [(most, area.top()), (least, area.bottom())] {
            let text = format!("{cost:.4}");
            let at = pos2(left - 6.0, at);
            painter.text(at, Align2::RIGHT_CENTER, text, FontId::monospace(11.0), palette.text);
        }
        let at = replay.player().at();
        let cursor = Stroke::new(1.5, palette.ruler);
        painter.vline(x(at), area.y_range(), cursor);
        if let Some(&(_, cost)) = replay.curve().iter().rev().find(|point| point.0 <= at) {
            painter.circle_filled(pos2(x(at), y(cost)), 3.5, palette.ruler);
        }
    }
    let pressed = response.dragged() || response.clicked();
    let pointer = response.interact_pointer_pos().filter(|_| pressed)?;
    let share = ((pointer.x - left) / (right - left)).clamp(0.0, 1.0);
    Some(Command::Seek((share * last).round() as usize))
}
