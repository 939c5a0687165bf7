use std::collections::HashSet;

use thiserror::Error;

use crate::{Canvas, Kind, NetId, Netlist, NodeId, PinId, Placement};

/// Something wrong with a netlist or a placement.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// Two nodes have the same name.
    #[error("node {0} has the name of an earlier node")]
    DuplicateName(NodeId),
    /// A macro or cell without a positive, finite size.
    #[error("node {0} has no positive width and height")]
    NoSize(NodeId),
    /// A pin whose offset is not a number, or that lies outside its macro.
    #[error("pin {0} lies outside its macro")]
    PinOutside(PinId),
    /// A net whose weight is negative or not a number.
    #[error("net {0} has a weight that is negative or not a number")]
    BadWeight(NetId),
    /// A macro larger than the canvas.
    #[error("node {0} is larger than the canvas")]
    TooLarge(NodeId),
    /// A coordinate that is not a finite number.
    #[error("node {0} has a coordinate that is not a number")]
    BadCoordinate(NodeId),
    /// The columns of the placement do not have one row per node.
    #[error("the placement has {found} nodes, the netlist {expected}")]
    WrongLength {
        /// Rows of the placement.
        found: usize,
        /// Nodes of the netlist.
        expected: usize,
    },
}

/// Lists everything wrong with a netlist by itself.
pub fn check(netlist: &Netlist) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = HashSet::with_capacity(netlist.n_nodes());
    for node in netlist.node_ids() {
        if !seen.insert(netlist.node_name(node)) {
            problems.push(Problem::DuplicateName(node));
        }
        let (width, height) = netlist.size(node);
        let sized = width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite();
        if netlist.kind(node) != Kind::Port && !sized {
            problems.push(Problem::NoSize(node));
        }
    }
    for pin in (0..netlist.n_pins()).map(PinId::from_usize) {
        let (width, height) = netlist.size(netlist.pins.node[pin.usize()]);
        let inside = |offset: f64, size: f64| offset.abs() <= size / 2.0 * (1.0 + 1e-6) + 1e-3;
        let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
        if !inside(dx, width) || !inside(dy, height) {
            problems.push(Problem::PinOutside(pin));
        }
    }
    for (net, &weight) in netlist.net_ids().zip(&netlist.nets.weight) {
        if !weight.is_finite() || weight < 0.0 {
            problems.push(Problem::BadWeight(net));
        }
    }
    problems
}

/// Lists everything that makes a placement unusable on a canvas. Overlaps and nodes off the canvas
/// are not among it: they are questions of legality.
pub fn check_placement(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Vec<Problem> {
    let expected = netlist.n_nodes();
    let columns = [placement.x.len(), placement.y.len(), placement.orientation.len()];
    if let Some(&found) = columns.iter().find(|&&rows| rows != expected) {
        return vec![Problem::WrongLength { found, expected }];
    }
    let mut problems = Vec::new();
    for node in netlist.node_ids() {
        let center = placement.center(node);
        if !center.x.is_finite() || !center.y.is_finite() {
            problems.push(Problem::BadCoordinate(node));
        }
        let (width, height) = netlist.size(node);
        if width > canvas.width || height > canvas.height {
            problems.push(Problem::TooLarge(node));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, Node, Pin};

    #[test]
    fn each_fault_is_listed() {
        let mut builder = Builder::new();
        let a = builder.node(Node { name: "a", width: 2.0, height: 2.0, ..Node::default() });
        let b = builder.node(Node { name: "a", width: 0.0, height: 2.0, ..Node::default() });
        let out = builder.pin(Pin { node: a, dx: 5.0, weight: -1.0, ..Pin::default() });
        let sink = builder.pin(Pin { node: b, ..Pin::default() });
        builder.net(out, &[sink]);
        let netlist = builder.build();
        let expected = vec![
            Problem::DuplicateName(b),
            Problem::NoSize(b),
            Problem::PinOutside(out),
            Problem::BadWeight(NetId(0)),
        ];
        assert_eq!(check(&netlist), expected);
        let mut placement = Placement::new(&netlist);
        placement.x[0] = f64::NAN;
        let canvas = Canvas::new(1.0, 1.0);
        let problems = check_placement(&netlist, &canvas, &placement);
        assert!(problems.contains(&Problem::BadCoordinate(a)));
        assert!(problems.contains(&Problem::TooLarge(b)));
    }
}
