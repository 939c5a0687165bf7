//! Smooth wirelength: each side of a net's box is a log-sum-exp of its pins' coordinates.

use flagstone_netlist::{Netlist, Placement};

/// Pins in the order of their nets, with what the smooth wirelength and the routes need.
pub(super) struct Pins {
    /// Where each net's pins begin; one entry more than there are nets.
    pub(super) starts: Vec<usize>,
    /// The pin's node.
    pub(super) node: Vec<u32>,
    offset: [Vec<f64>; 2],
    /// Position along each axis in µm.
    pub(super) at: [Vec<f64>; 2],
    /// Weight of each net in the wirelength.
    weight: Vec<f64>,
    scratch: Vec<f64>,
}

impl Pins {
    /// Pins of all nets with at least two nodes, in the orientations of a placement.
    pub(super) fn new(netlist: &Netlist, placement: &Placement) -> Self {
        let mut pins = Self {
            starts: vec![0],
            node: Vec::new(),
            offset: Default::default(),
            at: Default::default(),
            weight: Vec::new(),
            scratch: Vec::new(),
        };
        for net in netlist.net_ids() {
            for &pin in netlist.net_pins.row(net) {
                let node = netlist.pins.node[pin.usize()];
                let (dx, dy) = placement.orientation[node.usize()]
                    .apply(netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
                pins.node.push(node.0);
                pins.offset[0].push(dx);
                pins.offset[1].push(dy);
            }
            pins.starts.push(pins.node.len());
            pins.weight.push(flagstone_cost::net_weight(netlist, net));
        }
        pins.at = pins.offset.clone();
        pins
    }

    /// Takes the pins' positions from those of the nodes.
    pub(super) fn locate(&mut self, positions: &[Vec<f64>; 2]) {
        for axis in 0..2 {
            let places = self.at[axis].iter_mut().zip(&self.node).zip(&self.offset[axis]);
            for ((at, &node), offset) in places {
                *at = positions[axis][node as usize] + offset;
            }
        }
    }

    /// Adds `scale` times the slope of the smooth weighted wirelength, rounded off over `rounding`
    /// µm along each axis, to `slopes`.
    pub(super) fn pull(&mut self, rounding: [f64; 2], scale: f64, slopes: &mut [Vec<f64>; 2]) {
        for axis in 0..2 {
            let sharpness = 1.0 / rounding[axis];
            for (pins, weight) in self.starts.windows(2).zip(&self.weight) {
                let range = pins[0]..pins[1];
                let at = &self.at[axis][range.clone()];
                let nodes = &self.node[range];
                let scratch = &mut self.scratch;
                side(at, sharpness, nodes, scale * weight, scratch, &mut slopes[axis]);
                side(at, -sharpness, nodes, scale * weight, scratch, &mut slopes[axis]);
            }
        }
    }
}

/// Adds the slope of one side of a net: the upper one for a positive sharpness.
fn side(
    at: &[f64],
    sharpness: f64,
    nodes: &[u32],
    scale: f64,
    scratch: &mut Vec<f64>,
    slopes: &mut [f64],
) {
    let peak = at.iter().fold(f64::NEG_INFINITY, |peak, x| peak.max(x * sharpness));
    scratch.clear();
    scratch.extend(at.iter().map(|x| {
        let distance = x * sharpness - peak;
        // Far pins are skipped: the exponential is what this costs.
        if distance < -12.0 { 0.0 } else { distance.exp() }
    }));
    let factor = scale * sharpness.signum() / scratch.iter().sum::<f64>();
    for (&node, part) in nodes.iter().zip(&*scratch) {
        slopes[node as usize] += factor * part;
    }
}
