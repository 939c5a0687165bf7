//! What goes wrong becomes a message, and no edit is lost.

use std::fs;
use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable;
use flagstone_gui::command::{Action, Command};
use flagstone_gui::design::Design;
use flagstone_gui::recovery;
use flagstone_gui::selection::Pick;
use flagstone_gui::session::Session;
use flagstone_gui::tools::Tool;
use flagstone_netlist::{NodeId, Placement};

use super::{Window, empty, hard_macros, open, session, settle, show, toy, viewer};

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("viewer").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().handle(&ctx, command);
    settle(window);
}

/// A placement of the open design.
fn read(window: &Window, path: &Path) -> Placement {
    let session = session(window);
    session.design.read_placement(path, &session.placement).unwrap()
}

/// A design read from its own `.plc`, in a folder of its own.
fn with_own_file(name: &str) -> (Window, Design, PathBuf) {
    let path = folder(name).join("toy.plc");
    let mut window = open();
    command(&mut window, Command::SaveAs(path.clone()));
    let mut design = toy();
    design.files = vec![path.clone()];
    show(&mut window, design.clone());
    (window, design, path)
}

/// Mirrors the hard macro `k`.
fn mirror(window: &mut Window, k: usize) -> NodeId {
    let node = hard_macros(window)[k];
    command(window, Command::Select(Pick::Replace, vec![node]));
    command(window, Command::Do(Action::MirrorX));
    node
}

#[test]
fn an_edit_in_place_of_one_that_was_saved_is_not_saved() {
    let (mut window, design, _) = with_own_file("replaced");
    mirror(&mut window, 0);
    command(&mut window, Command::Do(Action::Save));
    assert!(!session(&window).dirty());
    command(&mut window, Command::Do(Action::Undo));
    mirror(&mut window, 1);
    assert!(session(&window).dirty());
    assert_eq!(recovery::find(&design).map(|kept| kept.len()), Some(2), "and both are kept");
    command(&mut window, Command::Do(Action::Save));
    assert!(recovery::find(&design).is_none());
}

#[test]
fn edits_saved_elsewhere_are_kept_with_later_ones_for_the_files_that_lack_them() {
    let (mut window, design, path) = with_own_file("elsewhere");
    mirror(&mut window, 0);
    command(&mut window, Command::SaveAs(path.with_file_name("other.plc")));
    assert!(!session(&window).dirty());
    mirror(&mut window, 1);
    assert_eq!(recovery::find(&design).map(|kept| kept.len()), Some(2));
    let edited = session(&window).placement.clone();
    let mut again = Session::new(design.clone());
    again.recovered = recovery::find(&design);
    assert!(!again.idle(), "nothing else is done before that is settled");
    again.recover();
    assert_eq!(again.placement, edited);
    // A script for another program cannot be opened again.
    command(&mut window, Command::SaveAs(path.with_file_name("toy.tcl")));
    assert!(session(&window).dirty());
    command(&mut window, Command::Do(Action::Save));
    assert!(recovery::find(&design).is_none());
}

#[test]
fn of_a_folder_the_files_that_were_read_are_watched() {
    let folder = folder("watched");
    let mut window = open();
    for name in ["netlist.pb.txt", "initial.plc"] {
        command(&mut window, Command::SaveAs(folder.join(name)));
    }
    fs::create_dir(folder.join("other")).unwrap();
    let design = Design::open(std::slice::from_ref(&folder)).unwrap();
    assert_eq!(design.watched(), ["initial.plc", "netlist.pb.txt"].map(|name| folder.join(name)));
}

#[test]
fn a_file_that_is_there_is_replaced_only_if_that_is_said_again() {
    let (mut window, _, path) = with_own_file("asked");
    fs::write(&path, "mine").unwrap();
    let viewer = window.state_mut().as_mut().unwrap();
    viewer.state.folder = path.parent().map(PathBuf::from);
    command(&mut window, Command::Do(Action::SaveAs));
    window.run_steps(2);
    window.get_by_label("Save").click();
    window.run_steps(2);
    settle(&mut window);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    window.get_by_label("toy.plc is there already.");
    window.get_by_label("Replace").click();
    window.run_steps(2);
    settle(&mut window);
    assert!(read(&window, &path).x == session(&window).placement.x);
}

#[test]
fn a_corrupt_file_is_a_message_and_the_open_design_stays() {
    let path = folder("corrupt").join("netlist.pb.txt");
    fs::write(&path, "node { name: \"a\" input: \"").unwrap();
    let mut window = open();
    command(&mut window, Command::Open(vec![path.clone()]));
    assert_eq!(session(&window).design.name, "toy");
    let errors = viewer(&window).messages.errors().join("\n");
    assert!(errors.contains("netlist.pb.txt"), "{errors}");
    window.get_by_label("Something went wrong");
    window.get_by_label("Close").click();
    window.run_steps(3);
    assert!(viewer(&window).messages.errors().is_empty());
}

