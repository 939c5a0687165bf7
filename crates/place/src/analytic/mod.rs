//! The analytic placer: gradient descent on a smooth twin of the proxy cost.
//!
//! Two stages. *Spreading* pulls wires short against a growing electrostatic push, from wherever the
//! macros are, and gives the arrangement its shape. *Shaping* descends the proxy cost itself, made
//! smooth: log-sum-exp wirelength, the fullest cells of the density, and the congestion of the
//! evaluator's own routes, blockage and smoothing, with a growing price on overlapping hard macros.
//! What little overlap is left is the legaliser's.
//!
//! Sources: ePlace (TODAES 2015) for the push and its schedule; Adam (ICLR 2015) for the steps.

mod apart;
mod config;
mod coverage;
mod fullest;
mod potential;
mod routes;
mod smooth_cost;
mod spreading;
mod stepper;
mod wires;

use flagstone_cost::Weights;
use flagstone_netlist::{Kind, Placement};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::Job;

use self::apart::Apart;
use self::smooth_cost::{SmoothCost, Terms};
use self::spreading::Spreading;
use self::stepper::Stepper;
use self::wires::Pins;

pub use self::config::AnalyticConfig;

/// Where spreading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Everything movable near the centre of the canvas.
    Center,
    /// Everything where the placement has it.
    Given,
}

/// Places the movable macros, soft ones only where `move_soft`; hard macros may still overlap a
/// little. `variant` 0 takes the numbers of the config, any other draws its own around them.
pub fn place(
    job: &Job<'_>,
    start: &Placement,
    config: &AnalyticConfig,
    from: From,
    move_soft: bool,
    variant: u64,
) -> Placement {
    let mut rng = Pcg64Mcg::seed_from_u64(job.seed.wrapping_mul(0x9e37_79b9).wrapping_add(variant));
    let config = if variant == 0 { config.clone() } else { varied(config, &mut rng) };
    let mut descent =
        Descent::new(job, start, &config, |kind| move_soft || kind != Kind::SoftMacro);
    if from == From::Center {
        descent.gather(&mut rng);
    }
    descent.spread();
    descent.shape();
    descent.into_placement(start)
}

/// Descends the smooth proxy cost from a placement; moves the kinds of macro that `moves` names.
pub fn shape(
    job: &Job<'_>,
    start: &Placement,
    config: &AnalyticConfig,
    moves: impl Fn(Kind) -> bool,
) -> Placement {
    let mut descent = Descent::new(job, start, config, moves);
    descent.shape();
    descent.into_placement(start)
}

/// The config with its numbers drawn anew around the given ones.
fn varied(config: &AnalyticConfig, rng: &mut Pcg64Mcg) -> AnalyticConfig {
    let mut draw = |value: f64| {
        let exponent = config.variation * (2.0 * rng.random::<f64>() - 1.0);
        value * exponent.exp()
    };
    AnalyticConfig {
        target_density: draw(config.target_density).min(1.1),
        end_overflow: draw(config.end_overflow),
        push_growth: 1.0 + draw(config.push_growth - 1.0),
        start_step: draw(config.start_step),
        rounding: draw(config.rounding),
        softness: draw(config.softness),
        congestion_bias: draw(config.congestion_bias),
        overlap_cost: draw(config.overlap_cost),
        ..config.clone()
    }
}

/// The state of one descent.
struct Descent<'a> {
    job: &'a Job<'a>,
    config: &'a AnalyticConfig,
    moving: Vec<usize>,
    half: Vec<[f64; 2]>,
    cell: [f64; 2],
    positions: [Vec<f64>; 2],
    slopes: [Vec<f64>; 2],
    cost: SmoothCost,
    spreading: Spreading,
    apart: Apart,
}

