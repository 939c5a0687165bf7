//! Pin positions and net boxes, laid out net by net so that a box is a scan over neighbours.
//!
//! A *slot* is one pin of one net; the slots of a net lie next to each other, driver first. Boxes
//! count the pins on each edge, so that a net with many pins is scanned only when its last pin
//! leaves an edge.

use flagstone_netlist::{Csr, NetId, Netlist, NodeId, Placement};

/// Nets with at most this many pins are scanned rather than counted.
const SCANNED_PINS: usize = 8;

/// Resolution of a net's wirelength: multiples of 2⁻⁴⁰ µm add up without rounding.
const WIRELENGTH_UNITS: f64 = (1_u64 << 40) as f64;

/// Extent of a net along one axis, with the number of pins on each end.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    low: f64,
    high: f64,
    n_low: u32,
    n_high: u32,
}

impl Extent {
    fn of(coordinates: &[f64]) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for &c in coordinates {
            low = low.min(c);
            high = high.max(c);
        }
        let n_low = coordinates.iter().filter(|&&c| c == low).count() as u32;
        let n_high = coordinates.iter().filter(|&&c| c == high).count() as u32;
        Self { low, high, n_low, n_high }
    }

    fn bounds(coordinates: &[f64]) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for &c in coordinates {
            low = low.min(c);
            high = high.max(c);
        }
        Self { low, high, n_low: 0, n_high: 0 }
    }

    /// Moves one pin; false where the other pins must be looked at.
    fn shift(&mut self, old: f64, new: f64) -> bool {
        self.n_low -= u32::from(old == self.low);
        self.n_high -= u32::from(old == self.high);
        if new < self.low {
            (self.low, self.n_low) = (new, 1);
        } else if new == self.low {
            self.n_low += 1;
        }
        if new > self.high {
            (self.high, self.n_high) = (new, 1);
        } else if new == self.high {
            self.n_high += 1;
        }
        self.n_low > 0 && self.n_high > 0
    }
}

/// A slot of a node: where it is and how far from the node's centre.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeSlot {
    pub(super) slot: u32,
    pub(super) net: NetId,
    /// Offset in orientation `N`.
    pub(super) dx: f64,
    /// Offset in orientation `N`.
    pub(super) dy: f64,
}

/// State of a net at the last commit.
#[derive(Clone, Copy)]
struct SavedNet {
    net: u32,
    x: Extent,
    y: Extent,
    length: i128,
}

/// Positions of all slots and the boxes of all nets.
pub(super) struct Wires {
    pub(super) starts: Vec<u32>,
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    node_slots: Csr<NodeId, NodeSlot>,
    weight: Vec<f64>,
    box_x: Vec<Extent>,
    box_y: Vec<Extent>,
    length: Vec<i128>,
    total: i128,
    /// Number of the transaction in which a net was last saved.
    saved_in: Vec<u64>,
    /// Number of the pass in which a net was last touched.
    touched_in: Vec<u64>,
    pass: u64,
    transaction: u64,
    /// Nets touched in this pass.
    pub(super) touched: Vec<NetId>,
    scan_x: Vec<bool>,
    scan_y: Vec<bool>,
    saved_nets: Vec<SavedNet>,
    saved_slots: Vec<(u32, f64, f64)>,
    saved_total: i128,
}

