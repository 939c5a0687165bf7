//! `flagstone-plc`: the cost server alone, under the name and with the flags that circuit_training
//! starts its own binary with.

mod plc_server;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut errors = std::io::stderr();
    let parsed = plc_server::PlcServerArgs::parse(std::env::args().skip(1));
    let served = parsed.and_then(|(args, ignored)| {
        if !ignored.is_empty() {
            let flags = ignored.join(" ");
            let _ = writeln!(errors, "flagstone-plc: flags without a meaning here: {flags}");
        }
        plc_server::run(args)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(errors, "flagstone-plc: {error:#}");
            ExitCode::FAILURE
        }
    }
}
