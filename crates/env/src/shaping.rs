//! The growth of the wirelength with every macro placed, for a reward at every step.
//!
//! Source of the idea: MaskPlace's dense reward. A net's box spans its pins on placed nodes.

use flagstone_geom::Point;
use flagstone_netlist::{NodeId, Placement};

use crate::Task;

/// Left, bottom, right, top; empty where left > right.
type Edges = [f64; 4];

const EMPTY: Edges = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// The box of every net's placed pins.
#[derive(Clone, Debug)]
pub(crate) struct Boxes {
    first: Vec<Edges>,
    current: Vec<Edges>,
    /// (Width + height) × sum of net weights.
    divisor: f64,
}

impl Boxes {
    /// The boxes before the first step.
    pub(crate) fn new(task: &Task, placement: &Placement) -> Self {
        let netlist = &task.netlist;
        let around = |pins: &[flagstone_netlist::PinId]| {
            pins.iter()
                .filter(|pin| placement.placed[netlist.pins.node[pin.usize()].usize()])
                .fold(EMPTY, |edges, &pin| including(edges, placement.pin(netlist, pin)))
        };
        let first: Vec<Edges> = netlist.net_pins.rows().map(around).collect();
        let divisor = (task.canvas.width + task.canvas.height) * netlist.total_net_weight();
        Self { current: first.clone(), first, divisor: divisor.max(f64::MIN_POSITIVE) }
    }

    pub(crate) fn reset(&mut self) {
        self.current.copy_from_slice(&self.first);
    }

    /// Adds a placed macro; returns by how much the wirelength cost grew.
    pub(crate) fn place(&mut self, task: &Task, placement: &Placement, node: NodeId) -> f64 {
        let netlist = &task.netlist;
        let nets = netlist.node_nets.row(node);
        let length = |boxes: &[Edges]| -> f64 {
            let of = |net: &flagstone_netlist::NetId| {
                netlist.nets.weight[net.usize()] * half_perimeter(&boxes[net.usize()])
            };
            nets.iter().map(of).sum()
        };
        let before = length(&self.current);
        // A net's pins are looked at from the net, as a sink does not know its net.
        for &net in nets {
            for &pin in netlist.net_pins.row(net) {
                if netlist.pins.node[pin.usize()] == node {
                    let edges = self.current[net.usize()];
                    self.current[net.usize()] = including(edges, placement.pin(netlist, pin));
                }
            }
        }
        (length(&self.current) - before) / self.divisor
    }
}

fn including(edges: Edges, p: Point) -> Edges {
    [edges[0].min(p.x), edges[1].min(p.y), edges[2].max(p.x), edges[3].max(p.y)]
}

fn half_perimeter(edges: &Edges) -> f64 {
    if edges[0] > edges[2] { 0.0 } else { edges[2] - edges[0] + edges[3] - edges[1] }
}
