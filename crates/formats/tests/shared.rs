//! Every netlist and placement of the shared collection: counts, checks, round trips.
//!
//! The files live beside the project, in `../shared`; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code outside #[test] functions")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_formats::{MAX_UNPACKED_BYTES, Severity, decompress, pbtxt, plc};
use flagstone_netlist::{Problem, Statistics, check};

fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.is_dir() {
        return Some(shared);
    }
    eprintln!("skipped: no shared netlists, {} does not exist", shared.display());
    None
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    decompress(packed, MAX_UNPACKED_BYTES).unwrap()
}

/// All files below a folder whose names contain `part`, sorted.
fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, part));
        } else if path.file_name().unwrap().to_string_lossy().contains(part) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// An excerpt of a netlist whose drivers name thousands of cells that are not in it.
const EXCERPT: &str = "ariane_test.pb.txt";

fn read(path: &Path) -> pbtxt::NetlistFile {
    let missing =
        if path.ends_with(EXCERPT) { pbtxt::Missing::Dropped } else { pbtxt::Missing::Error };
    let (file, diagnostics) = pbtxt::read_parts(&[&bytes(path)], missing);
    let errors: Vec<String> = diagnostics.concat().iter().map(ToString::to_string).collect();
    file.unwrap_or_else(|| panic!("{}: {}", path.display(), errors.join("\n")))
}

#[test]
fn clustered_and_small_netlists_survive_reading_and_writing() {
    let Some(shared) = shared() else { return };
    let folders = ["circuit-training", "tilos", "iccad04"];
    let mut n = 0;
    for path in folders.iter().flat_map(|f| files(&shared.join("netlists").join(f), ".pb.txt")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The flat ones are read in the next test; `.final` files are another tool's broken output.
        if name.starts_with("flat") || name.ends_with(".final") {
            continue;
        }
        let file = read(&path);
        let problems: Vec<Problem> = check(&file.netlist);
        // Test data without pin positions inside their macros exists; nothing else may be wrong.
        let real = problems.iter().filter(|p| !matches!(p, Problem::PinOutside(_)));
        assert_eq!(real.count(), 0, "{}: {problems:?}", path.display());
        let mut text = Vec::new();
        pbtxt::write(&file.netlist, &file.placement, &mut text).unwrap();
        let (again, diagnostics) = pbtxt::read(&text);
        let again = again.unwrap_or_else(|| panic!("{}: {diagnostics:?}", path.display()));
        assert!(again.netlist == file.netlist, "{}: another netlist", path.display());
        assert!(again.placement == file.placement, "{}: another placement", path.display());
        n += 1;
    }
    assert!(n >= 15, "only {n} netlists");
}

/// Rows of the table in COUNTS.md against our own counts.
#[test]
fn counts_equal_the_published_ones() {
    let Some(shared) = shared() else { return };
    let table = fs::read_to_string(shared.join("netlists/COUNTS.md")).unwrap();
    let mut n = 0;
    for line in table.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if cells.len() != 11 || !cells[1].contains(".pb.txt") {
            continue;
        }
        let path = shared.join("netlists").join(cells[1]);
        if path.ends_with(EXCERPT) {
            continue;
        }
        let expected: Vec<usize> = cells[2..9].iter().map(|cell| cell.parse().unwrap()).collect();
        let file = read(&path);
        let s = Statistics::of(&file.netlist);
        let found = vec![
            s.ports,
            s.hard_macros,
            s.soft_macros,
            s.hard_macro_pins,
            s.soft_macro_pins,
            s.std_cells,
            s.nets,
        ];
        assert_eq!(found, expected, "{}", cells[1]);
        // The published count takes repeated sinks of one driver twice; the format's reader does not.
        let sinks: usize = cells[9].parse().unwrap();
        assert!(s.sinks <= sinks && 100 * (sinks - s.sinks) <= sinks, "{}: {}", cells[1], s.sinks);
        n += 1;
    }
    assert!(n >= 20, "only {n} rows");
}

#[test]
fn placements_survive_reading_and_writing() {
    let Some(shared) = shared() else { return };
    let golden = shared.join("golden/plc");
    let mut n = 0;
    for design in ["ariane133_ng45", "ariane133_sky130hd", "ariane136_asap7", "nvdla_sky130hd"] {
        let folder = shared.join("netlists/tilos").join(design);
        let netlist = read(&folder.join("netlist.pb.txt.xz")).netlist;
        for path in files(&golden.join(design), ".plc") {
            let (file, diagnostics) = plc::read(&bytes(&path), &netlist);
            assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", path.display());
            assert!(file.rows.len() > 500, "{}", path.display());
            let mut text = Vec::new();
            plc::write(&file, &mut text).unwrap();
            assert_eq!(plc::read(&text, &netlist), (file, vec![]), "{}", path.display());
            n += 1;
        }
    }
    assert!(n > 50, "only {n} placements");
}

#[test]
fn an_excerpt_that_is_not_called_one_is_refused_by_line_and_name() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("netlists/circuit-training/grouping_testdata");
    let (file, diagnostics) = pbtxt::read(&bytes(&folder.join(EXCERPT)));
    assert!(file.is_none(), "its nets are not complete");
    let first = diagnostics.iter().find(|d| d.severity == Severity::Error).unwrap();
    assert!(first.to_string().contains("which does not exist"), "{first}");
}
