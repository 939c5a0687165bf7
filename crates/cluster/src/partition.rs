//! Partition of a hypergraph in many parts by cutting it in two again and again.
//!
//! In the end vertices move between all parts, see [`refine_parts`]. Each cut is multilevel: the hypergraph is coarsened, the smallest one cut, the cut carried back
//! level by level and refined. The halves are cut in parallel; every cut has random numbers of its
//! own, made from the seed and its parts, so the result does not depend on the number of threads.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use crate::coarsen::{Coarser, Matching, coarsen, shuffle};
use crate::config::PartitionConfig;
use crate::fm::{Badness, Cut, Limits};
use crate::hypergraph::Hypergraph;
use crate::kway::refine_parts;

/// A set of vertices to be divided among a range of parts.
struct Task {
    graph: Hypergraph,
    /// The vertices' numbers in the whole hypergraph.
    ids: Vec<u32>,
    /// The part a vertex must be in, where it must.
    fixed: Vec<Option<u32>>,
    first: u32,
    n_parts: u32,
}

/// The part of each vertex; a vertex with a part in `fixed` gets that one.
pub(crate) fn partition(
    graph: Hypergraph,
    fixed: Vec<Option<u32>>,
    n_parts: u32,
    config: &PartitionConfig,
) -> Vec<u32> {
    let n = graph.n_vertices();
    let held: Vec<bool> = fixed.iter().map(Option::is_some).collect();
    let ids = (0..n as u32).collect();
    let task = Task { graph: graph.clone(), ids, fixed, first: 0, n_parts };
    let mut part_of = vec![0; n];
    for (vertex, part) in divide(task, config) {
        part_of[vertex as usize] = part;
    }
    refine_parts(&graph, &held, &mut part_of, n_parts, config);
    part_of
}

fn divide(task: Task, config: &PartitionConfig) -> Vec<(u32, u32)> {
    let Task { first, n_parts, .. } = task;
    if n_parts <= 1 || task.ids.is_empty() {
        return task.ids.into_iter().map(|id| (id, first)).collect();
    }
    let (left, right) = halve(task, config);
    let (mut parts, others) = rayon::join(|| divide(left, config), || divide(right, config));
    parts.extend(others);
    parts
}

fn halve(mut task: Task, config: &PartitionConfig) -> (Task, Task) {
    let n_left = task.n_parts / 2;
    let middle = task.first + n_left;
    task.graph.side = task.fixed.iter().map(|part| part.map(|part| part >= middle)).collect();
    let share = f64::from(n_left) / f64::from(task.n_parts);
    let range = (u64::from(task.first) << 32) | u64::from(task.n_parts);
    let right = bisect(&task.graph, limits(&task.graph, share, config), config, range);
    let left_half = half(&task, &right, false, (task.first, n_left));
    let right_half = half(&task, &right, true, (middle, task.n_parts - n_left));
    (left_half, right_half)
}

/// A side may be a little heavier than its share, and as heavy as what is fixed on it.
fn limits(graph: &Hypergraph, left_share: f64, config: &PartitionConfig) -> Limits {
    let total = graph.total_weight() as f64;
    let mut fixed = [0; 2];
    for (side, weight) in graph.side.iter().zip(&graph.weight) {
        if let Some(side) = side {
            fixed[usize::from(*side)] += weight;
        }
    }
    // What is fixed may already be more than the side's due; then nothing free should join it.
    let most = |share: f64, fixed: u64| {
        let slack = 2.0 * config.imbalance * share.min(1.0 - share);
        if fixed as f64 >= total * share { fixed } else { (total * (share + slack)).ceil() as u64 }
    };
    Limits([most(left_share, fixed[0]), most(1.0 - left_share, fixed[1])])
}

fn half(task: &Task, right: &[bool], side: bool, (first, n_parts): (u32, u32)) -> Task {
    let chosen: Vec<u32> =
        (0..right.len() as u32).filter(|&vertex| right[vertex as usize] == side).collect();
    let mut name = vec![None; right.len()];
    for (new, &old) in chosen.iter().enumerate() {
        name[old as usize] = Some(new as u32);
    }
    let weight: Vec<u64> = chosen.iter().map(|&v| task.graph.weight[v as usize]).collect();
    let sides = vec![None; chosen.len()];
    let graph = Hypergraph::new(weight, sides, task.graph.renamed(|v| name[v as usize]));
    let ids = chosen.iter().map(|&v| task.ids[v as usize]).collect();
    let fixed = chosen.iter().map(|&v| task.fixed[v as usize]).collect();
    Task { graph, ids, fixed, first, n_parts }
}

/// The side of each vertex: the best of several runs, each improved in further cycles. The random
/// numbers of a run come from the seed, the range of parts and the number of the run.
fn bisect(graph: &Hypergraph, limits: Limits, config: &PartitionConfig, range: u64) -> Vec<bool> {
    let runs = (0..config.runs.max(1) as u64).into_par_iter().map(|run| {
        let mut rng = Pcg64Mcg::seed_from_u64(mix(mix(mix(config.seed) ^ range) ^ run));
        let mut best = cycle(graph, None, limits, config, &mut rng);
        for _ in 0..config.cycles {
            let again = cycle(graph, Some(&best.1), limits, config, &mut rng);
            if again.0 >= best.0 {
                break;
            }
            best = again;
        }
        best
    });
    // Collected in order, so that of equals the first run's cut is kept.
    let cuts: Vec<(Badness, Vec<bool>)> = runs.collect();
    let best = cuts.into_iter().reduce(|a, b| if b.0 < a.0 { b } else { a });
    best.map(|best| best.1).unwrap_or_default()
}

