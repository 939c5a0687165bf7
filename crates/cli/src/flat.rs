//! Clustering of designs that still have standard cells.

use flagstone_cluster::ClusterConfig;

use crate::failure::Failure;
use crate::load::{Design, tell};

/// The design with its standard cells in soft macros; as it is, if it has none.
pub(crate) fn clustered(design: Design, config: &ClusterConfig) -> Result<Design, Failure> {
    let (design, messages) = flagstone_design::clustered(design, config)?;
    tell(&messages);
    Ok(design)
}
