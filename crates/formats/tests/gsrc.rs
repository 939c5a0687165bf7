//! Every floorplanning benchmark of the shared collection.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_formats::gsrc::{Parts, read};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress};

fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let named = std::env::var_os("FLAGSTONE_SHARED").map(PathBuf::from);
    let found = [Some(beside), named].into_iter().flatten().find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared netlists beside the project and none in FLAGSTONE_SHARED");
    }
    found
}

fn block_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(block_files(&path));
        } else if path.to_string_lossy().contains(".blocks") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The file of another kind beside a `.blocks` file; soft variants share it.
fn beside(blocks: &Path, extension: &str) -> Vec<u8> {
    let path = blocks.to_string_lossy().replace(".blocks", extension).replace("_soft", "");
    decompress(fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}")), MAX_UNPACKED_BYTES)
        .unwrap()
}

#[test]
fn published_benchmarks_are_read() {
    let Some(shared) = shared() else { return };
    let mut n = 0;
    for folder in ["ibm-hb-plus", "mcnc-gsrc"] {
        for path in block_files(&shared.join("netlists").join(folder)) {
            let packed = fs::read(&path).unwrap();
            let blocks = decompress(packed, MAX_UNPACKED_BYTES).unwrap();
            let (nets, pl) = (beside(&path, ".nets"), beside(&path, ".pl"));
            let (design, found) = read(&Parts { blocks: &blocks, nets: &nets, pl: Some(&pl) });
            let design = design.unwrap_or_else(|| panic!("{}: {found:?}", path.display()));
            let said = found.blocks.iter().chain(&found.nets).chain(&found.pl);
            for diagnostic in said {
                eprintln!("{}: {diagnostic}", path.display());
            }
            let (width, height) = design.size;
            assert!(width * height >= design.netlist.total_area(), "{}", path.display());
            assert!(design.netlist.n_nets() > 40, "{}", path.display());
            n += 1;
        }
    }
    assert!(n >= 30, "only {n} benchmarks");
}
