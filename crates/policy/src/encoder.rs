//! The edge-centred graph network and the attention over its nodes.
//!
//! Rows are node-major: the observations of a batch lie side by side, so that gathering a node or an
//! edge copies one long row for all of them.

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
        let mut nodes = relu(self.node.forward(batch.features.clone())); // [N B, D]
        let mut edges = None;
        for layer in &self.edges {
            if graph.n_edges() > 0 {
                let e = edge_features(layer, &nodes, batch); // [E, B D]
                nodes = aggregate(&e, batch).reshape(nodes.dims()) + nodes; // [N B, D]
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
fn edge_features(layer: &Dense, nodes: &Tensor<2>, batch: &Batch) -> Tensor<2> {
    let row = batch.size * D;
    let n = nodes.dims()[0] / batch.size;
    let first = nodes.clone().matmul(layer.weight.clone().slice(0..D));
    let second = nodes.clone().matmul(layer.weight.clone().slice(D..2 * D)) + layer.bias.clone();
    let (first, second) = (first.reshape([n, row]), second.reshape([n, row]));
    let weight = layer.weight.clone().slice(2 * D..2 * D + 1).repeat_dim(1, batch.size); // [1, B D]
    let own = batch.edge_weight.clone().matmul(weight); // [E, B D]
    let pick = |side: &Tensor<2>, ends: &Tensor<1, burn::tensor::Int>| {
        side.clone().select(0, ends.clone()) // [E, B D]
    };
    let there = relu(pick(&first, &batch.edge_i) + pick(&second, &batch.edge_j) + own.clone());
    let back = relu(pick(&first, &batch.edge_j) + pick(&second, &batch.edge_i) + own);
    (there + back) * 0.5
}

/// Mean of each node's edges, `[N, B D]`.
fn aggregate(edges: &Tensor<2>, batch: &Batch) -> Tensor<2> {
    let add = IndexingUpdateOp::Add;
    let n = batch.per_degree.dims()[0];
    Tensor::zeros([n, batch.size * D], &edges.device())
        .select_assign(0, batch.edge_i.clone(), edges.clone(), add)
        .select_assign(0, batch.edge_j.clone(), edges.clone(), add)
        * batch.per_degree.clone()
}

/// Mean, variance, maximum and minimum over the edges: `[E, B D]` → `[B, 4 D]`.
fn statistics(edges: &Tensor<2>, size: usize) -> Tensor<2> {
    let mean = edges.clone().mean_dim(0); // [1, B D]
    let variance = (edges.clone() - mean.clone()).powi_scalar(2).mean_dim(0);
    let all = [mean, variance, edges.clone().max_dim(0), edges.clone().min_dim(0)];
    let all = all.map(|part| part.reshape([size, D]));
    Tensor::cat(all.to_vec(), 1)
}
