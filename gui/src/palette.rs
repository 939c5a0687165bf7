//! The command palette, the cheat sheet and the menus: the table of actions in three shapes.

use egui::{Button, Context, Grid, Key, KeyboardShortcut, ScrollArea, TextEdit, Ui, Window};

use crate::command::{Action, Command, Entry, Menu, TABLE};
use crate::session::Session;

/// What the palette remembers while it is open.
#[derive(Default)]
pub struct PaletteState {
    /// Whether it is open.
    pub open: bool,
    /// What was typed.
    pub text: String,
    chosen: usize,
    fresh: bool,
}

impl PaletteState {
    /// Opens it empty.
    pub fn open(&mut self) {
        *self = Self { open: true, fresh: true, ..Self::default() };
    }
}

/// How well a name fits what was typed: letters in order; the earlier and closer, the better.
fn rank(name: &str, typed: &str) -> Option<usize> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut from, mut cost) = (0, 0);
    for letter in typed.to_lowercase().chars().filter(|letter| !letter.is_whitespace()) {
        let step = name[from..].iter().position(|&other| other == letter)?;
        let begins_word = from + step == 0 || (from > 0 && name[from + step - 1] == ' ');
        cost += if begins_word { 0 } else { step };
        from += step + 1;
    }
    Some(cost)
}

/// The rows that fit, the best first. A row that repeats an action is listed once.
fn fitting(typed: &str) -> Vec<&'static Entry> {
    let mut found: Vec<(usize, &Entry)> = Vec::new();
    for entry in TABLE {
        let known = found.iter().any(|(_, other)| other.action == entry.action);
        if let Some(cost) = rank(entry.name, typed).filter(|_| !known) {
            found.push((cost, entry));
        }
    }
    found.sort_by_key(|found| found.0);
    found.into_iter().map(|found| found.1).collect()
}

/// The palette's window.
pub fn palette_ui(
    panel: &mut PaletteState,
    session: Option<&Session>,
    ctx: &Context,
) -> Option<Command> {
    const WIDTH: f32 = 420.0;
    if !panel.open {
        return None;
    }
    let mut command = None;
    let window = Window::new("Command palette").title_bar(false).resizable(false);
    let window =
        window.anchor(egui::Align2::CENTER_TOP, [0.0, 80.0]).order(egui::Order::Foreground);
    window.show(ctx, |ui| {
        ui.set_width(WIDTH);
        let entries = fitting(&panel.text);
        let keys = ui.input_mut(|input| {
            let up = input.consume_key(egui::Modifiers::NONE, Key::ArrowUp);
            let down = input.consume_key(egui::Modifiers::NONE, Key::ArrowDown);
            (up, down, input.key_pressed(Key::Enter), input.key_pressed(Key::Escape))
        });
        let edit = TextEdit::singleline(&mut panel.text).hint_text("What shall be done?");
        let edit = ui.add(edit.desired_width(f32::INFINITY)).accessible_name("Command");
        if edit.changed() {
            panel.chosen = 0;
        }
        if std::mem::take(&mut panel.fresh) {
            edit.request_focus();
        }
        let last = entries.len().saturating_sub(1);
        panel.chosen = match keys {
            (true, ..) => panel.chosen.saturating_sub(1),
            (_, true, ..) => panel.chosen + 1,
            _ => panel.chosen,
        }
        .min(last);
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (k, entry) in entries.iter().enumerate() {
                let enabled = entry.needs.met(session);
                let row = row(entry, k == panel.chosen, enabled, ui);
                if k == panel.chosen && (keys.0 || keys.1) {
                    row.scroll_to_me(None);
                }
                if row.clicked() || (keys.2 && k == panel.chosen && enabled) {
                    command = Some(Command::Do(entry.action));
                }
            }
        });
        if keys.3 || command.is_some() {
            panel.open = false;
        }
    });
    command
}

fn row(entry: &Entry, chosen: bool, enabled: bool, ui: &mut Ui) -> egui::Response {
    let button = Button::selectable(chosen, entry.name).right_text(keys(entry, ui.ctx()));
    let button = button.min_size(egui::vec2(ui.available_width(), 0.0));
    ui.add_enabled(enabled, button)
}

