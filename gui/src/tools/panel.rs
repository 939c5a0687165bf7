//! Starting tools and watching them work.

use egui::{Pos2, ProgressBar, ScrollArea, Sense, Shape, Stroke, Ui, vec2};

use super::Run;
use crate::command::{Action, Command, entry};
use crate::data::Data;
use crate::theme;

/// The panel; it remembers nothing.
pub fn ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    match &data.session.run {
        Some(run) => at_work(run, data, ui),
        None => start(ui),
    }
}

/// Buttons for every tool.
fn start(ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    let about: [(Action, &str); 8] = [
        (Action::Refine, "Annealing and descent, below half a minute"),
        (Action::RefineLong, "Annealing and descent, a few minutes"),
        (Action::Descend, "Every macro to better cells nearby"),
        (Action::Legalize, "Every hard macro to the nearest legal cell"),
        (Action::SpreadSoft, "Springs and pushes, as circuit_training places soft macros"),
        (Action::Greedy, "Every hard macro, the largest first, where wires grow least"),
        (Action::PlaceWithPolicy, "Runs `flagstone place` beside the window"),
        (Action::Train, "Runs `flagstone train` beside the window and shows its best"),
    ];
    for (action, text) in about {
        let button = egui::Button::new(entry(action).name);
        let width = ui.available_width();
        if ui.add_sized([width, 24.0], button).on_hover_text(text).clicked() {
            command = Some(Command::Do(action));
        }
    }
    ui.separator();
    ui.weak(
        "The window stays usable while a tool works. Its result is one edit that can be undone.",
    );
    ui.weak("Drop a run folder on the window to watch a training run.");
    command
}

fn at_work(run: &Run, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    let secs = run.started.elapsed().as_secs();
    ui.horizontal(|ui| {
        if !run.paused {
            ui.spinner();
        }
        let state = match (run.stopping, run.paused) {
            (true, _) => "is stopping",
            (false, true) => "waits",
            (false, false) => "is at work",
        };
        ui.strong(format!("{} {state}, {secs} s", run.tool.name()));
    });
    match run.done {
        Some(done) => ui.add(ProgressBar::new(done as f32).show_percentage()),
        None => ui.weak("no end is known"),
    };
    let now = data.session.engine.cost().proxy(&data.session.design.weights);
    let palette = theme::palette(ui.visuals().dark_mode);
    if let Some([_, best]) = run.curve.last() {
        ui.label(format!("best proxy {best:.5}, was {now:.5}"));
        if let Some(color) = palette.change(best - now) {
            ui.colored_label(color, format!("{:+.5}", best - now));
        }
    }
    plot(&run.curve, ui);
    let pausable = run.tool.can_wait();
    ui.horizontal_wrapped(|ui| {
        let text = if run.paused { "Continue" } else { "Pause" };
        if ui.add_enabled(pausable, egui::Button::new(text)).clicked() {
            command = Some(Command::Do(Action::Pause));
        }
        if ui.button("Stop, keep the best").clicked() {
            command = Some(Command::Do(Action::StopAndKeep));
        }
        if ui.button("Stop, drop the result").clicked() {
            command = Some(Command::Do(Action::StopAndDrop));
        }
    });
    ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
        for line in &run.lines {
            ui.add(egui::Label::new(egui::RichText::new(line).monospace()).wrap());
        }
    });
    command
}

/// The best cost over time.
pub fn plot(curve: &[[f64; 2]], ui: &mut Ui) {
    const HEIGHT: f32 = 90.0;
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let palette = theme::palette(ui.visuals().dark_mode);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 3.0, ui.visuals().extreme_bg_color);
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return };
    let values = || curve.iter().map(|point| point[1]).filter(|value| value.is_finite());
    let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
    let span = (most - least).max(1e-12);
    let time = (last[0] - first[0]).max(1e-9);
    let inner = rect.shrink(8.0);
    let at = |&[x, y]: &[f64; 2]| {
        let right = ((x - first[0]) / time) as f32;
        let down = ((most - y) / span) as f32;
        Pos2::new(inner.min.x + right * inner.width(), inner.min.y + down * inner.height())
    };
    let points: Vec<Pos2> = curve.iter().filter(|point| point[1].is_finite()).map(at).collect();
    if let Some(&last) = points.last() {
        painter.circle_filled(last, 2.5, palette.curve);
    }
    painter.add(Shape::line(points, Stroke::new(1.5, palette.curve)));
    let font = egui::FontId::proportional(11.0);
    let text = |pos, align, value: f64| {
        painter.text(pos, align, format!("{value:.4}"), font.clone(), palette.text);
    };
    text(rect.right_top() + vec2(-4.0, 2.0), egui::Align2::RIGHT_TOP, most);
    text(rect.right_bottom() - vec2(4.0, 2.0), egui::Align2::RIGHT_BOTTOM, least);
}
