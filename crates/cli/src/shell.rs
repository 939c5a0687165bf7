//! What a shell needs, and the server that other programs start.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::{Args, PlcServerArgs};
use crate::failure::Failure;
use crate::output::say_bytes;
use crate::plc_server;
use crate::progress::note;

/// Prints a completion script.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "flagstone", &mut text);
    say_bytes(&text)
}

/// Prints the manual page, the subcommands' pages after it.
pub(crate) fn man() -> Result<(), Failure> {
    let command = Args::command();
    let mut text = Vec::new();
    let pages = std::iter::once(command.clone()).chain(command.get_subcommands().cloned());
    for page in pages {
        clap_mangen::Man::new(page).render(&mut text).map_err(|error| Failure::stdout(&error))?;
    }
    say_bytes(&text)
}

/// Serves one PlacementCost client.
pub(crate) fn plc_server(args: PlcServerArgs) -> Result<(), Failure> {
    let parsed = plc_server::PlcServerArgs::parse(args.args);
    let (args, ignored) = parsed.map_err(|error| Failure::Usage(format!("{error:#}")))?;
    if !ignored.is_empty() {
        note(&format!("flags without a meaning here: {}", ignored.join(" ")));
    }
    plc_server::run(args).map_err(|error| {
        let text = format!("{error:#}");
        let io = error.chain().any(|cause| cause.is::<std::io::Error>());
        if io { Failure::Output(text) } else { Failure::Input(text) }
    })
}
