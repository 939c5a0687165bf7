//! An open design and everything that is known about it while it is open.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use flagstone_cost::Cost;
use flagstone_cost::engine::Engine;
use flagstone_geom::Rect;
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};
use flagstone_report::scene::connections::Bundles;

use crate::analysis::Analysis;
use crate::board::Board;
use crate::compare::Compare;
use crate::design::Design;
use crate::drag::Drag;
use crate::history::{Change, Edit, History, Place};
use crate::replay::Replay;
use crate::ruler::Ruler;
use crate::selection::{Groups, Selection};
use crate::tools::Run;

/// An open design.
pub struct Session {
    /// As it was read.
    pub design: Design,
    /// The cost, move by move. Its placement is that of `placement`, except during a drag.
    pub engine: Engine,
    /// Where everything is.
    pub placement: Arc<Placement>,
    /// The objects drawn.
    pub board: Board,
    /// Connections between macros.
    pub bundles: Bundles,
    /// The cost that changes are measured against.
    pub reference: Cost,
    /// What is selected.
    pub selection: Selection,
    /// The highlight groups.
    pub groups: Groups,
    /// What was done.
    pub history: History,
    /// The state of the history that is on disk.
    pub saved: usize,
    /// What is being dragged.
    pub drag: Option<Drag>,
    /// What the analysis found last.
    pub analysis: Option<Arc<Analysis>>,
    /// What the policy said last.
    pub advice: Option<crate::advice::Answer>,
    /// Counts changes of the placement.
    pub generation: u64,
    /// Markers that were accepted, by their keys.
    pub waived: HashSet<String>,
    /// Rulers drawn.
    pub rulers: Vec<Ruler>,
    /// The tool at work.
    pub run: Option<Run>,
    /// The recording of the last tool that made one.
    pub last_run: Option<Arc<Vec<u8>>>,
    /// The recording shown instead.
    pub replay: Option<Replay>,
    /// The placement compared with.
    pub compare: Option<Compare>,
    /// Edits found that were never saved.
    pub recovered: Option<crate::recovery::Unsaved>,
}

