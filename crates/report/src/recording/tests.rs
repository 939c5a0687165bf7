use std::sync::Arc;

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Builder, Node};

use super::*;

fn three() -> (Netlist, Placement) {
    let mut builder = Builder::new();
    for name in ["a", "b", "c"] {
        builder.node(Node { name, width: 2.0, height: 2.0, ..Node::default() });
    }
    let netlist = builder.build();
    let placement = Placement::new(&netlist);
    (netlist, placement)
}

fn head() -> Head {
    Head { design: "three".to_owned(), grid: (4, 2), canvas: (40.0, 20.0), ..Head::default() }
}

/// Step `k` of 200 moves node `k % 3`; every tenth has a choice, node 2 starts without a place.
fn recorded() -> (Netlist, Vec<u8>, Vec<Placement>) {
    let (netlist, mut placement) = three();
    placement.placed[2] = false;
    let mut bytes = Vec::new();
    let mut recorder = Recorder::new(&mut bytes, &head(), &netlist, &placement).unwrap();
    let mut placements = Vec::new();
    for k in 0..200_u32 {
        let row = (k % 3) as usize;
        placement.set_center(NodeId(k % 3), Point::new(f64::from(k) + 0.125, 1.0));
        placement.placed[row] = true;
        placement.orientation[row] = Orientation::ALL[k as usize % 8];
        let choice = Choice {
            node: NodeId(k % 3),
            cell: 3,
            value: -0.5,
            legal: vec![1, 3],
            logits: vec![0.25, 2.0],
        };
        let cost = Cost { wirelength: 1.0 / f64::from(k + 1), ..Cost::default() };
        let choice = (k % 10 == 0).then_some(&choice);
        recorder.step("anneal", u64::from(k), &placement, Some(cost), choice).unwrap();
        placements.push(placement.clone());
    }
    assert_eq!(recorder.steps(), 200);
    recorder.step("anneal", 999, &placement, None, None).unwrap();
    assert_eq!(recorder.steps(), 200, "nothing moved");
    (netlist, bytes, placements)
}

#[test]
fn what_is_written_is_read() {
    let (netlist, bytes, placements) = recorded();
    let recording = Recording::read(&bytes, &netlist).unwrap();
    assert_eq!(recording.head, head());
    assert_eq!(recording.steps[10].choice.as_ref().unwrap().logits, [0.25, 2.0]);
    assert_eq!(recording.steps[1].work, 1);
    let mut player = Player::new(Arc::new(recording));
    for at in [0, 199, 3, 64, 63, 150, 149, 128, 1, 500] {
        player.seek(at);
        assert_eq!(player.at(), at.min(199));
        assert_eq!(player.placement(), &placements[at.min(199)], "step {at}");
    }
    assert_eq!(player.curve()[1], (1, 0.5));
    let (logits, mask) = player.recording().steps[10].choice.as_ref().unwrap().dense(8);
    assert_eq!((logits[3], mask[3], mask[2]), (2.0, true, false));
}

#[test]
fn a_recording_that_was_cut_off_is_read_as_far_as_it_goes() {
    let (netlist, bytes, _) = recorded();
    let recording = Recording::read(&bytes[..bytes.len() - 20], &netlist).unwrap();
    assert_eq!(recording.steps.len(), 199);
}

#[test]
fn damage_is_refused_by_line() {
    let (netlist, bytes, _) = recorded();
    let text = String::from_utf8(bytes).unwrap();
    let check = |from: &str, to: &str, line: usize| {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from} is not in it");
        match Recording::read(damaged.as_bytes(), &netlist) {
            Err(RecordingError::Line { line: found, .. }) => assert_eq!(found, line, "{from}"),
            other => panic!("{from}: {other:?}"),
        }
    };
    check("\"version\":1", "\"version\":7", 1);
    check("\"unplaced\":[2]", "\"unplaced\":[9]", 1);
    check("[[1,", "[[7,", 3);
    check("\"cell\":3", "\"cell\":30", 2);
    check("\"logits\":[0.25,", "\"logits\":[", 2);
    check("\"FN\"", "\"R0\"", 3);
    let other = three_of_other_names();
    let read = Recording::read(text.as_bytes(), &other);
    assert!(matches!(read, Err(RecordingError::OtherNetlist { .. })), "{read:?}");
    let first = text.lines().next().unwrap();
    assert_eq!(Recording::read(first.as_bytes(), &netlist), Err(RecordingError::Empty));
    assert!(Recording::read(b"", &netlist).is_err(), "nothing at all");
}

fn three_of_other_names() -> Netlist {
    let mut builder = Builder::new();
    for name in ["x", "y", "z"] {
        builder.node(Node { name, width: 2.0, height: 2.0, ..Node::default() });
    }
    builder.build()
}

#[test]
fn the_grid_is_the_one_recorded_and_an_absurd_one_is_refused() {
    let (netlist, placement) = three();
    let written = |head: &Head| {
        let mut bytes = Vec::new();
        let mut recorder = Recorder::new(&mut bytes, head, &netlist, &placement).unwrap();
        recorder.step("begin", 0, &placement, Some(Cost::default()), None).unwrap();
        Recording::read(&bytes, &netlist)
    };
    let grid = written(&head()).unwrap().head.grid().unwrap();
    assert_eq!((grid.n_cells(), grid.cell_width(), grid.cell_height()), (8, 10.0, 10.0));
    let without = written(&Head { grid: (0, 2), ..head() }).unwrap();
    assert_eq!(without.head.grid(), None);
    let without = written(&Head { canvas: (-1.0, 2.0), ..head() }).unwrap();
    assert_eq!(without.head.grid(), None);
    let error = written(&Head { grid: (60_000, 60_000), ..head() }).unwrap_err().to_string();
    assert!(error.contains("60000 x 60000"), "{error}");
}
