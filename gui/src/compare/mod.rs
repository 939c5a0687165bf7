//! Compare: another placement of the open design as a ghost, beside, or in turn.

mod overlay;
mod table;
mod tails;

use std::collections::HashMap;
use std::sync::Arc;

use flagstone_cost::Weights;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use flagstone_report::scene::{Layer, layers};
use flagstone_report::{Change, Comparison, SortBy, sort_changes};

use crate::board::Board;
use crate::design::Design;
use crate::worker::Worker;

pub use self::overlay::draw;
pub use self::table::ui;

/// How both are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The other one as outlines and arrows.
    #[default]
    Over,
    /// The other one in a canvas of its own, on the right.
    Beside,
}

/// What is worked out for a comparison.
#[derive(Clone, Debug)]
pub struct Question {
    netlist: Arc<Netlist>,
    canvas: Arc<Canvas>,
    weights: Weights,
    other: Arc<Placement>,
    placement: Arc<Placement>,
    generation: u64,
}

/// What was worked out.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Every difference and what it costs; the other placement is the first.
    pub found: Comparison,
    /// Outlines of the other placement.
    pub ghost: Layer,
    /// From there to here.
    pub arrows: Layer,
    /// Names of the hard macros that differ, as short as tells them apart.
    names: HashMap<NodeId, String>,
    /// The state of the session it belongs to.
    pub generation: u64,
}

/// The thread that compares.
pub type Comparer = Worker<Question, Answer>;

/// Starts that thread.
pub fn comparer(wake: impl Fn() + Send + 'static) -> Comparer {
    Worker::new("comparison", wake, |question: Question| {
        let Question { netlist, canvas, weights, other, placement, generation } = question;
        let found = Comparison::new(&netlist, &canvas, weights, &other, &placement);
        Answer {
            names: names(&netlist, &found.changes),
            found,
            ghost: layers::ghost(&netlist, &other, &placement),
            arrows: layers::arrows(&netlist, &other, &placement),
            generation,
        }
    })
}

fn names(netlist: &Netlist, changes: &[Change]) -> HashMap<NodeId, String> {
    let nodes = changes.iter().map(|change| change.node);
    let nodes: Vec<NodeId> = nodes.filter(|&node| netlist.kind(node) == Kind::HardMacro).collect();
    let names: Vec<&str> = nodes.iter().map(|&node| netlist.node_name(node)).collect();
    nodes.iter().copied().zip(tails::tails(&names)).collect()
}

/// A placement to compare with.
pub struct Compare {
    /// What a person calls it.
    pub name: String,
    shown: (Board, Arc<Placement>),
    /// How both are shown.
    pub side: Side,
    /// Whether the other one is shown now instead of the session's.
    pub blinked: bool,
    answer: Option<Answer>,
    asked: u64,
    sort: SortBy,
    sorted: Vec<Change>,
}

impl Compare {
    /// Compares with a placement of the same netlist.
    pub fn new(name: String, design: &Design, placement: Arc<Placement>) -> Self {
        let board = Board::new(&design.netlist, &design.canvas, &placement);
        Self {
            name,
            shown: (board, placement),
            side: Side::default(),
            blinked: false,
            answer: None,
            asked: 0,
            sort: SortBy::Proxy,
            sorted: Vec::new(),
        }
    }

    /// What a canvas shows of it.
    pub fn shown(&self) -> &(Board, Arc<Placement>) {
        &self.shown
    }

    /// What was worked out last.
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// What the table calls a hard macro: the end of its name that no other in the table has.
    pub fn short_name(&self, node: NodeId) -> &str {
        let answer = self.answer.as_ref();
        answer.and_then(|answer| answer.names.get(&node)).map_or("", String::as_str)
    }

    /// Differences of hard macros, sorted.
    pub fn sorted(&self) -> &[Change] {
        &self.sorted
    }

    /// What they are sorted by.
    pub fn sort(&self) -> SortBy {
        self.sort
    }

    /// Sorts the differences.
    pub fn sort_by(&mut self, design: &Design, sort: SortBy) {
        self.sort = sort;
        sort_changes(&mut self.sorted, &design.netlist, sort, &design.weights);
    }

    /// What to work out for a state of the session, unless that was asked already.
    pub fn question(
        &mut self,
        design: &Design,
        placement: &Arc<Placement>,
        generation: u64,
    ) -> Option<Question> {
        if self.asked == generation {
            return None;
        }
        self.asked = generation;
        Some(Question {
            netlist: Arc::clone(&design.netlist),
            canvas: Arc::clone(&design.canvas),
            weights: design.weights,
            other: Arc::clone(&self.shown.1),
            placement: Arc::clone(placement),
            generation,
        })
    }

    /// Takes an answer, unless it is about another placement.
    pub fn take(&mut self, design: &Design, answer: Answer) {
        if answer.generation != self.asked {
            return;
        }
        let hard = |change: &&Change| design.netlist.kind(change.node) == Kind::HardMacro;
        self.sorted = answer.found.changes.iter().filter(hard).copied().collect();
        self.answer = Some(answer);
        self.sort_by(design, self.sort);
    }
}
