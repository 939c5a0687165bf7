//! The window: state, panels around the canvas, and the one place that carries commands out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use egui::{CentralPanel, Context, Panel, Ui};
use flagstone_netlist::Placement;

use crate::advice::{self, Adviser};
use crate::analysis::{self, Analyst};
use crate::answers::Asked;
use crate::canvas::{self, CanvasData, CanvasState};
use crate::command::{self, Action, Command};
use crate::compare::{self, Comparer, Side};
use crate::data::Data;
use crate::export::{self, ExportState};
use crate::exports::Exports;
use crate::files::FilesState;
use crate::find::FindState;
use crate::inspector::InspectorState;
use crate::markers::MarkersState;
use crate::messages::Messages;
use crate::native;
use crate::palette::{self, PaletteState};
use crate::reading::{self, Reader};
use crate::recovery::{self, Keeper};
use crate::replay;
use crate::session::Session;
use crate::state::State;
use crate::watch::Watcher;
use crate::worker::Worker;
use crate::{files, heat_panel, side, status, theme};

/// Key under which the state is stored.
const STATE_KEY: &str = "flagstone";

pub(crate) type Loaded = Result<Box<Session>, String>;

/// What the panels remember between frames.
#[derive(Default)]
pub struct Panels {
    /// The search.
    pub find: FindState,
    /// The inspector.
    pub inspector: InspectorState,
    /// The markers.
    pub markers: MarkersState,
    /// The palette.
    pub palette: PaletteState,
    /// The window for files.
    pub files: FilesState,
    /// The text to go to, while its window is open.
    pub go_to: Option<String>,
    /// Whether the cheat sheet is open.
    pub cheat_sheet: bool,
    /// Whether the window asks before it closes.
    pub closing: bool,
    /// The window for exports.
    pub export: ExportState,
}

/// The viewer.
pub struct Viewer {
    /// What is remembered.
    pub state: State,
    /// The open design.
    pub session: Option<Session>,
    /// The canvas.
    pub canvas: CanvasState,
    /// The canvas of the placement compared with.
    pub beside: CanvasState,
    /// The panels.
    pub panels: Panels,
    /// Pictures and films being made.
    pub exports: Exports,
    pub(crate) comparer: Comparer,
    pub(crate) reader: Reader,
    pub(crate) adviser: Adviser,
    /// What was said.
    pub messages: Messages,
    pub(crate) watcher: Watcher,
    pub(crate) analyst: Analyst,
    pub(crate) asked: Asked,
    pub(crate) loader: Worker<Vec<PathBuf>, Loaded>,
    /// The files being loaded.
    pub(crate) loading: Vec<PathBuf>,
    pub(crate) keeper: Keeper,
    pub(crate) kept: usize,
    /// What the design's own files hold: edits are kept as differences from it.
    pub(crate) on_disk: Arc<Placement>,
    frame_secs: f32,
    quit: bool,
}

