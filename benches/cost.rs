//! What the cost of a placement costs to know: everything from scratch, and after a move.
//!
//! Every group has the full evaluation as its first bar. The two TILOS designs are read from
//! `../shared/netlists/tilos` and left out where that folder is missing; the generated designs keep
//! the local connectivity and the grid while the number of movable nodes grows. Moves are up to a
//! tenth of the canvas long, those of a cooling annealer up to a fiftieth.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use flagstone_cost::engine::Engine;
use flagstone_cost::{Evaluator, Rules, Weights};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_geom::Orientation;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use flagstone_place::mask::{MaskRules, Occupancy};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Longest step in each direction, as a share of the canvas.
const FAR: f64 = 0.1;

/// Longest step of an annealer that cools down.
const NEAR: f64 = 0.02;

struct Design {
    name: String,
    netlist: Arc<Netlist>,
    canvas: Canvas,
    placement: Placement,
}

fn designs() -> Vec<Design> {
    let shared = ["ariane133_ng45", "nvdla_sky130hd"].into_iter().filter_map(tilos);
    let generated = [1_000, 10_000, 100_000].map(scaled);
    shared.chain(generated).collect()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    decompress(std::fs::read(path).ok()?, MAX_UNPACKED_BYTES).ok()
}

/// A real design with its legal placement.
fn tilos(name: &str) -> Option<Design> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/netlists/tilos").join(name);
    let file = pbtxt::read(&read(&folder.join("netlist.pb.txt.xz"))?).0?;
    let mut placement = file.placement;
    let mut canvas = Canvas::for_netlist(&file.netlist);
    let (plc, _) = plc::read(&read(&folder.join("legalized.plc.xz"))?, &file.netlist);
    plc.apply_header(&mut canvas);
    plc.apply_rows(&file.netlist, &mut placement);
    Some(Design { name: name.to_owned(), netlist: Arc::new(file.netlist), canvas, placement })
}

/// A generated design of `nodes` movable nodes on the grid of the smaller ones.
fn scaled(nodes: usize) -> Design {
    let hard_macros = nodes / 10;
    let config = GenerateConfig {
        hard_macros,
        soft_macros: nodes - hard_macros,
        nets: 12 * nodes,
        ports: 400,
        macro_outputs: 16,
        utilization: 0.6,
        cells: 30,
        seed: 1,
        ..GenerateConfig::medium()
    };
    let (netlist, canvas, placement) = generate(&config);
    Design { name: format!("generated_{nodes}"), netlist: Arc::new(netlist), canvas, placement }
}

/// Nodes and places for moves, drawn beforehand so that drawing is not measured.
struct Moves {
    nodes: Vec<NodeId>,
    at: Vec<(f64, f64)>,
    next: usize,
}

impl Moves {
    /// Moves of nodes of a kind by up to a share of the canvas in each direction.
    fn new(design: &Design, kind: Kind, reach: f64) -> Self {
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        let all: Vec<NodeId> = design.netlist.nodes_of(kind).collect();
        let nodes: Vec<NodeId> = (0..4096).map(|_| all[rng.random_range(0..all.len())]).collect();
        let (width, height) = (design.canvas.width, design.canvas.height);
        let at = nodes.iter().map(|&node| {
            let center = design.placement.center(node);
            let mut near = |at: f64, size: f64| {
                (at + rng.random_range(-reach..reach) * size).clamp(0.05 * size, 0.95 * size)
            };
            (near(center.x, width), near(center.y, height))
        });
        Self { at: at.collect(), nodes, next: 0 }
    }

    fn draw(&mut self) -> (NodeId, f64, f64) {
        self.next = (self.next + 1) % self.nodes.len();
        let (x, y) = self.at[self.next];
        (self.nodes[self.next], x, y)
    }
}

fn engine(design: &Design) -> Engine {
    let (netlist, placement) = (Arc::clone(&design.netlist), &design.placement);
    Engine::new(netlist, &design.canvas, placement, Weights::default())
}

fn full(group: &mut BenchmarkGroup<'_, WallTime>, design: &Design) {
    let mut evaluator = Evaluator::default();
    group.bench_function("full_evaluation", |bencher| {
        bencher.iter(|| {
            let placement = black_box(&design.placement);
            evaluator.evaluate(&design.netlist, &design.canvas, placement, Rules::Clamp).cost
        });
    });
}

