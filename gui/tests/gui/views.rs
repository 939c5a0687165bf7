//! Pictures of the main views. `UPDATE_SNAPSHOTS=1 cargo test` makes them anew.

use egui::{Modifiers, Theme};
use egui_kittest::SnapshotOptions;
use flagstone_geom::Point;
use flagstone_gui::command::{Action, Command};
use flagstone_gui::design::Design;
use flagstone_gui::heat::MapKind;
use flagstone_gui::layers::Layer;
use flagstone_gui::state::RightTab;
use flagstone_netlist::{Builder, Canvas, Kind, Node, Placement};

use super::{Window, click, empty, hard_macros, on_screen, settle, show, toy, viewer};

pub(crate) fn picture(window: &mut Window, name: &str) {
    window.remove_cursor();
    window.run_steps(4);
    // The triangles are the same everywhere; letters may differ in the last bit.
    let options = SnapshotOptions::new().threshold(1.0_f32).max_failed_pixels(20_usize);
    window.snapshot_options(name, &options);
}

pub(crate) fn opened(scale: f32, theme: Theme) -> Window {
    let mut window = empty([1100.0, 680.0], scale, theme);
    show(&mut window, toy());
    window
}

fn act(window: &mut Window, action: Action) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().handle(&ctx, Command::Do(action));
    settle(window);
}

#[test]
fn the_first_page() {
    let mut window = empty([900.0, 560.0], 1.0, Theme::Light);
    picture(&mut window, "first_page");
}

#[test]
fn a_design_with_costs_in_the_light_theme() {
    picture(&mut opened(1.0, Theme::Light), "design_light");
}

#[test]
fn a_design_with_costs_in_the_dark_theme() {
    picture(&mut opened(1.0, Theme::Dark), "design_dark");
}

#[test]
fn a_selection_with_flylines_in_the_inspector() {
    let mut window = opened(1.0, Theme::Light);
    let at = on_screen(&window, hard_macros(&window)[0]);
    click(&mut window, at, Modifiers::NONE);
    act(&mut window, Action::Focus);
    act(&mut window, Action::Inspect);
    picture(&mut window, "inspector");
}

#[test]
fn a_heat_map_with_its_legend() {
    let mut window = opened(1.0, Theme::Dark);
    let viewer = window.state_mut().as_mut().unwrap();
    viewer.state.settings.heat.kind = MapKind::Congestion;
    viewer.state.settings.layers.set_visible(Layer::HeatMap, true);
    viewer.state.right_tab = RightTab::Heat;
    settle(&mut window);
    picture(&mut window, "heat_map");
}

#[test]
fn the_palette() {
    let mut window = opened(1.0, Theme::Light);
    act(&mut window, Action::Palette);
    picture(&mut window, "palette");
}

#[test]
fn the_cheat_sheet_and_larger_text() {
    let mut window = opened(1.5, Theme::Dark);
    act(&mut window, Action::CheatSheet);
    picture(&mut window, "cheat_sheet_150_percent");
}

/// Soft macros in rows, more than are drawn one by one.
fn crowd() -> Design {
    const COLUMNS: usize = 400;
    let mut builder = Builder::new();
    for _ in 0..COLUMNS * COLUMNS {
        builder.node(Node { kind: Kind::SoftMacro, width: 0.8, height: 0.7, ..Node::default() });
    }
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for (k, node) in netlist.node_ids().enumerate() {
        let (column, row) = ((k % COLUMNS) as f64, (k / COLUMNS) as f64);
        placement.set_center(node, Point::new(column + 0.5, row + 0.5));
    }
    let canvas = Canvas::new(COLUMNS as f64, COLUMNS as f64);
    let source = flagstone_design::Design::new("crowd".to_owned(), netlist, canvas, placement);
    Design::new(source, Vec::new())
}

/// Triangles' corners of all meshes in the last frame.
fn vertices(window: &Window) -> usize {
    let shapes = window.output().shapes.iter();
    let meshes = shapes.filter_map(|shape| match &shape.shape {
        egui::Shape::Mesh(mesh) => Some(mesh.vertices.len()),
        _ => None,
    });
    meshes.sum()
}

#[test]
fn a_crowd_is_drawn_as_a_picture_and_one_by_one_from_near() {
    let mut window = empty([1100.0, 680.0], 1.0, Theme::Dark);
    show(&mut window, crowd());
    assert!(vertices(&window) < 1000, "{} corners for a picture", vertices(&window));
    let canvas = &mut window.state_mut().as_mut().unwrap().canvas;
    canvas.zoom_to(&flagstone_geom::Rect::new(100.0, 100.0, 120.0, 120.0));
    settle(&mut window);
    assert!(vertices(&window) > 4 * 400, "{} corners for 400 macros", vertices(&window));
    assert!(viewer(&window).messages.errors().is_empty());
}
