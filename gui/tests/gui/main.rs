//! The window as a person uses it: keys, clicks and pictures, without a screen.

#![allow(clippy::unwrap_used, reason = "tests")]

mod commands;
mod failures;
mod pointer;
mod policy;
#[cfg(unix)]
mod programs;
mod raster;
mod review;
mod runs;
mod views;

use egui_kittest::Harness;
use flagstone_gui::app::Viewer;
use flagstone_gui::design::Design;
use flagstone_gui::session::Session;
use flagstone_gui::state::State;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Kind, NodeId};

/// The window with everything in it.
pub(crate) type Window = Harness<'static, Option<Viewer>>;

/// A design that fits on a small window: 8 hard macros, legally placed.
pub(crate) fn toy() -> Design {
    let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
    let legal = flagstone_place::legalize::Room::NoOverlap(Default::default());
    let legal = flagstone_place::legalize::legalize(&netlist, &canvas, &placement, legal);
    let placement = if legal.stuck.is_none() { legal.placement } else { placement };
    let source = flagstone_design::Design::new("toy".to_owned(), netlist, canvas, placement);
    Design::new(source, Vec::new())
}

/// A window of a size in points, at a scale and in a theme, with nothing open.
pub(crate) fn empty(size: [f32; 2], scale: f32, theme: egui::Theme) -> Window {
    let ui = move |ui: &mut egui::Ui, viewer: &mut Option<Viewer>| {
        let viewer = viewer.get_or_insert_with(|| {
            let mut state = State::default();
            state.settings.theme = theme.into();
            Viewer::new(ui.ctx(), state)
        });
        viewer.logic(&ui.ctx().clone());
        viewer.ui(ui);
    };
    let builder = Harness::builder().with_size(size).with_pixels_per_point(scale);
    let builder = builder.with_theme(theme).with_max_steps(40).with_step_dt(0.05);
    let mut window = builder.renderer(raster::Raster::default()).build_ui_state(ui, None::<Viewer>);
    window.run_steps(2);
    window
}

/// A window with the small design open and everything worked out.
pub(crate) fn open() -> Window {
    let mut window = empty([1200.0, 760.0], 1.0, egui::Theme::Light);
    show(&mut window, toy());
    window
}

/// Opens a design in a window.
pub(crate) fn show(window: &mut Window, design: Design) {
    let ctx = window.ctx.clone();
    window.state_mut().as_mut().unwrap().show(&ctx, Session::new(design));
    settle(window);
}

/// Runs until every thread has answered and nothing moves.
pub(crate) fn settle(window: &mut Window) {
    for _ in 0..3 {
        window.run_steps(2);
        let ctx = window.ctx.clone();
        window.state_mut().as_mut().unwrap().settle(&ctx);
    }
    window.run_steps(2);
}

/// The viewer in a window.
pub(crate) fn viewer(window: &Window) -> &Viewer {
    window.state().as_ref().unwrap()
}

/// The design open in a window.
pub(crate) fn session(window: &Window) -> &Session {
    viewer(window).session.as_ref().unwrap()
}

/// The hard macros of the design.
pub(crate) fn hard_macros(window: &Window) -> Vec<NodeId> {
    session(window).netlist().nodes_of(Kind::HardMacro).collect()
}

/// Where the center of a node is on the screen.
pub(crate) fn on_screen(window: &Window, node: NodeId) -> egui::Pos2 {
    let canvas = &viewer(window).canvas;
    let center = session(window).placement.center(node);
    canvas.camera.unwrap().screen_from_world(center, canvas.view)
}

/// Presses and lets go of a mouse button without moving.
pub(crate) fn click(window: &mut Window, at: egui::Pos2, modifiers: egui::Modifiers) {
    window.hover_at(at);
    window.step();
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        window.event_modifiers(
            egui::Event::PointerButton { pos: at, button, pressed, modifiers },
            modifiers,
        );
        window.step();
    }
    window.run_steps(2);
}

/// Drags from one point to another in a few steps.
pub(crate) fn drag(
    window: &mut Window,
    from: egui::Pos2,
    to: egui::Pos2,
    button: egui::PointerButton,
    modifiers: egui::Modifiers,
) {
    const STEPS: u8 = 6;
    window.hover_at(from);
    window.step();
    let press = |pressed, pos| egui::Event::PointerButton { pos, button, pressed, modifiers };
    window.event_modifiers(press(true, from), modifiers);
    window.step();
    for step in 1..=STEPS {
        let part = f32::from(step) / f32::from(STEPS);
        window.event_modifiers(egui::Event::PointerMoved(from + (to - from) * part), modifiers);
        window.step();
    }
    window.event_modifiers(press(false, to), modifiers);
    window.run_steps(3);
}