#[test]
fn a_missing_file_is_a_message() {
    let mut window = empty([900.0, 600.0], 1.0, egui::Theme::Light);
    command(&mut window, Command::Open(vec!["no/such/file.pb.txt".into()]));
    assert_eq!(viewer(&window).messages.errors().len(), 1);
    assert!(viewer(&window).session.is_none());
}

#[test]
fn a_tool_that_fails_is_a_message_and_the_placement_stays() {
    let mut window = open();
    let before = session(&window).placement.clone();
    command(&mut window, Command::Start(Tool::Watch("no/such/folder".into())));
    while session(&window).run.is_some() {
        window.step();
    }
    let errors = viewer(&window).messages.errors();
    assert!(errors[0].contains("no/such/folder"), "{errors:?}");
    assert_eq!(session(&window).placement, before);
}

#[test]
fn a_tool_leaves_one_edit_that_can_be_undone() {
    let mut window = open();
    let before = session(&window).placement.clone();
    command(&mut window, Command::Start(Tool::SpreadSoft));
    while session(&window).run.is_some() {
        window.step();
    }
    assert_eq!(session(&window).history.edits().len(), 1);
    assert_ne!(session(&window).placement, before);
    command(&mut window, Command::UndoTo(0));
    assert_eq!(session(&window).placement, before);
}

#[test]
fn a_saved_placement_reads_back_and_a_change_on_disk_is_noticed() {
    let folder = folder("saved");
    let path = folder.join("toy.plc");
    let mut window = open();
    command(&mut window, Command::SaveAs(path.clone()));
    assert!(!session(&window).dirty());
    let placement = read(&window, &path);
    assert_eq!(placement.x, session(&window).placement.x);
    let mut design = toy();
    design.files = vec![path.clone()];
    show(&mut window, design);
    fs::write(&path, "something else").unwrap();
    let started = std::time::Instant::now();
    while viewer(&window).messages.errors().is_empty() && started.elapsed().as_secs() < 20 {
        window.step();
    }
    assert!(viewer(&window).messages.errors()[0].contains("changed on disk"));
}

#[test]
fn edits_are_kept_until_they_are_saved_and_saving_is_no_change_on_disk() {
    let folder = folder("kept");
    let path = folder.join("toy.plc");
    let mut window = open();
    command(&mut window, Command::SaveAs(path.clone()));
    let mut design = toy();
    design.files = vec![path.clone()];
    show(&mut window, design.clone());
    command(&mut window, Command::Do(Action::SelectAll));
    command(&mut window, Command::Do(Action::MirrorX));
    assert!(session(&window).dirty());
    let kept = recovery::find(&design).expect("the edit is on disk");
    assert_eq!(kept.len(), session(&window).selection.len());
    command(&mut window, Command::Do(Action::Save));
    assert!(!session(&window).dirty());
    assert!(recovery::find(&design).is_none(), "what is saved need not be recovered");
    let saved = read(&window, &path);
    assert_eq!(saved.orientation, session(&window).placement.orientation);
    // Something else that the watch does tell of, so that it had time to see the own file, too.
    fs::remove_file(&path).unwrap();
    let started = std::time::Instant::now();
    while viewer(&window).messages.errors().is_empty() && started.elapsed().as_secs() < 20 {
        window.step();
    }
    let errors = viewer(&window).messages.errors();
    assert!(errors.len() == 1 && errors[0].contains("is gone"), "{errors:?}");
}

#[test]
fn a_write_that_fails_is_a_message() {
    let mut window = open();
    command(&mut window, Command::SaveAs(PathBuf::from("/dev/null/toy.plc")));
    command(&mut window, Command::SaveAs(PathBuf::from("toy.unknown")));
    assert_eq!(viewer(&window).messages.errors().len(), 2);
}

#[test]
fn markers_and_heat_maps_are_written() {
    let folder = folder("written");
    let mut window = open();
    let names = ["m.lyrdb", "h.csv", "h.lyimg"].map(|name| folder.join(name));
    command(&mut window, Command::SaveMarkers(names[0].clone()));
    command(&mut window, Command::SaveHeatMap(names[1].clone()));
    command(&mut window, Command::SaveHeatMap(names[2].clone()));
    let text = names.map(|name| fs::read_to_string(name).unwrap());
    assert!(text[0].contains("report-database"));
    assert_eq!(text[1].lines().count(), 2 + 12 * 12);
    assert!(text[2].contains("<image-data>"));
}
