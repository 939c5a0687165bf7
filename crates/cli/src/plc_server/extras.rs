//! Fake nets, area constraints, disconnected nets.

use flagstone_geom::Rect;
use flagstone_netlist::{Csr, NetId, NodeId};
use serde_json::{Value, json};

use super::args::{Answer, Args};
use super::protocol::done;
use super::state::{FakeNet, Item, State};

pub(super) fn add_fake_net(state: &mut State, args: &Args<'_>) -> Answer {
    let weight = f64::from(args.amount(0, "weight")? as f32);
    let items = args.items(1, state)?;
    state.fake_nets.push(FakeNet { weight, items });
    Ok(Value::Null)
}

/// Lists in a list: the client knows tuples only where they are the whole answer.
pub(super) fn fake_nets(state: &mut State, _: &Args<'_>) -> Answer {
    let indices =
        |net: &FakeNet| -> Value { net.items.iter().map(|&item| state.item_index(item)).collect() };
    Ok(state.fake_nets.iter().map(|net| json!([net.weight, indices(net)])).collect())
}

/// Weighted HPWL over the fake nets alone, normalised by the canvas and their weights.
pub(super) fn fake_net_cost(state: &mut State, _: &Args<'_>) -> Answer {
    let (mut um, mut weights) = (0.0, 0.0);
    for net in &state.fake_nets {
        let points: Vec<_> = net.items.iter().map(|&item| state.location(item)).collect();
        let extent = |axis: fn(&flagstone_geom::Point) -> f64| {
            let least = points.iter().map(axis).fold(f64::INFINITY, f64::min);
            let most = points.iter().map(axis).fold(f64::NEG_INFINITY, f64::max);
            (most - least).max(0.0)
        };
        um += net.weight * (extent(|p| p.x) + extent(|p| p.y));
        weights += net.weight;
    }
    let whole = (state.canvas.width + state.canvas.height) * weights;
    Ok(if whole > 0.0 { um / whole } else { 0.0 }.into())
}

pub(super) fn add_area(state: &mut State, args: &Args<'_>) -> Answer {
    let items = args.items(0, state)?;
    let [x0, y0, x1, y1] = args.numbers(1, "area")?[..] else {
        return Err("area must be [x0, y0, x1, y1]".to_owned());
    };
    for item in items {
        let Item::Node(node) = item else { return Err("a macro pin has no area".to_owned()) };
        state.areas.insert(node, Rect::new(x0, y0, x1, y1));
    }
    Ok(done())
}

pub(super) fn area(state: &mut State, args: &Args<'_>) -> Answer {
    let node = args.node(0, state)?;
    match state.areas.get(&node) {
        Some(area) => Ok(json!([area.x0, area.y0, area.x1, area.y1])),
        None => Err(format!("node {} has no area constraint", state.netlist.node_name(node))),
    }
}

/// Whether the node, or without an argument any node, has an area constraint.
pub(super) fn has_area(state: &mut State, args: &Args<'_>) -> Answer {
    if args.has(0) {
        let node = args.node(0, state)?;
        return Ok(state.areas.contains_key(&node).into());
    }
    Ok((!state.areas.is_empty()).into())
}

/// Removes every net driven by one of the given nodes or pins.
pub(super) fn disconnect(state: &mut State, args: &Args<'_>) -> Answer {
    let drivers = args.items(0, state)?;
    let netlist = &mut state.netlist;
    let mut cut = vec![false; netlist.n_pins()];
    for item in drivers {
        match item {
            Item::Pin(pin) => cut[pin.usize()] = true,
            Item::Node(node) => {
                netlist.node_pins.row(node).iter().for_each(|pin| cut[pin.usize()] = true);
            }
        }
    }
    let kept: Vec<NetId> =
        netlist.net_ids().filter(|net| !cut[netlist.nets.driver[net.usize()].usize()]).collect();
    netlist.nets.driver = kept.iter().map(|net| netlist.nets.driver[net.usize()]).collect();
    netlist.nets.weight = kept.iter().map(|net| netlist.nets.weight[net.usize()]).collect();
    netlist.net_pins =
        Csr::from_rows(kept.iter().map(|&net| netlist.net_pins.row(net).iter().copied()));
    let mut touches: Vec<(NodeId, NetId)> = Vec::new();
    for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
        touches.extend(pins.iter().map(|pin| (netlist.pins.node[pin.usize()], net)));
    }
    touches.sort_unstable();
    touches.dedup();
    netlist.node_nets = Csr::from_pairs(netlist.n_nodes(), touches.iter().copied());
    state.changed();
    Ok(done())
}
