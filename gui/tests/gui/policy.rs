//! What the shipped policy says about the selected macro.

use egui_kittest::kittest::Queryable;
use flagstone_gui::advice::Advice;
use flagstone_gui::command::Command;
use flagstone_gui::heat::{self, MapKind};
use flagstone_gui::layers::Layer;
use flagstone_gui::selection::Pick;
use flagstone_gui::state::RightTab;
use flagstone_netlist::NodeId;

use super::{Window, hard_macros, open, session, settle, viewer};

/// A window that draws a map of the policy.
fn asking(kind: MapKind) -> Window {
    let mut window = open();
    let viewer = window.state_mut().as_mut().unwrap();
    viewer.state.settings.heat.kind = kind;
    viewer.state.settings.layers.set_visible(Layer::HeatMap, true);
    viewer.state.right_tab = RightTab::Heat;
    settle(&mut window);
    window
}

fn handle(window: &mut Window, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().handle(&ctx, command);
    settle(window);
}

fn select(window: &mut Window, nodes: Vec<NodeId>) {
    handle(window, Command::Select(Pick::Replace, nodes));
}

fn advice(window: &Window) -> &Advice {
    session(window).advice.as_ref().unwrap().as_ref().unwrap()
}

#[test]
fn the_first_macro_and_then_the_selected_one_are_asked_about() {
    let mut window = asking(MapKind::Probability);
    let first = advice(&window).node;
    assert_eq!(advice(&window).turn, (1, hard_macros(&window).len()));
    let drawn = heat::shown(session(&window), &viewer(&window).state).unwrap();
    let sum: f64 = drawn.map.values.iter().filter(|value| value.is_finite()).sum();
    assert!((sum - 1.0).abs() < 1e-6, "probabilities add up to {sum}");
    let before = drawn.version;
    window.get_by_label("Macro after").click();
    settle(&mut window);
    let second = advice(&window);
    assert_eq!((second.turn.0, second.neighbors[0]), (2, Some(first)));
    assert_eq!(session(&window).selection.nodes(), [second.node]);
    assert!(second.probability(second.cell) > 0.0 && second.value.is_finite());
    let drawn = heat::shown(session(&window), &viewer(&window).state).unwrap();
    assert_ne!(drawn.version, before, "the picture is made anew");
}

#[test]
fn the_legal_cells_of_a_turn_follow_what_stands_before_it() {
    let mut window = asking(MapKind::Turn);
    let second = advice(&window).neighbors[1].unwrap();
    let first = advice(&window).node;
    select(&mut window, vec![second]);
    let legal = |window: &Window| {
        let map = advice(window).map(MapKind::Turn).unwrap();
        map.values.iter().map(|&value| value == 1.0).collect::<Vec<_>>()
    };
    let before = legal(&window);
    assert_eq!(before.iter().filter(|&&legal| legal).count(), advice(&window).n_legal);
    // The first macro goes elsewhere; the selection stays.
    let session = window.state_mut().as_mut().unwrap().session.as_mut().unwrap();
    let grid = session.design.canvas.grid();
    let place = session.place(first);
    let at = grid.clamped_cell_at(place.center);
    let center = grid.center((at + grid.n_cells() / 2) % grid.n_cells());
    let to = flagstone_gui::history::Place { center, ..place };
    assert!(session.apply("Move", &[(first, to)]));
    settle(&mut window);
    assert_ne!(legal(&window), before);
    assert_eq!(advice(&window).generation, super::session(&window).generation);
}

#[test]
fn a_locked_macro_is_not_placed_by_the_policy() {
    let mut window = asking(MapKind::Logits);
    let node = hard_macros(&window)[0];
    select(&mut window, vec![node]);
    let logits = advice(&window).map(MapKind::Logits).unwrap();
    assert!(logits.range.0 < logits.range.1, "{:?}", logits.range);
    handle(&mut window, Command::Do(flagstone_gui::command::Action::Lock));
    let problem = session(&window).advice.as_ref().unwrap().as_ref().unwrap_err();
    window.get_by_label(problem);
}

#[test]
fn the_map_and_its_legend_are_drawn_and_the_likeliest_place_is_marked() {
    let mut window = asking(MapKind::Probability);
    let advice = advice(&window).clone();
    let dashes = |window: &Window| {
        let shapes = window.output().shapes.iter();
        shapes.filter(|shape| matches!(shape.shape, egui::Shape::LineSegment { .. })).count()
    };
    let with = dashes(&window);
    let row = format!("turn 1 of {}, {} legal cells", advice.turn.1, advice.n_legal);
    window.get_by_label(&row);
    handle(&mut window, Command::Do(flagstone_gui::command::Action::HeatMapOff));
    assert!(dashes(&window) + 4 <= with, "{} dashes of {with} are left", dashes(&window));
    assert!(heat::shown(session(&window), &viewer(&window).state).is_none());
}
