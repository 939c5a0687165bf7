//! Refinement of a partition in many parts.
//!
//! Cutting in two again and again never looks back: a vertex on one side of an early cut may belong
//! to a part on the other. Here every vertex goes to the neighbouring part that leaves the fewest
//! parts to its nets, single vertices last and bunches of them, made within the parts, first.
//! After: G. Karypis, V. Kumar, "Multilevel k-way hypergraph partitioning", 1999; deviation: greedy
//! moves at every level, no hill climbing.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::coarsen::{Coarser, Matching, coarsen, shuffle};
use crate::config::PartitionConfig;
use crate::hypergraph::Hypergraph;

/// Vertices for each part on the coarsest level.
const COARSEST: usize = 6;
/// A pass that gains less than this share of the nets' parts is the last.
const LEAST_GAIN: f64 = 2e-4;

/// Moves vertices that are not `fixed` to other parts where that leaves the nets in fewer parts.
/// A part does not grow over its share of the weight and the slack, unless it was over it before.
pub(crate) fn refine_parts(
    graph: &Hypergraph,
    fixed: &[bool],
    part_of: &mut Vec<u32>,
    n_parts: u32,
    config: &PartitionConfig,
) {
    let mut rng = Pcg64Mcg::seed_from_u64(config.seed);
    for _ in 0..config.part_cycles {
        let gain = cycle(graph, fixed, part_of, n_parts, config, &mut rng);
        if gain == 0 {
            return;
        }
    }
}

/// One descent from the coarsest level to the finest; what it gained.
fn cycle(
    graph: &Hypergraph,
    fixed: &[bool],
    part_of: &mut Vec<u32>,
    n_parts: u32,
    config: &PartitionConfig,
    rng: &mut Pcg64Mcg,
) -> i64 {
    let coarsest = n_parts as usize * COARSEST;
    let mut levels: Vec<(Coarser, Vec<bool>)> = Vec::new();
    let mut parts = part_of.clone();
    loop {
        let (finest, held) = levels.last().map_or((graph, fixed), |(l, held)| (&l.graph, held));
        if finest.n_vertices() <= coarsest {
            break;
        }
        let together = |a: u32, b: u32| {
            parts[a as usize] == parts[b as usize] && !held[a as usize] && !held[b as usize]
        };
        let rule = Matching { together: &together, coarsest, max_pins: config.max_matched_pins };
        let Some(level) = coarsen(finest, &rule, rng) else { break };
        let held = level.project(held);
        parts = level.project(&parts);
        levels.push((level, held));
    }
    let most = (1.0 + config.part_slack) * graph.total_weight() as f64 / f64::from(n_parts.max(1));
    let mut gain = 0;
    for level in (0..=levels.len()).rev() {
        let (finer, held) = match level {
            0 => (graph, fixed),
            _ => (&levels[level - 1].0.graph, &levels[level - 1].1[..]),
        };
        if let Some((coarser, _)) = levels.get(level) {
            parts = coarser.vertex_of.iter().map(|&vertex| parts[vertex as usize]).collect();
        }
        let mut moving = Moving::new(finer, parts, n_parts, most.ceil() as u64);
        gain += moving.refine(held, config.part_passes, rng);
        parts = moving.part_of;
    }
    *part_of = parts;
    gain
}

struct Moving<'a> {
    graph: &'a Hypergraph,
    part_of: Vec<u32>,
    weight: Vec<u64>,
    most: u64,
    /// Parts of each net and its vertices in each.
    counts: Vec<Vec<(u32, u32)>>,
    /// Weight of a vertex' nets in each part, and the parts that have some.
    shared: Vec<i64>,
    near: Vec<u32>,
}

impl<'a> Moving<'a> {
    fn new(graph: &'a Hypergraph, part_of: Vec<u32>, n_parts: u32, most: u64) -> Self {
        let mut weight = vec![0; n_parts as usize];
        for (&part, vertex_weight) in part_of.iter().zip(&graph.weight) {
            weight[part as usize] += vertex_weight;
        }
        let mut counts = vec![Vec::new(); graph.net_weight.len()];
        for (row, count) in graph.pins.rows().zip(&mut counts) {
            row.iter().for_each(|&vertex| add(count, part_of[vertex as usize]));
        }
        let shared = vec![0; n_parts as usize];
        Self { graph, part_of, weight, most, counts, shared, near: Vec::new() }
    }

