//! A large neighbourhood solved exactly: every permutation of a few neighbours' places.
//!
//! Each macro in turn with its nearest neighbours: hard macros of the same size, or any soft macros.
//! All permutations of their centres are evaluated on the exact cost and the best one is kept, so the
//! result is never worse than the start. Hard macros of one size change places without overlapping.

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_geom::Point;
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};
use serde::{Deserialize, Serialize};

use crate::Job;

/// Everything that steers the reordering.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReorderConfig {
    /// Macros that change places, 2 to 6; the permutations of that many are tried.
    pub window: usize,
    /// Passes over all macros; a pass that changes nothing is the last.
    pub passes: u32,
    /// Whether soft macros are reordered, too.
    pub move_soft: bool,
}

impl Default for ReorderConfig {
    fn default() -> Self {
        Self { window: 4, passes: 1, move_soft: true }
    }
}

/// What reordering found.
#[derive(Clone, Debug)]
pub struct Reordered {
    /// The placement, never worse than the start.
    pub placement: Placement,
    /// Permutations evaluated.
    pub moves: u64,
    /// Permutations kept.
    pub kept: u64,
}

/// Improves a placement by permuting neighbours, begins with no macro once `most` permutations are
/// evaluated; without hard-macro overlaps it stays so.
pub fn reorder(job: &Job<'_>, start: &Placement, config: &ReorderConfig, most: u64) -> Reordered {
    let engine = Engine::new(Arc::clone(job.netlist), job.canvas, start, job.weights);
    let permutations = permutations(config.window.clamp(2, 6));
    let mut state = State { engine, permutations, moves: 0, kept: 0 };
    let kinds: &[Kind] =
        if config.move_soft { &[Kind::HardMacro, Kind::SoftMacro] } else { &[Kind::HardMacro] };
    'passes: for _ in 0..config.passes {
        let before = state.kept;
        for &kind in kinds {
            let nodes = job.netlist.nodes_of(kind);
            let movable: Vec<NodeId> = nodes.filter(|node| !start.fixed[node.usize()]).collect();
            for &node in &movable {
                if job.stopped() || state.moves >= most {
                    break 'passes;
                }
                state.improve(node, &movable);
            }
        }
        if state.kept == before {
            break;
        }
    }
    let State { engine, moves, kept, .. } = state;
    Reordered { placement: engine.placement().clone(), moves, kept }
}

/// All permutations of `n` positions but the identity.
fn permutations(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        all = all
            .into_iter()
            .flat_map(|known: Vec<usize>| {
                let rest: Vec<usize> = (0..n).filter(|i| !known.contains(i)).collect();
                rest.into_iter().map(move |next| {
                    let mut longer = known.clone();
                    longer.push(next);
                    longer
                })
            })
            .collect();
    }
    // The first is the identity: positions were taken in ascending order.
    all.split_off(1)
}

struct State {
    engine: Engine,
    permutations: Vec<Vec<usize>>,
    moves: u64,
    kept: u64,
}

impl State {
    /// Tries all permutations of a macro and its nearest neighbours.
    fn improve(&mut self, node: NodeId, movable: &[NodeId]) {
        let n = self.permutations[0].len();
        let window = window(self.engine.netlist(), self.engine.placement(), node, movable, n);
        if window.len() < n {
            return;
        }
        let places: Vec<Point> =
            window.iter().map(|&node| self.engine.placement().center(node)).collect();
        let mut best = (0.0, None);
        for i in 0..self.permutations.len() {
            self.moves += 1;
            self.propose(&window, &places, i);
            let rise = self.engine.delta_proxy();
            self.engine.revert();
            if rise < best.0 {
                best = (rise, Some(i));
            }
        }
        if let Some(i) = best.1 {
            self.propose(&window, &places, i);
            self.engine.commit();
            self.kept += 1;
        }
    }

    /// Opens the move of one permutation.
    fn propose(&mut self, window: &[NodeId], places: &[Point], permutation: usize) {
        self.engine.begin();
        for (i, &to) in self.permutations[permutation].iter().enumerate() {
            if to == i {
                continue;
            }
            let orientation = self.engine.placement().orientation[window[i].usize()];
            let at = on_canvas(&self.engine, window[i], places[to]);
            self.engine.set(window[i], at.x, at.y, orientation);
        }
    }
}

/// The macro and its nearest neighbours that may take its place, `n` in all where there are enough.
fn window(
    netlist: &Netlist,
    placement: &Placement,
    node: NodeId,
    movable: &[NodeId],
    n: usize,
) -> Vec<NodeId> {
    let here = placement.center(node);
    let exchangeable = |&other: &NodeId| {
        netlist.kind(node) == Kind::SoftMacro || netlist.size(other) == netlist.size(node)
    };
    let distance = |other: NodeId| {
        let at = placement.center(other);
        (at.x - here.x).hypot(at.y - here.y)
    };
    let mut near: Vec<(f64, NodeId)> = movable
        .iter()
        .copied()
        .filter(exchangeable)
        .map(|other| (if other == node { -1.0 } else { distance(other) }, other))
        .collect();
    if near.len() > n {
        near.select_nth_unstable_by(n - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(n);
    }
    let mut nodes: Vec<NodeId> = near.into_iter().map(|near| near.1).collect();
    nodes.sort_unstable();
    nodes
}

/// The point, moved so that a soft macro of another size stays on the canvas.
fn on_canvas(engine: &Engine, node: NodeId, p: Point) -> Point {
    let (width, height) = engine.netlist().size(node);
    let canvas = engine.canvas();
    let limit = |at: f64, half: f64, size: f64| {
        if half * 2.0 >= size { at } else { at.clamp(half, size - half) }
    };
    Point::new(limit(p.x, width / 2.0, canvas.width), limit(p.y, height / 2.0, canvas.height))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use flagstone_cost::{Rules, Weights, evaluate};
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;
    use crate::checker;
    use crate::separate::{SeparateConfig, separate};

    #[test]
    fn permutations_are_all_but_the_identity() {
        let all = permutations(3);
        assert_eq!(all.len(), 5);
        assert!(!all.contains(&vec![0, 1, 2]) && all.contains(&vec![2, 0, 1]));
    }

    #[test]
    fn shuffled_macros_find_better_places_and_stay_legal() {
        let (netlist, canvas, given) = generate(&GenerateConfig::toy());
        let netlist = Arc::new(netlist);
        let stop = AtomicBool::new(false);
        let start =
            separate(&netlist, &canvas, &given, &SeparateConfig::default(), &stop).placement;
        let weights = Weights::default();
        let job = Job { netlist: &netlist, canvas: &canvas, weights, seed: 1, stop: &stop };
        let config = ReorderConfig { passes: 3, ..ReorderConfig::default() };
        let found = reorder(&job, &start, &config, u64::MAX);
        let few = reorder(&job, &start, &config, 30);
        let cost =
            |p: &Placement| evaluate(&netlist, &canvas, p, Rules::Clamp).cost.proxy(&weights);
        assert!(cost(&found.placement) < cost(&start), "{}", cost(&start));
        assert!(few.moves >= 30 && few.moves < 30 + 23, "a macro's permutations are not cut short");
        assert_eq!(checker::overlaps(&netlist, &canvas, &found.placement), 0);
        assert!(found.kept > 0 && found.moves >= found.kept);
    }
}
