//! The edge-centred graph network and the attention over its nodes.
//!
//! Rows are node-major: the observations of a batch lie side by side, so that gathering a node or an
//! edge copies one long row for all of them.

use burn::tensor::activation::{relu, softmax};
use burn::tensor::{Device, IndexingUpdateOp, Int, Tensor};

use crate::alphachip::{D, N_LAYERS};
use crate::graph::{Batch, Graph, integers, matrix};
use crate::model::{Dense, Take};

/// The edges of a graph as tensors.
pub(crate) struct Edges {
    /// `[E]` nodes.
    i: Tensor<1, Int>,
    /// `[E]` nodes.
    j: Tensor<1, Int>,
    /// `[E, 1]`
    weight: Tensor<2>,
    /// `[N, 1]`, one over the number of edges.
    per_degree: Tensor<2>,
}

impl Edges {
    /// The graph's edges with the given weights.
    pub(crate) fn new(graph: &Graph, weight: Vec<f32>, device: &Device) -> Self {
        let ends =
            |column: &[u32]| integers(column.iter().map(|&i| i64::from(i)).collect(), device);
        let per_degree = graph.degree.iter().map(|degree| 1.0 / (degree + 1e-6)).collect();
        Self {
            i: ends(&graph.edge_i),
            j: ends(&graph.edge_j),
            weight: matrix(weight, 1, device),
            per_degree: matrix(per_degree, 1, device),
        }
    }
}

/// Everything before the heads.
pub(crate) struct Encoder {
    metadata: Dense,
    node: Dense,
    edges: Vec<Dense>,
    query: Dense,
    key: Dense,
    value: Dense,
}

impl Encoder {
    pub(crate) fn take(from: &mut Take) -> Self {
        Self {
            metadata: from.dense(),
            node: from.dense(),
            edges: (0..N_LAYERS).map(|_| from.dense()).collect(),
            query: from.dense(),
            key: from.dense(),
            value: from.dense(),
        }
    }

    /// # Shapes
    /// returns the trunk `[B, 7 D]`: metadata, mean, variance, maximum and minimum of the edges,
    /// attended nodes, current node.
    pub(crate) fn forward(&self, graph: &Graph, batch: &Batch) -> Tensor<2> {
        let device = batch.features.device();
        let metadata = crate::graph::matrix(graph.metadata.to_vec(), graph.metadata.len(), &device);
        let metadata = relu(self.metadata.forward(metadata)); // [1, D]
        let mut nodes = relu(self.node.forward(batch.features.clone())); // [N B, D]
        let mut edges = None;
        for layer in &self.edges {
            if graph.n_edges() > 0 {
                let e = edge_features(layer, &nodes, &batch.edges, D); // [E, B D]
                nodes = aggregate(&e, &batch.edges).reshape(nodes.dims()) + nodes; // [N B, D]
                edges = Some(e);
            }
        }
        let statistics = match edges {
            Some(e) => statistics(&e, batch.size), // [B, 4 D]
            None => Tensor::zeros([batch.size, 4 * D], &device),
        };
        let current = nodes.clone().select(0, batch.current.clone()); // [B, D]
        let attended = self.attend(&nodes, &current, batch.size); // [B, D]
        Tensor::cat(vec![metadata.repeat_dim(0, batch.size), statistics, attended, current], 1)
    }

    /// The nodes weighted by how well their keys match the current node's query.
    fn attend(&self, nodes: &Tensor<2>, current: &Tensor<2>, size: usize) -> Tensor<2> {
        let n = nodes.dims()[0] / size;
        let query = self.query.forward(current.clone()).reshape([1, size, D]);
        let key = self.key.forward(nodes.clone()).reshape([n, size, D]);
        let value = self.value.forward(nodes.clone()).reshape([n, size, D]);
        let scores = softmax((key * query).sum_dim(2), 0); // [N, B, 1]
        (value * scores).sum_dim(0).reshape([size, D])
    }
}

/// e = ½ [f(h_i ‖ h_j ‖ w) + f(h_j ‖ h_i ‖ w)] with f a dense layer and ReLU, `[E, B D]`.
///
/// The dense layer is taken apart into W₁ h_i + W₂ h_j + w w₃ + b, so that the two products are made
/// once a node rather than once an edge.
///
/// # Shapes
/// nodes `[N B, D]` with `width` = D, returns `[E, B D]`.
pub(crate) fn edge_features(
    layer: &Dense,
    nodes: &Tensor<2>,
    edges: &Edges,
    width: usize,
) -> Tensor<2> {
    let n = edges.per_degree.dims()[0];
    let size = nodes.dims()[0] / n;
    let row = size * width;
    let first = nodes.clone().matmul(layer.weight.clone().slice(0..width));
    let second =
        nodes.clone().matmul(layer.weight.clone().slice(width..2 * width)) + layer.bias.clone();
    let (first, second) = (first.reshape([n, row]), second.reshape([n, row]));
    let weight = layer.weight.clone().slice(2 * width..2 * width + 1).repeat_dim(1, size); // [1, B D]
    let own = edges.weight.clone().matmul(weight); // [E, B D]
    let pick = |side: &Tensor<2>, ends: &Tensor<1, Int>| {
        side.clone().select(0, ends.clone()) // [E, B D]
    };
    let there = relu(pick(&first, &edges.i) + pick(&second, &edges.j) + own.clone());
    let back = relu(pick(&first, &edges.j) + pick(&second, &edges.i) + own);
    (there + back) * 0.5
}

/// Mean of each node's edges, `[E, B D]` to `[N, B D]`.
pub(crate) fn aggregate(features: &Tensor<2>, edges: &Edges) -> Tensor<2> {
    let add = IndexingUpdateOp::Add;
    let (n, row) = (edges.per_degree.dims()[0], features.dims()[1]);
    Tensor::zeros([n, row], &features.device())
        .select_assign(0, edges.i.clone(), features.clone(), add)
        .select_assign(0, edges.j.clone(), features.clone(), add)
        * edges.per_degree.clone()
}

/// Mean, variance, maximum and minimum over the edges: `[E, B D]` → `[B, 4 D]`.
fn statistics(edges: &Tensor<2>, size: usize) -> Tensor<2> {
    let mean = edges.clone().mean_dim(0); // [1, B D]
    let variance = (edges.clone() - mean.clone()).powi_scalar(2).mean_dim(0);
    let all = [mean, variance, edges.clone().max_dim(0), edges.clone().min_dim(0)];
    let all = all.map(|part| part.reshape([size, D]));
    Tensor::cat(all.to_vec(), 1)
}
