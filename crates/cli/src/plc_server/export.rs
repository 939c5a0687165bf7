//! The placement as Tcl for place-and-route tools.

use std::fmt::Write;

use flagstone_geom::Orientation;
use flagstone_netlist::Kind;

use super::args::{Answer, Args};
use super::files::write;
use super::protocol::done;
use super::state::State;

/// A tool that reads the Tcl.
#[derive(Clone, Copy)]
enum Tool {
    DesignCompiler,
    Innovus,
    IcCompiler,
}

/// Writes the placed hard macros, from their lower-left corners, fixed.
pub(super) fn save_for_tool(state: &mut State, args: &Args<'_>) -> Answer {
    let path = args.text(0, "file")?;
    // Hard macros carry their own names, so neither the flat netlist nor its groups are needed.
    args.text(1, "original_netlist")?;
    args.text(2, "groups_file")?;
    let tool = match args.text(3, "tool")? {
        "dct" => Tool::DesignCompiler,
        "innovus" => Tool::Innovus,
        "icc2" => Tool::IcCompiler,
        other => return Err(format!("tool {other:?} is not one of dct, innovus, icc2")),
    };
    let project = args.text(4, "project")?.replace(['\n', '\r'], " ");
    let mut text = format!("# Placement of {project}\n");
    for node in state.netlist.nodes_of(Kind::HardMacro) {
        if !state.placement.placed[node.usize()] {
            continue;
        }
        let rect = state.placement.rect(&state.netlist, node);
        let name = state.netlist.node_name(node);
        let orientation = state.placement.orientation[node.usize()];
        let line = place_command(tool, name, (rect.x0, rect.y0), orientation);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    write(path, text.as_bytes())?;
    Ok(done())
}

fn place_command(tool: Tool, name: &str, (x, y): (f64, f64), orientation: Orientation) -> String {
    let turned = rotation(orientation);
    match tool {
        Tool::DesignCompiler => {
            format!(
                "set_cell_location -coordinates {{{x} {y}}} -orientation {orientation} -fixed {{{name}}}"
            )
        }
        Tool::Innovus => format!("placeInstance {{{name}}} {x} {y} {turned} -fixed"),
        Tool::IcCompiler => {
            format!(
                "set_cell_location -coordinates {{{x} {y}}} -orientation {turned} -fixed [get_cells {{{name}}}]"
            )
        }
    }
}

/// The orientation in the letters of the tools that count turns.
fn rotation(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::N => "R0",
        Orientation::W => "R90",
        Orientation::S => "R180",
        Orientation::E => "R270",
        Orientation::FN => "MY",
        Orientation::FS => "MX",
        Orientation::FW => "MX90",
        Orientation::FE => "MY90",
    }
}
