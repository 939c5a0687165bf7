//! Sizes and names of what the `maps` network is made of.

use flagstone_env::{Channel, N_MAPS, N_SCALARS};

use crate::layout::{Entry, Parameters, bias, convolution, weight};

/// Width of the node embeddings.
pub(crate) const D: usize = 16;
/// Features of a node.
pub(crate) const N_FEATURES: usize = 6;
/// Edge-centred layers.
pub(crate) const N_LAYERS: usize = 2;
/// Width of the vector that describes the current macro and the state.
pub(crate) const HIDDEN: usize = 32;
/// Channels of the convolutions.
pub(crate) const WIDTH: usize = 16;
/// Distance in cells between the taps of the convolution that looks around.
pub(crate) const DILATION: usize = 2;
/// What the value head reads: means of the maps and of the last channels, and the vector.
const POOLED: usize = N_MAPS + WIDTH + HIDDEN;
/// Outputs of the value head: the return, and the three cost terms at the end.
pub(crate) const N_VALUES: usize = 4;

/// All parameters of the network.
pub(crate) const LAYOUT: [Entry; 19] = [
    weight("maps.node.weight", N_FEATURES, D),
    bias("maps.node.bias", D),
    weight("maps.edge.0.weight", 2 * D + 1, D),
    bias("maps.edge.0.bias", D),
    weight("maps.edge.1.weight", 2 * D + 1, D),
    bias("maps.edge.1.bias", D),
    weight("maps.state.weight", D + N_SCALARS, HIDDEN),
    bias("maps.state.bias", HIDDEN),
    weight("maps.film.weight", HIDDEN, 2 * WIDTH),
    bias("maps.film.bias", 2 * WIDTH),
    convolution("maps.convolution.0.weight", WIDTH, N_MAPS, 1),
    bias("maps.convolution.0.bias", WIDTH),
    convolution("maps.convolution.1.weight", WIDTH, WIDTH, 3),
    bias("maps.convolution.1.bias", WIDTH),
    convolution("maps.logit.weight", 1, WIDTH + N_MAPS, 1),
    weight("maps.value.0.weight", POOLED, HIDDEN),
    bias("maps.value.0.bias", HIDDEN),
    weight("maps.value.1.weight", HIDDEN, N_VALUES),
    bias("maps.value.1.bias", N_VALUES),
];

/// Share of its usual size that the last convolution's part in the logits starts with.
const QUIET: f32 = 0.1;

/// How strongly an untrained policy prefers short wires: logits fall by this much at the mean rise of
/// the wirelength over the legal cells.
const WIRE_PREFERENCE: f32 = 3.0;

/// The first values that are not drawn: logits start as the wire mask and little else, so that an
/// untrained policy already plays a soft greedy wire-mask placement and learning refines it.
pub(crate) fn prescribe(parameters: &mut Parameters) {
    let logit = parameters.part_mut("maps.logit.weight");
    let (learned, direct) = logit.split_at_mut(WIDTH);
    learned.iter_mut().for_each(|weight| *weight *= QUIET);
    direct.fill(0.0);
    direct[Channel::Wire as usize] = -WIRE_PREFERENCE;
}
