//! The layer tree, the highlight groups and the history: the left panel's small tabs.

use egui::{Align, Grid, Layout, ScrollArea, Slider, Ui};

use crate::command::Command;
use crate::data::Data;
use crate::layers::{Layer, Layers, PRESETS};
use crate::theme;
use flagstone_report::scene::Style;

/// The layer tree; it remembers nothing.
pub fn layers_ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut settings = data.state.settings.clone();
    ui.horizontal_wrapped(|ui| {
        if ui.small_button("Default").clicked() {
            settings.layers = Layers::default();
        }
        for (name, layers) in PRESETS {
            if ui.small_button(name).clicked() {
                settings.layers = Layers::only(layers);
            }
        }
    });
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Grid::new("layers").num_columns(4).show(ui, |ui| {
            for (head, about) in
                [("show", "Drawn"), ("pick", "Can be selected"), ("", ""), ("", "")]
            {
                ui.weak(head).on_hover_text(about);
            }
            ui.end_row();
            for layer in Layer::ALL.into_iter().rev() {
                layer_row(&mut settings.layers, layer, ui);
            }
        });
        ui.separator();
        ui.add(Slider::new(&mut settings.bundles, 1..=2000).logarithmic(true).text("bundles"))
            .on_hover_text("Heaviest connections between macros that are drawn");
        ui.add(Slider::new(&mut settings.halo, 0.0..=50.0).text("halo, µm"))
            .on_hover_text("Gap to keep between hard macros");
        ui.checkbox(&mut settings.focus, "Dim what is not connected to the selection");
        ui.checkbox(&mut settings.snap, "Snap dragged macros to the grid");
    });
    (settings != data.state.settings).then(|| Command::Settings(Box::new(settings)))
}

fn layer_row(layers: &mut Layers, layer: Layer, ui: &mut Ui) {
    let mut visible = layers.visible(layer);
    let tick = ui.checkbox(&mut visible, "");
    if tick.accessible_name(format!("Show {}", layer.name())).changed() {
        layers.set_visible(layer, visible);
    }
    if layer.has_objects() {
        let mut selectable = layers.pickable(layer);
        let tick = ui.add_enabled(visible, egui::Checkbox::without_text(&mut selectable));
        if tick.accessible_name(format!("Pick {}", layer.name())).changed() {
            layers.set_selectable(layer, selectable);
        }
    } else {
        ui.label("");
    }
    let style = match layer {
        Layer::Soft => Some(Style::Soft),
        Layer::Hard => Some(Style::Hard),
        Layer::Fixed => Some(Style::Fixed),
        Layer::Ports => Some(Style::Port),
        Layer::Blockages => Some(Style::Blockage),
        Layer::Marks => Some(Style::Mark),
        _ => None,
    };
    let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
    if let Some(style) = style {
        let palette = theme::palette(ui.visuals().dark_mode);
        ui.painter().rect_filled(rect, 2.0, palette.fill(style));
    }
    ui.label(layer.name());
    ui.end_row();
}

/// The highlight groups; it remembers nothing.
pub fn groups_ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let palette = theme::palette(ui.visuals().dark_mode);
    let some = !data.session.selection.is_empty();
    let mut command = None;
    ui.weak("Keys 1 to 8 put the selection in a group, or take it out.");
    Grid::new("groups").num_columns(4).show(ui, |ui| {
        for (group, nodes) in data.session.groups.nodes.iter().enumerate() {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 14.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2.0, palette.stroke(Style::group(group)));
            ui.label(format!("Group {}: {}", group + 1, nodes.len()));
            let put = egui::Button::new("put").small();
            if ui.add_enabled(some, put).on_hover_text("Put the selection in").clicked() {
                command = Some(Command::Group(group));
            }
            let select = egui::Button::new("select").small();
            if ui.add_enabled(!nodes.is_empty(), select).clicked() {
                command = Some(Command::SelectGroup(group));
            }
            ui.end_row();
        }
    });
    command
}

/// The list of edits; it remembers nothing.
pub fn history_ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let history = &data.session.history;
    let palette = theme::palette(ui.visuals().dark_mode);
    let idle = data.session.idle();
    let mut command = None;
    let edits = history.edits();
    if edits.is_empty() {
        ui.weak("No edits yet. Click a macro, then drag it.");
        return None;
    }
    let height = ui.spacing().interact_size.y;
    let rows = edits.len() + 1;
    let area = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true);
    area.show_rows(ui, height, rows, |ui, rows| {
        for state in rows {
            let now = state == history.in_force();
            let label = match state {
                0 => "As opened",
                _ => edits[state - 1].label.as_str(),
            };
            let mut text = egui::RichText::new(label);
            if state > history.in_force() {
                text = text.weak();
            }
            // The number keeps its room; a long label gives way.
            let size = egui::vec2(ui.available_width(), height);
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                if let Some(edit) = state.checked_sub(1).map(|k| &edits[k])
                    && let Some(color) = palette.change(edit.proxy)
                {
                    ui.colored_label(color, format!("{:+.5}", edit.proxy));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let row = egui::Button::selectable(now, text).truncate();
                    if ui.add_enabled(idle, row).on_hover_text(label).clicked() {
                        command = Some(Command::UndoTo(state));
                    }
                });
            });
        }
    });
    command
}
