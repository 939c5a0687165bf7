//! Questions about single nodes, and moving them.

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Kind, NetId, NodeId, PinId, Side};
use serde_json::{Value, json};

use super::args::{Answer, Args};
use super::protocol::{done, pair};
use super::state::{Item, State};

pub(super) fn macro_indices(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(state.netlist.macros().map(|node| state.index(node)).collect())
}

pub(super) fn index(state: &mut State, args: &Args<'_>) -> Answer {
    let item = args.item(0, state)?;
    Ok(state.item_index(item).into())
}

pub(super) fn name(state: &mut State, args: &Args<'_>) -> Answer {
    if past_the_end(state, args) {
        return Ok("".into());
    }
    Ok(match args.item(0, state)? {
        Item::Node(node) => state.netlist.node_name(node).into(),
        Item::Pin(pin) => state.netlist.pin_name(pin).into(),
    })
}

/// Whether the node is an index past the last one: where names and types are concerned that is no
/// error, since clients count up until they are empty.
fn past_the_end(state: &State, args: &Args<'_>) -> bool {
    args.whole(0, "node").is_ok_and(|index| index as usize >= state.n_items())
}

pub(super) fn kind(state: &mut State, args: &Args<'_>) -> Answer {
    if past_the_end(state, args) {
        return Ok("".into());
    }
    let kind = match args.item(0, state)? {
        Item::Pin(_) => "MACRO_PIN",
        Item::Node(node) => match state.netlist.kind(node) {
            Kind::HardMacro | Kind::SoftMacro => "MACRO",
            Kind::Port => "PORT",
            Kind::StdCell => "STDCELL",
        },
    };
    Ok(kind.into())
}

pub(super) fn ref_node(state: &mut State, args: &Args<'_>) -> Answer {
    Ok(match args.item(0, state)? {
        Item::Node(_) => (-1).into(),
        item @ Item::Pin(_) => state.index(state.owner(item)).into(),
    })
}

pub(super) fn weight(state: &mut State, args: &Args<'_>) -> Answer {
    let netlist = &state.netlist;
    let pin = match args.item(0, state)? {
        Item::Pin(pin) => Some(pin),
        // A port or cell has one pin, which carries its weight; a macro has none of its own.
        Item::Node(node) if !state.is_macro(node) => netlist.node_pins.row(node).first().copied(),
        Item::Node(_) => None,
    };
    Ok(pin.map_or(1.0, |pin| netlist.pins.weight[pin.usize()]).into())
}

pub(super) fn is_soft(state: &mut State, args: &Args<'_>) -> Answer {
    let item = args.item(0, state)?;
    let soft = |node| state.netlist.kind(node) == Kind::SoftMacro;
    Ok(matches!(item, Item::Node(node) if soft(node)).into())
}

pub(super) fn is_fixed(state: &mut State, args: &Args<'_>) -> Answer {
    let item = args.item(0, state)?;
    let fixed = |node: NodeId| state.placement.fixed[node.usize()];
    // The original marks nodes alone: a pin of a fixed macro is not fixed.
    Ok(matches!(item, Item::Node(node) if fixed(node)).into())
}

pub(super) fn is_placed(state: &mut State, args: &Args<'_>) -> Answer {
    let owner = state.owner(args.item(0, state)?);
    Ok(state.placement.placed[owner.usize()].into())
}

pub(super) fn location(state: &mut State, args: &Args<'_>) -> Answer {
    let p = state.location(args.item(0, state)?);
    Ok(pair(p.x, p.y))
}

/// Lists in a list: the client knows tuples only where they are the whole answer.
pub(super) fn locations(state: &mut State, args: &Args<'_>) -> Answer {
    let items = args.items(0, state)?;
    let locations = items.into_iter().map(|item| state.location(item));
    Ok(locations.map(|p| json!([p.x, p.y])).collect())
}

pub(super) fn size(state: &mut State, args: &Args<'_>) -> Answer {
    let (width, height) = match args.item(0, state)? {
        Item::Node(node) => state.netlist.size(node),
        Item::Pin(_) => (0.0, 0.0),
    };
    Ok(pair(width, height))
}

pub(super) fn grid_cell(state: &mut State, args: &Args<'_>) -> Answer {
    let item = args.item(0, state)?;
    let placed = state.placement.placed[state.owner(item).usize()];
    let cell = state.canvas.grid().cell_at(state.location(item)).filter(|_| placed);
    Ok(cell.map_or(Value::from(-1), Value::from))
}

/// A macro's or cell's orientation; empty for ports and pins.
pub(super) fn orientation(state: &mut State, args: &Args<'_>) -> Answer {
    Ok(match args.item(0, state)? {
        Item::Node(node) if state.netlist.kind(node) != Kind::Port => {
            state.placement.orientation[node.usize()].as_str().into()
        }
        Item::Node(_) | Item::Pin(_) => "".into(),
    })
}

pub(super) fn update_orientation(state: &mut State, args: &Args<'_>) -> Answer {
    let node = macro_of(state, args)?;
    let text = args.text(1, "orientation")?;
    let orientation: Orientation =
        text.parse().map_err(|error| format!("orientation {text:?}: {error}"))?;
    state.placement.orientation[node.usize()] = orientation;
    state.changed();
    Ok(done())
}