/// Propose, ask for the change, take back; in the last one keep it.
fn single_moves(group: &mut BenchmarkGroup<'_, WallTime>, design: &Design) {
    for (name, kind, reach, keep) in [
        ("soft_move", Kind::SoftMacro, FAR, false),
        ("hard_move", Kind::HardMacro, FAR, false),
        ("soft_move_of_a_cooling_annealer", Kind::SoftMacro, NEAR, false),
        ("soft_move_kept", Kind::SoftMacro, FAR, true),
    ] {
        let (mut engine, mut moves) = (engine(design), Moves::new(design, kind, reach));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (node, x, y) = moves.draw();
                engine.begin();
                engine.set(node, x, y, design.placement.orientation[node.usize()]);
                let delta = black_box(engine.delta_proxy());
                if keep {
                    engine.commit();
                } else {
                    engine.revert();
                }
                delta
            });
        });
    }
}

fn swaps_and_flips(group: &mut BenchmarkGroup<'_, WallTime>, design: &Design) {
    let (mut engine, mut moves) = (engine(design), Moves::new(design, Kind::HardMacro, FAR));
    let orientation = |node: NodeId| design.placement.orientation[node.usize()];
    group.bench_function("hard_swap", |bencher| {
        bencher.iter(|| {
            let (a, b) = (moves.draw().0, moves.draw().0);
            let (at_a, at_b) = (design.placement.center(a), design.placement.center(b));
            engine.begin();
            engine.set(a, at_b.x, at_b.y, orientation(a));
            engine.set(b, at_a.x, at_a.y, orientation(b));
            let delta = black_box(engine.delta_proxy());
            engine.revert();
            delta
        });
    });
    group.bench_function("flip", |bencher| {
        bencher.iter(|| {
            let node = moves.draw().0;
            let at = design.placement.center(node);
            engine.begin();
            engine.set(node, at.x, at.y, orientation(node).then(Orientation::FN));
            let delta = black_box(engine.delta_proxy());
            engine.revert();
            delta
        });
    });
}

fn masks(group: &mut BenchmarkGroup<'_, WallTime>, design: &Design) {
    let (engine, mut moves) = (engine(design), Moves::new(design, Kind::HardMacro, FAR));
    let mut wire_mask = Vec::new();
    group.bench_function("wire_mask", |bencher| {
        bencher.iter(|| {
            let node = moves.draw().0;
            engine.wire_mask(node, Orientation::N, &mut wire_mask);
            wire_mask[0]
        });
    });
    let mut occupancy = Occupancy::new(&design.canvas, MaskRules::default());
    for node in design.netlist.nodes_of(Kind::HardMacro) {
        occupancy.place(&design.netlist, &design.placement, node);
    }
    let mut legal = Vec::new();
    group.bench_function("legality_mask", |bencher| {
        bencher.iter(|| occupancy.mask(design.netlist.size(moves.draw().0), &mut legal));
    });
}

/// A million standard cells that no one has clustered.
fn flat() -> Design {
    let config = GenerateConfig {
        hard_macros: 100,
        soft_macros: 1_000_000,
        nets: 1_100_000,
        ports: 1_000,
        macro_outputs: 32,
        cells: 64,
        seed: 1,
        ..GenerateConfig::medium()
    };
    let (mut netlist, canvas, placement) = generate(&config);
    let soft = netlist.nodes.kind.iter_mut().filter(|kind| **kind == Kind::SoftMacro);
    soft.for_each(|kind| *kind = Kind::StdCell);
    Design { name: "flat_1000000_cells".to_owned(), netlist: Arc::new(netlist), canvas, placement }
}

/// The full evaluation of a flat netlist on one thread and on two.
fn flat_netlist(criterion: &mut Criterion) {
    let design = flat();
    let mut group = criterion.benchmark_group(&design.name);
    group.sample_size(10);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("a thread pool of one or two threads");
        let mut evaluator = Evaluator::default();
        group.bench_function(format!("full_evaluation_on_{threads}_threads"), |bencher| {
            let (netlist, canvas) = (&design.netlist, &design.canvas);
            bencher.iter(|| {
                let placement = black_box(&design.placement);
                pool.install(|| evaluator.evaluate(netlist, canvas, placement, Rules::Clamp).cost)
            });
        });
    }
    group.finish();
}

fn cost(criterion: &mut Criterion) {
    for design in designs() {
        let mut group = criterion.benchmark_group(&design.name);
        full(&mut group, &design);
        single_moves(&mut group, &design);
        swaps_and_flips(&mut group, &design);
        masks(&mut group, &design);
        group.finish();
    }
}

criterion_group!(benches, cost, flat_netlist);
criterion_main!(benches);
