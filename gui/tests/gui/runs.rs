//! Tools at work in the window: watched, made to wait, stopped, replayed.

use std::fs;
use std::io::Write as _;
use std::time::Instant;

use flagstone_gui::command::{Action, Command};
use flagstone_gui::tools::Tool;

use super::{Window, open, session, settle, viewer};

/// Longest time that anything here may take, seconds.
const AT_MOST: u64 = 120;

/// Draws frames until something is so.
pub(crate) fn until(window: &mut Window, what: &str, is: impl Fn(&Window) -> bool) {
    let started = Instant::now();
    while !is(window) {
        assert!(
            started.elapsed().as_secs() < AT_MOST,
            "{what}; {:?}",
            viewer(window).messages.errors()
        );
        window.step();
        std::thread::yield_now();
    }
}

pub(crate) fn handle(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().handle(&ctx, command);
    window.step();
}

pub(crate) fn proxy(window: &Window) -> f64 {
    session(window).engine.cost().proxy(&session(window).design.weights)
}

fn shown(window: &Window) -> usize {
    session(window).run.as_ref().map_or(usize::MAX, |run| run.curve.len())
}

#[test]
fn refining_is_watched_waits_and_keeps_its_best() {
    let mut window = open();
    let (start, before) = (session(&window).placement.clone(), proxy(&window));
    handle(&mut window, Command::Do(Action::RefineLong));
    until(&mut window, "nothing is shown", |window| shown(window) >= 2);
    let run = session(&window).run.as_ref().unwrap();
    assert!(run.shown.is_some() && run.done.is_some_and(|done| done > 0.0 && done < 1.0));
    let frame = std::sync::Arc::as_ptr(session(&window).shown().1);
    assert_ne!(frame, std::sync::Arc::as_ptr(&session(&window).placement), "it is drawn");
    handle(&mut window, Command::Do(Action::Pause));
    // A round that was under way still ends; after it the door is shut.
    let reached = shown(&window);
    window.run_steps(200);
    assert!(shown(&window) <= reached + 2, "it goes on while it should wait");
    assert!(session(&window).run.as_ref().unwrap().paused);
    let reached = shown(&window);
    handle(&mut window, Command::Do(Action::Pause));
    until(&mut window, "it does not go on", |window| shown(window) > reached);
    handle(&mut window, Command::Do(Action::StopAndKeep));
    until(&mut window, "it does not stop", |window| session(window).run.is_none());
    assert!(proxy(&window) < before, "{} is not below {before}", proxy(&window));
    assert_eq!(session(&window).history.edits().len(), 1);
    handle(&mut window, Command::Do(Action::ReplayRun));
    settle(&mut window);
    let replay = session(&window).replay.as_ref().expect("the run is replayed");
    assert!(replay.player().len() > 2);
    let costs: Vec<f64> = replay.curve().iter().map(|point| point.1).collect();
    assert!(
        costs.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9),
        "the best only falls: {costs:?}"
    );
    handle(&mut window, Command::Do(Action::CloseReplay));
    handle(&mut window, Command::UndoTo(0));
    assert_eq!(session(&window).placement, start);
}

#[test]
fn a_dropped_run_changes_nothing() {
    let mut window = open();
    let before = session(&window).placement.clone();
    handle(&mut window, Command::Do(Action::RefineLong));
    until(&mut window, "nothing is shown", |window| shown(window) >= 1);
    handle(&mut window, Command::Do(Action::StopAndDrop));
    until(&mut window, "it does not stop", |window| session(window).run.is_none());
    assert_eq!(session(&window).placement, before);
    assert!(session(&window).history.edits().is_empty());
}

#[test]
fn a_run_folder_is_followed_as_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open();
    let log = |text: &str| {
        let mut file =
            fs::File::options().create(true).append(true).open(folder.path().join("log.jsonl"));
        file.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    };
    log("{\"event\":\"iteration\",\"iteration\":1,\"best_proxy\":0.9}\n{\"iterat");
    handle(&mut window, Command::Open(vec![folder.path().to_owned()]));
    assert!(matches!(session(&window).run.as_ref().unwrap().tool, Tool::Watch(_)));
    until(&mut window, "the log is not read", |window| shown(window) == 1);
    // The rest of a line that was half written, a line that is none, and a placement.
    log("ion\":2,\"run_best\":0.8}\nnot a line\n");
    until(&mut window, "the log is not followed", |window| shown(window) == 2);
    let lines = |window: &Window| session(window).run.as_ref().unwrap().lines.join("\n");
    until(&mut window, "the bad line is not told", |window| lines(window).contains("log.jsonl:"));
    let best = folder.path().join("best.plc");
    fs::write(&best, "no placement at all").unwrap();
    until(&mut window, "the bad placement is not told", |window| {
        lines(window).contains("best.plc") || lines(window).contains("placement")
    });
    let moved = {
        let design = &session(&window).design;
        let mut placement = (*session(&window).placement).clone();
        let node = design.netlist.nodes_of(flagstone_netlist::Kind::HardMacro).next().unwrap();
        placement.orientation[node.usize()] = flagstone_geom::Orientation::FN;
        fs::write(&best, design.write(&placement, &best).unwrap()).unwrap();
        placement
    };
    until(&mut window, "the placement is not shown", |window| {
        session(window).shown().1.orientation == moved.orientation
    });
    handle(&mut window, Command::Do(Action::StopAndKeep));
    until(&mut window, "it does not stop", |window| session(window).run.is_none());
    assert_eq!(session(&window).placement.orientation, moved.orientation);
    handle(&mut window, Command::Do(Action::Undo));
    assert_ne!(session(&window).placement.orientation, moved.orientation);
}
