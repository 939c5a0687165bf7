//! Arguments of `cluster`.

use std::path::PathBuf;

use flagstone_cluster::ClusterConfig;

use super::LoadArgs;
use crate::failure::Failure;

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
