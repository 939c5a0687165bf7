//! Two maps of the grid that circuit_training's observation carries; the published policy does not
//! read them. Cells are numbered as in [`Grid`](flagstone_geom::Grid), nothing is padded.

use flagstone_geom::Point;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

use crate::FakeNet;

/// How near each cell is to the placed partners of a macro's fake nets, in 0..=1. All zeros for a
/// macro without placed partners.
pub fn fake_net_heatmap(
    canvas: &Canvas,
    placement: &Placement,
    fake_nets: &[FakeNet],
    node: NodeId,
) -> Vec<f32> {
    let grid = canvas.grid();
    let partners: Vec<(f64, Point)> = fake_nets
        .iter()
        .filter_map(|net| Some((net.weight, net.partner(node)?)))
        .filter(|(_, partner)| placement.placed[partner.usize()])
        .map(|(weight, partner)| {
            (weight, grid.center(grid.clamped_cell_at(placement.center(partner))))
        })
        .collect();
    if partners.is_empty() {
        return vec![0.0; grid.n_cells()];
    }
    let heat = |cell: usize| -> f64 {
        let at = grid.center(cell);
        let cost = |&(weight, to): &(f64, Point)| weight * (at.x - to.x).hypot(at.y - to.y);
        -partners.iter().map(cost).sum::<f64>()
    };
    let heats: Vec<f64> = (0..grid.n_cells()).map(heat).collect();
    let least = heats.iter().copied().fold(f64::INFINITY, f64::min);
    let most = heats.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    heats.iter().map(|heat| ((heat - least) / (most - least + 1e-6)) as f32).collect()
}

/// Where a macro would stand side by side with placed hard macros of its size, in 0..=1.
pub fn packing_heatmap(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    node: NodeId,
) -> Vec<f32> {
    const REACH: i64 = 5;
    let grid = canvas.grid();
    let mut heat = vec![0.0_f64; grid.n_cells()];
    let rounded = |node: NodeId| {
        let (width, height) = netlist.size(node);
        ((width * 1e4).round(), (height * 1e4).round())
    };
    let (width, height) = netlist.size(node);
    let columns = (width / grid.cell_width()).ceil() as i64;
    let rows = (height / grid.cell_height()).ceil() as i64;
    let twins = netlist.nodes_of(Kind::HardMacro).filter(|&other| {
        other != node && placement.placed[other.usize()] && rounded(other) == rounded(node)
    });
    for twin in twins {
        let (column, row) = grid.column_row(grid.clamped_cell_at(placement.center(twin)));
        for i in -REACH..=REACH {
            let rest = REACH - i.abs();
            for j in -rest..=rest {
                let (r, c) = (row as i64 + i * rows, column as i64 + j * columns);
                let inside = (0..i64::from(grid.rows)).contains(&r)
                    && (0..i64::from(grid.columns)).contains(&c);
                if inside && (i, j) != (0, 0) {
                    heat[grid.cell(c as usize, r as usize)] += 1.0 / (i.abs() + j.abs()) as f64;
                }
            }
        }
    }
    let most = heat.iter().copied().fold(0.0, f64::max);
    heat.iter().map(|heat| (heat / (most + 1e-6)) as f32).collect()
}
