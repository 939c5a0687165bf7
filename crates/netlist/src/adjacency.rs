use petgraph::graph::UnGraph;

use crate::{Kind, Netlist, NodeId};

/// Macros and ports as vertices; an edge carries the summed net weight of all driver–sink pin
/// pairs between its ends, both directions added.
///
/// Vertex `k` is the `k`-th macro or port in file order. A net from a macro to itself is a loop.
/// Port–port pairs get no edge.
pub type MacroGraph = UnGraph<NodeId, f64>;

/// Builds the macro adjacency graph.
///
/// Source: circuit_training `get_macro_adjacency` (star model, no distance weighting). Edges are
/// sorted by their ends, so the result does not depend on hashing.
pub fn macro_graph(netlist: &Netlist) -> MacroGraph {
    let mut graph = MacroGraph::default();
    let mut vertex = vec![None; netlist.n_nodes()];
    for node in netlist.node_ids().filter(|&node| netlist.kind(node) != Kind::StdCell) {
        vertex[node.usize()] = Some(graph.add_node(node));
    }
    let mut pairs: Vec<(NodeId, NodeId, f64)> = Vec::new();
    for (pins, &weight) in netlist.net_pins.rows().zip(&netlist.nets.weight) {
        let driver = netlist.pins.node[pins[0].usize()];
        for sink in &pins[1..] {
            let sink = netlist.pins.node[sink.usize()];
            if netlist.kind(driver) == Kind::Port && netlist.kind(sink) == Kind::Port {
                continue;
            }
            pairs.push((driver.min(sink), driver.max(sink), weight));
        }
    }
    pairs.sort_by_key(|&(a, b, _)| (a, b));
    for same in pairs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let weight = same.iter().map(|pair| pair.2).sum();
        if let (Some(a), Some(b)) = (vertex[same[0].0.usize()], vertex[same[0].1.usize()]) {
            graph.add_edge(a, b, weight);
        }
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, Node, Pin};

    #[test]
    fn both_directions_add_up() {
        let mut builder = Builder::new();
        let nodes = ["a", "b"].map(|name| builder.node(Node { name, ..Node::default() }));
        let pins = nodes.map(|node| builder.pin(Pin { node, weight: 2.0, ..Pin::default() }));
        builder.net(pins[0], &[pins[1]]);
        builder.net(pins[1], &[pins[0]]);
        let graph = macro_graph(&builder.build());
        assert_eq!(graph.edge_count(), 1);
        assert_eq!(graph.edge_weights().copied().collect::<Vec<_>>(), vec![4.0]);
    }
}
