//! The texts' tables turned into a design.

use std::ops::Range;

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Builder, Kind, NodeId, PinId, Placement};

use super::nets::Nets;
use super::nodes::{Node, Nodes};
use super::pl::{Place, Places};
use super::scl::{self, Row};
use super::{Design, Direction, FileNet, Fixed, Mark, Terminal};
use crate::Diagnostics;

/// Free area that a canvas gets beyond the area of its nodes, where nothing states its size.
pub(crate) const ROOM: f64 = 1.15;

/// The canvas and what tells macros from cells.
struct Frame {
    core: Rect,
    row_height: f64,
}

pub(super) fn build(
    nodes: &Nodes<'_>,
    nets: &Nets<'_>,
    pl: &Places,
    rows: Vec<Row>,
    weights: &[f64],
    diagnostics: &mut Diagnostics<'_>,
) -> Design {
    let frame = frame(nodes, pl, &rows);
    let mut builder = Builder::new();
    let mut marks = Vec::with_capacity(nodes.list.len());
    for (node, place) in nodes.list.iter().zip(&pl.of_node) {
        let orientation = place.map(|place| place.orientation).unwrap_or_default();
        let mark = Mark {
            width: node.width,
            height: node.height,
            terminal: node.terminal,
            fixed: place.map_or(Fixed::No, |place| place.fixed),
            base: orientation.split_turn().0,
        };
        add_node(&mut builder, node, place.as_ref(), &frame, diagnostics);
        marks.push(mark);
    }
    add_pins(&mut builder, nets, weights, &marks);
    let file_nets = add_nets(&mut builder, nets);
    let netlist = builder.build();
    let origin = Point::new(frame.core.x0, frame.core.y0);
    let mut placement = Placement::new(&netlist);
    for (node, (mark, place)) in marks.iter().zip(&pl.of_node).enumerate() {
        let terminal = mark.terminal != Terminal::No;
        placement.placed[node] = place.is_some();
        if let Some(place) = place {
            let corner = Point::new(place.x, place.y);
            let center = center(corner, origin, mark.size(place.orientation));
            placement.set_center(NodeId::from_usize(node), center);
            placement.fixed[node] |= terminal || mark.fixed != Fixed::No;
        }
    }
    Design {
        netlist,
        placement,
        origin,
        size: (frame.core.width(), frame.core.height()),
        row_height: frame.row_height,
        rows,
        marks,
        nets: file_nets,
        directions: nets.pins.iter().map(|pin| pin.direction).collect(),
        pl_order: pl.order.iter().map(|&node| NodeId(node)).collect(),
    }
}

/// Centre on the canvas of the box whose lower-left corner a file gives.
pub(super) fn center(corner: Point, origin: Point, size: (f64, f64)) -> Point {
    Point::new(corner.x - origin.x + size.0 / 2.0, corner.y - origin.y + size.1 / 2.0)
}

fn frame(nodes: &Nodes<'_>, pl: &Places, rows: &[Row]) -> Frame {
    let heights = rows.iter().map(|row| row.height);
    let row_height = heights.reduce(f64::min).unwrap_or_else(|| usual_height(&nodes.list));
    let core = scl::core(rows)
        .or_else(|| boxes(nodes, pl, |node| node.terminal != Terminal::No))
        .or_else(|| boxes(nodes, pl, |_| true))
        .unwrap_or_else(|| {
            let area: f64 = nodes.list.iter().map(|node| node.width * node.height).sum();
            let side = (area * ROOM).sqrt().clamp(1.0, f64::MAX);
            Rect { x0: 0.0, y0: 0.0, x1: side, y1: side }
        });
    Frame { core, row_height }
}

/// The most common height of the movable nodes, of equally common ones the smallest.
fn usual_height(nodes: &[Node<'_>]) -> f64 {
    let movable = nodes.iter().filter(|node| node.terminal == Terminal::No);
    let mut heights: Vec<f64> = movable.map(|node| node.height).collect();
    heights.sort_by(f64::total_cmp);
    let groups = heights.chunk_by(|a, b| a == b);
    let largest = groups.fold(
        &[] as &[f64],
        |best, group| {
            if group.len() > best.len() { group } else { best }
        },
    );
    largest.first().copied().unwrap_or(0.0)
}

/// The box around the placed nodes of a choice, where it has an area.
fn boxes(nodes: &Nodes<'_>, pl: &Places, choose: impl Fn(&Node<'_>) -> bool) -> Option<Rect> {
    let placed = nodes.list.iter().zip(&pl.of_node).filter(|(node, _)| choose(node));
    let boxes = placed.filter_map(|(node, place)| Some(outline(node, place.as_ref()?)));
    let around = boxes.reduce(|a, b| scl::union(&a, &b))?;
    (around.area() > 0.0 && around.area().is_finite()).then_some(around)
}

