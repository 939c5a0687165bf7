//! The life of a move: begin, set, delta, commit or revert.

use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Kind, NodeId};

use super::Engine;
use super::slots::Pose;
use crate::{Cost, blockage};

/// A node of a move.
#[derive(Clone, Copy)]
struct Moved {
    node: NodeId,
    from: Pose,
    to: Pose,
}

/// The nodes of the open move, each once.
pub(super) struct Transaction {
    moved: Vec<Moved>,
    /// For every node the last transaction that moved it, and its index there.
    entries: Vec<(u64, u32)>,
    number: u64,
    /// Whether the maps and totals are those of the move.
    applied: bool,
    /// Whether the move has nodes that the maps and totals do not know of.
    pending: bool,
}

impl Transaction {
    pub(super) fn new(n_nodes: usize) -> Self {
        Self {
            moved: Vec::with_capacity(n_nodes),
            entries: vec![(0, 0); n_nodes],
            number: 1,
            applied: false,
            pending: false,
        }
    }

    fn set(&mut self, node: NodeId, to: Pose, from: impl FnOnce() -> Pose) {
        let entry = &mut self.entries[node.usize()];
        if entry.0 == self.number {
            self.moved[entry.1 as usize].to = to;
        } else {
            *entry = (self.number, self.moved.len() as u32);
            self.moved.push(Moved { node, from: from(), to });
        }
        self.pending = true;
    }

    fn close(&mut self) {
        self.moved.clear();
        self.number += 1;
        self.applied = false;
        self.pending = false;
    }
}

impl Engine {
    /// Starts a move. An open move is reverted first.
    pub fn begin(&mut self) {
        if !self.open.moved.is_empty() {
            self.revert();
        }
    }

    /// Adds to the move: the node's centre goes to `(x, y)` in an orientation.
    pub fn set(&mut self, node: NodeId, x: f64, y: f64, orientation: Orientation) {
        let to = Pose { center: Point::new(x, y), orientation };
        let placement = &self.placement;
        self.open.set(node, to, || Pose {
            center: placement.center(node),
            orientation: placement.orientation[node.usize()],
        });
    }

    /// Cost of the open move minus cost at the last commit.
    pub fn delta(&mut self) -> Cost {
        self.apply();
        Cost {
            wirelength: self.current.wirelength - self.committed.wirelength,
            density: self.current.density - self.committed.density,
            congestion: self.current.congestion - self.committed.congestion,
        }
    }

    /// Change of the weighted sum by the open move.
    pub fn delta_proxy(&mut self) -> f64 {
        self.delta().proxy(&self.weights)
    }

    /// Keeps the open move.
    pub fn commit(&mut self) {
        self.apply();
        for i in 0..self.open.moved.len() {
            self.place_pins(&self.open.moved[i].clone());
        }
        self.committed = self.current;
        self.wires.commit();
        self.layers.commit();
        self.density.commit();
        self.open.close();
    }

    /// Drops the open move; everything is as before, to the last bit.
    pub fn revert(&mut self) {
        if self.open.applied {
            self.take_back();
            for moved in &self.open.moved {
                self.placement.set_center(moved.node, moved.from.center);
                self.placement.orientation[moved.node.usize()] = moved.from.orientation;
            }
        }
        self.open.close();
    }

    /// Brings totals and maps back to the last commit.
    fn take_back(&mut self) {
        self.wires.revert();
        self.layers.revert();
        self.density.revert();
        self.current = self.committed;
    }

    /// Brings totals and maps up to date with the open move.
    fn apply(&mut self) {
        if !self.open.pending {
            return;
        }
        if self.open.applied {
            self.take_back();
        }
        self.find_shared_nets();
        let mut covers = false;
        for i in 0..self.open.moved.len() {
            let moved = self.open.moved[i];
            self.placement.set_center(moved.node, moved.to.center);
            self.placement.orientation[moved.node.usize()] = moved.to.orientation;
            covers |= self.move_area(&moved);
            self.shift_pins(&moved);
        }
        self.shared.shift(&self.slots, &mut self.wires, &mut self.routes, &mut self.layers);
        let congestion = self.layers.apply();
        self.current = self.measure(covers, congestion);
        (self.open.applied, self.open.pending) = (true, false);
    }

    /// Finds the nets that two nodes of the move have in common.
    fn find_shared_nets(&mut self) {
        self.shared.begin();
        if self.open.moved.len() > 1 {
            for moved in &self.open.moved {
                self.slots.of_node(moved.node).iter().for_each(|slot| self.shared.count(slot.net));
            }
        }
    }

    /// Takes a macro's area away from where it was and puts it where it goes; returns whether it
    /// has one and moves.
    fn move_area(&mut self, moved: &Moved) -> bool {
        let kind = self.netlist.kind(moved.node);
        let covers = matches!(kind, Kind::HardMacro | Kind::SoftMacro);
        if !covers || moved.from.center == moved.to.center {
            return false;
        }
        let (width, height) = self.netlist.size(moved.node);
        self.cover(moved.node, &Rect::centered(moved.from.center, width, height), -1);
        self.cover(moved.node, &Rect::centered(moved.to.center, width, height), 1);
        true
    }

    /// Adds or removes the area of a macro and, for a hard one, the tracks it blocks.
    pub(super) fn cover(&mut self, node: NodeId, rect: &Rect, sign: i64) {
        self.density.add(rect, sign);
        if self.netlist.kind(node) != Kind::HardMacro {
            return;
        }
        let (units, layers) = (self.blockage_units, &mut self.layers);
        blockage::blocked_tracks(&self.canvas, &self.grid, rect, &mut |column, row, h, v| {
            layers.horizontal.add_blockage(row, column, sign * (h * units) as i64);
            layers.vertical.add_blockage(column, row, sign * (v * units) as i64);
        });
    }

    /// Counts the move of a node's pins; those of shared nets are only noted.
    fn shift_pins(&mut self, moved: &Moved) {
        let Self { slots, wires, routes, layers, shared, open, .. } = self;
        let center = routes.cell_at(moved.to.center);
        let several = open.moved.len() > 1;
        let mut offsets = slots.offsets(moved.node).iter();
        // A node's slots are sorted by net, so equal nets are neighbours.
        for own in slots.of_node(moved.node).chunk_by(|a, b| a.net == b.net) {
            let alone = own.len() == 1 && !(several && shared.contains(own[0].net));
            for slot in own {
                let (mut old, mut new, mut cell) = (moved.from.center, moved.to.center, center);
                if let Some(&offset) = offsets.next() {
                    (old, new) = (moved.from.pin(offset), moved.to.pin(offset));
                    cell = routes.cell_at(new);
                }
                if alone {
                    wires.shift(slot, old, new);
                    routes.shift(slot, cell, layers);
                } else {
                    shared.push(slot, new, cell);
                }
            }
        }
    }

    /// Moves a node's pins for good.
    fn place_pins(&mut self, moved: &Moved) {
        let Self { slots, wires, routes, .. } = self;
        let mut offsets = slots.offsets(moved.node).iter();
        for slot in slots.of_node(moved.node) {
            let offset = offsets.next().copied().unwrap_or_default();
            let new = moved.to.pin(offset);
            wires.place(slot, new);
            routes.place(slot, routes.cell_at(new));
        }
    }
}
