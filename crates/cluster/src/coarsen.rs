use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use crate::hypergraph::Hypergraph;

/// A smaller hypergraph and the vertex in it of each vertex of the larger one.
pub(crate) struct Coarser {
    pub(crate) graph: Hypergraph,
    pub(crate) vertex_of: Vec<u32>,
}

/// Joins each vertex with the neighbour it shares the most and smallest nets with.
pub(crate) fn coarsen(
    graph: &Hypergraph,
    rule: &Matching<'_>,
    rng: &mut Pcg64Mcg,
) -> Option<Coarser> {
    const LEAST_SHRINKAGE: f64 = 0.95;
    const HEAVIEST: f64 = 3.0;
    let n = graph.n_vertices();
    let limit = (HEAVIEST * graph.total_weight() as f64 / rule.coarsest as f64).ceil() as u64;
    let mates = match_vertices(graph, rule, limit.max(2), rng);
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
    /// What the smaller hypergraph's vertices have in common with those of the larger.
    pub(crate) fn project<T: Copy + Default>(&self, of: &[T]) -> Vec<T> {
        let mut projected = vec![T::default(); self.graph.n_vertices()];
        self.vertex_of.iter().zip(of).for_each(|(&v, &value)| projected[v as usize] = value);
        projected
    }
}

/// Who may be joined with whom.
pub(crate) struct Matching<'a> {
    /// Whether two vertices may become one.
    pub(crate) together: &'a dyn Fn(u32, u32) -> bool,
    /// Vertices of the smallest hypergraph; none may be much heavier than a share of the whole.
    pub(crate) coarsest: usize,
    /// Nets with more pins do not count.
    pub(crate) max_pins: usize,
}

impl Matching<'_> {
    fn allows(&self, graph: &Hypergraph, a: u32, b: u32) -> bool {
        let sides = match (graph.side[a as usize], graph.side[b as usize]) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        sides && (self.together)(a, b)
    }
}

/// The partner of each vertex; itself where it found none.
fn match_vertices(
    graph: &Hypergraph,
    rule: &Matching<'_>,
    limit: u64,
    rng: &mut Pcg64Mcg,
) -> Vec<u32> {
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
                let light = graph.weight[vertex as usize] + graph.weight[other as usize] <= limit;
                if free && light && rule.allows(graph, vertex, other) {
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
