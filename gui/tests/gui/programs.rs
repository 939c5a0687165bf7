//! Programs beside the window: the real one where it is built, and ones that stand for it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use flagstone_gui::command::{Action, Command};
use flagstone_gui::selection::Pick;
use flagstone_netlist::Kind;

use super::runs::{handle, until};
use super::{Window, open, session, settle, viewer};

/// A window with the small design opened from files in a folder, its tools run by a program.
fn with_program(folder: &Path, program: &Path) -> Window {
    let mut window = open();
    let files = ["netlist.pb.txt", "toy.plc"].map(|name| folder.join(name));
    for file in &files {
        handle(&mut window, Command::SaveAs(file.clone()));
        settle(&mut window);
    }
    handle(&mut window, Command::Open(files.to_vec()));
    settle(&mut window);
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    window.state_mut().as_mut().unwrap().state.settings.program = Some(program.to_owned());
    window
}

/// A program that does what a shell script says.
fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("program");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A run folder is filled, then the program waits to be told to end.
fn trainer(folder: &Path) -> PathBuf {
    let text = format!(
        "while [ \"$1\" != --out ]; do shift; done\n\
         mkdir -p \"$2\"\n\
         cp '{0}/moved.plc' \"$2/best.plc\"\n\
         echo '{{\"event\":\"iteration\",\"iteration\":1,\"run_best\":0.5}}' > \"$2/log.jsonl\"\n\
         echo $$ > '{0}/pid'\n\
         echo 'one iteration' >&2\n\
         trap 'echo told to end >&2; exit 130' INT\n\
         while :; do sleep 0.02; done",
        folder.display()
    );
    script(folder, &text)
}

/// A window in which training has shown its first placement, which differs from the open one.
fn training(folder: &Path) -> Window {
    let mut window = with_program(folder, &trainer(folder));
    let mut moved = (*session(&window).placement).clone();
    let node = session(&window).netlist().nodes_of(Kind::HardMacro).next().unwrap();
    moved.orientation[node.usize()] = flagstone_geom::Orientation::S;
    let path = folder.join("moved.plc");
    fs::write(&path, session(&window).design.write(&moved, &path).unwrap()).unwrap();
    handle(&mut window, Command::Do(Action::Train));
    until(&mut window, "the run is not shown", |window| {
        let run = session(window).run.as_ref();
        run.is_some_and(|run| run.shown.is_some() && run.curve.len() == 1 && run.lines.len() > 2)
    });
    window
}

fn ended(window: &mut Window) {
    until(window, "it does not end", |window| session(window).run.is_none());
}

/// What the system says a process does; `None` once it is gone.
fn state(folder: &Path) -> Option<char> {
    let id = fs::read_to_string(folder.join("pid")).unwrap();
    let stat = fs::read_to_string(format!("/proc/{}/stat", id.trim())).ok()?;
    stat.rsplit(')').next()?.trim().chars().next()
}

/// Leaves no edits to be recovered behind.
fn close(mut window: Window) {
    handle(&mut window, Command::UndoTo(0));
    settle(&mut window);
}

#[test]
fn a_program_that_fails_is_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let program = script(folder.path(), "echo 'the policy is lost' >&2; exit 3");
    let mut window = with_program(folder.path(), &program);
    let before = session(&window).placement.clone();
    handle(&mut window, Command::Do(Action::PlaceWithPolicy));
    ended(&mut window);
    let errors = viewer(&window).messages.errors().join("\n");
    assert!(errors.contains("the policy is lost"), "{errors}");
    assert_eq!(session(&window).placement, before);
    close(window);
}

#[test]
fn a_program_that_is_not_there_or_writes_nothing_is_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_program(folder.path(), Path::new("/no/such/program"));
    handle(&mut window, Command::Do(Action::Train));
    ended(&mut window);
    let errors = viewer(&window).messages.errors().join("\n");
    assert!(errors.contains("/no/such/program cannot be started"), "{errors}");
    let program = script(folder.path(), "exit 0");
    window.state_mut().as_mut().unwrap().state.settings.program = Some(program);
    handle(&mut window, Command::Do(Action::PlaceWithPolicy));
    ended(&mut window);
    let errors = viewer(&window).messages.errors().join("\n");
    assert!(errors.contains("no placement was written"), "{errors}");
    close(window);
}

/// Whether these tests were started with interrupts ignored, as a shell without job control does
/// in the background: a shell script started from here cannot be interrupted then.
fn ignores_interrupts() -> bool {
    const INTERRUPT: u64 = 2;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.unwrap_or_default() >> (INTERRUPT - 1) & 1 == 1
}

