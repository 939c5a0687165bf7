//! Who causes the cost: the part of each term that belongs to one net or one macro.
//!
//! Density and congestion are means over the fullest cells; a net or macro owns what it puts into
//! those. Where several cells tie for the last place among the fullest, each counts in part, so that
//! the shares of all nets and macros add up to the cost.

use flagstone_geom::Rect;
use flagstone_netlist::{Kind, NetId, NodeId};

use super::Engine;
use super::layer::Layer;
use crate::{Cost, blockage, routing};

/// The fullest cells of a map: those above a value, and a part of those that equal it.
#[derive(Clone, Copy, Debug)]
struct Top {
    value: f64,
    tied: f64,
    per_cell: f64,
}

impl Top {
    /// The `k` largest of `values`; nothing where `k` is zero.
    fn of(values: &mut [f64], k: usize) -> Self {
        if k == 0 || values.is_empty() {
            return Self { value: f64::INFINITY, tied: 0.0, per_cell: 0.0 };
        }
        let k = k.min(values.len());
        let (_, &mut value, _) = values.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
        let above = values.iter().filter(|&&v| v > value).count();
        let equal = values.iter().filter(|&&v| v == value).count();
        Self { value, tied: (k - above) as f64 / equal as f64, per_cell: 1.0 / k as f64 }
    }

    /// What one unit in a cell of this value adds to the mean.
    fn part(&self, value: f64) -> f64 {
        if value > self.value {
            self.per_cell
        } else if value == self.value {
            self.per_cell * self.tied
        } else {
            0.0
        }
    }
}

/// The hottest cells of a state, for asking many nets and macros about it. See [`Engine::hot`].
#[derive(Clone, Debug)]
pub struct Hot {
    density: Top,
    congestion: Top,
    distinct: routing::Cells,
}

impl Engine {
    /// Finds the fullest cells of the present state; valid until the next move.
    pub fn hot(&self) -> Hot {
        let mut values = self.density.values().to_vec();
        let n = values.len();
        // With fewer than ten cells the density is a mean over all that are not empty.
        let k = if n >= 10 { n / 10 } else { values.iter().filter(|&&v| v != 0.0).count() };
        let density = Top::of(&mut values, k);
        let mut values = self.layers.horizontal.values().to_vec();
        values.extend_from_slice(self.layers.vertical.values());
        let k = (values.len() / 20).max(1);
        let congestion = Top::of(&mut values, k);
        Hot {
            density,
            congestion,
            distinct: routing::Cells::new(self.grid.n_cells(), self.grid.columns),
        }
    }

    /// A net's part of the wirelength and of the congestion.
    pub fn net_share(&self, net: NetId, hot: &mut Hot) -> Cost {
        let weight = self.demand(net);
        let cells = self.routes.of_net(&self.slots, net);
        let top = hot.congestion;
        let mut congestion = 0.0;
        routing::route(cells, &mut hot.distinct, &mut |run: routing::Run| {
            congestion += run_share(self.layers.of(&run), &run, weight, &top);
        });
        Cost {
            wirelength: self.wires.net_length(net) * self.wirelength_unit,
            density: 0.0,
            congestion,
        }
    }

    /// A macro's own part of the density, and of the congestion by the tracks it blocks.
    pub fn macro_share(&self, node: NodeId, hot: &Hot) -> Cost {
        let (width, height) = self.netlist.size(node);
        let rect = Rect::centered(self.placement.center(node), width, height);
        let mut share = Cost::default();
        let kind = self.netlist.kind(node);
        if matches!(kind, Kind::HardMacro | Kind::SoftMacro) {
            self.density.for_each_cell(&rect, |cell, covered| {
                share.density += 0.5 * covered * hot.density.part(self.density.values()[cell]);
            });
        }
        if kind == Kind::HardMacro {
            let units = self.blockage_units;
            blockage::blocked_tracks(&self.canvas, &self.grid, &rect, &mut |column, row, h, v| {
                let mut add = |layer: &Layer, line, position, tracks: f64| {
                    let (value, blocked) = layer.blockage(line, position, (tracks * units) as i64);
                    share.congestion += blocked * hot.congestion.part(value);
                };
                add(&self.layers.horizontal, row, column, h);
                add(&self.layers.vertical, column, row, v);
            });
        }
        share
    }

    /// The nets of a node by their part of the congestion, the largest first; nets that pass no
    /// hot cell are left out.
    pub fn hottest_nets(&self, node: NodeId, hot: &mut Hot, out: &mut Vec<(NetId, f64)>) {
        out.clear();
        for &net in self.netlist.node_nets.row(node) {
            let share = self.net_share(net, hot).congestion;
            if share > 0.0 {
                out.push((net, share));
            }
        }
        out.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
}

/// What a run of a net's route puts into the hottest cells, smoothing included.
fn run_share(layer: &Layer, run: &routing::Run, weight: i64, top: &Top) -> f64 {
    let (values, unit) = layer.spread(run.line);
    let mut share = 0.0;
    for line in values {
        for &value in &line[run.from as usize..run.to as usize] {
            share += weight as f64 * unit * top.part(value);
        }
    }
    share
}
