//! Parsing speed of the readers, bytes of unpacked text a second: `parse/pbtxt`, `parse/def`,
//! `parse/nets` (Bookshelf), `parse/verilog`.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "a bench")]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagstone_formats::{MAX_UNPACKED_BYTES, bookshelf, decompress, def, pbtxt, verilog};

/// As in the binary; the system's allocator gives memory back and faults it in again every time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Cells of the generated designs.
const CELLS: usize = 100_000;

/// The text of a file below the project's root, unpacked; `None` where it does not exist.
fn text(path: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if !path.exists() {
        eprintln!("skipped: {} does not exist", path.display());
        return None;
    }
    Some(decompress(std::fs::read(path).unwrap(), MAX_UNPACKED_BYTES).unwrap())
}

/// Whether a text was read.
type Reader = fn(&[u8]) -> bool;

fn measure(criterion: &mut Criterion, group: &str, texts: &[(&str, Vec<u8>)], read: Reader) {
    let mut group = criterion.benchmark_group(group);
    group.sample_size(20);
    for (name, text) in texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| assert!(read(black_box(text)), "the text is a design"))
        });
    }
    group.finish();
}

fn pbtxt_reader(criterion: &mut Criterion) {
    let files = [
        ("ariane", "netlists/ariane/netlist.pb.txt.gz"),
        ("ariane133_ng45", "../shared/netlists/tilos/ariane133_ng45/netlist.pb.txt.xz"),
        ("flat_ariane133_ng45", "../shared/netlists/tilos/ariane133_ng45/flat.pb.txt.gz"),
    ];
    let texts: Vec<_> =
        files.iter().filter_map(|(name, path)| Some((*name, text(path)?))).collect();
    measure(criterion, "parse/pbtxt", &texts, |text| pbtxt::read(text).0.is_some());
}

/// A placed design with two nets a cell, as placers write them.
fn generated_def() -> Vec<u8> {
    let mut out = String::from(
        "VERSION 5.8 ;\nDESIGN made ;\nUNITS DISTANCE MICRONS 2000 ;\n\
         DIEAREA ( 0 0 ) ( 4000000 4000000 ) ;\n",
    );
    let _ = writeln!(out, "COMPONENTS {CELLS} ;");
    for cell in 0..CELLS {
        let (x, y) = (cell % 1000 * 4000, cell / 1000 * 2800);
        let _ = writeln!(out, "- core/u{cell}/_{cell}_ NAND2_X1 + PLACED ( {x} {y} ) N ;");
    }
    let _ = writeln!(out, "END COMPONENTS\nNETS {CELLS} ;");
    for net in 0..CELLS {
        let to = |k: usize| (net * 7 + k * 131) % CELLS;
        let (a, b) = (to(1), to(2));
        let _ = writeln!(
            out,
            "- core/n{net}\n  ( core/u{net}/_{net}_ ZN ) ( core/u{a}/_{a}_ A1 ) ( core/u{b}/_{b}_ A2 )\n  + USE SIGNAL ;"
        );
    }
    out.push_str("END NETS\nEND DESIGN\n");
    out.into_bytes()
}

fn def_reader(criterion: &mut Criterion) {
    let mut texts = vec![("generated_100k", generated_def())];
    let real = text("../shared/netlists/ct-ariane-lefdef/ariane.def.gz");
    texts.extend(real.map(|text| ("ariane", text)));
    measure(criterion, "parse/def", &texts, |text| def::read(text).0.is_some());
}

/// A generated netlist of Bookshelf: nodes and nets.
fn generated_bookshelf() -> (Vec<u8>, Vec<u8>) {
    let mut nodes = format!("UCLA nodes 1.0\nNumNodes : {CELLS}\nNumTerminals : 0\n");
    let mut nets = format!("UCLA nets 1.0\nNumNets : {CELLS}\nNumPins : {}\n", 3 * CELLS);
    for cell in 0..CELLS {
        let _ = writeln!(nodes, "\ta{cell}\t{}\t16", 4 + cell % 20);
        let to = |k: usize| (cell * 7 + k * 131) % CELLS;
        let _ = writeln!(
            nets,
            "NetDegree : 3   n{cell}\n\ta{cell}\tO : 1.5\t-2.0\n\ta{}\tI : -1.0\t3.5\n\ta{}\tI : 0.5\t0.0",
            to(1),
            to(2)
        );
    }
    (nodes.into_bytes(), nets.into_bytes())
}

fn bookshelf_reader(criterion: &mut Criterion) {
    let made = generated_bookshelf();
    let real = text("../shared/netlists/bookshelf/ibm09/ibm09.nodes.gz")
        .zip(text("../shared/netlists/bookshelf/ibm09/ibm09.nets.gz"));
    let designs = [("generated_100k", Some(made)), ("ibm09", real)];
    let mut group = criterion.benchmark_group("parse/nets");
    group.sample_size(20);
    for (name, design) in designs {
        let Some((nodes, nets)) = design else { continue };
        group.throughput(Throughput::Bytes((nodes.len() + nets.len()) as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let parts =
                    bookshelf::Parts { nodes: &nodes, nets: &nets, ..bookshelf::Parts::default() };
                assert!(bookshelf::read(black_box(&parts)).0.is_some(), "the texts are a design");
            });
        });
    }
    group.finish();
}

fn verilog_reader(criterion: &mut Criterion) {
    let mut text = String::from("module made (clk);\n  input clk;\n");
    for cell in 0..CELLS {
        let to = |k: usize| (cell * 7 + k * 131) % CELLS;
        let _ = writeln!(
            text,
            "  NAND2_X1 \\core/u{cell} (.A1(n{}), .A2(n{}), .ZN(n{cell}));",
            to(1),
            to(2)
        );
    }
    text.push_str("endmodule\n");
    let texts = [("generated_100k", text.into_bytes())];
    measure(criterion, "parse/verilog", &texts, |text| verilog::read(text, None).0.is_some());
}

criterion_group!(benches, pbtxt_reader, def_reader, bookshelf_reader, verilog_reader);
criterion_main!(benches);
