//! Every file of the shared collection: it opens, counts match, and what is written comes back.
//!
//! The files live beside the project, in `../shared`; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_design::save::{SaveConfig, save};
use flagstone_design::{Design, Error, OpenConfig, Settings, open};
use flagstone_formats::pbtxt::Missing;
use flagstone_netlist::{Kind, NodeId, Statistics};

fn netlists() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/netlists");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no shared netlists beside the project");
    None
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            let plain = name.trim_end_matches(".gz").trim_end_matches(".xz");
            if path.is_dir() {
                folders.push(path);
            } else if plain.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// With a grid given, so that none is sought.
fn config(missing: Missing) -> OpenConfig {
    let settings = Settings { columns: Some(10), rows: Some(10), ..Settings::default() };
    OpenConfig { missing, settings, ..OpenConfig::default() }
}

fn opened(inputs: &[PathBuf], missing: Missing) -> Design {
    let inputs: Vec<String> = inputs.iter().map(|path| path.display().to_string()).collect();
    let found = open(&inputs, &config(missing));
    let said: Vec<String> = found.messages.iter().take(5).map(ToString::to_string).collect();
    found.design.unwrap_or_else(|error| panic!("{inputs:?}: {error}\n{}", said.join("\n")))
}

/// The numbers of a table row of `COUNTS.md`, by file.
fn counts(folder: &Path, file: &str) -> Option<Vec<Option<usize>>> {
    let table = fs::read_to_string(folder.join("COUNTS.md")).unwrap();
    let row = table.lines().find(|line| line.starts_with(&format!("| {file} |")))?;
    let cells = row.split('|').skip(2).map(str::trim).filter(|cell| !cell.is_empty());
    Some(cells.map(|cell| cell.parse().ok()).collect())
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap().display().to_string()
}

/// Writes a design as the format of an ending and opens what was written.
fn again(design: &Design, ending: &str, extra: &[PathBuf], folder: &Path) -> Design {
    let out = folder.join(format!("again.{ending}"));
    let files = save(design, &out, &SaveConfig::default()).unwrap();
    for file in &files {
        fs::write(&file.path, &file.bytes).unwrap();
    }
    let mut inputs = extra.to_vec();
    inputs.push(out);
    opened(&inputs, Missing::Error)
}

fn same_places(a: &Design, b: &Design, what: &str) {
    assert_eq!(a.placement.orientation, b.placement.orientation, "{what}");
    assert_eq!(a.placement.placed, b.placement.placed, "{what}");
    for node in a.netlist.node_ids().filter(|node| a.placement.placed[node.usize()]) {
        let (p, q) = (a.placement.center(node), b.placement.center(node));
        let far = (p.x - q.x).abs().max((p.y - q.y).abs());
        assert!(far < 2e-6 * p.x.abs().max(p.y.abs()).max(1.0), "{what}: {p:?} {q:?}");
    }
}

/// Names, kinds, sizes and connections by node.
fn same_netlists(a: &Design, b: &Design, what: &str) {
    let names = |design: &Design| -> Vec<String> {
        let netlist = &design.netlist;
        netlist.node_ids().map(|node| netlist.node_name(node).to_owned()).collect()
    };
    assert_eq!(names(a), names(b), "{what}");
    assert_eq!(a.netlist.nodes.kind, b.netlist.nodes.kind, "{what}");
    assert_eq!(a.netlist.nodes.width, b.netlist.nodes.width, "{what}");
    assert_eq!(a.netlist.nodes.height, b.netlist.nodes.height, "{what}");
    assert_eq!(ends(a), ends(b), "{what}");
}

fn ends(design: &Design) -> Vec<Vec<NodeId>> {
    let node = |pin: &flagstone_netlist::PinId| design.netlist.pins.node[pin.usize()];
    design.netlist.net_pins.rows().map(|row| row.iter().map(node).collect()).collect()
}

