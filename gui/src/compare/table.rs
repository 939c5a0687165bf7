//! The panel: totals, how both are shown, every macro that differs.

use egui::{Button, Grid, RichText, ScrollArea, Ui};
use flagstone_report::{Change, SortBy};

use super::{Compare, Side};
use crate::command::{Action, Command, entry};
use crate::data::Data;
use crate::selection::Pick;
use crate::theme;

/// Columns by what they sort by, with their width in letters. Names come last: long ones must not
/// push the numbers out of the panel.
const COLUMNS: [(SortBy, &str, usize); 5] = [
    (SortBy::Dx, "dx", 8),
    (SortBy::Dy, "dy", 8),
    (SortBy::Distance, "way", 7),
    (SortBy::Proxy, "proxy", 9),
    (SortBy::Name, "macro", 0),
];

/// The panel.
pub fn ui(_: &mut (), data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let Some(compare) = &data.session.compare else { return start_ui(ui) };
    let mut command = None;
    ui.label(RichText::new(&compare.name).strong());
    ui.horizontal_wrapped(|ui| {
        for (side, name) in [(Side::Over, "Overlay"), (Side::Beside, "Side by side")] {
            if ui.selectable_label(compare.side == side, name).clicked() {
                command = Some(Command::CompareSide(side));
            }
        }
        for action in [Action::Blink, Action::CloseCompare] {
            let text = entry(action).name;
            let pressed = action == Action::Blink && compare.blinked;
            if ui.add(Button::selectable(pressed, text)).clicked() {
                command = Some(Command::Do(action));
            }
        }
    });
    ui.separator();
    let Some(answer) = compare.answer() else {
        ui.spinner();
        return command;
    };
    totals(compare, data, ui);
    ui.separator();
    let n = answer.found.changes.len();
    let hard = compare.sorted().len();
    ui.label(format!("{hard} hard macros differ, {} other nodes", n - hard));
    rows(compare, data, ui).or(command)
}

fn start_ui(ui: &mut Ui) -> Option<Command> {
    ui.label("Nothing to compare with.");
    let actions = [Action::CompareWith, Action::CompareWithOpened];
    let clicked = |action: &Action| ui.button(entry(*action).name).clicked();
    actions.into_iter().find(clicked).map(Command::Do)
}

/// The terms of both and their difference.
fn totals(compare: &Compare, data: &Data<'_>, ui: &mut Ui) {
    let Some(answer) = compare.answer() else { return };
    let (before, after) = (&answer.found.before, &answer.found.after);
    let weights = &data.session.design.weights;
    let rows = [
        ("wirelength", before.wirelength, after.wirelength),
        ("density", before.density, after.density),
        ("congestion", before.congestion, after.congestion),
        ("proxy", before.proxy(weights), after.proxy(weights)),
    ];
    let palette = theme::palette(ui.visuals().dark_mode);
    Grid::new("compared costs").num_columns(4).striped(true).show(ui, |ui| {
        for head in ["", "other", "this", "difference"] {
            ui.weak(head);
        }
        ui.end_row();
        for (name, other, own) in rows {
            ui.label(name);
            ui.monospace(format!("{other:.4}"));
            ui.monospace(format!("{own:.4}"));
            let text = RichText::new(format!("{:+.4}", own - other)).monospace();
            let color = palette.change(own - other);
            ui.label(color.map_or(text.clone(), |color| text.color(color)));
            ui.end_row();
        }
    });
}

fn rows(compare: &Compare, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    let netlist = data.session.netlist();
    let height = ui.spacing().interact_size.y;
    ScrollArea::horizontal().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (sort, name, width) in COLUMNS {
                let mark = if compare.sort() == sort { "*" } else { "" };
                let text = RichText::new(cell(&format!("{name}{mark}"), width, sort)).monospace();
                let head = ui.add(Button::new(text).frame(false)).on_hover_text("Sort by this");
                if head.accessible_name(format!("Sort by {name}")).clicked() {
                    command = Some(Command::CompareSort(sort));
                }
            }
        });
        let area = ScrollArea::vertical().auto_shrink([true, false]);
        let n = compare.sorted().len();
        area.show_rows(ui, height, n, |ui, rows| {
            for change in &compare.sorted()[rows] {
                let text = RichText::new(line(compare, data, change)).monospace();
                let chosen = data.session.selection.contains(change.node);
                let row =
                    ui.add(Button::selectable(chosen, text).wrap_mode(egui::TextWrapMode::Extend));
                if row.on_hover_text(netlist.node_name(change.node)).clicked() {
                    command = Some(Command::Select(Pick::Replace, vec![change.node]));
                }
            }
        });
    });
    command
}

/// Text in a column, names to the left, numbers to the right.
fn cell(text: &str, width: usize, column: SortBy) -> String {
    if column == SortBy::Name { format!("  {text}") } else { format!("{text:>width$}") }
}

fn line(compare: &Compare, data: &Data<'_>, change: &Change) -> String {
    let (dx, dy) = change.shift();
    let proxy = change.delta.proxy(&data.session.design.weights);
    let texts = [
        format!("{dx:.1}"),
        format!("{dy:.1}"),
        format!("{:.1}", change.distance()),
        format!("{proxy:+.5}"),
        compare.short_name(change.node).to_owned(),
    ];
    let cells = COLUMNS.iter().zip(&texts).map(|(&(sort, _, width), text)| cell(text, width, sort));
    let mut line: String = cells.collect();
    if change.turned() {
        line.push_str(&format!(" {}>{}", change.from.orientation, change.to.orientation));
    }
    line
}
