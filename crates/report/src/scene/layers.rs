//! One function a layer, each from netlist and placement alone.

use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

use super::{Block, Dot, Group, Label, Layer, LayerId, Line, Mark, Style};
use crate::HeatMap;

/// A place to point at.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// Where.
    pub rect: Rect,
    /// What about it.
    pub text: String,
}

/// The area to place on.
pub fn canvas(canvas: &Canvas) -> Layer {
    let block = Block { rect: canvas.rect(), style: Style::Canvas, node: None };
    Layer { blocks: vec![block], ..Layer::new(LayerId::Canvas) }
}

/// A heat map over the canvas.
pub fn heat_map(map: HeatMap) -> Layer {
    Layer { heat: Some(map), ..Layer::new(LayerId::HeatMap) }
}

/// Lines between the cells of the placement grid.
pub fn grid(canvas: &Canvas) -> Layer {
    let grid = canvas.grid();
    let line = |from, to| Line { from, to, style: Style::Grid, weight: 1.0, arrow: false };
    let columns = (1..grid.columns).map(|column| {
        let x = f64::from(column) * grid.cell_width();
        line(Point::new(x, 0.0), Point::new(x, canvas.height))
    });
    let rows = (1..grid.rows).map(|row| {
        let y = f64::from(row) * grid.cell_height();
        line(Point::new(0.0, y), Point::new(canvas.width, y))
    });
    Layer { lines: columns.chain(rows).collect(), ..Layer::new(LayerId::Grid) }
}

/// Areas to keep free.
pub fn blockages(canvas: &Canvas) -> Layer {
    let block = |rect| Block { rect, style: Style::Blockage, node: None };
    let blocks = canvas.blockages.iter().map(|blockage| block(blockage.rect)).collect();
    Layer { blocks, ..Layer::new(LayerId::Blockages) }
}

/// Soft macros and single standard cells, those without a place left out.
pub fn soft(netlist: &Netlist, placement: &Placement) -> Layer {
    let style = |node: NodeId| match netlist.kind(node) {
        Kind::SoftMacro => Some(Style::Soft),
        Kind::StdCell => Some(Style::StdCell),
        Kind::HardMacro | Kind::Port => None,
    };
    let blocks = blocks(netlist, placement, style);
    Layer { blocks, ..Layer::new(LayerId::Soft) }
}

/// Hard macros that may move, with their orientation marks.
pub fn hard(netlist: &Netlist, placement: &Placement) -> Layer {
    hard_macros(netlist, placement, LayerId::Hard, Style::Hard)
}

/// Hard macros that must stay, with their orientation marks.
pub fn fixed(netlist: &Netlist, placement: &Placement) -> Layer {
    hard_macros(netlist, placement, LayerId::Fixed, Style::Fixed)
}

fn hard_macros(netlist: &Netlist, placement: &Placement, id: LayerId, look: Style) -> Layer {
    let style = |node: NodeId| {
        let fixed = placement.fixed[node.usize()];
        let wanted = netlist.kind(node) == Kind::HardMacro && fixed == (id == LayerId::Fixed);
        wanted.then_some(look)
    };
    let blocks = blocks(netlist, placement, style);
    let mark = |(row, block): (usize, &Block)| {
        let orientation = placement.orientation[block.node?.usize()];
        Some(Mark { points: corner(block.rect, orientation), block: row as u32 })
    };
    let marks = blocks.iter().enumerate().filter_map(mark).collect();
    Layer { marks, blocks, ..Layer::new(id) }
}

fn blocks(
    netlist: &Netlist,
    placement: &Placement,
    style: impl Fn(NodeId) -> Option<Style>,
) -> Vec<Block> {
    let placed = |node: &NodeId| placement.placed[node.usize()];
    let block = |node| {
        let rect = placement.rect(netlist, node);
        style(node).map(|style| Block { rect, style, node: Some(node) })
    };
    netlist.node_ids().filter(placed).filter_map(block).collect()
}

/// A triangle in the corner that is the lower left one in orientation `N`.
pub fn corner(rect: Rect, orientation: Orientation) -> [Point; 3] {
    /// Share of the shorter side.
    const SIZE: f64 = 0.28;
    let (sx, sy) = orientation.apply(-1.0, -1.0);
    let center = rect.center();
    let at = Point::new(center.x + sx * rect.width() / 2.0, center.y + sy * rect.height() / 2.0);
    let size = SIZE * rect.width().min(rect.height());
    [at, Point::new(at.x - sx * size, at.y), Point::new(at.x, at.y - sy * size)]
}

