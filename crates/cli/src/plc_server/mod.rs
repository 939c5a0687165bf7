//! A drop-in replacement for circuit_training's `plc_wrapper_main`: PlacementCost over a Unix socket.
//!
//! The client listens, this program connects and answers requests until the client closes the
//! connection. Costs follow [`Rules::Google`](flagstone_cost::Rules::Google), numbers in the netlist
//! are rounded to `f32`, as the program this one stands in for does.

mod adjacency;
mod args;
mod export;
mod extras;
mod files;
mod flags;
mod mask;
mod methods;
mod nodes;
mod protocol;
mod settings;
mod state;
mod stdcells;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire_tests;

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use anyhow::Context;

use self::protocol::{Incoming, Requests};
use self::state::State;

/// Command-line arguments of the server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlcServerArgs {
    /// Unix socket the client listens on.
    pub(crate) pipe_address: PathBuf,
    /// Netlist file, or several parts of one separated by commas.
    pub(crate) netlist_file: String,
    /// Least horizontal gap between hard macros in µm.
    pub(crate) macro_macro_x_spacing: f64,
    /// Least vertical gap between hard macros in µm.
    pub(crate) macro_macro_y_spacing: f64,
}

/// Serves one client until it closes the connection.
///
/// # Errors
/// Where the netlist cannot be read or the connection fails.
pub(crate) fn run(args: PlcServerArgs) -> anyhow::Result<()> {
    let spacing = (args.macro_macro_x_spacing, args.macro_macro_y_spacing);
    let netlist = files::read_netlist(&args.netlist_file).map_err(anyhow::Error::msg)?;
    let mut state = State::new(netlist, args.netlist_file, spacing);
    let address = &args.pipe_address;
    let stream = UnixStream::connect(address)
        .with_context(|| format!("cannot connect to {}", address.display()))?;
    let reader = stream.try_clone().context("cannot share the connection")?;
    serve(&mut state, reader, stream).context("the connection broke")
}

/// What the server answers to the bytes of a whole conversation, for fuzzing.
#[cfg(fuzzing)]
pub(crate) fn converse(netlist: flagstone_formats::pbtxt::NetlistFile, input: &[u8]) -> Vec<u8> {
    let mut state = State::new(netlist, "fuzzed".to_owned(), (0.0, 0.0));
    let mut output = Vec::new();
    let _ = serve(&mut state, input, &mut output);
    output
}

/// Answers requests until the input ends.
fn serve(state: &mut State, mut input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    let mut requests = Requests::default();
    let mut chunk = vec![0; 1 << 16];
    loop {
        while let Some(incoming) = requests.next() {
            let answer = match incoming {
                Incoming::Call { name, args } => methods::call(state, &name, &args),
                Incoming::Malformed(why) => protocol::status(Err(why)),
            };
            let sent = output.write_all(answer.to_string().as_bytes());
            match sent.and_then(|()| output.flush()) {
                Err(error) if is_closed(&error) => return Ok(()),
                sent => sent?,
            }
        }
        match input.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(n) => requests.push(&chunk[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_closed(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Whether the client has gone.
fn is_closed(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}
