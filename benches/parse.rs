//! Parsing speed of the netlist reader: `parse/pbtxt/<design>`, bytes of unpacked text.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "a bench")]

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt};

fn pbtxt_reader(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [
        ("ariane", root.join("netlists/ariane/netlist.pb.txt.gz")),
        ("ariane133_ng45", root.join("../shared/netlists/tilos/ariane133_ng45/netlist.pb.txt.xz")),
        (
            "flat_ariane133_ng45",
            root.join("../shared/netlists/tilos/ariane133_ng45/flat.pb.txt.gz"),
        ),
    ];
    let mut group = criterion.benchmark_group("parse/pbtxt");
    group.sample_size(20);
    for (name, path) in files {
        if !path.exists() {
            eprintln!("skipped: {} does not exist", path.display());
            continue;
        }
        let text = decompress(std::fs::read(path).unwrap(), MAX_UNPACKED_BYTES).unwrap();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| pbtxt::read(&text)));
    }
    group.finish();
}

criterion_group!(benches, pbtxt_reader);
criterion_main!(benches);
