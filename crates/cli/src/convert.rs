//! `flagstone convert`: from what can be read to what other tools open.

use std::path::Path;

use flagstone_design::save::{Tool, to_def, to_protobuf, to_tcl};

use crate::args::ConvertArgs;
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::{output, render};

/// Converts a design.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    output::refuse_existing(std::slice::from_ref(&args.out), args.force)?;
    let bytes = convert(&design, &args.out, args.tool.into())?;
    output::write_file(&args.out, &bytes)?;
    output::say(&args.out.display().to_string())
}

/// The design in the format that the file's name asks for.
fn convert(design: &Design, out: &Path, tool: Tool) -> Result<Vec<u8>, Failure> {
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
        render::picture(&render::scene(design), kind, 1200)
    } else {
        Err(Failure::Usage(format!(
            "cannot write {}\n  help: the name must end in .pb.txt, .plc, .def, .tcl, .svg or .png",
            out.display()
        )))
    }
}
