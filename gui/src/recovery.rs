//! Edits that are not saved yet, kept on disk so that none is lost.
//!
//! A thread writes the nodes that differ from the opened placement shortly after each change, and
//! removes the file once the placement is saved. A design that is opened looks for such a file.

use std::path::PathBuf;
use std::sync::Arc;

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{NodeId, Placement};
use serde::{Deserialize, Serialize};

use crate::design::Design;
use crate::history::Place;
use crate::native;
use crate::session::Session;
use crate::worker::Worker;

/// A node that was edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    node: u32,
    x: f64,
    y: f64,
    orientation: Orientation,
    fixed: bool,
    #[serde(default = "always")]
    placed: bool,
}

/// Files of before it was said have edited nodes only, which had a place.
fn always() -> bool {
    true
}

/// The file's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    files: Vec<PathBuf>,
    nodes: usize,
    rows: Vec<Row>,
}

/// Edits found when a design was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsaved {
    kept: Kept,
}

impl Unsaved {
    /// How many nodes were edited.
    pub fn len(&self) -> usize {
        self.kept.rows.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.kept.rows.is_empty()
    }
}

/// What the thread is asked to do.
pub struct Keep {
    path: PathBuf,
    files: Vec<PathBuf>,
    /// The opened and the present placement; `None` removes the file.
    placements: Option<(Arc<Placement>, Arc<Placement>)>,
}

/// The thread; an answer is an error, or nothing.
pub type Keeper = Worker<Keep, Option<String>>;

/// Starts the thread.
pub fn keeper(wake: impl Fn() + Send + 'static) -> Keeper {
    Worker::new("recovery", wake, |keep: Keep| {
        let Some((opened, now)) = keep.placements else {
            native::remove(&keep.path);
            return None;
        };
        let kept = Kept { files: keep.files, nodes: now.x.len(), rows: rows(&opened, &now) };
        let bytes = serde_json::to_vec(&kept).map_err(|error| error.to_string());
        let written = bytes
            .and_then(|bytes| native::write(&keep.path, &bytes).map_err(|error| error.to_string()));
        written.err().map(|error| format!("edits are not kept: {}: {error}", keep.path.display()))
    })
}

fn rows(opened: &Placement, now: &Placement) -> Vec<Row> {
    let differs = |&row: &usize| {
        let place = |at: &Placement| {
            (at.x[row], at.y[row], at.orientation[row], at.fixed[row], at.placed[row])
        };
        place(opened) != place(now)
    };
    let row = |row: usize| Row {
        node: row as u32,
        x: now.x[row],
        y: now.y[row],
        orientation: now.orientation[row],
        fixed: now.fixed[row],
        placed: now.placed[row],
    };
    (0..now.x.len()).filter(differs).map(row).collect()
}

/// The file of a design's edits, by the names of its files.
fn path_of(design: &Design) -> Option<PathBuf> {
    if design.files.is_empty() {
        return None;
    }
    // FNV-1a: the same on every machine and release.
    let names = design.files.iter().flat_map(|file| {
        let name = file.to_string_lossy().into_owned();
        name.into_bytes().into_iter().chain([0])
    });
    let hash = names.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    Some(native::recovery_folder()?.join(format!("{hash:016x}.json")))
}

/// Edits of a design that were never saved.
pub fn find(design: &Design) -> Option<Unsaved> {
    let bytes = native::read(&path_of(design)?).ok()?;
    let kept: Kept = serde_json::from_slice(&bytes).ok()?;
    let fits = kept.files == design.files && kept.nodes == design.netlist.n_nodes();
    let known = kept.rows.iter().all(|row| (row.node as usize) < kept.nodes);
    (fits && known && !kept.rows.is_empty()).then_some(Unsaved { kept })
}

impl Session {
    /// What is to be kept now; `None` for a design without files.
    pub fn keep(&self, opened: &Arc<Placement>) -> Option<Keep> {
        let both = || (Arc::clone(opened), Arc::clone(&self.placement));
        Some(Keep {
            path: path_of(&self.design)?,
            files: self.design.files.clone(),
            placements: self.dirty().then(both),
        })
    }

    /// Takes recovered edits over as one edit.
    pub fn recover(&mut self) {
        let Some(Unsaved { kept }) = self.recovered.take() else { return };
        let place = |row: &Row| Place {
            center: Point::new(row.x, row.y),
            orientation: row.orientation,
            fixed: row.fixed,
            placed: row.placed,
        };
        let targets: Vec<_> = kept.rows.iter().map(|row| (NodeId(row.node), place(row))).collect();
        self.apply(format!("Recover {} nodes", targets.len()), &targets);
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::toy;

    use super::*;

    #[test]
    fn edits_survive_as_numbers() {
        let mut session = toy();
        let opened = Arc::clone(&session.placement);
        let node = session.netlist().macros().next().unwrap();
        let center = Point::new(12.345_678_901_234_567, 0.1 + 0.2);
        let to = Place { center, orientation: Orientation::FS, fixed: true, placed: true };
        session.apply("move", &[(node, to)]);
        let rows = rows(&opened, &session.placement);
        let kept = Kept { files: Vec::new(), nodes: session.netlist().n_nodes(), rows };
        let text = serde_json::to_vec(&kept).unwrap();
        let kept: Kept = serde_json::from_slice(&text).unwrap();
        let after = Arc::clone(&session.placement);
        session.undo_to(0);
        session.recovered = Some(Unsaved { kept });
        session.recover();
        assert_eq!(session.placement, after);
    }
}