/// Spreads neighbouring numbers over all 64 bits (the finisher of `SplitMix64`).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Coarsens, cuts the coarsest hypergraph and carries the cut back. With a cut to start from, the
/// coarsening keeps it and no other is made.
fn cycle(
    graph: &Hypergraph,
    start: Option<&[bool]>,
    limits: Limits,
    config: &PartitionConfig,
    rng: &mut Pcg64Mcg,
) -> (Badness, Vec<bool>) {
    let mut levels: Vec<Coarser> = Vec::new();
    let mut start = start.map(<[bool]>::to_vec);
    loop {
        let finest = levels.last().map_or(graph, |level| &level.graph);
        if finest.n_vertices() <= config.coarsest {
            break;
        }
        let cut = start.as_deref();
        let together = |a: u32, b: u32| cut.is_none_or(|cut| cut[a as usize] == cut[b as usize]);
        let (coarsest, max_pins) = (config.coarsest, config.max_matched_pins);
        let rule = Matching { together: &together, coarsest, max_pins };
        let Some(level) = coarsen(finest, &rule, rng) else { break };
        start = start.map(|cut| level.project(&cut));
        levels.push(level);
    }
    let coarsest = levels.last().map_or(graph, |level| &level.graph);
    let mut right = start.unwrap_or_else(|| first_cut(coarsest, limits, config, rng));
    for level in (0..=levels.len()).rev() {
        let finer = if level == 0 { graph } else { &levels[level - 1].graph };
        if let Some(coarser) = levels.get(level) {
            right = coarser.vertex_of.iter().map(|&v| right[v as usize]).collect();
        }
        let mut cut = Cut::new(finer, limits, right);
        cut.refine(config);
        if level == 0 {
            return (cut.badness(), cut.right);
        }
        right = cut.right;
    }
    (Badness::default(), right)
}

/// The best of several cuts, each grown from a random vertex and refined.
fn first_cut(
    graph: &Hypergraph,
    limits: Limits,
    config: &PartitionConfig,
    rng: &mut Pcg64Mcg,
) -> Vec<bool> {
    let cuts = (0..config.first_cuts.max(1)).map(|_| {
        let mut cut = Cut::new(graph, limits, grow(graph, limits, rng));
        cut.refine(config);
        (cut.badness(), cut.right)
    });
    let best = cuts.reduce(|a, b| if b.0 < a.0 { b } else { a });
    best.map(|best| best.1).unwrap_or_default()
}

/// Vertices in the order a search in breadth meets them; the first ones go left until it has its
/// due.
fn grow(graph: &Hypergraph, limits: Limits, rng: &mut Pcg64Mcg) -> Vec<bool> {
    let mut right: Vec<bool> = graph.side.iter().map(|side| side.unwrap_or(true)).collect();
    let total = graph.total_weight() as f64;
    let due = total * limits.0[0] as f64 / (limits.0[0] + limits.0[1]).max(1) as f64;
    let mut weight: u64 =
        right.iter().zip(&graph.weight).filter(|(right, _)| !**right).map(|(_, w)| w).sum();
    for vertex in breadth_first(graph, rng) {
        let v = vertex as usize;
        if weight as f64 >= due {
            break;
        }
        if graph.side[v].is_none() {
            right[v] = false;
            weight += graph.weight[v];
        }
    }
    right
}

fn breadth_first(graph: &Hypergraph, rng: &mut Pcg64Mcg) -> Vec<u32> {
    let n = graph.n_vertices();
    let mut starts: Vec<u32> = (0..n as u32).collect();
    shuffle(&mut starts, rng);
    // What is fixed on the left draws its neighbours there, half of the time.
    if rng.random_range(0..2) == 0 {
        starts.sort_by_key(|&vertex| graph.side[vertex as usize] != Some(false));
    }
    let mut order = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    for start in starts {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        let mut next = order.len();
        order.push(start);
        while next < order.len() {
            for &net in graph.nets_of(order[next]) {
                for &other in graph.pins_of(net) {
                    if !std::mem::replace(&mut seen[other as usize], true) {
                        order.push(other);
                    }
                }
            }
            next += 1;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cliques in a ring, one thin net between neighbours.
    fn ring(n_cliques: u32, size: u32) -> Hypergraph {
        let n = n_cliques * size;
        let inner = (0..n).flat_map(|a| {
            let clique = a / size;
            (a + 1..(clique + 1) * size).map(move |b| (vec![a, b], 1))
        });
        let outer = (0..n_cliques).map(|c| (vec![c * size, ((c + 1) % n_cliques) * size + 1], 1));
        Hypergraph::new(vec![1; n as usize], vec![None; n as usize], inner.chain(outer))
    }

    #[test]
    fn cliques_stay_whole() {
        let config = PartitionConfig { coarsest: 20, ..PartitionConfig::default() };
        let part_of = partition(ring(16, 8), vec![None; 128], 16, &config);
        let whole = part_of.chunks(8).filter(|clique| clique.iter().all(|&p| p == clique[0]));
        assert!(whole.count() >= 14, "{part_of:?}");
    }

    #[test]
    fn fixed_vertices_get_their_part() {
        let mut fixed = vec![None; 128];
        (fixed[0], fixed[127], fixed[64]) = (Some(7), Some(0), Some(3));
        let part_of = partition(ring(16, 8), fixed, 8, &PartitionConfig::default());
        assert_eq!((part_of[0], part_of[127], part_of[64]), (7, 0, 3));
        assert!(part_of.iter().all(|&part| part < 8));
    }
}
