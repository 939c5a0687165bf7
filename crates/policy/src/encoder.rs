//! The edge-centred graph network and the attention over its nodes.

use burn::tensor::activation::{relu, softmax};
use burn::tensor::{IndexingUpdateOp, Tensor};

use crate::graph::{Batch, Graph};
use crate::layout::{D, N_LAYERS};
use crate::model::{Dense, Take};

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
        let mut nodes = relu(self.node.forward(batch.features.clone())); // [B N, D]
        let mut edges = None;
        for layer in &self.edges {
            if graph.n_edges() > 0 {
                let e = edge_features(layer, &nodes, batch); // [B E, D]
                nodes = aggregate(&e, &nodes, batch) + nodes; // [B N, D]
                edges = Some(e);
            }
        }
        let statistics = match edges {
            Some(e) => statistics(e.reshape([batch.size, graph.n_edges(), D])), // [B, 4 D]
            None => Tensor::zeros([batch.size, 4 * D], &device),
        };
        let current = nodes.clone().select(0, batch.current.clone()); // [B, D]
        let attended = self.attend(&nodes, &current, batch.size); // [B, D]
        Tensor::cat(vec![metadata.repeat_dim(0, batch.size), statistics, attended, current], 1)
    }

    /// The nodes weighted by how well their keys match the current node's query.
    fn attend(&self, nodes: &Tensor<2>, current: &Tensor<2>, size: usize) -> Tensor<2> {
        let n = nodes.dims()[0] / size;
        let query = self.query.forward(current.clone()).reshape([size, 1, D]); // [B, 1, D]
        let key = self.key.forward(nodes.clone()).reshape([size, n, D]); // [B, N, D]
        let value = self.value.forward(nodes.clone()).reshape([size, n, D]); // [B, N, D]
        let scores = softmax(query.matmul(key.swap_dims(1, 2)), 2); // [B, 1, N]
        scores.matmul(value).reshape([size, D])
    }
}

/// e = ½ [f(h_i ‖ h_j ‖ w) + f(h_j ‖ h_i ‖ w)] with f a dense layer and ReLU.
///
/// The dense layer is taken apart into W₁ h_i + W₂ h_j + w w₃ + b, so that the two products are made
/// once a node rather than once an edge.
fn edge_features(layer: &Dense, nodes: &Tensor<2>, batch: &Batch) -> Tensor<2> {
    let first = nodes.clone().matmul(layer.weight.clone().slice(0..D)); // [B N, D]
    let second = nodes.clone().matmul(layer.weight.clone().slice(D..2 * D)); // [B N, D]
    let own = batch.edge_weight.clone().matmul(layer.weight.clone().slice(2 * D..2 * D + 1))
        + layer.bias.clone(); // [B E, D]
    let pick = |side: &Tensor<2>, ends: &Tensor<1, burn::tensor::Int>| {
        side.clone().select(0, ends.clone()) // [B E, D]
    };
    let there = relu(pick(&first, &batch.edge_i) + pick(&second, &batch.edge_j) + own.clone());
    let back = relu(pick(&first, &batch.edge_j) + pick(&second, &batch.edge_i) + own);
    (there + back) * 0.5
}

/// Mean of each node's edges.
fn aggregate(edges: &Tensor<2>, nodes: &Tensor<2>, batch: &Batch) -> Tensor<2> {
    let add = IndexingUpdateOp::Add;
    Tensor::zeros(nodes.dims(), &nodes.device())
        .select_assign(0, batch.edge_i.clone(), edges.clone(), add)
        .select_assign(0, batch.edge_j.clone(), edges.clone(), add)
        * batch.per_degree.clone()
}

/// Mean, variance, maximum and minimum over the edges: `[B, E, D]` → `[B, 4 D]`.
fn statistics(edges: Tensor<3>) -> Tensor<2> {
    let [size, _, _] = edges.dims();
    let mean = edges.clone().mean_dim(1); // [B, 1, D]
    let variance = (edges.clone() - mean.clone()).powi_scalar(2).mean_dim(1);
    let all = vec![mean, variance, edges.clone().max_dim(1), edges.min_dim(1)];
    Tensor::cat(all, 2).reshape([size, 4 * D])
}
