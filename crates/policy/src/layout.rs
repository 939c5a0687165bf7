use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::GRID;

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

/// Name, shape and fan-in and fan-out of every parameter, in the order of the flat vector.
///
/// A fan-in of zero marks a bias.
pub struct Entry {
    /// Name in checkpoints.
    pub name: &'static str,
    /// Shape, padded with ones to four axes.
    pub shape: [usize; 4],
    /// Number of used axes.
    pub rank: usize,
    fan: (usize, usize),
}

impl Entry {
    /// Number of values.
    pub const fn len(&self) -> usize {
        self.shape[0] * self.shape[1] * self.shape[2] * self.shape[3]
    }

    /// Whether there is none; never the case.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

const fn weight(name: &'static str, from: usize, to: usize) -> Entry {
    Entry { name, shape: [from, to, 1, 1], rank: 2, fan: (from, to) }
}

const fn bias(name: &'static str, n: usize) -> Entry {
    Entry { name, shape: [n, 1, 1, 1], rank: 1, fan: (0, 0) }
}

const fn kernel(name: &'static str, layer: usize) -> Entry {
    let (from, to) = (CHANNELS[layer], CHANNELS[layer + 1]);
    Entry { name, shape: [from, to, 3, 3], rank: 4, fan: (9 * from, 9 * to) }
}

/// All parameters of the network.
pub const LAYOUT: [Entry; 34] = [
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

const fn count() -> usize {
    let (mut n, mut i) = (0, 0);
    while i < LAYOUT.len() {
        n += LAYOUT[i].len();
        i += 1;
    }
    n
}

/// Number of parameters: 125,826.
pub const N_PARAMETERS: usize = count();

/// The values of all parameters, in the order of [`LAYOUT`].
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters(pub Vec<f32>);

impl Parameters {
    /// Glorot-normal weights and zero biases, drawn from a seed.
    pub fn init(seed: u64) -> Self {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut values = Vec::with_capacity(N_PARAMETERS);
        for entry in &LAYOUT {
            let (fan_in, fan_out) = entry.fan;
            let deviation =
                if fan_in == 0 { 0.0 } else { (2.0 / (fan_in + fan_out) as f64).sqrt() };
            values.extend((0..entry.len()).map(|_| (deviation * normal(&mut rng)) as f32));
        }
        Self(values)
    }
}

/// A standard normal number, by Box and Muller.
fn normal(rng: &mut Pcg64Mcg) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_network_has_125826_parameters() {
        assert_eq!(N_PARAMETERS, 125_826);
        let parameters = Parameters::init(1);
        assert_eq!(parameters.0.len(), N_PARAMETERS);
        assert_eq!(parameters, Parameters::init(1));
        assert_ne!(parameters, Parameters::init(2));
    }
}
