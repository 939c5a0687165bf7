//! Replaying, comparing and exporting.

use std::path::{Path, PathBuf};

use egui::{Key, Modifiers, Theme};
use egui_kittest::kittest::Queryable;
use flagstone_geom::Point;
use flagstone_gui::command::{Action, Command};
use flagstone_gui::compare::Side;
use flagstone_gui::design::Design;
use flagstone_gui::replay::Thought;
use flagstone_netlist::NodeId;
use flagstone_report::SortBy;
use flagstone_report::recording::{Choice, Head, Recorder};

use super::views::{opened, picture};
use super::{Window, hard_macros, open, session, settle, viewer};

/// Steps of the recording of the small design.
pub(crate) const STEPS: usize = 6;

/// A recording in which the first macros move up one after the other, the third by a policy.
pub(crate) fn recording(design: &Design, folder: &Path) -> PathBuf {
    let path = folder.join("steps.jsonl");
    let canvas = &design.canvas;
    let head = Head {
        design: design.name.clone(),
        grid: (canvas.columns, canvas.rows),
        canvas: (canvas.width, canvas.height),
        weights: design.weights,
        ..Head::default()
    };
    let mut placement = (*design.placement).clone();
    let mut bytes = Vec::new();
    let mut recorder = Recorder::new(&mut bytes, &head, &design.netlist, &placement).unwrap();
    let nodes: Vec<NodeId> = design.netlist.nodes_of(flagstone_netlist::Kind::HardMacro).collect();
    for (step, &node) in nodes.iter().take(STEPS).enumerate() {
        let at = placement.center(node);
        placement.set_center(node, Point::new(at.x, at.y + 10.0));
        let n = canvas.grid().n_cells() as u32;
        let logits = (0..n).map(|cell| cell as f32 / 20.0).collect();
        let choice = Choice { node, cell: 7, value: -0.75, legal: (0..n).collect(), logits };
        let choice = (step == 2).then_some(&choice);
        let cost =
            flagstone_cost::Cost { wirelength: 1.0 / (step + 1) as f64, ..Default::default() };
        recorder.step("anneal", 100 * step as u64, &placement, Some(cost), choice).unwrap();
    }
    std::fs::write(&path, bytes).unwrap();
    path
}

fn handle(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().handle(&ctx, command);
    settle(window);
}

fn replaying(mut window: Window) -> (Window, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = recording(&session(&window).design, folder.path());
    handle(&mut window, Command::Open(vec![path]));
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    (window, folder)
}

fn at(window: &Window) -> usize {
    session(window).replay.as_ref().unwrap().player().at()
}

#[test]
fn keys_walk_through_a_recording() {
    let (mut window, _folder) = replaying(open());
    let first = hard_macros(&window)[0];
    let y = session(&window).placement.center(first).y;
    assert_eq!(session(&window).shown().1.center(first).y, y + 10.0, "the step is shown");
    for (key, expected) in
        [(Key::Period, 1), (Key::Period, 2), (Key::Comma, 1), (Key::End, STEPS - 1), (Key::Home, 0)]
    {
        window.key_press(key);
        window.run_steps(2);
        assert_eq!(at(&window), expected, "{key:?}");
    }
    window.key_press(Key::P);
    window.run_steps(30);
    let replay = session(&window).replay.as_ref().unwrap();
    assert_eq!((at(&window), replay.playing), (STEPS - 1, false), "it stops at the end");
    assert!(!session(&window).movable(first), "nothing is edited meanwhile");
}

#[test]
fn a_step_is_taken_over_as_an_edit() {
    let (mut window, _folder) = replaying(open());
    let before = session(&window).placement.clone();
    handle(&mut window, Command::Seek(1));
    handle(&mut window, Command::Do(Action::KeepStep));
    let first = hard_macros(&window)[0];
    assert!(session(&window).replay.is_none(), "the recording is closed");
    assert_eq!(session(&window).placement.center(first).y, before.center(first).y + 10.0);
    handle(&mut window, Command::Do(Action::Undo));
    assert_eq!(session(&window).placement, before);
}

#[test]
fn what_the_policy_thought_is_drawn() {
    let (mut window, _folder) = replaying(open());
    let map = |window: &Window| session(window).replay.as_ref().unwrap().heat().cloned();
    assert_eq!(map(&window), None, "no policy in this step");
    handle(&mut window, Command::Seek(2));
    let sum: f64 = map(&window).unwrap().values.iter().sum();
    assert!((sum - 1.0).abs() < 1e-6, "probabilities add up to {sum}");
    window.get_by_label("Logits").click();
    window.run_steps(2);
    assert_eq!(map(&window).unwrap().values[20], 1.0);
    handle(&mut window, Command::Think(Thought::Mask));
    assert!(map(&window).unwrap().values.iter().all(|&value| value == 1.0), "all are legal");
}

#[test]
fn a_broken_recording_is_a_message() {
    let mut window = open();
    let folder = tempfile::tempdir().unwrap();
    let path = recording(&session(&window).design, folder.path());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"moved\"", "\"loved\"").replace("[[", "[")).unwrap();
    handle(&mut window, Command::OpenRecording(path));
    assert!(session(&window).replay.is_none(), "it is not shown");
    assert_eq!(viewer(&window).messages.errors().len(), 1);
}

#[test]
fn a_broken_or_missing_placement_is_a_message() {
    let mut window = open();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.plc");
    std::fs::write(&path, "1 2 3 east\n").unwrap();
    handle(&mut window, Command::Compare(path));
    handle(&mut window, Command::Compare(folder.path().join("none.plc")));
    assert!(session(&window).compare.is_none(), "nothing is compared");
    let errors = viewer(&window).messages.errors().join("\n");
    assert!(errors.contains("other.plc") && errors.contains("none.plc"), "{errors}");
}