/// The sinks of a pin, port or cell; of a macro its own pins that drive a net, which circuit_training
/// then asks for their sinks.
pub(super) fn fan_outs(state: &mut State, args: &Args<'_>) -> Answer {
    let item = args.item(0, state)?;
    let owner = state.owner(item);
    let netlist = &state.netlist;
    let asked = |pin: PinId| match item {
        Item::Pin(only) => pin == only,
        Item::Node(node) => netlist.pins.node[pin.usize()] == node,
    };
    let driver = |net: NetId| netlist.nets.driver[net.usize()];
    let driven = netlist.node_nets.row(owner).iter().copied().filter(|&net| asked(driver(net)));
    let index = |pin: PinId| netlist.pins.index[pin.usize()];
    if matches!(item, Item::Node(node) if state.is_macro(node)) {
        let mut drivers: Vec<u32> = driven.map(|net| index(driver(net))).collect();
        drivers.sort_unstable();
        drivers.dedup();
        return Ok(drivers.into());
    }
    let sinks = driven.flat_map(|net| &netlist.net_pins.row(net)[1..]);
    Ok(sinks.map(|&pin| index(pin)).collect())
}

fn macro_of(state: &State, args: &Args<'_>) -> Result<NodeId, String> {
    let node = args.node(0, state)?;
    if state.is_macro(node) { Ok(node) } else { Err("node must be a macro".to_owned()) }
}

/// A node the client may move.
fn movable(state: &State, args: &Args<'_>) -> Result<NodeId, String> {
    let node = args.node(0, state)?;
    if state.netlist.kind(node) == Kind::Port {
        return Err("node is a port; ports stay where they are".to_owned());
    }
    if state.placement.fixed[node.usize()] {
        return Err(format!("node {} is fixed", state.netlist.node_name(node)));
    }
    Ok(node)
}

/// A cell of the placement grid.
pub(super) fn cell(state: &State, args: &Args<'_>) -> Result<usize, String> {
    let (cell, n) = (args.whole(1, "cell")? as usize, state.canvas.grid().n_cells());
    if cell < n { Ok(cell) } else { Err(format!("cell {cell} is out of range, there are {n}")) }
}

pub(super) fn place(state: &mut State, args: &Args<'_>) -> Answer {
    let (node, cell) = (movable(state, args)?, cell(state, args)?);
    state.placement.set_center(node, state.canvas.grid().center(cell));
    state.placement.placed[node.usize()] = true;
    state.changed();
    Ok(done())
}

pub(super) fn unplace(state: &mut State, args: &Args<'_>) -> Answer {
    let node = movable(state, args)?;
    state.placement.placed[node.usize()] = false;
    state.changed();
    Ok(done())
}

pub(super) fn unplace_all(state: &mut State, _: &Args<'_>) -> Answer {
    for node in state.netlist.node_ids() {
        let stays = state.netlist.kind(node) == Kind::Port || state.placement.fixed[node.usize()];
        state.placement.placed[node.usize()] &= stays;
    }
    state.changed();
    Ok(done())
}

pub(super) fn update_coords(state: &mut State, args: &Args<'_>) -> Answer {
    let node = args.node(0, state)?;
    let center = Point::new(args.number(1, "x")?, args.number(2, "y")?);
    if args.has(3) {
        // Pins always follow their macro here; the flag is checked, not needed.
        args.truth(3, "sync_pins")?;
    }
    state.placement.set_center(node, center);
    state.placement.placed[node.usize()] = true;
    state.changed();
    Ok(done())
}

pub(super) fn set_fixed(state: &mut State, args: &Args<'_>, fixed: bool) -> Answer {
    let node = args.node(0, state)?;
    state.placement.fixed[node.usize()] = fixed;
    Ok(done())
}

/// The side of the canvas that is nearest.
fn nearest_side(state: &State, p: Point) -> Side {
    let sides = [
        (p.x, Side::Left),
        (state.canvas.width - p.x, Side::Right),
        (state.canvas.height - p.y, Side::Top),
        (p.y, Side::Bottom),
    ];
    let nearest = sides.into_iter().min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    nearest.map_or(Side::Left, |(_, side)| side)
}

pub(super) fn update_port_sides(state: &mut State, _: &Args<'_>) -> Answer {
    let ports: Vec<NodeId> = state.netlist.nodes_of(Kind::Port).collect();
    for port in ports {
        let side = nearest_side(state, state.placement.center(port));
        state.netlist.nodes.side[port.usize()] = Some(side);
    }
    Ok(done())
}

pub(super) fn snap_ports(state: &mut State, _: &Args<'_>) -> Answer {
    let ports: Vec<NodeId> = state.netlist.nodes_of(Kind::Port).collect();
    for port in ports {
        let mut p = state.placement.center(port);
        let side = state.netlist.nodes.side[port.usize()];
        match side.unwrap_or_else(|| nearest_side(state, p)) {
            Side::Left => p.x = 0.0,
            Side::Right => p.x = state.canvas.width,
            Side::Top => p.y = state.canvas.height,
            Side::Bottom => p.y = 0.0,
        }
        state.placement.set_center(port, p);
    }
    state.changed();
    Ok(done())
}

pub(super) fn square_soft_macros(state: &mut State, _: &Args<'_>) -> Answer {
    state.netlist = state.netlist.with_square_soft_macros();
    state.changed();
    Ok(done())
}
