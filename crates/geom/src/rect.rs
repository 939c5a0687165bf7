/// A point in µm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate, growing upwards.
    pub y: f64,
}

impl Point {
    /// The point at `(x, y)`.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// An axis-parallel rectangle in µm, `x0 <= x1` and `y0 <= y1`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x0: f64,
    /// Lower edge.
    pub y0: f64,
    /// Right edge.
    pub x1: f64,
    /// Upper edge.
    pub y1: f64,
}

impl Rect {
    /// The rectangle between two corners, in any order.
    pub fn new(x0: f64, y0: f64, x1: f64, y1: f64) -> Self {
        Self { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) }
    }

    /// The rectangle of the given size around `center`.
    pub fn centered(center: Point, width: f64, height: f64) -> Self {
        Self {
            x0: center.x - width / 2.0,
            y0: center.y - height / 2.0,
            x1: center.x + width / 2.0,
            y1: center.y + height / 2.0,
        }
    }

    /// Horizontal extent.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Vertical extent.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// Width times height.
    pub fn area(&self) -> f64 {
        self.width() * self.height()
    }

    /// The centre.
    pub fn center(&self) -> Point {
        Point::new((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }

    /// The common part, if the two share interior area (touching does not count).
    pub fn intersection(&self, other: &Rect) -> Option<Rect> {
        let common = Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (common.x0 < common.x1 && common.y0 < common.y1).then_some(common)
    }

    /// Common area, zero where the two only touch.
    pub fn overlap_area(&self, other: &Rect) -> f64 {
        self.intersection(other).map_or(0.0, |common| common.area())
    }

    /// The rectangle grown by `dx` to the left and right and by `dy` up and down.
    pub fn grown(&self, dx: f64, dy: f64) -> Rect {
        Rect { x0: self.x0 - dx, y0: self.y0 - dy, x1: self.x1 + dx, y1: self.y1 + dy }
    }

    /// Whether the point lies inside or on the border.
    pub fn contains(&self, p: Point) -> bool {
        self.x0 <= p.x && p.x <= self.x1 && self.y0 <= p.y && p.y <= self.y1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_rectangles_do_not_intersect() {
        let a = Rect::new(0.0, 0.0, 2.0, 2.0);
        assert_eq!(a.intersection(&Rect::new(2.0, 0.0, 3.0, 2.0)), None);
        assert_eq!(a.overlap_area(&Rect::new(1.0, 1.0, 3.0, 3.0)), 1.0);
    }
}