#[test]
fn protobuf_netlists_count_right_and_come_back() {
    let Some(folder) = netlists() else { return };
    let scratch = tempfile::tempdir().unwrap();
    for path in files_below(&folder, ".pb.txt") {
        let name = relative(&folder, &path);
        let Some(expected) = counts(&folder, &name) else { continue };
        let excerpt = name.ends_with("ariane_test.pb.txt");
        let missing = if excerpt { Missing::Dropped } else { Missing::Error };
        let design = opened(std::slice::from_ref(&path), missing);
        let n = Statistics::of(&design.netlist);
        if !excerpt {
            let found = [
                n.ports,
                n.hard_macros,
                n.soft_macros,
                n.hard_macro_pins,
                n.soft_macro_pins,
                n.std_cells,
                n.nets,
                n.sinks,
            ];
            let (sinks, others) = found.split_last().unwrap();
            let (published, expected) = expected.split_last().unwrap();
            assert_eq!(others.iter().copied().map(Some).collect::<Vec<_>>(), *expected, "{name}");
            // The published count takes repeated sinks of one driver twice; the reader does not.
            let published = published.unwrap();
            assert!(
                *sinks <= published && 100 * (published - sinks) <= published,
                "{name}: {sinks} sinks of {published}"
            );
        }
        let back = again(&design, "pb.txt", &[], scratch.path());
        assert_eq!(back.netlist, design.netlist, "{name}");
        if design.plc_path.is_none() {
            assert_eq!(back.placement, design.placement, "{name}");
        }
    }
}

#[test]
fn bookshelf_designs_count_right_and_come_back() {
    let Some(folder) = netlists() else { return };
    let scratch = tempfile::tempdir().unwrap();
    for path in files_below(&folder.join("bookshelf"), ".aux") {
        let name = relative(&folder, path.parent().unwrap());
        let design = opened(std::slice::from_ref(&path), Missing::Error);
        let source = design.bookshelf.as_ref().unwrap();
        let terminal = |mark: &&flagstone_formats::bookshelf::Mark| {
            mark.terminal != flagstone_formats::bookshelf::Terminal::No
        };
        let found = [
            design.netlist.n_nodes(),
            source.marks.iter().filter(terminal).count(),
            source.nets.len(),
            source.directions.len(),
        ];
        assert_eq!(found.map(Some), counts(&folder, &name).unwrap()[..], "{name}");
        let back = again(&design, "aux", &[], scratch.path());
        assert_eq!(back.netlist, design.netlist, "{name}");
        assert_eq!(back.placement, design.placement, "{name}");
    }
}

/// LEF files by the folder of a DEF.
fn lefs(folder: &Path, def: &str) -> Vec<PathBuf> {
    let mut files = match def {
        _ if def.contains("ct-ariane") => files_below(&folder.join("ct-ariane-lefdef"), ".lef"),
        _ if def.contains("gcd_mem") => files_below(&folder.join("openroad/gcd_mem"), ".lef"),
        _ if def.contains("openroad/mpl") => {
            let mut all = files_below(&folder.join("openroad/nangate45_lef"), ".lef");
            all.extend(files_below(&folder.join("openroad/mpl"), ".lef"));
            all
        }
        _ if def.contains("ng45") || def.contains("NanGate45") => {
            files_below(&folder.join("lef/tilos/NanGate45"), ".lef")
        }
        _ if def.contains("sky130hd") => files_below(&folder.join("lef/tilos/SKY130HD"), ".lef"),
        _ => files_below(&folder.join("lef/tilos/ASAP7"), ".lef"),
    };
    files.sort();
    files
}

