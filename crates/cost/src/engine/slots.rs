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
    /// Position of a pin of the node from its offset in orientation `N`.
    #[inline]
    pub(super) fn pin(&self, offset: Offset) -> Point {
        let (dx, dy) = self.orientation.apply(offset.dx, offset.dy);
        Point::new(self.center.x + dx, self.center.y + dy)
    }
}

/// Where a pin is from its node's centre in orientation `N`, µm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Offset {
    pub(super) dx: f64,
    pub(super) dy: f64,
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
    /// The net's weight in the wirelength.
    pub(super) weight: f64,
}

/// The slots of all nets and nodes.
pub(super) struct Slots {
    starts: Vec<u32>,
    by_node: Csr<NodeId, NodeSlot>,
    /// Offsets of each node's slots; an empty row where every pin is at the centre.
    offsets: Csr<NodeId, Offset>,
}

impl Slots {
    pub(super) fn new(netlist: &Netlist) -> Self {
        let starts = netlist.net_pins.starts().to_vec();
        let mut pairs = Vec::with_capacity(netlist.net_pins.items().len());
        for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
            let (first, n) = (starts[net.usize()], pins.len() as u32);
            let weight = crate::wirelength::weight(netlist, net);
            for (slot, pin) in (first..).zip(pins) {
                let slot = NodeSlot { net, slot, first, n, weight };
                pairs.push((netlist.pins.node[pin.usize()], slot));
            }
        }
        let by_node = Csr::from_pairs(netlist.n_nodes(), pairs.into_iter());
        let pins = netlist.net_pins.items();
        let offset = |slot: &NodeSlot| {
            let pin = pins[slot.slot as usize].usize();
            Offset { dx: netlist.pins.dx[pin], dy: netlist.pins.dy[pin] }
        };
        let offsets = by_node.rows().map(|row| {
            let central = row.iter().all(|slot| offset(slot) == Offset::default());
            let row = if central { &[] } else { row };
            row.iter().map(offset).collect::<Vec<_>>()
        });
        Self { starts, offsets: Csr::from_rows(offsets), by_node }
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

    /// Offsets of the slots of a node, in the same order; none where all its pins are at its centre.
    #[inline]
    pub(super) fn offsets(&self, node: NodeId) -> &[Offset] {
        self.offsets.row(node)
    }
}
