use flagstone_formats::{graphml, hgr};
use flagstone_netlist::Kind;

use crate::Design;

/// The netlist as GraphML: a node for every node and every net, an edge for every pin.
pub fn to_graphml(design: &Design) -> Vec<u8> {
    let (netlist, placement) = (&design.netlist, &design.placement);
    let nodes: Vec<graphml::Node<'_>> = netlist
        .node_ids()
        .map(|node| {
            let ((width, height), center) = (netlist.size(node), placement.center(node));
            graphml::Node {
                name: netlist.node_name(node),
                kind: match netlist.kind(node) {
                    Kind::HardMacro => "hard_macro",
                    Kind::SoftMacro => "soft_macro",
                    Kind::Port => "port",
                    Kind::StdCell => "cell",
                },
                width,
                height,
                x: center.x + design.origin.0,
                y: center.y + design.origin.1,
                fixed: placement.fixed[node.usize()],
            }
        })
        .collect();
    let ends: Vec<Vec<usize>> = distinct_nodes(design);
    let nets: Vec<graphml::Net<'_>> = ends
        .iter()
        .zip(&netlist.nets.weight)
        .map(|(nodes, &weight)| graphml::Net { weight, nodes })
        .collect();
    graphml::write(&nodes, &nets)
}

/// The nodes of every net, its driver first, each once.
fn distinct_nodes(design: &Design) -> Vec<Vec<usize>> {
    let netlist = &design.netlist;
    let mut seen = vec![usize::MAX; netlist.n_nodes()];
    let rows = netlist.net_pins.rows().enumerate().map(|(net, pins)| {
        let nodes = pins.iter().map(|pin| netlist.pins.node[pin.usize()].usize());
        nodes.filter(|&node| std::mem::replace(&mut seen[node], net) != net).collect()
    });
    rows.collect()
}

/// The netlist as a hypergraph: a vertex for every node, weighing its area in µm², at least 1; a
/// hyperedge for every net between different nodes. Weights are rounded to whole numbers.
pub fn to_hgr(design: &Design) -> String {
    let netlist = &design.netlist;
    let whole = |value: f64| value.round().max(1.0) as u64;
    let mut graph = hgr::Hypergraph {
        n_vertices: netlist.n_nodes(),
        starts: vec![0],
        vertex_weights: Some(netlist.node_ids().map(|node| whole(netlist.area(node))).collect()),
        ..hgr::Hypergraph::default()
    };
    let mut weights = Vec::new();
    for (nodes, &weight) in distinct_nodes(design).iter().zip(&netlist.nets.weight) {
        if nodes.len() > 1 {
            graph.pins.extend(nodes.iter().map(|&node| node as u32));
            graph.starts.push(graph.pins.len());
            weights.push(whole(weight));
        }
    }
    graph.edge_weights = weights.iter().any(|&weight| weight != 1).then_some(weights);
    hgr::write(&graph)
}
