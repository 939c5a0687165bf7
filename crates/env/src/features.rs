//! The part of the observation that does not change during an episode.
//!
//! Source: circuit_training `observation_extractor.py`, without its padding.

use flagstone_geom::{Grid, Point};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement, macro_graph};

use crate::EnvConfig;

/// What an observed node is; padding, code 0 upstream, does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NodeType {
    /// A hard macro.
    HardMacro = 1,
    /// A soft macro.
    SoftMacro = 2,
    /// All ports in one grid cell.
    PortCluster = 3,
}

/// Static features. Nodes are the macros in file order, then the port clusters by grid cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Static {
    /// The twelve scalars of the netlist.
    pub metadata: [f32; 12],
    /// What each node is.
    pub node_type: Vec<NodeType>,
    /// Width over (canvas width + height); zero for soft macros and clusters.
    pub width: Vec<f32>,
    /// Height over (canvas width + height); zero for soft macros and clusters.
    pub height: Vec<f32>,
    /// Lower end of each edge; edges are sorted, each pair once.
    pub edge_i: Vec<u32>,
    /// Upper end of each edge.
    pub edge_j: Vec<u32>,
    /// Weight of each edge over the mean weight.
    pub edge_weight: Vec<f32>,
    /// The macros, one for each of the first nodes.
    pub macros: Vec<NodeId>,
    /// Centres of the port clusters in µm.
    pub clusters: Vec<Point>,
    /// Observed node of each netlist node; `u32::MAX` for standard cells.
    pub observed: Vec<u32>,
}

impl Static {
    /// Number of observed nodes.
    pub fn n_nodes(&self) -> usize {
        self.node_type.len()
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.edge_i.len()
    }

    pub(crate) fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        config: &EnvConfig,
    ) -> Self {
        let macros: Vec<NodeId> = netlist.macros().collect();
        let mut observed = vec![u32::MAX; netlist.n_nodes()];
        for (i, node) in macros.iter().enumerate() {
            observed[node.usize()] = i as u32;
        }
        let clusters = cluster_ports(netlist, canvas, placement, macros.len(), &mut observed);
        let edges = edges(netlist, &observed);
        let total: f64 = edges.iter().map(|edge| edge.2).sum();
        let mean = total / edges.len().max(1) as f64 + 1e-6;
        let perimeter = canvas.width + canvas.height;
        let type_of = |&node: &NodeId| match netlist.kind(node) {
            Kind::HardMacro => NodeType::HardMacro,
            _ => NodeType::SoftMacro,
        };
        let mut node_type: Vec<NodeType> = macros.iter().map(type_of).collect();
        node_type.resize(macros.len() + clusters.len(), NodeType::PortCluster);
        let size = |column: &[f64]| {
            let of = |&node: &NodeId| match netlist.kind(node) {
                Kind::HardMacro => (column[node.usize()] / perimeter) as f32,
                _ => 0.0,
            };
            let mut sizes: Vec<f32> = macros.iter().map(of).collect();
            sizes.resize(macros.len() + clusters.len(), 0.0);
            sizes
        };
        Self {
            metadata: metadata(canvas, config, &node_type, total),
            width: size(&netlist.nodes.width),
            height: size(&netlist.nodes.height),
            node_type,
            edge_i: edges.iter().map(|edge| edge.0).collect(),
            edge_j: edges.iter().map(|edge| edge.1).collect(),
            edge_weight: edges.iter().map(|edge| (edge.2 / mean) as f32).collect(),
            macros,
            clusters,
            observed,
        }
    }
}

fn metadata(
    canvas: &Canvas,
    config: &EnvConfig,
    node_type: &[NodeType],
    total_weight: f64,
) -> [f32; 12] {
    let count = |kind: NodeType| node_type.iter().filter(|&&own| own == kind).count() as f64;
    let (width, height) = (canvas.width, canvas.height);
    let grid = f64::from(config.max_grid);
    [
        total_weight / config.max_edges,
        count(NodeType::HardMacro) / config.max_nodes,
        count(NodeType::SoftMacro) / config.max_nodes,
        count(NodeType::PortCluster) / config.max_nodes,
        canvas.routes_horizontal * height / 1000.0,
        canvas.routes_vertical * width / 1000.0,
        canvas.macro_routes_horizontal * height / 1000.0,
        // The horizontal value here, too: upstream's models were trained that way.
        canvas.macro_routes_horizontal * width / 1000.0,
        f64::from(canvas.columns) / grid,
        f64::from(canvas.rows) / grid,
        width / (width + height),
        height / (width + height),
    ]
    .map(|value| value as f32)
}

/// Groups the ports by grid cell; ports off the canvas belong to the nearest border cell.
fn cluster_ports(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    first: usize,
    observed: &mut [u32],
) -> Vec<Point> {
    let grid = canvas.grid();
    let cell = |node: NodeId| grid.clamped_cell_at(placement.center(node));
    let mut cells: Vec<usize> = netlist.nodes_of(Kind::Port).map(cell).collect();
    cells.sort_unstable();
    cells.dedup();
    for node in netlist.nodes_of(Kind::Port) {
        let cluster = cells.binary_search(&cell(node)).expect("the cell of every port is listed");
        observed[node.usize()] = (first + cluster) as u32;
    }
    cells.into_iter().map(|cell| cluster_center(&grid, cell)).collect()
}

/// Clusters in border cells sit on the border, in corner cells on the corner.
fn cluster_center(grid: &Grid, cell: usize) -> Point {
    let (column, row) = grid.column_row(cell);
    let center = grid.center(cell);
    let snap = |index: usize, n: u32, size: f64, center: f64| match index {
        0 => 0.0,
        last if last + 1 == n as usize => size,
        _ => center,
    };
    let x = snap(column, grid.columns, grid.width, center.x);
    let y = snap(row, grid.rows, grid.height, center.y);
    let on = |value: f64, size: f64| value == 0.0 || value == size;
    match (on(x, grid.width), on(y, grid.height)) {
        (true, true) => Point::new(x, y),
        (true, false) => Point::new(x, center.y),
        (false, true) => Point::new(center.x, y),
        (false, false) => center,
    }
}

/// `(i, j, weight)` with `i < j`, sorted; connections between ports are left out.
fn edges(netlist: &Netlist, observed: &[u32]) -> Vec<(u32, u32, f64)> {
    let graph = macro_graph(netlist);
    let mut all: Vec<(u32, u32, f64)> = graph
        .edge_indices()
        .filter_map(|edge| {
            let (a, b) = graph.edge_endpoints(edge)?;
            let (a, b) = (observed[graph[a].usize()], observed[graph[b].usize()]);
            (a != b).then_some((a.min(b), a.max(b), graph[edge]))
        })
        .collect();
    all.sort_by_key(|edge| (edge.0, edge.1));
    let mut edges: Vec<(u32, u32, f64)> = Vec::with_capacity(all.len());
    for edge in all {
        match edges.last_mut() {
            Some(last) if (last.0, last.1) == (edge.0, edge.1) => last.2 += edge.2,
            _ => edges.push(edge),
        }
    }
    edges
}
