//! Which cell every pin is in, and what a move changes about the routes.
//!
//! Where a net's route is a star, or an L between two cells, the pins share nothing but the driver:
//! a sink that moves takes its own spoke along, and only if no other pin is in the cell it leaves or
//! enters. Routes over three cells are taken out and put back whole.
//! While a move is open only the demand changes; the cells follow at the commit.

use flagstone_geom::{Grid, Point};
use flagstone_netlist::NetId;

use super::layer::Layers;
use super::slots::{NodeSlot, Slots};
use crate::routing::{self, Run};

/// Distinct cells of a net whose route is not a star.
const THREE: u32 = 3;

/// The cells of all slots.
pub(super) struct Routes {
    columns: u32,
    cell_width: f64,
    cell_height: f64,
    last_column: f64,
    last_row: f64,
    /// For every net its number of distinct cells, then the cell of each slot.
    cells: Vec<u32>,
    demand_unit: f64,
    scratch: routing::Cells,
}

impl Routes {
    /// Before any slot has been placed. Demand is counted in multiples of `demand_unit`.
    pub(super) fn new(grid: &Grid, n_slots: usize, n_nets: usize, demand_unit: f64) -> Self {
        Self {
            columns: grid.columns,
            cell_width: grid.cell_width(),
            cell_height: grid.cell_height(),
            last_column: f64::from(grid.columns - 1),
            last_row: f64::from(grid.rows - 1),
            cells: vec![0; n_slots + n_nets],
            demand_unit,
            scratch: routing::Cells::new(grid.n_cells(), grid.columns),
        }
    }

    /// The cell that holds a point, or the nearest border cell.
    #[inline]
    pub(super) fn cell_at(&self, p: Point) -> u32 {
        // Limits before the cast, which then is a single instruction; cutting off equals rounding
        // down from zero on.
        let index = |value: f64, last: f64| value.max(0.0).min(last) as i64 as u32;
        let column = index(p.x / self.cell_width, self.last_column);
        index(p.y / self.cell_height, self.last_row) * self.columns + column
    }

    /// The cells of a net's slots at the last commit.
    pub(super) fn of_net(&self, slots: &Slots, net: NetId) -> &[u32] {
        let range = slots.of_net(net);
        let head = net.usize() + 1;
        &self.cells[range.start + head..range.end + head]
    }

    /// Counts the move of one slot, to a cell, of a net whose other slots stay.
    #[inline]
    pub(super) fn shift(&mut self, slot: &NodeSlot, to: u32, layers: &mut Layers) {
        let head = (slot.first + slot.net.0) as usize;
        let own = (slot.slot - slot.first) as usize;
        let row = &mut self.cells[head..=head + slot.n as usize];
        let Some((&mut distinct, row)) = row.split_first_mut() else { return };
        let from = row[own];
        if from == to {
            return;
        }
        let demand = routing::demand(slot.weight, self.demand_unit);
        let (gone, fresh) = left_and_entered(row, from, to);
        let after = distinct + u32::from(fresh) - u32::from(gone);
        if distinct == THREE || after == THREE {
            add(&mut self.scratch, layers, row, -demand);
            row[own] = to;
            add(&mut self.scratch, layers, row, demand);
            row[own] = from;
        } else if own > 0 {
            // Weights of zero rather than branches, which would be guessed wrong.
            let weight = |counts: bool| demand * i64::from(counts);
            let driver = self.scratch.at(row[0]);
            spoke(layers, driver, self.scratch.at(from), -weight(gone));
            spoke(layers, driver, self.scratch.at(to), weight(fresh));
        } else {
            let (from, to) = (self.scratch.at(from), self.scratch.at(to));
            for &sink in self.scratch.distinct(&row[1..]) {
                spoke(layers, from, sink, -demand);
                spoke(layers, to, sink, demand);
            }
        }
    }

    /// Counts a net whose slots are all where `sign` says: 1 puts its route in, -1 takes it out.
    pub(super) fn shift_whole(&mut self, slot: &NodeSlot, sign: i64, layers: &mut Layers) {
        let head = (slot.first + slot.net.0) as usize + 1;
        let row = &self.cells[head..head + slot.n as usize];
        let demand = routing::demand(slot.weight, self.demand_unit);
        add(&mut self.scratch, layers, row, sign * demand);
    }

    /// Puts a slot into a cell without counting anything; returns the cell it was in.
    pub(super) fn exchange(&mut self, slot: &NodeSlot, to: u32) -> u32 {
        let at = (slot.slot + slot.net.0) as usize + 1;
        std::mem::replace(&mut self.cells[at], to)
    }

    /// Moves one slot for good.
    pub(super) fn place(&mut self, slot: &NodeSlot, to: u32) {
        let head = (slot.first + slot.net.0) as usize;
        let own = (slot.slot - slot.first) as usize + 1;
        let row = &mut self.cells[head..=head + slot.n as usize];
        let from = row[own];
        if from != to {
            let (gone, fresh) = left_and_entered(&row[1..], from, to);
            row[0] = row[0] + u32::from(fresh) - u32::from(gone);
            row[own] = to;
        }
    }

    /// Puts every slot into its cell and every route into the layers.
    pub(super) fn fill(
        &mut self,
        slots: &Slots,
        nets: impl Iterator<Item = (NetId, i64)>,
        at: impl Fn(usize) -> Point,
        layers: &mut Layers,
    ) {
        for (net, demand) in nets {
            let range = slots.of_net(net);
            let head = range.start + net.usize();
            for slot in range.clone() {
                self.cells[slot + net.usize() + 1] = self.cell_at(at(slot));
            }
            let row = &mut self.cells[head..=head + range.len()];
            row[0] = self.scratch.distinct(&row[1..]).len() as u32;
            add(&mut self.scratch, layers, &row[1..], demand);
        }
    }
}

/// Whether a pin that goes from one cell to another leaves the first without a pin of the net, and
/// whether it is the net's first in the second.
#[inline]
fn left_and_entered(cells: &[u32], from: u32, to: u32) -> (bool, bool) {
    let (mut n_from, mut n_to) = (0_u32, 0_u32);
    for &cell in cells {
        n_from += u32::from(cell == from);
        n_to += u32::from(cell == to);
    }
    (n_from == 1, n_to == 0)
}

/// Adds the demand of an L from the driver to a sink.
#[inline(always)]
fn spoke(layers: &mut Layers, driver: routing::At, sink: routing::At, weight: i64) {
    routing::two(driver, sink, &mut |run: Run| layers.add(&run, weight));
}

#[inline]
fn add(scratch: &mut routing::Cells, layers: &mut Layers, cells: &[u32], weight: i64) {
    routing::route(cells, scratch, &mut |run: Run| layers.add(&run, weight));
}
