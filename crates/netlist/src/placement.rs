use flagstone_geom::{Orientation, Point, Rect};

use crate::{Kind, Netlist, NodeId, PinId};

/// Where every node is: columns as long as the netlist's nodes.
///
/// A value: cloned, compared and sent; the netlist itself never changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placement {
    /// Centre in µm.
    pub x: Vec<f64>,
    /// Centre in µm.
    pub y: Vec<f64>,
    /// Orientation; `N` for ports.
    pub orientation: Vec<Orientation>,
    /// Whether the node has a place. Unplaced nodes keep their last coordinates.
    pub placed: Vec<bool>,
    /// Whether the node must stay where it is.
    pub fixed: Vec<bool>,
}

impl Placement {
    /// Every node at the origin, placed, in the netlist's orientation; ports fixed.
    pub fn new(netlist: &Netlist) -> Self {
        let n = netlist.n_nodes();
        Self {
            x: vec![0.0; n],
            y: vec![0.0; n],
            orientation: netlist.nodes.orientation.clone(),
            placed: vec![true; n],
            fixed: netlist.nodes.kind.iter().map(|&kind| kind == Kind::Port).collect(),
        }
    }

    /// The same placement with every coordinate rounded to `f32`, as Google's binary keeps those of
    /// a netlist file.
    pub fn rounded_to_f32(&self) -> Self {
        let round = |column: &[f64]| column.iter().map(|&value| f64::from(value as f32)).collect();
        Self { x: round(&self.x), y: round(&self.y), ..self.clone() }
    }

    /// Centre of a node.
    pub fn center(&self, node: NodeId) -> Point {
        Point::new(self.x[node.usize()], self.y[node.usize()])
    }

    /// Moves a node's centre.
    pub fn set_center(&mut self, node: NodeId, center: Point) {
        self.x[node.usize()] = center.x;
        self.y[node.usize()] = center.y;
    }

    /// The area a node covers. Width and height do not change places in turned orientations: the
    /// published evaluators never swap them.
    pub fn rect(&self, netlist: &Netlist, node: NodeId) -> Rect {
        let (width, height) = netlist.size(node);
        Rect::centered(self.center(node), width, height)
    }

    /// Position of a pin.
    pub fn pin(&self, netlist: &Netlist, pin: PinId) -> Point {
        let node = netlist.pins.node[pin.usize()].usize();
        let (dx, dy) = self.orientation[node]
            .apply(netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
        Point::new(self.x[node] + dx, self.y[node] + dy)
    }
}
