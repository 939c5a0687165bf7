//! From arguments to a design: what is said about its files goes to standard error.

use std::path::Path;
use std::time::Instant;

use flagstone_design::{
    Level, Message, OpenConfig, Settings, first_error, messages_of, open, read_bytes,
};
use flagstone_formats::groups;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_netlist::Netlist;

use crate::args::LoadArgs;
use crate::failure::Failure;
use crate::output;
use crate::progress::{detail, note};
use crate::settings::read_settings;

pub(crate) use flagstone_design::Design;

/// Loads what the arguments name.
pub(crate) fn load(args: &LoadArgs) -> Result<Design, Failure> {
    let settings = read_settings(args.settings.as_deref(), &args.set)?;
    design(&args.inputs, args.plc.as_deref(), &settings, &args.rules(), args.missing())
}

/// Loads a netlist and a placement; or the files of another format and perhaps a placement.
pub(crate) fn design(
    inputs: &[String],
    plc: Option<&Path>,
    settings: &Settings,
    rules: &MacroRules,
    missing: Missing,
) -> Result<Design, Failure> {
    let config = OpenConfig {
        plc: plc.map(Path::to_owned),
        settings: settings.clone(),
        rules: rules.clone(),
        missing,
    };
    let clock = Instant::now();
    let opened = open(inputs, &config);
    tell(&opened.messages);
    let design = opened.design?;
    detail(&format!(
        "  read {} in {:.2} s: {} nodes, {} pins, {} nets",
        inputs.join(" "),
        clock.elapsed().as_secs_f64(),
        design.netlist.n_nodes(),
        design.netlist.n_pins(),
        design.netlist.n_nets(),
    ));
    Ok(design)
}

/// The group of each node of a flat netlist, from a `groups.final`.
pub(crate) fn groups(path: &Path, flat: &Netlist) -> Result<Vec<Option<u32>>, Failure> {
    let (groups, diagnostics) = groups::read(&read_bytes(path)?, flat);
    tell(&messages_of(path, &diagnostics));
    first_error(path, &diagnostics)?;
    Ok(groups)
}

/// Prints errors always, and the rest unless people asked for quiet.
pub(crate) fn tell(messages: &[Message]) {
    for message in messages {
        let text = message.to_string();
        if message.level == Level::Error { output::note(&text) } else { note(&text) }
    }
}
