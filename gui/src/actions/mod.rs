//! What each command does.

mod files;

use std::sync::Arc;

use egui::{Context, ThemePreference};
use flagstone_geom::Orientation;
use flagstone_netlist::{Kind, NodeId};
use flagstone_place::refine::Effort;

use crate::app::{Panels, Viewer};
use crate::command::{Action, Command};
use crate::files::Purpose;
use crate::find::{Target, target};
use crate::heat::MapKind;
use crate::layers::Layer;
use crate::messages::Messages;
use crate::native;
use crate::selection::Pick;
use crate::session::Session;
use crate::state::{LeftTab, RightTab, Settings, State};
use crate::tools::{Outcome, Tool};
use crate::{markers, review, theme};

/// Sizes of everything that the keys go through.
const ZOOMS: std::ops::RangeInclusive<f32> = 0.6..=2.5;

/// Carries a command out.
pub(crate) fn handle(viewer: &mut Viewer, ctx: &Context, command: Command) {
    match command {
        Command::Do(action) => act(viewer, ctx, action),
        Command::Open(files) => files::open(viewer, ctx, files),
        Command::SaveAs(path) => files::save(viewer, ctx, path),
        Command::SaveMarkers(path) => {
            let bytes = viewer.session.as_ref().map(markers::to_lyrdb).unwrap_or_default();
            viewer.exports.start(ctx, path, || Ok(bytes));
        }
        Command::SaveHeatMap(path) => {
            let bytes = files::heat_map(viewer, &path).map_err(|error| format!("{error:#}"));
            viewer.exports.start(ctx, path, || bytes);
        }
        Command::Settings(settings) => viewer.state.settings = *settings,
        Command::LeftTab(tab) => left_tab(viewer, tab),
        Command::RightTab(tab) => right_tab(viewer, tab),
        Command::Copy(text) => {
            viewer.messages.note(format!("copied {text}"));
            ctx.copy_text(text);
        }
        Command::Close => viewer.close(ctx),
        other => {
            if let Some(other) = review::handle(viewer, ctx, other) {
                on_design(viewer, ctx, other);
            }
        }
    }
}

/// Commands about the open design.
fn on_design(viewer: &mut Viewer, ctx: &Context, command: Command) {
    let halo = viewer.state.settings.halo;
    let Some(session) = &mut viewer.session else { return };
    match command {
        Command::Recover => session.recover(),
        Command::ForgetRecovery => {
            session.recovered = None;
            viewer.forget_kept();
        }
        Command::Select(how, nodes) => session.selection.pick(how, &nodes),
        Command::SelectAndFit(nodes) => select_and_fit(viewer, &nodes),
        Command::ZoomTo(rect) => viewer.canvas.zoom_to(&rect),
        Command::GoTo(text) => match target(&text, session) {
            Ok(Target::Area(rect)) => viewer.canvas.zoom_to(&rect),
            Ok(Target::Nodes(nodes)) => select_and_fit(viewer, &nodes),
            Err(problem) => viewer.messages.error(problem),
        },
        Command::DragStart(lead, grab) => session.drag_start(lead, grab),
        Command::DragTo(p, snap) => session.drag_to(p, snap, halo),
        Command::DragEnd => session.drag_end(),
        Command::Measure(ruler) => session.rulers.push(ruler),
        Command::UndoTo(state) => session.undo_to(state),
        Command::Waive(k, waived) => {
            let Some(marker) = markers::all(session).into_iter().nth(k) else { return };
            if waived {
                session.waived.insert(marker.key);
            } else {
                session.waived.remove(&marker.key);
            }
        }
        Command::ShowMarker(k) => show_marker(viewer, k),
        Command::Start(tool) => start(viewer, ctx, tool),
        Command::Group(group) => {
            let nodes = session.selection.nodes().to_vec();
            session.groups.toggle(group, &nodes);
        }
        Command::SelectGroup(group) => {
            let nodes = session.groups.nodes[group].clone();
            session.selection.pick(Pick::Replace, &nodes);
        }
        _ => {}
    }
}

