//! `flagstone convert`: from what can be read to what other tools open.

use std::collections::HashMap;
use std::path::Path;

use flagstone_formats::{def, pbtxt, tcl};
use flagstone_geom::{Orientation, Rect};
use flagstone_netlist::{Kind, NodeId};

use crate::args::{ConvertArgs, ToolArg};
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::{output, render};

/// Database units per µm of a DEF that did not come from one.
const UNITS: f64 = 2000.0;

/// Converts a design.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    output::refuse_existing(std::slice::from_ref(&args.out), args.force)?;
    let bytes = convert(&design, &args.out, args.tool)?;
    output::write_file(&args.out, &bytes)?;
    output::say(&args.out.display().to_string())
}

/// The design in the format that the file's name asks for.
fn convert(design: &Design, out: &Path, tool: ToolArg) -> Result<Vec<u8>, Failure> {
    let name = out.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ends = |end: &str| name.ends_with(end);
    if ends(".pb.txt") {
        Ok(to_protobuf(design))
    } else if ends(".plc") {
        Ok(design.to_plc(&design.placement, out))
    } else if ends(".def") {
        Ok(to_def(design))
    } else if ends(".tcl") {
        Ok(to_tcl(design, tool).into_bytes())
    } else if ends(".svg") || ends(".png") {
        let kind = if ends(".svg") { "svg" } else { "png" };
        render::picture(&render::scene(design, None, 0), kind, 1200)
    } else {
        Err(Failure::Usage(format!(
            "cannot write {}\n  help: the name must end in .pb.txt, .plc, .def, .tcl, .svg or .png",
            out.display()
        )))
    }
}

/// The netlist as circuit_training's protobuf text.
pub(crate) fn to_protobuf(design: &Design) -> Vec<u8> {
    let mut text = Vec::new();
    let written = pbtxt::write(&design.netlist, &design.placement, &mut text);
    written.expect("a vector takes every byte");
    text
}

/// The DEF the design came from with its macros moved, or a new one.
pub(crate) fn to_def(design: &Design) -> Vec<u8> {
    if let Some(source) = &design.def {
        return source.write(design, &design.placement);
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

/// A script that places the hard macros.
pub(crate) fn to_tcl(design: &Design, tool: ToolArg) -> String {
    let (netlist, placement) = (&design.netlist, &design.placement);
    let (dx, dy) = design.def.as_ref().map_or((0.0, 0.0), |source| source.origin());
    let in_def: HashMap<String, Orientation> = match &design.def {
        Some(source) => source.orientations(design, placement).into_iter().collect(),
        None => HashMap::new(),
    };
    let places: Vec<tcl::Place<'_>> = netlist
        .nodes_of(Kind::HardMacro)
        .filter(|node| placement.placed[node.usize()] && !placement.fixed[node.usize()])
        .map(|node| {
            let Rect { x0, y0, x1, y1 } = placement.rect(netlist, node);
            let name = netlist.node_name(node);
            let own = placement.orientation[node.usize()];
            tcl::Place {
                name,
                outline: Rect { x0: x0 + dx, y0: y0 + dy, x1: x1 + dx, y1: y1 + dy },
                orientation: in_def.get(name).copied().unwrap_or(own),
                fixed: false,
            }
        })
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let head = format!("{}: hard macros placed by flagstone {version}", design.name);
    let script = match tool {
        ToolArg::Openroad => tcl::openroad,
        ToolArg::Innovus => tcl::innovus,
        ToolArg::Icc2 => tcl::icc2,
    };
    script(&[&head], &places)
}