impl Wires {
    pub(super) fn new(netlist: &Netlist, placement: &Placement) -> Self {
        let n_slots = netlist.net_pins.items().len();
        let n_nets = netlist.n_nets();
        let mut pairs = Vec::with_capacity(n_slots);
        let (mut x, mut y) = (Vec::with_capacity(n_slots), Vec::with_capacity(n_slots));
        for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
            for &pin in pins {
                let p = placement.pin(netlist, pin);
                let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
                let slot = NodeSlot { slot: x.len() as u32, net, dx, dy };
                pairs.push((netlist.pins.node[pin.usize()], slot));
                x.push(p.x);
                y.push(p.y);
            }
        }
        let most = pairs.len();
        let mut wires = Self {
            starts: netlist.net_pins.starts().to_vec(),
            x,
            y,
            node_slots: Csr::from_pairs(netlist.n_nodes(), pairs.into_iter()),
            weight: netlist.net_ids().map(|net| crate::wirelength::weight(netlist, net)).collect(),
            box_x: vec![Extent::default(); n_nets],
            box_y: vec![Extent::default(); n_nets],
            length: vec![0; n_nets],
            total: 0,
            saved_in: vec![0; n_nets],
            touched_in: vec![0; n_nets],
            pass: 0,
            transaction: 1,
            touched: Vec::with_capacity(n_nets),
            scan_x: vec![false; n_nets],
            scan_y: vec![false; n_nets],
            saved_nets: Vec::with_capacity(n_nets),
            saved_slots: Vec::with_capacity(most),
            saved_total: 0,
        };
        for net in 0..n_nets {
            let slots = wires.slots(NetId(net as u32));
            wires.box_x[net] = Extent::of(&wires.x[slots.clone()]);
            wires.box_y[net] = Extent::of(&wires.y[slots]);
            wires.length[net] = wires.measured(net);
            wires.total += wires.length[net];
        }
        wires.saved_total = wires.total;
        wires
    }

    /// Range of a net's slots.
    #[inline]
    pub(super) fn slots(&self, net: NetId) -> std::ops::Range<usize> {
        self.starts[net.usize()] as usize..self.starts[net.usize() + 1] as usize
    }

    /// The slots of a node.
    #[inline]
    pub(super) fn node_slots(&self, node: NodeId) -> &[NodeSlot] {
        self.node_slots.row(node)
    }

    /// Weight of a net in the wirelength.
    pub(super) fn weight(&self, net: NetId) -> f64 {
        self.weight[net.usize()]
    }

    /// Weighted HPWL of all nets in µm.
    pub(super) fn total(&self) -> f64 {
        self.total as f64 / WIRELENGTH_UNITS
    }

    /// Weighted HPWL of a net in µm.
    pub(super) fn net_length(&self, net: NetId) -> f64 {
        self.length[net.usize()] as f64 / WIRELENGTH_UNITS
    }

    fn measured(&self, net: usize) -> i128 {
        let (x, y) = (&self.box_x[net], &self.box_y[net]);
        (self.weight[net] * ((x.high - x.low) + (y.high - y.low)) * WIRELENGTH_UNITS) as i128
    }

    /// Starts a pass over moved slots.
    pub(super) fn begin_pass(&mut self) {
        self.pass += 1;
        self.touched.clear();
    }

    /// Notes that a slot of a net is going to move in this pass.
    #[inline]
    pub(super) fn touch(&mut self, net: NetId) {
        let n = net.usize();
        if self.touched_in[n] == self.pass {
            return;
        }
        self.touched_in[n] = self.pass;
        self.touched.push(net);
        if self.saved_in[n] != self.transaction {
            self.saved_in[n] = self.transaction;
            let (x, y, length) = (self.box_x[n], self.box_y[n], self.length[n]);
            self.saved_nets.push(SavedNet { net: net.0, x, y, length });
        }
    }

    /// Moves a slot of a touched net.
    #[inline]
    pub(super) fn move_slot(&mut self, net: NetId, slot: u32, x: f64, y: f64) {
        let (n, s) = (net.usize(), slot as usize);
        let (old_x, old_y) = (self.x[s], self.y[s]);
        self.saved_slots.push((slot, old_x, old_y));
        (self.x[s], self.y[s]) = (x, y);
        let counted = self.starts[n + 1] - self.starts[n] > SCANNED_PINS as u32;
        if counted {
            self.scan_x[n] |= self.scan_x[n] || !self.box_x[n].shift(old_x, x);
            self.scan_y[n] |= self.scan_y[n] || !self.box_y[n].shift(old_y, y);
        }
    }

    /// Brings boxes and the total up to date after the slots of this pass have moved.
    pub(super) fn end_pass(&mut self) {
        for i in 0..self.touched.len() {
            let net = self.touched[i];
            let n = net.usize();
            let slots = self.slots(net);
            if slots.len() <= SCANNED_PINS {
                self.box_x[n] = Extent::bounds(&self.x[slots.clone()]);
                self.box_y[n] = Extent::bounds(&self.y[slots]);
            } else {
                if std::mem::take(&mut self.scan_x[n]) {
                    self.box_x[n] = Extent::of(&self.x[slots.clone()]);
                }
                if std::mem::take(&mut self.scan_y[n]) {
                    self.box_y[n] = Extent::of(&self.y[slots]);
                }
            }
            let length = self.measured(n);
            self.total += length - self.length[n];
            self.length[n] = length;
        }
    }

    /// Makes the present state the one to return to.
    pub(super) fn commit(&mut self) {
        self.transaction += 1;
        self.saved_nets.clear();
        self.saved_slots.clear();
        self.saved_total = self.total;
    }

    /// Returns to the last commit.
    pub(super) fn revert(&mut self) {
        for &(slot, x, y) in self.saved_slots.iter().rev() {
            self.x[slot as usize] = x;
            self.y[slot as usize] = y;
        }
        for saved in &self.saved_nets {
            let n = saved.net as usize;
            (self.box_x[n], self.box_y[n], self.length[n]) = (saved.x, saved.y, saved.length);
        }
        self.total = self.saved_total;
        self.commit();
    }
}
