//! Editing by hand: dragging with live costs, nudging, turning, locking, and what is legal.

use flagstone_cost::Cost;
use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Kind, NodeId};
use flagstone_report::scene::LayerId;

use crate::history::Place;
use crate::session::Session;

/// Overlap and overhang in µm that pass as rounding.
const ROUNDING_UM: f64 = 1e-6;

/// Macros that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    /// The macros.
    pub nodes: Vec<NodeId>,
    /// The one that was taken hold of, which snaps.
    pub lead: NodeId,
    /// Where the pointer took hold, µm.
    pub grab: Point,
    /// How far they are from where they were, µm.
    pub by: Point,
    /// Change of each cost term.
    pub delta: Cost,
    /// Whether each of the macros would be illegal there.
    pub illegal: Vec<bool>,
}

impl Session {
    /// Takes hold of the selected movable macros.
    pub fn drag_start(&mut self, lead: NodeId, grab: Point) {
        let nodes: Vec<NodeId> = self.selection.iter().filter(|&node| self.movable(node)).collect();
        if !nodes.contains(&lead) {
            return;
        }
        let illegal = vec![false; nodes.len()];
        let (by, delta) = (Point::default(), Cost::default());
        self.drag = Some(Drag { nodes, lead, grab, by, delta, illegal });
    }

    /// Moves the dragged macros with the pointer; `halo` is the gap to keep between hard macros.
    pub fn drag_to(&mut self, p: Point, snap: bool, halo: f64) {
        let Some(mut drag) = self.drag.take() else { return };
        let from = self.placement.center(drag.lead);
        let mut to = Point::new(from.x + p.x - drag.grab.x, from.y + p.y - drag.grab.y);
        if snap {
            let grid = self.design.canvas.grid();
            to = grid.center(grid.clamped_cell_at(to));
        }
        drag.by = Point::new(to.x - from.x, to.y - from.y);
        self.engine.begin();
        for &node in &drag.nodes {
            let Place { center, orientation, .. } = self.place(node);
            self.engine.set(node, center.x + drag.by.x, center.y + drag.by.y, orientation);
        }
        drag.delta = self.engine.delta();
        let shifted = |node: NodeId| {
            let center = self.placement.center(node);
            Point::new(center.x + drag.by.x, center.y + drag.by.y)
        };
        drag.illegal = drag
            .nodes
            .iter()
            .map(|&node| self.illegal(node, shifted(node), &drag.nodes, halo))
            .collect();
        self.drag = Some(drag);
    }

    /// Lets go: the move becomes an edit.
    pub fn drag_end(&mut self) {
        let Some(drag) = self.drag.take() else { return };
        self.engine.begin();
        self.shift("Move", &drag.nodes, drag.by);
    }

    /// Drops an open drag.
    pub fn drag_cancel(&mut self) {
        if self.drag.take().is_some() {
            self.engine.begin();
        }
    }

    /// Moves nodes by a distance in µm.
    pub fn shift(&mut self, what: &str, nodes: &[NodeId], by: Point) {
        let place = |&node: &NodeId| {
            let place = self.place(node);
            let center = Point::new(place.center.x + by.x, place.center.y + by.y);
            (node, Place { center, ..place })
        };
        let targets: Vec<_> = nodes.iter().map(place).collect();
        let label = self.label(what, nodes);
        self.apply(label, &targets);
    }

    /// Moves the selection by whole grid cells.
    pub fn nudge(&mut self, columns: f64, rows: f64) {
        let grid = self.design.canvas.grid();
        let by = Point::new(columns * grid.cell_width(), rows * grid.cell_height());
        let nodes = self.movable_selection();
        self.shift("Nudge", &nodes, by);
    }

    /// Turns or mirrors the selection, each macro about its own center.
    pub fn turn(&mut self, what: &str, by: Orientation) {
        let nodes = self.movable_selection();
        let place = |&node: &NodeId| {
            let place = self.place(node);
            (node, Place { orientation: place.orientation.then(by), ..place })
        };
        let targets: Vec<_> = nodes.iter().map(place).collect();
        let label = self.label(what, &nodes);
        self.apply(label, &targets);
    }