/// Every DEF is read; those whose LEF is at hand are joined with it, and written back byte for byte.
#[test]
fn def_designs_count_right_and_come_back() {
    let Some(folder) = netlists() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let mut joined = Vec::new();
    for path in files_below(&folder, ".def") {
        let name = relative(&folder, &path);
        let text = flagstone_design::read_bytes(&path).unwrap();
        let (def, diagnostics) = flagstone_formats::def::read(&text);
        let def = def.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
        let expected = counts(&folder, &name).unwrap();
        for (found, expected) in
            [def.components.len(), def.pins.len(), def.nets.len()].iter().zip(&expected[1..])
        {
            // A warning tells where the file itself miscounts.
            assert!(
                *found == expected.unwrap_or(0) || !diagnostics.is_empty(),
                "{name}: {found} {expected:?}"
            );
        }
        let mut inputs: Vec<String> =
            lefs(&folder, &name).iter().map(|path| path.display().to_string()).collect();
        inputs.push(path.display().to_string());
        match open(&inputs, &config(Missing::Error)).design {
            Ok(design) => {
                let kinds = design.netlist.node_ids().map(|node| design.netlist.kind(node));
                let n = kinds.filter(|&kind| kind != Kind::Port).count();
                assert_eq!(n, def.components.len(), "{name}");
                let out = scratch.path().join("again.def");
                let files = save(&design, &out, &SaveConfig::default()).unwrap();
                assert!(files[0].bytes == text, "{name} changed by writing");
                fs::write(&out, &files[0].bytes).unwrap();
                let back = opened(&[lefs(&folder, &name), vec![out]].concat(), Missing::Error);
                same_netlists(&design, &back, &name);
                joined.push(name);
            }
            // Without the LEF of all its cells a DEF is no design; each is named with its line.
            Err(Error::Faulty { n, .. }) => {
                eprintln!("{name}: {n} components without LEF");
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(joined.len() >= 25, "{} joined: {joined:?}", joined.len());
}

#[test]
fn block_benchmarks_open_and_come_back() {
    let Some(folder) = netlists() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let mut n = 0;
    for path in files_below(&folder, ".blocks") {
        let name = relative(&folder, &path);
        let inputs = [path.display().to_string()];
        let found = open(&inputs, &config(Missing::Error));
        let design = match found.design {
            Ok(design) => design,
            // Soft variants lack nets of their own.
            Err(Error::Unusable { what, .. }) if name.contains("_soft") => {
                assert_eq!(what, "no .nets beside it", "{name}");
                continue;
            }
            // Some published files contradict themselves; the place is told.
            Err(Error::Faulty { .. }) => {
                let told = found.messages.iter().any(|message| message.at.is_some());
                assert!(told, "{name}");
                eprintln!("{name}: {}", found.messages[0]);
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        let back = again(&design, "blocks", &[], scratch.path());
        assert_eq!(back.netlist.nodes.kind, design.netlist.nodes.kind, "{name}");
        assert_eq!(ends(&back), ends(&design), "{name}");
        same_places(&design, &back, &name);
        n += 1;
    }
    assert!(n > 20, "{n} opened");
}

/// The MCNC originals agree with their GSRC versions where these are at hand.
#[test]
fn yal_agrees_with_the_converted_benchmarks() {
    let Some(folder) = netlists() else { return };
    for name in ["ami33", "ami49", "hp", "xerox"] {
        let yal = folder.join("mcnc-gsrc/corblivar").join(name);
        let design = opened(std::slice::from_ref(&yal), Missing::Error);
        let blocks = opened(&[yal.with_extension("blocks")], Missing::Error);
        let n = |design: &Design| {
            let of = |kind| design.netlist.nodes_of(kind).count();
            (of(Kind::HardMacro), design.netlist.n_nets())
        };
        eprintln!("{name}: YAL {:?}, GSRC {:?}", n(&design), n(&blocks));
        assert_eq!(n(&design).0, n(&blocks).0, "{name}");
    }
}

/// The protobuf netlists in Bookshelf: kinds but for soft macros, places and connections survive.
#[test]
fn clustered_netlists_survive_bookshelf() {
    let Some(folder) = netlists() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let path = folder.join("tilos/ariane133_ng45/netlist.pb.txt.xz");
    let design = opened(&[path], Missing::Error);
    let back = again(&design, "aux", &[], scratch.path());
    assert_eq!(ends(&back), ends(&design));
    same_places(&design, &back, "ariane133_ng45");
    let row = back.bookshelf.as_ref().unwrap().row_height;
    for node in design.netlist.node_ids() {
        let kind = match design.netlist.kind(node) {
            Kind::SoftMacro if design.netlist.size(node).1 <= row => Kind::StdCell,
            Kind::SoftMacro => Kind::HardMacro,
            other => other,
        };
        assert_eq!(back.netlist.kind(node), kind, "{}", design.netlist.node_name(node));
    }
    assert!((back.canvas.width - design.canvas.width).abs() < 1e-9);
    assert!((back.canvas.height - design.canvas.height).abs() < 1e-9);
}
