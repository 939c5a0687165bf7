//! Force-directed placement of the soft macros.
//!
//! Source: circuit_training `optimize_stdcells` as TILOS' `plc_client_os` computes it: springs along
//! every driver–sink pair, a constant push between overlapping macros, and steps scaled so that the
//! hardest-pulled macro moves the full distance. The order of operations is theirs, since the method
//! is chaotic and only the same order gives the same result.

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use serde::{Deserialize, Serialize};

/// One stage of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Number of steps.
    pub steps: u32,
    /// Largest move of a step as a multiple of (longer side of the canvas ÷ `steps`).
    pub move_factor: f64,
    /// Strength of the springs.
    pub attract: f64,
    /// Strength of the push between overlapping macros.
    pub repel: f64,
}

/// A run of the placer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// Factor on springs that end at a port.
    pub io_factor: f64,
    /// Whether soft macros start where they are rather than at the centre of the canvas.
    pub use_current: bool,
    /// Whether movable hard macros move, too.
    pub move_hard: bool,
}

impl Default for Schedule {
    /// circuit_training's schedule for placing standard cells.
    fn default() -> Self {
        let stage = |attract, repel| Stage { steps: 100, move_factor: 1.0, attract, repel };
        Self {
            stages: vec![stage(100.0, 0.0), stage(1e-3, 1e6), stage(1e-5, 1e7)],
            io_factor: 1.0,
            use_current: false,
            move_hard: false,
        }
    }
}

impl Schedule {
    /// circuit_training's schedule for first locations, with every macro free.
    pub fn mixed_size() -> Self {
        let stage = |move_factor, attract, repel| Stage { steps: 100, move_factor, attract, repel };
        Self {
            stages: vec![stage(1.0, 100.0, 0.0), stage(2.0, 1e-3, 1e5), stage(2.0, 1e-5, 1e6)],
            move_hard: true,
            ..Self::default()
        }
    }

    /// The same stages with `factor` times the steps, at least one each.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let scale = |stage: &Stage| Stage {
            steps: ((f64::from(stage.steps) * factor).round() as u32).max(1),
            ..*stage
        };
        Self { stages: self.stages.iter().map(scale).collect(), ..self.clone() }
    }
}

/// A driver–sink pair: the nodes, their pins' offsets, the strength.
struct Spring {
    driver: u32,
    sink: u32,
    strength: f64,
    from: (f64, f64),
    to: (f64, f64),
}

/// Pins and macros as the inner loops want them.
struct Springs {
    pairs: Vec<Spring>,
    macros: Vec<NodeId>,
    moves: Vec<bool>,
}

impl Springs {
    fn new(netlist: &Netlist, placement: &Placement, schedule: &Schedule) -> Self {
        let moves: Vec<bool> = netlist
            .node_ids()
            .map(|node| match netlist.kind(node) {
                Kind::SoftMacro => !placement.fixed[node.usize()],
                Kind::HardMacro => schedule.move_hard && !placement.fixed[node.usize()],
                Kind::Port | Kind::StdCell => false,
            })
            .collect();
        let offset = |pin: flagstone_netlist::PinId| {
            let node = netlist.pins.node[pin.usize()];
            let (dx, dy) = (netlist.pins.dx[pin.usize()], netlist.pins.dy[pin.usize()]);
            placement.orientation[node.usize()].apply(dx, dy)
        };
        let mut pairs = Vec::new();
        for (pins, &weight) in netlist.net_pins.rows().zip(&netlist.nets.weight) {
            let driver = netlist.pins.node[pins[0].usize()];
            let from_port = netlist.kind(driver) == Kind::Port;
            let weight = if from_port { 1.0 } else { weight };
            for &pin in &pins[1..] {
                let sink = netlist.pins.node[pin.usize()];
                let port = from_port || netlist.kind(sink) == Kind::Port;
                let strength = if port { weight * schedule.io_factor } else { weight };
                if moves[driver.usize()] || moves[sink.usize()] {
                    let (from, to) = (offset(pins[0]), offset(pin));
                    pairs.push(Spring { driver: driver.0, sink: sink.0, strength, from, to });
                }
            }
        }
        Self { pairs, macros: netlist.macros().collect(), moves }
    }

    /// Adds the pull along every driver–sink pair.
    fn attract(&self, placement: &Placement, strength: f64, force: &mut [Point]) {
        for &Spring { driver, sink, strength: weight, from, to } in &self.pairs {
            let (d, s) = (driver as usize, sink as usize);
            let k = weight * strength;
            let dx = (placement.x[d] + from.0) - (placement.x[s] + to.0);
            let dy = (placement.y[d] + from.1) - (placement.y[s] + to.1);
            let (gx, gy) = (k * -dx, k * -dy);
            if self.moves[d] {
                force[d].x += gx;
                force[d].y += gy;
            }
            if self.moves[s] {
                force[s].x -= gx;
                force[s].y -= gy;
            }
        }
    }

