//! Every argument, declared once; help, completions and the manual come from here.

mod pictures;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use flagstone_cluster::ClusterConfig;
use flagstone_design::save::{Map, Tool};
use flagstone_design::snap::SnapTo;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_place::refine::Effort;
use flagstone_policy::Compute;

use crate::failure::Failure;
use crate::policies::SHIPPED_NAME;

pub(crate) use self::pictures::{DiffArgs, HeatArg, RampArg, RenderArgs, SortArg, ThemeArg};

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
    /// Print every iteration and every note.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Write the numbers of the result as flat JSON keys, such as place__cost__proxy.
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

/// What to load and how to see it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LoadArgs {
    /// Netlist (.pb.txt, several parts joined by commas), a folder with one, LEF files with a DEF,
    /// structural Verilog or both, Bookshelf .aux, GSRC .blocks, MCNC YAL, hMETIS .hgr; each also
    /// as .gz or .xz, told by content; a .plc may stand among them.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Placement; without it the one beside the netlist is taken, if there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) plc: Option<PathBuf>,
    /// TOML file that overrides canvas, grid, routing, smoothing and weights.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Override one setting, such as columns=20 or weights.congestion=1.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// LEF/DEF components or masters that are macros whatever their class, such as 'pll*'.
    #[arg(long = "macro", alias = "macros", value_name = "PATTERN")]
    pub(crate) macros: Vec<String>,
    /// LEF/DEF components or masters that are standard cells whatever their class.
    #[arg(long = "cell", alias = "cells", value_name = "PATTERN")]
    pub(crate) cells: Vec<String>,
    /// The netlist is an excerpt: pins and sinks of nodes that are not in it are dropped.
    #[arg(long)]
    pub(crate) excerpt: bool,
}

impl LoadArgs {
    /// What to make of names that a protobuf netlist does not define.
    pub(crate) fn missing(&self) -> Missing {
        if self.excerpt { Missing::Dropped } else { Missing::Error }
    }

    /// How macros are told from standard cells.
    pub(crate) fn rules(&self) -> MacroRules {
        let (macros, cells) = (self.macros.clone(), self.cells.clone());
        MacroRules { macros, cells, ..MacroRules::default() }
    }
}

/// Arguments of `cluster`.
#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Folder for netlist.pb.txt, initial.plc and groups.final [default: clustered/DESIGN].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Groups that are known, one for each node of the flat netlist; nothing is partitioned.
    #[arg(long, value_name = "FILE")]
    pub(crate) groups: Option<PathBuf>,
    /// TOML file with the numbers of the clustering.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Seed of the partitioner.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Overwrite existing files.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

impl ClusterArgs {
    /// The numbers of the clustering.
    pub(crate) fn config(&self) -> Result<ClusterConfig, Failure> {
        let Some(path) = &self.config else { return Ok(ClusterConfig::default()) };
        let text = std::fs::read_to_string(path).map_err(|error| Failure::read(path, error))?;
        let wrong = |error| Failure::Usage(format!("{}: {error}", path.display()));
        toml::from_str(&text).map_err(wrong)
    }
}

/// The tool a Tcl script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToolArg {
    /// OpenROAD.
    Openroad,
    /// Cadence Innovus.
    Innovus,
    /// Synopsys IC Compiler II.
    Icc2,
}

impl From<ToolArg> for Tool {
    fn from(tool: ToolArg) -> Self {
        match tool {
            ToolArg::Openroad => Self::Openroad,
            ToolArg::Innovus => Self::Innovus,
            ToolArg::Icc2 => Self::Icc2,
        }
    }
}

/// Lines that macros are moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SnapArg {
    /// The LEF's manufacturing grid.
    Manufacturing,
    /// The DEF's tracks.
    Tracks,
}

impl From<SnapArg> for SnapTo {
    fn from(snap: SnapArg) -> Self {
        match snap {
            SnapArg::Manufacturing => Self::Manufacturing,
            SnapArg::Tracks => Self::Tracks,
        }
    }
}

/// What a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapArg {
    /// Covered share of each cell.
    Density,
    /// The larger of horizontal and vertical congestion.
    Congestion,
    /// Horizontal routing demand over supply.
    Horizontal,
    /// Vertical routing demand over supply.
    Vertical,
    /// Wire of each net spread over its box.
    Rudy,
    /// Pins per µm².
    PinDensity,
}

impl From<MapArg> for Map {
    fn from(map: MapArg) -> Self {
        match map {
            MapArg::Density => Self::Density,
            MapArg::Congestion => Self::Congestion,
            MapArg::Horizontal => Self::Horizontal,
            MapArg::Vertical => Self::Vertical,
            MapArg::Rudy => Self::Rudy,
            MapArg::PinDensity => Self::PinDensity,
        }
    }
}

/// Arguments of `convert`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// File to write; its name tells the format: .pb.txt, .plc, .def, .tcl, .aux (all of Bookshelf),
    /// .pl, .blocks (with .nets and .pl), .hgr, .lyrdb, .lyimg, .csv, .json, .graphml, .svg or .png.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The tool a .tcl is for.
    #[arg(long, value_enum, default_value = "openroad")]
    pub(crate) tool: ToolArg,
    /// What a .csv or .lyimg shows.
    #[arg(long, value_enum, default_value = "density")]
    pub(crate) map: MapArg,
    /// Write a .csv with a line for each row of cells, the top one first.
    #[arg(long)]
    pub(crate) matrix: bool,
    /// Move hard macros onto lines first; the difference in cost is told.
    #[arg(long, value_enum)]
    pub(crate) snap: Option<SnapArg>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(crate) force: bool,
}

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

