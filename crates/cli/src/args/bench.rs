//! Arguments of `bench`.

use std::path::PathBuf;

use clap::ValueEnum;

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
