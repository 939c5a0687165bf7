//! Half-perimeter wirelength.

use flagstone_netlist::{Canvas, Kind, NetId, Netlist, PinId, Placement};

use crate::Rules;
use crate::pins::PinTable;

/// Weight of a net under [`Rules::Clamp`]: a port's own weight is ignored.
#[inline]
pub fn weight(netlist: &Netlist, net: NetId) -> f64 {
    let driver = netlist.nets.driver[net.usize()];
    match netlist.kind(netlist.pins.node[driver.usize()]) {
        Kind::Port => 1.0,
        _ => netlist.nets.weight[net.usize()],
    }
}

/// Weights of all nets under either rules.
pub(crate) fn weights(netlist: &Netlist, rules: Rules, out: &mut Vec<f64>) {
    out.clear();
    match rules {
        Rules::Clamp => out.extend(netlist.net_ids().map(|net| weight(netlist, net))),
        Rules::Google => out.extend_from_slice(&netlist.nets.weight),
    }
}

/// What one µm of wirelength costs under [`Rules::Clamp`].
pub(crate) fn unit(netlist: &Netlist, canvas: &Canvas) -> f64 {
    per_um(canvas, netlist.net_ids().map(|net| weight(netlist, net)).sum())
}

/// 1 / ((width + height) × sum of net weights); a sum of zero counts as one.
pub(crate) fn per_um(canvas: &Canvas, total_weight: f64) -> f64 {
    let total_weight = if total_weight == 0.0 { 1.0 } else { total_weight };
    1.0 / ((canvas.width + canvas.height) * total_weight)
}

/// Half the perimeter of the box around the pins, µm.
#[inline]
fn half_perimeter(at: &PinTable, pins: &[PinId]) -> f64 {
    let (mut x0, mut y0) = (f64::INFINITY, f64::INFINITY);
    let (mut x1, mut y1) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for pin in pins {
        let (x, y) = (at.x[pin.usize()], at.y[pin.usize()]);
        // Plain comparisons rather than `min` and `max`: half the instructions.
        x0 = if x < x0 { x } else { x0 };
        x1 = if x > x1 { x } else { x1 };
        y0 = if y < y0 { y } else { y0 };
        y1 = if y > y1 { y } else { y1 };
    }
    (x1 - x0) + (y1 - y0)
}

/// Weighted HPWL of some nets, in µm.
pub(crate) fn measure<'a>(
    nets: impl Iterator<Item = (&'a [PinId], &'a f64)>,
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: Rules,
    at: &PinTable,
) -> f64 {
    let um: f64 = match rules {
        Rules::Clamp => nets.map(|(pins, weight)| weight * half_perimeter(at, pins)).sum(),
        Rules::Google => {
            let placed = |pin: &PinId| placement.placed[netlist.pins.node[pin.usize()].usize()];
            nets.map(|(pins, &weight)| google(canvas, at, pins, weight, placed)).sum()
        }
    };
    // The sum of nothing is -0.
    um + 0.0
}

/// A net with an unplaced pin counts as long as the canvas' half perimeter; if the driver itself is
/// unplaced, without its weight.
fn google(
    canvas: &Canvas,
    at: &PinTable,
    pins: &[PinId],
    weight: f64,
    placed: impl Fn(&PinId) -> bool,
) -> f64 {
    if !placed(&pins[0]) {
        canvas.width + canvas.height
    } else if !pins.iter().all(placed) {
        weight * (canvas.width + canvas.height)
    } else {
        weight * half_perimeter(at, pins)
    }
}