impl Viewer {
    /// A viewer with nothing open.
    pub fn new(ctx: &Context, state: State) -> Self {
        theme::install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let wake = || {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let load = |files: Vec<PathBuf>| {
            Session::open(&files).map(Box::new).map_err(|error| format!("{error:#}"))
        };
        Self {
            state,
            session: None,
            canvas: CanvasState::new(ctx),
            beside: CanvasState::new(ctx),
            panels: Panels::default(),
            exports: Exports::default(),
            comparer: compare::comparer(wake()),
            reader: reading::reader(wake()),
            adviser: advice::adviser(wake()),
            messages: Messages::default(),
            watcher: Watcher::new(wake()),
            analyst: analysis::analyst(wake()),
            asked: Asked::default(),
            loader: Worker::new("loader", wake(), load),
            loading: Vec::new(),
            keeper: recovery::keeper(wake()),
            kept: 0,
            on_disk: Arc::default(),
            frame_secs: 0.0,
            quit: false,
        }
    }

    /// The state that was stored, or a fresh one.
    pub fn restored(storage: Option<&dyn eframe::Storage>) -> State {
        storage.and_then(|storage| eframe::get_value(storage, STATE_KEY)).unwrap_or_default()
    }

    /// Opens files beside the window.
    pub fn load(&mut self, files: Vec<PathBuf>) {
        self.loading.clone_from(&files);
        self.loader.ask(files);
    }

    /// Shows a design that was read.
    pub fn show(&mut self, ctx: &Context, session: Session) {
        // The edits of the design that is left must be on disk.
        self.wait_for_keeper();
        for warning in session.design.warnings.iter().take(3) {
            self.messages.note(warning.clone());
        }
        if !session.design.files.is_empty() {
            self.state.opened(&session.design.files);
        }
        self.watcher.watch(&session.design.watched());
        self.on_disk = Arc::clone(&session.placement);
        self.kept = session.history.mark();
        self.asked = Asked::default();
        self.canvas.reset(ctx);
        self.beside.reset(ctx);
        self.session = Some(session);
    }

    /// Everything that is not drawing: answers of threads, keys, dropped files.
    pub fn logic(&mut self, ctx: &Context) {
        let settings = &self.state.settings;
        ctx.set_theme(settings.theme);
        if (ctx.zoom_factor() - settings.zoom).abs() > 1e-3 {
            ctx.set_zoom_factor(settings.zoom);
        }
        self.answers(ctx);
        self.play(ctx);
        if let Some(command) = self.keys(ctx) {
            self.handle(ctx, command);
        }
        let dropped = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect::<Vec<_>>()
        });
        if !dropped.is_empty() {
            self.handle(ctx, Command::Open(dropped));
        }
        self.ask();
        self.close_requested(ctx);
    }

    fn keys(&mut self, ctx: &Context) -> Option<Command> {
        let typing = ctx.text_edit_focused();
        let session = self.session.as_ref();
        let action = ctx.input(|input| command::pressed(input, session));
        let group = ctx.input(command::group_pressed).filter(|_| !typing);
        if let Some(group) = group.filter(|_| session.is_some_and(|s| !s.selection.is_empty())) {
            return Some(Command::Group(group));
        }
        let action = action?;
        let entry = command::entry(action);
        let plain = entry.shortcuts.iter().any(|shortcut| {
            shortcut.conflicts_with_text_editing() || shortcut.modifiers == egui::Modifiers::SHIFT
        });
        // A text field has its own selection and its own undo.
        let own = [Action::SelectAll, Action::Undo, Action::Redo];
        if typing && (plain || own.contains(&action)) {
            return None;
        }
        Some(Command::Do(action))
    }

    fn close_requested(&mut self, ctx: &Context) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        let loses = |session: &Session| session.dirty() || session.run.is_some();
        let asks = self.session.as_ref().is_some_and(loses);
        if asked && asks && !self.quit {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.panels.closing = true;
        }
    }

    /// Ends the program, whatever is unsaved: it can be recovered.
    pub(crate) fn close(&mut self, ctx: &Context) {
        self.quit = true;
        self.end_work();
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    }

    /// Ends what is at work beside the window: a tool at once, what is being written when it is.
    fn end_work(&mut self) {
        if let Some(run) = self.session.as_mut().and_then(|session| session.run.take()) {
            run.end();
        }
        self.wait_for_exports();
        self.wait_for_keeper();
    }

    /// Has the file of unsaved edits removed, or brought up to date where there are newer ones.
    pub(crate) fn forget_kept(&mut self) {
        let Some(session) = &self.session else { return };
        self.kept = session.history.mark();
        if let Some(keep) = session.keep(&self.on_disk) {
            self.keeper.ask(keep);
        }
    }

    /// Carries a command out.
    pub fn handle(&mut self, ctx: &Context, command: Command) {
        crate::actions::handle(self, ctx, command);
    }

    /// Draws a frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let started: Instant = native::now();
        let ctx = ui.ctx().clone();
        let mut commands: Vec<Command> = Vec::new();
        self.bars(ui, &mut commands);
        side::left(self, ui, &mut commands);
        side::right(self, ui, &mut commands);
        CentralPanel::no_frame().show(ui, |ui| self.middle(ui, &mut commands));
        status::drop_ui(&ctx);
        self.windows(&ctx, &mut commands);
        for command in commands {
            self.handle(&ctx, command);
        }
        let secs = started.elapsed().as_secs_f32();
        self.frame_secs = 0.9 * self.frame_secs + 0.1 * secs;
    }

    fn bars(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        Panel::top("menu").show(ui, |ui| {
            egui::MenuBar::new().ui(ui, |ui| {
                commands.extend(palette::menus_ui(self.session.as_ref(), ui));
                commands.extend(status::recent_ui(&self.state, ui));
                status::title_ui(self.session.as_ref(), ui);
            });
        });
        Panel::bottom("status").show(ui, |ui| {
            let busy = self.analyst.busy()
                || self.adviser.busy()
                || self.reader.busy()
                || self.canvas.busy()
                || self.exports.busy();
            let shown = status::Shown {
                pointer: self.canvas.pointer,
                message: self.messages.last(),
                busy,
                frame_secs: self.frame_secs,
            };
            status::ui(self.session.as_ref(), &self.state, &shown, ui);
        });
        let Some(session) = &self.session else { return };
        let data = Data { session, state: &self.state };
        if let Some(replay) = &session.replay {
            Panel::bottom("replay").show(ui, |ui| commands.extend(replay::ui(replay, &data, ui)));
        }
    }

    fn middle(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        if !self.loading.is_empty() {
            status::loading_ui(&self.loading, ui);
            return;
        }
        let Some(session) = &self.session else {
            commands.extend(status::welcome_ui(&self.state, ui));
            return;
        };
        let data = CanvasData { session, state: &self.state, pointed: None, other: false };
        let beside = session.compare.as_ref().is_some_and(|compare| compare.side == Side::Beside);
        if beside {
            commands.extend(canvas::pair_ui(&mut self.canvas, &mut self.beside, &data, ui));
        } else {
            commands.extend(canvas::ui(&mut self.canvas, &data, ui));
        }
        let data = Data { session, state: &self.state };
        heat_panel::legend(ui.painter(), self.canvas.view, &data);
        status::drag_ui(ui.painter(), self.canvas.view, session);
    }

    fn windows(&mut self, ctx: &Context, commands: &mut Vec<Command>) {
        let session = self.session.as_ref();
        commands.extend(palette::palette_ui(&mut self.panels.palette, session, ctx));
        palette::cheat_sheet_ui(&mut self.panels.cheat_sheet, ctx);
        commands.extend(files::ui(&mut self.panels.files, ctx));
        commands.extend(export::ui(&mut self.panels.export, ctx));
        commands.extend(status::go_to_ui(&mut self.panels.go_to, session, ctx));
        if let Some(session) = session {
            commands.extend(status::recovery_ui(session, ctx));
            commands.extend(status::closing_ui(&mut self.panels.closing, session, ctx));
        }
        self.messages.ui(ctx);
    }
}

impl eframe::App for Viewer {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Viewer::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        Viewer::ui(self, ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, STATE_KEY, &self.state);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.end_work();
    }
}
