//! Choosing a heat map, its range, and its legend on the canvas.

use egui::{
    Align2, DragValue, FontId, Painter, Rect as ScreenRect, Slider, StrokeKind, Ui, pos2, vec2,
};

use crate::command::{Action, Command};
use crate::data::Data;
use crate::heat::{self, MapKind};
use crate::layers::Layer;
use crate::selection::Pick;
use crate::session::Session;
use crate::state::Settings;
use crate::theme;

/// The panel; it remembers nothing.
pub fn ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut settings = data.state.settings.clone();
    let mut on = settings.layers.visible(Layer::HeatMap);
    ui.checkbox(&mut on, "Show a heat map");
    for kind in MapKind::ALL {
        let chosen = on && settings.heat.kind == kind;
        if ui.radio(chosen, kind.name()).on_hover_text(kind.about()).clicked() {
            on = true;
            settings.heat.kind = kind;
            settings.heat.range = None;
        }
    }
    settings.layers.set_visible(Layer::HeatMap, on);
    ui.separator();
    range(&mut settings, data.session, ui);
    ui.add(Slider::new(&mut settings.heat.opacity, 0.1..=1.0).text("opacity"));
    ui.checkbox(&mut settings.heat.numbers, "Numbers in large cells");
    let mut command = None;
    if ui.button("Save…").on_hover_text("As .csv or .lyimg").clicked() {
        command = Some(Command::Do(Action::SaveHeatMap));
    }
    missing(&settings, data.session, ui);
    if on && settings.heat.kind.is_of_policy() {
        ui.separator();
        command = advice(data.session, ui).or(command);
    }
    if settings != data.state.settings {
        return Some(Command::Settings(Box::new(settings)));
    }
    command
}

fn range(settings: &mut Settings, session: &Session, ui: &mut Ui) {
    let Some((map, _)) = session.heat_map(settings.heat.kind) else { return };
    let mut locked = settings.heat.range.is_some();
    let tick = ui.checkbox(&mut locked, "Fixed range");
    tick.on_hover_text("Keeps the colors comparable while the placement changes");
    if locked {
        let (mut least, mut most) = settings.heat.range.unwrap_or(map.range);
        ui.horizontal(|ui| {
            ui.add(DragValue::new(&mut least).speed(0.01).max_decimals(4).prefix("from "));
            ui.add(DragValue::new(&mut most).speed(0.01).max_decimals(4).prefix("to "));
        });
        settings.heat.range = Some((least, most));
    } else {
        settings.heat.range = None;
        ui.weak(format!("{:.4} to {:.4} {}", map.range.0, map.range.1, map.unit));
    }
}

/// Says why nothing is shown.
fn missing(settings: &Settings, session: &Session, ui: &mut Ui) {
    if settings.heat.kind.is_of_policy() {
        return;
    }
    let Some(analysis) = &session.analysis else {
        ui.spinner();
        return;
    };
    if settings.heat.kind == MapKind::Mask && analysis.map(MapKind::Mask).is_none() {
        ui.weak("Select one hard macro to see where it may go.");
    }
}

/// What the policy says about the selected macro, and the way to its neighbors in the order.
fn advice(session: &Session, ui: &mut Ui) -> Option<Command> {
    let advice = match &session.advice {
        None => {
            ui.spinner();
            return None;
        }
        Some(Err(problem)) => {
            ui.weak(problem);
            return None;
        }
        Some(Ok(advice)) => advice,
    };
    let netlist = session.netlist();
    let (turn, of) = advice.turn;
    ui.strong(netlist.node_name(advice.node));
    let grid = session.design.canvas.grid();
    let place = |cell: usize| {
        let (column, row) = grid.column_row(cell);
        format!("{column}:{row} ({:.2} %)", 100.0 * advice.probability(cell))
    };
    let stands = grid.cell_at(session.placement.center(advice.node));
    ui.label(format!("turn {turn} of {of}, {} legal cells", advice.n_legal));
    ui.label(format!("expected reward {:.4}", advice.value))
        .on_hover_text("What the policy expects at the end: minus the proxy cost");
    ui.label(format!("likeliest cell {}", place(advice.cell)));
    ui.label(format!("stands in cell {}", stands.map_or("none".to_owned(), place)));
    let mut command = None;
    ui.horizontal(|ui| {
        for (node, text) in advice.neighbors.into_iter().zip(["Macro before", "Macro after"]) {
            let button = ui.add_enabled(node.is_some(), egui::Button::new(text));
            let button = button.on_hover_text("In the order in which the policy places");
            if let Some(node) = node.filter(|_| button.clicked()) {
                command = Some(Command::Select(Pick::Replace, vec![node]));
            }
        }
    });
    command
}

/// The legend in the lower right corner of the canvas.
pub fn legend(painter: &Painter, view: ScreenRect, data: &Data<'_>) {
    const SIZE: egui::Vec2 = vec2(180.0, 12.0);
    const STEPS: usize = 60;
    let Some(heat::Shown { map, name, range: (least, most), .. }) =
        heat::shown(data.session, data.state)
    else {
        return;
    };
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let corner = view.right_bottom() - vec2(16.0, 16.0);
    let bar = ScreenRect::from_min_size(corner - SIZE - vec2(0.0, 16.0), SIZE);
    let plate = ScreenRect::from_min_max(bar.min - vec2(10.0, 24.0), corner + vec2(8.0, 6.0));
    painter.rect_filled(plate, 4.0, palette.plate);
    for step in 0..STEPS {
        let at = step as f32 / STEPS as f32;
        let x = bar.min.x + at * SIZE.x;
        let min = pos2(x, bar.min.y);
        let rect = ScreenRect::from_min_size(min, vec2(SIZE.x / STEPS as f32 + 0.5, SIZE.y));
        painter.rect_filled(rect, 0.0, theme::heat(f64::from(at)));
    }
    let line = egui::Stroke::new(1.0, palette.text);
    painter.rect_stroke(bar, 0.0, line, StrokeKind::Outside);
    let font = FontId::proportional(11.5);
    let unit = if map.unit.is_empty() { String::new() } else { format!(" [{}]", map.unit) };
    let text = |at, align, text: String| {
        painter.text(at, align, text, font.clone(), palette.text);
    };
    text(bar.left_top() - vec2(0.0, 5.0), Align2::LEFT_BOTTOM, name.to_owned() + &unit);
    text(bar.left_bottom() + vec2(0.0, 3.0), Align2::LEFT_TOP, heat::number(least, most - least));
    text(bar.right_bottom() + vec2(0.0, 3.0), Align2::RIGHT_TOP, heat::number(most, most - least));
}