impl<'a> Descent<'a> {
    fn new(
        job: &'a Job<'a>,
        start: &Placement,
        config: &'a AnalyticConfig,
        moves: impl Fn(Kind) -> bool,
    ) -> Self {
        let &Job { netlist, canvas, .. } = job;
        let moving = netlist
            .macros()
            .filter(|&node| !start.fixed[node.usize()] && moves(netlist.kind(node)));
        let half = netlist.node_ids().map(|node| {
            let (width, height) = netlist.size(node);
            [(width / 2.0).min(canvas.width / 2.0), (height / 2.0).min(canvas.height / 2.0)]
        });
        let grid = canvas.grid();
        let cell = [grid.cell_width(), grid.cell_height()];
        let n = netlist.n_nodes();
        Self {
            moving: moving.map(|node| node.usize()).collect(),
            half: half.collect(),
            positions: [start.x.clone(), start.y.clone()],
            slopes: [vec![0.0; n], vec![0.0; n]],
            cost: SmoothCost::new(netlist, canvas, Pins::new(netlist, start)),
            spreading: Spreading::new(netlist, canvas, start, config.target_density),
            apart: Apart::new(netlist, cell.map(|cell| cell * config.clearance)),
            job,
            config,
            cell,
        }
    }

    /// Puts everything movable near the centre of the canvas, and on it where its cells are few.
    fn gather(&mut self, rng: &mut Pcg64Mcg) {
        let canvas = [self.job.canvas.width, self.job.canvas.height];
        for (axis, canvas) in canvas.into_iter().enumerate() {
            for &node in &self.moving {
                let offset = (rng.random::<f64>() - 0.5) * 4.0 * self.cell[axis];
                self.positions[axis][node] = (canvas / 2.0 + offset).clamp(0.0, canvas);
            }
        }
    }

    fn clear(&mut self) {
        self.slopes.iter_mut().for_each(|slopes| slopes.fill(0.0));
    }

    /// Size of the movable macros' slopes.
    fn pull(&self) -> f64 {
        let along = |slopes: &Vec<f64>| self.moving.iter().map(|&n| slopes[n].abs()).sum::<f64>();
        self.slopes.iter().map(along).sum()
    }

    fn step(&mut self, stepper: &mut Stepper, cells: f64) {
        let length = self.cell.map(|cell| cell * cells);
        stepper.step(&self.moving, &self.slopes, length, &mut self.positions);
        let canvas = [self.job.canvas.width, self.job.canvas.height];
        for (axis, canvas) in canvas.into_iter().enumerate() {
            for &node in &self.moving {
                let half = self.half[node][axis];
                let at = &mut self.positions[axis][node];
                *at = at.clamp(half, canvas - half);
            }
        }
    }

    /// Wirelength against a growing push, until little overflows.
    fn spread(&mut self) {
        let mut stepper = Stepper::new(self.half.len());
        let weights = Weights { wirelength: 1.0, density: 0.0, congestion: 0.0 };
        let n = self.slopes[0].len();
        let mut push = [vec![0.0; n], vec![0.0; n]];
        // Known once there is a push at all: macros without a place lie in the corner, where it is zero.
        let mut strength = None;
        let mut overflow = 1.0_f64;
        for step in 0..self.config.spread_steps {
            if self.job.stopped() {
                return;
            }
            self.clear();
            // Wires are rounded off widely while everything overlaps, so that all pins feel them.
            let rounding = self.config.rounding * (1.0 + 10.0 * overflow.min(1.0));
            let terms = Terms { weights, rounding, softness: self.config.softness };
            self.cost.pins.locate(&self.positions);
            self.cost.pull_wires(&terms, &mut self.slopes);
            let wires = self.pull();
            push.iter_mut().for_each(|push| push.fill(0.0));
            overflow = self.spreading.push(&self.positions, &mut push);
            let along =
                |slopes: &Vec<f64>| self.moving.iter().map(|&n| slopes[n].abs()).sum::<f64>();
            let total: f64 = push.iter().map(along).sum();
            // As long as nothing is pushed, no strength would be right.
            if total > 0.0 {
                strength.get_or_insert(0.1 * wires / total);
            }
            let pushed = strength.unwrap_or_default();
            for (slopes, push) in self.slopes.iter_mut().zip(&push) {
                slopes.iter_mut().zip(push).for_each(|(slope, push)| *slope += pushed * push);
            }
            self.step(&mut stepper, self.config.start_step);
            if overflow < self.config.end_overflow && step > 20 {
                return;
            }
            strength = strength.map(|strength| strength * self.config.push_growth);
        }
    }

