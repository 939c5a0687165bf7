//! The incremental cost engine: the exact proxy cost after any move, in microseconds.
//!
//! The life of a move is a transaction: [`begin`](Engine::begin), [`set`](Engine::set) any number of
//! nodes, ask for the [`delta`](Engine::delta), then [`commit`](Engine::commit) or
//! [`revert`](Engine::revert). Single moves, swaps, group moves and flips are the same thing.
//!
//! What is kept between moves: the box of every net with edge counts (`wires`), the covered share
//! of every cell (`density`), the routing demand of every cell as integers with its smoothed and
//! normalised value (`layer`). A net's route is redone only when one of its pins changes its grid
//! cell; smoothing is recomputed only where demand changed. Sums are kept in integers, so the state
//! after any sequence of moves equals a fresh one bit for bit, and nothing drifts.
//!
//! The engine follows [`Rules::Clamp`](crate::Rules::Clamp); nodes count whether placed or not.

mod density;
mod hints;
mod layer;
mod shares;
mod topk;
mod wires;

use std::sync::Arc;

use flagstone_geom::{Grid, Orientation, Point, Rect};
use flagstone_netlist::{Canvas, Kind, NetId, Netlist, NodeId, Placement};

use self::density::Density;
use self::layer::{Layer, LayerConfig};
use self::topk::TopK;
use self::wires::Wires;
use crate::{Cost, Weights, blockage, routing};

pub use self::hints::Flat;
pub use self::shares::Hot;

/// The largest power of two that still leaves room for a sum of `bound` in 62 bits.
fn power_of_two_unit(bound: f64) -> f64 {
    let bits = bound.max(1.0).log2().ceil().min(60.0) as i32;
    2.0_f64.powi(bits - 61)
}

/// A node as it was at the last commit.
#[derive(Clone, Copy)]
struct SavedNode {
    node: NodeId,
    center: Point,
    orientation: Orientation,
}

/// The state of all cost terms for one placement.
pub struct Engine {
    netlist: Arc<Netlist>,
    canvas: Canvas,
    weights: Weights,
    placement: Placement,
    grid: Grid,
    committed: Cost,
    current: Cost,
    wires: Wires,
    slot_cell: Vec<u32>,
    route_weight: Vec<i64>,
    horizontal: Layer,
    vertical: Layer,
    density: Density,
    top_density: TopK,
    top_congestion: TopK,
    wirelength_unit: f64,
    blockage_units: f64,
    pending: Vec<SavedNode>,
    saved_nodes: Vec<SavedNode>,
    saved_cells: Vec<(u32, u32)>,
    new_cells: Vec<(u32, u32)>,
    rerouted: Vec<NetId>,
    rerouted_in: Vec<u64>,
    pass: u64,
    distinct: routing::Cells,
}

impl Engine {
    /// Evaluates a placement from scratch.
    pub fn new(
        netlist: Arc<Netlist>,
        canvas: &Canvas,
        placement: &Placement,
        weights: Weights,
    ) -> Self {
        let grid = canvas.congestion_grid();
        let wires = Wires::new(&netlist, placement);
        let (n_slots, n_nets) = (wires.x.len(), netlist.n_nets());
        let demand = routing_demand_bound(&netlist);
        let demand_unit = power_of_two_unit(demand).max(2.0_f64.powi(-40));
        let n_hard = netlist.nodes_of(Kind::HardMacro).count() as f64;
        let most = grid.cell_width().max(grid.cell_height())
            * canvas.macro_routes_horizontal.max(canvas.macro_routes_vertical);
        let blockage_unit = power_of_two_unit(n_hard * most.abs());
        let (across, along) = (grid.rows as usize, grid.columns as usize);
        let layer = |lines, length, capacity: f64| {
            Layer::new(&LayerConfig {
                lines,
                length,
                smoothing: canvas.smoothing as usize,
                demand_unit: demand_unit / capacity,
                blockage_unit: blockage_unit / capacity,
            })
        };
        let placement_cells = canvas.grid().n_cells();
        let n_values = 2 * grid.n_cells();
        let mut engine = Self {
            horizontal: layer(across, along, grid.cell_height() * canvas.routes_horizontal),
            vertical: layer(along, across, grid.cell_width() * canvas.routes_vertical),
            density: Density::new(canvas.grid(), netlist.total_area()),
            top_density: TopK::new(placement_cells / 10, placement_cells),
            top_congestion: TopK::new((n_values / 20).max(1), n_values),
            route_weight: (0..n_nets)
                .map(|net| {
                    (routing::route_weight(&netlist, NetId(net as u32)) / demand_unit) as i64
                })
                .collect(),
            wirelength_unit: crate::wirelength::unit(&netlist, canvas),
            blockage_units: 1.0 / blockage_unit,
            canvas: canvas.clone(),
            weights,
            placement: placement.clone(),
            grid,
            committed: Cost::default(),
            current: Cost::default(),
            wires,
            slot_cell: vec![0; n_slots],
            pending: Vec::with_capacity(netlist.n_nodes()),
            saved_nodes: Vec::with_capacity(netlist.n_nodes()),
            saved_cells: Vec::with_capacity(n_slots),
            new_cells: Vec::with_capacity(n_slots),
            rerouted: Vec::with_capacity(n_nets),
            rerouted_in: vec![0; n_nets],
            pass: 0,
            distinct: routing::Cells::new(grid.n_cells()),
            netlist,
        };
        engine.fill();
        engine
    }