/// Ports as small squares.
pub fn ports(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Layer {
    let size = canvas.width.max(canvas.height) / 160.0;
    let placed = |node: &NodeId| placement.placed[node.usize()];
    let port = |node| Block {
        rect: Rect::centered(placement.center(node), size, size),
        style: Style::Port,
        node: Some(node),
    };
    let blocks = netlist.nodes_of(Kind::Port).filter(placed).map(port).collect();
    Layer { blocks, ..Layer::new(LayerId::Ports) }
}

/// The pins of hard macros, one dot for those in the same place.
pub fn pins(netlist: &Netlist, placement: &Placement) -> Layer {
    let placed = |node: &NodeId| placement.placed[node.usize()];
    let mut dots = Vec::new();
    for node in netlist.nodes_of(Kind::HardMacro).filter(placed) {
        let pins = netlist.node_pins.row(node).iter();
        let mut at: Vec<Point> = pins.map(|&pin| placement.pin(netlist, pin)).collect();
        at.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        at.dedup();
        dots.extend(at.into_iter().map(|at| Dot { at, style: Style::Pin }));
    }
    Layer { dots, ..Layer::new(LayerId::Pins) }
}

/// Whether a node has another place or orientation.
fn differs(a: &Placement, b: &Placement, node: NodeId) -> bool {
    let row = node.usize();
    (a.center(node), a.orientation[row], a.placed[row])
        != (b.center(node), b.orientation[row], b.placed[row])
}

/// Outlines of the macros where another placement has them, only of those that differ.
pub fn ghost(netlist: &Netlist, other: &Placement, placement: &Placement) -> Layer {
    let style = |node: NodeId| {
        let hard = netlist.kind(node) == Kind::HardMacro;
        (hard && differs(other, placement, node)).then_some(Style::Ghost)
    };
    Layer { blocks: blocks(netlist, other, style), ..Layer::new(LayerId::Ghost) }
}

/// An arrow for every hard macro that is somewhere else, from there to here.
pub fn arrows(netlist: &Netlist, other: &Placement, placement: &Placement) -> Layer {
    let both = |node: &NodeId| other.placed[node.usize()] && placement.placed[node.usize()];
    let arrow = |node| {
        let (from, to) = (other.center(node), placement.center(node));
        let line = Line { from, to, style: Style::Arrow, weight: 1.0, arrow: true };
        (from != to).then_some(line)
    };
    let lines = netlist.nodes_of(Kind::HardMacro).filter(both).filter_map(arrow).collect();
    Layer { lines, ..Layer::new(LayerId::Arrows) }
}

/// Highlight groups, and the selection over them.
pub fn highlight(
    netlist: &Netlist,
    placement: &Placement,
    groups: &[Group],
    selected: &[NodeId],
) -> Layer {
    let block = |node: NodeId, style| Block {
        rect: placement.rect(netlist, node),
        style,
        node: Some(node),
    };
    let mut layer = Layer::new(LayerId::Highlight);
    for (k, group) in groups.iter().enumerate() {
        layer.blocks.extend(group.nodes.iter().map(|&node| block(node, Style::group(k))));
    }
    layer.blocks.extend(selected.iter().map(|&node| block(node, Style::Selected)));
    layer
}

/// Places to point at.
pub fn markers(markers: &[Marker]) -> Layer {
    let block = |marker: &Marker| Block { rect: marker.rect, style: Style::Marker, node: None };
    Layer {
        blocks: markers.iter().map(block).collect(),
        titles: markers.iter().map(|marker| marker.text.clone()).collect(),
        ..Layer::new(LayerId::Markers)
    }
}

/// The last part of each hard macro's name, which is what tells siblings apart; the largest first.
pub fn labels(netlist: &Netlist, placement: &Placement) -> Layer {
    /// More cannot be read on one picture.
    const MOST: usize = 500;
    let placed = |node: &NodeId| placement.placed[node.usize()];
    let mut nodes: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).filter(placed).collect();
    nodes.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)).then(a.cmp(&b)));
    nodes.truncate(MOST);
    let label = |node: NodeId| {
        let name = netlist.node_name(node);
        Label {
            within: placement.rect(netlist, node),
            text: short_name(name).to_owned(),
            note: placement.orientation[node.usize()].as_str(),
        }
    };
    Layer { labels: nodes.into_iter().map(label).collect(), ..Layer::new(LayerId::Labels) }
}

/// The part of a name behind the last separator.
pub fn short_name(name: &str) -> &str {
    let short = name.rsplit('/').next().unwrap_or(name);
    if short.is_empty() { name } else { short }
}

impl Layer {
    /// The same layer with name, size and orientation as the title of every block.
    #[must_use]
    pub fn titled(mut self, netlist: &Netlist, placement: &Placement) -> Self {
        let title = |block: &Block| {
            let Some(node) = block.node else { return String::new() };
            let name = netlist.node_name(node);
            if netlist.kind(node) == Kind::Port {
                return name.to_owned();
            }
            let (width, height) = netlist.size(node);
            let orientation = placement.orientation[node.usize()];
            format!("{name} {width:.2}×{height:.2} µm {orientation}")
        };
        self.titles = self.blocks.iter().map(title).collect();
        self
    }
}
