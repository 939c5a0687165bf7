use flagstone_geom::Orientation;

use crate::{Csr, Kind, NameId, NetId, Netlist, NodeId, Nodes, PinId, Pins, Side};

/// A node to add.
#[derive(Clone, Copy, Debug, Default)]
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: &'a str,
    /// Width in µm.
    pub width: f64,
    /// Height in µm.
    pub height: f64,
    /// Orientation in the file.
    pub orientation: Orientation,
    /// Side of a port.
    pub side: Option<Side>,
    /// Library cell of a hard macro.
    pub ref_name: Option<&'a str>,
    /// Ordinal in the file; `None` for the next free one.
    pub index: Option<u32>,
}

/// A pin to add.
#[derive(Clone, Copy, Debug)]
pub struct Pin<'a> {
    /// The node it sits on.
    pub node: NodeId,
    /// Its name.
    pub name: &'a str,
    /// Offset from the node's centre, µm.
    pub dx: f64,
    /// Offset from the node's centre, µm.
    pub dy: f64,
    /// Weight of the net it drives.
    pub weight: f64,
    /// Ordinal in the file; `None` for the next free one (for the pin of a port or standard cell:
    /// the node's own).
    pub index: Option<u32>,
}

impl Default for Pin<'_> {
    fn default() -> Self {
        Self { node: NodeId(0), name: "", dx: 0.0, dy: 0.0, weight: 1.0, index: None }
    }
}

/// Collects nodes, pins and nets, and builds the relations between them once.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    netlist: Netlist,
    next_index: u32,
    /// The last call of [`net`](Self::net) that took each pin as a sink.
    taken_by: Vec<u32>,
    n_calls: u32,
}

impl Builder {
    /// An empty netlist.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node.
    pub fn node(&mut self, node: Node<'_>) -> NodeId {
        let id = NodeId::from_usize(self.netlist.n_nodes());
        let index = self.claim_index(node.index);
        let name = self.netlist.names.push(node.name);
        let ref_name = node.ref_name.map(|text| self.netlist.names.push(text));
        let Nodes {
            kind,
            width,
            height,
            orientation,
            name: names,
            index: indices,
            side,
            ref_name: refs,
        } = &mut self.netlist.nodes;
        kind.push(node.kind);
        width.push(node.width);
        height.push(node.height);
        orientation.push(node.orientation);
        names.push(name);
        indices.push(index);
        side.push(node.side);
        refs.push(ref_name);
        id
    }

    /// Adds a pin to a node that exists.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn pin(&mut self, pin: Pin<'_>) -> PinId {
        let id = PinId::from_usize(self.netlist.n_pins());
        assert!(pin.node.usize() < self.netlist.n_nodes(), "a pin needs its node to exist");
        let owner = pin.node.usize();
        let implicit = matches!(self.netlist.nodes.kind[owner], Kind::Port | Kind::StdCell);
        let own_index = implicit.then(|| self.netlist.nodes.index[owner]);
        let index = match pin.index.or(own_index) {
            Some(index) => index,
            None => self.claim_index(None),
        };
        // The implicit pin of a port or cell shares the node's name.
        let name: NameId = if implicit {
            self.netlist.nodes.name[owner]
        } else {
            self.netlist.names.push(pin.name)
        };
        let Pins { node, dx, dy, weight, name: names, index: indices } = &mut self.netlist.pins;
        node.push(pin.node);
        dx.push(pin.dx);
        dy.push(pin.dy);
        weight.push(pin.weight);
        names.push(name);
        indices.push(index);
        id
    }

    /// Gives a pin another weight; nets that it drives already keep theirs.
    ///
    /// # Panics
    /// If there is no such pin.
    pub fn weigh(&mut self, pin: PinId, weight: f64) {
        self.netlist.pins.weight[pin.usize()] = weight;
    }

    /// Adds a net. Repeated sinks are dropped; a driver without sinks makes no net. The weight is
    /// the driver's.
    ///
    /// # Panics
    /// If a pin does not exist.
    pub fn net(&mut self, driver: PinId, sinks: &[PinId]) -> Option<NetId> {
        let n_pins = self.netlist.n_pins();
        let exist = driver.usize() < n_pins && sinks.iter().all(|pin| pin.usize() < n_pins);
        assert!(exist, "a net needs its pins");
        if sinks.is_empty() {
            return None;
        }
        self.taken_by.resize(n_pins, 0);
        self.n_calls += 1;
        let (taken_by, call) = (&mut self.taken_by, self.n_calls);
        let is_new = |sink: &PinId| std::mem::replace(&mut taken_by[sink.usize()], call) != call;
        let distinct = sinks.iter().copied().filter(is_new);
        let id = NetId::from_usize(self.netlist.n_nets());
        self.netlist.nets.driver.push(driver);
        self.netlist.nets.weight.push(self.netlist.pins.weight[driver.usize()]);
        self.netlist.net_pins.push_row(std::iter::once(driver).chain(distinct));
        Some(id)
    }

    /// Kind, width and height of a node added before.
    pub fn shape(&self, node: NodeId) -> (Kind, f64, f64) {
        let (width, height) = self.netlist.size(node);
        (self.netlist.kind(node), width, height)
    }

    /// Name of a node added before.
    pub fn name(&self, node: NodeId) -> &str {
        self.netlist.node_name(node)
    }

    /// States the soft macros' area over the area of their cells.
    pub fn bloating_ratio(&mut self, ratio: f64) {
        self.netlist.bloating_ratio = Some(ratio);
    }

    /// The finished netlist.
    pub fn build(self) -> Netlist {
        let mut netlist = self.netlist;
        let owners = netlist.pins.node.iter().enumerate();
        let pairs = owners.map(|(pin, &node)| (node, PinId::from_usize(pin)));
        netlist.node_pins = Csr::from_pairs(netlist.n_nodes(), pairs);
        netlist.node_nets = node_nets(&netlist);
        netlist
    }

    fn claim_index(&mut self, index: Option<u32>) -> u32 {
        let index = index.unwrap_or(self.next_index);
        self.next_index = self.next_index.max(index.saturating_add(1));
        index
    }
}

/// Node → distinct nets, ascending.
fn node_nets(netlist: &Netlist) -> Csr<NodeId, NetId> {
    let mut pairs = Vec::with_capacity(netlist.net_pins.items().len());
    let mut last_net = vec![None; netlist.n_nodes()];
    for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
        for pin in pins {
            let node = netlist.pins.node[pin.usize()];
            if last_net[node.usize()] != Some(net) {
                last_net[node.usize()] = Some(net);
                pairs.push((node, net));
            }
        }
    }
    Csr::from_pairs(netlist.n_nodes(), pairs.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_sinks_and_empty_nets_disappear() {
        let mut builder = Builder::new();
        let a = builder.node(Node { name: "a", ..Node::default() });
        let p = builder.node(Node { kind: Kind::Port, name: "p", ..Node::default() });
        let out = builder.pin(Pin { node: a, name: "a/o", ..Pin::default() });
        let port = builder.pin(Pin { node: p, ..Pin::default() });
        assert_eq!(builder.net(out, &[port, port]), Some(NetId(0)));
        assert_eq!(builder.net(port, &[]), None);
        let netlist = builder.build();
        assert_eq!(netlist.net_pins.row(NetId(0)), &[out, port]);
        assert_eq!(netlist.node_nets.row(p), &[NetId(0)]);
        assert_eq!(netlist.pins.index, vec![2, 1]);
        assert_eq!(netlist.pin_name(port), "p");
    }
}
