use burn::tensor::{Device, Int, Tensor, TensorData};
use flagstone_env::{NodeType, Observation, Static};

use crate::layout::{N_FEATURES, N_METADATA};

/// A netlist's graph as plain columns, built once.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) metadata: [f32; N_METADATA],
    /// Width, height, is hard, is soft, is port cluster; per node.
    node: Vec<[f32; 5]>,
    edge_i: Vec<u32>,
    edge_j: Vec<u32>,
    edge_weight: Vec<f32>,
    degree: Vec<f32>,
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

    /// Number of grid cells.
    pub fn n_cells(&self) -> usize {
        self.columns * self.rows
    }
}

/// Observations of one graph as tensors. `B` observations, `N` nodes, `E` edges, `F` features.
pub struct Batch {
    pub(crate) size: usize,
    /// `[N × B, F]`: the first node of all observations, then the second.
    pub(crate) features: Tensor<2>,
    /// `[E]` nodes.
    pub(crate) edge_i: Tensor<1, Int>,
    /// `[E]` nodes.
    pub(crate) edge_j: Tensor<1, Int>,
    /// `[E, 1]`
    pub(crate) edge_weight: Tensor<2>,
    /// `[N, 1]`, one over the number of edges.
    pub(crate) per_degree: Tensor<2>,
    /// `[B]` rows of `features`.
    pub(crate) current: Tensor<1, Int>,
}

impl Batch {
    /// Stacks observations of the same graph.
    pub fn new(graph: &Graph, observations: &[&Observation], device: &Device) -> Self {
        let size = observations.len();
        let mut features = Vec::with_capacity(size * graph.n_nodes() * N_FEATURES);
        for (i, node) in graph.node.iter().enumerate() {
            for observation in observations {
                features.extend([observation.x[i], observation.y[i]]);
                features.extend(node);
                features.push(observation.placed[i]);
            }
        }
        let integers = |all: Vec<i64>| -> Tensor<1, Int> {
            let shape = [all.len()];
            Tensor::from_data(TensorData::new(all, shape), device)
        };
        let ends = |column: &[u32]| integers(column.iter().map(|&i| i64::from(i)).collect());
        let current = observations.iter().enumerate().map(|(b, o)| (o.current * size + b) as i64);
        let per_degree: Vec<f32> =
            graph.degree.iter().map(|degree| 1.0 / (degree + 1e-6)).collect();
        Self {
            size,
            features: matrix(features, N_FEATURES, device),
            edge_i: ends(&graph.edge_i),
            edge_j: ends(&graph.edge_j),
            edge_weight: matrix(graph.edge_weight.clone(), 1, device),
            per_degree: matrix(per_degree, 1, device),
            current: integers(current.collect()),
        }
    }
}

/// A matrix with the given number of columns.
pub(crate) fn matrix(values: Vec<f32>, columns: usize, device: &Device) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}
