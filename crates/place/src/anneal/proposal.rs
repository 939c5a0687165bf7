//! Moves worth trying: computed from the nets and the neighbours rather than drawn blindly.

use flagstone_cost::engine::{Engine, Flat};
use flagstone_geom::Point;
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::AnnealConfig;
use super::boxes::{Axis, Boxes, Pushed};
use super::mix::{Draw, MoveKind};

/// Soft macros that move together at most.
const MOST_IN_GROUP: usize = 6;

/// One node's new place within a move.
pub(super) type Target = (NodeId, Point, flagstone_geom::Orientation);

/// Draws moves for one replica.
pub(super) struct Proposer {
    soft: Vec<NodeId>,
    hard: Vec<NodeId>,
    /// Hard macros of equal size, by first member.
    twins: Vec<Vec<NodeId>>,
    twins_of: Vec<u32>,
    is_movable_soft: Vec<bool>,
    hard_share: f64,
    hard_mix: Draw,
    soft_mix: Draw,
    breakpoints: [Vec<(f64, f64)>; 2],
    most_pushed: usize,
    pushed: Pushed,
}

impl Proposer {
    pub(super) fn new(netlist: &Netlist, placement: &Placement, config: &AnnealConfig) -> Self {
        let movable = |kind| {
            let nodes = netlist.nodes_of(kind);
            nodes.filter(|node| !placement.fixed[node.usize()]).collect::<Vec<_>>()
        };
        let hard = movable(Kind::HardMacro);
        let soft = if config.move_soft { movable(Kind::SoftMacro) } else { Vec::new() };
        let mut twins: Vec<Vec<NodeId>> = Vec::new();
        let mut twins_of = vec![0; netlist.n_nodes()];
        for &node in &hard {
            let same = |group: &Vec<NodeId>| netlist.size(group[0]) == netlist.size(node);
            let group = twins.iter().position(same).unwrap_or_else(|| {
                twins.push(Vec::new());
                twins.len() - 1
            });
            twins[group].push(node);
            twins_of[node.usize()] = group as u32;
        }
        let hard_share = match (hard.is_empty(), soft.is_empty()) {
            (true, _) => 0.0,
            (false, true) => 1.0,
            (false, false) => config.hard_share,
        };
        let mut is_movable_soft = vec![false; netlist.n_nodes()];
        soft.iter().for_each(|node| is_movable_soft[node.usize()] = true);
        let hard_mix = Draw::new(&config.mix, config.flips, true);
        let soft_mix = Draw::new(&config.mix, config.flips, false);
        let breakpoints = Default::default();
        Self {
            soft,
            hard,
            twins,
            twins_of,
            is_movable_soft,
            hard_share,
            hard_mix,
            soft_mix,
            breakpoints,
            most_pushed: config.most_pushed,
            pushed: Pushed::default(),
        }
    }

    /// Macros that may move.
    pub(super) fn n_movable(&self) -> usize {
        self.soft.len() + self.hard.len()
    }

    /// Draws a legal move into `targets`, which stays empty where the draw is not legal.
    /// `heat` is 1 at the start and 0 at the end of the schedule.
    pub(super) fn propose(
        &mut self,
        engine: &Engine,
        boxes: &Boxes,
        heat: f64,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) -> MoveKind {
        targets.clear();
        let hard = rng.random::<f64>() < self.hard_share;
        let kind = if hard { self.hard_mix.draw(rng) } else { self.soft_mix.draw(rng) };
        if hard {
            self.propose_hard(kind, engine, boxes, heat, rng, targets);
        } else {
            self.propose_soft(kind, engine, heat, rng, targets);
        }
        kind
    }

    fn propose_soft(
        &mut self,
        kind: MoveKind,
        engine: &Engine,
        heat: f64,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) {
        let placement = engine.placement();
        let node = self.soft[rng.random_range(0..self.soft.len())];
        let old = placement.center(node);
        let to = match kind {
            MoveKind::SoftSwap => {
                let other = self.soft[rng.random_range(0..self.soft.len())];
                if other != node {
                    let there = placement.center(other);
                    push(engine, targets, node, clamped(engine, node, there));
                    push(engine, targets, other, clamped(engine, other, old));
                }
                return;
            }
            MoveKind::SoftGroup => {
                self.propose_group(engine, node, heat, rng, targets);
                return;
            }
            MoveKind::SoftMedian => match engine.best_intervals(node, &mut self.breakpoints) {
                Some((x, y)) => {
                    let near = Point::new(within(&x, rng), within(&y, rng));
                    jittered(engine, near, 0.3, rng)
                }
                None => old,
            },
            MoveKind::SoftFlat => {
                let (x, y) = engine.flat_intervals(node);
                let canvas = engine.canvas();
                Point::new(limited(canvas.width, &x, rng), limited(canvas.height, &y, rng))
            }
            MoveKind::SoftRoute => cooler(engine, old, rng),
            _ => jittered(engine, old, reach(heat, rng), rng),
        };
        push(engine, targets, node, clamped(engine, node, to));
    }