    /// Adds the push between all overlapping pairs with a movable macro, in index order: sums of
    /// doubles depend on it.
    fn repel(&self, netlist: &Netlist, placement: &Placement, push: f64, force: &mut [Point]) {
        let rects: Vec<_> = self.macros.iter().map(|&node| placement.rect(netlist, node)).collect();
        let mut by_left: Vec<usize> = (0..rects.len()).collect();
        by_left.sort_unstable_by(|&i, &j| rects[i].x0.total_cmp(&rects[j].x0));
        let mut furthest = f64::NEG_INFINITY;
        let reach: Vec<f64> = by_left
            .iter()
            .map(|&j| {
                furthest = furthest.max(rects[j].x1);
                furthest
            })
            .collect();
        let mut beside = Vec::new();
        for (i, own) in rects.iter().enumerate() {
            let first = reach.partition_point(|&x1| x1 <= own.x0);
            let end = by_left.partition_point(|&j| rects[j].x0 < own.x1);
            let overlapping = |&j: &usize| {
                let other = &rects[j];
                j > i && own.x0 < other.x1 && own.y0 < other.y1 && other.y0 < own.y1
            };
            beside.clear();
            beside.extend(by_left[first..end].iter().copied().filter(overlapping));
            beside.sort_unstable();
            for &j in &beside {
                self.push_apart((i, own), (j, &rects[j]), push, force);
            }
        }
    }

    /// Adds the push between two overlapping macros along the line of their centres.
    fn push_apart(
        &self,
        (i, own): (usize, &Rect),
        (j, other): (usize, &Rect),
        push: f64,
        force: &mut [Point],
    ) {
        let (a, b) = (self.macros[i].usize(), self.macros[j].usize());
        let (from, to) = (other.center(), own.center());
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let distance = (dx * dx + dy * dy).sqrt();
        let (ux, uy) = if dx == 0.0 && dy == 0.0 {
            (-1.0 / 2.0_f64.sqrt(), -1.0 / 2.0_f64.sqrt())
        } else {
            (dx / distance, dy / distance)
        };
        let (fx, fy) = (push * ux, push * uy);
        if self.moves[a] {
            force[a].x += fx;
            force[a].y += fy;
        }
        if self.moves[b] {
            force[b].x -= fx;
            force[b].y -= fy;
        }
    }
}

/// Runs a schedule. Nodes that move are placed afterwards.
pub fn place(netlist: &Netlist, canvas: &Canvas, placement: &mut Placement, schedule: &Schedule) {
    run(netlist, canvas, placement, schedule, |_, _| {});
}

/// Runs a schedule and shows the placement after every step, counted from 1.
pub fn run(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &mut Placement,
    schedule: &Schedule,
    mut after_step: impl FnMut(u32, &Placement),
) {
    let springs = Springs::new(netlist, placement, schedule);
    let moving: Vec<NodeId> =
        netlist.node_ids().filter(|node| springs.moves[node.usize()]).collect();
    for &node in &moving {
        placement.placed[node.usize()] = true;
        if !schedule.use_current {
            placement.set_center(node, Point::new(canvas.width / 2.0, canvas.height / 2.0));
        }
    }
    let mut force = vec![Point::default(); netlist.n_nodes()];
    let mut step = 0;
    for stage in &schedule.stages {
        let longest = canvas.width.max(canvas.height);
        let reach = stage.move_factor * longest / f64::from(stage.steps);
        for _ in 0..stage.steps {
            force.fill(Point::default());
            if stage.attract != 0.0 {
                springs.attract(placement, stage.attract, &mut force);
            }
            if stage.repel != 0.0 {
                springs.repel(netlist, placement, stage.repel * reach, &mut force);
            }
            advance(netlist, canvas, placement, &moving, &force, reach);
            step += 1;
            after_step(step, placement);
        }
    }
}

/// Moves every node along its force; per axis the largest force makes a move of `reach`, and a move
/// that would touch the canvas' border is dropped.
fn advance(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &mut Placement,
    moving: &[NodeId],
    force: &[Point],
    reach: f64,
) {
    let most = |axis: fn(&Point) -> f64| {
        moving.iter().map(|node| axis(&force[node.usize()]).abs()).fold(0.0, f64::max)
    };
    let (most_x, most_y) = (most(|f| f.x), most(|f| f.y));
    let scaled = |f: f64, most: f64| if most > 0.0 { (f / most) * reach } else { f };
    for &node in moving {
        let (width, height) = netlist.size(node);
        let row = node.usize();
        let step = |at: f64, by: f64, size: f64, canvas: f64| {
            let (low, high) = (at - size / 2.0 + by, at + size / 2.0 + by);
            if low <= 0.0 || high >= canvas { at } else { at + by }
        };
        let by_x = scaled(force[row].x, most_x);
        let by_y = scaled(force[row].y, most_y);
        placement.x[row] = step(placement.x[row], by_x, width, canvas.width);
        placement.y[row] = step(placement.y[row], by_y, height, canvas.height);
    }
}
