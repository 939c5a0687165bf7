//! Arguments of `place`.

use std::path::PathBuf;

use clap::ValueEnum;
use flagstone_place::refine::Effort;

use super::LoadArgs;
use crate::place::Seeds;

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
    /// About half a minute on two cores at most, up to 2,000 macros.
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
a .plc file of the same netlist. By default refine makes analytic placements from the policy's \
arrangement, the one loaded and the centre, and keeps the best; the other methods start from scratch.";

/// Arguments of `place`.
#[derive(Clone, Debug, clap::Args)]
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
    /// Designs of more nets than refine.full_effort_nets get fewer moves, to keep to the time.
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
    /// Least gap between two hard macros in um; without it the widest HALO of a macro in the DEF.
    #[arg(long, value_name = "UM")]
    pub(crate) spacing: Option<f64>,
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
    /// Place once with each of these seeds, as 1..8 or 1,4,9, into OUT/seed-N; tells mean and
    /// standard deviation.
    #[arg(long, conflicts_with = "seed")]
    pub(crate) seeds: Option<Seeds>,
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
