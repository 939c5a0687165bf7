use std::borrow::Cow;
use std::collections::HashMap;

use flagstone_geom::Orientation;

use super::{Circuit, End};
use crate::def::{Component, Connection, Def, Net, Pin, Status, plain};

/// The circuit as a DEF: connectivity of the circuit; die, places and everything else of the
/// floorplan, where there is one. Components of the floorplan that the circuit lacks are kept.
pub fn as_def<'c>(circuit: &'c Circuit<'_>, floorplan: Option<&Def<'c>>) -> Def<'c> {
    let mut def = match floorplan {
        Some(floorplan) => Def { nets: Vec::new(), connections: Vec::new(), ..floorplan.clone() },
        None => Def { units: 1000.0, ..Def::default() },
    };
    def.design = circuit.name;
    let own = std::mem::take(&mut def.components);
    let mut placed: HashMap<Cow<'_, str>, Component<'c>> =
        own.iter().map(|component| (plain(component.name), component.clone())).collect();
    for instance in &circuit.instances {
        let fresh = Component {
            name: &instance.name,
            master: instance.master,
            status: Status::Unplaced,
            x: 0,
            y: 0,
            orientation: Orientation::N,
            halo: None,
            placement: 0..0,
            at: instance.at,
        };
        let known = placed.remove(instance.name.as_str());
        def.components.push(match known {
            Some(known) => {
                Component { name: fresh.name, master: fresh.master, at: fresh.at, ..known }
            }
            None => fresh,
        });
    }
    let rest = own.iter().filter(|component| placed.contains_key(&plain(component.name)));
    def.components.extend(rest.cloned().map(|component| Component { at: 0, ..component }));
    pins(circuit, &mut def);
    nets(circuit, &mut def);
    def
}

fn pins<'c>(circuit: &'c Circuit<'_>, def: &mut Def<'c>) {
    let own = std::mem::take(&mut def.pins);
    let mut placed: HashMap<Cow<'_, str>, &Pin<'c>> =
        own.iter().map(|pin| (plain(pin.name), pin)).collect();
    for port in &circuit.ports {
        let direction = port.direction.as_def();
        let name = port.name.as_str();
        let fresh = Pin {
            name,
            net: name,
            direction,
            usage: "",
            status: Status::Unplaced,
            x: 0,
            y: 0,
            orientation: Orientation::N,
            shape: None,
            at: 0,
        };
        let known = placed.remove(name).cloned();
        def.pins.push(known.map_or(fresh, |known| Pin { name, direction, at: 0, ..known }));
    }
}

fn nets<'c>(circuit: &'c Circuit<'_>, def: &mut Def<'c>) {
    for net in &circuit.nets {
        let first = def.connections.len();
        for end in &circuit.ends[net.ends.clone()] {
            def.connections.push(match end {
                End::Pin(instance, pin) => {
                    Connection { component: &circuit.instances[*instance as usize].name, pin }
                }
                End::Port(port) => {
                    Connection { component: "PIN", pin: &circuit.ports[*port as usize].name }
                }
            });
        }
        let at = circuit.ends[net.ends.clone()].iter().find_map(|end| match end {
            End::Pin(instance, _) => Some(circuit.instances[*instance as usize].at),
            End::Port(_) => None,
        });
        def.nets.push(Net {
            name: &net.name,
            usage: if net.supply { "POWER" } else { "" },
            weight: 1.0,
            connections: first..def.connections.len(),
            at: at.unwrap_or(0),
        });
    }
}
