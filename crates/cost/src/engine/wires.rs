//! Pin positions and net boxes, kept so that moving one pin of a net needs no look at the others.
//!
//! A box holds the two smallest and the two largest coordinates of each axis: without the pin that
//! moves, the end of the box is the next one. While a move is open only the total changes; positions
//! and boxes follow at the commit.

use flagstone_geom::Point;
use flagstone_netlist::{NetId, Netlist, Placement};

use super::slots::{NodeSlot, Slots};

/// Resolution of a net's wirelength: multiples of 2⁻⁴⁰ µm add up without rounding.
const WIRELENGTH_UNITS: f64 = (1_u64 << 40) as f64;

/// Magnitude below which a wirelength in units is converted as a machine word.
const MACHINE_WORD: f64 = (1_u64 << 62) as f64;

/// The two smallest and the two largest coordinates of a net along one axis.
#[derive(Clone, Copy, Debug)]
struct Ends {
    low: f64,
    next_low: f64,
    high: f64,
    next_high: f64,
}

// Plain comparisons rather than `min` and `max`: half the instructions.
#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

impl Ends {
    const NONE: Self = Self {
        low: f64::INFINITY,
        next_low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        next_high: f64::NEG_INFINITY,
    };

    fn of(coordinates: &[f64]) -> Self {
        let mut ends = Self::NONE;
        coordinates.iter().for_each(|&c| ends.add(c));
        ends
    }

    #[inline]
    fn add(&mut self, c: f64) {
        self.next_low = smaller(self.next_low, larger(self.low, c));
        self.low = smaller(self.low, c);
        self.next_high = larger(self.next_high, smaller(self.high, c));
        self.high = larger(self.high, c);
    }

    #[inline]
    fn length(&self) -> f64 {
        self.high - self.low
    }

    /// Length after one coordinate has changed from `old` to `new`.
    ///
    /// An end steps back to the next one where `old` was the end. Whether it was is a coin toss, so
    /// this is written without a branch.
    #[inline]
    fn length_after(&self, old: f64, new: f64) -> f64 {
        let was_low = if old <= self.low { f64::INFINITY } else { f64::NEG_INFINITY };
        let was_high = if old >= self.high { f64::NEG_INFINITY } else { f64::INFINITY };
        let low = larger(self.low, smaller(self.next_low, was_low));
        let high = smaller(self.high, larger(self.next_high, was_high));
        larger(high, new) - smaller(low, new)
    }

    /// Changes one coordinate; `coordinates` are all of them after the change.
    #[inline]
    fn change(&mut self, old: f64, new: f64, coordinates: &[f64]) {
        if old > self.next_low && old < self.next_high {
            self.add(new);
        } else {
            *self = Self::of(coordinates);
        }
    }
}

/// The box of a net: one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct NetBox {
    x: Ends,
    y: Ends,
}

impl NetBox {
    #[inline]
    fn half_perimeter(&self) -> f64 {
        self.x.length() + self.y.length()
    }
}

/// A weighted wirelength in units.
#[inline]
fn units(weight: f64, length: f64) -> i128 {
    let units = weight * length * WIRELENGTH_UNITS;
    if units.abs() < MACHINE_WORD { i128::from(units as i64) } else { units as i128 }
}

/// Positions of all slots and the boxes of all nets.
pub(super) struct Wires {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    weight: Vec<f64>,
    boxes: Vec<NetBox>,
    /// At the last commit.
    committed: i128,
    /// With the open move.
    total: i128,
}

