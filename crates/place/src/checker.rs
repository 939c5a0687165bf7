//! Judges a placement. Shares no code with the mask and the legalisers, so that it can catch them.

use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CheckRules {
    /// Least gap between two hard macros in µm.
    pub spacing: f64,
    /// Overhang, overlap and missing gap in µm that pass as rounding; at least [`ROUNDING`] passes.
    pub tolerance: f64,
    /// Whether what only fixed macros do counts: one off the canvas or on a blockage, two too near to
    /// each other. Not by default, as a placer cannot help it.
    pub with_fixed: bool,
}

/// Length that always passes as rounding, as a part of the canvas' longer side: coordinates that
/// were added up in another order differ by less, and no manufacturing grid is as fine.
pub const ROUNDING: f64 = 1e-9;

impl CheckRules {
    /// What passes on a canvas, in µm.
    fn slack(&self, canvas: &Canvas) -> f64 {
        self.tolerance.max(ROUNDING * canvas.width.max(canvas.height))
    }
}

/// Something that makes a placement illegal.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Violation {
    /// Two hard macros share area.
    Overlap {
        /// The first, by file order.
        a: NodeId,
        /// The second.
        b: NodeId,
        /// Common area in µm².
        area: f64,
    },
    /// Two hard macros are closer than the spacing.
    Spacing {
        /// The first, by file order.
        a: NodeId,
        /// The second.
        b: NodeId,
    },
    /// A hard macro hangs over the border of the canvas.
    Outside {
        /// The macro.
        node: NodeId,
        /// How far, in µm.
        by: f64,
    },
    /// A hard macro stands on a blockage.
    Blocked {
        /// The macro.
        node: NodeId,
    },
    /// A hard macro has no place.
    Unplaced {
        /// The macro.
        node: NodeId,
    },
}

/// Left, bottom, right and top edge.
type Edges = [f64; 4];

fn edges(netlist: &Netlist, placement: &Placement, node: NodeId) -> Edges {
    let (x, y) = (placement.x[node.usize()], placement.y[node.usize()]);
    let (half_w, half_h) =
        (netlist.nodes.width[node.usize()] / 2.0, netlist.nodes.height[node.usize()] / 2.0);
    [x - half_w, y - half_h, x + half_w, y + half_h]
}

/// Width and height of the common area; negative: the gap between the two.
fn common(a: &Edges, b: &Edges) -> (f64, f64) {
    (a[2].min(b[2]) - a[0].max(b[0]), a[3].min(b[3]) - a[1].max(b[1]))
}

/// Everything illegal about the hard macros, in file order.
///
/// Pairs are found by a sweep over the left edges. What only fixed macros do counts where the rules
/// say so.
pub fn violations(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: &CheckRules,
) -> Vec<Violation> {
    let slack = rules.slack(canvas);
    let mut found = Vec::new();
    let hard: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).collect();
    for &node in &hard {
        if !placement.placed[node.usize()] {
            found.push(Violation::Unplaced { node });
            continue;
        }
        let own = edges(netlist, placement, node);
        let counts = rules.with_fixed || !placement.fixed[node.usize()];
        let center = placement.center(node);
        let overhang =
            (-own[0]).max(-own[1]).max(own[2] - canvas.width).max(own[3] - canvas.height);
        let by = if center.x.is_nan() || center.y.is_nan() { f64::NAN } else { overhang };
        if (by.is_nan() || by > slack) && counts {
            found.push(Violation::Outside { node, by });
        }
        let on = |rect: &flagstone_geom::Rect| {
            let (w, h) = common(&own, &[rect.x0, rect.y0, rect.x1, rect.y1]);
            w > slack && h > slack
        };
        let blocked = canvas.blockages.iter().any(|blockage| on(&blockage.rect));
        if blocked && counts {
            found.push(Violation::Blocked { node });
        }
    }
    let rules = CheckRules { tolerance: slack, ..*rules };
    pairs(netlist, placement, &hard, &rules, &mut found);
    found
}

fn pairs(
    netlist: &Netlist,
    placement: &Placement,
    hard: &[NodeId],
    &CheckRules { spacing, tolerance: slack, with_fixed }: &CheckRules,
    found: &mut Vec<Violation>,
) {
    let mut by_left: Vec<(Edges, NodeId)> = hard
        .iter()
        .filter(|node| placement.placed[node.usize()])
        .map(|&node| (edges(netlist, placement, node), node))
        .collect();
    by_left.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]));
    let mut pairs = Vec::new();
    for (i, (own, node)) in by_left.iter().enumerate() {
        let reach = own[2] + spacing;
        for (other, near) in by_left[i + 1..].iter().take_while(|(other, _)| other[0] < reach) {
            let (w, h) = common(own, other);
            let (a, b) = (*node.min(near), *node.max(near));
            let both_fixed = placement.fixed[a.usize()] && placement.fixed[b.usize()];
            if both_fixed && !with_fixed {
                continue;
            }
            if w > slack && h > slack {
                pairs.push((a, b, Violation::Overlap { a, b, area: w * h }));
            } else if -w < spacing - slack && -h < spacing - slack {
                pairs.push((a, b, Violation::Spacing { a, b }));
            }
        }
    }
    pairs.sort_by_key(|&(a, b, _)| (a, b));
    found.extend(pairs.into_iter().map(|pair| pair.2));
}