    /// Locks the selected macros; unlocks them if all are locked.
    pub fn lock(&mut self) {
        let is_macro = |&node: &NodeId| self.netlist().kind(node) == Kind::HardMacro;
        let nodes: Vec<NodeId> = self.selection.iter().filter(is_macro).collect();
        let fixed = nodes.iter().any(|node| !self.placement.fixed[node.usize()]);
        let place = |&node: &NodeId| (node, Place { fixed, ..self.place(node) });
        let targets: Vec<_> = nodes.iter().map(place).collect();
        let label = self.label(if fixed { "Lock" } else { "Unlock" }, &nodes);
        self.apply(label, &targets);
    }

    fn movable_selection(&self) -> Vec<NodeId> {
        self.selection.iter().filter(|&node| self.movable(node)).collect()
    }

    fn label(&self, what: &str, nodes: &[NodeId]) -> String {
        match nodes {
            [node] => format!("{what} {}", self.netlist().node_name(*node)),
            _ => format!("{what} {} macros", nodes.len()),
        }
    }

    /// Whether a hard macro would be illegal at a place: off the canvas, on a blockage, or closer to
    /// another hard macro than the halo allows. The macros `besides` are looked past.
    pub fn illegal(&self, node: NodeId, center: Point, besides: &[NodeId], halo: f64) -> bool {
        if self.netlist().kind(node) != Kind::HardMacro {
            return false;
        }
        let (width, height) = self.netlist().size(node);
        let rect = Rect::centered(center, width, height).grown(-ROUNDING_UM, -ROUNDING_UM);
        let canvas = &self.design.canvas;
        let outside =
            rect.x0 < 0.0 || rect.y0 < 0.0 || rect.x1 > canvas.width || rect.y1 > canvas.height;
        let blocked = || canvas.blockages.iter().any(|b| b.rect.intersection(&rect).is_some());
        let near = rect.grown(halo, halo);
        let overlaps = || {
            let hard = self.board.inside(&near, &[LayerId::Hard, LayerId::Fixed]);
            hard.iter().any(|&other| {
                let own = self.placement.rect(self.netlist(), other);
                !besides.contains(&other) && own.intersection(&near).is_some()
            })
        };
        outside || blocked() || overlaps()
    }
}

#[cfg(test)]
mod tests {
    use crate::selection::Pick;
    use crate::session::tests::toy;

    use super::*;

    #[test]
    fn a_drag_shows_the_cost_it_will_have_and_can_be_cancelled() {
        let mut session = toy();
        let node = session.netlist().nodes_of(Kind::HardMacro).next().unwrap();
        session.selection.pick(Pick::Replace, &[node]);
        let (before, start) = (session.cost(), session.placement.center(node));
        session.drag_start(node, start);
        session.drag_to(Point::new(start.x + 30.0, start.y + 10.0), true, 0.0);
        let live = session.cost();
        assert_ne!(live, before);
        session.drag_cancel();
        assert_eq!(session.cost(), before);
        session.drag_start(node, start);
        session.drag_to(Point::new(start.x + 30.0, start.y + 10.0), true, 0.0);
        session.drag_end();
        assert_eq!(session.cost(), live);
        assert_eq!(session.history.edits().len(), 1);
        let grid = session.design.canvas.grid();
        let center = session.placement.center(node);
        assert_eq!(center, grid.center(grid.clamped_cell_at(center)));
    }

    #[test]
    fn overlaps_and_overhangs_are_illegal() {
        let session = toy();
        let nodes: Vec<NodeId> = session.netlist().nodes_of(Kind::HardMacro).collect();
        let other = session.placement.center(nodes[1]);
        assert!(session.illegal(nodes[0], other, &[nodes[0]], 0.0));
        assert!(session.illegal(nodes[0], Point::new(0.0, 0.0), &[nodes[0]], 0.0));
    }

    #[test]
    fn two_half_turns_are_none() {
        let mut session = toy();
        let node = session.netlist().nodes_of(Kind::HardMacro).next().unwrap();
        session.selection.pick(Pick::Replace, &[node]);
        let before = session.place(node);
        session.turn("Turn", Orientation::S);
        assert_ne!(session.place(node), before);
        session.turn("Turn", Orientation::S);
        assert_eq!(session.place(node), before);
    }
}
