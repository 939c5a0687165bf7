//! Every Bookshelf design of the shared collection: counts, kinds, round trips, speed.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flagstone_formats::bookshelf::{Design, Files, Parts, Terminal, read, read_aux, write};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress};
use flagstone_netlist::{Kind, Statistics};

fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let named = std::env::var_os("FLAGSTONE_SHARED").map(PathBuf::from);
    let found = [Some(beside), named].into_iter().flatten().find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared netlists beside the project and none in FLAGSTONE_SHARED");
    }
    found
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    decompress(packed, MAX_UNPACKED_BYTES).unwrap()
}

/// Texts of `.nodes .nets .pl .scl .wts`.
fn texts(folder: &Path, stem: &str) -> [Vec<u8>; 5] {
    let (aux, diagnostics) = read_aux(&bytes(&folder.join(format!("{stem}.aux.gz"))));
    let aux = aux.unwrap_or_else(|| panic!("{stem}: {diagnostics:?}"));
    let names = [aux.nodes, aux.nets, aux.pl.unwrap(), aux.scl.unwrap(), aux.wts.unwrap()];
    names.map(|name| bytes(&folder.join(format!("{name}.gz"))))
}

fn good(texts: &[Vec<u8>; 5]) -> Design {
    let [nodes, nets, pl, scl, wts] = texts;
    let (pl, scl, wts) = (Some(&pl[..]), Some(&scl[..]), Some(&wts[..]));
    let (design, diagnostics) = read(&Parts { nodes, nets, pl, scl, wts });
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    design.unwrap()
}

#[test]
fn published_designs_are_read_and_written() {
    let Some(shared) = shared() else { return };
    let table = fs::read_to_string(shared.join("netlists/COUNTS.md")).unwrap();
    let (mut n, mut read_bytes, mut seconds) = (0, 0, 0.0);
    for line in table.lines().filter(|line| line.contains("bookshelf/")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let folder = shared.join("netlists").join(cells[1]);
        let stem = folder.file_name().unwrap().to_string_lossy().into_owned();
        let expected: Vec<usize> = cells[2..6].iter().map(|cell| cell.parse().unwrap()).collect();
        let texts = texts(&folder, &stem);
        let begin = Instant::now();
        let design = good(&texts);
        seconds += begin.elapsed().as_secs_f64();
        read_bytes += texts.iter().map(Vec::len).sum::<usize>();
        let terminals = design.marks.iter().filter(|mark| mark.terminal != Terminal::No).count();
        let found = [design.marks.len(), terminals, design.nets.len(), design.directions.len()];
        assert_eq!(found[..], expected, "{stem}");
        check(&stem, &design, terminals);
        let Files { nodes, nets, pl, scl, wts, .. } = write(&design, &stem).unwrap();
        let again = good(&[nodes, nets, pl, scl, wts].map(String::into_bytes));
        assert!(again == design, "{stem}: another design after writing and reading");
        n += 1;
    }
    eprintln!("{n} designs, {:.0} MB/s", read_bytes as f64 / 1e6 / seconds);
    assert!(n >= 6, "only {n} designs");
}

fn check(stem: &str, design: &Design, terminals: usize) {
    let statistics = Statistics::of(&design.netlist);
    assert_eq!(statistics.ports, terminals, "{stem}: all terminals are ports");
    let tall = |mark: &&flagstone_formats::bookshelf::Mark| mark.height > 16.0;
    let macros = design.marks.iter().filter(tall).count();
    assert_eq!(statistics.hard_macros, macros, "{stem}: macros are taller than a row");
    assert!(macros > 100, "{stem}: {macros} macros");
    let (width, height) = design.size;
    let off = design.netlist.nodes_of(Kind::StdCell).filter(|&node| {
        let center = design.placement.center(node);
        !(0.0..=width).contains(&center.x) || !(0.0..=height).contains(&center.y)
    });
    assert_eq!(off.count(), 0, "{stem}: cells off the canvas");
}
