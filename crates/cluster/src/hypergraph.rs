use flagstone_netlist::Csr;

use crate::flat::Ordinal;

/// Vertices, nets and the relation between them, flat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hypergraph {
    /// Nodes in each vertex.
    pub(crate) weight: Vec<u64>,
    /// The side a vertex must be on, where it must.
    pub(crate) side: Vec<Option<bool>>,
    /// Net → its distinct vertices, two at least.
    pub(crate) pins: Csr<Ordinal, u32>,
    /// Nets joined in each net.
    pub(crate) net_weight: Vec<i64>,
    /// Vertex → its nets.
    pub(crate) nets: Csr<Ordinal, u32>,
}

impl Hypergraph {
    /// Nets with fewer than two distinct vertices are left out, equal nets joined.
    pub(crate) fn new(
        weight: Vec<u64>,
        side: Vec<Option<bool>>,
        nets: impl Iterator<Item = (Vec<u32>, i64)>,
    ) -> Self {
        let mut kept: Vec<(u64, Vec<u32>, i64)> = Vec::new();
        for (mut pins, net_weight) in nets {
            pins.sort_unstable();
            pins.dedup();
            if pins.len() > 1 {
                kept.push((fingerprint(&pins), pins, net_weight));
            }
        }
        kept.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut pins = Csr::default();
        let mut net_weight: Vec<i64> = Vec::with_capacity(kept.len());
        for equal in kept.chunk_by(|a, b| a.1 == b.1) {
            pins.push_row(equal[0].1.iter().copied());
            net_weight.push(equal.iter().map(|net| net.2).sum());
        }
        let mut pairs = Vec::with_capacity(pins.items().len());
        for (net, row) in pins.rows().enumerate() {
            pairs.extend(row.iter().map(|&vertex| (Ordinal(vertex), net as u32)));
        }
        let nets = Csr::from_pairs(weight.len(), pairs.iter().copied());
        Self { weight, side, pins, net_weight, nets }
    }

    pub(crate) fn n_vertices(&self) -> usize {
        self.weight.len()
    }

    pub(crate) fn total_weight(&self) -> u64 {
        self.weight.iter().sum()
    }

    pub(crate) fn pins_of(&self, net: u32) -> &[u32] {
        self.pins.row(Ordinal(net))
    }

    pub(crate) fn nets_of(&self, vertex: u32) -> &[u32] {
        self.nets.row(Ordinal(vertex))
    }

    /// Every net's vertices and weight, the vertices renamed; those without a new name left out.
    pub(crate) fn renamed<'a>(
        &'a self,
        name: impl Fn(u32) -> Option<u32> + 'a,
    ) -> impl Iterator<Item = (Vec<u32>, i64)> + 'a {
        let rows = self.pins.rows().zip(&self.net_weight);
        rows.map(move |(row, &weight)| (row.iter().filter_map(|&v| name(v)).collect(), weight))
    }
}

/// Spreads equal nets together in a sort; only speed depends on it.
fn fingerprint(pins: &[u32]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    pins.iter().fold(pins.len() as u64, |hash, &pin| (hash ^ u64::from(pin)).wrapping_mul(PRIME))
}
