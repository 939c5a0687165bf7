//! What the commands of replaying, comparing and exporting do.

use std::sync::Arc;

use egui::Context;
use flagstone_report::Look;

use crate::app::Viewer;
use crate::command::{Action, Command};
use crate::compare::{Compare, Side};
use crate::export::{self, Picture};
use crate::files::Purpose;
use crate::native;
use crate::reading::Wanted;
use crate::replay::Replay;
use crate::state::RightTab;

/// Carries out the commands of this module; gives the others back.
pub(crate) fn handle(viewer: &mut Viewer, ctx: &Context, command: Command) -> Option<Command> {
    match command {
        Command::OpenRecording(path) => read(viewer, Wanted::Recording(path)),
        Command::Compare(path) => read(viewer, Wanted::Placement(path)),
        Command::AskForPicture => ask(viewer, Purpose::Picture, ".png"),
        Command::ExportPicture(path) => {
            let (picture, look) = shown(viewer)?;
            let name = path.clone();
            viewer.exports.start(ctx, path, move || picture.draw(&look, &name));
        }
        Command::ExportFilm(path) => {
            let dark = ctx.theme() == egui::Theme::Dark;
            if let Some(session) = &viewer.session {
                export::film(&mut viewer.exports, ctx, session, dark, path);
            }
        }
        Command::Seek(_)
        | Command::Think(_)
        | Command::CompareSide(_)
        | Command::CompareSort(_) => {
            on_session(viewer, command);
        }
        other => return Some(other),
    }
    None
}

/// What the window shows, and how it looks exported.
fn shown(viewer: &Viewer) -> Option<(Picture, Look)> {
    let session = viewer.session.as_ref()?;
    let canvas = &viewer.canvas;
    let whole = session.design.canvas.rect();
    let view = canvas.camera.map_or(whole, |camera| camera.world_rect(canvas.view, canvas.view));
    Some((Picture::new(session, &viewer.state), export::look(&viewer.panels.export, view)))
}

fn on_session(viewer: &mut Viewer, command: Command) {
    let Some(session) = &mut viewer.session else { return };
    let design = &session.design;
    match (command, &mut session.replay, &mut session.compare) {
        (Command::Seek(step), Some(replay), _) => {
            replay.playing = false;
            replay.seek(design, step);
        }
        (Command::Think(thought), Some(replay), _) => replay.think(design, thought),
        (Command::CompareSide(side), _, Some(compare)) => compare.side = side,
        (Command::CompareSort(sort), _, Some(compare)) => compare.sort_by(design, sort),
        _ => {}
    }
}

/// Carries out the actions of this module; says whether it was one.
pub(crate) fn act(viewer: &mut Viewer, ctx: &Context, action: Action) -> bool {
    match action {
        Action::OpenRecording => ask(viewer, Purpose::Recording, ""),
        Action::ReplayRun => {
            let run = viewer.session.as_ref().and_then(|session| session.last_run.clone());
            if let Some(run) = run {
                read(viewer, Wanted::Run(run));
            }
        }
        Action::CompareWith => ask(viewer, Purpose::Compare, ""),
        Action::CompareTab => {
            viewer.state.right = true;
            viewer.state.right_tab = RightTab::Compare;
        }
        Action::CompareWithOpened => {
            if let Some(session) = &viewer.session {
                let opened = Arc::clone(&session.design.placement);
                read(viewer, Wanted::Opened(opened));
            }
        }
        Action::ExportPicture => viewer.panels.export.open = true,
        Action::CopyPicture => {
            if let Some((picture, look)) = shown(viewer) {
                viewer.exports.copy(ctx, move || picture.image(&look));
            }
        }
        Action::ExportFilm => ask(viewer, Purpose::Film, ".gif"),
        Action::KeepStep => keep_step(viewer),
        Action::CloseReplay => {
            if let Some(session) = &mut viewer.session {
                session.replay = None;
            }
        }
        other => return step(viewer, other) || side(viewer, other),
    }
    true
}

/// Actions on the recording that is shown.
fn step(viewer: &mut Viewer, action: Action) -> bool {
    let Some(session) = &mut viewer.session else { return false };
    let (design, Some(replay)) = (&session.design, &mut session.replay) else { return false };
    match action {
        Action::Play => replay.toggle(design),
        Action::NextStep => replay.step(design, 1),
        Action::PreviousStep => replay.step(design, -1),
        Action::FirstStep => replay.step(design, isize::MIN),
        Action::LastStep => replay.step(design, isize::MAX),
        Action::Faster => replay.change_speed(1),
        Action::Slower => replay.change_speed(-1),
        _ => return false,
    }
    true
}

/// Actions on the placement compared with.
fn side(viewer: &mut Viewer, action: Action) -> bool {
    let Some(session) = &mut viewer.session else { return false };
    let Some(compare) = &mut session.compare else { return false };
    match action {
        Action::Blink => compare.blinked = !compare.blinked,
        Action::SideBySide => {
            compare.side = if compare.side == Side::Over { Side::Beside } else { Side::Over };
        }
        Action::CloseCompare => session.compare = None,
        _ => return false,
    }
    true
}

/// Asks for a file, proposing the design's name with an ending.
fn ask(viewer: &mut Viewer, purpose: Purpose, ending: &str) {
    let Some(session) = &viewer.session else { return };
    let name = match ending {
        "" => String::new(),
        ending => format!("{}{ending}", session.design.name),
    };
    let folder = viewer.state.folder.clone().unwrap_or_else(native::start_folder);
    viewer.panels.files.ask(purpose, &folder, &name);
}

/// Has something read for the open design.
fn read(viewer: &mut Viewer, wanted: Wanted) {
    match &viewer.session {
        Some(session) => viewer.reader.ask((session.design.clone(), wanted)),
        None => viewer.messages.error("open the design of the recording first"),
    }
}

impl Viewer {
    /// Shows a recording that was read.
    pub(crate) fn replay(&mut self, replay: Replay) {
        let Some(session) = self.session.as_mut().filter(|session| session.run.is_none()) else {
            return;
        };
        session.drag_cancel();
        session.compare = None;
        let (n, name) = (replay.player().len(), &replay.player().recording().head.design);
        self.messages.note(format!("{n} steps of {name}"));
        session.replay = Some(replay);
    }

    /// Compares with a placement that was read.
    pub(crate) fn compare(&mut self, compare: Compare) {
        let Some(session) = &mut self.session else { return };
        session.replay = None;
        session.compare = Some(compare);
        self.state.right = true;
        self.state.right_tab = RightTab::Compare;
    }
}

/// What to say of locked macros that another placement has elsewhere.
pub(crate) fn locked(left: usize) -> String {
    match left {
        1 => "1 locked macro stays where it is".to_owned(),
        _ => format!("{left} locked macros stay where they are"),
    }
}

/// The placement of the step shown, as an edit.
fn keep_step(viewer: &mut Viewer) {
    let Some(session) = &mut viewer.session else { return };
    let Some(replay) = session.replay.take() else { return };
    let (at, placement) = (replay.player().at(), Arc::clone(&replay.shown().1));
    let complete = session.netlist().macros().all(|node| placement.placed[node.usize()]);
    if complete {
        let left = session.apply_placement(format!("Step {at} of a recording"), &placement);
        if left > 0 {
            viewer.messages.note(locked(left));
        }
    } else {
        viewer.messages.error("this step has macros without a place");
        session.replay = Some(replay);
    }
}