#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn training_is_watched_and_stopped_with_its_best() {
    if ignores_interrupts() {
        eprintln!("skipped: these tests were started with interrupts ignored");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut window = training(folder.path());
    handle(&mut window, Command::Do(Action::StopAndKeep));
    ended(&mut window);
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "an interrupt is no failure");
    let node = session(&window).netlist().nodes_of(Kind::HardMacro).next().unwrap();
    let turned = session(&window).placement.orientation[node.usize()];
    assert_eq!(turned, flagstone_geom::Orientation::S);
    assert!(state(folder.path()).is_none(), "the program is gone");
    close(window);
}

#[test]
fn a_program_can_be_made_to_wait_and_be_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = training(folder.path());
    let before = session(&window).placement.clone();
    if cfg!(target_os = "linux") {
        handle(&mut window, Command::Do(Action::Pause));
        until(&mut window, "it does not wait", |_| state(folder.path()) == Some('T'));
        handle(&mut window, Command::Do(Action::Pause));
        until(&mut window, "it does not go on", |_| state(folder.path()) != Some('T'));
        handle(&mut window, Command::Do(Action::Pause));
        until(&mut window, "it does not wait", |_| state(folder.path()) == Some('T'));
    }
    handle(&mut window, Command::Do(Action::StopAndDrop));
    ended(&mut window);
    assert!(state(folder.path()).is_none(), "the program is gone, though it waited");
    assert_eq!(session(&window).placement, before);
    close(window);
}

#[test]
fn closing_ends_a_program_that_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = training(folder.path());
    handle(&mut window, Command::Close);
    assert!(session(&window).run.is_none());
    assert!(state(folder.path()).is_none(), "the program is gone with the window");
    close(window);
}

#[test]
fn training_again_leaves_the_first_run_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = training(folder.path());
    let first = folder.path().join("runs").join(format!("{}-viewer", session(&window).design.name));
    let mark = first.join("mark");
    fs::write(&mark, "first").unwrap();
    handle(&mut window, Command::Do(Action::StopAndDrop));
    ended(&mut window);
    handle(&mut window, Command::Do(Action::Train));
    let second = PathBuf::from(format!("{}-2/log.jsonl", first.display()));
    until(&mut window, "there is no second run", |_| second.exists());
    handle(&mut window, Command::Do(Action::StopAndDrop));
    ended(&mut window);
    assert!(mark.exists());
    close(window);
}

#[test]
fn a_policy_is_given_what_is_on_the_screen_and_locked_macros_stay() {
    let folder = tempfile::tempdir().unwrap();
    // It hands back the placement it is given, but with the first macro turned.
    let text = format!(
        "while [ $# -gt 0 ]; do\n\
         case \"$1\" in --plc) plc=$2;; --out) out=$2;; esac; shift; done\n\
         cp \"$plc\" '{0}/given.plc'\n\
         mkdir -p \"$out\"; cp '{0}/moved.plc' \"$out/$(cat '{0}/name').plc\"",
        folder.path().display()
    );
    let program = script(folder.path(), &text);
    let mut window = with_program(folder.path(), &program);
    fs::write(folder.path().join("name"), &session(&window).design.name).unwrap();
    let nodes = super::hard_macros(&window);
    let mut moved = (*session(&window).placement).clone();
    for &node in &nodes[..2] {
        moved.orientation[node.usize()] = flagstone_geom::Orientation::S;
    }
    let path = folder.path().join("moved.plc");
    fs::write(&path, session(&window).design.write(&moved, &path).unwrap()).unwrap();
    handle(&mut window, Command::Select(Pick::Replace, vec![nodes[0]]));
    handle(&mut window, Command::Do(Action::MirrorX));
    handle(&mut window, Command::Do(Action::Lock));
    let before = session(&window).placement.clone();
    handle(&mut window, Command::Do(Action::PlaceWithPolicy));
    ended(&mut window);
    let given = folder.path().join("given.plc");
    let given = session(&window).design.read_placement(&given, &before).unwrap();
    assert!(given.fixed[nodes[0].usize()], "locks that were not saved count");
    assert_eq!(given.orientation, before.orientation);
    let after = session(&window).placement.clone();
    assert_eq!(session(&window).place(nodes[0]).orientation, before.orientation[nodes[0].usize()]);
    assert_eq!(after.orientation[nodes[1].usize()], flagstone_geom::Orientation::S);
    close(window);
}

/// The command line, if it was built with these tests.
fn built() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let program = own.parent()?.parent()?.join("flagstone");
    program.exists().then_some(program)
}

