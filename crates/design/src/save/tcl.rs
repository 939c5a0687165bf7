use flagstone_formats::tcl;
use flagstone_netlist::Kind;

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
    let places: Vec<tcl::Place<'_>> = netlist
        .nodes_of(Kind::HardMacro)
        .filter(|node| placement.placed[node.usize()] && !placement.fixed[node.usize()])
        .map(|node| {
            let own = placement.orientation[node.usize()];
            tcl::Place {
                name: netlist.node_name(node),
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
