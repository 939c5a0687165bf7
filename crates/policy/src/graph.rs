use burn::tensor::{Device, Int, Tensor, TensorData};
use flagstone_env::{NodeType, Observation, Static};

use crate::alphachip::{N_FEATURES, N_METADATA};
use crate::encoder::Edges;

/// A netlist's graph as plain columns, built once.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) metadata: [f32; N_METADATA],
    /// Width, height, is hard, is soft, is port cluster; per node.
    node: Vec<[f32; 5]>,
    pub(crate) edge_i: Vec<u32>,
    pub(crate) edge_j: Vec<u32>,
    edge_weight: Vec<f32>,
    pub(crate) degree: Vec<f32>,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

impl Graph {
    /// The graph of a design on a grid of `columns` × `rows` cells.
    pub fn new(features: &Static, columns: u32, rows: u32) -> Self {
        let flag = |is: bool| f32::from(u8::from(is));
        let node = (0..features.n_nodes()).map(|i| {
            let kind = features.node_type[i];
            [
                features.width[i],
                features.height[i],
                flag(kind == NodeType::HardMacro),
                flag(kind == NodeType::SoftMacro),
                flag(kind == NodeType::PortCluster),
            ]
        });
        let mut degree = vec![0.0; features.n_nodes()];
        for &end in features.edge_i.iter().chain(&features.edge_j) {
            degree[end as usize] += 1.0;
        }
        Self {
            metadata: features.metadata,
            node: node.collect(),
            edge_i: features.edge_i.clone(),
            edge_j: features.edge_j.clone(),
            edge_weight: features.edge_weight.clone(),
            degree,
            columns: columns as usize,
            rows: rows as usize,
        }
    }

    /// Number of nodes.
    pub fn n_nodes(&self) -> usize {
        self.node.len()
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.edge_i.len()
    }

    /// What the `maps` network sees of each node: size, kind and number of edges, `[N, 6]`.
    pub(crate) fn static_features(&self, device: &Device) -> Tensor<2> {
        let rows = self.node.iter().zip(&self.degree);
        let values = rows
            .flat_map(|(node, degree)| node.iter().copied().chain([degree.ln_1p() / LOG_DEGREE]));
        matrix(values.collect(), crate::maps_layout::N_FEATURES, device)
    }

    /// Logarithms of the edges' weights, which span orders of magnitude.
    pub(crate) fn edge_log_weight(&self) -> Vec<f32> {
        self.edge_weight.iter().map(|weight| weight.ln_1p()).collect()
    }

    /// Columns of the grid.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rows of the grid.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of grid cells.
    pub fn n_cells(&self) -> usize {
        self.columns * self.rows
    }
}

/// Brings logarithms of degrees to the order of one.
const LOG_DEGREE: f32 = 5.0;

/// Observations of one graph as tensors. `B` observations, `N` nodes, `E` edges, `F` features.
pub(crate) struct Batch {
    pub(crate) size: usize,
    /// `[N × B, F]`: the first node of all observations, then the second.
    pub(crate) features: Tensor<2>,
    pub(crate) edges: Edges,
    /// `[B]` rows of `features`.
    pub(crate) current: Tensor<1, Int>,
}

impl Batch {
    /// Stacks observations of the same graph.
    pub(crate) fn new(graph: &Graph, observations: &[&Observation], device: &Device) -> Self {
        let size = observations.len();
        let mut features = Vec::with_capacity(size * graph.n_nodes() * N_FEATURES);
        for (i, node) in graph.node.iter().enumerate() {
            for observation in observations {
                features.extend([observation.x[i], observation.y[i]]);
                features.extend(node);
                features.push(observation.placed[i]);
            }
        }
        let current = observations.iter().enumerate().map(|(b, o)| (o.current * size + b) as i64);
        Self {
            size,
            features: matrix(features, N_FEATURES, device),
            edges: Edges::new(graph, graph.edge_weight.clone(), device),
            current: integers(current.collect(), device),
        }
    }
}

/// A vector of indices.
pub(crate) fn integers(values: Vec<i64>, device: &Device) -> Tensor<1, Int> {
    let shape = [values.len()];
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A matrix with the given number of columns.
pub(crate) fn matrix(values: Vec<f32>, columns: usize, device: &Device) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}
