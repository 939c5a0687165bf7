//! Netlists that look like real ones, made from a seed.
//!
//! Nodes sit at the leaves of a binary tree, a virtual hierarchy. A net's sinks are found by climbing
//! a random number of levels from its driver and descending again, with probabilities that give
//! Rent's rule: a subtree of `n` leaves has about `n^p` nets to the outside. Hard macros come in
//! arrays of few distinct sizes, ports in buses along the boundary, and cluster sizes are log-normal.

use std::f64::consts::PI;

use flagstone_geom::Point;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, PinId, Placement, Side};

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GenerateConfig {
    /// Hard macros.
    pub hard_macros: usize,
    /// Distinct sizes among them.
    pub sizes: usize,
    /// Soft macros.
    pub soft_macros: usize,
    /// Nets, about.
    pub nets: usize,
    /// Ports.
    pub ports: usize,
    /// Data pins of a hard macro that drive a net.
    pub macro_outputs: usize,
    /// Share of the canvas covered by macros, above 0 and at most 0.9.
    pub utilization: f64,
    /// Share of the covered area that is hard macros.
    pub hard_share: f64,
    /// Exponent of Rent's rule; 0.6 to 0.7 in real logic.
    pub rent: f64,
    /// Spread of the soft macros' areas, the deviation of their logarithm.
    pub spread: f64,
    /// Columns and rows of the grid.
    pub cells: u32,
    /// Seed of all random numbers.
    pub seed: u64,
}

impl GenerateConfig {
    /// Eight hard macros: a policy learns it in a minute.
    pub fn toy() -> Self {
        Self {
            hard_macros: 8,
            sizes: 3,
            soft_macros: 24,
            nets: 160,
            ports: 24,
            macro_outputs: 4,
            utilization: 0.5,
            hard_share: 0.45,
            rent: 0.65,
            spread: 0.5,
            cells: 12,
            seed: 0,
        }
    }

    /// Forty hard macros.
    pub fn medium() -> Self {
        Self {
            hard_macros: 40,
            sizes: 5,
            soft_macros: 250,
            nets: 3_000,
            ports: 160,
            macro_outputs: 16,
            utilization: 0.6,
            cells: 20,
            ..Self::toy()
        }
    }

    /// The size of Ariane, an open 64-bit core with its caches.
    pub fn ariane() -> Self {
        Self {
            hard_macros: 133,
            sizes: 4,
            soft_macros: 800,
            nets: 12_000,
            ports: 495,
            macro_outputs: 28,
            utilization: 0.68,
            cells: 24,
            ..Self::toy()
        }
    }
}

impl GenerateConfig {
    /// The same with a grid of at most `most` columns and rows.
    #[must_use]
    pub fn with_at_most_cells(self, most: u32) -> Self {
        Self { cells: self.cells.min(most), ..self }
    }
}

/// Makes a netlist, its canvas and a rough placement: ports on the boundary, every macro at its
/// leaf's place.
pub fn generate(config: &GenerateConfig) -> (Netlist, Canvas, Placement) {
    let mut generator = Generator::new(config);
    generator.nodes();
    generator.pins();
    generator.nets();
    generator.finish()
}

/// A leaf of the hierarchy.
struct Leaf {
    node: NodeId,
    drivers: Vec<PinId>,
    sinks: Vec<PinId>,
}

struct Generator<'a> {
    config: &'a GenerateConfig,
    rng: Pcg64Mcg,
    builder: Builder,
    side: f64,
    ports: Vec<NodeId>,
    places: Vec<Point>,
    leaves: Vec<Leaf>,
}

fn normal(rng: &mut Pcg64Mcg) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (2.0 * PI * v).cos()
}

fn shuffle<T>(items: &mut [T], rng: &mut Pcg64Mcg) {
    for i in (1..items.len()).rev() {
        items.swap(i, rng.random_range(0..=i));
    }
}

/// Two decimals, as the sizes in library files have.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round().max(1.0) / 100.0
}

impl<'a> Generator<'a> {
    fn new(config: &'a GenerateConfig) -> Self {
        // A cell's side of 40 um is that of real floorplans in a 45 nm technology.
        let side = 40.0 * f64::from(config.cells.max(1));
        Self {
            config,
            rng: Pcg64Mcg::seed_from_u64(config.seed),
            builder: Builder::new(),
            side,
            ports: Vec::new(),
            places: Vec::new(),
            leaves: Vec::new(),
        }
    }

