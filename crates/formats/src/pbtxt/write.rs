use std::collections::HashSet;
use std::io::{self, Write};

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Kind, NetId, Netlist, NodeId, PinId, Placement, Side};

use crate::scanner::escape;

/// What stands at one ordinal of the file.
#[derive(Clone, Copy)]
enum Entry {
    Node(NodeId),
    Pin(PinId),
}

/// How a netlist is spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Numbers in their shortest form as `f64`, all kinds in capitals, library cells kept.
    #[default]
    Plain,
    /// As circuit_training's grouper prints, byte for byte: numbers as `f32` in Python's form, the
    /// types of soft macros and their pins in small letters, no library cells.
    Grouper,
}

/// Nets that become part of another when a netlist is written: the format gives a port or standard
/// cell a single output, so all that its pins drive is one net.
pub fn n_merged_nets(netlist: &Netlist) -> usize {
    let drivers = netlist.nets.driver.iter().map(|pin| netlist.pins.index[pin.usize()]);
    netlist.n_nets() - drivers.collect::<HashSet<u32>>().len()
}

/// Writes a netlist with the coordinates of a placement, in circuit_training's own layout:
/// attributes in alphabetical order, numbers in their shortest form. Nets that a port or standard
/// cell drives with several pins are merged, see [`n_merged_nets`]; the largest weight is kept.
///
/// # Errors
/// Those of the writer.
pub fn write(netlist: &Netlist, placement: &Placement, out: &mut impl Write) -> io::Result<()> {
    write_styled(netlist, placement, Style::Plain, out)
}

/// Writes a netlist in one of the spellings.
///
/// # Errors
/// Those of the writer.
pub fn write_styled(
    netlist: &Netlist,
    placement: &Placement,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut nets: Vec<NetId> = netlist.net_ids().collect();
    nets.sort_by_key(|&net| driver_index(netlist, net));
    let mut writer = Writer { netlist, placement, nets, style, out };
    if let Some(ratio) = netlist.bloating_ratio {
        writeln!(writer.out, "node {{\n  name: \"__metadata__\"")?;
        writer.number("soft_macro_area_bloating_ratio", ratio)?;
        writeln!(writer.out, "}}")?;
    }
    for entry in entries(netlist) {
        match entry {
            Entry::Node(node) => writer.node(node)?,
            Entry::Pin(pin) => writer.pin(pin)?,
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

/// Ordinal of the record that drives a net.
fn driver_index(netlist: &Netlist, net: NetId) -> u32 {
    netlist.pins.index[netlist.nets.driver[net.usize()].usize()]
}

/// Those of the nets, sorted by their drivers, that the record at an ordinal drives.
fn driven<'a>(netlist: &Netlist, nets: &'a [NetId], index: u32) -> &'a [NetId] {
    let start = nets.partition_point(|&net| driver_index(netlist, net) < index);
    let nets = &nets[start..];
    &nets[..nets.partition_point(|&net| driver_index(netlist, net) == index)]
}

struct Writer<'a, W> {
    netlist: &'a Netlist,
    placement: &'a Placement,
    /// All nets, sorted by the ordinals of their drivers.
    nets: Vec<NetId>,
    style: Style,
    out: &'a mut W,
}