/// How the macros are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// A start, legalised, then the refiner.
    Refine,
    /// The best of a greedy and some sampled episodes of a trained policy.
    Policy,
    /// Draws of random legal cells; the best is kept.
    Random,
    /// The largest macro first, each to the cell with the least wirelength.
    Greedy,
    /// Springs and pushes for all macros at once, then legalised.
    ForceDirected,
    /// TILOS' annealer: swap, shift, mirror, move, shuffle; workers go with the winners.
    Sa,
    /// WireMask-EA: an evolution over guide cells, decoded greedily.
    WiremaskEa,
}

/// How much work to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EffortArg {
    /// Below half a minute.
    Quick,
    /// A few minutes.
    Normal,
    /// About ten minutes.
    High,
    /// About twenty minutes.
    Max,
}

impl From<EffortArg> for Effort {
    fn from(effort: EffortArg) -> Self {
        match effort {
            EffortArg::Quick => Self::Quick,
            EffortArg::Normal => Self::Normal,
            EffortArg::High => Self::High,
            EffortArg::Max => Self::Max,
        }
    }
}

const PLACE_HELP: &str = "\
Stages by method (a stage shown in brackets only with --refine):
  refine          start (--from) > legal > refined
  policy          policy's best episode > [refined]
  random          draws: random legal cells, soft macros by forces > [refined]
  greedy          least wirelength, soft macros by forces > [refined]
  force-directed  forces on all macros > legal > soft macros by forces > [refined]
  sa              spiral or --from > annealing, soft macros by forces > [refined]
  wiremask-ea     random guides > evolution, soft macros by forces > [refined]

Work is counted, not timed: --effort or --budget set it, and the same budget gives the same placement \
on any machine and number of threads; --seconds, --minutes and \
--cpu-seconds only stop early. The best legal \
placement so far is always in the .plc: interrupt at any moment.

Start: given (the placement loaded), policy, scratch (forces from the centre; for sa the spiral), or \
a .plc file of the same netlist. By default refine starts from the policy if there is one, else \
from the greedy placement, and the other methods from scratch.";

/// Arguments of `place`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = PLACE_HELP)]
pub(crate) struct PlaceArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// How the macros are placed; baselines are not refined unless --refine says so.
    #[arg(long, value_enum, default_value = "refine")]
    pub(crate) method: Method,
    /// Where the search starts: given, analytic, policy, greedy, scratch or a .plc file. By default
    /// analytic placements and the policy's.
    #[arg(long, value_name = "START")]
    pub(crate) from: Option<String>,
    /// Run the refiner on what the method found.
    #[arg(long)]
    pub(crate) refine: bool,
    /// How much work may be spent; normal, or what refine.anneal.moves says, where it is not given.
    #[arg(long, value_enum)]
    pub(crate) effort: Option<EffortArg>,
    /// Work in moves, instead of an effort; for random and wiremask-ea in placements built. With the
    /// methods policy, greedy and force-directed it is the refiner's.
    #[arg(long, value_name = "MOVES")]
    pub(crate) budget: Option<u64>,
    /// Stop after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) seconds: Option<f64>,
    /// Stop after this many minutes.
    #[arg(long, value_name = "MINUTES", conflicts_with = "seconds")]
    pub(crate) minutes: Option<f64>,
    /// Stop after this much processor time, in seconds of all threads together.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) cpu_seconds: Option<f64>,
    /// Hard macros that stay where they are, such as 'cpu/icache*'.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) fix: Vec<String>,
    /// Leave the soft macros where they are.
    #[arg(long)]
    pub(crate) fix_soft: bool,
    /// Mirror no macro.
    #[arg(long)]
    pub(crate) no_flips: bool,
    /// Least gap between two hard macros in um.
    #[arg(long, default_value_t = 0.0, value_name = "UM")]
    pub(crate) spacing: f64,
    /// A policy, a checkpoint or a run folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Placements that a policy draws beside the greedy one; the best is kept.
    #[arg(long, default_value_t = 16)]
    pub(crate) samples: usize,
    /// Check everything, say what would be done, and stop.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Folder for the results [default: placed/DESIGN].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Seed of all random numbers.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads [default: all cores]; the result does not depend on them.
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// TOML file with every number of the run; see `flagstone config --defaults`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Record every stage and round here; `render --replay` shows it.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Write a PNG, too.
    #[arg(long)]
    pub(crate) png: bool,
    /// Overwrite existing results.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

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

/// What `bench` does beyond the suite's methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtocolArg {
    /// From scratch, zero-shot and fine-tuned over all seeds.
    Learning,
}

/// Arguments of `bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// Suite file: designs, methods, seeds.
    pub(crate) suite: PathBuf,
    /// Folder for placements and tables [default: bench/SUITE].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Run only cells DESIGN/METHOD/SEED that match, such as 'ariane*/sa/*'.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<String>,
    /// Run matching cells again, finished or not.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) redo: Vec<String>,
    /// Run no cell; write the tables of what is finished.
    #[arg(long)]
    pub(crate) tables: bool,
    /// Also run the suite's `[learning]` section: scratch, zero-shot and fine-tuned, each with and
    /// without the refiner.
    #[arg(long, value_enum)]
    pub(crate) protocol: Option<ProtocolArg>,
    /// Cells that run at the same time.
    #[arg(long, default_value_t = 1)]
    pub(crate) jobs: usize,
    /// Threads of a cell [default: the suite's, else all cores].
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Print the table as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
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
