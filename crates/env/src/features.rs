//! What the policy knows about a design before the first macro is placed.
//!
//! Source: circuit_training `observation_extractor`. Differs from it: graphs have their true size,
//! nothing is padded. Kept as it is there: the vertical macro routes are computed from the
//! horizontal allocation.

use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement, macro_graph};

use crate::{Normalizers, PortCluster, port_clusters};

/// What a node of the observation is; the codes are circuit_training's (0 there is padding).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NodeType {
    /// A hard macro.
    HardMacro = 1,
    /// A soft macro.
    SoftMacro = 2,
    /// The ports of one grid cell.
    PortCluster = 3,
}

/// The static features: macros in netlist order, then the port clusters sorted by grid cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Static {
    /// Edge weight sum, hard macros, soft macros and port clusters (each over a normaliser), routes
    /// across the canvas in thousands (horizontal, vertical, the macros' horizontal, vertical),
    /// columns and rows (over a normaliser), width and height over their sum.
    pub metadata: [f32; 12],
    /// Number of nodes.
    pub n_nodes: usize,
    /// Number of macros; the nodes from here on are port clusters.
    pub n_macros: usize,
    /// [`NodeType`] of every node.
    pub node_type: Vec<u8>,
    /// Width over (canvas width + height); zero for soft macros and port clusters.
    pub width: Vec<f32>,
    /// Height over (canvas width + height); zero for soft macros and port clusters.
    pub height: Vec<f32>,
    /// Lower end of every edge; edges are sorted by both ends.
    pub edge_i: Vec<u32>,
    /// Upper end of every edge.
    pub edge_j: Vec<u32>,
    /// Weight over the mean weight.
    pub edge_weight: Vec<f32>,
    /// The netlist's node of every macro.
    pub macros: Vec<NodeId>,
    /// The port clusters.
    pub clusters: Vec<PortCluster>,
    /// The observation's node of every netlist node; `None` for standard cells.
    pub index_of: Vec<Option<u32>>,
}

impl Static {
    /// Computes the features of a design.
    pub fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        initial: &Placement,
        normalizers: &Normalizers,
    ) -> Self {
        let clusters = port_clusters(netlist, canvas, initial);
        let macros: Vec<NodeId> = netlist.macros().collect();
        let index_of = index(netlist, &macros, &clusters);
        let edges = edges(netlist, &index_of);
        let total: f64 = edges.iter().map(|edge| edge.2).sum();
        let mean = total / edges.len().max(1) as f64;
        let size = canvas.width + canvas.height;
        let hard = |node: NodeId| netlist.kind(node) == Kind::HardMacro;
        let sized = |column: &[f64]| {
            let of = |&node: &NodeId| if hard(node) { column[node.usize()] / size } else { 0.0 };
            let sizes = macros.iter().map(|node| of(node) as f32);
            sizes.chain(clusters.iter().map(|_| 0.0)).collect::<Vec<f32>>()
        };
        let of_macro =
            |&node: &NodeId| if hard(node) { NodeType::HardMacro } else { NodeType::SoftMacro };
        let types = macros.iter().map(of_macro);
        let types = types.chain(clusters.iter().map(|_| NodeType::PortCluster));
        let n_hard = macros.iter().filter(|&&node| hard(node)).count();
        let counts = [n_hard, macros.len() - n_hard, clusters.len()];
        Self {
            metadata: metadata(canvas, normalizers, total, counts),
            n_nodes: macros.len() + clusters.len(),
            n_macros: macros.len(),
            node_type: types.map(|node_type| node_type as u8).collect(),
            width: sized(&netlist.nodes.width),
            height: sized(&netlist.nodes.height),
            edge_i: edges.iter().map(|edge| edge.0).collect(),
            edge_j: edges.iter().map(|edge| edge.1).collect(),
            edge_weight: edges.iter().map(|edge| (edge.2 / (mean + 1e-6)) as f32).collect(),
            macros,
            clusters,
            index_of,
        }
    }

    /// The observation's node of a macro or port.
    pub fn index(&self, node: NodeId) -> Option<usize> {
        self.index_of[node.usize()].map(|index| index as usize)
    }
}

fn index(netlist: &Netlist, macros: &[NodeId], clusters: &[PortCluster]) -> Vec<Option<u32>> {
    let mut index_of = vec![None; netlist.n_nodes()];
    for (index, &node) in (0..).zip(macros) {
        index_of[node.usize()] = Some(index);
    }
    for (index, cluster) in (macros.len() as u32..).zip(clusters) {
        for port in &cluster.ports {
            index_of[port.usize()] = Some(index);
        }
    }
    index_of
}

/// Edges `(i, j, weight)` with `i < j`, sorted, each pair once.
fn edges(netlist: &Netlist, index_of: &[Option<u32>]) -> Vec<(u32, u32, f64)> {
    let graph = macro_graph(netlist);
    let of = |node: NodeId| index_of[node.usize()];
    let mut edges: Vec<(u32, u32, f64)> = graph
        .edge_indices()
        .filter_map(|edge| {
            let (a, b) = graph.edge_endpoints(edge)?;
            let (a, b) = (of(graph[a])?, of(graph[b])?);
            (a != b).then(|| (a.min(b), a.max(b), graph[edge]))
        })
        .collect();
    edges.sort_by_key(|&(i, j, _)| (i, j));
    edges.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    edges
}

fn metadata(
    canvas: &Canvas,
    normalizers: &Normalizers,
    edge_weight: f64,
    counts: [usize; 3],
) -> [f32; 12] {
    let nodes = f64::from(normalizers.max_num_nodes);
    let grid = f64::from(normalizers.max_grid);
    let size = canvas.width + canvas.height;
    let thousands = |routes: f64, length: f64| routes * length / 1000.0;
    [
        edge_weight / f64::from(normalizers.max_num_edges),
        counts[0] as f64 / nodes,
        counts[1] as f64 / nodes,
        counts[2] as f64 / nodes,
        thousands(canvas.routes_horizontal, canvas.height),
        thousands(canvas.routes_vertical, canvas.width),
        thousands(canvas.macro_routes_horizontal, canvas.height),
        // The horizontal allocation: circuit_training does so, and trained policies expect it.
        thousands(canvas.macro_routes_horizontal, canvas.width),
        f64::from(canvas.columns) / grid,
        f64::from(canvas.rows) / grid,
        canvas.width / size,
        canvas.height / size,
    ]
    .map(|value| value as f32)
}
