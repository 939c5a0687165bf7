//! Which part of the canvas is shown, and the views shown before.

use egui::{Pos2, Rect as ScreenRect, Vec2};
use flagstone_geom::{Point, Rect};

/// Share of the view that a fitted rectangle fills.
const FILL: f64 = 0.94;
/// Screen points per µm between which the scale stays.
const SCALES: (f64, f64) = (1e-6, 1e5);
/// Views that `Back` remembers.
const MOST_VIEWS: usize = 64;

/// Maps µm (y up) to points on the screen (y down).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The place in µm shown at the middle of the view.
    pub center: Point,
    /// Screen points per µm.
    pub scale: f64,
}

impl Camera {
    /// Shows a rectangle whole.
    pub fn fit(rect: &Rect, view: ScreenRect) -> Self {
        let (width, height) = (rect.width().max(1e-3), rect.height().max(1e-3));
        let scale = (f64::from(view.width()) / width).min(f64::from(view.height()) / height);
        let scale = if scale.is_finite() { FILL * scale } else { 1.0 };
        Self { center: rect.center(), scale: scale.clamp(SCALES.0, SCALES.1) }
    }

    /// Where a place appears.
    pub fn screen_from_world(&self, p: Point, view: ScreenRect) -> Pos2 {
        let offset = ((p.x - self.center.x) * self.scale, (self.center.y - p.y) * self.scale);
        view.center() + Vec2::new(offset.0 as f32, offset.1 as f32)
    }

    /// Which place appears at a point of the screen.
    pub fn world_from_screen(&self, p: Pos2, view: ScreenRect) -> Point {
        let offset = p - view.center();
        Point::new(
            self.center.x + f64::from(offset.x) / self.scale,
            self.center.y - f64::from(offset.y) / self.scale,
        )
    }

    /// Where a rectangle appears.
    pub fn screen_rect(&self, rect: &Rect, view: ScreenRect) -> ScreenRect {
        ScreenRect::from_two_pos(
            self.screen_from_world(Point::new(rect.x0, rect.y0), view),
            self.screen_from_world(Point::new(rect.x1, rect.y1), view),
        )
    }

    /// Which rectangle a part of the screen shows.
    pub fn world_rect(&self, part: ScreenRect, view: ScreenRect) -> Rect {
        let a = self.world_from_screen(part.min, view);
        let b = self.world_from_screen(part.max, view);
        Rect::new(a.x, a.y, b.x, b.y)
    }

    /// Shifts the view with the pointer.
    pub fn pan(&mut self, by: Vec2) {
        self.center.x -= f64::from(by.x) / self.scale;
        self.center.y += f64::from(by.y) / self.scale;
    }

    /// Scales by a factor; the place under the pointer stays there.
    pub fn zoom(&mut self, factor: f64, at: Pos2, view: ScreenRect) {
        let before = self.world_from_screen(at, view);
        self.scale = (self.scale * factor).clamp(SCALES.0, SCALES.1);
        let after = self.world_from_screen(at, view);
        self.center.x += before.x - after.x;
        self.center.y += before.y - after.y;
    }
}

/// The views shown before, for going back and forward.
#[derive(Clone, Debug, Default)]
pub struct Views {
    past: Vec<Camera>,
    future: Vec<Camera>,
}

impl Views {
    /// Remembers the view that is about to be left.
    pub fn leave(&mut self, camera: Camera) {
        if self.past.last() == Some(&camera) {
            return;
        }
        self.past.push(camera);
        if self.past.len() > MOST_VIEWS {
            self.past.remove(0);
        }
        self.future.clear();
    }

    /// The view before `now`.
    pub fn back(&mut self, now: Camera) -> Option<Camera> {
        let to = self.past.pop()?;
        self.future.push(now);
        Some(to)
    }

    /// The view that `back` left.
    pub fn forward(&mut self, now: Camera) -> Option<Camera> {
        let to = self.future.pop()?;
        self.past.push(now);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> ScreenRect {
        ScreenRect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0))
    }

    #[test]
    fn the_place_under_the_pointer_stays_there_while_zooming() {
        let mut camera = Camera::fit(&Rect::new(0.0, 0.0, 100.0, 50.0), view());
        let pointer = Pos2::new(120.0, 340.0);
        let before = camera.world_from_screen(pointer, view());
        camera.zoom(3.0, pointer, view());
        let after = camera.world_from_screen(pointer, view());
        assert!((before.x - after.x).abs() < 1e-6 && (before.y - after.y).abs() < 1e-6);
        let back = camera.screen_from_world(after, view());
        assert!((back - pointer).length() < 1e-2, "{back:?}");
    }

    #[test]
    fn a_fitted_rectangle_is_inside_the_view() {
        let rect = Rect::new(10.0, 20.0, 400.0, 30.0);
        let shown = Camera::fit(&rect, view()).screen_rect(&rect, view());
        assert!(view().contains_rect(shown), "{shown:?}");
        let whole = Camera::fit(&rect, view()).world_rect(view(), view());
        assert!(whole.contains(Point::new(10.0, 20.0)) && whole.contains(Point::new(400.0, 30.0)));
    }

    #[test]
    fn views_go_back_and_forward() {
        let camera = |x| Camera { center: Point::new(x, 0.0), scale: 1.0 };
        let mut views = Views::default();
        views.leave(camera(1.0));
        views.leave(camera(2.0));
        assert_eq!(views.back(camera(3.0)), Some(camera(2.0)));
        assert_eq!(views.back(camera(2.0)), Some(camera(1.0)));
        assert_eq!(views.back(camera(1.0)), None);
        assert_eq!(views.forward(camera(1.0)), Some(camera(2.0)));
    }
}
