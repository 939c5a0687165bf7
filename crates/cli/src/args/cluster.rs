//! Arguments of `cluster`.

use std::path::PathBuf;

use super::LoadArgs;
use crate::failure::Failure;
use crate::settings::RunConfig;

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
    /// TOML file with every number of the run; see `flagstone config --defaults`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Seed of the partitioner [default: cluster.partition.seed of the config].
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Overwrite existing files.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

impl ClusterArgs {
    /// The numbers of the clustering and how the design is seen.
    pub(crate) fn config(&self) -> Result<RunConfig, Failure> {
        let (settings, sets) = (self.load.settings.as_deref(), &self.load.set);
        let mut config = RunConfig::read(self.config.as_deref(), settings, sets)?;
        let partition = &mut config.cluster.partition;
        partition.seed = self.seed.unwrap_or(partition.seed);
        Ok(config)
    }
}