    /// Adds ports, then hard macros in arrays and soft macros between them.
    fn nodes(&mut self) {
        self.port_nodes();
        let covered = self.side * self.side * self.config.utilization;
        let hard = self.hard_sizes(covered * self.config.hard_share);
        let soft_area = covered - hard.iter().map(|size| size.0 * size.1).sum::<f64>();
        let soft = self.soft_areas(soft_area);
        // Arrays of equal macros stay together: whole blocks of leaves are shuffled, not leaves.
        let mut blocks: Vec<Vec<(Kind, f64, f64)>> = Vec::new();
        for array in hard.chunk_by(|a, b| a == b) {
            for bank in array.chunks(8) {
                blocks.push(bank.iter().map(|&(w, h)| (Kind::HardMacro, w, h)).collect());
            }
        }
        let cell = self.side / f64::from(self.config.cells.max(1));
        for cluster in soft.chunks(6) {
            // A cell wide, but never higher than the canvas.
            let of = |&area: &f64| {
                let width = cell.max(area / self.side);
                (Kind::SoftMacro, width, (area / width).max(0.01).min(self.side))
            };
            blocks.push(cluster.iter().map(of).collect());
        }
        shuffle(&mut blocks, &mut self.rng);
        let all: Vec<_> = blocks.into_iter().flatten().collect();
        let n = all.len();
        let (mut n_hard, mut n_soft) = (0, 0);
        for (leaf, (kind, width, height)) in all.into_iter().enumerate() {
            let name = match kind {
                Kind::HardMacro => {
                    n_hard += 1;
                    format!("bank_{}/ram_{}", (n_hard - 1) / 8, (n_hard - 1) % 8)
                }
                _ => {
                    n_soft += 1;
                    format!("Grp_{}", n_soft - 1)
                }
            };
            let node = Node { kind, name: &name, width, height, ..Node::default() };
            let node = self.builder.node(node);
            let place = self.leaf_place(leaf, n, width, height);
            self.places.push(place);
            self.leaves.push(Leaf { node, drivers: Vec::new(), sinks: Vec::new() });
        }
    }

    fn port_nodes(&mut self) {
        for port in 0..self.config.ports {
            // Buses of neighbouring ports around the boundary.
            let along = (port as f64 + 0.5) / self.config.ports as f64 * 4.0;
            let at = along.fract() * self.side;
            let (side, place) = match along as usize {
                0 => (Side::Left, Point::new(0.0, at)),
                1 => (Side::Top, Point::new(at, self.side)),
                2 => (Side::Right, Point::new(self.side, self.side - at)),
                _ => (Side::Bottom, Point::new(self.side - at, 0.0)),
            };
            let name = format!("bus_{}[{}]", port / 16, port % 16);
            let kind = Kind::Port;
            let node = Node { kind, name: &name, side: Some(side), ..Node::default() };
            let node = self.builder.node(node);
            self.ports.push(node);
            self.places.push(place);
        }
    }

    /// Widths and heights of the hard macros, equal ones next to each other.
    fn hard_sizes(&mut self, area: f64) -> Vec<(f64, f64)> {
        let n = self.config.hard_macros;
        let kinds = self.config.sizes.clamp(1, n.max(1));
        let shapes: Vec<(f64, f64)> = (0..kinds)
            .map(|_| {
                let area = (0.5 * normal(&mut self.rng)).exp();
                let aspect = (0.45 * normal(&mut self.rng)).exp().clamp(0.35, 2.8);
                ((area * aspect).sqrt(), (area / aspect).sqrt())
            })
            .collect();
        let mut sizes: Vec<(f64, f64)> = (0..n).map(|i| shapes[i * kinds / n]).collect();
        let total: f64 = sizes.iter().map(|size| size.0 * size.1).sum();
        let scale = (area / total.max(f64::MIN_POSITIVE)).sqrt();
        let most = 0.4 * self.side;
        for size in &mut sizes {
            *size = (rounded((size.0 * scale).min(most)), rounded((size.1 * scale).min(most)));
        }
        sizes
    }

