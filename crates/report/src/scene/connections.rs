//! Connections: the heaviest between macros, and all of chosen nodes.

use flagstone_geom::Point;
use flagstone_netlist::{Kind, Netlist, NodeId, PinId, Placement, macro_graph};

use super::{Layer, LayerId, Line, Style};

/// All connections that end at a hard macro, bundled by their ends, the heaviest first.
///
/// Depends on the netlist alone; built once, drawn for any placement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundles {
    /// Both ends and the summed net weight.
    pub ties: Vec<(NodeId, NodeId, f64)>,
}

impl Bundles {
    /// Of a netlist.
    pub fn new(netlist: &Netlist) -> Self {
        let graph = macro_graph(netlist);
        let hard = |node| netlist.kind(node) == Kind::HardMacro;
        let tie = |edge| {
            let (a, b) = graph.edge_endpoints(edge)?;
            let (a, b) = (graph[a], graph[b]);
            (a != b && (hard(a) || hard(b))).then_some((a, b, graph[edge]))
        };
        let mut ties: Vec<_> = graph.edge_indices().filter_map(tie).collect();
        ties.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
        Self { ties }
    }

    /// The `most` heaviest; a line's width goes with the root of its weight.
    pub fn layer(&self, placement: &Placement, most: usize) -> Layer {
        let heaviest = self.ties.first().map_or(1.0, |tie| tie.2);
        let line = |&(a, b, weight): &(NodeId, NodeId, f64)| Line {
            from: placement.center(a),
            to: placement.center(b),
            style: Style::Flyline,
            weight: (weight / heaviest).max(0.02).sqrt() as f32,
            arrow: false,
        };
        let placed = |node: NodeId| placement.placed[node.usize()];
        let drawn = self.ties.iter().filter(|tie| placed(tie.0) && placed(tie.1)).take(most);
        Layer { lines: drawn.map(line).collect(), ..Layer::new(LayerId::Flylines) }
    }
}

/// Every connection of some nodes: a star from each net's driver to its sinks, fan-out where the
/// driver is among the nodes. Of a net that only ends at a node, the line to that node alone.
pub fn of_nodes(netlist: &Netlist, placement: &Placement, nodes: &[NodeId]) -> Layer {
    let mut layer = Layer::new(LayerId::Flylines);
    let mut nets: Vec<_> = nodes.iter().flat_map(|&node| netlist.node_nets.row(node)).collect();
    nets.sort_unstable();
    nets.dedup();
    let mut sorted = nodes.to_vec();
    sorted.sort_unstable();
    let chosen = |pin: PinId| sorted.binary_search(&netlist.pins.node[pin.usize()]).is_ok();
    for &net in nets {
        let pins = netlist.net_pins.row(net);
        let Some((&driver, sinks)) = pins.split_first() else { continue };
        let out = chosen(driver);
        let style = if out { Style::FanOut } else { Style::FanIn };
        let from = placement.pin(netlist, driver);
        let ends = sinks.iter().filter(|&&sink| out || chosen(sink));
        layer.lines.extend(ends.map(|&sink| line(from, placement.pin(netlist, sink), style)));
    }
    layer
}

fn line(from: Point, to: Point, style: Style) -> Line {
    Line { from, to, style, weight: 1.0, arrow: false }
}
