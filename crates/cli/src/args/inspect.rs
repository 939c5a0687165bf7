//! Arguments of what looks at a design and changes nothing: `info`, `eval` and `check`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::LoadArgs;

/// Arguments of `info`.
#[derive(Debug, clap::Args)]
pub(crate) struct InfoArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Also choose a square canvas that is filled to this share, and its grid.
    #[arg(long, value_name = "SHARE")]
    pub(crate) utilization: Option<f64>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where published evaluators differ, which one to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesArg {
    /// Grid cells are clamped into the canvas.
    Clamp,
    /// As Google's binary.
    Google,
}

/// Arguments of `eval`.
#[derive(Debug, clap::Args)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Which evaluator to follow where published ones differ.
    #[arg(long, value_enum, default_value = "clamp")]
    pub(crate) rules: RulesArg,
    /// Use the orientations of the netlist, not those of the placement.
    #[arg(long)]
    pub(crate) freeze_orientation: bool,
    /// The flat netlist this one was clustered from: its wirelength is computed, too, each cell at
    /// the centre of its soft macro.
    #[arg(long, value_name = "FILE", requires = "groups")]
    pub(crate) flat: Option<String>,
    /// The groups the netlist was clustered by, a `groups.final`.
    #[arg(long, value_name = "FILE", requires = "flat")]
    pub(crate) groups: Option<PathBuf>,
    /// Exit with 1 where the proxy cost is above this.
    #[arg(long, value_name = "COST")]
    pub(crate) max_cost: Option<f64>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Least gap between two hard macros in µm.
    #[arg(long, default_value_t = 0.0, value_name = "UM")]
    pub(crate) spacing: f64,
    /// Overhang and overlap in µm that pass as rounding.
    #[arg(long, default_value_t = 0.0, value_name = "UM")]
    pub(crate) tolerance: f64,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
