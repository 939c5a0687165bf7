//! What makes two placements of one netlist differ, node by node, and what each difference costs.

use std::cmp::Ordering;
use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Cost, Rules, Weights, evaluate};
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

/// Where a node is in one placement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its centre in µm.
    pub center: Point,
    /// Its orientation.
    pub orientation: Orientation,
    /// Whether it has a place at all.
    pub placed: bool,
}

impl Place {
    /// Of a node.
    pub fn of(placement: &Placement, node: NodeId) -> Self {
        let row = node.usize();
        Self {
            center: placement.center(node),
            orientation: placement.orientation[row],
            placed: placement.placed[row],
        }
    }
}

/// A node that two placements have differently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The node.
    pub node: NodeId,
    /// Where it is in the first.
    pub from: Place,
    /// Where it is in the second.
    pub to: Place,
    /// What this change alone adds: the second placement's cost minus its cost with this node as in
    /// the first. Negative where the change is for the better.
    pub delta: Cost,
}

impl Change {
    /// Distance of the centres in µm, to the right and upwards.
    pub fn shift(&self) -> (f64, f64) {
        (self.to.center.x - self.from.center.x, self.to.center.y - self.from.center.y)
    }

    /// Distance of the centres in µm, along a straight line.
    pub fn distance(&self) -> f64 {
        let (dx, dy) = self.shift();
        dx.hypot(dy)
    }

    /// Whether the orientation differs.
    pub fn turned(&self) -> bool {
        self.from.orientation != self.to.orientation
    }
}

/// What the changes can be sorted by. Numbers sort by size, the largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Name.
    Name,
    /// Horizontal shift.
    Dx,
    /// Vertical shift.
    Dy,
    /// Distance.
    #[default]
    Distance,
    /// Change of the wirelength cost.
    Wirelength,
    /// Change of the density cost.
    Density,
    /// Change of the congestion cost.
    Congestion,
    /// Change of the proxy cost.
    Proxy,
}

/// Two placements side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Cost of the first.
    pub before: Cost,
    /// Cost of the second.
    pub after: Cost,
    /// Every macro and port that differs, in file order.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Compares two placements; takes one move of the cost engine for each node that differs.
    pub fn new(
        netlist: &Arc<Netlist>,
        canvas: &Canvas,
        weights: Weights,
        first: &Placement,
        second: &Placement,
    ) -> Self {
        let mut engine = Engine::new(Arc::clone(netlist), canvas, second, weights);
        let cost = |placement| evaluate(netlist, canvas, placement, Rules::Clamp).cost;
        let mut changes = Vec::new();
        for node in netlist.node_ids() {
            let (from, to) = (Place::of(first, node), Place::of(second, node));
            if from == to {
                continue;
            }
            engine.begin();
            engine.set(node, from.center.x, from.center.y, from.orientation);
            let undone = engine.delta();
            engine.revert();
            let delta = Cost {
                wirelength: -undone.wirelength,
                density: -undone.density,
                congestion: -undone.congestion,
            };
            changes.push(Change { node, from, to, delta });
        }
        Self { before: cost(first), after: cost(second), changes }
    }

    /// Changes of nodes of one kind.
    pub fn of_kind<'a>(
        &'a self,
        netlist: &Netlist,
        kind: Kind,
    ) -> impl Iterator<Item = &'a Change> {
        self.changes.iter().filter(move |change| netlist.kind(change.node) == kind)
    }

    /// Cost of the second minus cost of the first.
    pub fn delta(&self) -> Cost {
        Cost {
            wirelength: self.after.wirelength - self.before.wirelength,
            density: self.after.density - self.before.density,
            congestion: self.after.congestion - self.before.congestion,
        }
    }
}

