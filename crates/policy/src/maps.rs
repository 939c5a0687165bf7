//! The `maps` network: per-cell maps from the cost engine, conditioned on the macro to place.
//!
//! A graph encoder of edge-centred layers embeds every node once an episode, for it sees nothing that
//! changes. Each step reads the embedding of the current macro and a few scalars, which scale and
//! shift the channels of a small convolutional decoder over the maps. Grids have their true size.
//!
//! Sources: circuit_training `model/` for the encoder, MaskPlace (NeurIPS 2022) for maps as the input
//! of the policy, "FiLM: Visual Reasoning with a General Conditioning Layer" (2018).

use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use flagstone_env::{N_MAPS, N_SCALARS, Observation};

use crate::encoder::{Edges, aggregate, edge_features};
use crate::graph::{Graph, integers, matrix};
use crate::layout::Parameters;
use crate::maps_layout::{D, DILATION, N_LAYERS, WIDTH};
use crate::maps_plain::{Plain, Scratch};
use crate::model::{Answers, Dense, Encoding, Output, Policy, Take, floats, leaf};

/// A convolution that keeps the grid's size.
struct Convolution {
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    dilation: usize,
}

impl Convolution {
    /// # Shapes
    /// `[B, from, rows, columns]` to `[B, to, rows, columns]`.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, side, _] = self.weight.dims();
        let around = self.dilation * (side / 2);
        let options = ConvOptions::new([1, 1], [around; 2], [self.dilation; 2], 1);
        conv2d(x, self.weight.clone(), self.bias.clone(), options)
    }
}

/// The network, ready to compute.
pub(crate) struct Maps {
    /// For playing; absent where gradients are asked for.
    plain: Option<Plain>,
    flat: Tensor<1>,
    node: Dense,
    edges: Vec<Dense>,
    state: Dense,
    film: Dense,
    convolutions: [Convolution; 2],
    logit: Convolution,
    value: [Dense; 2],
}

impl Maps {
    /// The network with the given parameters.
    pub(crate) fn new(parameters: &Parameters, device: &Device) -> Self {
        let flat = leaf(parameters, device);
        let mut take = Take::new(&flat, parameters.network);
        let convolution = |take: &mut Take, dilation: usize| Convolution {
            weight: take.kernel(),
            bias: Some(take.bias()),
            dilation,
        };
        Self {
            plain: (!device.is_autodiff()).then(|| Plain::new(parameters)),
            node: take.dense(),
            edges: (0..N_LAYERS).map(|_| take.dense()).collect(),
            state: take.dense(),
            film: take.dense(),
            convolutions: [convolution(&mut take, 1), convolution(&mut take, DILATION)],
            logit: Convolution { weight: take.kernel(), bias: None, dilation: 1 },
            value: [take.dense(), take.dense()],
            flat,
        }
    }

    /// The current macro and the state as one vector, `[B, HIDDEN]`.
    fn state(&self, nodes: &Tensor<2>, observations: &[&Observation]) -> Tensor<2> {
        let device = nodes.device();
        let current = observations.iter().map(|o| o.current as i64).collect();
        let current = nodes.clone().select(0, integers(current, &device)); // [B, D]
        let scalars = observations.iter().flat_map(|o| o.scalars).collect();
        let scalars = matrix(scalars, N_SCALARS, &device); // [B, N_SCALARS]
        relu(self.state.forward(Tensor::cat(vec![current, scalars], 1)))
    }
}

impl Policy for Maps {
    fn flat(&self) -> &Tensor<1> {
        &self.flat
    }

    fn encode(&self, graph: &Graph) -> Encoding {
        let device = self.flat.device();
        let edges = Edges::new(graph, graph.edge_log_weight(), &device);
        let mut nodes = relu(self.node.forward(graph.static_features(&device))); // [N, D]
        for layer in self.edges.iter().filter(|_| graph.n_edges() > 0) {
            let e = edge_features(layer, &nodes, &edges, D); // [E, D]
            nodes = aggregate(&e, &edges) + nodes; // [N, D]
        }
        let n = graph.n_nodes() * D;
        let numbers = |_: &Plain| floats(nodes.clone().reshape([n]));
        let plain = self.plain.as_ref().map_or_else(Vec::new, numbers);
        Encoding { nodes: Some(nodes), plain }
    }

    fn forward(&self, graph: &Graph, encoding: &Encoding, observations: &[&Observation]) -> Output {
        let nodes = encoding.nodes.as_ref().expect("this network made the encoding");
        let (size, cells) = (observations.len(), graph.n_cells());
        let maps: Vec<f32> = observations.iter().flat_map(|o| o.maps.iter().copied()).collect();
        let shape = [size, N_MAPS, graph.rows, graph.columns];
        let maps = Tensor::<4>::from_data(TensorData::new(maps, shape), &nodes.device());
        let state = self.state(nodes, observations); // [B, HIDDEN]
        let film = self.film.forward(state.clone()).reshape([size, 2 * WIDTH, 1, 1]);
        let scale = film.clone().slice([0..size, 0..WIDTH]) + 1.0; // [B, WIDTH, 1, 1]
        let shift = film.slice([0..size, WIDTH..2 * WIDTH]);
        let own = self.convolutions[0].forward(maps.clone()); // [B, WIDTH, rows, columns]
        let own = relu(own * scale + shift);
        let wide = relu(self.convolutions[1].forward(own.clone())) + own;
        let all = Tensor::cat(vec![wide, maps], 1); // [B, WIDTH + N_MAPS, rows, columns]
        let logits = self.logit.forward(all.clone()).reshape([size, cells]);
        let pooled = all.reshape([size, WIDTH + N_MAPS, cells]).mean_dim(2);
        let pooled = Tensor::cat(vec![pooled.reshape([size, WIDTH + N_MAPS]), state], 1);
        let values = self.value[1].forward(relu(self.value[0].forward(pooled))); // [B, 4]
        Output {
            logits,
            values: values.clone().slice([0..size, 0..1]).reshape([size]),
            terms: Some(values.slice([0..size, 1..4])),
        }
    }

    fn answer(&self, graph: &Graph, encoding: &Encoding, observations: &[&Observation]) -> Answers {
        let Some(plain) = &self.plain else {
            return self.forward(graph, encoding, observations).answers();
        };
        let mut answers = Answers::default();
        let mut scratch = Scratch::default();
        for observation in observations {
            let (nodes, logits) = (&encoding.plain, &mut answers.logits);
            let value = plain.forward(graph, nodes, observation, &mut scratch, logits);
            answers.values.push(value);
        }
        answers
    }
}
