use std::sync::Arc;

use flagstone_geom::Point;
use flagstone_netlist::{Builder, Node, NodeId, Placement};

use super::*;
use crate::recording::{Head, Recorder, Recording};

/// A macro that walks to the right, with a step in between in which it stands still.
fn walk() -> (Netlist, Canvas, Player) {
    let mut builder = Builder::new();
    builder.node(Node { name: "a", width: 8.0, height: 8.0, ..Node::default() });
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    let mut canvas = Canvas::new(40.0, 20.0);
    (canvas.columns, canvas.rows) = (4, 2);
    let head =
        Head { design: "walk".to_owned(), grid: (4, 2), canvas: (40.0, 20.0), ..Head::default() };
    let mut bytes = Vec::new();
    let mut recorder = Recorder::new(&mut bytes, &head, &netlist, &placement).unwrap();
    for (i, x) in [5.0, 15.0, 15.0, 25.0, 35.0].into_iter().enumerate() {
        placement.set_center(NodeId(0), Point::new(x, 10.0));
        let choice = Choice {
            cell: i.min(3),
            value: -1.0,
            legal: vec![0, 1, 2, 3],
            logits: vec![0.0, 1.0, 2.0, 3.0],
            ..Choice::default()
        };
        let cost = flagstone_cost::Cost { wirelength: 1.0 - x / 100.0, ..Default::default() };
        let choice = (i == 2 || i == 3).then_some(&choice);
        recorder.step("walk", 0, &placement, Some(cost), choice).unwrap();
    }
    let recording = Recording::read(&bytes, &netlist).unwrap();
    (netlist, canvas, Player::new(Arc::new(recording)))
}

fn look() -> FilmLook {
    FilmLook { pixels: 120, theme: Theme::Light, ramp: Ramp::Viridis, labels: false }
}

#[test]
fn pictures_follow_the_steps() {
    let (netlist, canvas, player) = walk();
    let mut film = Film::new(&netlist, &canvas, player, look());
    let [first, again, last] = [0, 4, 0].map(|step| film.frame(step).unwrap());
    assert_eq!(first, last, "going back draws the same");
    assert_ne!(first, again);
    assert_eq!((first.width, first.height), (again.width, again.height));
}

#[test]
fn a_policys_cells_lie_on_the_grid_it_was_recorded_with() {
    let (netlist, mut canvas, mut player) = walk();
    player.seek(3);
    let drawn = |canvas: &Canvas| {
        let scene = step_scene(&netlist, canvas, &player, &look());
        let heat = scene.layers.iter().find_map(|layer| layer.heat.clone());
        heat.expect("the policy's probabilities")
    };
    let own = drawn(&canvas);
    (canvas.columns, canvas.rows) = (8, 7);
    let other = drawn(&canvas);
    assert_eq!(other.values[..4], own.values[..4]);
    assert_eq!((other.grid, other.values.len()), (Grid::new(4, 2, 40.0, 20.0), 8));
}

#[test]
fn films_keep_both_ends() {
    let (netlist, canvas, player) = walk();
    let film = Film::new(&netlist, &canvas, player, look());
    assert_eq!(film.steps(100), [0, 1, 2, 3, 4]);
    assert_eq!(film.steps(3), [0, 2, 4]);
    assert_eq!(film.steps(0), [0, 4]);
}

#[test]
fn a_gif_shows_every_change_once() {
    let (netlist, canvas, player) = walk();
    let mut film = Film::new(&netlist, &canvas, player, look());
    let mut bytes = Vec::new();
    let mut told = 0;
    write_gif(&mut bytes, &mut film, &[0, 0, 1, 3, 4], 10.0, |done| told = done).unwrap();
    assert_eq!(told, 5);
    let mut decoder = ::gif::DecodeOptions::new().read_info(&bytes[..]).unwrap();
    let mut delays = Vec::new();
    let mut covered = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        delays.push(frame.delay);
        covered.push((frame.width, frame.height));
    }
    assert_eq!(delays, [20, 10, 10, 210], "equal pictures stay longer, the last longest");
    assert_eq!(u32::from(covered[0].0), 120);
    assert!(covered[1].1 <= covered[0].1, "later ones hold only what changed");
}

#[test]
fn an_apng_gives_back_the_pictures() {
    let (netlist, canvas, player) = walk();
    let mut film = Film::new(&netlist, &canvas, player, look());
    let mut bytes = Vec::new();
    write_apng(&mut bytes, &mut film, &[0, 3, 3, 4], 10.0, |_| {}).unwrap();
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    assert_eq!(reader.info().animation_control().unwrap().num_frames, 4);
    let mut first = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut first).unwrap();
    assert_eq!(first, film.frame(0).unwrap().rgba, "the first is whole");
}
