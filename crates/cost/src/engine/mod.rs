//! The incremental cost engine: the exact proxy cost after any move, in microseconds.
//!
//! The life of a move is a transaction: [`begin`](Engine::begin), [`set`](Engine::set) any number of
//! nodes, ask for the [`delta`](Engine::delta), then [`commit`](Engine::commit) or
//! [`revert`](Engine::revert). Single moves, swaps, group moves and flips are the same thing.
//!
//! What is kept between moves: the box of every net with the two outermost pins of each side
//! (`wires`), the cell of every pin (`routes`), the covered share of every cell (`density`), the
//! routing demand of every cell as integers with its smoothed and normalised value (`layer`). A
//! proposed move changes none of it but the maps: of a net it reads the box and the cells, and only
//! routes of pins that change their grid cell are looked at. What a kept move changes for good is
//! written at the commit. Sums are kept in integers, so the state after any sequence of moves equals
//! a fresh one bit for bit, and nothing drifts.
//!
//! The engine follows [`Rules::Clamp`](crate::Rules::Clamp); nodes count whether placed or not.

mod density;
mod hints;
mod layer;
mod routes;
mod shared;
mod shares;
mod slots;
mod topk;
mod transaction;
mod wires;

use std::sync::Arc;

use flagstone_geom::{Grid, Point};
use flagstone_netlist::{Canvas, Kind, NetId, Netlist, Placement};

use self::density::Density;
use self::layer::{Layer, LayerConfig, Layers};
use self::routes::Routes;
use self::shared::SharedNets;
use self::slots::Slots;
use self::topk::TopK;
use self::transaction::Transaction;
use self::wires::Wires;
use crate::{Cost, Weights, routing, wirelength};

pub use self::hints::Flat;
pub use self::shares::Hot;

/// The largest power of two that still leaves room for a sum of `bound` in 62 bits.
fn power_of_two_unit(bound: f64) -> f64 {
    let bits = bound.max(1.0).log2().ceil().min(60.0) as i32;
    2.0_f64.powi(bits - 61)
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
    slots: Slots,
    wires: Wires,
    routes: Routes,
    layers: Layers,
    density: Density,
    top_density: TopK,
    top_congestion: TopK,
    wirelength_unit: f64,
    demand_unit: f64,
    blockage_units: f64,
    open: Transaction,
    shared: SharedNets,
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
        let (n_slots, n_nets) = (netlist.net_pins.items().len(), netlist.n_nets());
        let mut net_weights = Vec::new();
        wirelength::weights(&netlist, crate::Rules::Clamp, &mut net_weights);
        let demand_unit = routing::demand_unit(&netlist, &net_weights);
        let n_hard = netlist.nodes_of(Kind::HardMacro).count() as f64;
        let most = grid.cell_width().max(grid.cell_height())
            * canvas.macro_routes_horizontal.max(canvas.macro_routes_vertical);
        let blockage_unit = power_of_two_unit(n_hard * most.abs());
        let placement_cells = canvas.grid().n_cells();
        let n_values = 2 * grid.n_cells();
        let mut engine = Self {
            slots: Slots::new(&netlist),
            wires: Wires::new(&netlist, placement),
            routes: Routes::new(&grid, n_slots, n_nets, demand_unit),
            layers: layers(canvas, &grid, demand_unit, blockage_unit),
            density: Density::new(canvas.grid(), netlist.total_area()),
            top_density: TopK::new(placement_cells / 10, placement_cells),
            top_congestion: TopK::new((n_values / 20).max(1), n_values),
            wirelength_unit: wirelength::unit(&netlist, canvas),
            demand_unit,
            blockage_units: 1.0 / blockage_unit,
            canvas: canvas.clone(),
            weights,
            placement: placement.clone(),
            grid,
            committed: Cost::default(),
            current: Cost::default(),
            open: Transaction::new(netlist.n_nodes()),
            shared: SharedNets::new(n_nets, n_slots),
            netlist,
        };
        engine.fill();
        engine
    }

    /// Adds every node and net once.
    fn fill(&mut self) {
        let netlist = Arc::clone(&self.netlist);
        let unit = self.demand_unit;
        let nets = netlist.net_ids().map(|net| (net, demand(&netlist, net, unit)));
        let Self { slots, wires, routes, layers, .. } = self;
        routes.fill(slots, nets, |slot| Point::new(wires.x[slot], wires.y[slot]), layers);
        for node in netlist.macros() {
            let rect = self.placement.rect(&netlist, node);
            self.cover(node, &rect, 1);
        }
        self.layers.apply();
        self.current = self.measure(true, true);
        self.committed = self.current;
        self.layers.commit();
        self.density.commit();
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
    /// asked. The maps are those of this placement, too; questions about nets and nodes are answered
    /// for the last commit.
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
        self.layers.horizontal.values()
    }

    /// Normalised vertical routing demand, **column by column**: cell (column, row) is entry
    /// `column * rows + row`.
    pub fn vertical_map_by_column(&self) -> &[f64] {
        self.layers.vertical.values()
    }

    /// A net's weight in the routing demand, in units.
    fn demand(&self, net: NetId) -> i64 {
        demand(&self.netlist, net, self.demand_unit)
    }

    /// The three terms of the present state; density and congestion only where they have changed.
    fn measure(&mut self, density: bool, congestion: bool) -> Cost {
        let mut cost =
            Cost { wirelength: self.wires.total() * self.wirelength_unit, ..self.committed };
        if density {
            cost.density = crate::density::cost_of(self.density.values(), |values| {
                self.top_density.mean(values, &[])
            });
        }
        if congestion {
            let (horizontal, vertical) = (&self.layers.horizontal, &self.layers.vertical);
            cost.congestion = self.top_congestion.mean(horizontal.values(), vertical.values());
        }
        cost
    }
}

fn demand(netlist: &Netlist, net: NetId, unit: f64) -> i64 {
    routing::demand(wirelength::weight(netlist, net), unit)
}

/// Empty layers of the congestion grid.
fn layers(canvas: &Canvas, grid: &Grid, demand_unit: f64, blockage_unit: f64) -> Layers {
    let (rows, columns) = (grid.rows as usize, grid.columns as usize);
    let layer = |lines, length, capacity: f64| {
        Layer::new(&LayerConfig {
            lines,
            length,
            smoothing: canvas.smoothing as usize,
            demand_unit: demand_unit / capacity,
            blockage_unit: blockage_unit / capacity,
        })
    };
    Layers {
        horizontal: layer(rows, columns, grid.cell_height() * canvas.routes_horizontal),
        vertical: layer(columns, rows, grid.cell_width() * canvas.routes_vertical),
    }
}

#[cfg(test)]
mod tests;
