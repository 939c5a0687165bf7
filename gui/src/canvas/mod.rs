//! The canvas: what the pointer does on it. How it is drawn is in `paint.rs`.

mod gestures;

use std::sync::Arc;

use egui::{Pos2, Rect as ScreenRect, Response, Sense, Ui};
use flagstone_geom::{Point, Rect};
use flagstone_netlist::{NodeId, Placement};
use flagstone_report::scene::LayerId;

use crate::board::Board;
use crate::camera::{Camera, Views};
use crate::command::Command;
use crate::inspector;
use crate::layers::{Layer, Layers};
use crate::paint::Painting;
use crate::ruler::Ruler;
use crate::selection::Pick;
use crate::session::Session;
use crate::state::State;

/// Zoom of one step of the keys.
const ZOOM_STEP: f64 = 1.3;
/// Share of the view that a pan key moves.
const PAN_STEP: f32 = 0.15;
/// Points that the wheel scrolls for a zoom by e.
const WHEEL: f64 = 200.0;
/// Time without a change after which a view can be gone back to, seconds.
const VIEW_RESTS: f64 = 0.6;

/// What the pointer is doing while a button is down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Gesture {
    #[default]
    None,
    Pan,
    Move,
    Select {
        from: Pos2,
        how: Pick,
    },
    Zoom {
        from: Pos2,
    },
    Measure {
        from: Point,
    },
}

/// What the canvas remembers between frames.
pub struct CanvasState {
    /// Which part is shown; `None` until the first frame of a design.
    pub camera: Option<Camera>,
    /// The views before.
    pub views: Views,
    /// Where it is on the screen.
    pub view: ScreenRect,
    /// What is under the pointer, the topmost first.
    pub under: Vec<NodeId>,
    /// Where the pointer is, µm.
    pub pointer: Option<Point>,
    /// Whether the pointer measures.
    pub measuring: bool,
    gesture: Gesture,
    /// The stack that clicks go through and how deep they are.
    cycle: (Vec<NodeId>, usize),
    resting: (Option<Camera>, f64),
    painting: Painting,
}

/// What the canvas reads.
#[derive(Clone, Copy)]
pub struct CanvasData<'a> {
    /// The design.
    pub session: &'a Session,
    /// Settings.
    pub state: &'a State,
    /// A node to point at although the pointer is elsewhere.
    pub pointed: Option<NodeId>,
    /// Whether it shows the placement compared with.
    pub other: bool,
}

impl CanvasData<'_> {
    /// What is drawn.
    pub fn shown(&self) -> (&Board, &Arc<Placement>) {
        match &self.session.compare {
            Some(compare) if self.other => (&compare.shown().0, &compare.shown().1),
            _ => self.session.shown(),
        }
    }
}

impl CanvasState {
    /// Nothing shown yet.
    pub fn new(ctx: &egui::Context) -> Self {
        Self {
            camera: None,
            views: Views::default(),
            view: ScreenRect::NOTHING,
            under: Vec::new(),
            pointer: None,
            measuring: false,
            gesture: Gesture::None,
            cycle: (Vec::new(), 0),
            resting: (None, 0.0),
            painting: Painting::new(ctx),
        }
    }

    /// Forgets the view of the last design.
    pub fn reset(&mut self, ctx: &egui::Context) {
        *self = Self { view: self.view, ..Self::new(ctx) };
    }

    /// Shows a rectangle, remembering the view left.
    pub fn zoom_to(&mut self, rect: &Rect) {
        if let Some(camera) = self.camera {
            self.views.leave(camera);
        }
        self.camera = Some(Camera::fit(rect, self.view));
    }

    /// Scales about the middle by steps of the keys.
    pub fn zoom_by(&mut self, steps: i32) {
        let at = self.view.center();
        if let Some(camera) = &mut self.camera {
            camera.zoom(ZOOM_STEP.powi(steps), at, self.view);
        }
    }

