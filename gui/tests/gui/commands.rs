//! Every row of the command table, chosen in the palette by typing its name.

use egui::{Key, Modifiers};
use flagstone_gui::command::{Action, Entry, Needs, TABLE};
use flagstone_gui::compare::Compare;
use flagstone_gui::heat::MapKind;
use flagstone_gui::layers::Layer;
use flagstone_gui::replay::Replay;
use flagstone_gui::ruler::Ruler;
use flagstone_gui::selection::Pick;
use flagstone_gui::tools::Tool;

use super::{Window, hard_macros, on_screen, open, session, settle, viewer};

/// Everything a command may change, as text.
fn trace(window: &Window) -> String {
    let viewer = viewer(window);
    let (session, panels) = (session(window), &viewer.panels);
    let run = session
        .run
        .as_ref()
        .map(|run| (run.tool.clone(), run.paused, run.stopping, run.drop_result));
    let windows =
        (panels.cheat_sheet, panels.palette.open, panels.files.is_open(), panels.export.open);
    let replay = session.replay.as_ref();
    let replay = replay.map(|replay| (replay.player().at(), replay.playing, replay.speed()));
    let compare = session.compare.as_ref().map(|compare| (compare.side, compare.blinked));
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        viewer.state,
        viewer.canvas.camera,
        viewer.canvas.measuring,
        session.selection,
        session.groups,
        session.generation,
        session.history.in_force(),
        session.reference,
        session.rulers,
        run,
        panels.go_to,
        panels.markers.at,
        viewer.messages,
        windows,
        replay,
        compare,
    )
}

/// Brings the window to where the command has something to do.
fn prepare(window: &mut Window, entry: &Entry) {
    let nodes = hard_macros(window);
    let at = on_screen(window, nodes[0]);
    let viewer = window.state_mut().as_mut().unwrap();
    let session = viewer.session.as_mut().unwrap();
    session.selection.pick(Pick::Replace, &nodes[..2]);
    match entry.needs {
        Needs::Undo => session.nudge(1.0, 0.0),
        Needs::Redo => {
            session.nudge(1.0, 0.0);
            session.undo_to(0);
        }
        Needs::Run => {
            let effort = flagstone_place::refine::Effort::Max;
            session.start(Tool::Refine(effort), &viewer.state.settings, || {});
        }
        Needs::LastRun => {
            let folder = tempfile::tempdir().unwrap();
            let path = super::review::recording(&session.design, folder.path());
            session.last_run = Some(std::sync::Arc::new(std::fs::read(&path).unwrap()));
        }
        Needs::Replay => {
            let folder = tempfile::tempdir().unwrap();
            let path = super::review::recording(&session.design, folder.path());
            let bytes = std::fs::read(&path).unwrap();
            let mut replay = Replay::open(&session.design, &path, &bytes).unwrap();
            replay.seek(&session.design, 2);
            session.replay = Some(replay);
        }
        Needs::Compare => {
            let other = session.placement.clone();
            session.compare = Some(Compare::new("other".to_owned(), &session.design, other));
        }
        _ => {}
    }
    let layers = &mut viewer.state.settings.layers;
    match entry.action {
        Action::Back | Action::Forward => {
            viewer.canvas.zoom_by(2);
            viewer.canvas.zoom_to(&session.design.canvas.rect());
            if entry.action == Action::Forward {
                viewer.canvas.go(true);
            }
        }
        Action::Fit => viewer.canvas.zoom_by(3),
        Action::ClearGroups => session.groups.toggle(0, &nodes[..1]),
        Action::ClearRulers => {
            let end = flagstone_geom::Point::new(1.0, 2.0);
            session.rulers.push(Ruler { from: end, to: end });
        }
        Action::SetReference => session.nudge(1.0, 0.0),
        Action::HeatMapOff => layers.set_visible(Layer::HeatMap, true),
        Action::NormalText => viewer.state.settings.zoom = 1.2,
        Action::ThemeLight => viewer.state.settings.theme = egui::ThemePreference::Dark,
        Action::Reset => viewer.state.settings.heat.kind = MapKind::Pins,
        Action::LayersTab => viewer.state.left_tab = flagstone_gui::state::LeftTab::History,
        Action::CostTab => viewer.state.right_tab = flagstone_gui::state::RightTab::Tools,
        Action::Reload => session.design.files = vec!["no/such/netlist.pb.txt".into()],
        _ => {}
    }
    window.hover_at(at);
    settle_all_but_runs(window);
}

fn settle_all_but_runs(window: &mut Window) {
    window.run_steps(3);
}

/// Opens the palette, types and presses Enter.
fn choose(window: &mut Window, name: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.run_steps(2);
    assert!(viewer(window).panels.palette.open, "the palette is not open for {name:?}");
    window.event(egui::Event::Text(name.to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    let entry = TABLE.iter().find(|entry| entry.name == name).unwrap();
    wait_for_thread(window, entry.action);
}

/// What these do is done once a thread has answered.
fn wait_for_thread(window: &mut Window, action: Action) {
    let threads =
        [Action::Reload, Action::ReplayRun, Action::CompareWithOpened, Action::CopyPicture];
    if threads.contains(&action) {
        settle(window);
    }
}

#[test]
fn every_command_of_the_palette_does_something() {
    for entry in TABLE {
        let mut window = open();
        prepare(&mut window, entry);
        assert!(entry.needs.met(Some(session(&window))), "{:?} is not enabled", entry.name);
        let before = trace(&window);
        choose(&mut window, entry.name);
        assert!(
            !viewer(&window).panels.palette.open || entry.action == Action::Palette,
            "the palette stays open after {:?}",
            entry.name
        );
        assert_ne!(trace(&window), before, "{:?} does nothing", entry.name);
    }
}

#[test]
fn every_shortcut_reaches_its_command() {
    for entry in TABLE {
        for shortcut in entry.shortcuts {
            let mut window = open();
            prepare(&mut window, entry);
            let before = trace(&window);
            window.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
            window.run_steps(3);
            wait_for_thread(&mut window, entry.action);
            assert_ne!(trace(&window), before, "{shortcut:?} of {:?} does nothing", entry.name);
        }
    }
}

#[test]
fn commands_that_need_a_design_are_disabled_without_one() {
    let window = super::empty([900.0, 600.0], 1.0, egui::Theme::Dark);
    assert!(viewer(&window).session.is_none());
    for entry in TABLE {
        assert_eq!(entry.needs.met(None), entry.needs == Needs::Nothing, "{:?}", entry.name);
    }
}