impl<W: Write> Writer<'_, W> {
    /// The name of the record at an ordinal and the distinct sinks of all that it drives.
    fn head(&mut self, name: &str, index: u32) -> io::Result<()> {
        writeln!(self.out, "node {{\n  name: \"{}\"", escape(name))?;
        let netlist = self.netlist;
        let mut written = HashSet::new();
        for &net in driven(netlist, &self.nets, index) {
            for &sink in &netlist.net_pins.row(net)[1..] {
                if written.insert(netlist.pins.index[sink.usize()]) {
                    writeln!(self.out, "  input: \"{}\"", escape(netlist.pin_name(sink)))?;
                }
            }
        }
        Ok(())
    }

    /// Weight of the net of a port or standard cell; that of its pin where it drives none.
    fn node_weight(&self, node: NodeId) -> f64 {
        let Netlist { nodes, pins, nets, node_pins, .. } = self.netlist;
        let driven = driven(self.netlist, &self.nets, nodes.index[node.usize()]).iter();
        let most = driven.map(|net| nets.weight[net.usize()]).reduce(f64::max);
        let own = || node_pins.row(node).first().map(|pin| pins.weight[pin.usize()]);
        most.or_else(own).unwrap_or(1.0)
    }

    fn node(&mut self, node: NodeId) -> io::Result<()> {
        let (netlist, placement) = (self.netlist, self.placement);
        let kind = netlist.kind(node);
        self.head(netlist.node_name(node), netlist.nodes.index[node.usize()])?;
        let (width, height) = netlist.size(node);
        if kind != Kind::Port {
            self.number("height", height)?;
        }
        let orientation = placement.orientation[node.usize()];
        if kind == Kind::HardMacro || orientation != Orientation::N {
            self.text("orientation", orientation.as_str())?;
        }
        if let (Some(ref_name), Style::Plain) = (netlist.nodes.ref_name[node.usize()], self.style) {
            self.text("ref_name", netlist.names.get(ref_name))?;
        }
        if let Some(side) = netlist.nodes.side[node.usize()] {
            self.text("side", side_name(side))?;
        }
        self.text("type", self.kind_name(kind))?;
        let weight = if is_macro(netlist, node) { 1.0 } else { self.node_weight(node) };
        if weight != 1.0 {
            self.number("weight", weight)?;
        }
        if kind != Kind::Port {
            self.number("width", width)?;
        }
        if placement.placed[node.usize()] {
            let center = placement.center(node);
            self.number("x", center.x)?;
            self.number("y", center.y)?;
        }
        writeln!(self.out, "}}")
    }

    fn kind_name(&self, kind: Kind) -> &'static str {
        match (kind, self.style) {
            (Kind::Port, _) => "PORT",
            (Kind::StdCell, _) => "STDCELL",
            (Kind::SoftMacro, Style::Grouper) => "macro",
            (Kind::HardMacro | Kind::SoftMacro, _) => "MACRO",
        }
    }

    fn pin(&mut self, pin: PinId) -> io::Result<()> {
        let netlist = self.netlist;
        let node = netlist.pins.node[pin.usize()];
        self.head(netlist.pin_name(pin), netlist.pins.index[pin.usize()])?;
        self.text("macro_name", netlist.node_name(node))?;
        let soft = netlist.kind(node) == Kind::SoftMacro && self.style == Style::Grouper;
        self.text("type", if soft { "macro_pin" } else { "MACRO_PIN" })?;
        let weight = netlist.pins.weight[pin.usize()];
        if weight != 1.0 {
            self.number("weight", weight)?;
        }
        let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
        let at = self.position(pin);
        let placed = self.placement.placed[node.usize()];
        if placed {
            self.number("x", single(at.x))?;
        }
        self.number("x_offset", dx)?;
        if placed {
            self.number("y", single(at.y))?;
        }
        self.number("y_offset", dy)?;
        writeln!(self.out, "}}")
    }

    /// Where a pin is; the grouper adds numbers that were rounded to `f32` before.
    fn position(&self, pin: PinId) -> Point {
        if self.style == Style::Plain {
            return self.placement.pin(self.netlist, pin);
        }
        let round = |value: f64| f64::from(value as f32);
        let (pins, node) = (&self.netlist.pins, self.netlist.pins.node[pin.usize()]);
        let (dx, dy) = (round(pins.dx[pin.usize()]), round(pins.dy[pin.usize()]));
        let (dx, dy) = self.placement.orientation[node.usize()].apply(dx, dy);
        let center = self.placement.center(node);
        Point::new(round(center.x) + dx, round(center.y) + dy)
    }

    fn text(&mut self, key: &str, value: &str) -> io::Result<()> {
        let value = escape(value);
        writeln!(
            self.out,
            "  attr {{\n    key: \"{key}\"\n    value {{\n      placeholder: \"{value}\"\n    }}\n  }}"
        )
    }

    fn number(&mut self, key: &str, value: f64) -> io::Result<()> {
        let value = match self.style {
            Style::Plain => format!("{value:?}"),
            Style::Grouper => python_f32(value),
        };
        writeln!(
            self.out,
            "  attr {{\n    key: \"{key}\"\n    value {{\n      f: {value}\n    }}\n  }}"
        )
    }
}

/// A number in the fewest digits, six at least, that give the same `f32`, spelled as Python spells
/// it. A number half-way between two such decimals goes to the even one, unlike `f32`'s own form.
fn python_f32(value: f64) -> String {
    const DIGITS: std::ops::RangeInclusive<usize> = 6..=9;
    const PLAIN: std::ops::Range<f64> = 1e-4..1e16;
    let value = value as f32;
    let mut candidates = DIGITS.map(|digits| format!("{:.*e}", digits - 1, f64::from(value)));
    let text = candidates.find(|text| text.parse() == Ok(value)).unwrap_or_default();
    let decimal = text.parse().unwrap_or_else(|_| f64::from(value));
    if decimal == 0.0 || PLAIN.contains(&decimal.abs()) {
        return format!("{decimal:?}");
    }
    let text = format!("{decimal:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// A derived coordinate, in the precision the format has and within its range.
fn single(value: f64) -> f64 {
    let value = value.clamp(f64::from(f32::MIN), f64::from(f32::MAX));
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

#[cfg(test)]
mod tests {
    use super::python_f32;

    #[test]
    fn numbers_look_like_pythons() {
        let cases = [(2.0, "2.0"), (1416.9, "1416.9"), (-0.035, "-0.035"), (0.0, "0.0")];
        for (value, text) in cases.into_iter().chain([(1.5e-5, "1.5e-05"), (1e16, "1e+16")]) {
            assert_eq!(python_f32(value), text);
        }
        assert_eq!(python_f32(1_234_567_890.0), "1234568000.0");
        assert_eq!(python_f32(2864.78125), "2864.7812");
    }
}
