//! Reading recordings and placements of the open design, beside the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_design::read_bytes;
use flagstone_netlist::{Netlist, Placement};

use crate::compare::Compare;
use crate::design::Design;
use crate::replay::Replay;
use crate::worker::Worker;

/// What is to be read for the open design.
pub enum Wanted {
    /// A recording.
    Recording(PathBuf),
    /// A recording of a tool's run.
    Run(Arc<Vec<u8>>),
    /// A placement to compare with.
    Placement(PathBuf),
    /// The placement as it was opened, to compare with.
    Opened(Arc<Placement>),
}

/// What was read, ready to be shown.
pub enum Found {
    /// A recording.
    Recording(Box<Replay>),
    /// A placement to compare with.
    Other(Box<Compare>),
}

/// What was found with the circuit it belongs to, or what is wrong.
pub type Answer = Result<(Arc<Netlist>, Found), String>;

/// The thread that reads.
pub type Reader = Worker<(Design, Wanted), Answer>;

/// Starts the thread.
pub fn reader(wake: impl Fn() + Send + 'static) -> Reader {
    Worker::new("reader", wake, |(design, wanted): (Design, Wanted)| {
        let found = read(&design, wanted).map_err(|error| format!("{error:#}"))?;
        Ok((design.netlist, found))
    })
}

fn read(design: &Design, wanted: Wanted) -> anyhow::Result<Found> {
    let compare = |name, placement| Found::Other(Box::new(Compare::new(name, design, placement)));
    Ok(match wanted {
        Wanted::Recording(path) => {
            let bytes = read_bytes(&path)?;
            Found::Recording(Box::new(Replay::open(design, &path, &bytes)?))
        }
        Wanted::Run(bytes) => {
            Found::Recording(Box::new(Replay::open(design, Path::new("the last run"), &bytes)?))
        }
        Wanted::Placement(path) => {
            let placement = design.read_placement(&path, &design.placement)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            compare(name, Arc::new(placement))
        }
        Wanted::Opened(placement) => compare("as opened".to_owned(), placement),
    })
}
