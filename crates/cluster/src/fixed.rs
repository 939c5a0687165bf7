//! Groups that are known before the partition: the pins of each macro, ports that lie side by side,
//! and the cells next to them.

use std::collections::HashMap;

use flagstone_geom::Point;
use flagstone_netlist::{Canvas, Netlist};

use crate::flat::{Flat, Item, Ordinal};

/// The groups, numbered from zero without gaps: macros with pins in the netlist's order, then ports.
pub(crate) struct FixedGroups {
    /// Group of each ordinal.
    pub(crate) of: Vec<Option<u32>>,
    /// Number of groups.
    pub(crate) n: u32,
}

/// Sides in the order of circuit_training's enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Border {
    Top,
    Right,
    Bottom,
    Left,
}

pub(crate) fn fixed_groups(
    netlist: &Netlist,
    canvas: &Canvas,
    flat: &Flat,
    levels: u32,
) -> FixedGroups {
    let mut groups = FixedGroups { of: vec![None; flat.len()], n: 0 };
    groups.macro_pins(netlist, flat);
    groups.placed_ports(canvas, flat);
    groups.unplaced_ports(netlist, flat);
    for _ in 0..levels {
        groups.expand(flat);
    }
    groups
}

impl FixedGroups {
    fn macro_pins(&mut self, netlist: &Netlist, flat: &Flat) {
        let macros = flat.items.iter().filter_map(|item| match item {
            Item::Macro(node) => Some(*node),
            _ => None,
        });
        for node in macros {
            let pins = netlist.node_pins.row(node);
            for pin in pins {
                self.of[netlist.pins.index[pin.usize()] as usize] = Some(self.n);
            }
            self.n += u32::from(!pins.is_empty());
        }
    }

    /// Ports on one side, sorted along it; a group spans at most a cell of the grid.
    fn placed_ports(&mut self, canvas: &Canvas, flat: &Flat) {
        let mut ports: Vec<(Border, f64, usize)> = Vec::new();
        for (ordinal, item) in flat.items.iter().enumerate() {
            if let (Item::Port(..), Some(at)) = (item, flat.at[ordinal]) {
                let border = border(canvas, at);
                let upright = matches!(border, Border::Left | Border::Right);
                ports.push((border, if upright { at.y } else { at.x }, ordinal));
            }
        }
        ports.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let grid = canvas.grid();
        let mut first: Option<(Border, f64)> = None;
        for (border, along, ordinal) in ports {
            let upright = matches!(border, Border::Left | Border::Right);
            let span = if upright { grid.cell_height() } else { grid.cell_width() };
            if first.is_none_or(|(side, from)| side != border || along - from > span) {
                first = Some((border, along));
                self.n += 1;
            }
            self.of[ordinal] = Some(self.n - 1);
        }
    }

    /// Ports without coordinates: the bits of a bus are a group.
    fn unplaced_ports(&mut self, netlist: &Netlist, flat: &Flat) {
        let mut group_of: HashMap<&str, u32> = HashMap::new();
        for (ordinal, item) in flat.items.iter().enumerate() {
            if let (Item::Port(node, _), None) = (item, flat.at[ordinal]) {
                let group = *group_of.entry(bus(netlist.node_name(*node))).or_insert(self.n);
                self.n = self.n.max(group + 1);
                self.of[ordinal] = Some(group);
            }
        }
    }

    /// Cells driven by, or driving, a node of a group join it; the first comes first.
    fn expand(&mut self, flat: &Flat) {
        let before = self.of.clone();
        let grouped = before.iter().enumerate().filter_map(|(node, &group)| Some((node, group?)));
        for (node, group) in grouped {
            let node = Ordinal(node as u32);
            for next in flat.sinks.row(node).iter().chain(flat.sources.row(node)) {
                let next = next.0 as usize;
                if flat.is_cell(next) {
                    self.of[next].get_or_insert(group);
                }
            }
        }
    }
}

/// The side a point belongs to, cut by the canvas' diagonals.
fn border(canvas: &Canvas, at: Point) -> Border {
    let rising = at.x * canvas.height / canvas.width;
    match (at.y > rising, at.y > canvas.height - rising) {
        (true, true) => Border::Top,
        (true, false) => Border::Left,
        (false, true) => Border::Right,
        (false, false) => Border::Bottom,
    }
}

/// A name without the index of the bit: `data[3]` and `data_3` are of the bus `data`.
fn bus(name: &str) -> &str {
    let stem =
        name.strip_suffix(']').unwrap_or(name).trim_end_matches(|c: char| c.is_ascii_digit());
    stem.strip_suffix(['[', '_']).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_know_their_bus_and_ports_their_side() {
        let names = ["data[3]", "data_12", "clk", "x2", "[1]", "a[1][2]"];
        assert_eq!(names.map(bus), ["data", "data", "clk", "x2", "[1]", "a[1]"]);
        let canvas = Canvas::new(4.0, 2.0);
        let points = [(2.0, 1.9), (3.9, 1.0), (2.0, 0.1), (0.1, 1.0)];
        let found = points.map(|(x, y)| border(&canvas, Point::new(x, y)));
        assert_eq!(found, [Border::Top, Border::Right, Border::Bottom, Border::Left]);
    }
}