    fn soft_areas(&mut self, area: f64) -> Vec<f64> {
        let spread = self.config.spread;
        let mut areas: Vec<f64> =
            (0..self.config.soft_macros).map(|_| (spread * normal(&mut self.rng)).exp()).collect();
        let total: f64 = areas.iter().sum();
        areas.iter_mut().for_each(|own| *own *= area / total.max(f64::MIN_POSITIVE));
        areas
    }

    /// Leaves fill the canvas along a curve that keeps neighbours near: rows of squares, back and
    /// forth.
    fn leaf_place(&self, leaf: usize, n: usize, width: f64, height: f64) -> Point {
        let rows = (n as f64).sqrt().ceil().max(1.0) as usize;
        let (row, column) = (leaf / rows, leaf % rows);
        let column = if row % 2 == 0 { column } else { rows - 1 - column };
        let pitch = self.side / rows as f64;
        let at = |index: usize, size: f64| {
            ((index as f64 + 0.5) * pitch).clamp(size / 2.0, self.side - size / 2.0)
        };
        Point::new(at(column, width), at(row, height))
    }

    /// Adds the pins: hard macros have theirs along the lower and upper edge.
    fn pins(&mut self) {
        for &port in &self.ports {
            self.builder.pin(Pin { node: port, ..Pin::default() });
        }
        let n_soft = self.config.soft_macros.max(1);
        let from_hard = self.config.hard_macros * self.config.macro_outputs;
        let from_ports = self.config.ports / 2;
        let left = self.config.nets.saturating_sub(from_hard + from_ports);
        let per_soft = left as f64 / n_soft as f64;
        for leaf in 0..self.leaves.len() {
            let node = self.leaves[leaf].node;
            let (kind, width, height) = self.builder.shape(node);
            if kind == Kind::HardMacro {
                self.hard_pins(leaf, node, (width, height));
            } else {
                self.soft_pins(leaf, node, per_soft);
            }
        }
    }

    fn hard_pins(&mut self, leaf: usize, node: NodeId, (width, height): (f64, f64)) {
        let n = self.config.macro_outputs;
        let owner = self.builder.name(node).to_owned();
        for pin in 0..2 * n {
            let output = pin >= n;
            let along = (pin % n) as f64 + 0.5;
            let dx = rounded(width * (along / n as f64)) - width / 2.0;
            let dy = if output { height / 2.0 } else { -height / 2.0 };
            let name = if output { "q" } else { "d" };
            let name = format!("{owner}/{name}[{}]", pin % n);
            let id = self.builder.pin(Pin { node, name: &name, dx, dy, ..Pin::default() });
            let leaf = &mut self.leaves[leaf];
            if output { leaf.drivers.push(id) } else { leaf.sinks.push(id) }
        }
    }

    fn soft_pins(&mut self, leaf: usize, node: NodeId, outputs: f64) {
        let owner = self.builder.name(node).to_owned();
        let n = (outputs + self.rng.random::<f64>()).floor() as usize;
        for pin in 0..n {
            // Half the pins stand for several cells that drive the same sink.
            let merged = pin % 2 == 1;
            let weight = if merged { f64::from(1 + self.rng.random_range(0..6_u32)) } else { 1.0 };
            let kind = if merged { "single" } else { "multi" };
            let name = format!("{owner}/Poutput_{kind}_{}", pin / 2);
            let id = self.builder.pin(Pin { node, name: &name, weight, ..Pin::default() });
            self.leaves[leaf].drivers.push(id);
        }
        let name = format!("{owner}/Pinput");
        let id = self.builder.pin(Pin { node, name: &name, ..Pin::default() });
        self.leaves[leaf].sinks.push(id);
    }

    fn nets(&mut self) {
        // The first half of the ports are inputs and drive a leaf near them, the others are driven.
        let (inputs, outputs) = self.ports.split_at(self.ports.len() / 2);
        let (inputs, outputs) = (inputs.len(), outputs.len());
        let mut driven: Vec<usize> = (inputs..inputs + outputs).collect();
        shuffle(&mut driven, &mut self.rng);
        let n = self.leaves.len();
        if n == 0 {
            return;
        }
        for port in 0..inputs {
            let start = self.rng.random_range(0..n);
            let sink = self.sink_near(start);
            self.builder.net(PinId(port as u32), &[sink]);
        }
        for leaf in 0..n {
            for driver in 0..self.leaves[leaf].drivers.len() {
                let degree = self.degree();
                let mut sinks: Vec<PinId> = (0..degree).map(|_| self.sink_near(leaf)).collect();
                if driver == 0
                    && let Some(port) = driven.pop()
                {
                    sinks.push(PinId(port as u32));
                }
                self.builder.net(self.leaves[leaf].drivers[driver], &sinks);
            }
        }
    }

