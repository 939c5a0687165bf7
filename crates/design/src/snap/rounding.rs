//! Opening what rounding closed.
//!
//! Two macros on lines abut, but the sums of `f64` that say where their edges are may differ in the
//! last bits, and who checks without tolerance sees an overlap. Here such macros go apart by those
//! bits, far less than any file writes.

use flagstone_netlist::{NodeId, Placement};

use super::TOLERANCE;
use crate::Design;

/// A macro with its centre and half its size, x and y.
struct Body {
    node: NodeId,
    free: bool,
    at: [f64; 2],
    half: [f64; 2],
}

impl Body {
    fn low(&self, axis: usize) -> f64 {
        self.at[axis] - self.half[axis]
    }
    fn high(&self, axis: usize) -> f64 {
        self.at[axis] + self.half[axis]
    }
    /// Whether the two are nearer than `gap` along an axis.
    fn is_beside(&self, other: &Self, axis: usize, gap: f64) -> bool {
        let common = self.high(axis).min(other.high(axis)) - self.low(axis).max(other.low(axis));
        common > -gap
    }
    /// Not below an edge that it is below by rounding.
    fn rise_to(&mut self, axis: usize, edge: f64) {
        if is_rounding(edge - self.low(axis)) {
            self.at[axis] = edge + self.half[axis];
            while self.low(axis) < edge {
                self.at[axis] = self.at[axis].next_up();
            }
        }
    }
    /// Not above an edge that it is above by rounding.
    fn sink_to(&mut self, axis: usize, edge: f64) {
        if is_rounding(self.high(axis) - edge) {
            self.at[axis] = edge - self.half[axis];
            while self.high(axis) > edge {
                self.at[axis] = self.at[axis].next_down();
            }
        }
    }
}

fn is_rounding(over: f64) -> bool {
    over > 0.0 && over < TOLERANCE
}

/// Moves macros apart, and into the canvas, that overlap by rounding alone or are nearer by it than
/// the design's halo.
pub(super) fn open(design: &Design, macros: &[NodeId], placement: &mut Placement) {
    let mut bodies: Vec<Body> = macros
        .iter()
        .map(|&node| {
            let (at, (width, height)) = (placement.center(node), design.netlist.size(node));
            let free = !placement.fixed[node.usize()];
            Body { node, free, at: [at.x, at.y], half: [width / 2.0, height / 2.0] }
        })
        .collect();
    for (axis, border) in [design.canvas.width, design.canvas.height].into_iter().enumerate() {
        bodies.sort_by(|a, b| a.low(axis).total_cmp(&b.low(axis)));
        spread(&mut bodies, axis, border, design.halo);
    }
    for body in bodies.iter().filter(|body| body.free) {
        (placement.x[body.node.usize()], placement.y[body.node.usize()]) = (body.at[0], body.at[1]);
    }
}

/// Up from the low border, then back from the high one; `bodies` are sorted by their low edges.
fn spread(bodies: &mut [Body], axis: usize, border: f64, gap: f64) {
    let other = 1 - axis;
    let widest = bodies.iter().map(|body| 2.0 * body.half[axis]).fold(0.0, f64::max);
    // Bodies whose low edges are farther apart do not meet.
    let reach = widest + gap + TOLERANCE;
    for k in 0..bodies.len() {
        let (before, rest) = bodies.split_at_mut(k);
        let body = &mut rest[0];
        if body.free {
            body.rise_to(axis, 0.0);
            let low = body.low(axis);
            for near in before.iter().rev().take_while(|near| near.low(axis) > low - reach) {
                if near.is_beside(body, other, gap) {
                    body.rise_to(axis, near.high(axis) + gap);
                }
            }
        }
    }
    for k in (0..bodies.len()).rev() {
        let (rest, after) = bodies.split_at_mut(k + 1);
        let body = &mut rest[k];
        if body.free {
            body.sink_to(axis, border);
            let low = body.low(axis);
            for near in after.iter().take_while(|near| near.low(axis) < low + reach) {
                if near.is_beside(body, other, gap) {
                    body.sink_to(axis, near.low(axis) - gap);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use flagstone_geom::Point;
    use flagstone_netlist::{Builder, Canvas, Kind, Node};

    use super::*;

    /// A chain of macros that ends at the border of the canvas, edge on edge but for rounding.
    #[test]
    fn a_chain_is_legal_without_tolerance() {
        const WIDTH: f64 = 29.355;
        const N: u32 = 40;
        for gap in [0.0, 0.7] {
            let mut builder = Builder::new();
            for k in 0..N {
                let name = format!("m{k}");
                let node = Node { name: &name, width: WIDTH, height: 19.26, ..Node::default() };
                builder.node(node);
            }
            let netlist = builder.build();
            let macros: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).collect();
            let mut placement = Placement::new(&netlist);
            for (k, &node) in macros.iter().enumerate() {
                let x0 = 1.1 + (WIDTH + gap) * k as f64;
                placement.set_center(node, Point::new(x0 + WIDTH / 2.0, 19.26 / 2.0));
                placement.placed[node.usize()] = true;
            }
            let width = 1.1 + (WIDTH + gap) * f64::from(N) - gap;
            let canvas = Canvas::new(width, 19.26);
            let mut design = Design::new("t".into(), netlist, canvas, placement.clone());
            design.halo = gap;
            // To the last bit, unlike the checker: other programs may compare that way.
            let faults = |at: &Placement| {
                let edges = |x: &f64| (x - WIDTH / 2.0, x + WIDTH / 2.0);
                let edges: Vec<(f64, f64)> = at.x.iter().map(edges).collect();
                let near = |pair: &&[(f64, f64)]| pair[1].0 < pair[0].1 + gap;
                let outside = edges[0].0 < 0.0 || edges[edges.len() - 1].1 > design.canvas.width;
                edges.windows(2).filter(near).count() + usize::from(outside)
            };
            assert!(faults(&placement) > 0, "rounding matters");
            let before = placement.clone();
            open(&design, &macros, &mut placement);
            assert_eq!(faults(&placement), 0, "gap {gap}");
            let far = before.x.iter().zip(&placement.x).map(|(a, b)| (a - b).abs());
            assert!(far.fold(0.0, f64::max) < 1e-9, "by the last bits alone");
        }
    }
}
