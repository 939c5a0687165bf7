//! What the mouse does on the canvas and in the panels.

use egui::{Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::Queryable;
use flagstone_gui::layers::Layer;
use flagstone_gui::state::LeftTab;

use super::{click, drag, hard_macros, on_screen, open, session, settle, viewer};

#[test]
fn a_click_selects_and_the_next_one_goes_below() {
    let mut window = open();
    let node = hard_macros(&window)[0];
    let at = on_screen(&window, node);
    click(&mut window, at, Modifiers::NONE);
    assert_eq!(session(&window).selection.nodes(), [node]);
    let under = viewer(&window).canvas.under.len();
    for _ in 0..under {
        click(&mut window, at, Modifiers::NONE);
    }
    assert_eq!(session(&window).selection.nodes(), [node], "the stack has {under} objects");
    let other = on_screen(&window, hard_macros(&window)[1]);
    click(&mut window, other, Modifiers::SHIFT);
    assert_eq!(session(&window).selection.len(), 2);
    click(&mut window, other, Modifiers::COMMAND);
    assert_eq!(session(&window).selection.nodes(), [node]);
}

#[test]
fn what_cannot_be_picked_is_not_selected() {
    let mut window = open();
    let node = hard_macros(&window)[0];
    let state = window.state_mut().as_mut().unwrap();
    for layer in Layer::ALL {
        state.state.settings.layers.set_selectable(layer, false);
    }
    let at = on_screen(&window, node);
    click(&mut window, at, Modifiers::NONE);
    assert!(session(&window).selection.is_empty());
}

#[test]
fn a_selected_macro_follows_the_pointer_with_live_costs() {
    let mut window = open();
    let node = hard_macros(&window)[0];
    let at = on_screen(&window, node);
    click(&mut window, at, Modifiers::NONE);
    let before = session(&window).engine.cost();
    let start = session(&window).placement.center(node);
    // Half way the cost on the panel is that of the place under the pointer.
    window.hover_at(at);
    window.step();
    window.drag_at(at);
    window.step();
    window.hover_at(at + vec2(60.0, 40.0));
    window.step();
    window.hover_at(at + vec2(90.0, 60.0));
    window.step();
    let open_drag = session(&window).drag.clone().expect("a drag is open");
    assert_ne!(session(&window).cost(), before);
    assert_eq!(session(&window).engine.cost(), before, "nothing is committed yet");
    window.drop_at(at + vec2(90.0, 60.0));
    window.run_steps(3);
    let after = session(&window);
    assert!(after.drag.is_none());
    let moved = after.placement.center(node);
    assert!((moved.x - start.x - open_drag.by.x).abs() < 1e-9);
    assert_eq!(after.history.edits().len(), 1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(session(&window).placement.center(node), start);
    assert_eq!(session(&window).engine.cost(), before);
}

#[test]
fn dragging_what_is_not_selected_pans() {
    let mut window = open();
    let at = on_screen(&window, hard_macros(&window)[0]);
    let before = viewer(&window).canvas.camera.unwrap();
    drag(&mut window, at, at + vec2(50.0, 0.0), PointerButton::Primary, Modifiers::NONE);
    let after = viewer(&window).canvas.camera.unwrap();
    assert!(after.center.x < before.center.x && after.scale == before.scale);
    assert!(session(&window).history.edits().is_empty());
}

#[test]
fn boxes_zoom_and_select() {
    let mut window = open();
    let view = viewer(&window).canvas.view;
    let scale = viewer(&window).canvas.camera.unwrap().scale;
    let (a, b) = (view.center(), view.center() + vec2(100.0, 80.0));
    drag(&mut window, a, b, PointerButton::Secondary, Modifiers::NONE);
    assert!(viewer(&window).canvas.camera.unwrap().scale > 1.5 * scale);
    window.key_press(Key::F);
    window.run_steps(2);
    drag(
        &mut window,
        view.min + vec2(2.0, 2.0),
        view.max - vec2(2.0, 2.0),
        PointerButton::Primary,
        Modifiers::SHIFT,
    );
    assert_eq!(session(&window).selection.len(), session(&window).netlist().n_nodes());
}

#[test]
fn a_ruler_is_drawn_and_kept() {
    let mut window = open();
    let view = viewer(&window).canvas.view;
    window.key_press(Key::K);
    window.run_steps(2);
    let (a, b) = (view.center(), view.center() + vec2(120.0, 6.0));
    drag(&mut window, a, b, PointerButton::Primary, Modifiers::NONE);
    let rulers = &session(&window).rulers;
    assert_eq!(rulers.len(), 1);
    assert_eq!(rulers[0].from.y, rulers[0].to.y, "it keeps to the longer axis");
}

#[test]
fn typing_in_the_search_finds_and_enter_shows() {
    let mut window = open();
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run_steps(3);
    assert_eq!(viewer(&window).state.left_tab, LeftTab::Find);
    let name = session(&window).netlist().node_name(hard_macros(&window)[3]).to_owned();
    window.event(egui::Event::Text(format!("  {name} ")));
    window.run_steps(3);
    window.get_by_label_contains("1 found");
    let before = viewer(&window).canvas.camera;
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(session(&window).selection.nodes(), [hard_macros(&window)[3]]);
    assert_ne!(viewer(&window).canvas.camera, before);
}

#[test]
fn the_layer_tree_hides_a_layer() {
    let mut window = open();
    window.get_by_label("Show Soft macros, cells").click();
    window.run_steps(3);
    assert!(!viewer(&window).state.settings.layers.visible(Layer::Soft));
}

#[test]
fn a_click_in_the_cost_panel_shows_the_net() {
    let mut window = open();
    settle(&mut window);
    let worst = session(&window).analysis.as_ref().unwrap().worst_nets[0].0;
    let netlist = std::sync::Arc::clone(session(&window).netlist());
    let label = netlist.pin_name(netlist.nets.driver[worst.usize()]).to_owned();
    let row = window.query_all_by_label_contains(&label).next().expect("the net is listed");
    row.click();
    window.run_steps(3);
    assert!(!session(&window).selection.is_empty());
}
