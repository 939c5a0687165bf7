use std::io;
use std::path::PathBuf;

use flagstone_cluster::ClusterError;
use flagstone_formats::DecompressError;
use thiserror::Error;

/// Why a design cannot be opened or saved.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A packed file cannot be unpacked.
    #[error("cannot read {}: {source}{}", path.display(), more_room(source))]
    Unpack {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DecompressError,
    },
    /// A file has errors; the messages list them.
    #[error("{}: {n} error{}", path.display(), if *n == 1 { "" } else { "s" })]
    Faulty {
        /// The file.
        path: PathBuf,
        /// How many.
        n: usize,
    },
    /// The design as a whole has problems; the messages list them.
    #[error("{}: {n} problems", path.display())]
    Problems {
        /// The file.
        path: PathBuf,
        /// How many.
        n: usize,
    },
    /// The files hold nothing that can be used.
    #[error("{place}: {what}")]
    Unusable {
        /// The file, folder or design.
        place: String,
        /// What is missing.
        what: String,
    },
    /// The files do not belong together.
    #[error("{0}")]
    Files(String),
    /// A canvas that nothing can be computed on.
    #[error("settings: {0}")]
    Settings(String),
    /// Standard cells cannot be put into soft macros.
    #[error("{name}: {source}")]
    Cluster {
        /// The design.
        name: String,
        /// Why.
        source: ClusterError,
    },
}

impl Error {
    /// Whether what was asked for makes no sense, other than files that are wrong.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Files(_) | Self::Settings(_))
    }

    pub(crate) fn unusable(place: impl ToString, what: impl Into<String>) -> Self {
        Self::Unusable { place: place.to_string(), what: what.into() }
    }
}

/// What to do where the limits of unpacking are too narrow.
fn more_room(why: &DecompressError) -> &'static str {
    match why {
        DecompressError::TooLarge { .. } | DecompressError::TooHungry { .. } => {
            "\n  help: if it is meant to be so large, raise unpack.ratio or unpack.most with --set"
        }
        _ => "",
    }
}