/// The keys of a row, as the system writes them.
fn keys(entry: &Entry, ctx: &Context) -> String {
    let texts = entry.shortcuts.iter().map(|shortcut| shortcut_text(shortcut, ctx));
    texts.collect::<Vec<_>>().join(", ")
}

/// Keys as the system writes them; a key that is a sign as the sign.
fn shortcut_text(shortcut: &KeyboardShortcut, ctx: &Context) -> String {
    let text = ctx.format_shortcut(shortcut);
    let (name, sign) = (shortcut.logical_key.name(), shortcut.logical_key.symbol_or_name());
    let is_sign = sign.len() == 1 && text.ends_with(name);
    if is_sign { format!("{}{sign}", &text[..text.len() - name.len()]) } else { text }
}

/// All menus.
pub fn menus_ui(session: Option<&Session>, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    for menu in Menu::ALL {
        ui.menu_button(menu.name(), |ui| {
            ui.set_min_width(230.0);
            let most = ui.ctx().content_rect().height() - 60.0;
            ScrollArea::vertical().max_height(most).show(ui, |ui| {
                for entry in TABLE.iter().filter(|entry| entry.menu == menu) {
                    let mut button = Button::new(entry.name);
                    if let Some(shortcut) = entry.shortcuts.first() {
                        button = button.shortcut_text(shortcut_text(shortcut, ui.ctx()));
                    }
                    if ui.add_enabled(entry.needs.met(session), button).clicked() {
                        command = Some(Command::Do(entry.action));
                        ui.close();
                    }
                    if separated_after(entry.action) {
                        ui.separator();
                    }
                }
            });
        });
    }
    command
}

fn separated_after(action: Action) -> bool {
    matches!(
        action,
        Action::Reload
            | Action::SaveHeatMap
            | Action::Redo
            | Action::NextUnderPointer
            | Action::LegalizeSelection
            | Action::Find
            | Action::ToolsTab
            | Action::ClearRulers
            | Action::PreviousMarker
            | Action::NormalText
            | Action::Train
    )
}

/// The cheat sheet's window: every action that has keys, and what the pointer does.
pub fn cheat_sheet_ui(open: &mut bool, ctx: &Context) {
    const POINTER: [(&str, &str); 10] = [
        ("drag", "pan; on a selected macro: move it"),
        ("middle drag", "pan"),
        ("wheel", "zoom at the pointer"),
        ("right drag", "zoom to a box; towards the upper left: out"),
        ("click", "select; again: the one below"),
        ("Shift+click", "add to the selection"),
        ("Ctrl+click", "add or take out"),
        ("Shift+drag", "select in a box"),
        ("Alt while moving", "do not snap"),
        ("1 … 8", "put the selection in a highlight group"),
    ];
    let most = ctx.content_rect().height() - 120.0;
    let window = Window::new("Shortcuts").open(open).resizable(false).collapsible(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let with_keys: Vec<&Entry> =
                    TABLE.iter().filter(|entry| !entry.shortcuts.is_empty()).collect();
                let half = with_keys.len().div_ceil(2);
                for (k, part) in with_keys.chunks(half.max(1)).enumerate() {
                    Grid::new(("keys", k)).num_columns(2).striped(true).show(ui, |ui| {
                        for entry in part {
                            ui.label(entry.name);
                            ui.monospace(keys(entry, ui.ctx()));
                            ui.end_row();
                        }
                    });
                }
                Grid::new("pointer").num_columns(2).striped(true).show(ui, |ui| {
                    for (what, does) in POINTER {
                        ui.monospace(what);
                        ui.label(does);
                        ui.end_row();
                    }
                });
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_by_letters_in_order() {
        assert_eq!(fitting("fitsel")[0].action, Action::FitSelection);
        assert_eq!(fitting("undo")[0].action, Action::Undo);
        assert!(fitting("zzzz").is_empty());
        let all = fitting("");
        assert!(all.len() > 60);
    }
}
