use std::borrow::Cow;

use flagstone_formats::{def, tcl};
use flagstone_netlist::{Kind, NodeId};

use crate::Design;

/// The tool a Tcl script is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// OpenROAD.
    #[default]
    Openroad,
    /// Cadence Innovus.
    Innovus,
    /// Synopsys IC Compiler II.
    Icc2,
}

/// A script that places the hard macros.
pub fn to_tcl(design: &Design, tool: Tool) -> String {
    let (netlist, placement) = (&design.netlist, &design.placement);
    let source = design.def.as_ref();
    let in_def = source.map(|source| source.orientations(netlist, placement)).unwrap_or_default();
    let spelled = source.map(|source| source.spellings(netlist)).unwrap_or_default();
    // OpenROAD's database has the names of the DEF, escapes and all; the others take them off.
    let name = |node: NodeId| -> Cow<'_, str> {
        let own = netlist.node_name(node);
        match tool {
            Tool::Openroad => (*spelled.get(&node).unwrap_or(&own)).into(),
            Tool::Innovus | Tool::Icc2 if source.is_some() => def::plain(own),
            Tool::Innovus | Tool::Icc2 => own.into(),
        }
    };
    let names: Vec<(NodeId, Cow<'_, str>)> = netlist
        .nodes_of(Kind::HardMacro)
        .filter(|node| placement.placed[node.usize()] && !placement.fixed[node.usize()])
        .map(|node| (node, name(node)))
        .collect();
    let places: Vec<tcl::Place<'_>> = names
        .iter()
        .map(|&(node, ref name)| {
            let own = placement.orientation[node.usize()];
            tcl::Place {
                name,
                outline: design.rect_in_files(placement.rect(netlist, node)),
                orientation: in_def.get(&node).copied().unwrap_or(own),
                fixed: false,
            }
        })
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let head = format!("{}: hard macros placed by flagstone {version}", design.name);
    let script = match tool {
        Tool::Openroad => tcl::openroad,
        Tool::Innovus => tcl::innovus,
        Tool::Icc2 => tcl::icc2,
    };
    script(&[&head], &places)
}
