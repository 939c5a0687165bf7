//! Half-perimeter wirelength.

use flagstone_netlist::{Canvas, Kind, NetId, Netlist, Placement};

use crate::Rules;

/// Weight of a net under [`Rules::Clamp`]: a port's own weight is ignored.
pub(crate) fn weight(netlist: &Netlist, net: NetId) -> f64 {
    let driver = netlist.nets.driver[net.usize()];
    match netlist.kind(netlist.pins.node[driver.usize()]) {
        Kind::Port => 1.0,
        _ => netlist.nets.weight[net.usize()],
    }
}

/// What one µm of wirelength costs: 1 / ((width + height) × sum of net weights).
pub(crate) fn unit(netlist: &Netlist, canvas: &Canvas) -> f64 {
    let total: f64 = netlist.net_ids().map(|net| weight(netlist, net)).sum();
    per_um(canvas, total)
}

fn per_um(canvas: &Canvas, total_weight: f64) -> f64 {
    let total_weight = if total_weight == 0.0 { 1.0 } else { total_weight };
    1.0 / ((canvas.width + canvas.height) * total_weight)
}

/// Half the perimeter of a net's box in µm, without its weight.
fn half_perimeter(netlist: &Netlist, placement: &Placement, net: NetId) -> f64 {
    let (mut x0, mut y0) = (f64::INFINITY, f64::INFINITY);
    let (mut x1, mut y1) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for &pin in netlist.net_pins.row(net) {
        let p = placement.pin(netlist, pin);
        (x0, x1) = (x0.min(p.x), x1.max(p.x));
        (y0, y1) = (y0.min(p.y), y1.max(p.y));
    }
    (x1 - x0) + (y1 - y0)
}

/// Weighted HPWL in µm and the wirelength cost.
pub(crate) fn measure(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    rules: Rules,
) -> (f64, f64) {
    match rules {
        Rules::Clamp => {
            let nets = netlist.net_ids();
            let um: f64 = nets
                .map(|net| weight(netlist, net) * half_perimeter(netlist, placement, net))
                .sum();
            (um, um * unit(netlist, canvas))
        }
        Rules::Google => {
            let um: f64 =
                netlist.net_ids().map(|net| google(netlist, canvas, placement, net)).sum();
            (um, um * per_um(canvas, netlist.total_net_weight()))
        }
    }
}

/// A net with an unplaced pin counts as long as the canvas' half perimeter; if the driver itself is
/// unplaced, without its weight.
fn google(netlist: &Netlist, canvas: &Canvas, placement: &Placement, net: NetId) -> f64 {
    let placed =
        |pin: &flagstone_netlist::PinId| placement.placed[netlist.pins.node[pin.usize()].usize()];
    let pins = netlist.net_pins.row(net);
    let weight = netlist.nets.weight[net.usize()];
    if !placed(&pins[0]) {
        canvas.width + canvas.height
    } else if !pins.iter().all(placed) {
        weight * (canvas.width + canvas.height)
    } else {
        weight * half_perimeter(netlist, placement, net)
    }
}
