//! The command line of Flagstone: one file a subcommand, this one is the table of them.

mod args;
mod bench;
mod check;
mod clock;
mod cluster;
mod color;
mod config;
mod convert;
mod corpus;
mod diff;
mod eval;
mod failure;
mod finetune;
mod fingerprint;
mod flat;
mod generate;
mod gui;
mod info;
mod load;
mod nearest;
mod output;
mod place;
mod plc_server;
mod policies;
mod pretrain;
mod progress;
mod recorder;
mod recording;
mod render;
mod report;
mod run_folder;
mod session;
mod settings;
mod shell;
mod signal;
mod threads;
mod train;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::args::{Args, Mode};
use crate::failure::Failure;

/// Training allocates and frees large tensors all the time; the system's allocator gives their pages
/// back and faults them in again, which took a quarter of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = Args::command().color(color::of_arguments(std::env::args()));
    let args = Args::from_arg_matches(&command.get_matches());
    match run(args.unwrap_or_else(|error| error.exit())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                output::note(&format!("error: {message}"));
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(args: Args) -> Result<(), Failure> {
    progress::set_quiet(args.quiet);
    progress::set_verbose(args.verbose);
    color::set(args.color);
    if args.metrics.is_some() && !args.mode.has_metrics() {
        return Err(Failure::Usage(
            "this command has no numbers for --metrics\n  help: those of a design are in `info`, of a \
             placement in `eval` and `check`"
                .to_owned(),
        ));
    }
    output::set_metrics(args.metrics);
    output::set_log(args.log.as_deref())?;
    match args.mode {
        Mode::Info(args) => info::run(&args),
        Mode::Eval(args) => eval::run(&args),
        Mode::Check(args) => check::run(&args),
        Mode::Generate(args) => generate::run(&args),
        Mode::Train(args) => train::run(&args),
        Mode::Pretrain(args) => pretrain::run(&args),
        Mode::Finetune(args) => finetune::run(&args),
        Mode::Report(args) => report::run(&args),
        Mode::Place(args) => place::run(&args),
        Mode::Bench(args) => bench::run(&args),
        Mode::Cluster(args) => cluster::run(&args),
        Mode::Convert(args) => convert::run(&args),
        Mode::Render(args) => render::run(&args),
        Mode::Diff(args) => diff::run(&args),
        Mode::Gui(args) => gui::run(&args),
        Mode::Config(args) => config::run(&args),
        Mode::PlcServer(args) => shell::plc_server(args),
        Mode::Completions { shell } => shell::completions(shell),
        Mode::Man => shell::man(),
    }
}
