//! How long the full evaluation of the proxy cost takes.
//!
//! Designs are read from `../shared/netlists/tilos`; without them nothing is measured.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use flagstone_cost::{Evaluator, Rules};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist, Placement};

const DESIGNS: [&str; 4] =
    ["ariane133_ng45", "ariane136_asap7", "mempool_tile_ng45", "nvdla_sky130hd"];

fn read(path: &Path) -> Option<Vec<u8>> {
    decompress(std::fs::read(path).ok()?, MAX_UNPACKED_BYTES).ok()
}

/// The design with the placement its file comes with.
fn design(name: &str) -> Option<(Netlist, Canvas, Placement)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let netlist = read(&shared.join(format!("netlists/tilos/{name}/netlist.pb.txt.xz")))?;
    let file = pbtxt::read(&netlist).0?;
    let mut placement = file.placement;
    let mut canvas = Canvas::for_netlist(&file.netlist);
    let text = read(&shared.join(format!("golden/plc/{name}/initial.plc")))?;
    let (plc, _) = plc::read(&text, &file.netlist);
    plc.apply_header(&mut canvas);
    plc.apply_rows(&file.netlist, &mut placement);
    Some((file.netlist, canvas, placement))
}

fn full(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cost/full");
    for name in DESIGNS {
        let Some((netlist, canvas, placement)) = design(name) else { continue };
        let mut evaluator = Evaluator::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let placement = black_box(&placement);
                evaluator.evaluate(&netlist, &canvas, placement, Rules::Clamp).cost
            });
        });
    }
    group.finish();
}

criterion_group!(benches, full);
criterion_main!(benches);