/// Number of overlapping pairs of hard macros.
pub fn overlaps(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> usize {
    let found = violations(netlist, canvas, placement, &CheckRules::default());
    found.iter().filter(|violation| matches!(violation, Violation::Overlap { .. })).count()
}

#[cfg(test)]
mod tests {
    use flagstone_geom::{Point, Rect};
    use flagstone_netlist::{Blockage, Builder, Node};

    use super::*;

    #[test]
    fn each_fault_is_found() {
        let mut builder = Builder::new();
        let size = Node { width: 10.0, height: 10.0, ..Node::default() };
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| builder.node(Node { name, ..size }));
        let netlist = builder.build();
        let canvas = Canvas::new(100.0, 100.0);
        let mut placement = Placement::new(&netlist);
        placement.set_center(a, Point::new(10.0, 10.0));
        placement.set_center(b, Point::new(18.0, 12.0));
        placement.set_center(c, Point::new(28.5, 12.0));
        placement.set_center(d, Point::new(97.0, 50.0));
        let rules = CheckRules { spacing: 1.0, ..CheckRules::default() };
        let expected = vec![
            Violation::Outside { node: d, by: 2.0 },
            Violation::Overlap { a, b, area: 16.0 },
            Violation::Spacing { a: b, b: c },
        ];
        assert_eq!(violations(&netlist, &canvas, &placement, &rules), expected);
        assert_eq!(overlaps(&netlist, &canvas, &placement), 1);
        placement.placed[a.usize()] = false;
        assert_eq!(overlaps(&netlist, &canvas, &placement), 0);
    }

    #[test]
    fn what_only_fixed_macros_do_counts_where_asked_for() {
        let mut builder = Builder::new();
        let size = Node { width: 10.0, height: 10.0, ..Node::default() };
        let [a, b, c] = ["a", "b", "c"].map(|name| builder.node(Node { name, ..size }));
        let netlist = builder.build();
        let mut canvas = Canvas::new(100.0, 100.0);
        let rect = Rect { x0: 90.0, y0: 90.0, x1: 100.0, y1: 100.0 };
        canvas.blockages.push(Blockage { rect, rate: 1.0 });
        let mut placement = Placement::new(&netlist);
        placement.set_center(a, Point::new(4.0, 50.0));
        placement.set_center(b, Point::new(10.0, 50.0));
        placement.set_center(c, Point::new(90.0, 90.0));
        placement.fixed.fill(true);
        let placers = CheckRules::default();
        assert_eq!(violations(&netlist, &canvas, &placement, &placers), []);
        let all = CheckRules { with_fixed: true, ..placers };
        let expected = vec![
            Violation::Outside { node: a, by: 1.0 },
            Violation::Blocked { node: c },
            Violation::Overlap { a, b, area: 40.0 },
        ];
        assert_eq!(violations(&netlist, &canvas, &placement, &all), expected);
        placement.fixed.fill(false);
        assert_eq!(violations(&netlist, &canvas, &placement, &placers), expected);
    }

    /// Macros of a size side by side, the first at the left border, `pitch` apart.
    fn row(n: usize, size: f64, pitch: f64) -> (Netlist, Canvas, Placement) {
        let mut builder = Builder::new();
        let nodes: Vec<NodeId> = (0..n)
            .map(|i| {
                let name = &format!("m{i}");
                builder.node(Node { name, width: size, height: size, ..Node::default() })
            })
            .collect();
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        for (i, &node) in nodes.iter().enumerate() {
            placement.set_center(node, Point::new(size / 2.0 + i as f64 * pitch, size / 2.0));
        }
        let canvas = Canvas::new(size + (n - 1) as f64 * pitch, size);
        (netlist, canvas, placement)
    }

    #[test]
    fn rounding_is_no_fault_and_anything_more_is() {
        // Sums of 3.3 and of 3.1 + 0.2 miss the exact edges by a few bits.
        let (netlist, canvas, placement) = row(30, 3.3, 3.3);
        let rules = CheckRules::default();
        assert_eq!(violations(&netlist, &canvas, &placement, &rules), []);
        let (netlist, canvas, mut placement) = row(30, 3.1, 3.3);
        let rules = CheckRules { spacing: 0.2, ..rules };
        assert_eq!(violations(&netlist, &canvas, &placement, &rules), []);
        placement.x[7] -= 1e-6;
        assert_eq!(violations(&netlist, &canvas, &placement, &rules).len(), 1);
        placement.x[0] -= 1e-6;
        assert_eq!(violations(&netlist, &canvas, &placement, &rules).len(), 2);
    }

    #[test]
    fn what_a_tolerance_lets_pass_is_not_too_near_either() {
        let (netlist, canvas, mut placement) = row(3, 10.0, 10.0);
        placement.x[1] += 0.004;
        let rules = CheckRules { tolerance: 0.01, ..CheckRules::default() };
        assert_eq!(violations(&netlist, &canvas, &placement, &rules), []);
        placement.x[1] += 0.008;
        assert_eq!(violations(&netlist, &canvas, &placement, &rules).len(), 1);
    }
}
