use flagstone_formats::def;
use flagstone_netlist::{Kind, NodeId};

use crate::{Design, Error};

/// Database units per µm of a DEF that did not come from one.
const UNITS: f64 = 2000.0;

/// The DEF the design came from with its macros moved, or a new one.
///
/// # Errors
/// If a name cannot stand in a new DEF.
pub fn to_def(design: &Design) -> Result<Vec<u8>, Error> {
    if let Some(source) = &design.def {
        return Ok(source.write(&design.netlist, &design.placement));
    }
    let (netlist, placement) = (&design.netlist, &design.placement);
    let names = netlist.node_ids().map(|node| netlist.node_name(node));
    if let Some(name) = names.into_iter().find(|name| !can_stand(name)) {
        return Err(Error::Files(format!(
            "cannot write a DEF: white space or a semicolon in the name {name:?}"
        )));
    }
    let database = |um: f64| (um * UNITS).round() as i64;
    let (dx, dy) = design.origin;
    let component = |node: NodeId| {
        let row = node.usize();
        let rect = placement.rect(netlist, node);
        let status = if placement.fixed[row] { def::Status::Fixed } else { def::Status::Placed };
        let place =
            (status, database(rect.x0 + dx), database(rect.y0 + dy), placement.orientation[row]);
        let master = netlist.nodes.ref_name[row].map(|name| netlist.names.get(name));
        def::FreshComponent {
            name: netlist.node_name(node),
            master: master.unwrap_or(netlist.node_name(node)),
            place: placement.placed[row].then_some(place),
        }
    };
    let pin = |node: NodeId| {
        let center = placement.center(node);
        let place = (database(center.x + dx), database(center.y + dy));
        let placed = placement.placed[node.usize()];
        def::FreshPin { name: netlist.node_name(node), place: placed.then_some(place) }
    };
    let fresh = def::Fresh {
        design: if can_stand(&design.name) { &design.name } else { "design" },
        units: UNITS as i64,
        die: [
            database(dx),
            database(dy),
            database(dx + design.canvas.width),
            database(dy + design.canvas.height),
        ],
        components: netlist.nodes_of(Kind::HardMacro).map(component).collect(),
        pins: netlist.nodes_of(Kind::Port).map(pin).collect(),
    };
    let mut out = Vec::new();
    def::write_new(&fresh, &mut out).expect("a vector takes every byte");
    Ok(out)
}

/// Whether a name is one word of DEF.
fn can_stand(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == ';') && name != "("
}
