//! The status bar, the title, the first page, and the small windows that ask something.

use std::path::PathBuf;

use egui::{Align, Context, Key, Layout, Painter, Rect as ScreenRect, TextEdit, Ui, Window, vec2};
use flagstone_geom::Point;

use crate::command::{Action, Command};
use crate::find;
use crate::session::Session;
use crate::state::State;
use crate::{paint, theme};

/// What the status bar shows besides the design.
pub struct Shown<'a> {
    /// Where the pointer is, µm.
    pub pointer: Option<Point>,
    /// The last message.
    pub message: Option<&'a str>,
    /// Whether a thread is at work.
    pub busy: bool,
    /// Time of a frame.
    pub frame_secs: f32,
}

/// The status bar.
pub fn ui(session: Option<&Session>, state: &State, shown: &Shown<'_>, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.set_min_height(20.0);
        if let (Some(session), Some(p)) = (session, shown.pointer) {
            let grid = session.design.canvas.grid();
            let cell = grid.cell_at(p).map(|cell| grid.column_row(cell));
            let cell = cell.map_or(String::new(), |(c, r)| format!("  cell {c}:{r}"));
            ui.monospace(format!("{:>9.2} {:>9.2} µm{cell}", p.x, p.y));
        }
        if let Some(session) = session {
            ui.label(match session.selection.len() {
                0 => String::new(),
                n => format!("{n} selected"),
            });
            let cost = session.cost().proxy(&session.design.weights);
            ui.label(format!("proxy {cost:.5}"));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if state.settings.frame_time {
                ui.monospace(format!("{:.1} ms", 1e3 * shown.frame_secs));
            }
            if shown.busy {
                ui.spinner();
            }
            if let Some(message) = shown.message {
                ui.add(egui::Label::new(message).truncate());
            }
        });
    });
}

/// The recent designs as a menu.
pub fn recent_ui(state: &State, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    ui.menu_button("Recent", |ui| {
        if state.recent.is_empty() {
            ui.weak("nothing yet");
        }
        for files in &state.recent {
            if ui.button(names(files)).clicked() {
                command = Some(Command::Open(files.clone()));
                ui.close();
            }
        }
    });
    command
}

/// Files by their folder and names.
fn names(files: &[PathBuf]) -> String {
    let Some(first) = files.first() else { return String::new() };
    let folder = first.parent().and_then(|folder| folder.file_name());
    let folder = folder.map_or(String::new(), |folder| format!("{}/", folder.to_string_lossy()));
    let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folder + &files.iter().map(name).collect::<Vec<_>>().join(" + ")
}

/// The design's name, with a star while there are unsaved edits.
pub fn title_ui(session: Option<&Session>, ui: &mut Ui) {
    let Some(session) = session else { return };
    let star = if session.dirty() { " *" } else { "" };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.strong(format!("{}{star}", session.design.name));
    });
}

/// The first page.
pub fn welcome_ui(state: &State, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    ui.vertical_centered(|ui| {
        ui.add_space(80.0);
        ui.heading("Flagstone");
        ui.label("Drop a netlist, a folder with one, or a run folder on this window.");
        ui.add_space(12.0);
        if ui.button("Open…").clicked() {
            command = Some(Command::Do(Action::Open));
        }
        ui.add_space(16.0);
        for files in &state.recent {
            if ui.link(names(files)).clicked() {
                command = Some(Command::Open(files.clone()));
            }
        }
    });
    command
}

/// Says that files held over the window can be dropped.
pub fn drop_ui(ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let palette = theme::palette(ctx.theme() == egui::Theme::Dark);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
    let painter = ctx.layer_painter(layer);
    let window = ctx.content_rect();
    painter.rect_filled(window, 0.0, palette.desk.gamma_multiply(0.7));
    paint::plate(&painter, window.center(), "Drop to open", palette.text, palette);
}

