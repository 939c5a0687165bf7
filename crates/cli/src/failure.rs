use std::fmt::Display;
use std::io;
use std::path::Path;

/// Why a command ended without success; each kind has its exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It finished and the answer is "no".
    No(String),
    /// Arguments or a config file that make no sense.
    Usage(String),
    /// An input that cannot be used.
    Input(String),
    /// No placement exists, or none was found.
    Infeasible(String),
    /// Writing failed.
    Output(String),
    /// Interrupted; what was found is saved.
    Interrupted,
    /// The reader of standard output has gone, which is none of our business.
    Closed,
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::No(_) => 1,
            Self::Usage(_) => 2,
            Self::Input(_) => 3,
            Self::Infeasible(_) => 4,
            Self::Output(_) => 5,
            Self::Interrupted => 130,
        }
    }

    /// What to tell the user.
    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::No(text)
            | Self::Usage(text)
            | Self::Input(text)
            | Self::Infeasible(text)
            | Self::Output(text) => Some(text),
            Self::Interrupted => Some("interrupted; the best result so far is saved"),
            Self::Closed => None,
        }
    }

    /// A file that cannot be written.
    pub(crate) fn write(path: &Path, why: impl Display) -> Self {
        Self::Output(format!("cannot write {}: {why}", path.display()))
    }

    /// A file that cannot be read.
    pub(crate) fn read(path: &Path, why: impl Display) -> Self {
        Self::Input(format!("cannot read {}: {why}", path.display()))
    }

    /// Trouble with standard output.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Output(format!("cannot write to standard output: {error}"))
        }
    }
}

impl From<flagstone_design::Error> for Failure {
    fn from(error: flagstone_design::Error) -> Self {
        if error.is_usage() {
            Self::Usage(error.to_string())
        } else {
            Self::Input(error.to_string())
        }
    }
}