    /// Adds every node and net once.
    fn fill(&mut self) {
        let netlist = Arc::clone(&self.netlist);
        for slot in 0..self.slot_cell.len() {
            let p = Point::new(self.wires.x[slot], self.wires.y[slot]);
            self.slot_cell[slot] = self.grid.clamped_cell_at(p) as u32;
        }
        for net in netlist.net_ids() {
            self.route(net, 1);
        }
        for node in netlist.macros() {
            let rect = self.placement.rect(&netlist, node);
            self.cover(node, &rect, 1);
        }
        self.horizontal.apply();
        self.vertical.apply();
        self.current = self.measure(true);
        self.commit();
    }

    /// The circuit.
    pub fn netlist(&self) -> &Arc<Netlist> {
        &self.netlist
    }

    /// The canvas and its settings.
    pub fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// Weights of the three terms.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Where every node is, the nodes of an open move included once [`delta`](Self::delta) has been
    /// asked.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The cost at the last commit.
    pub fn cost(&self) -> Cost {
        self.committed
    }

    /// Weighted HPWL of all nets in µm.
    pub fn wirelength_um(&self) -> f64 {
        self.wires.total()
    }

    /// Weighted HPWL of a net in µm.
    pub fn net_wirelength_um(&self, net: NetId) -> f64 {
        self.wires.net_length(net)
    }

    /// Covered share of each placement-grid cell.
    pub fn density_map(&self) -> &[f64] {
        self.density.values()
    }

    /// Normalised horizontal routing demand of each congestion-grid cell.
    pub fn horizontal_map(&self) -> &[f64] {
        self.horizontal.values()
    }

    /// Normalised vertical routing demand, **column by column**: cell (column, row) is entry
    /// `column * rows + row`.
    pub fn vertical_map_by_column(&self) -> &[f64] {
        self.vertical.values()
    }

    /// Starts a move. An open move is reverted first.
    pub fn begin(&mut self) {
        if !self.pending.is_empty() || !self.saved_nodes.is_empty() {
            self.revert();
        }
    }

    /// Adds to the move: the node's centre goes to `(x, y)` in an orientation.
    pub fn set(&mut self, node: NodeId, x: f64, y: f64, orientation: Orientation) {
        self.pending.push(SavedNode { node, center: Point::new(x, y), orientation });
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
        self.committed = self.current;
        self.saved_nodes.clear();
        self.saved_cells.clear();
        self.wires.commit();
        self.horizontal.commit();
        self.vertical.commit();
        self.density.commit();
    }

    /// Drops the open move; everything is as before, to the last bit.
    pub fn revert(&mut self) {
        self.pending.clear();
        for saved in self.saved_nodes.iter().rev() {
            self.placement.set_center(saved.node, saved.center);
            self.placement.orientation[saved.node.usize()] = saved.orientation;
        }
        for &(slot, cell) in self.saved_cells.iter().rev() {
            self.slot_cell[slot as usize] = cell;
        }
        self.saved_nodes.clear();
        self.saved_cells.clear();
        self.wires.revert();
        self.horizontal.revert();
        self.vertical.revert();
        self.density.revert();
        self.current = self.committed;
    }

    /// Brings every term up to date with the pending nodes.
    fn apply(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.pass += 1;
        self.wires.begin_pass();
        self.new_cells.clear();
        self.rerouted.clear();
        let mut moved = false;
        for i in 0..self.pending.len() {
            moved |= self.move_node(self.pending[i]);
        }
        self.pending.clear();
        self.wires.end_pass();
        for i in 0..self.new_cells.len() {
            let (slot, cell) = self.new_cells[i];
            self.saved_cells.push((slot, self.slot_cell[slot as usize]));
            self.slot_cell[slot as usize] = cell;
        }
        for i in 0..self.rerouted.len() {
            self.route(self.rerouted[i], 1);
        }
        let horizontal = self.horizontal.apply();
        let vertical = self.vertical.apply();
        let congestion = horizontal || vertical;
        let before = self.current;
        self.current = self.measure(moved);
        if !congestion {
            self.current.congestion = before.congestion;
        }
    }

