//! `flagstone gui`: starts the viewer, a program of its own beside this one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::GuiArgs;
use crate::failure::Failure;

const PROGRAM: &str = "flagstone-gui";

/// Runs the viewer and waits for it.
pub(crate) fn run(args: &GuiArgs) -> Result<(), Failure> {
    let own = std::env::current_exe().ok();
    let beside = own
        .as_deref()
        .and_then(Path::parent)
        .map(|folder| folder.join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)));
    let program = beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(PROGRAM));
    let mut command = Command::new(&program);
    if args.reset_settings {
        command.arg("--reset-settings");
    }
    let status = command.args(&args.files).status().map_err(|error| {
        Failure::Output(format!(
            "cannot start {}: {error}\n  help: the viewer is built with `cargo build --release \
             -p flagstone-gui`",
            program.display()
        ))
    })?;
    if status.success() { Ok(()) } else { Err(Failure::No(format!("{PROGRAM}: {status}"))) }
}
