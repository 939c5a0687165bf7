use std::io::{self, Write};

use flagstone_geom::Orientation;
use flagstone_netlist::{Kind, NetId, Netlist, NodeId, PinId, Placement, Side};

use crate::scanner::escape;

/// What stands at one ordinal of the file.
#[derive(Clone, Copy)]
enum Entry {
    Node(NodeId),
    Pin(PinId),
}

/// Writes a netlist with the coordinates of a placement, in circuit_training's own layout:
/// attributes in alphabetical order, numbers in their shortest form.
///
/// # Errors
/// Those of the writer.
pub fn write(netlist: &Netlist, placement: &Placement, out: &mut impl Write) -> io::Result<()> {
    if let Some(ratio) = netlist.bloating_ratio {
        writeln!(out, "node {{\n  name: \"__metadata__\"")?;
        number(out, "soft_macro_area_bloating_ratio", ratio)?;
        writeln!(out, "}}")?;
    }
    let mut net_of = vec![None; netlist.n_pins()];
    for net in netlist.net_ids() {
        net_of[netlist.nets.driver[net.usize()].usize()] = Some(net);
    }
    for entry in entries(netlist) {
        match entry {
            Entry::Node(node) => write_node(netlist, placement, node, &net_of, out)?,
            Entry::Pin(pin) => write_pin(netlist, placement, pin, &net_of, out)?,
        }
    }
    Ok(())
}

/// Nodes and macro pins in the order of their ordinals.
fn entries(netlist: &Netlist) -> Vec<Entry> {
    let nodes =
        netlist.node_ids().map(|node| (netlist.nodes.index[node.usize()], Entry::Node(node)));
    let pins = (0..netlist.n_pins()).map(PinId::from_usize);
    let pins = pins.filter(|pin| is_macro(netlist, netlist.pins.node[pin.usize()]));
    let pins = pins.map(|pin| (netlist.pins.index[pin.usize()], Entry::Pin(pin)));
    let mut entries: Vec<_> = nodes.chain(pins).collect();
    entries.sort_by_key(|entry| entry.0);
    entries.into_iter().map(|entry| entry.1).collect()
}

fn is_macro(netlist: &Netlist, node: NodeId) -> bool {
    matches!(netlist.kind(node), Kind::HardMacro | Kind::SoftMacro)
}

fn head(netlist: &Netlist, name: &str, net: Option<NetId>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "node {{\n  name: \"{}\"", escape(name))?;
    let sinks = net.map_or(&[][..], |net| &netlist.net_pins.row(net)[1..]);
    for &sink in sinks {
        writeln!(out, "  input: \"{}\"", escape(netlist.pin_name(sink)))?;
    }
    Ok(())
}

fn write_node(
    netlist: &Netlist,
    placement: &Placement,
    node: NodeId,
    net_of: &[Option<NetId>],
    out: &mut impl Write,
) -> io::Result<()> {
    let kind = netlist.kind(node);
    let pin = (!is_macro(netlist, node)).then(|| netlist.node_pins.row(node).first()).flatten();
    let net = pin.and_then(|pin| net_of[pin.usize()]);
    head(netlist, netlist.node_name(node), net, out)?;
    let (width, height) = netlist.size(node);
    if kind != Kind::Port {
        number(out, "height", height)?;
    }
    let orientation = placement.orientation[node.usize()];
    if kind == Kind::HardMacro || orientation != Orientation::N {
        text(out, "orientation", orientation.as_str())?;
    }
    if let Some(ref_name) = netlist.nodes.ref_name[node.usize()] {
        text(out, "ref_name", netlist.names.get(ref_name))?;
    }
    if let Some(side) = netlist.nodes.side[node.usize()] {
        text(out, "side", side_name(side))?;
    }
    let kind_name = match kind {
        Kind::Port => "PORT",
        Kind::StdCell => "STDCELL",
        Kind::HardMacro | Kind::SoftMacro => "MACRO",
    };
    text(out, "type", kind_name)?;
    if let Some(pin) = pin
        && netlist.pins.weight[pin.usize()] != 1.0
    {
        number(out, "weight", netlist.pins.weight[pin.usize()])?;
    }
    if kind != Kind::Port {
        number(out, "width", width)?;
    }
    if placement.placed[node.usize()] {
        let center = placement.center(node);
        number(out, "x", center.x)?;
        number(out, "y", center.y)?;
    }
    writeln!(out, "}}")
}

fn write_pin(
    netlist: &Netlist,
    placement: &Placement,
    pin: PinId,
    net_of: &[Option<NetId>],
    out: &mut impl Write,
) -> io::Result<()> {
    let node = netlist.pins.node[pin.usize()];
    head(netlist, netlist.pin_name(pin), net_of[pin.usize()], out)?;
    text(out, "macro_name", netlist.node_name(node))?;
    text(out, "type", "MACRO_PIN")?;
    let weight = netlist.pins.weight[pin.usize()];
    if weight != 1.0 {
        number(out, "weight", weight)?;
    }
    let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
    let at = placement.pin(netlist, pin);
    let placed = placement.placed[node.usize()];
    if placed {
        number(out, "x", single(at.x))?;
    }
    number(out, "x_offset", dx)?;
    if placed {
        number(out, "y", single(at.y))?;
    }
    number(out, "y_offset", dy)?;
    writeln!(out, "}}")
}

/// A derived coordinate, in the precision the format has.
fn single(value: f64) -> f64 {
    (value as f32).to_string().parse().unwrap_or(value)
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Left => "LEFT",
        Side::Right => "RIGHT",
        Side::Top => "TOP",
        Side::Bottom => "BOTTOM",
    }
}

fn text(out: &mut impl Write, key: &str, value: &str) -> io::Result<()> {
    let value = escape(value);
    writeln!(
        out,
        "  attr {{\n    key: \"{key}\"\n    value {{\n      placeholder: \"{value}\"\n    }}\n  }}"
    )
}

fn number(out: &mut impl Write, key: &str, value: f64) -> io::Result<()> {
    writeln!(out, "  attr {{\n    key: \"{key}\"\n    value {{\n      f: {value:?}\n    }}\n  }}")
}
