use flagstone_formats::def;
use flagstone_netlist::{Kind, NodeId};

use crate::Design;

/// Database units per µm of a DEF that did not come from one.
const UNITS: f64 = 2000.0;

/// The DEF the design came from with its macros moved, or a new one.
pub fn to_def(design: &Design) -> Vec<u8> {
    if let Some(source) = &design.def {
        return source.write(&design.netlist, &design.placement);
    }
    let (netlist, placement) = (&design.netlist, &design.placement);
    let database = |um: f64| (um * UNITS).round() as i64;
    let component = |node: NodeId| {
        let row = node.usize();
        let rect = placement.rect(netlist, node);
        let status = if placement.fixed[row] { def::Status::Fixed } else { def::Status::Placed };
        let place = (status, database(rect.x0), database(rect.y0), placement.orientation[row]);
        let master = netlist.nodes.ref_name[row].map(|name| netlist.names.get(name));
        def::FreshComponent {
            name: netlist.node_name(node),
            master: master.unwrap_or(netlist.node_name(node)),
            place: placement.placed[row].then_some(place),
        }
    };
    let pin = |node: NodeId| {
        let center = placement.center(node);
        let place = (database(center.x), database(center.y));
        let placed = placement.placed[node.usize()];
        def::FreshPin { name: netlist.node_name(node), place: placed.then_some(place) }
    };
    let fresh = def::Fresh {
        design: &design.name,
        units: UNITS as i64,
        die: [0, 0, database(design.canvas.width), database(design.canvas.height)],
        components: netlist.nodes_of(Kind::HardMacro).map(component).collect(),
        pins: netlist.nodes_of(Kind::Port).map(pin).collect(),
    };
    let mut out = Vec::new();
    def::write_new(&fresh, &mut out).expect("a vector takes every byte");
    out
}
