use std::collections::BTreeMap;

use flagstone_geom::Point;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

/// The ports of one grid cell, seen as one node.
#[derive(Clone, Debug, PartialEq)]
pub struct PortCluster {
    /// The grid cell; ports off the canvas belong to the nearest border cell.
    pub cell: usize,
    /// Where the cluster counts as standing, µm.
    pub location: Point,
    /// Its ports in netlist order.
    pub ports: Vec<NodeId>,
}

/// Groups the ports by grid cell, sorted by cell.
///
/// Source: circuit_training `get_macro_and_clustered_port_adjacency`.
pub fn port_clusters(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
) -> Vec<PortCluster> {
    let grid = canvas.grid();
    let mut by_cell: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
    for port in netlist.nodes_of(Kind::Port) {
        by_cell.entry(grid.clamped_cell_at(placement.center(port))).or_default().push(port);
    }
    let cluster = |(cell, ports)| PortCluster { cell, location: location(canvas, cell), ports };
    by_cell.into_iter().map(cluster).collect()
}

/// A corner cell's cluster stands in the canvas' corner, a border cell's on the border, any other
/// in the middle of its cell.
fn location(canvas: &Canvas, cell: usize) -> Point {
    let grid = canvas.grid();
    let (column, row) = grid.column_row(cell);
    let (last_column, last_row) = (grid.columns as usize - 1, grid.rows as usize - 1);
    let center = grid.center(cell);
    let x = border(column, last_column, canvas.width);
    let y = border(row, last_row, canvas.height);
    match (x, y) {
        (Some(x), Some(y)) => Point::new(x, y),
        (Some(x), None) => Point::new(x, center.y),
        (None, Some(y)) => Point::new(center.x, y),
        (None, None) => center,
    }
}

fn border(at: usize, last: usize, length: f64) -> Option<f64> {
    if at == 0 {
        Some(0.0)
    } else if at == last {
        Some(length)
    } else {
        None
    }
}
