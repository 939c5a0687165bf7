//! Names, shapes and first values of the parameters.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use crate::{alphachip, maps_layout};

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
    pub(crate) fan: (usize, usize),
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

pub(crate) const fn weight(name: &'static str, from: usize, to: usize) -> Entry {
    Entry { name, shape: [from, to, 1, 1], rank: 2, fan: (from, to) }
}

pub(crate) const fn bias(name: &'static str, n: usize) -> Entry {
    Entry { name, shape: [n, 1, 1, 1], rank: 1, fan: (0, 0) }
}

/// A square kernel; its first axis is the first argument, inputs for a deconvolution.
pub(crate) const fn convolution(
    name: &'static str,
    first: usize,
    second: usize,
    side: usize,
) -> Entry {
    let area = side * side;
    Entry { name, shape: [first, second, side, side], rank: 4, fan: (area * first, area * second) }
}

/// The kinds of networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// The published one: a graph encoder every step, deconvolutions from one vector to all cells.
    #[default]
    AlphaChip,
    /// A graph encoder once an episode, convolutions over per-cell maps every step.
    Maps,
}

impl Network {
    /// All networks.
    pub const ALL: [Self; 2] = [Self::AlphaChip, Self::Maps];

    /// Its parameters, in the order of the flat vector.
    pub fn layout(self) -> &'static [Entry] {
        match self {
            Self::AlphaChip => &alphachip::LAYOUT,
            Self::Maps => &maps_layout::LAYOUT,
        }
    }

    /// Number of parameters.
    pub fn n_parameters(self) -> usize {
        self.layout().iter().map(Entry::len).sum()
    }

    /// Whether it reads the per-cell maps of an observation.
    pub fn reads_maps(self) -> bool {
        self == Self::Maps
    }

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlphaChip => "alphachip",
            Self::Maps => "maps",
        }
    }
}

/// The values of all parameters of a network, in the order of its layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// The network they belong to.
    pub network: Network,
    /// The values.
    pub values: Vec<f32>,
}

impl Parameters {
    /// Glorot-normal weights and zero biases, drawn from a seed; what a network prescribes beyond
    /// that is set after it.
    pub fn init(network: Network, seed: u64) -> Self {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut values = Vec::with_capacity(network.n_parameters());
        for entry in network.layout() {
            let (fan_in, fan_out) = entry.fan;
            let deviation =
                if fan_in == 0 { 0.0 } else { (2.0 / (fan_in + fan_out) as f64).sqrt() };
            values.extend((0..entry.len()).map(|_| (deviation * normal(&mut rng)) as f32));
        }
        let mut parameters = Self { network, values };
        if network == Network::Maps {
            maps_layout::prescribe(&mut parameters);
        }
        parameters
    }

    /// The values of one parameter.
    ///
    /// # Panics
    /// If the network has no parameter of that name.
    pub fn part(&self, name: &str) -> &[f32] {
        &self.values[self.range(name)]
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// If the network has no parameter of that name.
    pub fn part_mut(&mut self, name: &str) -> &mut [f32] {
        let range = self.range(name);
        &mut self.values[range]
    }

    fn range(&self, name: &str) -> Range<usize> {
        let mut at = 0;
        for entry in self.network.layout() {
            if entry.name == name {
                return at..at + entry.len();
            }
            at += entry.len();
        }
        panic!("the {} network has no parameter {name:?}", self.network.name());
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
        assert_eq!(Network::AlphaChip.n_parameters(), 125_826);
    }

    #[test]
    fn a_seed_decides_all_parameters() {
        for network in Network::ALL {
            let parameters = Parameters::init(network, 1);
            assert_eq!(parameters.values.len(), network.n_parameters());
            assert_eq!(parameters, Parameters::init(network, 1));
            assert_ne!(parameters, Parameters::init(network, 2));
        }
    }
}
