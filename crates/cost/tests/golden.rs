//! The proxy cost against golden values of the published evaluators.
//!
//! The values live beside the project, in `../shared/golden`; without them the tests say so and
//! pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code outside #[test] functions")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Evaluation, Rules, Weights, evaluate};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist, Placement};
use serde_json::Value;

fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.is_dir() {
        return Some(shared);
    }
    eprintln!("skipped: no golden values, {} does not exist", shared.display());
    None
}

fn bytes(path: &Path) -> Vec<u8> {
    let packed = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    decompress(packed, MAX_UNPACKED_BYTES).unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&bytes(path)).unwrap()
}

fn netlist(path: &Path) -> (Netlist, Placement) {
    let (file, diagnostics) = pbtxt::read(&bytes(path));
    let file = file.unwrap_or_else(|| panic!("{}: {diagnostics:?}", path.display()));
    (file.netlist, file.placement)
}

fn canvas(settings: &Value) -> Canvas {
    let number = |key: &str| settings[key].as_f64().unwrap_or_else(|| panic!("no {key}"));
    let mut canvas = Canvas::new(number("canvas_width"), number("canvas_height"));
    canvas.columns = number("columns") as u32;
    canvas.rows = number("rows") as u32;
    canvas.routes_horizontal = number("routes_per_micron_hor");
    canvas.routes_vertical = number("routes_per_micron_ver");
    canvas.macro_routes_horizontal = number("routes_used_by_macros_hor");
    canvas.macro_routes_vertical = number("routes_used_by_macros_ver");
    canvas.smoothing = number("smoothing_factor") as u32;
    canvas
}

#[track_caller]
fn agrees(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let Some(expected) = expected.as_f64() else { return };
    let scale = expected.abs().max(1e-12);
    let error = (found - expected).abs() / scale;
    assert!(error <= tolerance, "{what}: found {found}, expected {expected}, off by {error:e}");
}

fn check(what: &str, found: &Evaluation, expected: &Value, tolerance: f64) {
    let terms = [
        ("wirelength", found.wirelength_um),
        ("wirelength_cost", found.cost.wirelength),
        ("density_cost", found.cost.density),
        ("congestion_cost", found.cost.congestion),
        ("proxy_1_0.5_0.5", found.cost.proxy(&Weights::default())),
    ];
    for (key, value) in terms {
        agrees(&format!("{what} {key}"), value, &expected[key], tolerance);
    }
    let maps = [
        ("density", &found.density),
        ("H", &found.horizontal),
        ("V", &found.vertical),
        ("H_macro", &found.horizontal_macros),
        ("V_macro", &found.vertical_macros),
    ];
    for (key, map) in maps {
        let sum: f64 = map.iter().sum();
        let squares: f64 = map.iter().map(|value| value * value).sum();
        let most = map.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        agrees(&format!("{what} {key} sum"), sum, &expected[key]["sum"], tolerance);
        agrees(&format!("{what} {key} sumsq"), squares, &expected[key]["sumsq"], tolerance);
        agrees(&format!("{what} {key} max"), most, &expected[key]["max"], tolerance);
    }
}

fn whole_maps(what: &str, found: &Evaluation, arrays: &Value) {
    let maps = [
        ("density", &found.density),
        ("H", &found.horizontal),
        ("V", &found.vertical),
        ("H_macro", &found.horizontal_macros),
        ("V_macro", &found.vertical_macros),
    ];
    for (key, map) in maps {
        let Some(expected) = arrays[key].as_array() else { continue };
        assert_eq!(map.len(), expected.len(), "{what} {key}: number of cells");
        for (cell, (&found, expected)) in map.iter().zip(expected).enumerate() {
            let expected = expected.as_f64().unwrap();
            let close = (found - expected).abs() <= 1e-9 * expected.abs().max(1e-6);
            assert!(close, "{what} {key} cell {cell}: found {found}, expected {expected}");
        }
    }
}

/// The golden evaluators ignore the orientation column of a `.plc`.
fn frozen(netlist: &Netlist, placement: &Placement) -> Placement {
    Placement { orientation: netlist.nodes.orientation.clone(), ..placement.clone() }
}

