//! The five published groupings: netlists byte for byte, placements row for row.
//!
//! The files live beside the project, in `../shared`; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_cluster::{
    ClusterConfig, Clustered, GridConfig, choose_grid, cluster, from_groups, unfold,
};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, groups, pbtxt, plc};
use flagstone_geom::Point;
use flagstone_netlist::{Canvas, Netlist, PinId, Statistics};

const DESIGNS: [&str; 5] = [
    "ariane133_ng45",
    "ariane133_sky130hd",
    "ariane136_asap7",
    "mempool_tile_ng45",
    "nvdla_sky130hd",
];

fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let given = std::env::var_os("FLAGSTONE_SHARED").map(PathBuf::from);
    let found = [Some(beside), given].into_iter().flatten().find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared netlists beside the project, FLAGSTONE_SHARED names none");
    }
    found
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    decompress(packed, MAX_UNPACKED_BYTES).unwrap()
}

fn flat(folder: &Path) -> pbtxt::NetlistFile {
    pbtxt::read(&bytes(&folder.join("flat.pb.txt.gz"))).0.unwrap()
}

/// The canvas of the published runs: square, 60 % full, sizes as `f32`; the grid is the header's.
fn canvas(file: &pbtxt::NetlistFile, header: &plc::Header) -> Canvas {
    let mut canvas = Canvas::for_netlist(&file.netlist.rounded_to_f32());
    let (width, height) = header.size.unwrap();
    assert!((canvas.width - width).abs() < 1e-3, "{} against {width}", canvas.width);
    assert!((canvas.height - height).abs() < 1e-3, "{} against {height}", canvas.height);
    (canvas.columns, canvas.rows) = header.grid.unwrap();
    canvas
}

fn assert_same_text(design: &str, found: &[u8], expected: &[u8]) {
    if found == expected {
        return;
    }
    let (found, expected) = (String::from_utf8_lossy(found), String::from_utf8_lossy(expected));
    let mut lines = found.lines().zip(expected.lines()).enumerate();
    let (line, (a, b)) = lines.find(|(_, (a, b))| a != b).unwrap_or((0, ("one is longer", "")));
    panic!("{design}: line {}: found {a:?}, published {b:?}", line + 1);
}

#[test]
fn published_groups_give_the_published_netlists_and_placements() {
    let Some(shared) = shared() else { return };
    for design in DESIGNS {
        let folder = shared.join("netlists/tilos").join(design);
        let file = flat(&folder);
        let (group_of, diagnostics) =
            groups::read(&bytes(&folder.join("groups.final.xz")), &file.netlist);
        assert!(diagnostics.is_empty(), "{design}: {diagnostics:?}");

        let text = bytes(&folder.join("netlist.pb.txt.xz"));
        let published = pbtxt::read(&text).0.unwrap();
        let initial = bytes(&folder.join("initial.plc.xz"));
        let (initial, diagnostics) = plc::read(&initial, &published.netlist);
        assert!(diagnostics.is_empty(), "{design}: {diagnostics:?}");
        let canvas = canvas(&file, &initial.header);

        let config = ClusterConfig::default();
        let found =
            from_groups(&file.netlist, &file.placement, &canvas, &group_of, &config).unwrap();
        let mut written = Vec::new();
        let style = pbtxt::Style::Grouper;
        pbtxt::write_styled(&found.netlist, &found.placement, style, &mut written).unwrap();
        assert_same_text(design, &written, &text);

        let text = plc::HeaderText::default();
        let placed = plc::PlcFile::new(&found.netlist, &canvas, &found.placement, &text);
        assert_eq!(placed.rows.len(), initial.rows.len(), "{design}");
        for (found, published) in placed.rows.iter().zip(&initial.rows) {
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
            let same = near(found.x, published.x) && near(found.y, published.y);
            let same = same && found.index == published.index && found.fixed == published.fixed;
            let same = same && found.orientation == published.orientation;
            assert!(same, "{design}: {found:?}, published {published:?}");
        }
        eprintln!("{design}: {} nodes, byte for byte", found.netlist.n_nodes());
    }
}

#[test]
fn the_sweep_gives_the_published_grids() {
    let Some(shared) = shared() else { return };
    for design in DESIGNS {
        let folder = shared.join("netlists/tilos").join(design);
        let file = flat(&folder);
        let (initial, _) = plc::read(&bytes(&folder.join("initial.plc.xz")), &Netlist::default());
        let canvas = Canvas::for_netlist(&file.netlist.rounded_to_f32());
        let started = std::time::Instant::now();
        let choice = choose_grid(&file.netlist, &canvas, &GridConfig::default()).unwrap();
        eprintln!("{design}: {choice:?} in {:.1?}", started.elapsed());
        assert_eq!((choice.columns, choice.rows), initial.header.grid.unwrap(), "{design}");
    }
}

/// Half-perimeters of all nets of the flat netlist in µm, cells at their soft macros' centres.
fn flat_hpwl(file: &pbtxt::NetlistFile, found: &Clustered) -> f64 {
    let Clustered { netlist, placement, group_of_node, .. } = found;
    let places = unfold(&file.netlist, group_of_node, netlist, placement).unwrap();
    let net = |pins: &[PinId]| {
        let at = || pins.iter().map(|&pin| places.pin(&file.netlist, pin));
        let span = |of: fn(Point) -> f64| {
            let (low, high) = (at().map(of).fold(f64::MAX, f64::min), at().map(of));
            high.fold(f64::MIN, f64::max) - low
        };
        span(|at| at.x) + span(|at| at.y)
    };
    file.netlist.net_pins.rows().map(net).sum()
}

/// Soft macros of the published groupings, and how far ours may be from them; where the cells are,
/// our groups' nets are shorter.
#[test]
fn our_groups_are_about_as_many_as_the_published_ones_and_their_nets_shorter() {
    let Some(shared) = shared() else { return };
    let published = [("ariane133_ng45", 782), ("ariane136_asap7", 787), ("nvdla_sky130hd", 679)];
    for (design, expected) in published {
        let folder = shared.join("netlists/tilos").join(design);
        let file = flat(&folder);
        let (initial, _) = plc::read(&bytes(&folder.join("initial.plc.xz")), &Netlist::default());
        let canvas = canvas(&file, &initial.header);
        let started = std::time::Instant::now();
        let config = ClusterConfig::default();
        let found = cluster(&file.netlist, &file.placement, &canvas, &config).unwrap();
        let soft = Statistics::of(&found.netlist).soft_macros;
        eprintln!("{design}: {soft} soft macros in {:.1?}", started.elapsed());
        let off = (soft as f64 - f64::from(expected)).abs() / f64::from(expected);
        assert!(off <= 0.1, "{design}: {soft} soft macros, published {expected}");

        let published = groups::read(&bytes(&folder.join("groups.final.xz")), &file.netlist).0;
        let published =
            from_groups(&file.netlist, &file.placement, &canvas, &published, &config).unwrap();
        let [ours, theirs] = [&found, &published].map(|found| flat_hpwl(&file, found));
        eprintln!("{design}: nets of {ours:.0} um, published {theirs:.0} um");
        assert!(ours < 0.97 * theirs, "{design}: {ours} um, published {theirs} um");
    }
}
