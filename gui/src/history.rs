//! Edits that can be taken back and made again.

use flagstone_geom::{Orientation, Point};
use flagstone_netlist::NodeId;

/// Places kept in all edits together; about 64 MB.
const MOST_CHANGES: usize = 1 << 20;

/// Where a node is, how it is turned, whether it must stay there, and whether that was ever said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Center, µm.
    pub center: Point,
    /// Orientation.
    pub orientation: Orientation,
    /// Whether it is locked.
    pub fixed: bool,
    /// Whether it has a place at all.
    pub placed: bool,
}

/// A node before and after an edit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The node.
    pub node: NodeId,
    /// Before.
    pub from: Place,
    /// After.
    pub to: Place,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What a person reads.
    pub label: String,
    /// The nodes it changed.
    pub changes: Vec<Change>,
    /// Change of the proxy cost.
    pub proxy: f64,
}

/// All edits in order, and how many of them are in force.
#[derive(Clone, Debug)]
pub struct History {
    edits: Vec<Edit>,
    in_force: usize,
    /// The mark of the state before the first edit, and after each.
    marks: Vec<usize>,
    last_mark: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { edits: Vec::new(), in_force: 0, marks: vec![0], last_mark: 0 }
    }
}

impl History {
    /// Adds an edit that was just made; the ones taken back before are gone.
    pub fn push(&mut self, edit: Edit) {
        self.edits.truncate(self.in_force);
        self.marks.truncate(self.in_force + 1);
        self.last_mark += 1;
        self.edits.push(edit);
        self.marks.push(self.last_mark);
        let changes = |edits: &[Edit]| edits.iter().map(|edit| edit.changes.len()).sum::<usize>();
        while self.edits.len() > 1 && changes(&self.edits) > MOST_CHANGES {
            self.edits.remove(0);
            self.marks.remove(0);
        }
        self.in_force = self.edits.len();
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) -> Option<&Edit> {
        self.in_force = self.in_force.checked_sub(1)?;
        self.edits.get(self.in_force)
    }

    /// Makes the next edit again.
    pub fn redo(&mut self) -> Option<&Edit> {
        let edit = self.edits.get(self.in_force)?;
        self.in_force += 1;
        Some(edit)
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        self.in_force > 0
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        self.in_force < self.edits.len()
    }

    /// All edits, the oldest first.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// How many of them are in force.
    pub fn in_force(&self) -> usize {
        self.in_force
    }

    /// A number that no other state of the placement had, also none that was forgotten.
    pub fn mark(&self) -> usize {
        self.marks[self.in_force]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(label: &str, n: usize) -> Edit {
        let (center, orientation) = (Point::new(0.0, 0.0), Orientation::N);
        let place = Place { center, orientation, fixed: false, placed: true };
        let change = |row| Change { node: NodeId(row as u32), from: place, to: place };
        Edit { label: label.to_owned(), changes: (0..n).map(change).collect(), proxy: 0.0 }
    }

    #[test]
    fn a_new_edit_forgets_those_taken_back() {
        let mut history = History::default();
        for label in ["a", "b"] {
            history.push(edit(label, 1));
        }
        assert_eq!(history.undo().map(|edit| edit.label.as_str()), Some("b"));
        history.push(edit("c", 1));
        assert!(!history.can_redo());
        let labels: Vec<&str> = history.edits().iter().map(|edit| edit.label.as_str()).collect();
        assert_eq!(labels, ["a", "c"]);
    }

    #[test]
    fn a_state_that_was_left_for_another_has_its_own_mark() {
        let mut history = History::default();
        let opened = history.mark();
        history.push(edit("a", 1));
        let saved = history.mark();
        history.undo();
        assert_eq!(history.mark(), opened);
        history.redo();
        assert_eq!(history.mark(), saved);
        history.undo();
        history.push(edit("b", 1));
        assert_ne!(history.mark(), saved, "what is on disk is not what is shown");
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        for _ in 0..3 {
            history.push(edit("big", MOST_CHANGES / 2));
        }
        assert_eq!(history.edits().len(), 2);
        assert_eq!(history.mark(), 3);
    }
}