fn check_design(design: &str, netlist_path: &str) {
    let Some(shared) = shared() else { return };
    let golden = shared.join("golden");
    let (netlist, start) = netlist(&shared.join(netlist_path));
    let rounded = netlist.rounded_to_f32();
    let netlist = Arc::new(netlist);
    let table = json(&golden.join(format!("{design}.json")));
    let entries = table["placements"].as_array().unwrap();
    assert!(!entries.is_empty(), "{design} has no golden placements");
    for entry in entries {
        let name = entry["plc"].as_str().unwrap();
        let what = format!("{design} {name}");
        if entry["skipped"].is_string() {
            // The published evaluators cannot read it, so there is nothing to compare with.
            continue;
        }
        let path = golden.join("plc").join(design).join(name);
        let (file, diagnostics) = plc::read(&bytes(&path), &netlist);
        assert!(diagnostics.is_empty(), "{what}: {diagnostics:?}");
        let mut placement = start.clone();
        file.apply_rows(&netlist, &mut placement);
        let placement = frozen(&netlist, &placement);
        let canvas = canvas(&entry["settings"]);
        let clamp = evaluate(&netlist, &canvas, &placement, Rules::Clamp);
        check(&format!("{what} clamp"), &clamp, &entry["variants"]["clamp"], 1e-9);
        let google = evaluate(&rounded, &canvas, &placement, Rules::Google);
        check(&format!("{what} google"), &google, &entry["variants"]["google_model"], 1e-6);
        let engine =
            Engine::new(Arc::clone(&netlist), &canvas, &placement, Weights::default()).cost();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(close(engine.wirelength, clamp.cost.wirelength), "{what} engine wirelength");
        assert!(close(engine.density, clamp.cost.density), "{what} engine density");
        assert!(close(engine.congestion, clamp.cost.congestion), "{what} engine congestion");
        let stem = name.trim_end_matches(".plc");
        let arrays = golden.join("arrays").join(format!("{design}__{stem}.json.gz"));
        if arrays.exists() {
            let arrays = json(&arrays);
            let clamp_arrays = if arrays["clamp"].is_object() { &arrays["clamp"] } else { &arrays };
            whole_maps(&what, &clamp, clamp_arrays);
        }
    }
}

#[test]
fn ariane133_ng45() {
    check_design("ariane133_ng45", "netlists/tilos/ariane133_ng45/netlist.pb.txt.xz");
}

#[test]
fn ariane133_sky130hd() {
    check_design("ariane133_sky130hd", "netlists/tilos/ariane133_sky130hd/netlist.pb.txt.xz");
}

#[test]
fn ariane136_asap7() {
    check_design("ariane136_asap7", "netlists/tilos/ariane136_asap7/netlist.pb.txt.xz");
}

#[test]
fn mempool_tile_ng45() {
    check_design("mempool_tile_ng45", "netlists/tilos/mempool_tile_ng45/netlist.pb.txt.xz");
}

#[test]
fn nvdla_sky130hd() {
    check_design("nvdla_sky130hd", "netlists/tilos/nvdla_sky130hd/netlist.pb.txt.xz");
}

#[test]
fn macro_tiles_10x10() {
    check_design("macro_tiles_10x10", "golden/netlists/macro_tiles_10x10.normalised.pb.txt.gz");
}

#[test]
fn small_netlists_in_every_setting() {
    let Some(shared) = shared() else { return };
    let golden = shared.join("golden");
    let table = json(&golden.join("small.json"));
    let mut checked = 0;
    for case in table["cases"].as_array().unwrap() {
        if case["load_error"].is_string() {
            // The published evaluators cannot read it, so there is nothing to compare with.
            continue;
        }
        let what = format!("{} {}", case["case"], case["setting_tag"]);
        let (netlist, mut placement) =
            netlist(&golden.join(case["netlist_file"].as_str().unwrap()));
        let positions = case["positions"].as_str().unwrap();
        if positions != "netlist" {
            let name = format!("{}.{positions}", case["case"].as_str().unwrap());
            let path = golden.join("netlists/small").join(name);
            plc::read(&bytes(&path), &netlist).0.apply_rows(&netlist, &mut placement);
        }
        let placement = frozen(&netlist, &placement);
        let canvas = canvas(&case["settings"]);
        let found = evaluate(&netlist, &canvas, &placement, Rules::Clamp);
        check(&what, &found, &case["clamp"], 1e-9);
        whole_maps(&what, &found, &case["clamp_arrays"]);
        checked += 1;
    }
    assert!(checked > 100, "only {checked} cases");
}

#[test]
fn google_binary_defaults() {
    let Some(shared) = shared() else { return };
    let golden = shared.join("golden");
    let table = json(&golden.join("google_asserted.json"));
    let expected = &table["plc_client_test"]["expected"];
    let path = golden.join("netlists/macro_tiles_10x10.normalised.pb.txt.gz");
    let (netlist, placement) = netlist(&path);
    let netlist = netlist.rounded_to_f32();
    let canvas = Canvas::for_netlist(&netlist);
    let found = evaluate(&netlist, &canvas, &placement, Rules::Google);
    agrees("cost", found.cost.wirelength, &expected["get_cost"], 1e-12);
    agrees("wirelength", found.wirelength_um, &expected["get_wirelength"], 1e-12);
    agrees("congestion", found.cost.congestion, &expected["get_congestion_cost"], 1e-12);
    agrees("density", found.cost.density, &expected["get_density_cost"], 1e-12);
    agrees("area", netlist.total_area(), &expected["get_area"], 1e-12);
}
