//! The circuit: an immutable [`Netlist`], a [`Placement`] of its nodes, and the [`Canvas`].
//!
//! ```
//! use flagstone_netlist::{Builder, Kind, Node, Pin};
//!
//! let mut builder = Builder::new();
//! let a = builder.node(Node { kind: Kind::HardMacro, name: "a", width: 4.0, height: 2.0, ..Node::default() });
//! let p = builder.node(Node { kind: Kind::Port, name: "p", ..Node::default() });
//! let out = builder.pin(Pin { node: a, name: "a/q", dx: 2.0, ..Pin::default() });
//! let port = builder.pin(Pin { node: p, name: "p", ..Pin::default() });
//! builder.net(out, &[port]);
//! let netlist = builder.build();
//! assert_eq!((netlist.n_nodes(), netlist.n_nets()), (2, 1));
//! ```

mod adjacency;
mod augment;
mod builder;
mod canvas;
mod check;
mod csr;
pub mod generate;
mod ids;
mod names;
mod placement;
mod stats;

pub use adjacency::{MacroGraph, macro_graph};
pub use augment::{Mirror, mirrored, rescaled};
pub use builder::{Builder, Node, Pin};
pub use canvas::{Blockage, Canvas};
pub use check::{Problem, check, check_placement};
pub use csr::Csr;
pub use ids::{Id, NameId, NetId, NodeId, PinId};
pub use names::Names;
pub use placement::Placement;
pub use stats::Statistics;

use flagstone_geom::Orientation;

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A block of fixed shape: memory, analog, IP.
    #[default]
    HardMacro,
    /// A cluster of standard cells.
    SoftMacro,
    /// A pin of the block itself; no size.
    Port,
    /// A single standard cell, only in netlists that are not clustered yet.
    StdCell,
}

/// The side of the canvas a port sits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// x = 0.
    Left,
    /// x = canvas width.
    Right,
    /// y = canvas height.
    Top,
    /// y = 0.
    Bottom,
}

/// Columns of the nodes, all of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nodes {
    /// What the node is.
    pub kind: Vec<Kind>,
    /// Width in µm in orientation `N`; zero for ports.
    pub width: Vec<f64>,
    /// Height in µm in orientation `N`; zero for ports.
    pub height: Vec<f64>,
    /// The orientation the source file gives.
    pub orientation: Vec<Orientation>,
    /// Name, for people and files only.
    pub name: Vec<NameId>,
    /// Ordinal of the node in the netlist file; `.plc` files refer to it.
    pub index: Vec<u32>,
    /// Side of a port, where the file names one.
    pub side: Vec<Option<Side>>,
    /// Library cell of a hard macro, where the file names one.
    pub ref_name: Vec<Option<NameId>>,
}

/// Columns of the pins, all of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pins {
    /// The node the pin sits on. Ports and standard cells have one pin each, at their centre.
    pub node: Vec<NodeId>,
    /// Offset from the node's centre in orientation `N`, µm.
    pub dx: Vec<f64>,
    /// Offset from the node's centre in orientation `N`, µm.
    pub dy: Vec<f64>,
    /// Weight of the net the pin drives, 1 by default.
    pub weight: Vec<f64>,
    /// Name, for people and files only.
    pub name: Vec<NameId>,
    /// Ordinal in the netlist file; equal to the node's for ports and standard cells.
    pub index: Vec<u32>,
}

/// Columns of the nets, in the order of their drivers in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nets {
    /// The driving pin; also the first of the net's pins.
    pub driver: Vec<PinId>,
    /// Weight in wirelength and routing demand.
    pub weight: Vec<f64>,
}