    /// Moves the soft macros of one of the node's nets together.
    fn propose_group(
        &self,
        engine: &Engine,
        node: NodeId,
        heat: f64,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) {
        let netlist = engine.netlist();
        let nets = netlist.node_nets.row(node);
        if nets.is_empty() {
            return;
        }
        let net = nets[rng.random_range(0..nets.len())];
        let here = engine.placement().center(node);
        let to = jittered(engine, here, reach(heat, rng), rng);
        for &pin in netlist.net_pins.row(net) {
            let member = netlist.pins.node[pin.usize()];
            let known = targets.iter().any(|target| target.0 == member);
            if known || !self.is_movable_soft[member.usize()] {
                continue;
            }
            if targets.len() == MOST_IN_GROUP {
                break;
            }
            let at = engine.placement().center(member);
            let at = Point::new(at.x + to.x - here.x, at.y + to.y - here.y);
            push(engine, targets, member, clamped(engine, member, at));
        }
    }

    fn propose_hard(
        &mut self,
        kind: MoveKind,
        engine: &Engine,
        boxes: &Boxes,
        heat: f64,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) {
        let placement = engine.placement();
        let node = self.hard[rng.random_range(0..self.hard.len())];
        let old = placement.center(node);
        let to = match kind {
            MoveKind::Flip => {
                let family = placement.orientation[node.usize()].family();
                targets.push((node, old, family[rng.random_range(0..family.len())]));
                return;
            }
            MoveKind::HardSwap => {
                self.propose_swap(engine, boxes, node, rng, targets);
                return;
            }
            MoveKind::HardPush => {
                self.propose_push(engine, boxes, node, heat, rng, targets);
                return;
            }
            MoveKind::HardBeside => self.beside(engine, node, rng),
            MoveKind::HardMedian => match engine.best_intervals(node, &mut self.breakpoints) {
                Some((x, y)) => {
                    let near = Point::new(within(&x, rng), within(&y, rng));
                    jittered(engine, near, 1.0, rng)
                }
                None => old,
            },
            _ => {
                let mut to = jittered(engine, old, reach(heat, rng), rng);
                // Along one axis a macro can slide past its neighbours.
                match rng.random_range(0..3) {
                    0 => to.x = old.x,
                    1 => to.y = old.y,
                    _ => {}
                }
                to
            }
        };
        if boxes.fits(node, to.x, to.y, None) {
            push(engine, targets, node, to);
        }
    }

    fn propose_swap(
        &self,
        engine: &Engine,
        boxes: &Boxes,
        node: NodeId,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) {
        let twins = &self.twins[self.twins_of[node.usize()] as usize];
        let pool = if twins.len() > 1 && rng.random::<f64>() < 0.7 { twins } else { &self.hard };
        let other = pool[rng.random_range(0..pool.len())];
        if other == node {
            return;
        }
        let (a, b) = (engine.placement().center(node), engine.placement().center(other));
        let legal =
            boxes.fits(node, b.x, b.y, Some(other)) && boxes.fits(other, a.x, a.y, Some(node));
        if legal && !overlap_after_swap(engine.netlist(), node, b, other, a) {
            push(engine, targets, node, b);
            push(engine, targets, other, a);
        }
    }

    /// Moves a macro along one axis and pushes those in its way: rows of abutting macros move only
    /// together. Half the steps end with an edge on a border of the grid, where the cells that a
    /// macro covers change.
    fn propose_push(
        &mut self,
        engine: &Engine,
        boxes: &Boxes,
        node: NodeId,
        heat: f64,
        rng: &mut Pcg64Mcg,
        targets: &mut Vec<Target>,
    ) {
        let (grid, at) = (engine.canvas().grid(), engine.placement().center(node));
        let (width, height) = engine.netlist().size(node);
        let (axis, at, size, cell) = if rng.random::<bool>() {
            (Axis::X, at.x, width, grid.cell_width())
        } else {
            (Axis::Y, at.y, height, grid.cell_height())
        };
        let up = rng.random::<bool>();
        let step = if rng.random::<bool>() {
            let half = if rng.random::<bool>() { size / 2.0 } else { -size / 2.0 };
            let edge = (at + half) / cell;
            if up { (edge + 1.0).floor() - edge } else { edge - (edge - 1.0).ceil() }
        } else {
            reach(heat, rng)
        };
        let step = if up { step } else { -step } * cell;
        if let Some(moved) = boxes.push(node, axis, step, self.most_pushed, &mut self.pushed) {
            moved.for_each(|(node, to)| push(engine, targets, node, to));
        }
    }