    /// Moves the view by steps of the keys.
    pub fn pan_by(&mut self, right: f32, up: f32) {
        let by = egui::vec2(-right * self.view.width(), up * self.view.height()) * PAN_STEP;
        if let Some(camera) = &mut self.camera {
            camera.pan(by);
        }
    }

    /// Goes to the view before, or the one after.
    pub fn go(&mut self, back: bool) {
        let Some(camera) = self.camera else { return };
        let to = if back { self.views.back(camera) } else { self.views.forward(camera) };
        self.camera = to.or(self.camera);
        self.resting.0 = self.camera;
    }

    /// The next object under the pointer, for a click or the key.
    pub fn next_under(&mut self) -> Option<NodeId> {
        if self.cycle.0 == self.under && !self.under.is_empty() {
            self.cycle.1 = (self.cycle.1 + 1) % self.under.len();
        } else {
            self.cycle = (self.under.clone(), 0);
        }
        self.under.get(self.cycle.1).copied()
    }

    /// Ends what the pointer is doing.
    pub fn let_go(&mut self) {
        self.gesture = Gesture::None;
    }

    /// Whether pictures of the canvas are still being made.
    pub fn busy(&self) -> bool {
        self.painting.busy()
    }

    /// Blocks until they are there.
    pub fn wait(&mut self, ctx: &egui::Context) {
        self.painting.wait(ctx);
    }
}

/// The layers whose objects can be picked.
pub fn selectable(layers: &Layers) -> Vec<LayerId> {
    let pairs = [
        (Layer::Soft, LayerId::Soft),
        (Layer::Hard, LayerId::Hard),
        (Layer::Fixed, LayerId::Fixed),
        (Layer::Ports, LayerId::Ports),
    ];
    pairs.into_iter().filter(|pair| layers.selectable(pair.0)).map(|pair| pair.1).collect()
}

/// The canvas over the rest of the window.
pub fn ui(canvas: &mut CanvasState, data: &CanvasData<'_>, ui: &mut Ui) -> Option<Command> {
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click_and_drag());
    let name = if data.other { "Other placement" } else { "Canvas" };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
    let whole = data.session.design.canvas.rect();
    // A canvas that was fitted stays so when the window or a panel changes its size.
    if canvas.view != response.rect && canvas.camera == Some(Camera::fit(&whole, canvas.view)) {
        canvas.camera = None;
    }
    canvas.view = response.rect;
    let mut camera = *canvas.camera.get_or_insert_with(|| Camera::fit(&whole, response.rect));
    wheel(&mut camera, &response, ui);
    canvas.camera = Some(camera);
    look_under(canvas, data, &response);
    let command = gestures::gestures(canvas, data, &response, ui);
    remember(canvas, ui);
    let camera = canvas.camera.unwrap_or(camera);
    canvas.painting.draw(&painter, camera, canvas.view, data, hovered(canvas, data));
    canvas.overlay(&painter, data, ui);
    tooltip(canvas, data, response);
    command
}

/// The session's placement on the left, the one compared with on the right, moved and scaled
/// together.
pub fn pair_ui(
    own: &mut CanvasState,
    other: &mut CanvasState,
    data: &CanvasData<'_>,
    ui: &mut Ui,
) -> Vec<Command> {
    /// Points between the two.
    const GAP: f32 = 4.0;
    let whole = ui.available_rect_before_wrap();
    let half = (whole.width() - GAP) / 2.0;
    let size = egui::vec2(half, whole.height());
    let left = ScreenRect::from_min_size(whole.min, size);
    let right = ScreenRect::from_min_size(whole.min + egui::vec2(half + GAP, 0.0), size);
    ui.painter().rect_filled(whole, 0.0, ui.visuals().widgets.noninteractive.bg_stroke.color);
    let before = other.camera;
    let mut commands = Vec::new();
    ui.scope_builder(egui::UiBuilder::new().max_rect(left), |ui| {
        commands.extend(self::ui(own, data, ui));
    });
    other.camera = own.camera;
    let data = CanvasData { other: true, ..*data };
    let linked = other.camera;
    ui.scope_builder(egui::UiBuilder::new().max_rect(right), |ui| {
        commands.extend(self::ui(other, &data, ui));
    });
    if other.camera != linked || before.is_none() {
        own.camera = other.camera;
    }
    ui.advance_cursor_after_rect(whole);
    commands
}

