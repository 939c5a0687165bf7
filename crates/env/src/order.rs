use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement, macro_graph};
use flagstone_place::greedy::by_area;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{EnvConfig, Order};

/// The movable hard macros in the order in which they are placed.
pub(crate) fn order(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    config: &EnvConfig,
) -> Vec<NodeId> {
    let mut order = by_area(netlist, placement);
    match config.order {
        Order::DescendingSize => {}
        Order::File => order.sort_unstable(),
        Order::Random => {
            let mut rng = Pcg64Mcg::seed_from_u64(config.seed);
            for i in (1..order.len()).rev() {
                order.swap(i, rng.random_range(0..=i));
            }
        }
        Order::LegalizationOrder => {
            order.sort_by(|&a, &b| {
                to_edge(canvas, placement, a).total_cmp(&to_edge(canvas, placement, b))
            });
        }
        Order::Topological => order = topological(netlist, &order),
    }
    order
}

/// Distance of a macro's centre from the nearest edge. (Upstream's formula is wrong for the right
/// and the upper edge.)
fn to_edge(canvas: &Canvas, placement: &Placement, node: NodeId) -> f64 {
    let p = placement.center(node);
    p.x.min(canvas.width - p.x).min(p.y).min(canvas.height - p.y)
}

/// Starts at the largest macro and always takes the one with the greatest connection to those taken;
/// ties go to the larger one.
fn topological(netlist: &Netlist, by_area: &[NodeId]) -> Vec<NodeId> {
    let graph = macro_graph(netlist);
    let mut tied = vec![0.0; netlist.n_nodes()];
    let mut left: Vec<NodeId> = by_area.to_vec();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let strongest = (1..left.len()).fold(0, |best, i| {
            if tied[left[i].usize()] > tied[left[best].usize()] { i } else { best }
        });
        let node = left.remove(strongest);
        order.push(node);
        for edge in graph.edge_indices() {
            let Some((a, b)) = graph.edge_endpoints(edge) else { continue };
            let (a, b) = (graph[a], graph[b]);
            let hard = |node| netlist.kind(node) == Kind::HardMacro;
            if a == node && hard(b) {
                tied[b.usize()] += graph[edge];
            } else if b == node && hard(a) {
                tied[a.usize()] += graph[edge];
            }
        }
    }
    order
}
