use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use crate::config::PartitionConfig;
use crate::hypergraph::Hypergraph;

/// A smaller hypergraph and the vertex in it of each vertex of the larger one.
pub(crate) struct Coarser {
    pub(crate) graph: Hypergraph,
    pub(crate) vertex_of: Vec<u32>,
}

/// Joins each vertex with the neighbour it shares the most and smallest nets with; with a cut given,
/// only with one on its own side.
pub(crate) fn coarsen(
    graph: &Hypergraph,
    cut: Option<&[bool]>,
    config: &PartitionConfig,
    rng: &mut Pcg64Mcg,
) -> Option<Coarser> {
    const LEAST_SHRINKAGE: f64 = 0.95;
    const HEAVIEST: f64 = 3.0;
    let n = graph.n_vertices();
    let limit = (HEAVIEST * graph.total_weight() as f64 / config.coarsest as f64).ceil() as u64;
    let rule = Matching { cut, limit: limit.max(2), max_pins: config.max_matched_pins };
    let mates = match_vertices(graph, rule, rng);
    let mut vertex_of = vec![u32::MAX; n];
    let (mut weight, mut side) = (Vec::new(), Vec::new());
    for vertex in 0..n {
        if vertex_of[vertex] != u32::MAX {
            continue;
        }
        let mate = mates[vertex] as usize;
        vertex_of[vertex] = weight.len() as u32;
        vertex_of[mate] = weight.len() as u32;
        let both = graph.weight[vertex] + if mate == vertex { 0 } else { graph.weight[mate] };
        weight.push(both);
        side.push(graph.side[vertex].or(graph.side[mate]));
    }
    if weight.len() as f64 > LEAST_SHRINKAGE * n as f64 {
        return None;
    }
    let nets = graph.renamed(|vertex| Some(vertex_of[vertex as usize]));
    Some(Coarser { graph: Hypergraph::new(weight, side, nets), vertex_of })
}

impl Coarser {
    /// The cut of the smaller hypergraph that is the same as one of the larger.
    pub(crate) fn project(&self, cut: &[bool]) -> Vec<bool> {
        let mut projected = vec![false; self.graph.n_vertices()];
        self.vertex_of.iter().zip(cut).for_each(|(&v, &right)| projected[v as usize] = right);
        projected
    }
}

/// Who may be joined with whom.
#[derive(Clone, Copy)]
struct Matching<'a> {
    /// Only vertices on the same side.
    cut: Option<&'a [bool]>,
    /// Largest weight of both together.
    limit: u64,
    /// Nets with more pins do not count.
    max_pins: usize,
}

impl Matching<'_> {
    fn allows(&self, graph: &Hypergraph, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        let sides = match (graph.side[a], graph.side[b]) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let uncut = self.cut.is_none_or(|cut| cut[a] == cut[b]);
        sides && uncut && graph.weight[a] + graph.weight[b] <= self.limit
    }
}

/// The partner of each vertex; itself where it found none.
fn match_vertices(graph: &Hypergraph, rule: Matching<'_>, rng: &mut Pcg64Mcg) -> Vec<u32> {
    let n = graph.n_vertices();
    let mut order: Vec<u32> = (0..n as u32).collect();
    shuffle(&mut order, rng);
    let mut mates: Vec<u32> = (0..n as u32).collect();
    let mut score = vec![0.0_f64; n];
    let mut touched = Vec::new();
    for &vertex in &order {
        if mates[vertex as usize] != vertex {
            continue;
        }
        for &net in graph.nets_of(vertex) {
            let pins = graph.pins_of(net);
            if pins.len() > rule.max_pins {
                continue;
            }
            let share = graph.net_weight[net as usize] as f64 / (pins.len() - 1) as f64;
            for &other in pins {
                let free = other != vertex && mates[other as usize] == other;
                if free && rule.allows(graph, vertex, other) {
                    if score[other as usize] == 0.0 {
                        touched.push(other);
                    }
                    score[other as usize] += share;
                }
            }
        }
        // Light partners first, so that no vertex grows much faster than the rest.
        let rated = |&other: &u32| score[other as usize] / graph.weight[other as usize] as f64;
        let best = touched.iter().copied().reduce(|a, b| if rated(&b) > rated(&a) { b } else { a });
        if let Some(best) = best {
            mates[vertex as usize] = best;
            mates[best as usize] = vertex;
        }
        touched.drain(..).for_each(|other| score[other as usize] = 0.0);
    }
    mates
}

/// Puts values in a random order.
pub(crate) fn shuffle<T>(values: &mut [T], rng: &mut Pcg64Mcg) {
    for last in (1..values.len()).rev() {
        values.swap(last, rng.random_range(0..=last));
    }
}