    /// A place where the macro touches another one or the border of the canvas.
    fn beside(&self, engine: &Engine, node: NodeId, rng: &mut Pcg64Mcg) -> Point {
        let (netlist, placement) = (engine.netlist(), engine.placement());
        let (width, height) = netlist.size(node);
        let other = self.hard[rng.random_range(0..self.hard.len())];
        let (other_width, other_height) = netlist.size(other);
        let at = placement.center(other);
        let gap = engine.canvas().width.max(engine.canvas().height) * 5.0 * f64::from(f32::EPSILON);
        let reach =
            Point::new((width + other_width) / 2.0 + gap, (height + other_height) / 2.0 + gap);
        let aligned = |own: f64, other: f64, pick: u32| match pick {
            0 => 0.0,
            1 => (own - other) / 2.0,
            _ => (other - own) / 2.0,
        };
        let pick = rng.random_range(0..3);
        match rng.random_range(0..4) {
            0 => Point::new(at.x + reach.x, at.y + aligned(height, other_height, pick)),
            1 => Point::new(at.x - reach.x, at.y + aligned(height, other_height, pick)),
            2 => Point::new(at.x + aligned(width, other_width, pick), at.y + reach.y),
            _ => Point::new(at.x + aligned(width, other_width, pick), at.y - reach.y),
        }
    }
}

fn push(engine: &Engine, targets: &mut Vec<Target>, node: NodeId, to: Point) {
    targets.push((node, to, engine.placement().orientation[node.usize()]));
}

/// Whether two macros that change places would overlap each other.
fn overlap_after_swap(netlist: &Netlist, a: NodeId, at_a: Point, b: NodeId, at_b: Point) -> bool {
    let ((aw, ah), (bw, bh)) = (netlist.size(a), netlist.size(b));
    (at_a.x - at_b.x).abs() < (aw + bw) / 2.0 && (at_a.y - at_b.y).abs() < (ah + bh) / 2.0
}

/// A step length in grid cells, from a twentieth of a cell up to a few cells; long ones while hot.
fn reach(heat: f64, rng: &mut Pcg64Mcg) -> f64 {
    let (least, most) = (0.05_f64, 1.0 + 7.0 * heat);
    least * (most / least).powf(rng.random::<f64>())
}

/// A point near another, about `cells` grid cells away.
fn jittered(engine: &Engine, p: Point, cells: f64, rng: &mut Pcg64Mcg) -> Point {
    let grid = engine.canvas().grid();
    let mut offset = || (rng.random::<f64>() - 0.5) * 2.0 * cells;
    Point::new(p.x + offset() * grid.cell_width(), p.y + offset() * grid.cell_height())
}

/// A point just across the border of the neighbouring row or column of grid cells, the less
/// congested one more often: a net's route follows its pins' rows and columns, so this shifts it
/// off a hot line with the least move.
fn cooler(engine: &Engine, p: Point, rng: &mut Pcg64Mcg) -> Point {
    let grid = engine.canvas().congestion_grid();
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    let (column, row) = grid.column_row(grid.clamped_cell_at(p));
    let upright = rng.random::<bool>();
    // Changing the row shifts horizontal demand, changing the column vertical demand.
    let (line, n, size) = if upright {
        (row, rows, grid.cell_height())
    } else {
        (column, columns, grid.cell_width())
    };
    let demand = |line: usize| {
        if upright {
            engine.horizontal_map()[line * columns + column]
        } else {
            engine.vertical_map_by_column()[line * rows + row]
        }
    };
    let up = match (line > 0, line + 1 < n) {
        (true, true) => {
            let cooler_up = demand(line + 1) < demand(line - 1);
            if rng.random::<f64>() < 0.8 { cooler_up } else { !cooler_up }
        }
        (_, up) => up,
    };
    let depth = 0.3 * rng.random::<f64>();
    let to = if up { (line + 1) as f64 + depth } else { line as f64 - depth } * size;
    if upright { Point::new(p.x, to) } else { Point::new(to, p.y) }
}

fn within(interval: &Flat, rng: &mut Pcg64Mcg) -> f64 {
    interval.low + (interval.high - interval.low) * rng.random::<f64>()
}

/// A point of an interval cut to the canvas.
fn limited(size: f64, interval: &Flat, rng: &mut Pcg64Mcg) -> f64 {
    within(&Flat { low: interval.low.max(0.0), high: interval.high.min(size) }, rng)
}

/// The point, moved so that the node lies on the canvas.
fn clamped(engine: &Engine, node: NodeId, p: Point) -> Point {
    let (width, height) = engine.netlist().size(node);
    let limit = |value: f64, size: f64, canvas: f64| {
        if size >= canvas { canvas / 2.0 } else { value.clamp(size / 2.0, canvas - size / 2.0) }
    };
    Point::new(limit(p.x, width, engine.canvas().width), limit(p.y, height, engine.canvas().height))
}