impl Session {
    /// Opens a design; takes as long as reading and evaluating it.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn open(files: &[PathBuf]) -> anyhow::Result<Self> {
        let mut session = Self::new(Design::open(files)?);
        session.recovered = crate::recovery::find(&session.design);
        Ok(session)
    }

    /// A session of a design that was read.
    pub fn new(design: Design) -> Self {
        let netlist = Arc::clone(&design.netlist);
        let placement = Arc::clone(&design.placement);
        let engine = Engine::new(Arc::clone(&netlist), &design.canvas, &placement, design.weights);
        Self {
            board: Board::new(&netlist, &design.canvas, &placement),
            bundles: Bundles::new(&netlist),
            reference: engine.cost(),
            engine,
            placement,
            selection: Selection::default(),
            groups: Groups::default(),
            history: History::default(),
            saved: 0,
            drag: None,
            analysis: None,
            advice: None,
            generation: 1,
            waived: HashSet::new(),
            rulers: Vec::new(),
            run: None,
            last_run: None,
            replay: None,
            compare: None,
            recovered: None,
            design,
        }
    }

    /// The circuit.
    pub fn netlist(&self) -> &Arc<Netlist> {
        &self.design.netlist
    }

    /// The cost in force, that of an open drag included.
    pub fn cost(&self) -> Cost {
        let cost = self.engine.cost();
        let Some(drag) = &self.drag else { return cost };
        Cost {
            wirelength: cost.wirelength + drag.delta.wirelength,
            density: cost.density + drag.delta.density,
            congestion: cost.congestion + drag.delta.congestion,
        }
    }

    /// Whether there are edits that are not on disk.
    pub fn dirty(&self) -> bool {
        self.history.mark() != self.saved
    }

    /// Whether the session's own placement is shown and may be edited: not while a tool is at work,
    /// nor before it is said what becomes of edits found.
    pub fn idle(&self) -> bool {
        let asks = self.recovered.is_some();
        !asks && self.run.is_none() && self.replay.is_none() && self.blinked().is_none()
    }

    /// The placement compared with, while it is shown instead.
    fn blinked(&self) -> Option<&Compare> {
        self.compare.as_ref().filter(|compare| compare.blinked)
    }

    /// What is drawn: a recording's step, the placement compared with, a tool's; else the session's.
    pub fn shown(&self) -> (&Board, &Arc<Placement>) {
        let replayed = self.replay.as_ref().map(Replay::shown);
        let preview = replayed.or_else(|| self.blinked().map(Compare::shown));
        let preview = preview.or_else(|| self.run.as_ref().and_then(|run| run.shown.as_ref()));
        preview.map_or((&self.board, &self.placement), |(board, placement)| (board, placement))
    }

    /// Whether a node may be moved by hand now.
    pub fn movable(&self, node: NodeId) -> bool {
        let kind = self.netlist().kind(node);
        let is_macro = matches!(kind, Kind::HardMacro | Kind::SoftMacro);
        is_macro && self.idle() && !self.placement.fixed[node.usize()]
    }

    /// Where a node is.
    pub fn place(&self, node: NodeId) -> Place {
        Place {
            center: self.placement.center(node),
            orientation: self.placement.orientation[node.usize()],
            fixed: self.placement.fixed[node.usize()],
            placed: self.placement.placed[node.usize()],
        }
    }

    /// The smallest rectangle around nodes, ports given some room.
    pub fn bounds(&self, nodes: &[NodeId]) -> Option<Rect> {
        let (_, placement) = self.shown();
        let rects = nodes.iter().map(|&node| placement.rect(self.netlist(), node));
        let around = rects.reduce(|a, b| Rect {
            x0: a.x0.min(b.x0),
            y0: a.y0.min(b.y0),
            x1: a.x1.max(b.x1),
            y1: a.y1.max(b.y1),
        })?;
        let room = 0.02 * self.design.canvas.width.max(self.design.canvas.height);
        Some(around.grown(room, room))
    }

    /// Makes an edit that can be taken back; what it moves has a place from then on. Returns whether
    /// anything changed.
    pub fn apply(&mut self, label: impl Into<String>, targets: &[(NodeId, Place)]) -> bool {
        let change = |&(node, to): &(NodeId, Place)| {
            let from = self.place(node);
            let placed = to.placed || to.center != from.center;
            Change { node, from, to: Place { placed, ..to } }
        };
        let mut changes: Vec<Change> = targets.iter().map(change).collect();
        changes.retain(|change| change.from != change.to);
        if changes.is_empty() {
            return false;
        }
        let to: Vec<_> = changes.iter().map(|change| (change.node, change.to)).collect();
        let proxy = self.set(&to);
        self.history.push(Edit { label: label.into(), changes, proxy });
        true
    }

    /// Takes the places of another placement over as one edit. Locked macros stay; returns how many
    /// of them are elsewhere there.
    pub fn apply_placement(&mut self, label: impl Into<String>, other: &Placement) -> usize {
        let place = |node: NodeId| Place {
            center: other.center(node),
            orientation: other.orientation[node.usize()],
            fixed: self.placement.fixed[node.usize()],
            placed: other.placed[node.usize()],
        };
        let targets = self.netlist().macros().map(|node| (node, place(node)));
        let (locked, targets): (Vec<_>, Vec<_>) = targets.partition(|(_, place)| place.fixed);
        self.apply(label, &targets);
        locked.iter().filter(|&&(node, place)| place != self.place(node)).count()
    }

    /// Goes back or forward until `in_force` edits are in force.
    pub fn undo_to(&mut self, in_force: usize) {
        while self.history.in_force() > in_force {
            let Some(edit) = self.history.undo() else { break };
            let changes = edit.changes.iter().rev();
            let to: Vec<_> = changes.map(|change| (change.node, change.from)).collect();
            self.set(&to);
        }
        while self.history.in_force() < in_force {
            let Some(edit) = self.history.redo() else { break };
            let to: Vec<_> = edit.changes.iter().map(|change| (change.node, change.to)).collect();
            self.set(&to);
        }
    }

    /// Puts nodes somewhere; returns the change of the proxy cost.
    fn set(&mut self, targets: &[(NodeId, Place)]) -> f64 {
        self.drag = None;
        let before = self.engine.cost().proxy(&self.design.weights);
        self.engine.begin();
        for &(node, to) in targets {
            self.engine.set(node, to.center.x, to.center.y, to.orientation);
        }
        self.engine.commit();
        let (mut locks, mut appears) = (false, false);
        let placement = Arc::make_mut(&mut self.placement);
        for &(node, to) in targets {
            placement.set_center(node, to.center);
            placement.orientation[node.usize()] = to.orientation;
            let changes = |flag: &mut bool, to: bool| std::mem::replace(flag, to) != to;
            appears |= changes(&mut placement.placed[node.usize()], to.placed);
            locks |= changes(&mut placement.fixed[node.usize()], to.fixed);
        }
        let nodes: Vec<NodeId> = targets.iter().map(|target| target.0).collect();
        let (netlist, canvas) = (&self.design.netlist, &self.design.canvas);
        if appears {
            self.board = Board::new(netlist, canvas, &self.placement);
        } else if locks {
            self.board.locked(netlist, canvas, &self.placement);
        }
        self.board.moved(netlist, canvas, &self.placement, &nodes);
        self.generation += 1;
        self.engine.cost().proxy(&self.design.weights) - before
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use flagstone_cost::{Rules, evaluate};
    use flagstone_geom::Point;
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;

    pub(crate) fn toy() -> Session {
        let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
        let source = flagstone_design::Design::new("toy".to_owned(), netlist, canvas, placement);
        Session::new(Design::new(source, Vec::new()))
    }

    #[test]
    fn undo_brings_every_bit_back_and_redo_does_it_again() {
        let mut session = toy();
        let start = (session.placement.clone(), session.engine.cost());
        let nodes: Vec<NodeId> = session.netlist().macros().take(5).collect();
        for (k, &node) in nodes.iter().enumerate() {
            let center = Point::new(10.0 + k as f64, 20.0);
            let to = Place { center, ..session.place(node) };
            assert!(session.apply("move", &[(node, to)]));
        }
        let end = (session.placement.clone(), session.engine.cost());
        let fresh =
            evaluate(session.netlist(), &session.design.canvas, &session.placement, Rules::Clamp);
        assert!((fresh.cost.congestion - end.1.congestion).abs() < 1e-9);
        assert!(session.dirty());
        session.undo_to(0);
        assert!(!session.dirty());
        assert_eq!((session.placement.clone(), session.engine.cost()), start);
        session.undo_to(5);
        assert_eq!((session.placement.clone(), session.engine.cost()), end);
    }

    #[test]
    fn a_macro_without_a_place_appears_with_its_first_one_and_goes_with_it() {
        let mut session = toy();
        let node = session.netlist().nodes_of(Kind::HardMacro).next().unwrap();
        Arc::make_mut(&mut session.placement).placed[node.usize()] = false;
        session.board = Board::new(session.netlist(), &session.design.canvas, &session.placement);
        let drawn =
            |session: &Session| session.board.hard.blocks().any(|block| block.node == Some(node));
        let start = Arc::clone(&session.placement);
        session.apply("lock", &[(node, Place { fixed: true, ..session.place(node) })]);
        assert!(!session.placement.placed[node.usize()], "a lock is no place");
        session.undo_to(0);
        assert!(!drawn(&session));
        let center = Point::new(30.0, 40.0);
        session.apply("move", &[(node, Place { center, ..session.place(node) })]);
        assert!(session.placement.placed[node.usize()] && drawn(&session));
        session.undo_to(0);
        assert!(session.placement == start && !drawn(&session));
    }

    #[test]
    fn a_placement_taken_over_leaves_locked_macros_where_they_are() {
        let mut session = toy();
        let nodes: Vec<NodeId> = session.netlist().nodes_of(Kind::HardMacro).take(2).collect();
        session.apply("lock", &[(nodes[0], Place { fixed: true, ..session.place(nodes[0]) })]);
        let mut other = (*session.placement).clone();
        for &node in &nodes {
            other.set_center(node, Point::new(33.0, 44.0));
        }
        let before = session.place(nodes[0]);
        assert_eq!(session.apply_placement("other", &other), 1);
        assert_eq!(session.place(nodes[0]), before);
        assert_eq!(session.place(nodes[1]).center, Point::new(33.0, 44.0));
    }

    #[test]
    fn a_locked_macro_stays_and_is_drawn_as_fixed() {
        let mut session = toy();
        let node = session.netlist().nodes_of(Kind::HardMacro).next().unwrap();
        let to = Place { fixed: true, ..session.place(node) };
        session.apply("lock", &[(node, to)]);
        assert!(!session.movable(node));
        assert!(session.board.fixed.blocks().any(|block| block.node == Some(node)));
        session.undo_to(0);
        assert!(session.movable(node));
    }
}
