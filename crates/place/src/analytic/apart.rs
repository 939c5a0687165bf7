//! Pushes overlapping hard macros apart.

use flagstone_netlist::{Kind, Netlist, NodeId};

/// The hard macros by their left edges, kept nearly sorted from step to step.
pub(super) struct Apart {
    order: Vec<Hard>,
}

#[derive(Clone, Copy)]
struct Hard {
    node: NodeId,
    half: [f64; 2],
}

impl Apart {
    /// Macros count as larger by `clearance` µm along each axis.
    pub(super) fn new(netlist: &Netlist, clearance: [f64; 2]) -> Self {
        let order = netlist.nodes_of(Kind::HardMacro).map(|node| {
            let (width, height) = netlist.size(node);
            Hard { node, half: [(width + clearance[0]) / 2.0, (height + clearance[1]) / 2.0] }
        });
        Self { order: order.collect() }
    }

    /// Adds the slope of the overlap area of all pairs times `scale` per µm² to `slopes`; returns
    /// the area in µm².
    pub(super) fn push(
        &mut self,
        positions: &[Vec<f64>; 2],
        scale: f64,
        slopes: &mut [Vec<f64>; 2],
    ) -> f64 {
        let left = |hard: &Hard| positions[0][hard.node.usize()] - hard.half[0];
        self.order.sort_by(|a, b| left(a).total_cmp(&left(b)));
        let mut total = 0.0;
        for (i, a) in self.order.iter().enumerate() {
            let at = |hard: &Hard, axis: usize| positions[axis][hard.node.usize()];
            let right = at(a, 0) + a.half[0];
            for b in self.order[i + 1..].iter().take_while(|b| left(b) < right) {
                // Never deeper than the smaller macro: one inside another has no direction.
                let overlap = [0, 1].map(|axis| {
                    let reach = a.half[axis] + b.half[axis] - (at(a, axis) - at(b, axis)).abs();
                    reach.min(2.0 * a.half[axis].min(b.half[axis]))
                });
                if overlap[0] <= 0.0 || overlap[1] <= 0.0 {
                    continue;
                }
                total += overlap[0] * overlap[1];
                for axis in 0..2 {
                    let side = if at(b, axis) >= at(a, axis) { 1.0 } else { -1.0 };
                    let slope = scale * overlap[1 - axis] * side;
                    slopes[axis][b.node.usize()] -= slope;
                    slopes[axis][a.node.usize()] += slope;
                }
            }
        }
        total
    }
}
