//! `flagstone gui`: starts the viewer, a program of its own beside this one.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

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
    verdict(status)
}

/// The viewer's exit codes are those of this program; it never answers "no".
fn verdict(status: ExitStatus) -> Result<(), Failure> {
    let text = format!("{PROGRAM}: {status}");
    match status.code() {
        Some(0) => Ok(()),
        Some(2) => Err(Failure::Usage(text)),
        _ => Err(Failure::Output(text)),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn a_window_that_cannot_open_is_no_answer() {
        // As `wait` gives them: an exit code in the second byte, a signal in the first.
        let code = |raw| verdict(ExitStatus::from_raw(raw)).map_err(|failure| failure.code());
        assert_eq!(code(0), Ok(()));
        assert_eq!(code(2 << 8), Err(2));
        assert_eq!(code(5 << 8), Err(5));
        assert_eq!(code(9), Err(5), "killed");
    }
}