impl Wires {
    pub(super) fn new(netlist: &Netlist, placement: &Placement) -> Self {
        let pins = netlist.net_pins.items();
        let (x, y): (Vec<f64>, Vec<f64>) =
            pins.iter().map(|&pin| placement.pin(netlist, pin)).map(|p| (p.x, p.y)).unzip();
        let weight: Vec<f64> =
            netlist.net_ids().map(|net| crate::wirelength::weight(netlist, net)).collect();
        let boxes: Vec<NetBox> = netlist
            .net_pins
            .starts()
            .windows(2)
            .map(|ends| ends[0] as usize..ends[1] as usize)
            .map(|slots| NetBox { x: Ends::of(&x[slots.clone()]), y: Ends::of(&y[slots]) })
            .collect();
        let lengths = boxes.iter().zip(&weight);
        let total = lengths.map(|(net, &weight)| units(weight, net.half_perimeter())).sum();
        Self { x, y, weight, boxes, committed: total, total }
    }

    /// Weight of a net in the wirelength.
    pub(super) fn weight(&self, net: NetId) -> f64 {
        self.weight[net.usize()]
    }

    /// Weighted HPWL of all nets in µm.
    pub(super) fn total(&self) -> f64 {
        self.total as f64 / WIRELENGTH_UNITS
    }

    fn net_units(&self, net: NetId) -> i128 {
        units(self.weight(net), self.boxes[net.usize()].half_perimeter())
    }

    /// Weighted HPWL of a net in µm at the last commit.
    pub(super) fn net_length(&self, net: NetId) -> f64 {
        self.net_units(net) as f64 / WIRELENGTH_UNITS
    }

    /// Counts the move of one slot of a net whose other slots stay.
    #[inline]
    pub(super) fn shift(&mut self, slot: &NodeSlot, old: Point, new: Point) {
        let net = &self.boxes[slot.net.usize()];
        let after = net.x.length_after(old.x, new.x) + net.y.length_after(old.y, new.y);
        self.total += units(slot.weight, after) - units(slot.weight, net.half_perimeter());
    }

    /// Counts a net whose slots are where they will be after the move.
    pub(super) fn shift_whole(&mut self, slots: &Slots, net: NetId) {
        let range = slots.of_net(net);
        let (x, y) = (Ends::of(&self.x[range.clone()]), Ends::of(&self.y[range]));
        let after = units(self.weight(net), x.length() + y.length());
        self.total += after - self.net_units(net);
    }

    /// Moves one slot for good.
    pub(super) fn place(&mut self, slot: &NodeSlot, new: Point) {
        let (s, first) = (slot.slot as usize, slot.first as usize);
        let range = first..first + slot.n as usize;
        let net = &mut self.boxes[slot.net.usize()];
        for (axis, ends, new) in
            [(&mut self.x, &mut net.x, new.x), (&mut self.y, &mut net.y, new.y)]
        {
            let old = std::mem::replace(&mut axis[s], new);
            ends.change(old, new, &axis[range.clone()]);
        }
    }

    /// Makes the total with the open move the one to return to.
    pub(super) fn commit(&mut self) {
        self.committed = self.total;
    }

    /// Returns to the total at the last commit.
    pub(super) fn revert(&mut self) {
        self.total = self.committed;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn ends_follow_every_change(
            start in prop::collection::vec(0_i8..6, 1..7),
            changes in prop::collection::vec((0_usize..7, 0_i8..6), 1..20),
        ) {
            let mut at: Vec<f64> = start.into_iter().map(f64::from).collect();
            let mut ends = Ends::of(&at);
            for (i, new) in changes {
                let (i, new) = (i % at.len(), f64::from(new));
                let old = std::mem::replace(&mut at[i], new);
                let expected = ends.length_after(old, new);
                ends.change(old, new, &at);
                let mut sorted = at.clone();
                sorted.sort_by(f64::total_cmp);
                let (low, high) = (sorted[0], sorted[at.len() - 1]);
                prop_assert_eq!((ends.low, ends.high), (low, high));
                prop_assert_eq!(expected, high - low);
                if at.len() > 1 {
                    let next = (sorted[1], sorted[at.len() - 2]);
                    prop_assert_eq!((ends.next_low, ends.next_high), next);
                }
            }
        }
    }
}