/// What is shown while a design is read.
pub fn loading_ui(files: &[PathBuf], ui: &mut Ui) {
    ui.vertical_centered(|ui| {
        ui.add_space(120.0);
        ui.spinner();
        ui.label(format!("reading and evaluating {}", names(files)));
    });
}

/// What the move under way does to the cost, at the top of the canvas.
pub fn drag_ui(painter: &Painter, view: ScreenRect, session: &Session) {
    let Some(drag) = &session.drag else { return };
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let delta = drag.delta;
    let proxy = delta.proxy(&session.design.weights);
    let mut text = format!(
        "proxy {proxy:+.5}   wirelength {:+.5}   density {:+.5}   congestion {:+.5}",
        delta.wirelength, delta.density, delta.congestion
    );
    let illegal = drag.illegal.iter().filter(|&&illegal| illegal).count();
    if illegal > 0 {
        text += &format!("   {illegal} illegal");
    }
    let color = palette.change(proxy).unwrap_or(palette.text);
    paint::plate(painter, view.center_top() + vec2(0.0, 18.0), &text, color, palette);
}

/// The window that asks where to go.
pub fn go_to_ui(
    text: &mut Option<String>,
    session: Option<&Session>,
    ctx: &Context,
) -> Option<Command> {
    let typed = text.as_mut()?;
    let mut command = None;
    let mut close = false;
    let window = Window::new("Go to").collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_TOP, [0.0, 80.0]).show(ctx, |ui| {
        let hint = "x y   or   x,y,w,h in µm   or   a name";
        let edit = ui.add(TextEdit::singleline(typed).hint_text(hint).desired_width(320.0));
        let edit = edit.accessible_name("Place or name");
        let enter = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !edit.has_focus() && !enter {
            edit.request_focus();
        }
        if let Some(session) = session.filter(|_| enter) {
            match find::target(typed, session) {
                Ok(_) => command = Some(Command::GoTo(typed.clone())),
                Err(_) => edit.request_focus(),
            }
        }
        if let Some(session) = session.filter(|_| !typed.trim().is_empty())
            && let Err(problem) = find::target(typed, session)
        {
            ui.colored_label(ui.visuals().error_fg_color, problem);
        }
        close = ui.button("Close").clicked() || ui.input(|input| input.key_pressed(Key::Escape));
    });
    if close || command.is_some() {
        *text = None;
    }
    command
}

/// The window that offers edits which were never saved.
pub fn recovery_ui(session: &Session, ctx: &Context) -> Option<Command> {
    let unsaved = session.recovered.as_ref()?;
    let mut command = None;
    let window = Window::new("Unsaved edits").collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        let n = unsaved.len();
        let nodes = if n == 1 {
            "1 node of this design was".to_owned()
        } else {
            format!("{n} nodes of this design were")
        };
        ui.label(format!("{nodes} edited and never saved."));
        ui.horizontal(|ui| {
            if ui.button("Take them over").clicked() {
                command = Some(Command::Recover);
            }
            if ui.button("Drop them").clicked() {
                command = Some(Command::ForgetRecovery);
            }
        });
    });
    command
}

/// The window that asks before the program ends with unsaved edits or a tool at work.
pub fn closing_ui(open: &mut bool, session: &Session, ctx: &Context) -> Option<Command> {
    if !*open {
        return None;
    }
    let mut command = None;
    let title = if session.dirty() { "Close without saving?" } else { "Close?" };
    let window = Window::new(title).collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        if session.dirty() {
            ui.label("Edits that are not saved are offered again when the design is opened.");
        }
        if let Some(run) = &session.run {
            ui.label(format!("{} is at work and will be ended.", run.tool.name()));
        }
        ui.horizontal(|ui| {
            if ui.button("Save as…").clicked() {
                *open = false;
                command = Some(Command::Do(Action::SaveAs));
            }
            if ui.button("Close").clicked() {
                command = Some(Command::Close);
            }
            if ui.button("Stay").clicked() {
                *open = false;
            }
        });
    });
    command
}
