//! The Flagstone viewer's window.
//!
//! Usage: `flagstone-gui [FILES…] [--reset-settings]`. Files are a netlist and perhaps a placement,
//! a folder that holds them, or nothing.

#![allow(clippy::print_stderr, clippy::print_stdout, reason = "this is a program")]

use std::path::PathBuf;
use std::process::ExitCode;

use flagstone_gui::app::Viewer;
use flagstone_gui::state::State;

const USAGE: &str = "usage: flagstone-gui [FILES…] [--reset-settings]

  FILES             a netlist and perhaps a .plc, or a folder that holds them
  --reset-settings  forget window, layout and settings
  -h, --help        this text

Press ? in the window for the shortcuts, Ctrl+P for every command.";

fn main() -> ExitCode {
    let mut files = Vec::new();
    let mut reset = false;
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "-h" | "--help" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            "--reset-settings" => reset = true,
            option if option.starts_with('-') => {
                eprintln!("error: unknown option {option}\n{USAGE}");
                return ExitCode::from(2);
            }
            _ => files.push(PathBuf::from(arg)),
        }
    }
    match run(files, reset) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot open a window: {error}");
            ExitCode::from(5)
        }
    }
}

fn run(files: Vec<PathBuf>, reset: bool) -> Result<(), eframe::Error> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Flagstone")
        .with_inner_size([1400.0, 900.0])
        .with_min_inner_size([640.0, 400.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions {
        viewport,
        persist_window: !reset,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "flagstone",
        options,
        Box::new(move |cc| {
            let state = if reset { State::default() } else { Viewer::restored(cc.storage) };
            let mut viewer = Viewer::new(&cc.egui_ctx, state);
            if !files.is_empty() {
                viewer.load(files);
            }
            Ok(Box::new(viewer))
        }),
    )
}
