//! The order in which hard macros are placed.
//!
//! Source: circuit_training `get_ordered_node_indices`. Differs from it: the distance of
//! `LegalizationOrder` is to the nearest of the four edges (theirs is wrong for the far ones), and
//! soft macros are left out, as they are never placed by an action.

use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Told apart from other random streams of the same seed.
const PURPOSE: u64 = 0x006f_7264_6572;

/// The order of the hard macros. Ties keep the netlist's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By area, the largest first.
    #[default]
    DescendingSizeMacroFirst,
    /// Shuffled.
    Random,
    /// Shuffled; differs from `Random` only where soft macros are placed, too.
    RandomMacroFirst,
    /// By distance of the initial location to the nearest edge of the canvas.
    LegalizationOrder,
    /// Each time the macro that fake nets pull most strongly to what has its turn behind it, ports
    /// and fixed macros first of all; then those with fake nets, then the largest.
    FakeNetTopological,
    /// As listed: every movable hard macro once.
    #[serde(skip)]
    File(Vec<NodeId>),
}

/// An attraction between two nodes that the user wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FakeNet {
    /// Its strength.
    pub weight: f64,
    /// One end.
    pub a: NodeId,
    /// The other end.
    pub b: NodeId,
}

impl FakeNet {
    /// The other end of a net of this node.
    pub fn partner(&self, node: NodeId) -> Option<NodeId> {
        match node {
            node if node == self.a => Some(self.b),
            node if node == self.b => Some(self.a),
            _ => None,
        }
    }
}

/// What an order is made from.
pub(crate) struct Inputs<'a> {
    pub(crate) netlist: &'a Netlist,
    pub(crate) canvas: &'a Canvas,
    pub(crate) initial: &'a Placement,
    pub(crate) seed: u64,
    pub(crate) fake_nets: &'a [FakeNet],
}

/// The movable hard macros in the order asked for.
pub(crate) fn ordered(order: &Order, inputs: &Inputs<'_>) -> Result<Vec<NodeId>, Error> {
    let Inputs { netlist, initial, .. } = *inputs;
    let mut nodes: Vec<NodeId> =
        netlist.nodes_of(Kind::HardMacro).filter(|node| !initial.fixed[node.usize()]).collect();
    match order {
        Order::DescendingSizeMacroFirst => {
            nodes.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)));
        }
        Order::Random | Order::RandomMacroFirst => {
            nodes.shuffle(&mut Pcg64Mcg::seed_from_u64(inputs.seed ^ PURPOSE));
        }
        Order::LegalizationOrder => {
            let distance = |node: NodeId| {
                let center = initial.center(node);
                let (right, top) =
                    (inputs.canvas.width - center.x, inputs.canvas.height - center.y);
                center.x.min(center.y).min(right).min(top)
            };
            nodes.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        }
        Order::FakeNetTopological => nodes = topological(nodes, inputs),
        Order::File(listed) => {
            let mut sorted = listed.clone();
            sorted.sort_unstable();
            if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(Error::ListedTwice { node: pair[0] });
            }
            if let Some(&node) = sorted.iter().find(|node| nodes.binary_search(node).is_err()) {
                return Err(Error::NotAMovableMacro { node });
            }
            if let Some(&node) = nodes.iter().find(|node| sorted.binary_search(node).is_err()) {
                return Err(Error::NotListed { node });
            }
            nodes.clone_from(listed);
        }
    }
    Ok(nodes)
}

/// Repeatedly the macro most strongly attached to the ones visited.
fn topological(mut left: Vec<NodeId>, inputs: &Inputs<'_>) -> Vec<NodeId> {
    let netlist = inputs.netlist;
    let mut pull = vec![0.0; netlist.n_nodes()];
    let mut attached = vec![false; netlist.n_nodes()];
    for net in inputs.fake_nets {
        attached[net.a.usize()] = true;
        attached[net.b.usize()] = true;
    }
    let visit = |node: NodeId, pull: &mut [f64]| {
        for net in inputs.fake_nets {
            if let Some(partner) = net.partner(node) {
                pull[partner.usize()] += net.weight;
            }
        }
    };
    for node in netlist.node_ids().filter(|node| inputs.initial.fixed[node.usize()]) {
        visit(node, &mut pull);
    }
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let stronger = |&best: &usize, &other: &usize| {
            let (a, b): (NodeId, NodeId) = (left[best], left[other]);
            pull[a.usize()]
                .total_cmp(&pull[b.usize()])
                .then(attached[a.usize()].cmp(&attached[b.usize()]))
                .then(netlist.area(a).total_cmp(&netlist.area(b)))
                // `max_by` keeps the last of equals, the netlist's order wants the first.
                .then(b.cmp(&a))
        };
        let best = (0..left.len()).max_by(stronger).expect("there is a macro left");
        let node = left.remove(best);
        visit(node, &mut pull);
        order.push(node);
    }
    order
}
