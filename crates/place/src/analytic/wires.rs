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
    scratch: [Vec<f64>; 2],
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
            scratch: Default::default(),
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
        for (axis, positions) in positions.iter().enumerate() {
            let places = self.at[axis].iter_mut().zip(&self.node).zip(&self.offset[axis]);
            for ((at, &node), offset) in places {
                *at = positions[node as usize] + offset;
            }
        }
    }

    /// Adds `scale` times the slope of the smooth weighted wirelength, rounded off over `rounding`
    /// µm along each axis, to `slopes`. The axes have nothing in common and go side by side.
    pub(super) fn pull(&mut self, rounding: [f64; 2], scale: f64, slopes: &mut [Vec<f64>; 2]) {
        let Self { starts, node, at, weight, scratch, .. } = self;
        let pull = |axis: usize, scratch: &mut Vec<f64>, slopes: &mut [f64]| {
            let sharpness = 1.0 / rounding[axis];
            for (pins, weight) in starts.windows(2).zip(&*weight) {
                let range = pins[0]..pins[1];
                let (at, nodes) = (&at[axis][range.clone()], &node[range]);
                side(at, sharpness, nodes, scale * weight, scratch, slopes);
                side(at, -sharpness, nodes, scale * weight, scratch, slopes);
            }
        };
        let ([x, y], [scratch_x, scratch_y]) = (slopes, scratch);
        rayon::join(|| pull(0, scratch_x, x), || pull(1, scratch_y, y));
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
    scratch.extend(at.iter().map(|x| falling(x * sharpness - peak)));
    let factor = scale * sharpness.signum() / scratch.iter().sum::<f64>();
    for (&node, part) in nodes.iter().zip(&*scratch) {
        slopes[node as usize] += factor * part;
    }
}

/// Close to the exponential for negative numbers and zero far out, in a few multiplications: the
/// exponentials are what a step costs most, and any falling weight will do.
#[inline]
fn falling(x: f64) -> f64 {
    let mut value = (1.0 + x / 64.0).max(0.0);
    for _ in 0..6 {
        value *= value;
    }
    value
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;

    #[test]
    fn falling_is_close_to_the_exponential() {
        for i in 0..200 {
            let x = -f64::from(i) * 0.05;
            assert!((falling(x) - x.exp()).abs() < 0.005, "{x}");
        }
        assert_eq!(falling(-1000.0), 0.0);
    }

    #[test]
    fn sharp_slopes_are_those_of_the_wirelength() {
        let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
        let mut pins = Pins::new(&netlist, &placement);
        let mut positions = [placement.x.clone(), placement.y.clone()];
        let node = netlist.macros().max_by_key(|&node| netlist.node_nets.row(node).len());
        let node = node.unwrap().usize();
        // Between two breakpoints of its nets, so that the wirelength has one slope.
        positions[0][node] += 0.0123 * canvas.width;
        pins.locate(&positions);
        let mut slopes = [vec![0.0; netlist.n_nodes()], vec![0.0; netlist.n_nodes()]];
        pins.pull([1e-6; 2], 1.0, &mut slopes);
        let length = |x: f64| {
            let mut moved = placement.clone();
            moved.x[node] = x;
            let rules = flagstone_cost::Rules::Clamp;
            flagstone_cost::evaluate(&netlist, &canvas, &moved, rules).wirelength_um
        };
        let (x, step) = (positions[0][node], 1e-4);
        let found = (length(x + step) - length(x - step)) / (2.0 * step);
        assert!((slopes[0][node] - found).abs() < 1e-3, "{} {found}", slopes[0][node]);
    }
}
