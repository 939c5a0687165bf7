//! The published network, parameter for parameter: sizes and names of what it is made of.

use crate::GRID;
use crate::layout::{Entry, bias, convolution, weight};

/// Width of the encoder.
pub(crate) const D: usize = 8;
/// Scalars that describe the netlist.
pub(crate) const N_METADATA: usize = 12;
/// Features of a node.
pub(crate) const N_FEATURES: usize = 8;
/// Edge-centred layers.
pub(crate) const N_LAYERS: usize = 3;
/// Width of what both heads read.
pub(crate) const N_TRUNK: usize = 7 * D;
/// Channels along the deconvolutions, from 8 × 8 to 128 × 128 cells.
pub(crate) const CHANNELS: [usize; 6] = [32, 16, 8, 4, 2, 1];
/// Side of the picture the deconvolutions start from.
pub(crate) const SEED_SIDE: usize = GRID / 16;
const SEED: usize = SEED_SIDE * SEED_SIDE * CHANNELS[0];

const fn kernel(name: &'static str, layer: usize) -> Entry {
    convolution(name, CHANNELS[layer], CHANNELS[layer + 1], 3)
}

/// All parameters of the network.
pub(crate) const LAYOUT: [Entry; 34] = [
    weight("encoder.metadata.weight", N_METADATA, D),
    bias("encoder.metadata.bias", D),
    weight("encoder.node.weight", N_FEATURES, D),
    bias("encoder.node.bias", D),
    weight("encoder.edge.0.weight", 2 * D + 1, D),
    bias("encoder.edge.0.bias", D),
    weight("encoder.edge.1.weight", 2 * D + 1, D),
    bias("encoder.edge.1.bias", D),
    weight("encoder.edge.2.weight", 2 * D + 1, D),
    bias("encoder.edge.2.bias", D),
    weight("encoder.query.weight", D, D),
    bias("encoder.query.bias", D),
    weight("encoder.key.weight", D, D),
    bias("encoder.key.bias", D),
    weight("encoder.value.weight", D, D),
    bias("encoder.value.bias", D),
    weight("policy.dense.weight", N_TRUNK, SEED),
    bias("policy.dense.bias", SEED),
    kernel("policy.deconv.0.weight", 0),
    bias("policy.deconv.0.bias", CHANNELS[1]),
    kernel("policy.deconv.1.weight", 1),
    bias("policy.deconv.1.bias", CHANNELS[2]),
    kernel("policy.deconv.2.weight", 2),
    bias("policy.deconv.2.bias", CHANNELS[3]),
    kernel("policy.deconv.3.weight", 3),
    bias("policy.deconv.3.bias", CHANNELS[4]),
    kernel("policy.deconv.4.weight", 4),
    bias("policy.deconv.4.bias", CHANNELS[5]),
    weight("value.dense.0.weight", N_TRUNK, 32),
    bias("value.dense.0.bias", 32),
    weight("value.dense.1.weight", 32, 8),
    bias("value.dense.1.bias", 8),
    weight("value.dense.2.weight", 8, 1),
    bias("value.dense.2.bias", 1),
];