    /// Passes over all vertices until one gains next to nothing; the sum of the gains.
    fn refine(&mut self, fixed: &[bool], passes: usize, rng: &mut Pcg64Mcg) -> i64 {
        let parts: i64 = self.counts.iter().map(|count| count.len() as i64).sum();
        let mut order: Vec<u32> = (0..self.part_of.len() as u32).collect();
        order.retain(|&vertex| !fixed[vertex as usize]);
        let mut all = 0;
        for _ in 0..passes {
            shuffle(&mut order, rng);
            let gain: i64 = order.iter().map(|&vertex| self.improve(vertex)).sum();
            all += gain;
            if (gain as f64) < LEAST_GAIN * parts as f64 {
                break;
            }
        }
        all
    }

    /// Moves a vertex to the best part, if one is better; the gain.
    fn improve(&mut self, vertex: u32) -> i64 {
        let v = vertex as usize;
        let (graph, from) = (self.graph, self.part_of[v]);
        let (mut total, mut alone) = (0, 0);
        for &net in graph.nets_of(vertex) {
            let weight = graph.net_weight[net as usize];
            total += weight;
            for &(part, n) in &self.counts[net as usize] {
                if part == from {
                    alone += if n == 1 { weight } else { 0 };
                    continue;
                }
                if self.shared[part as usize] == 0 {
                    self.near.push(part);
                }
                self.shared[part as usize] += weight;
            }
        }
        let mut best: Option<(i64, u64, u32)> = None;
        for part in self.near.drain(..) {
            let gain = alone - total + std::mem::take(&mut self.shared[part as usize]);
            let after = self.weight[part as usize] + graph.weight[v];
            let fits = after <= self.most;
            let better = gain > 0 || gain == 0 && after < self.weight[from as usize];
            // Of equal gains the lightest part, of equally light ones the first.
            let ahead = best.is_none_or(|b| (gain, b.1, b.2) > (b.0, after, part));
            if fits && better && ahead {
                best = Some((gain, after, part));
            }
        }
        let Some((gain, _, to)) = best else { return 0 };
        self.weight[from as usize] -= graph.weight[v];
        self.weight[to as usize] += graph.weight[v];
        self.part_of[v] = to;
        for &net in graph.nets_of(vertex) {
            let count = &mut self.counts[net as usize];
            remove(count, from);
            add(count, to);
        }
        gain
    }
}

/// One more vertex of a net in a part.
pub(crate) fn add(count: &mut Vec<(u32, u32)>, part: u32) {
    match count.iter_mut().find(|entry| entry.0 == part) {
        Some(entry) => entry.1 += 1,
        None => count.push((part, 1)),
    }
}

/// One vertex fewer of a net in a part.
pub(crate) fn remove(count: &mut Vec<(u32, u32)>, part: u32) {
    if let Some(at) = count.iter().position(|entry| entry.0 == part) {
        count[at].1 -= 1;
        if count[at].1 == 0 {
            count.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chains of eight vertices, each in one part but for a stray vertex.
    #[test]
    fn strays_come_home_and_fixed_ones_stay() {
        let chain = |c: u32| (0..7).map(move |k| (vec![8 * c + k, 8 * c + k + 1], 1));
        let graph = Hypergraph::new(vec![1; 32], vec![None; 32], (0..4).flat_map(chain));
        let mut part_of: Vec<u32> = (0..32).map(|vertex| vertex / 8).collect();
        (part_of[0], part_of[15], part_of[20]) = (3, 2, 0);
        let mut fixed = vec![false; 32];
        fixed[20] = true;
        let config = PartitionConfig { part_slack: 0.5, ..PartitionConfig::default() };
        refine_parts(&graph, &fixed, &mut part_of, 4, &config);
        assert_eq!((part_of[0], part_of[15], part_of[20]), (0, 1, 0), "{part_of:?}");
    }
}
