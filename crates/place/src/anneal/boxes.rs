//! The hard macros' rectangles as flat columns, for the two questions an annealer asks millions of
//! times: may this macro stand here, and which must give way if it moves there?

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

/// Rectangles of all hard macros, and the areas they must stay out of.
pub(crate) struct Boxes {
    canvas: Rect,
    clearance: f64,
    /// What rounding may take from a distance on this canvas, in µm.
    hair: f64,
    x: Vec<f64>,
    y: Vec<f64>,
    half_width: Vec<f64>,
    half_height: Vec<f64>,
    is_fixed: Vec<bool>,
    blocked: Vec<Rect>,
    node_of: Vec<NodeId>,
    row_of: Vec<u32>,
}

/// Direction of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    X,
    Y,
}

/// What a push moves, kept between pushes to save allocations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pushed {
    /// Each macro's row and its new centre along the axis, the pushing one first.
    moved: Vec<(usize, f64)>,
    /// Places in `moved` of those whose neighbours are yet to be looked at.
    open: Vec<usize>,
}

const NO_ROW: u32 = u32::MAX;

impl Boxes {
    /// `spacing` is the least gap between two macros in µm; so much more is kept that they have it
    /// after rounding to single precision, too.
    pub(crate) fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        spacing: f64,
    ) -> Self {
        let single_precision = canvas.width.max(canvas.height) * 4.0 * f64::from(f32::EPSILON);
        let mut boxes = Self {
            canvas: canvas.rect(),
            hair: canvas.width.max(canvas.height) * 4.0 * f64::EPSILON,
            clearance: spacing + single_precision,
            x: Vec::new(),
            y: Vec::new(),
            half_width: Vec::new(),
            half_height: Vec::new(),
            is_fixed: Vec::new(),
            node_of: Vec::new(),
            blocked: canvas.blockages.iter().map(|blockage| blockage.rect).collect(),
            row_of: vec![NO_ROW; netlist.n_nodes()],
        };
        for node in netlist.nodes_of(Kind::HardMacro) {
            let (width, height) = netlist.size(node);
            let center = placement.center(node);
            boxes.row_of[node.usize()] = boxes.x.len() as u32;
            boxes.x.push(center.x);
            boxes.y.push(center.y);
            boxes.half_width.push(width / 2.0);
            boxes.half_height.push(height / 2.0);
            boxes.is_fixed.push(placement.fixed[node.usize()]);
            boxes.node_of.push(node);
        }
        boxes
    }

    /// Notes where a node stands now; only hard macros matter.
    pub(crate) fn moved(&mut self, node: NodeId, x: f64, y: f64) {
        let row = self.row_of[node.usize()];
        if row != NO_ROW {
            (self.x[row as usize], self.y[row as usize]) = (x, y);
        }
    }

    /// Takes all positions from a placement.
    pub(crate) fn reset(&mut self, placement: &Placement) {
        for (node, &row) in self.row_of.iter().enumerate() {
            if row != NO_ROW {
                self.x[row as usize] = placement.x[node];
                self.y[row as usize] = placement.y[node];
            }
        }
    }

    /// Whether a macro may stand at `(x, y)`, the macro itself and `partner` left aside.
    pub(crate) fn fits(&self, node: NodeId, x: f64, y: f64, partner: Option<NodeId>) -> bool {
        let own = self.row_of[node.usize()] as usize;
        let partner = partner.map_or(usize::MAX, |node| self.row_of[node.usize()] as usize);
        let (half_width, half_height) = (self.half_width[own], self.half_height[own]);
        if !self.is_free_of_borders(own, x, y) {
            return false;
        }
        let (reach_x, reach_y) = (half_width + self.clearance, half_height + self.clearance);
        for row in 0..self.x.len() {
            let close = (self.x[row] - x).abs() < reach_x + self.half_width[row]
                && (self.y[row] - y).abs() < reach_y + self.half_height[row];
            if close && row != own && row != partner {
                return false;
            }
        }
        true
    }

    /// Moves a macro by `step` along an axis, and every macro in its way as far as it must go to
    /// keep its distance, those in their way likewise.
    ///
    /// Yields each of them with its new centre, at most `most`; `None` where more would move, a
    /// fixed one is in the way, or one would leave the canvas or enter a blockage.
    pub(crate) fn push<'a>(
        &'a self,
        node: NodeId,
        axis: Axis,
        step: f64,
        most: usize,
        pushed: &'a mut Pushed,
    ) -> Option<impl Iterator<Item = (NodeId, Point)> + 'a> {
        let (along, across, half_along, half_across) = match axis {
            Axis::X => (&self.x, &self.y, &self.half_width, &self.half_height),
            Axis::Y => (&self.y, &self.x, &self.half_height, &self.half_width),
        };
        let own = self.row_of[node.usize()] as usize;
        let Pushed { moved, open } = pushed;
        moved.clear();
        open.clear();
        moved.push((own, along[own] + step));
        open.push(0);
        // The rearmost first: nothing pushes a macro once it has pushed others.
        let behind = |moved: &[(usize, f64)], place: usize| along[moved[place].0] * step.signum();
        while let Some(next) = (0..open.len())
            .min_by(|&a, &b| behind(moved, open[a]).total_cmp(&behind(moved, open[b])))
        {
            let (row, to) = moved[open.swap_remove(next)];
            for other in 0..along.len() {
                let reach = half_across[row] + self.clearance + half_across[other];
                if (across[other] - across[row]).abs() >= reach
                    || (along[other] - along[row]) * step <= 0.0
                {
                    continue;
                }
                let known = moved.iter().position(|moved| moved.0 == other);
                let there = known.map_or(along[other], |known| moved[known].1);
                let reach = half_along[row] + self.clearance + half_along[other];
                if (there - to) * step.signum() >= reach {
                    continue;
                }
                if self.is_fixed[other] || (known.is_none() && moved.len() >= most) {
                    return None;
                }
                // A hair further, so that rounding does not leave them too close.
                let away = to + step.signum() * (reach + self.hair);
                if let Some(known) = known {
                    moved[known].1 = away;
                } else {
                    open.push(moved.len());
                    moved.push((other, away));
                }
            }
        }
        let center = move |&(row, to): &(usize, f64)| match axis {
            Axis::X => Point::new(to, self.y[row]),
            Axis::Y => Point::new(self.x[row], to),
        };
        let fit = moved.iter().all(|moved| {
            let Point { x, y } = center(moved);
            self.is_free_of_borders(moved.0, x, y)
        });
        fit.then(|| moved.iter().map(move |moved| (self.node_of[moved.0], center(moved))))
    }

    /// Whether a rectangle at `(x, y)` is on the canvas and off the blockages.
    fn is_free_of_borders(&self, row: usize, x: f64, y: f64) -> bool {
        let (half_width, half_height) = (self.half_width[row], self.half_height[row]);
        let rect = Rect {
            x0: x - half_width,
            y0: y - half_height,
            x1: x + half_width,
            y1: y + half_height,
        };
        rect.x0 >= self.canvas.x0
            && rect.x1 <= self.canvas.x1
            && rect.y0 >= self.canvas.y0
            && rect.y1 <= self.canvas.y1
            && self.blocked.iter().all(|blocked| blocked.intersection(&rect).is_none())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Macros by centre and size on a canvas of 100 by 60 µm, 0.01 µm apart at least.
    fn boxes(macros: &[(f64, f64, f64, f64)]) -> Boxes {
        let n = macros.len();
        Boxes {
            canvas: Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 60.0 },
            clearance: 0.01,
            hair: 100.0 * 4.0 * f64::EPSILON,
            x: macros.iter().map(|m| m.0).collect(),
            y: macros.iter().map(|m| m.1).collect(),
            half_width: macros.iter().map(|m| m.2 / 2.0).collect(),
            half_height: macros.iter().map(|m| m.3 / 2.0).collect(),
            is_fixed: vec![false; n],
            blocked: Vec::new(),
            node_of: (0..n as u32).map(NodeId).collect(),
            row_of: (0..n as u32).collect(),
        }
    }

    fn pushed(
        boxes: &Boxes,
        node: u32,
        axis: Axis,
        step: f64,
        most: usize,
    ) -> Option<Vec<(NodeId, Point)>> {
        let mut pushed = Pushed::default();
        boxes.push(NodeId(node), axis, step, most, &mut pushed).map(Iterator::collect)
    }

    #[test]
    fn a_push_closes_gaps_and_moves_a_row_along() {
        let mut row = boxes(&[
            (10.0, 10.0, 10.0, 10.0),
            (22.0, 14.0, 10.0, 10.0),
            (33.0, 10.0, 10.0, 10.0),
            (33.0, 40.0, 10.0, 10.0),
        ]);
        let moved = pushed(&row, 0, Axis::X, 5.0, 24).unwrap();
        let x: Vec<f64> = moved.iter().map(|moved| moved.1.x).collect();
        assert_eq!(moved.iter().map(|moved| moved.0.0).collect::<Vec<_>>(), [0, 1, 2]);
        assert!((x[0] - 15.0).abs() + (x[1] - 25.01).abs() + (x[2] - 35.02).abs() < 1e-9, "{x:?}");
        assert_eq!(pushed(&row, 0, Axis::Y, 5.0, 24).unwrap().len(), 1, "none is above");
        assert_eq!(pushed(&row, 0, Axis::X, 5.0, 2), None, "more than two");
        assert_eq!(pushed(&row, 0, Axis::X, 5.0, 0), None, "more than none");
        assert_eq!(pushed(&row, 0, Axis::X, -6.0, 24), None, "off the canvas");
        assert_eq!(pushed(&row, 0, Axis::X, 66.0, 24), None, "the last one off the canvas");
        row.blocked.push(Rect { x0: 40.0, y0: 0.0, x1: 50.0, y1: 9.0 });
        assert_eq!(pushed(&row, 0, Axis::X, 5.0, 24), None, "the last one on a blockage");
        row.blocked.clear();
        row.is_fixed[2] = true;
        assert_eq!(pushed(&row, 0, Axis::X, 5.0, 24), None, "a fixed one is in the way");
        assert_eq!(pushed(&row, 0, Axis::X, 2.5, 24).unwrap().len(), 2, "and here it is not");
    }

    proptest! {
        /// Up to 60 macros of any size within the cells of a lattice.
        #[test]
        fn pushed_macros_keep_their_distance_and_go_no_further_than_the_pusher(
            cells in proptest::collection::vec(
                (0.1..1.0_f64, 0.1..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64),
                60,
            ),
            node in 0..60_usize,
            upright: bool,
            step in -30.0..30.0_f64,
        ) {
            let mut macros = Vec::new();
            let mut pusher = 0;
            for (i, (width, height, x, y, there)) in cells.into_iter().enumerate() {
                let (width, height) = (width * 9.98, height * 9.98);
                let corner = ((i % 10) as f64 * 10.0 + 0.01, (i / 10) as f64 * 10.0 + 0.01);
                if i == node {
                    pusher = macros.len();
                } else if there < 0.3 {
                    continue;
                }
                let (x, y) = (x * (9.98 - width), y * (9.98 - height));
                macros.push((corner.0 + x + width / 2.0, corner.1 + y + height / 2.0, width, height));
            }
            let mut boxes = boxes(&macros);
            let axis = if upright { Axis::Y } else { Axis::X };
            let Some(moved) = pushed(&boxes, pusher as u32, axis, step, 60) else {
                return Ok(());
            };
            for &(node, to) in &moved {
                let (x, y, ..) = macros[node.0 as usize];
                let (along, across) = if upright { (to.y - y, to.x - x) } else { (to.x - x, to.y - y) };
                prop_assert_eq!(across, 0.0);
                prop_assert!(along * step >= 0.0 && along.abs() <= step.abs() + 1e-9);
                boxes.moved(node, to.x, to.y);
            }
            for node in 0..macros.len() {
                let id = NodeId(node as u32);
                prop_assert!(boxes.fits(id, boxes.x[node], boxes.y[node], None), "{node}");
            }
        }
    }
}