    /// Sinks of a net: mostly one or two, a long tail up to 30.
    fn degree(&mut self) -> usize {
        let u: f64 = self.rng.random();
        ((1.0 - u).powf(-0.75) as usize).clamp(1, 30)
    }

    /// A sink found by climbing from a leaf with Rent's probabilities and descending at random.
    fn sink_near(&mut self, leaf: usize) -> PinId {
        let n = self.leaves.len();
        let levels = n.next_power_of_two().trailing_zeros();
        // A net leaves a subtree twice as large with probability 2^(p - 1).
        let climb = 2.0_f64.powf(self.config.rent - 1.0);
        let mut level = 1;
        while level < levels && self.rng.random::<f64>() < climb {
            level += 1;
        }
        let first = (leaf >> level) << level;
        let last = (first + (1 << level)).min(n);
        let mut other = self.rng.random_range(first..last);
        if other == leaf {
            other = (leaf + 1) % n;
        }
        let sinks = &self.leaves[other].sinks;
        sinks[self.rng.random_range(0..sinks.len())]
    }

    fn finish(mut self) -> (Netlist, Canvas, Placement) {
        self.builder.bloating_ratio(2.0);
        let netlist = self.builder.build();
        let mut canvas = Canvas::new(self.side, self.side);
        (canvas.columns, canvas.rows) = (self.config.cells, self.config.cells);
        canvas.routes_horizontal = 70.33;
        canvas.routes_vertical = 74.51;
        canvas.macro_routes_horizontal = 51.79;
        canvas.macro_routes_vertical = 51.79;
        canvas.smoothing = 2;
        let mut placement = Placement::new(&netlist);
        for (node, &place) in self.places.iter().enumerate() {
            placement.set_center(NodeId::from_usize(node), place);
        }
        (netlist, canvas, placement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Statistics, check};

    #[test]
    fn every_preset_is_clean_and_of_its_size() {
        let presets = [GenerateConfig::toy(), GenerateConfig::medium(), GenerateConfig::ariane()];
        for config in presets {
            let (netlist, canvas, placement) = generate(&config);
            assert_eq!(check(&netlist), vec![]);
            assert_eq!(crate::check_placement(&netlist, &canvas, &placement), vec![]);
            let n = Statistics::of(&netlist);
            assert_eq!(n.hard_macros, config.hard_macros);
            assert_eq!(n.soft_macros, config.soft_macros);
            assert_eq!(n.ports, config.ports);
            let nets = n.nets as f64 / config.nets as f64;
            assert!((0.85..1.15).contains(&nets), "{} nets, asked for {}", n.nets, config.nets);
            let share = n.area / (canvas.width * canvas.height);
            assert!((share - config.utilization).abs() < 0.05, "{share} of the canvas is covered");
        }
    }

    #[test]
    fn a_seed_gives_one_netlist() {
        let config = GenerateConfig::toy();
        assert_eq!(generate(&config), generate(&config));
        assert_ne!(generate(&config).0, generate(&GenerateConfig { seed: 1, ..config }).0);
    }
    #[test]
    fn a_handful_of_large_macros_fits_the_canvas() {
        for seed in 0..20 {
            let config = GenerateConfig {
                hard_macros: 2,
                soft_macros: 4,
                nets: 20,
                ports: 4,
                seed,
                ..GenerateConfig::toy()
            };
            let (netlist, canvas, placement) = generate(&config);
            assert_eq!(check(&netlist), vec![]);
            assert_eq!(crate::check_placement(&netlist, &canvas, &placement), vec![]);
        }
        let large =
            GenerateConfig { hard_macros: 1, soft_macros: 1, cells: 60, ..GenerateConfig::toy() };
        assert_eq!(check(&generate(&large).0), vec![]);
    }
}
