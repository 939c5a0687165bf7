//! The policy: a graph encoder with a policy and a value head, and the file it is kept in.
//!
//! [`AlphaChip`] is the published network, parameter for parameter: 125,826 numbers in one flat
//! vector ([`Parameters`]), laid out by [`LAYOUT`]. A flat vector makes checkpoints plain, gradients
//! easy to add up in a fixed order, and every run repeatable to the last bit.
//!
//! Source: circuit_training `model/`. Differs from it: graphs have their true size, so nothing is
//! padded; edges are computed in factored form (W₁h_i + W₂h_j + w·w₃), which is the same mathematics;
//! there is no probability floor.

mod checkpoint;
mod compute;
mod encoder;
mod graph;
mod heads;
mod layout;
mod model;
mod sample;

pub use checkpoint::{CheckpointError, read, write};
pub use compute::Compute;
pub use graph::{Batch, Graph};
pub use layout::{LAYOUT, N_PARAMETERS, Parameters};
pub use model::{AlphaChip, Output};
pub use sample::{Choice, choose, log_probabilities};

/// Side of the policy's action grid.
pub const GRID: usize = 128;
