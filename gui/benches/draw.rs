//! What a frame of the canvas costs the processor: layers to triangles, and triangles through egui.
//!
//! Groups are named by what is measured, bars by the number of objects; a frame of a still view
//! reuses its mesh, a frame of a panning view makes it anew. The obvious way, one shape for each
//! object, is the last bar.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use egui::{Context, Mesh, RawInput, Rect as ScreenRect, Shape, pos2, vec2};
use flagstone_geom::{Point, Rect};
use flagstone_gui::board::Board;
use flagstone_gui::camera::Camera;
use flagstone_gui::coverage;
use flagstone_gui::design::Design;
use flagstone_gui::mesh::{self, Cached, Frame, Look};
use flagstone_gui::selection::Pick;
use flagstone_gui::session::Session;
use flagstone_gui::state::Detail;
use flagstone_gui::theme;
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, Placement};

const SIZE: [f32; 2] = [1600.0, 1000.0];

/// Soft macros in rows over a square canvas.
fn board(n: usize) -> (Netlist, Canvas, Board) {
    let columns = (n as f64).sqrt().ceil() as usize;
    let mut builder = Builder::new();
    for _ in 0..n {
        builder.node(Node { kind: Kind::SoftMacro, width: 0.8, height: 0.7, ..Node::default() });
    }
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for (k, node) in netlist.node_ids().enumerate() {
        let (column, row) = (k % columns, k / columns);
        placement.set_center(node, Point::new(column as f64 + 0.5, row as f64 + 0.5));
    }
    let canvas = Canvas::new(columns as f64, columns as f64);
    let board = Board::new(&netlist, &canvas, &placement);
    (netlist, canvas, board)
}

fn frame(canvas: &Canvas, shift: f64) -> Frame {
    let view = ScreenRect::from_min_size(pos2(0.0, 0.0), vec2(SIZE[0], SIZE[1]));
    let mut camera = Camera::fit(&canvas.rect(), view);
    camera.center.x += shift / camera.scale;
    Frame { camera, view, pixels_per_point: 1.0 }
}

/// Runs shapes through egui as a window does.
fn through_egui(ctx: &Context, shape: Shape) -> usize {
    let input = RawInput {
        screen_rect: Some(ScreenRect::from_min_size(pos2(0.0, 0.0), vec2(SIZE[0], SIZE[1]))),
        ..RawInput::default()
    };
    let mut shape = Some(shape);
    let output = ctx.run_ui(input, |ui| {
        if let Some(shape) = shape.take() {
            ui.painter().add(shape);
        }
    });
    let pixels_per_point = output.pixels_per_point;
    let mut textures = output.textures_delta;
    textures.clear();
    ctx.tessellate(output.shapes, pixels_per_point).len()
}

fn draw(criterion: &mut Criterion) {
    let palette = theme::palette(false);
    let detail = Detail::default();
    let look =
        Look { palette, detail: &detail, strength: 1.0, bright: None, without: &[], marks: true };
    let ctx = Context::default();
    let mut group = criterion.benchmark_group("draw/frame");
    group.sample_size(10);
    for n in [10_000, 100_000, 1_000_000] {
        let (_netlist, canvas, board) = board(n);
        group.throughput(Throughput::Elements(n as u64));
        let still =
            Arc::new(mesh::blocks(&board.soft, &frame(&canvas, 0.0), &look, Mesh::default()).0);
        group.bench_function(BenchmarkId::new("still", n), |bencher| {
            bencher.iter(|| through_egui(&ctx, Shape::Mesh(Arc::clone(&still))));
        });
        let (mut step, mut cached) = (0.0, Cached::default());
        group.bench_function(BenchmarkId::new("panning", n), |bencher| {
            bencher.iter(|| {
                step += 1.0;
                let frame = frame(&canvas, step % 50.0);
                let mesh = cached.get(frame, |mesh| mesh::blocks(&board.soft, &frame, &look, mesh));
                through_egui(&ctx, Shape::Mesh(mesh)) + cached.objects
            });
        });
        if n > detail.most_objects {
            let window = frame(&canvas, 0.0).window();
            group.bench_function(BenchmarkId::new("coverage picture", n), |bencher| {
                let color = palette.fill(flagstone_report::scene::Style::Soft);
                bencher.iter(|| coverage::picture(&board.soft, &window, [1600, 1000], color));
            });
            // What the window does with that many objects: stretches the last picture.
            group.bench_function(BenchmarkId::new("panning as a picture", n), |bencher| {
                bencher.iter(|| {
                    let frame = frame(&canvas, 3.0);
                    let crowded = board.soft.buckets.count(&frame.window()) > detail.most_objects;
                    let mut mesh = Mesh::default();
                    mesh.add_colored_rect(frame.rect(&window), palette.text);
                    through_egui(&ctx, Shape::mesh(mesh)) + usize::from(black_box(crowded))
                });
            });
        }
        if n <= 100_000 {
            group.bench_function(BenchmarkId::new("one shape each", n), |bencher| {
                bencher.iter(|| {
                    let frame = frame(&canvas, 0.0);
                    let rects = board.soft.blocks();
                    let shapes = rects.map(|block| {
                        Shape::rect_filled(frame.rect(&block.rect), 0.0, palette.text)
                    });
                    through_egui(&ctx, Shape::Vec(shapes.collect()))
                });
            });
        }
    }
    group.finish();
}