/// Sorts changes; equal ones stay in file order.
pub fn sort_changes(changes: &mut [Change], netlist: &Netlist, by: SortBy, weights: &Weights) {
    let number = |change: &Change| match by {
        SortBy::Name => 0.0,
        SortBy::Dx => change.shift().0.abs(),
        SortBy::Dy => change.shift().1.abs(),
        SortBy::Distance => change.distance(),
        SortBy::Wirelength => change.delta.wirelength.abs(),
        SortBy::Density => change.delta.density.abs(),
        SortBy::Congestion => change.delta.congestion.abs(),
        SortBy::Proxy => change.delta.proxy(weights).abs(),
    };
    changes.sort_by(|a, b| {
        let order = match by {
            SortBy::Name => netlist.node_name(a.node).cmp(netlist.node_name(b.node)),
            _ => Ordering::Equal,
        };
        order.then(number(b).total_cmp(&number(a))).then(a.node.cmp(&b.node))
    });
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::{Builder, Node, Pin};

    use super::*;

    fn row(n: usize) -> (Arc<Netlist>, Canvas, Placement) {
        let mut builder = Builder::new();
        let names = ["c", "a", "b", "d"];
        let nodes: Vec<NodeId> = (0..n)
            .map(|i| {
                builder.node(Node { name: names[i], width: 8.0, height: 8.0, ..Node::default() })
            })
            .collect();
        let pins: Vec<_> = nodes
            .iter()
            .map(|&node| builder.pin(Pin { node, dx: 3.0, ..Pin::default() }))
            .collect();
        builder.net(pins[0], &pins[1..]);
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        for &node in &nodes {
            placement.set_center(node, Point::new(10.0 + 20.0 * node.usize() as f64, 50.0));
        }
        (Arc::new(netlist), Canvas::new(100.0, 100.0), placement)
    }

    #[test]
    fn equal_placements_have_no_changes() {
        let (netlist, canvas, placement) = row(4);
        let found = Comparison::new(&netlist, &canvas, Weights::default(), &placement, &placement);
        assert!(found.changes.is_empty(), "{found:?}");
        assert_eq!(found.delta(), Cost::default());
    }

    #[test]
    fn a_single_change_costs_all_of_the_difference() {
        let (netlist, canvas, first) = row(4);
        let mut second = first.clone();
        second.set_center(NodeId(3), Point::new(70.0, 90.0));
        second.orientation[3] = Orientation::FN;
        let found = Comparison::new(&netlist, &canvas, Weights::default(), &first, &second);
        let [change] = found.changes[..] else { panic!("{found:?}") };
        assert_eq!((change.node, change.shift(), change.turned()), (NodeId(3), (0.0, 40.0), true));
        let cost = |placement| evaluate(&netlist, &canvas, placement, Rules::Clamp).cost;
        let (a, b) = (cost(&first), cost(&second));
        assert!((found.delta().wirelength - (b.wirelength - a.wirelength)).abs() < 1e-12, "total");
        assert!((change.delta.wirelength - found.delta().wirelength).abs() < 1e-12, "alone");
        assert!((change.delta.congestion - found.delta().congestion).abs() < 1e-12, "alone");
    }

    #[test]
    fn changes_are_sorted() {
        let (netlist, canvas, first) = row(3);
        let mut second = first.clone();
        for (node, shift) in [(0, 5.0), (1, -30.0), (2, 10.0)] {
            second.x[node] += shift;
        }
        let weights = Weights::default();
        let mut found = Comparison::new(&netlist, &canvas, weights, &first, &second).changes;
        let order = |changes: &[Change]| changes.iter().map(|c| c.node.0).collect::<Vec<_>>();
        sort_changes(&mut found, &netlist, SortBy::Distance, &weights);
        assert_eq!(order(&found), [1, 2, 0]);
        sort_changes(&mut found, &netlist, SortBy::Name, &weights);
        assert_eq!(order(&found), [1, 2, 0], "a, b, c");
        sort_changes(&mut found, &netlist, SortBy::Dy, &weights);
        assert_eq!(order(&found), [0, 1, 2], "all equal: file order");
    }
}