/// Actions that need no design.
fn act(viewer: &mut Viewer, ctx: &Context, action: Action) {
    let state = &mut viewer.state;
    match action {
        Action::Open => {
            let folder = state.folder.clone().unwrap_or_else(native::start_folder);
            viewer.panels.files.ask(Purpose::Open, &folder, "");
        }
        Action::Quit => {
            viewer.messages.note("closing");
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        Action::LayersTab => left_tab(viewer, LeftTab::Layers),
        Action::HistoryTab => left_tab(viewer, LeftTab::History),
        Action::GroupsTab => left_tab(viewer, LeftTab::Groups),
        Action::Find => {
            left_tab(viewer, LeftTab::Find);
            viewer.panels.find.focus = true;
        }
        Action::Inspect => right_tab(viewer, RightTab::Inspector),
        Action::CostTab => right_tab(viewer, RightTab::Cost),
        Action::MarkersTab => right_tab(viewer, RightTab::Markers),
        Action::HeatTab => right_tab(viewer, RightTab::Heat),
        Action::ToolsTab => right_tab(viewer, RightTab::Tools),
        Action::LeftPanel => state.left = !state.left,
        Action::RightPanel => state.right = !state.right,
        Action::FrameTime => state.settings.frame_time = !state.settings.frame_time,
        Action::ThemeSystem => state.settings.theme = ThemePreference::System,
        Action::ThemeLight => state.settings.theme = ThemePreference::Light,
        Action::ThemeDark => state.settings.theme = ThemePreference::Dark,
        Action::LargerText => zoom(&mut state.settings, 0.1),
        Action::SmallerText => zoom(&mut state.settings, -0.1),
        Action::NormalText => state.settings.zoom = 1.0,
        Action::Reset => {
            let recent = std::mem::take(&mut state.recent);
            *state = State { recent, ..State::default() };
            ctx.memory_mut(|memory| *memory = egui::Memory::default());
            ctx.options_mut(|options| options.zoom_with_keyboard = false);
            theme::install(ctx);
            viewer.panels = Panels::default();
        }
        Action::Palette => viewer.panels.palette.open(),
        Action::CheatSheet => viewer.panels.cheat_sheet = !viewer.panels.cheat_sheet,
        other if review::act(viewer, ctx, other) => {}
        other => act_on_design(viewer, ctx, other),
    }
}

fn zoom(settings: &mut Settings, by: f32) {
    settings.zoom = (settings.zoom + by).clamp(*ZOOMS.start(), *ZOOMS.end());
}

fn left_tab(viewer: &mut Viewer, tab: LeftTab) {
    viewer.state.left = true;
    viewer.state.left_tab = tab;
}

fn right_tab(viewer: &mut Viewer, tab: RightTab) {
    viewer.state.right = true;
    viewer.state.right_tab = tab;
}

/// Actions on the view of a design, and the settings of the view.
fn act_on_design(viewer: &mut Viewer, ctx: &Context, action: Action) {
    let Some(session) = &mut viewer.session else { return };
    let canvas = &mut viewer.canvas;
    let settings = &mut viewer.state.settings;
    match action {
        Action::Fit => canvas.zoom_to(&session.design.canvas.rect()),
        Action::FitSelection => {
            if let Some(rect) = session.bounds(session.selection.nodes()) {
                canvas.zoom_to(&rect);
            }
        }
        Action::ZoomIn => canvas.zoom_by(1),
        Action::ZoomOut => canvas.zoom_by(-1),
        Action::PanLeft => canvas.pan_by(-1.0, 0.0),
        Action::PanRight => canvas.pan_by(1.0, 0.0),
        Action::PanUp => canvas.pan_by(0.0, 1.0),
        Action::PanDown => canvas.pan_by(0.0, -1.0),
        Action::Back => canvas.go(true),
        Action::Forward => canvas.go(false),
        Action::GoTo => viewer.panels.go_to = Some(String::new()),
        Action::NextHeatMap => cycle(settings, 1),
        Action::PreviousHeatMap => cycle(settings, MapKind::ALL.len() - 1),
        Action::HeatMapOff => settings.layers.set_visible(Layer::HeatMap, false),
        Action::Flylines => flip(settings, Layer::Flylines),
        Action::Bundles => flip(settings, Layer::Bundles),
        Action::Names => flip(settings, Layer::Names),
        Action::GridLines => flip(settings, Layer::Grid),
        Action::Focus => settings.focus = !settings.focus,
        Action::Snap => settings.snap = !settings.snap,
        Action::Ruler => canvas.measuring = !canvas.measuring,
        Action::ClearRulers => session.rulers.clear(),
        Action::Deselect => cancel(viewer),
        Action::NextMarker => step_marker(viewer, 1),
        Action::PreviousMarker => step_marker(viewer, -1),
        Action::NextUnderPointer => {
            if let Some(node) = canvas.next_under() {
                session.selection.pick(Pick::Replace, &[node]);
            }
        }
        other => edit(viewer, ctx, other),
    }
}

fn flip(settings: &mut Settings, layer: Layer) {
    let visible = settings.layers.visible(layer);
    settings.layers.set_visible(layer, !visible);
}

/// The next map; from none to the one shown last.
fn cycle(settings: &mut Settings, by: usize) {
    let shown = settings.layers.visible(Layer::HeatMap);
    settings.layers.set_visible(Layer::HeatMap, true);
    if shown {
        let n = MapKind::ALL.len();
        settings.heat.kind = MapKind::ALL[(settings.heat.kind as usize + by) % n];
        settings.heat.range = None;
    }
}

/// Ends what is under way: a window, a drag, measuring, then the selection.
fn cancel(viewer: &mut Viewer) {
    if !viewer.messages.errors().is_empty() {
        viewer.messages.clear_errors();
        return;
    }
    let Some(session) = &mut viewer.session else { return };
    if viewer.panels.go_to.take().is_some() || viewer.panels.files.is_open() {
        viewer.panels.files.close();
    } else if viewer.panels.export.open {
        viewer.panels.export.open = false;
    } else if viewer.panels.cheat_sheet {
        viewer.panels.cheat_sheet = false;
    } else if session.drag.is_some() {
        session.drag_cancel();
        viewer.canvas.let_go();
    } else if viewer.canvas.measuring {
        viewer.canvas.measuring = false;
    } else {
        session.selection.pick(Pick::Replace, &[]);
    }
}

/// Actions that change the placement or start something that does.
fn edit(viewer: &mut Viewer, ctx: &Context, action: Action) {
    let Some(session) = &mut viewer.session else { return };
    match action {
        Action::Undo => session.undo_to(session.history.in_force().saturating_sub(1)),
        Action::Redo => session.undo_to(session.history.in_force() + 1),
        Action::SelectAll => {
            let all: Vec<NodeId> = session.netlist().nodes_of(Kind::HardMacro).collect();
            session.selection.pick(Pick::Replace, &all);
        }
        Action::RotateHalf => session.turn("Turn", Orientation::S),
        Action::MirrorX => session.turn("Mirror", Orientation::FN),
        Action::MirrorY => session.turn("Mirror", Orientation::FS),
        Action::Lock => session.lock(),
        Action::NudgeLeft => session.nudge(-1.0, 0.0),
        Action::NudgeRight => session.nudge(1.0, 0.0),
        Action::NudgeUp => session.nudge(0.0, 1.0),
        Action::NudgeDown => session.nudge(0.0, -1.0),
        Action::ClearGroups => session.groups = Default::default(),
        Action::SetReference => session.reference = session.engine.cost(),
        Action::LegalizeSelection => {
            let nodes = session.selection.nodes().to_vec();
            start(viewer, ctx, Tool::Legalize(nodes));
        }
        Action::Refine => start(viewer, ctx, Tool::Refine(Effort::Quick)),
        Action::RefineLong => start(viewer, ctx, Tool::Refine(Effort::Normal)),
        Action::Descend => start(viewer, ctx, Tool::Descend),
        Action::SpreadSoft => start(viewer, ctx, Tool::SpreadSoft),
        Action::Greedy => start(viewer, ctx, Tool::Greedy),
        Action::Legalize => start(viewer, ctx, Tool::Legalize(Vec::new())),
        Action::PlaceWithPolicy => start(viewer, ctx, Tool::Policy),
        Action::Train => start(viewer, ctx, Tool::Train),
        Action::Pause => drop(session.run.as_mut().map(crate::tools::Run::pause)),
        Action::StopAndKeep => drop(session.run.as_mut().map(|run| run.stop(false))),
        Action::StopAndDrop => drop(session.run.as_mut().map(|run| run.stop(true))),
        other => files::act(viewer, ctx, other),
    }
}

fn select_and_fit(viewer: &mut Viewer, nodes: &[NodeId]) {
    let Some(session) = &mut viewer.session else { return };
    session.selection.pick(Pick::Replace, nodes);
    if let Some(rect) = session.bounds(nodes) {
        viewer.canvas.zoom_to(&rect);
    }
}

fn show_marker(viewer: &mut Viewer, k: usize) {
    let Some(session) = &viewer.session else { return };
    let Some(marker) = markers::all(session).into_iter().nth(k) else { return };
    viewer.panels.markers.at = Some(k);
    let room = 0.5 * marker.rect.width().max(marker.rect.height());
    viewer.canvas.zoom_to(&marker.rect.grown(room, room));
}

fn step_marker(viewer: &mut Viewer, by: i64) {
    let Some(session) = &viewer.session else { return };
    let markers = markers::all(session);
    let open = |k: &usize| !session.waived.contains(&markers[*k].key);
    let open: Vec<usize> = (0..markers.len()).filter(open).collect();
    if open.is_empty() {
        viewer.messages.note("no markers");
        return;
    }
    let now = viewer.panels.markers.at.and_then(|at| open.iter().position(|&k| k == at));
    let first = if by > 0 { 0 } else { open.len() - 1 };
    let next = now.map_or(first, |now| (now as i64 + by).rem_euclid(open.len() as i64) as usize);
    right_tab(viewer, RightTab::Markers);
    show_marker(viewer, open[next]);
}

fn start(viewer: &mut Viewer, ctx: &Context, tool: Tool) {
    let Some(session) = viewer.session.as_mut().filter(|session| session.idle()) else {
        return;
    };
    let ctx = ctx.clone();
    session.start(tool, &viewer.state.settings, move || ctx.request_repaint());
    right_tab(viewer, RightTab::Tools);
}

/// Takes over what a tool made.
pub(crate) fn finish_run(session: &mut Session, outcome: Outcome, messages: &mut Messages) {
    let Some(mut run) = session.run.take() else { return };
    if let Some(recording) = run.take_recording() {
        session.last_run = Some(Arc::new(recording));
    }
    let name = run.tool.name();
    let found = match outcome {
        Outcome::Failed(message) => return messages.error(format!("{name} failed: {message}")),
        Outcome::Done(None) => run.best_shown(),
        Outcome::Done(Some(placement)) => Some(Arc::new(*placement)),
    };
    let Some(found) = found.filter(|_| !run.drop_result) else {
        return messages.note(format!("{name}: nothing taken over"));
    };
    let before = session.engine.cost().proxy(&session.design.weights);
    let left = session.apply_placement(name, &found);
    let after = session.engine.cost().proxy(&session.design.weights);
    let mut text = format!("{name}: proxy {before:.5} to {after:.5}");
    if left > 0 {
        text = format!("{text}; {}", review::locked(left));
    }
    messages.note(text);
}
