//! The policies: a graph encoder with a policy and a value head, and the file they are kept in.
//!
//! There are two [`Network`]s behind one [`Policy`] trait: `alphachip`, the published one parameter
//! for parameter, and `maps`, which draws its logits from per-cell maps of the cost engine. The
//! parameters of a network are one flat vector ([`Parameters`]), laid out by [`Network::layout`]. A
//! flat vector makes checkpoints plain, gradients easy to add up in a fixed order, and every run
//! repeatable to the last bit.
//!
//! Source: circuit_training `model/`. Differs from it: graphs have their true size, so nothing is
//! padded; edges are computed in factored form (W₁h_i + W₂h_j + w·w₃), which is the same mathematics;
//! there is no probability floor.

mod alphachip;
mod checkpoint;
mod compute;
mod encoder;
mod graph;
mod heads;
mod layout;
mod maps;
mod maps_layout;
mod maps_plain;
mod model;
mod sample;

pub use checkpoint::{CheckpointError, read, write};
pub use compute::Compute;
pub use graph::Graph;
pub use layout::{Entry, Network, Parameters};
pub use model::{Answers, Encoding, Output, Policy, floats, policy};
pub use sample::{Choice, choose, log_probabilities};

/// Side of the action grid of the `alphachip` network.
pub const GRID: usize = 128;
