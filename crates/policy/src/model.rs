use burn::tensor::{Device, Tensor, TensorData};
use flagstone_env::Observation;

use crate::GRID;
use crate::encoder::Encoder;
use crate::graph::{Batch, Graph};
use crate::heads::{PolicyHead, ValueHead, Window};
use crate::layout::{Network, Parameters};
use crate::maps::Maps;

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

/// The parameters as one tensor; on an autodiff device the leaf that gradients are asked of.
pub(crate) fn leaf(parameters: &Parameters, device: &Device) -> Tensor<1> {
    let n = parameters.values.len();
    let flat = Tensor::<1>::from_data(TensorData::new(parameters.values.clone(), [n]), device);
    if device.is_autodiff() { flat.require_grad() } else { flat }
}

/// Cuts the flat vector into parameters, in the order of the layout.
pub(crate) struct Take {
    flat: Tensor<1>,
    network: Network,
    entry: usize,
    at: usize,
}

impl Take {
    pub(crate) fn new(flat: &Tensor<1>, network: Network) -> Self {
        Self { flat: flat.clone(), network, entry: 0, at: 0 }
    }

    fn next(&mut self) -> (Tensor<1>, [usize; 4]) {
        let entry = &self.network.layout()[self.entry];
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
    /// Expected wirelength, density and congestion at the end, `[B, 3]`, where the network says so.
    pub terms: Option<Tensor<2>>,
}

/// What a network computes of a graph before any step: nothing, or the embeddings of its nodes.
pub struct Encoding {
    /// `[N, D]`
    pub(crate) nodes: Option<Tensor<2>>,
    /// The same as numbers, where no gradients are asked for.
    pub(crate) plain: Vec<f32>,
}

/// What is needed of a batch to play.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Logits of the placement grid's cells, observation by observation, not masked.
    pub logits: Vec<f32>,
    /// Expected return of each observation.
    pub values: Vec<f32>,
}

/// A network, ready to compute.
///
/// On an autodiff device the parameters record gradients; [`flat`](Self::flat) is the leaf.
pub trait Policy: Send {
    /// All parameters as one tensor.
    fn flat(&self) -> &Tensor<1>;

    /// The part of the computation that does not depend on the step; do it once an episode, or once
    /// for all steps that share a gradient.
    fn encode(&self, graph: &Graph) -> Encoding;

    /// One pass over a batch of observations of the same graph.
    ///
    /// # Shapes
    /// returns logits `[B, columns × rows]` and values `[B]`.
    fn forward(&self, graph: &Graph, encoding: &Encoding, observations: &[&Observation]) -> Output;

    /// The same for playing, as numbers.
    fn answer(&self, graph: &Graph, encoding: &Encoding, observations: &[&Observation]) -> Answers {
        self.forward(graph, encoding, observations).answers()
    }
}

impl Output {
    /// Logits and values as numbers.
    pub(crate) fn answers(self) -> Answers {
        let [size, cells] = self.logits.dims();
        Answers { logits: floats(self.logits.reshape([size * cells])), values: floats(self.values) }
    }
}

/// The values of a tensor.
pub fn floats(tensor: Tensor<1>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("the tensor holds 32-bit floats")
}

/// The network that the parameters belong to.
pub fn policy(parameters: &Parameters, device: &Device) -> Box<dyn Policy> {
    match parameters.network {
        Network::AlphaChip => Box::new(AlphaChip::new(parameters, device)),
        Network::Maps => Box::new(Maps::new(parameters, device)),
    }
}

/// The published network, ready to compute.
pub(crate) struct AlphaChip {
    flat: Tensor<1>,
    encoder: Encoder,
    policy: PolicyHead,
    value: ValueHead,
}

impl AlphaChip {
    /// The network with the given parameters.
    pub(crate) fn new(parameters: &Parameters, device: &Device) -> Self {
        let flat = leaf(parameters, device);
        let mut take = Take::new(&flat, parameters.network);
        let encoder = Encoder::take(&mut take);
        let policy = PolicyHead::take(&mut take);
        let value = ValueHead::take(&mut take);
        Self { flat, encoder, policy, value }
    }
}

impl Policy for AlphaChip {
    fn flat(&self) -> &Tensor<1> {
        &self.flat
    }

    fn encode(&self, _: &Graph) -> Encoding {
        Encoding { nodes: None, plain: Vec::new() }
    }

    fn forward(&self, graph: &Graph, _: &Encoding, observations: &[&Observation]) -> Output {
        let batch = Batch::new(graph, observations, &self.flat.device());
        let trunk = self.encoder.forward(graph, &batch); // [B, 56]
        let values = self.value.forward(trunk.clone());
        // The placement grid lies in the middle of the action grid.
        let (up, left) = ((GRID - graph.rows) / 2, (GRID - graph.columns) / 2);
        let window = Window { rows: up..up + graph.rows, columns: left..left + graph.columns };
        let grid = self.policy.forward(trunk, window); // [B, rows, columns]
        Output { logits: grid.reshape([batch.size, graph.n_cells()]), values, terms: None }
    }
}

#[cfg(test)]
mod tests;