    /// The smooth proxy cost, ever less smooth.
    fn shape(&mut self) {
        let mut stepper = Stepper::new(self.half.len());
        let steps = self.config.shape_steps;
        let given = self.job.weights;
        let weights =
            Weights { congestion: given.congestion * self.config.congestion_bias, ..given };
        let cell_area = self.cell[0] * self.cell[1];
        for step in 0..steps {
            if self.job.stopped() {
                return;
            }
            let done = f64::from(step) / f64::from(steps);
            let terms = Terms {
                weights,
                rounding: self.config.rounding,
                softness: self.config.softness * 0.1_f64.powf(done),
            };
            self.clear();
            self.cost.pull(&self.positions, &terms, &mut self.slopes);
            let price = self.config.overlap_cost * 0.01_f64.powf(1.0 - done) / cell_area;
            self.apart.push(&self.positions, price, &mut self.slopes);
            let (start, end) = (self.config.start_step, self.config.end_step);
            self.step(&mut stepper, start * (end / start).powf(done));
        }
    }

    fn into_placement(self, start: &Placement) -> Placement {
        let mut placement = start.clone();
        for node in self.moving {
            placement.x[node] = self.positions[0][node];
            placement.y[node] = self.positions[1][node];
            placement.placed[node] = true;
        }
        placement
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use flagstone_geom::Point;
    use flagstone_netlist::generate::{GenerateConfig, generate};
    use flagstone_netlist::{Builder, Canvas, Node, Pin, Side};

    use super::*;

    /// Soft macros alone and without a place lie in the corner, within one bin: nothing pushes them.
    #[test]
    fn macros_without_a_place_find_one() {
        let mut builder = Builder::new();
        let mut last = None;
        for (name, kind) in [
            ("in", Kind::Port),
            ("a", Kind::SoftMacro),
            ("b", Kind::SoftMacro),
            ("c", Kind::SoftMacro),
        ] {
            let side = (kind == Kind::Port).then_some(Side::Left);
            let size = if kind == Kind::Port { 0.0 } else { 1.4 };
            let node = Node { name, kind, width: size, height: size, side, ..Node::default() };
            let node = builder.node(node);
            let pin = builder.pin(Pin { node, ..Pin::default() });
            if let Some(driver) = last.replace(pin) {
                builder.net(driver, &[pin]);
            }
        }
        let netlist = Arc::new(builder.build());
        let canvas = Canvas::new(100.0, 80.0);
        let mut start = Placement::new(&netlist);
        for port in netlist.nodes_of(Kind::Port) {
            start.set_center(port, Point::new(0.0, 40.0));
        }
        let stop = AtomicBool::new(false);
        let (canvas, stop) = (&canvas, &stop);
        let job = Job { netlist: &netlist, canvas, weights: Weights::default(), seed: 1, stop };
        let placed = place(&job, &start, &AnalyticConfig::default(), From::Given, true, 0);
        assert!(placed.x.iter().chain(&placed.y).all(|at| at.is_finite()), "{placed:?}");
    }

    #[test]
    fn places_are_numbers_on_a_grid_of_few_cells() {
        let config =
            GenerateConfig { hard_macros: 2, soft_macros: 3, nets: 20, ..GenerateConfig::toy() };
        let (netlist, mut canvas, given) = generate(&config);
        let netlist = Arc::new(netlist);
        let stop = AtomicBool::new(false);
        let config = AnalyticConfig { spread_steps: 100, shape_steps: 5, ..Default::default() };
        for (columns, rows) in [(1, 1), (1, 9), (3, 2)] {
            (canvas.columns, canvas.rows) = (columns, rows);
            for seed in 0..8 {
                let weights = Weights::default();
                let job = Job { netlist: &netlist, canvas: &canvas, weights, seed, stop: &stop };
                let found = place(&job, &given, &config, From::Center, true, 0);
                let numbers = found.x.iter().chain(&found.y).all(|at| at.is_finite());
                assert!(numbers, "{columns} x {rows}, seed {seed}: {found:?}");
            }
        }
    }
}