fn hovered(canvas: &CanvasState, data: &CanvasData<'_>) -> Option<NodeId> {
    let free = matches!(canvas.gesture, Gesture::None);
    data.pointed.or_else(|| canvas.under.first().copied().filter(|_| free && !canvas.measuring))
}

fn wheel(camera: &mut Camera, response: &Response, ui: &Ui) {
    let Some(pointer) = response.hover_pos() else { return };
    let (scrolled, pinched) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
    let factor = (f64::from(scrolled) / WHEEL).exp() * f64::from(pinched);
    if factor != 1.0 {
        camera.zoom(factor, pointer, response.rect);
    }
}

fn look_under(canvas: &mut CanvasState, data: &CanvasData<'_>, response: &Response) {
    canvas.under.clear();
    canvas.pointer = None;
    let (Some(pointer), Some(camera)) = (response.hover_pos(), canvas.camera) else { return };
    let p = camera.world_from_screen(pointer, canvas.view);
    canvas.pointer = Some(p);
    let within = f64::from(data.state.settings.detail.pick_within) / camera.scale;
    let layers = selectable(&data.state.settings.layers);
    let board = data.shown().0;
    canvas.under = board.near(p, within, &layers);
    // What the pointer is really on comes before what it is only close to.
    let on = |node: &NodeId| {
        let rect = data.shown().1.rect(data.session.netlist(), *node);
        !rect.contains(p)
    };
    canvas.under.sort_by_key(on);
}

/// Notes views that stood still for a while, so that one can go back to them.
fn remember(canvas: &mut CanvasState, ui: &Ui) {
    let now = ui.input(|input| input.time);
    if canvas.resting.0 != canvas.camera {
        if let Some(left) = canvas.resting.0
            && now - canvas.resting.1 > VIEW_RESTS
        {
            canvas.views.leave(left);
        }
        canvas.resting = (canvas.camera, now);
    }
}

fn tooltip(canvas: &CanvasState, data: &CanvasData<'_>, response: Response) {
    let free = matches!(canvas.gesture, Gesture::None) && !canvas.measuring;
    if let Some(&node) = canvas.under.first().filter(|_| free) {
        let text = inspector::describe(data.session, node);
        response.on_hover_text_at_pointer(text);
    }
}

impl CanvasState {
    /// The ruler from where the button went down to the pointer.
    fn ruler(&self, from: Point, data: &CanvasData<'_>, ui: &Ui) -> Option<Ruler> {
        let camera = self.camera?;
        let (at, free) = ui.input(|input| (input.pointer.latest_pos(), input.modifiers.shift));
        let p = camera.world_from_screen(at?, self.view);
        let within = f64::from(data.state.settings.detail.pick_within) * 2.0 / camera.scale;
        Some(Ruler::new(from, data.session.snapped(p, within), free))
    }

    /// Boxes and rulers being drawn.
    fn overlay(&self, painter: &egui::Painter, data: &CanvasData<'_>, ui: &Ui) {
        let at = ui.input(|input| input.pointer.latest_pos());
        match (self.gesture, at) {
            (Gesture::Select { from, .. } | Gesture::Zoom { from }, Some(at)) => {
                crate::paint::rubber_band(painter, ScreenRect::from_two_pos(from, at));
            }
            (Gesture::Measure { from }, Some(_)) => {
                if let (Some(ruler), Some(camera)) = (self.ruler(from, data, ui), self.camera) {
                    crate::paint::ruler(painter, camera, self.view, &ruler);
                }
            }
            _ => {}
        }
    }
}