/// Two macros, two cells and a port in a folder.
fn flat(folder: &Path) -> PathBuf {
    let rows = (0..50).map(|row| {
        let y = 2 * row;
        format!(
            "CoreRow Horizontal\n Coordinate : {y}\n Height : 2\n Sitewidth : 1\n Sitespacing : 1\n\
             Siteorient : N\n Sitesymmetry : Y\n SubrowOrigin : 0 NumSites : 100\nEnd\n"
        )
    });
    let files = [
        ("t.aux", "RowBasedPlacement : t.nodes t.nets t.pl t.scl\n".to_owned()),
        (
            "t.nodes",
            "UCLA nodes 1.0\nNumNodes : 5\nNumTerminals : 1\nm1 40 10\nm2 40 10\nc1 2 2\nc2 2 2\n\
             p1 1 1 terminal\n"
                .to_owned(),
        ),
        (
            "t.nets",
            "UCLA nets 1.0\nNumNets : 2\nNumPins : 5\nNetDegree : 3 n1\np1 O : 0 0\nm1 I : -20 -5\n\
             c1 I : 0 0\nNetDegree : 2 n2\nc2 O : 0 0\nm2 I : 1 1\n"
                .to_owned(),
        ),
        (
            "t.pl",
            "UCLA pl 1.0\nm1 20 20 : N\nm2 60 20 : N\nc1 30 0 : N\nc2 32 0 : N\np1 -1 10 : N /FIXED\n"
                .to_owned(),
        ),
        ("t.scl", format!("UCLA scl 1.0\nNumRows : 50\n{}", rows.collect::<String>())),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    folder.join("t.aux")
}

/// A window with that flat design, its tools run by a program.
fn with_flat(folder: &Path, program: PathBuf) -> Window {
    let mut window = open();
    handle(&mut window, Command::Open(vec![flat(folder)]));
    settle(&mut window);
    window.state_mut().as_mut().unwrap().state.settings.program = Some(program);
    window
}

#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn the_macros_of_a_flat_design_come_back_from_its_clustered_netlist() {
    let Some(program) = built() else {
        eprintln!("skipped: the command line is not built (cargo build)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flat(folder.path(), program);
    let before = session(&window).placement.clone();
    handle(&mut window, Command::Do(Action::PlaceWithPolicy));
    until(&mut window, "nothing is shown", |window| {
        let run = session(window).run.as_ref();
        run.is_none_or(|run| run.shown.is_some())
    });
    ended(&mut window);
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    let after = session(&window).placement.clone();
    let netlist = session(&window).netlist().clone();
    let moved = |kind| netlist.nodes_of(kind).any(|node| before.center(node) != after.center(node));
    assert!(moved(Kind::HardMacro) && !moved(Kind::StdCell));
    settle(&mut window);
    let analysis = session(&window).analysis.as_ref().unwrap();
    assert!(analysis.violations.is_empty(), "{:?}", analysis.violations);
    close(window);
}

#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn training_on_a_flat_design_is_watched() {
    let Some(program) = built() else {
        eprintln!("skipped: the command line is not built (cargo build)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_flat(folder.path(), program);
    handle(&mut window, Command::Do(Action::Train));
    until(&mut window, "nothing is shown", |window| {
        session(window).run.as_ref().is_none_or(|run| run.shown.is_some())
    });
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    assert!(session(&window).run.is_some(), "its best placement is shown as it goes");
    handle(&mut window, Command::Do(Action::StopAndDrop));
    ended(&mut window);
    close(window);
}

#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn the_shipped_policy_places_and_its_episode_is_replayed() {
    let Some(program) = built() else {
        eprintln!("skipped: the command line is not built (cargo build)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut window = with_program(folder.path(), &program);
    handle(&mut window, Command::Do(Action::PlaceWithPolicy));
    ended(&mut window);
    assert_eq!(viewer(&window).messages.errors(), [""; 0], "nothing went wrong");
    assert_eq!(session(&window).history.edits().len(), 1, "one edit");
    settle(&mut window);
    let analysis = session(&window).analysis.as_ref().unwrap();
    assert!(analysis.violations.is_empty(), "{:?}", analysis.violations);
    handle(&mut window, Command::Do(Action::ReplayRun));
    settle(&mut window);
    let replay = session(&window).replay.as_ref().expect("the episode is replayed");
    let steps = &replay.player().recording().steps;
    let chosen = steps.iter().filter(|step| step.choice.is_some()).count();
    assert_eq!(chosen, super::hard_macros(&window).len(), "every macro has a step with logits");
    handle(&mut window, Command::Do(Action::CloseReplay));
    close(window);
}
