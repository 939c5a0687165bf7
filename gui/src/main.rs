//! The Flagstone viewer: opens a netlist with its placement and draws the macros.
//!
//! Usage: `flagstone-gui NETLIST [PLC]`. Drag to pan, scroll to zoom at the pointer, F to fit; the
//! pointer shows a macro's name.

#![allow(clippy::print_stderr, reason = "this is a program")]

mod camera;
mod design;
mod theme;
mod viewer;

use std::process::ExitCode;

use anyhow::Context;

use crate::design::Design;
use crate::viewer::Viewer;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(3)
        }
    }
}

fn run() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let netlist = args.next().context("usage: flagstone-gui NETLIST [PLC]")?;
    let design = Design::open(netlist.as_ref(), args.next().as_deref().map(AsRef::as_ref))?;
    let title = format!("{} - Flagstone", design.name);
    let options = eframe::NativeOptions::default();
    eframe::run_native(&title, options, Box::new(|_| Ok(Box::new(Viewer::new(design)))))
        .map_err(|error| anyhow::anyhow!("cannot open a window: {error}"))
}
