//! The pins of every net and of every node, with all a move must know about each in one place.
//!
//! A *slot* is one pin of one net; the slots of a net lie next to each other, driver first. What
//! never changes about a slot and its net stands in the node's row, so that a move reads one row
//! from end to end and, for each net, only what changes: its box and its cells.

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Csr, NetId, Netlist, NodeId};

/// Where a node is and how it is turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pose {
    pub(super) center: Point,
    pub(super) orientation: Orientation,
}

impl Pose {
    /// Position of one of the node's slots.
    #[inline]
    pub(super) fn pin(&self, slot: &NodeSlot) -> Point {
        let (dx, dy) = self.orientation.apply(slot.dx, slot.dy);
        Point::new(self.center.x + dx, self.center.y + dy)
    }
}

/// A slot as its node sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeSlot {
    pub(super) net: NetId,
    pub(super) slot: u32,
    /// The net's first slot, the driver's.
    pub(super) first: u32,
    /// Number of the net's slots.
    pub(super) n: u32,
    /// Offset in orientation `N`.
    pub(super) dx: f64,
    /// Offset in orientation `N`.
    pub(super) dy: f64,
    /// The net's weight in the wirelength.
    pub(super) weight: f64,
    /// The net's weight in the routing demand, in units.
    pub(super) demand: i64,
}

impl NodeSlot {
    /// Whether the pin is where the node's centre is, however the node is turned.
    #[inline]
    pub(super) fn at_center(&self) -> bool {
        self.dx == 0.0 && self.dy == 0.0
    }
}

/// The slots of all nets and nodes.
pub(super) struct Slots {
    starts: Vec<u32>,
    by_node: Csr<NodeId, NodeSlot>,
}

impl Slots {
    /// `demand` gives a net's weight in the routing demand, in units.
    pub(super) fn new(netlist: &Netlist, demand: impl Fn(NetId) -> i64) -> Self {
        let starts = netlist.net_pins.starts().to_vec();
        let mut pairs = Vec::with_capacity(netlist.net_pins.items().len());
        for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
            let (first, n) = (starts[net.usize()], pins.len() as u32);
            let (weight, demand) = (crate::wirelength::weight(netlist, net), demand(net));
            for (slot, pin) in (first..).zip(pins) {
                let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
                let slot = NodeSlot { net, slot, first, n, dx, dy, weight, demand };
                pairs.push((netlist.pins.node[pin.usize()], slot));
            }
        }
        Self { starts, by_node: Csr::from_pairs(netlist.n_nodes(), pairs.into_iter()) }
    }

    /// Range of a net's slots.
    #[inline]
    pub(super) fn of_net(&self, net: NetId) -> std::ops::Range<usize> {
        self.starts[net.usize()] as usize..self.starts[net.usize() + 1] as usize
    }

    /// The slots of a node, sorted by net.
    #[inline]
    pub(super) fn of_node(&self, node: NodeId) -> &[NodeSlot] {
        self.by_node.row(node)
    }
}