    /// Moves one node; its slots' new cells are noted, the routes they leave removed. Returns
    /// whether the node's area moved.
    fn move_node(&mut self, to: SavedNode) -> bool {
        let row = to.node.usize();
        let from = SavedNode {
            node: to.node,
            center: self.placement.center(to.node),
            orientation: self.placement.orientation[row],
        };
        self.saved_nodes.push(from);
        self.placement.set_center(to.node, to.center);
        self.placement.orientation[row] = to.orientation;
        self.move_slots(&to);
        let kind = self.netlist.nodes.kind[row];
        let covers = matches!(kind, Kind::HardMacro | Kind::SoftMacro);
        if !covers || from.center == to.center {
            return false;
        }
        let (width, height) = self.netlist.size(to.node);
        self.cover(to.node, &Rect::centered(from.center, width, height), -1);
        self.cover(to.node, &Rect::centered(to.center, width, height), 1);
        true
    }

    fn move_slots(&mut self, to: &SavedNode) {
        let center_cell = self.grid.clamped_cell_at(to.center) as u32;
        for i in 0..self.wires.node_slots(to.node).len() {
            let slot = self.wires.node_slots(to.node)[i];
            let (dx, dy) = to.orientation.apply(slot.dx, slot.dy);
            let p = Point::new(to.center.x + dx, to.center.y + dy);
            let at_center = slot.dx == 0.0 && slot.dy == 0.0;
            let cell = if at_center { center_cell } else { self.grid.clamped_cell_at(p) as u32 };
            self.wires.touch(slot.net);
            self.wires.move_slot(slot.net, slot.slot, p.x, p.y);
            let rerouted = &mut self.rerouted_in[slot.net.usize()];
            if cell != self.slot_cell[slot.slot as usize] && *rerouted != self.pass {
                *rerouted = self.pass;
                self.rerouted.push(slot.net);
                self.route(slot.net, -1);
            }
            // A node set twice may come back to its old cell, so every slot of a net to be routed
            // again is noted; the last note counts.
            if self.rerouted_in[slot.net.usize()] == self.pass {
                self.new_cells.push((slot.slot, cell));
            }
        }
    }

    /// Adds (`sign` = 1) or removes (-1) the demand of a net as its slots' cells stand.
    fn route(&mut self, net: NetId, sign: i64) {
        let cells = &self.slot_cell[self.wires.slots(net)];
        let weight = sign * self.route_weight[net.usize()];
        let (horizontal, vertical) = (&mut self.horizontal, &mut self.vertical);
        routing::route(cells, self.grid.columns, &mut self.distinct, &mut |run: routing::Run| {
            let layer = if run.vertical { &mut *vertical } else { &mut *horizontal };
            layer.add_run(run.line, run.from, run.to, weight);
        });
    }

    /// Adds or removes the area of a macro and, for a hard one, the tracks it blocks.
    fn cover(&mut self, node: NodeId, rect: &Rect, sign: i64) {
        self.density.add(rect, sign);
        if self.netlist.kind(node) != Kind::HardMacro {
            return;
        }
        let units = self.blockage_units;
        let (horizontal, vertical) = (&mut self.horizontal, &mut self.vertical);
        blockage::blocked_tracks(&self.canvas, &self.grid, rect, &mut |column, row, h, v| {
            horizontal.add_blockage(row, column, sign * (h * units) as i64);
            vertical.add_blockage(column, row, sign * (v * units) as i64);
        });
    }

    /// The three terms of the present state; density only where `moved`.
    fn measure(&mut self, moved: bool) -> Cost {
        let density = if moved {
            crate::density::cost_of(self.density.values(), |values| {
                self.top_density.mean(values, &[])
            })
        } else {
            self.current.density
        };
        Cost {
            wirelength: self.wires.total() * self.wirelength_unit,
            density,
            congestion: self.top_congestion.mean(self.horizontal.values(), self.vertical.values()),
        }
    }
}

/// No cell can see more demand than all routes of all nets together.
fn routing_demand_bound(netlist: &Netlist) -> f64 {
    let per_net = netlist.net_ids().map(|net| {
        let segments = 2 * netlist.net_pins.row(net).len();
        routing::route_weight(netlist, net) * segments as f64
    });
    per_net.sum()
}

#[cfg(test)]
mod tests;