/// A circuit. Built once by [`Builder`], never changed, shared by everything that places it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Netlist {
    /// Node columns.
    pub nodes: Nodes,
    /// Pin columns.
    pub pins: Pins,
    /// Net columns.
    pub nets: Nets,
    /// Net → its pins, driver first, then the distinct sinks in file order.
    pub net_pins: Csr<NetId, PinId>,
    /// Node → its pins.
    pub node_pins: Csr<NodeId, PinId>,
    /// Node → the distinct nets that touch it, ascending.
    pub node_nets: Csr<NodeId, NetId>,
    /// The interned names.
    pub names: Names,
    /// The soft macros' area over the area of their cells, where the file states it.
    pub bloating_ratio: Option<f64>,
}

impl Netlist {
    /// Number of nodes.
    pub fn n_nodes(&self) -> usize {
        self.nodes.kind.len()
    }

    /// Number of pins, the implicit ones of ports and standard cells included.
    pub fn n_pins(&self) -> usize {
        self.pins.node.len()
    }

    /// Number of nets: drivers with at least one sink.
    pub fn n_nets(&self) -> usize {
        self.nets.driver.len()
    }

    /// All node ids in file order.
    pub fn node_ids(&self) -> impl ExactSizeIterator<Item = NodeId> + DoubleEndedIterator + use<> {
        (0..self.n_nodes()).map(NodeId::from_usize)
    }

    /// All net ids in file order.
    pub fn net_ids(&self) -> impl ExactSizeIterator<Item = NetId> + DoubleEndedIterator + use<> {
        (0..self.n_nets()).map(NetId::from_usize)
    }

    /// What a node is.
    pub fn kind(&self, node: NodeId) -> Kind {
        self.nodes.kind[node.usize()]
    }

    /// Ids of the nodes of one kind, in file order.
    pub fn nodes_of(&self, kind: Kind) -> impl Iterator<Item = NodeId> + '_ {
        self.node_ids().filter(move |&node| self.kind(node) == kind)
    }

    /// Hard and soft macros in file order.
    pub fn macros(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.node_ids().filter(|&node| matches!(self.kind(node), Kind::HardMacro | Kind::SoftMacro))
    }

    /// Width and height of a node in orientation `N`, µm.
    pub fn size(&self, node: NodeId) -> (f64, f64) {
        (self.nodes.width[node.usize()], self.nodes.height[node.usize()])
    }

    /// Width times height of a node, µm².
    pub fn area(&self, node: NodeId) -> f64 {
        let (width, height) = self.size(node);
        width * height
    }

    /// Area of all macros and standard cells, µm².
    pub fn total_area(&self) -> f64 {
        // The sum of nothing is -0.
        0.0 + self.node_ids().map(|node| self.area(node)).sum::<f64>()
    }

    /// Name of a node.
    pub fn node_name(&self, node: NodeId) -> &str {
        self.names.get(self.nodes.name[node.usize()])
    }

    /// Name of a pin.
    pub fn pin_name(&self, pin: PinId) -> &str {
        self.names.get(self.pins.name[pin.usize()])
    }

    /// Sum of the net weights, the divisor of the wirelength cost.
    pub fn total_net_weight(&self) -> f64 {
        self.nets.weight.iter().sum()
    }

    /// The same netlist with every size, offset and weight rounded to `f32`, as Google's binary
    /// reads them.
    #[must_use]
    pub fn rounded_to_f32(&self) -> Netlist {
        let round = |column: &mut Vec<f64>| {
            column.iter_mut().for_each(|value| *value = f64::from(*value as f32));
        };
        let mut copy = self.clone();
        for column in [
            &mut copy.nodes.width,
            &mut copy.nodes.height,
            &mut copy.pins.dx,
            &mut copy.pins.dy,
            &mut copy.pins.weight,
            &mut copy.nets.weight,
        ] {
            round(column);
        }
        copy
    }

    /// The same netlist with every soft macro made square, its area kept, as circuit_training does
    /// before anything else.
    #[must_use]
    pub fn with_square_soft_macros(&self) -> Netlist {
        let mut copy = self.clone();
        for node in self.nodes_of(Kind::SoftMacro) {
            let side = self.area(node).sqrt();
            copy.nodes.width[node.usize()] = side;
            copy.nodes.height[node.usize()] = side;
        }
        copy
    }
}