fn pick(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw/pick");
    for n in [10_000, 1_000_000] {
        let (_netlist, canvas, board) = board(n);
        let p = Point::new(canvas.width / 2.0, canvas.height / 2.0);
        let layers = [flagstone_report::scene::LayerId::Soft];
        group.bench_function(BenchmarkId::new("point", n), |bencher| {
            bencher.iter(|| board.near(black_box(p), 0.5, &layers));
        });
        let side = canvas.width / 40.0;
        group.bench_function(BenchmarkId::new("box", n), |bencher| {
            bencher.iter(|| board.inside(&Rect::centered(p, side, side), &layers));
        });
    }
    group.finish();
}

/// A hard macro that follows the pointer: every cost term and what is legal, for each frame.
fn drag(criterion: &mut Criterion) {
    let shared = "../../shared/netlists/tilos/ariane133_ng45";
    let mut group = criterion.benchmark_group("drag/frame");
    for (name, folder) in [("ariane", "../netlists/ariane"), ("ariane133_ng45", shared)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let Ok(mut session) = Session::open(&[path]) else { continue };
        let node = session.netlist().nodes_of(Kind::HardMacro).next().expect("it has macros");
        session.selection.pick(Pick::Replace, &[node]);
        let center = session.placement.center(node);
        session.drag_start(node, center);
        let mut step = 0.0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                step = (step + 7.0) % 400.0;
                session.drag_to(Point::new(center.x + step, center.y + step / 2.0), false, 0.0);
                session.cost()
            });
        });
    }
    group.finish();
}

/// An edit taken back and made again by turns, while threads read the placement and the soft macros.
fn edit(criterion: &mut Criterion) {
    const N: usize = 1_000_000;
    let config = GenerateConfig { soft_macros: N, nets: N, ..GenerateConfig::toy() };
    let (netlist, canvas, placement) = generate(&config);
    let source = flagstone_design::Design::new("million".to_owned(), netlist, canvas, placement);
    let mut session = Session::new(Design::new(source, Vec::new()));
    let mut group = criterion.benchmark_group("edit");
    group.sample_size(10);
    for (name, kind) in [("hard macro", Kind::HardMacro), ("soft macro", Kind::SoftMacro)] {
        let node = session.netlist().nodes_of(kind).next().expect("it has macros");
        session.shift("Move", &[node], Point::new(5.0, 5.0));
        let last = session.history.in_force();
        group.bench_function(BenchmarkId::new(name, N), |bencher| {
            bencher.iter(|| {
                let read = (Arc::clone(&session.placement), Arc::clone(&session.board.soft));
                let now = session.history.in_force();
                session.undo_to(if now == last { last - 1 } else { last });
                black_box(read)
            });
        });
        session.undo_to(last);
    }
    group.finish();
}

criterion_group!(benches, draw, pick, drag, edit);
criterion_main!(benches);
