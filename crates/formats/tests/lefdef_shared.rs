//! Every LEF and DEF of the shared netlists.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::path::{Path, PathBuf};

use flagstone_formats::lefdef::{MacroRules, design};
use flagstone_formats::{MAX_UNPACKED_BYTES, Severity, decompress, def, lef};
use flagstone_netlist::Kind;

/// The shared netlists; `None`, said aloud, where they are not at hand.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/netlists");
    if !folder.exists() {
        eprintln!("skipped: {} does not exist", folder.display());
        return None;
    }
    Some(folder)
}

fn unpacked(path: &Path) -> Vec<u8> {
    decompress(std::fs::read(path).unwrap(), MAX_UNPACKED_BYTES).unwrap()
}

/// All files below a folder with `.kind` in their name.
fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let end = name.trim_end_matches(".gz").trim_end_matches(".xz");
            if end.ends_with(kind) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_lef_is_read() {
    let Some(shared) = shared() else { return };
    let all = files(&shared, ".lef");
    assert!(all.len() > 20, "found {} files", all.len());
    for path in all {
        let (library, diagnostics) = lef::read(&unpacked(&path));
        let errors: Vec<_> = diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty() && library.is_some(), "{}: {errors:?}", path.display());
    }
}

/// Components, pins and nets that a DEF's own headers announce, by the text alone.
fn announced(text: &str) -> [usize; 3] {
    ["COMPONENTS", "PINS", "NETS"].map(|section| {
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if word == section {
                return words.next().unwrap().parse().unwrap();
            }
        }
        0
    })
}

#[test]
fn every_def_is_read_and_written_back_byte_for_byte() {
    let Some(shared) = shared() else { return };
    let all = files(&shared, ".def");
    assert!(all.len() > 25, "found {} files", all.len());
    for path in all {
        let text = unpacked(&path);
        let (def, diagnostics) = def::read(&text);
        let errors: Vec<_> = diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        let def = def.unwrap_or_else(|| panic!("{}: {errors:?}", path.display()));
        let found = [def.components.len(), def.pins.len(), def.nets.len()];
        let expected = announced(std::str::from_utf8(&text).unwrap());
        let warned = diagnostics.iter().any(|d| d.message.contains(" says "));
        assert!(found == expected || warned, "{}: {found:?} {expected:?}", path.display());
        let stay: Vec<def::Move> = def
            .components
            .iter()
            .enumerate()
            .filter(|(_, component)| component.status != def::Status::Unplaced)
            .map(|(index, component)| def::Move {
                component: index,
                status: component.status,
                x: component.x,
                y: component.y,
                orientation: component.orientation,
            })
            .collect();
        let mut written = Vec::new();
        def::write(&text, &def, &stay, &mut written).unwrap();
        let again = def::read(&written).0.unwrap();
        assert_eq!(again.components.len(), def.components.len(), "{}", path.display());
        for (a, b) in again.components.iter().zip(&def.components) {
            assert_eq!((a.x, a.y, a.orientation), (b.x, b.y, b.orientation), "{}", a.name);
        }
        let mut untouched = Vec::new();
        def::write(&text, &def, &[], &mut untouched).unwrap();
        assert!(untouched == text, "{} changed", path.display());
    }
}

fn library(files: &[PathBuf]) -> lef::Library {
    let mut library = lef::Library::default();
    for path in files {
        library.join(lef::read(&unpacked(path)).0.unwrap());
    }
    library
}

#[test]
fn ariane_joins_with_its_lef() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("ct-ariane-lefdef");
    let library = library(&[folder.join("ariane.lef.xz")]);
    let text = unpacked(&folder.join("ariane.def.gz"));
    let def = def::read(&text).0.unwrap();
    let (design, diagnostics) = design(&text, &def, &library, &MacroRules::default());
    let design = design.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let count = |kind| design.netlist.nodes_of(kind).count();
    assert_eq!(count(Kind::HardMacro), 133);
    assert_eq!(count(Kind::HardMacro) + count(Kind::StdCell), 82_954);
    assert!(count(Kind::Port) > 1_200, "{} ports", count(Kind::Port));
    assert!(design.netlist.n_nets() > 80_000, "{} nets", design.netlist.n_nets());
}

#[test]
fn openroads_memories_join_with_their_lefs() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("openroad/gcd_mem");
    let mut lefs = files(&folder, ".lef");
    lefs.sort();
    let library = library(&lefs);
    for (name, memories) in [("gcd_mem1", 1), ("gcd_mem3", 3), ("gcd_mem5", 5)] {
        let text = unpacked(&folder.join(format!("{name}.def")));
        let def = def::read(&text).0.unwrap();
        let (design, diagnostics) = design(&text, &def, &library, &MacroRules::default());
        let design = design.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
        assert_eq!(design.netlist.nodes_of(Kind::HardMacro).count(), memories, "{name}");
    }
}
