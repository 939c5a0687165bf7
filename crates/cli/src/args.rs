//! Every argument, declared once; help, completions and the manual come from here.

mod bench;
mod cluster;
mod convert;
mod inspect;
mod load;
mod pictures;
mod place;
mod train;

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};

use crate::color::ColorArg;

pub(crate) use self::bench::{BenchArgs, ProtocolArg};
pub(crate) use self::cluster::ClusterArgs;
pub(crate) use self::convert::ConvertArgs;
pub(crate) use self::inspect::{CheckArgs, EvalArgs, InfoArgs, RulesArg};
pub(crate) use self::load::LoadArgs;
pub(crate) use self::pictures::{DiffArgs, HeatArg, RampArg, RenderArgs, SortArg, ThemeArg};
pub(crate) use self::place::{Method, PlaceArgs};
pub(crate) use self::train::{FinetuneArgs, PretrainArgs, ReportArgs, RunArgs, TrainArgs};

/// What this build can compute on.
#[cfg(feature = "gpu")]
macro_rules! devices {
    () => {
        "cpu, gpu"
    };
}

/// What this build can compute on.
#[cfg(not(feature = "gpu"))]
macro_rules! devices {
    () => {
        "cpu"
    };
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 done, and the answer is no (an illegal placement, a difference); 2 wrong arguments or config; \
3 unreadable input; 4 nothing fits; 5 cannot write; 130 interrupted, state saved.";

const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\npolicy networks: alphachip, 125826 parameters; maps, 7826 parameters\ndevices: ",
    devices!(),
    "\ncost weights by default: wirelength 1.0, density 0.5, congestion 0.5"
);

/// The open chip floorplanner that learns.
#[derive(Debug, Parser)]
#[command(name = "flagstone", version, long_version = LONG_VERSION, after_long_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Print results and errors only.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print every iteration and every note; twice (-vv) also what was read, by how many threads,
    /// and all numbers of every iteration.
    #[arg(short, long, global = true, conflicts_with = "quiet", action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Color words of messages, help and errors.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: ColorArg,
    /// Write the numbers of the result as flat JSON keys, such as place__cost__proxy; for commands
    /// that have such numbers.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    /// Also write everything said on the way to this file, with --quiet, too.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) mode: Mode,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Mode {
    /// Count a netlist's nodes, pins and nets.
    Info(InfoArgs),
    /// Compute the proxy cost of a placement.
    Eval(EvalArgs),
    /// List everything that makes a placement illegal.
    Check(CheckArgs),
    /// Make a realistic netlist.
    Generate(GenerateArgs),
    /// Train a policy from scratch.
    Train(TrainArgs),
    /// Train one policy on many netlists.
    Pretrain(PretrainArgs),
    /// Adapt a policy to one netlist.
    ///
    /// Defaults differ from those of `train`, for the policy is to be varied and not left, in about a
    /// hundred episodes: train.learning_rate 1e-3, train.temperature 0.2, train.entropy_coefficient 0.003. A --config
    /// or --set of these goes before.
    Finetune(FinetuneArgs),
    /// Make the report of a run: one HTML file, or CSV.
    Report(ReportArgs),
    /// Place a netlist.
    Place(PlaceArgs),
    /// Compare methods over designs and seeds.
    Bench(BenchArgs),
    /// Put a flat netlist's standard cells into soft macros.
    Cluster(ClusterArgs),
    /// Write a design in another format.
    Convert(ConvertArgs),
    /// Draw a placement, or what a recording shows.
    Render(RenderArgs),
    /// List what differs between two placements.
    Diff(DiffArgs),
    /// Open the viewer: see, search, measure and edit a placement.
    Gui(GuiArgs),
    /// Print the settings of a run.
    Config(ConfigArgs),
    /// Serve PlacementCost over a Unix socket, for circuit_training.
    PlcServer(PlcServerArgs),
    /// Print a completion script.
    Completions {
        /// The shell it is for.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

impl Mode {
    /// Whether the result has numbers that `--metrics` can write.
    pub(crate) fn has_metrics(&self) -> bool {
        match self {
            Self::Info(_)
            | Self::Eval(_)
            | Self::Check(_)
            | Self::Generate(_)
            | Self::Train(_)
            | Self::Pretrain(_)
            | Self::Finetune(_)
            | Self::Place(_)
            | Self::Cluster(_)
            | Self::Diff(_) => true,
            Self::Report(_)
            | Self::Bench(_)
            | Self::Convert(_)
            | Self::Render(_)
            | Self::Gui(_)
            | Self::Config(_)
            | Self::PlcServer(_)
            | Self::Completions { .. }
            | Self::Man => false,
        }
    }
}

/// Arguments of `gui`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GuiArgs {
    /// Files of a design, or a folder that holds them; nothing opens an empty window.
    #[arg(value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,
    /// Forget window, layout and settings.
    #[arg(long)]
    pub(crate) reset_settings: bool,
}

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct GenerateArgs {
    /// Folder for netlist.pb.txt and initial.plc.
    pub(crate) out: PathBuf,
    /// Hard macros.
    #[arg(long, default_value_t = 32)]
    pub(crate) hard_macros: usize,
    /// Soft macros.
    #[arg(long, default_value_t = 200)]
    pub(crate) soft_macros: usize,
    /// Ports.
    #[arg(long, default_value_t = 120)]
    pub(crate) ports: usize,
    /// Nets.
    #[arg(long, default_value_t = 3000)]
    pub(crate) nets: usize,
    /// Share of the canvas that is covered.
    #[arg(long, default_value_t = 0.6)]
    pub(crate) utilization: f64,
    /// Seed.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Overwrite existing files.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// Print the defaults with a comment for each number.
    #[arg(long)]
    pub(crate) defaults: bool,
    /// File to merge with the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Override one number.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// Arguments of `plc-server`, in the spelling of the program it stands in for.
#[derive(Debug, clap::Args)]
pub(crate) struct PlcServerArgs {
    /// Arguments, such as --pipe_address=SOCKET --netlist_file=FILE.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<String>,
}
