use egui::{Pos2, Rect, Vec2};
use flagstone_geom::Point;

/// Maps µm (y up) to points on the screen (y down).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Camera {
    /// The place in µm shown at the middle of the view.
    pub(crate) center: Point,
    /// Screen points per µm.
    pub(crate) scale: f64,
}

impl Camera {
    /// Shows a canvas of the given size whole.
    pub(crate) fn fit(width: f64, height: f64, view: Rect) -> Self {
        const FILL: f64 = 0.94;
        let scale = (f64::from(view.width()) / width).min(f64::from(view.height()) / height);
        Self { center: Point::new(width / 2.0, height / 2.0), scale: FILL * scale }
    }

    /// Where a place appears.
    pub(crate) fn screen_from_world(&self, p: Point, view: Rect) -> Pos2 {
        let offset = ((p.x - self.center.x) * self.scale, (self.center.y - p.y) * self.scale);
        view.center() + Vec2::new(offset.0 as f32, offset.1 as f32)
    }

    /// Which place appears at a point of the screen.
    pub(crate) fn world_from_screen(&self, p: Pos2, view: Rect) -> Point {
        let offset = p - view.center();
        Point::new(
            self.center.x + f64::from(offset.x) / self.scale,
            self.center.y - f64::from(offset.y) / self.scale,
        )
    }

    /// Shifts the view with the pointer.
    pub(crate) fn pan(&mut self, by: Vec2) {
        self.center.x -= f64::from(by.x) / self.scale;
        self.center.y += f64::from(by.y) / self.scale;
    }

    /// Scales by a factor; the place under the pointer stays there.
    pub(crate) fn zoom(&mut self, factor: f64, at: Pos2, view: Rect) {
        let before = self.world_from_screen(at, view);
        self.scale = (self.scale * factor).clamp(1e-6, 1e6);
        let after = self.world_from_screen(at, view);
        self.center.x += before.x - after.x;
        self.center.y += before.y - after.y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_under_the_pointer_stays_there_while_zooming() {
        let view = Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0));
        let mut camera = Camera::fit(100.0, 50.0, view);
        let pointer = Pos2::new(120.0, 340.0);
        let before = camera.world_from_screen(pointer, view);
        camera.zoom(3.0, pointer, view);
        let after = camera.world_from_screen(pointer, view);
        assert!((before.x - after.x).abs() < 1e-6 && (before.y - after.y).abs() < 1e-6);
        let back = camera.screen_from_world(after, view);
        assert!((back - pointer).length() < 1e-2, "{back:?}");
    }
}
