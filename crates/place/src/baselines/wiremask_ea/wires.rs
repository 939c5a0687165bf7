//! Boxes of the nets over the nodes placed so far: the wire mask of a partial placement.

use flagstone_geom::{Grid, Point};
use flagstone_netlist::{NetId, Netlist, NodeId, Placement};

/// Extent along one axis; empty where `low` is above `high`.
#[derive(Clone, Copy, Debug)]
struct Extent {
    low: f64,
    high: f64,
}

const EMPTY: Extent = Extent { low: f64::INFINITY, high: f64::NEG_INFINITY };

impl Extent {
    fn include(&mut self, low: f64, high: f64) {
        self.low = self.low.min(low);
        self.high = self.high.max(high);
    }

    /// Growth when `own`, shifted by `at`, is included.
    fn growth(&self, own: &Extent, at: f64) -> f64 {
        if self.low > self.high {
            return own.high - own.low;
        }
        (self.low - (own.low + at)).max(0.0) + (own.high + at - self.high).max(0.0)
    }
}

/// The nets' extents over the placed nodes.
#[derive(Clone, Debug)]
pub(super) struct PlacedWires {
    boxes: Vec<[Extent; 2]>,
}

impl PlacedWires {
    /// With some nodes placed where a placement has them.
    pub(super) fn new(
        netlist: &Netlist,
        placement: &Placement,
        placed: impl Iterator<Item = NodeId>,
    ) -> Self {
        let mut wires = Self { boxes: vec![[EMPTY; 2]; netlist.n_nets()] };
        placed.for_each(|node| wires.place(netlist, placement, node));
        wires
    }

    /// Adds a node where a placement has it.
    pub(super) fn place(&mut self, netlist: &Netlist, placement: &Placement, node: NodeId) {
        let center = placement.center(node);
        for &net in netlist.node_nets.row(node) {
            let [x, y] = own(netlist, placement, net, node);
            let boxes = &mut self.boxes[net.usize()];
            boxes[0].include(x.low + center.x, x.high + center.x);
            boxes[1].include(y.low + center.y, y.high + center.y);
        }
    }

    /// Writes what the wires grow by, in µm, with the node's centre on each cell.
    pub(super) fn mask(
        &self,
        netlist: &Netlist,
        placement: &Placement,
        grid: &Grid,
        node: NodeId,
        out: &mut Vec<f64>,
    ) {
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        let centers = |n: usize, stride: usize| -> Vec<Point> {
            (0..n).map(|i| grid.center(i * stride)).collect()
        };
        let (by_column, by_row) = (centers(columns, 1), centers(rows, columns));
        let mut growth = [vec![0.0; columns], vec![0.0; rows]];
        for &net in netlist.node_nets.row(node) {
            let weight = netlist.nets.weight[net.usize()];
            let own = own(netlist, placement, net, node);
            let boxes = &self.boxes[net.usize()];
            for (sum, center) in growth[0].iter_mut().zip(&by_column) {
                *sum += weight * boxes[0].growth(&own[0], center.x);
            }
            for (sum, center) in growth[1].iter_mut().zip(&by_row) {
                *sum += weight * boxes[1].growth(&own[1], center.y);
            }
        }
        out.clear();
        out.extend(growth[1].iter().flat_map(|y| growth[0].iter().map(move |x| x + y)));
    }
}

/// Extents of a node's pins on a net about the node's centre.
fn own(netlist: &Netlist, placement: &Placement, net: NetId, node: NodeId) -> [Extent; 2] {
    let orientation = placement.orientation[node.usize()];
    let mut own = [EMPTY; 2];
    for &pin in netlist.net_pins.row(net) {
        if netlist.pins.node[pin.usize()] == node {
            let (dx, dy) =
                orientation.apply(netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
            own[0].include(dx, dx);
            own[1].include(dy, dy);
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::Kind;
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;

    /// Wirelength over the pins of some nodes, the obvious way.
    fn naive(netlist: &Netlist, placement: &Placement, placed: &[NodeId]) -> f64 {
        let length = |net: NetId| {
            let pins = netlist.net_pins.row(net).iter();
            let points: Vec<Point> = pins
                .filter(|pin| placed.contains(&netlist.pins.node[pin.usize()]))
                .map(|&pin| placement.pin(netlist, pin))
                .collect();
            let span = |of: fn(&Point) -> f64| {
                let values = points.iter().map(of);
                let (low, high) = (values.clone().reduce(f64::min), values.reduce(f64::max));
                high.unwrap_or(0.0) - low.unwrap_or(0.0)
            };
            netlist.nets.weight[net.usize()] * (span(|p| p.x) + span(|p| p.y))
        };
        netlist.net_ids().map(length).sum()
    }

    #[test]
    fn the_mask_is_what_the_wires_grow_by() {
        let (netlist, canvas, mut placement) = generate(&GenerateConfig::toy());
        let mut placed: Vec<NodeId> = netlist.nodes_of(Kind::Port).collect();
        let mut wires = PlacedWires::new(&netlist, &placement, placed.iter().copied());
        let mut mask = Vec::new();
        for node in netlist.nodes_of(Kind::HardMacro) {
            wires.mask(&netlist, &placement, &canvas.grid(), node, &mut mask);
            let before = naive(&netlist, &placement, &placed);
            placed.push(node);
            for cell in (0..mask.len()).step_by(17) {
                placement.set_center(node, canvas.grid().center(cell));
                let growth = naive(&netlist, &placement, &placed) - before;
                assert!((mask[cell] - growth).abs() < 1e-6, "{} {growth}", mask[cell]);
            }
            wires.place(&netlist, &placement, node);
        }
    }
}
