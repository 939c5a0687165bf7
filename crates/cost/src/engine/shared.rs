//! Nets that a move takes more than one pin of: their pins cannot be looked at one by one.

use flagstone_geom::Point;
use flagstone_netlist::NetId;

use super::layer::Layers;
use super::routes::Routes;
use super::slots::{NodeSlot, Slots};
use super::wires::Wires;

/// What is known of a net in a move.
#[derive(Clone, Copy, Default)]
struct Mark {
    pass: u64,
    n_pins: u32,
    listed: bool,
}

/// A pin and where it goes; after it has been exchanged, where it came from.
struct Pin {
    slot: NodeSlot,
    at: Point,
    cell: u32,
}

/// The nets of the present move of which more than one pin moves.
pub(super) struct SharedNets {
    marks: Vec<Mark>,
    pass: u64,
    pins: Vec<Pin>,
    nets: Vec<NodeSlot>,
}

impl SharedNets {
    pub(super) fn new(n_nets: usize, n_slots: usize) -> Self {
        Self {
            marks: vec![Mark::default(); n_nets],
            pass: 0,
            pins: Vec::with_capacity(n_slots),
            nets: Vec::with_capacity(n_nets),
        }
    }

    /// Starts over for a move.
    pub(super) fn begin(&mut self) {
        self.pass += 1;
        self.pins.clear();
        self.nets.clear();
    }

    fn mark(&mut self, net: NetId) -> &mut Mark {
        let mark = &mut self.marks[net.usize()];
        if mark.pass != self.pass {
            *mark = Mark { pass: self.pass, ..Mark::default() };
        }
        mark
    }

    /// Notes that a pin of the net moves.
    pub(super) fn count(&mut self, net: NetId) {
        self.mark(net).n_pins += 1;
    }

    /// Whether more than one counted pin of the net moves.
    #[inline]
    pub(super) fn contains(&self, net: NetId) -> bool {
        let mark = &self.marks[net.usize()];
        mark.pass == self.pass && mark.n_pins > 1
    }

    /// Adds a pin of a shared net and where it goes.
    pub(super) fn push(&mut self, slot: &NodeSlot, at: Point, cell: u32) {
        let mark = self.mark(slot.net);
        if !std::mem::replace(&mut mark.listed, true) {
            self.nets.push(*slot);
        }
        self.pins.push(Pin { slot: *slot, at, cell });
    }

    /// Counts all of them: pins are put where they go, and back when that has been measured.
    pub(super) fn shift(
        &mut self,
        slots: &Slots,
        wires: &mut Wires,
        routes: &mut Routes,
        layers: &mut Layers,
    ) {
        for net in &self.nets {
            routes.shift_whole(net, -1, layers);
        }
        self.exchange(wires, routes);
        for net in &self.nets {
            routes.shift_whole(net, 1, layers);
            wires.shift_whole(slots, net.net);
        }
        self.exchange(wires, routes);
    }

    fn exchange(&mut self, wires: &mut Wires, routes: &mut Routes) {
        for pin in &mut self.pins {
            let slot = pin.slot.slot as usize;
            std::mem::swap(&mut pin.at.x, &mut wires.x[slot]);
            std::mem::swap(&mut pin.at.y, &mut wires.y[slot]);
            pin.cell = routes.exchange(&pin.slot, pin.cell);
        }
    }
}
