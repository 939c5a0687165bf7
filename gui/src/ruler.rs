//! Rulers: distances measured on the canvas, snapped to edges and centers.

use flagstone_geom::Point;
use flagstone_netlist::NodeId;
use flagstone_report::scene::LayerId;

use crate::session::Session;

/// A measured distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    /// One end, µm.
    pub from: Point,
    /// The other end, µm.
    pub to: Point,
}

impl Ruler {
    /// A ruler along an axis, unless it is free to slant.
    pub fn new(from: Point, to: Point, free: bool) -> Self {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let to = match free {
            true => to,
            false if dx.abs() >= dy.abs() => Point::new(to.x, from.y),
            false => Point::new(from.x, to.y),
        };
        Self { from, to }
    }

    /// What it says: both distances and their sum, in µm.
    pub fn text(&self) -> String {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        if dx == 0.0 || dy == 0.0 {
            return format!("{:.2} µm", dx.abs() + dy.abs());
        }
        format!("dx {dx:.2}  dy {dy:.2}  sum {:.2} µm", dx.abs() + dy.abs())
    }
}

impl Session {
    /// The nearest corner, edge or center of a macro or of the canvas within some µm, per axis.
    pub fn snapped(&self, p: Point, within: f64) -> Point {
        let (board, placement) = self.shown();
        let near = board.near(p, within, &[LayerId::Hard, LayerId::Fixed, LayerId::Soft]);
        let nearest = |at: f64, ends: &mut dyn Iterator<Item = f64>| {
            let best = ends.min_by(|a, b| (a - at).abs().total_cmp(&(b - at).abs()));
            best.filter(|end| (end - at).abs() <= within).unwrap_or(at)
        };
        let rect = |&node: &NodeId| placement.rect(self.netlist(), node);
        let canvas = self.design.canvas.rect();
        let rects: Vec<_> = near.iter().map(rect).chain([canvas]).collect();
        let mut xs = rects.iter().flat_map(|r| [r.x0, r.center().x, r.x1]);
        let mut ys = rects.iter().flat_map(|r| [r.y0, r.center().y, r.y1]);
        Point::new(nearest(p.x, &mut xs), nearest(p.y, &mut ys))
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::toy;

    use super::*;

    #[test]
    fn rulers_keep_to_an_axis() {
        let (a, b) = (Point::new(1.0, 1.0), Point::new(5.0, 2.0));
        assert_eq!(Ruler::new(a, b, false).text(), "4.00 µm");
        assert_eq!(Ruler::new(a, b, true).text(), "dx 4.00  dy 1.00  sum 5.00 µm");
    }

    #[test]
    fn ends_snap_to_edges() {
        let session = toy();
        let node = session.netlist().macros().next().unwrap();
        let rect = session.placement.rect(session.netlist(), node);
        let found = session.snapped(Point::new(rect.x0 + 0.01, rect.y0 - 0.01), 0.05);
        assert!((found.x - rect.x0).abs() < 0.02 && (found.y - rect.y0).abs() < 0.02, "{found:?}");
    }
}
