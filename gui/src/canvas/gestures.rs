//! What dragging and clicking on the canvas mean.

use egui::{CursorIcon, Modifiers, PointerButton, Pos2, Rect as ScreenRect, Response, Ui};
use flagstone_netlist::NodeId;

use super::{CanvasData, CanvasState, Gesture, selectable};
use crate::command::{Action, Command};
use crate::selection::Pick;

fn how(modifiers: Modifiers) -> Pick {
    match modifiers {
        m if m.command => Pick::Toggle,
        m if m.shift => Pick::Add,
        _ => Pick::Replace,
    }
}

pub(super) fn gestures(
    canvas: &mut CanvasState,
    data: &CanvasData<'_>,
    response: &Response,
    ui: &Ui,
) -> Option<Command> {
    let modifiers = ui.input(|input| input.modifiers);
    let camera = canvas.camera?;
    let origin = ui.input(|input| input.pointer.press_origin());
    if let Some(from) = origin.filter(|_| response.drag_started()) {
        let started = begin(canvas, data, response, modifiers, from);
        if started.is_some() {
            return started;
        }
    }
    let at = response.interact_pointer_pos();
    if let Some(at) = at.filter(|_| response.dragged()) {
        match canvas.gesture {
            Gesture::Pan => {
                canvas.camera.as_mut()?.pan(response.drag_delta());
                ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            }
            Gesture::Move => {
                let snap = data.state.settings.snap && !modifiers.alt;
                let to = camera.world_from_screen(at, canvas.view);
                ui.ctx().set_cursor_icon(CursorIcon::Move);
                return Some(Command::DragTo(to, snap));
            }
            _ => {}
        }
    }
    if response.drag_stopped() {
        return end(canvas, data, ui);
    }
    if response.clicked() && !canvas.measuring {
        let how = how(modifiers);
        // Only plain clicks go through the stack: a second one with Ctrl takes back the first.
        let top = canvas.under.first().copied();
        let found = if how == Pick::Replace { canvas.next_under() } else { top };
        let found: Vec<NodeId> = found.into_iter().collect();
        if !found.is_empty() || how == Pick::Replace {
            return Some(Command::Select(how, found));
        }
    }
    if response.double_clicked() && !canvas.under.is_empty() {
        return Some(Command::Do(Action::Inspect));
    }
    None
}

fn begin(
    canvas: &mut CanvasState,
    data: &CanvasData<'_>,
    response: &Response,
    modifiers: Modifiers,
    from: Pos2,
) -> Option<Command> {
    let camera = canvas.camera?;
    let p = camera.world_from_screen(from, canvas.view);
    if response.drag_started_by(PointerButton::Secondary) {
        canvas.gesture = Gesture::Zoom { from };
        return None;
    }
    if !response.drag_started_by(PointerButton::Primary) {
        canvas.gesture = Gesture::Pan;
        return None;
    }
    if canvas.measuring {
        let within = f64::from(data.state.settings.detail.pick_within) * 2.0 / camera.scale;
        canvas.gesture = Gesture::Measure { from: data.session.snapped(p, within) };
        return None;
    }
    if modifiers.shift || modifiers.command {
        canvas.gesture = Gesture::Select { from, how: how(modifiers) };
        return None;
    }
    let within = f64::from(data.state.settings.detail.pick_within) / camera.scale;
    let layers = selectable(&data.state.settings.layers);
    let under = data.session.board.near(p, within, &layers);
    let held = under
        .into_iter()
        .find(|&node| data.session.selection.contains(node) && data.session.movable(node))
        .filter(|_| !data.other);
    match held {
        Some(node) => {
            canvas.gesture = Gesture::Move;
            Some(Command::DragStart(node, p))
        }
        None => {
            canvas.gesture = Gesture::Pan;
            None
        }
    }
}

fn end(canvas: &mut CanvasState, data: &CanvasData<'_>, ui: &Ui) -> Option<Command> {
    let camera = canvas.camera?;
    let at = ui.input(|input| input.pointer.latest_pos())?;
    match std::mem::take(&mut canvas.gesture) {
        Gesture::Move => Some(Command::DragEnd),
        Gesture::Select { from, how } => {
            let rect = camera.world_rect(ScreenRect::from_two_pos(from, at), canvas.view);
            let layers = selectable(&data.state.settings.layers);
            Some(Command::Select(how, data.shown().0.inside(&rect, &layers)))
        }
        Gesture::Zoom { from } => {
            let chosen = ScreenRect::from_two_pos(from, at);
            let rect = camera.world_rect(chosen, canvas.view);
            if at.x < from.x && at.y < from.y {
                // Towards the upper left: what is shown now goes into the box.
                let shown = camera.world_rect(canvas.view, canvas.view);
                let by = (shown.width() / rect.width()).min(shown.height() / rect.height());
                let (w, h) = (shown.width() * (by - 1.0) / 2.0, shown.height() * (by - 1.0) / 2.0);
                return Some(Command::ZoomTo(shown.grown(w, h)));
            }
            Some(Command::ZoomTo(rect))
        }
        Gesture::Measure { from } => canvas.ruler(from, data, ui).map(Command::Measure),
        Gesture::None | Gesture::Pan => None,
    }
}
