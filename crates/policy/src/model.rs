use burn::tensor::{Device, Tensor, TensorData};

use crate::GRID;
use crate::encoder::Encoder;
use crate::graph::{Batch, Graph};
use crate::heads::{PolicyHead, ValueHead, Window};
use crate::layout::{LAYOUT, Parameters};

/// A fully connected layer.
pub(crate) struct Dense {
    /// `[from, to]`
    pub(crate) weight: Tensor<2>,
    /// `[1, to]`
    pub(crate) bias: Tensor<2>,
}

impl Dense {
    pub(crate) fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.clone()) + self.bias.clone()
    }
}

/// Cuts the flat vector into parameters, in the order of the layout.
pub(crate) struct Take {
    flat: Tensor<1>,
    entry: usize,
    at: usize,
}

impl Take {
    fn next(&mut self) -> (Tensor<1>, [usize; 4]) {
        let entry = &LAYOUT[self.entry];
        let values = self.flat.clone().slice(self.at..self.at + entry.len());
        self.entry += 1;
        self.at += entry.len();
        (values, entry.shape)
    }

    pub(crate) fn dense(&mut self) -> Dense {
        let (weight, [from, to, ..]) = self.next();
        let (bias, _) = self.next();
        Dense { weight: weight.reshape([from, to]), bias: bias.reshape([1, to]) }
    }

    pub(crate) fn kernel(&mut self) -> Tensor<4> {
        let (values, shape) = self.next();
        values.reshape(shape)
    }

    pub(crate) fn bias(&mut self) -> Tensor<1> {
        self.next().0
    }
}

/// What the network says about a batch.
pub struct Output {
    /// Logits of the placement grid's cells, `[B, columns × rows]`, not masked.
    pub logits: Tensor<2>,
    /// Expected return, `[B]`.
    pub values: Tensor<1>,
}

/// The published network, ready to compute.
pub struct AlphaChip {
    flat: Tensor<1>,
    encoder: Encoder,
    policy: PolicyHead,
    value: ValueHead,
}

impl AlphaChip {
    /// The network with the given parameters.
    ///
    /// On an autodiff device the parameters record gradients; [`flat`](Self::flat) is the leaf.
    pub fn new(parameters: &Parameters, device: &Device) -> Self {
        let n = parameters.0.len();
        let flat = Tensor::<1>::from_data(TensorData::new(parameters.0.clone(), [n]), device);
        let flat = if device.is_autodiff() { flat.require_grad() } else { flat };
        let mut take = Take { flat: flat.clone(), entry: 0, at: 0 };
        let encoder = Encoder::take(&mut take);
        let policy = PolicyHead::take(&mut take);
        let value = ValueHead::take(&mut take);
        Self { flat, encoder, policy, value }
    }

    /// All parameters as one tensor.
    pub fn flat(&self) -> &Tensor<1> {
        &self.flat
    }

    /// One pass over a batch of observations of the same graph.
    ///
    /// # Shapes
    /// returns logits `[B, columns × rows]` and values `[B]`.
    pub fn forward(&self, graph: &Graph, batch: &Batch) -> Output {
        let trunk = self.encoder.forward(graph, batch); // [B, 56]
        let values = self.value.forward(trunk.clone());
        // The placement grid lies in the middle of the action grid.
        let (up, left) = ((GRID - graph.rows) / 2, (GRID - graph.columns) / 2);
        let window = Window { rows: up..up + graph.rows, columns: left..left + graph.columns };
        let grid = self.policy.forward(trunk, window); // [B, rows, columns]
        Output { logits: grid.reshape([batch.size, graph.n_cells()]), values }
    }
}

#[cfg(test)]
mod tests;
