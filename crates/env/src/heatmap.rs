//! Two maps of circuit_training's observation that its published model does not read.

use flagstone_geom::Grid;
use flagstone_netlist::{Netlist, NodeId, Placement};

use crate::FakeNet;

/// How near each cell is to the placed partners of a macro's fake nets, from 0 (far) to 1 (near).
///
/// All zeros for a macro without fake nets.
pub fn fake_net_heatmap(
    grid: &Grid,
    placement: &Placement,
    fake_nets: &[FakeNet],
    node: NodeId,
    placed: impl Fn(NodeId) -> bool,
) -> Vec<f32> {
    let mut cost = vec![0.0_f64; grid.n_cells()];
    let mut any = false;
    for net in fake_nets {
        let [a, b] = net.nodes;
        let partner = if a == node { b } else { a };
        if (a != node && b != node) || !placed(partner) {
            continue;
        }
        any = true;
        let at = grid.center(grid.clamped_cell_at(placement.center(partner)));
        for (cell, cost) in cost.iter_mut().enumerate() {
            let from = grid.center(cell);
            *cost += net.weight * (from.x - at.x).hypot(from.y - at.y);
        }
    }
    if !any {
        return vec![0.0; cost.len()];
    }
    let most = cost.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = cost.iter().copied().fold(f64::INFINITY, f64::min);
    cost.iter().map(|cost| ((most - cost) / (most - least + 1e-6)) as f32).collect()
}

/// Where a macro would continue an array of equal macros already placed, from 0 to 1.
pub fn packing_heatmap(
    grid: &Grid,
    netlist: &Netlist,
    placement: &Placement,
    node: NodeId,
    placed: impl Iterator<Item = NodeId>,
) -> Vec<f32> {
    const REACH: i64 = 5;
    let rounded = |node: NodeId| {
        let (width, height) = netlist.size(node);
        ((width * 1e4).round(), (height * 1e4).round())
    };
    let (width, height) = netlist.size(node);
    let columns_apart = (width / grid.cell_width()).ceil() as i64;
    let rows_apart = (height / grid.cell_height()).ceil() as i64;
    let mut heat = vec![0.0_f32; grid.n_cells()];
    for twin in placed.filter(|&other| other != node && rounded(other) == rounded(node)) {
        let (column, row) = grid.column_row(grid.clamped_cell_at(placement.center(twin)));
        for i in -REACH..=REACH {
            for j in -REACH..=REACH {
                let distance = i.abs() + j.abs();
                let (r, c) = (row as i64 + i * rows_apart, column as i64 + j * columns_apart);
                let inside = (0..i64::from(grid.rows)).contains(&r)
                    && (0..i64::from(grid.columns)).contains(&c);
                if inside && (1..=REACH).contains(&distance) {
                    heat[grid.cell(c as usize, r as usize)] += 1.0 / distance as f32;
                }
            }
        }
    }
    let most = heat.iter().copied().fold(0.0, f32::max);
    heat.iter().map(|value| value / (most + 1e-6)).collect()
}
