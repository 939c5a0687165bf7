//! Arguments of everything that learns, and of `report`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use flagstone_policy::Compute;

use crate::failure::Failure;
use crate::policies::SHIPPED_NAME;

/// The kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NetworkArg {
    /// The published one, parameter for parameter.
    Alphachip,
    /// Convolutions over per-cell maps of the cost engine.
    Maps,
}

impl From<NetworkArg> for flagstone_policy::Network {
    fn from(arg: NetworkArg) -> Self {
        match arg {
            NetworkArg::Alphachip => Self::AlphaChip,
            NetworkArg::Maps => Self::Maps,
        }
    }
}

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceArg {
    /// The processor.
    Cpu,
    /// A GPU, through Vulkan, Metal or DirectX 12.
    Gpu,
}

impl DeviceArg {
    /// What the network is computed on.
    pub(crate) fn compute(self) -> Result<Compute, Failure> {
        match self {
            Self::Cpu => Ok(Compute::Cpu),
            #[cfg(feature = "gpu")]
            Self::Gpu => Ok(Compute::Gpu),
            #[cfg(not(feature = "gpu"))]
            Self::Gpu => Err(Failure::Usage(
                "--device gpu: this program was built without it\n  help: build with --features gpu"
                    .to_owned(),
            )),
        }
    }
}

/// Arguments of everything that learns.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Run folder [default: runs/NAME].
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    pub(crate) out: Option<PathBuf>,
    /// Continue the run in this folder, with its config; budgets may be changed.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["config", "set", "force", "seed"])]
    pub(crate) resume: Option<PathBuf>,
    /// The network of a policy trained from scratch [default: that of the config].
    #[arg(long, value_enum, conflicts_with = "resume")]
    pub(crate) network: Option<NetworkArg>,
    /// TOML file with every number of the run; see `flagstone config --defaults`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Override one number, such as train.learning_rate=1e-3.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Iterations in all.
    #[arg(long)]
    pub(crate) iterations: Option<u64>,
    /// Stop after this many episodes in all.
    #[arg(long)]
    pub(crate) episodes: Option<u64>,
    /// Stop after this many placed macros in all.
    #[arg(long)]
    pub(crate) steps: Option<u64>,
    /// Stop after the iteration in which this many minutes have passed.
    #[arg(long)]
    pub(crate) minutes: Option<f64>,
    /// Seed of parameters, episodes and minibatches.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Threads [default: all cores]; the result does not depend on them.
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// What the network is computed on; gpu needs a build with `--features gpu`.
    #[arg(long, value_enum, default_value = "cpu")]
    pub(crate) device: DeviceArg,
    /// Start over in a folder that has a run already.
    #[arg(long)]
    pub(crate) force: bool,
    /// Check everything, time one iteration, say what would be done, and stop.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object at the end.
    #[arg(long)]
    pub(crate) json: bool,
}

impl RunArgs {
    /// Takes the budgets over into a config.
    pub(crate) fn apply(&self, config: &mut flagstone_ppo::Config) {
        config.iterations = self.iterations.unwrap_or(config.iterations);
        config.max_episodes = self.episodes.unwrap_or(config.max_episodes);
        config.max_steps = self.steps.unwrap_or(config.max_steps);
    }

    /// The time after which training stops.
    ///
    /// # Errors
    /// Where `--minutes` is no span of time.
    pub(crate) fn time(&self) -> Result<Option<Duration>, Failure> {
        let time = self.minutes.map(|minutes| Duration::try_from_secs_f64(60.0 * minutes));
        time.transpose().map_err(|error| Failure::Usage(format!("--minutes: {error}")))
    }
}

/// Arguments of `train`.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// Netlists to train on, or folders with one each; the first is evaluated.
    #[arg(required_unless_present = "resume", conflicts_with = "resume")]
    pub(crate) netlists: Vec<String>,
    /// Placement that gives the first netlist's canvas and ports.
    #[arg(long, value_name = "FILE")]
    pub(crate) plc: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `finetune`.
#[derive(Debug, clap::Args)]
pub(crate) struct FinetuneArgs {
    /// Netlist to adapt to, or a folder with one.
    #[arg(required_unless_present = "resume", conflicts_with = "resume")]
    pub(crate) netlist: Option<String>,
    /// Policy, checkpoint or run folder to start from, or `shipped`.
    #[arg(long, value_name = "POLICY", default_value = SHIPPED_NAME)]
    pub(crate) from: PathBuf,
    /// Placement that gives the netlist's canvas and ports.
    #[arg(long, value_name = "FILE")]
    pub(crate) plc: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `pretrain`.
#[derive(Debug, clap::Args)]
pub(crate) struct PretrainArgs {
    /// TOML file with `[[train]]` and `[[held_out]]` entries: netlist = "PATH" or generate = {...}, with
    /// mirror, rescale and cluster_seeds for copies.
    #[arg(
        required_unless_present = "resume",
        conflicts_with = "resume",
        value_name = "CORPUS.toml"
    )]
    pub(crate) corpus: Option<PathBuf>,
    /// Start from this policy, checkpoint or run folder.
    #[arg(long, value_name = "POLICY", conflicts_with = "resume")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// Folder of a run.
    pub(crate) run: PathBuf,
    /// File to write [default: report.html in the run's folder].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print the iterations as CSV instead.
    #[arg(long, conflicts_with = "card")]
    pub(crate) csv: bool,
    /// Print what a reader must know of the policy as Markdown instead.
    #[arg(long)]
    pub(crate) card: bool,
}
