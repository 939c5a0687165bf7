//! The cost panel: the three terms, the proxy, what changed, and what costs most.

use egui::{CollapsingHeader, Grid, RichText, ScrollArea, Ui};
use flagstone_cost::Cost;

use crate::command::{Action, Command};
use crate::data::Data;
use crate::selection::Pick;
use crate::theme;

/// One of the three terms.
type Term = fn(&Cost) -> f64;

/// The panel; it remembers nothing.
pub fn ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut command = terms(data, ui);
    if data.session.analysis.is_none() {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label("working out shares");
        });
        return command;
    }
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        command = worst_nets(data, ui).or(command.take());
        command = worst_nodes(data, ui).or(command.take());
        command = worst_cells(data, ui).or(command.take());
    });
    command
}

/// Each term with its weight, its value, and its change against the reference.
fn terms(data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let weights = &session.design.weights;
    let (cost, reference) = (session.cost(), session.reference);
    let palette = theme::palette(ui.visuals().dark_mode);
    Grid::new("cost").num_columns(4).spacing([14.0, 4.0]).show(ui, |ui| {
        for head in ["", "weight", "value", "change"] {
            ui.weak(head);
        }
        ui.end_row();
        let rows: [(&str, f64, Term); 3] = [
            ("wirelength", weights.wirelength, |cost| cost.wirelength),
            ("density", weights.density, |cost| cost.density),
            ("congestion", weights.congestion, |cost| cost.congestion),
        ];
        let mut row = |name: &str, weight: Option<f64>, value: f64, change: f64| {
            let strong = weight.is_none();
            let text = |text: String| {
                let text = RichText::new(text).monospace();
                if strong { text.strong() } else { text }
            };
            ui.label(if strong { RichText::new(name).strong() } else { RichText::new(name) });
            ui.label(weight.map_or(String::new(), |weight| format!("{weight}")));
            ui.label(text(format!("{value:.5}")));
            let change_text = text(format!("{change:+.5}"));
            ui.label(match palette.change(change) {
                Some(color) => change_text.color(color),
                None => change_text,
            });
            ui.end_row();
        };
        for (name, weight, term) in rows {
            row(name, Some(weight), term(&cost), term(&cost) - term(&reference));
        }
        let proxy = cost.proxy(weights);
        row("proxy", None, proxy, proxy - reference.proxy(weights));
    });
    let button = ui.button("Compare with now").on_hover_text("Measures changes from here on");
    button.clicked().then_some(Command::Do(Action::SetReference))
}

fn worst_nets(data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let netlist = session.netlist();
    let analysis = session.analysis.as_ref()?;
    let mut command = None;
    CollapsingHeader::new("Dearest nets").default_open(true).show(ui, |ui| {
        for &(net, cost) in &analysis.worst_nets {
            let pins = netlist.net_pins.row(net);
            let name = netlist.pin_name(netlist.nets.driver[net.usize()]);
            let text = format!("{cost:.6}  {name} ({} pins)", pins.len());
            let row = ui.add(egui::Button::selectable(false, text).truncate());
            if row.on_hover_text(name).clicked() {
                let nodes = pins.iter().map(|pin| netlist.pins.node[pin.usize()]).collect();
                command = Some(Command::SelectAndFit(nodes));
            }
        }
    });
    command
}

fn worst_nodes(data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let analysis = session.analysis.as_ref()?;
    let mut command = None;
    let header = CollapsingHeader::new("Dearest macros").default_open(true);
    header.show(ui, |ui| {
        ui.weak("by the area they cover and the tracks they block");
        for &(node, cost) in &analysis.worst_nodes {
            let name = session.netlist().node_name(node);
            let selected = session.selection.contains(node);
            let text = format!("{cost:.6}  {name}");
            let row = ui.add(egui::Button::selectable(selected, text).truncate());
            if row.on_hover_text(name).clicked() {
                command = Some(Command::SelectAndFit(vec![node]));
            }
        }
    });
    command
}

fn worst_cells(data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let analysis = data.session.analysis.as_ref()?;
    let mut command = None;
    CollapsingHeader::new("Hottest grid cells").default_open(true).show(ui, |ui| {
        for hot in &analysis.worst_cells {
            let Some(map) = analysis.map(hot.kind) else { continue };
            let (column, row) = map.grid.column_row(hot.cell);
            let text = format!("{:.3}  {}, {column}:{row}", hot.value, hot.kind.name());
            if ui.add(egui::Button::selectable(false, text).truncate()).clicked() {
                let rect = map.grid.cell_rect(hot.cell);
                let room = rect.width().max(rect.height()) * 2.0;
                command = Some(Command::ZoomTo(rect.grown(room, room)));
            }
        }
    });
    if ui.small_button("Select the macros listed").clicked() {
        let nodes = analysis.worst_nodes.iter().map(|worst| worst.0).collect();
        command = Some(Command::Select(Pick::Replace, nodes));
    }
    command
}