fn outline(node: &Node<'_>, place: &Place) -> Rect {
    let (mut width, mut height) = (node.width, node.height);
    if place.orientation.is_turned() {
        (width, height) = (height, width);
    }
    Rect { x0: place.x, y0: place.y, x1: place.x + width, y1: place.y + height }
}

fn add_node(
    builder: &mut Builder,
    node: &Node<'_>,
    place: Option<&Place>,
    frame: &Frame,
    diagnostics: &mut Diagnostics<'_>,
) {
    let kind = kind(node, place, frame);
    if place.is_none() && kind == Kind::Port {
        let message = format!("terminal {:?} has no place in .pl", node.name);
        diagnostics.warning(node.at, message, None);
    }
    let orientation = place.map(|place| place.orientation).unwrap_or_default();
    let (mut width, mut height) = (node.width, node.height);
    if orientation.is_turned() {
        (width, height) = (height, width);
    }
    let sized = kind != Kind::Port;
    builder.node(flagstone_netlist::Node {
        kind,
        name: node.name,
        width: if sized { width } else { 0.0 },
        height: if sized { height } else { 0.0 },
        orientation: orientation.split_turn().1,
        ..flagstone_netlist::Node::default()
    });
}

/// The table of the module's documentation.
fn kind(node: &Node<'_>, place: Option<&Place>, frame: &Frame) -> Kind {
    if node.terminal == Terminal::No {
        let tall = node.height > frame.row_height * (1.0 + 1e-9);
        return if tall { Kind::HardMacro } else { Kind::StdCell };
    }
    let area = node.width * node.height;
    if node.terminal == Terminal::NotInImage || area == 0.0 {
        return Kind::Port;
    }
    let small = node.width <= frame.row_height && node.height <= frame.row_height;
    let Some(outline) = place.map(|place| outline(node, place)) else {
        return if small { Kind::Port } else { Kind::HardMacro };
    };
    let core = &frame.core;
    let within = core.x0 < outline.x0
        && outline.x1 < core.x1
        && core.y0 < outline.y0
        && outline.y1 < core.y1;
    if core.intersection(&outline).is_none() || (small && !within) {
        Kind::Port
    } else {
        Kind::HardMacro
    }
}

/// Adds all pins in file order, turned with their nodes. The driver's weight is the net's.
fn add_pins(builder: &mut Builder, nets: &Nets<'_>, weights: &[f64], marks: &[Mark]) {
    let mut n_pins_of: Vec<u32> = Vec::new();
    let mut name = String::new();
    for (net, &weight) in weights.iter().enumerate() {
        let pins = nets.pins_of(net);
        let driver = driver(pins.clone(), |pin| nets.pins[pin].direction);
        for row in pins {
            let pin = &nets.pins[row];
            let node = NodeId(pin.node);
            name.clear();
            if builder.shape(node).0 == Kind::HardMacro {
                if n_pins_of.len() <= node.usize() {
                    n_pins_of.resize(node.usize() + 1, 0);
                }
                let ordinal = n_pins_of[node.usize()];
                n_pins_of[node.usize()] += 1;
                name.push_str(builder.name(node));
                name.push_str("/p");
                name.push_str(&ordinal.to_string());
            }
            let (dx, dy) = marks[node.usize()].base.apply(pin.dx, pin.dy);
            builder.pin(flagstone_netlist::Pin {
                node,
                name: &name,
                dx,
                dy,
                weight: if Some(row) == driver { weight } else { 1.0 },
                index: None,
            });
        }
    }
}

/// The first output of a net, else its first pin.
pub(super) fn driver(pins: Range<usize>, direction: impl Fn(usize) -> Direction) -> Option<usize> {
    let mut outputs = pins.clone().filter(|&pin| direction(pin) == Direction::Output);
    outputs.next().or((!pins.is_empty()).then_some(pins.start))
}

fn add_nets(builder: &mut Builder, nets: &Nets<'_>) -> Vec<FileNet> {
    let mut file_nets = Vec::with_capacity(nets.list.len());
    let mut sinks = Vec::new();
    for (net, entry) in nets.list.iter().enumerate() {
        let pins = nets.pins_of(net);
        let driver = driver(pins.clone(), |pin| nets.pins[pin].direction);
        file_nets.push(FileNet {
            name: entry.name.map(Box::from),
            pins: pins.start as u32..pins.end as u32,
        });
        if let Some(driver) = driver {
            sinks.clear();
            sinks.extend(pins.filter(|&pin| pin != driver).map(PinId::from_usize));
            builder.net(PinId::from_usize(driver), &sinks);
        }
    }
    file_nets
}