/// The first macro moved, and the placement as it was opened beside.
fn comparing(mut window: Window) -> Window {
    let node = hard_macros(&window)[0];
    handle(&mut window, Command::Select(flagstone_gui::selection::Pick::Replace, vec![node]));
    for action in [Action::NudgeUp, Action::MirrorX, Action::CompareWithOpened] {
        handle(&mut window, Command::Do(action));
    }
    window
}

#[test]
fn differences_are_listed_with_their_cost() {
    let mut window = comparing(open());
    let node = hard_macros(&window)[0];
    let compare = session(&window).compare.as_ref().unwrap();
    let [change] = compare.sorted() else { panic!("{:?}", compare.sorted()) };
    assert_eq!((change.node, change.turned()), (node, true));
    let found = &compare.answer().unwrap().found;
    assert!((change.delta.wirelength - found.delta().wirelength).abs() < 1e-12, "{change:?}");
    handle(&mut window, Command::CompareSort(SortBy::Dy));
    assert_eq!(session(&window).compare.as_ref().unwrap().sort(), SortBy::Dy);
    handle(&mut window, Command::Do(Action::NudgeRight));
    let compare = session(&window).compare.as_ref().unwrap();
    assert!(compare.sorted()[0].shift().0 > 0.0, "the list follows the edits");
}

#[test]
fn the_other_placement_is_shown_in_turn() {
    let mut window = comparing(open());
    let node = hard_macros(&window)[0];
    let own = session(&window).shown().1.center(node);
    window.key_press(Key::B);
    window.run_steps(2);
    let other = session(&window).shown().1.center(node);
    assert!(other.y < own.y, "before it was nudged up");
    assert!(!session(&window).movable(node), "the other one is not edited");
    window.key_press(Key::B);
    window.run_steps(2);
    assert_eq!(session(&window).shown().1.center(node), own);
}

#[test]
fn both_canvases_move_together() {
    let mut window = comparing(open());
    handle(&mut window, Command::CompareSide(Side::Beside));
    window.run_steps(3);
    window.key_press(Key::Z);
    window.run_steps(3);
    let cameras = |window: &Window| (viewer(window).canvas.camera, viewer(window).beside.camera);
    let (own, other) = cameras(&window);
    assert_eq!(own, other, "zoomed by a key");
    let right = viewer(&window).beside.view.center();
    let to = right + egui::vec2(40.0, 10.0);
    super::drag(&mut window, right, to, egui::PointerButton::Middle, Modifiers::NONE);
    let (own_now, other_now) = cameras(&window);
    assert_eq!(own_now, other_now, "dragged on the right");
    assert_ne!(own_now, own);
}

#[test]
fn what_is_shown_is_exported() {
    let (mut window, folder) = replaying(comparing(open()));
    let file = |name: &str| folder.path().join(name);
    handle(&mut window, Command::ExportFilm(file("f.gif")));
    handle(&mut window, Command::Do(Action::CloseReplay));
    handle(&mut window, Command::Do(Action::CompareWithOpened));
    for name in ["p.png", "p.svg"] {
        handle(&mut window, Command::ExportPicture(file(name)));
    }
    let start = |name: &str| std::fs::read(file(name)).unwrap()[..4].to_vec();
    assert_eq!(start("f.gif"), b"GIF8");
    assert_eq!(start("p.png"), b"\x89PNG");
    let svg = std::fs::read_to_string(file("p.svg")).unwrap();
    assert!(svg.contains("<g id=\"ghost\">"), "the comparison is on the picture");
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    handle(&mut window, Command::ExportPicture(file("p.bmp")));
    assert_eq!(viewer(&window).messages.errors().len(), 1, "an unknown format is a message");
}

#[test]
fn a_picture_is_put_on_the_clipboard() {
    let mut window = open();
    let ctx = window.ctx.clone();
    for (pixels, framed) in [(640, false), (300, true)] {
        let viewer = window.state_mut().as_mut().unwrap();
        viewer.panels.export.pixels = pixels;
        viewer.panels.export.framed = framed;
        // No frame may come between: its output would hold the picture.
        viewer.handle(&ctx, Command::Do(Action::CopyPicture));
        viewer.settle(&ctx);
        window.step();
        let commands = &window.output().platform_output.commands;
        let [egui::OutputCommand::CopyImage(image)] = &commands[..] else {
            panic!("{} commands", commands.len())
        };
        assert_eq!(image.width(), pixels as usize);
        let canvas = session(&window).design.canvas.rect();
        let height = f64::from(pixels) * canvas.height() / canvas.width();
        if framed {
            assert!(image.height() as f64 != height.round(), "room for title and legend");
        } else {
            assert!((image.height() as f64 - height).abs() <= 1.0, "{:?}", image.size);
        }
        let first = image.pixels[0];
        assert!(image.pixels.iter().any(|&pixel| pixel != first), "something is drawn");
    }
    window.step();
    let said = format!("{:?}", viewer(&window).messages);
    assert!(said.contains("copied the picture, 300 × "), "{said}");
}

#[test]
fn the_replay_of_a_policy_step() {
    let (mut window, _folder) = replaying(opened(1.0, Theme::Light));
    handle(&mut window, Command::Seek(2));
    picture(&mut window, "replay");
}

#[test]
fn a_comparison_over_and_beside() {
    let mut window = comparing(opened(1.0, Theme::Dark));
    picture(&mut window, "compare_overlay");
    handle(&mut window, Command::CompareSide(Side::Beside));
    picture(&mut window, "compare_beside");
}

#[test]
fn the_window_for_exports() {
    let mut window = opened(1.0, Theme::Dark);
    handle(&mut window, Command::Do(Action::ExportPicture));
    picture(&mut window, "export");
}
