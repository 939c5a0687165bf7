//! Values that Google's binary itself printed, as recorded in `google_asserted.json` and the headers
//! of its `.plc` files.
//!
//! They live beside the project, in `../shared/golden`; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code outside #[test] functions")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_cost::{Cost, Rules, evaluate};
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

fn design(shared: &Path, name: &str) -> (Netlist, Placement) {
    let path = shared.join(format!("netlists/tilos/{name}/netlist.pb.txt.xz"));
    let file = pbtxt::read(&bytes(&path)).0.expect("a netlist without errors");
    (file.netlist, file.placement)
}

/// Sizes, offsets, weights and coordinates as the binary holds them.
fn rounded(netlist: &Netlist, placement: &Placement) -> (Netlist, Placement) {
    let mut placement = placement.clone();
    for column in [&mut placement.x, &mut placement.y] {
        column.iter_mut().for_each(|value| *value = f64::from(*value as f32));
    }
    (netlist.rounded_to_f32(), placement)
}

#[track_caller]
fn agrees(what: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found / expected - 1.0).abs();
    assert!(error <= tolerance, "{what}: found {found}, expected {expected}, off by {error:e}");
}

fn pair(value: &Value) -> Option<(f64, f64)> {
    Some((value[0].as_f64()?, value[1].as_f64()?))
}

/// Canvas and cost of one published value, its settings in force.
fn published_cost(netlist: &Netlist, placement: &Placement, value: &Value, smoothing: u32) -> Cost {
    let (width, height) = pair(&value["canvas"]).unwrap();
    let mut canvas = Canvas::new(width, height);
    if let Some((columns, rows)) = pair(&value["grid"]) {
        (canvas.columns, canvas.rows) = (columns as u32, rows as u32);
    }
    if let Some(routes) = pair(&value["routes_per_micron"]) {
        (canvas.routes_horizontal, canvas.routes_vertical) = routes;
    }
    if let Some(routes) = pair(&value["macro_routing_allocation"]) {
        (canvas.macro_routes_horizontal, canvas.macro_routes_vertical) = routes;
    }
    canvas.smoothing = smoothing;
    evaluate(netlist, &canvas, placement, Rules::Google).cost
}

#[test]
fn published_values_to_the_last_digits() {
    let Some(shared) = shared() else { return };
    let table: Value =
        serde_json::from_slice(&bytes(&shared.join("golden/google_asserted.json"))).unwrap();
    let (netlist, placement) = design(&shared, "ariane133_ng45");
    let (netlist, placement) = rounded(&netlist, &placement);
    let mut checked = 0;
    for value in table["tilos_published_google_values"].as_array().unwrap() {
        if !value["netlist"].as_str().unwrap().starts_with("ariane133_ng45") {
            continue;
        }
        let cost = |smoothing| published_cost(&netlist, &placement, value, smoothing);
        match value["quantity"].as_str().unwrap() {
            "wirelength cost" => {
                agrees("wirelength", cost(0).wirelength, value["google"].as_f64().unwrap(), 1e-13);
            }
            "density cost" => {
                agrees("density", cost(0).density, value["google"].as_f64().unwrap(), 1e-13);
            }
            _ => {
                let expected = value["smoothing_0_1_2_google"].as_array().unwrap();
                for (smoothing, expected) in (0..).zip(expected) {
                    let found = cost(smoothing).congestion;
                    agrees("congestion", found, expected.as_f64().unwrap(), 1e-13);
                }
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 3, "published values for this netlist");
}

/// A legalisation that failed and left many soft macros unplaced, with the costs the binary printed
/// in that state.
#[test]
fn unplaced_nodes_count_as_in_the_binary() {
    let Some(shared) = shared() else { return };
    let (netlist, mut placement) = design(&shared, "mempool_tile_ng45");
    let text = bytes(&shared.join("golden/plc/mempool_tile_ng45/legalized.plc"));
    let (file, _) = plc::read(&text, &netlist);
    let mut canvas = Canvas::for_netlist(&netlist);
    file.apply_header(&mut canvas);
    file.apply_rows(&netlist, &mut placement);
    let unplaced = placement.placed.iter().filter(|&&placed| !placed).count();
    assert_eq!(unplaced, 219, "unplaced soft macros");
    let (netlist, placement) = rounded(&netlist, &placement);
    let found = evaluate(&netlist, &canvas, &placement, Rules::Google);
    agrees("wirelength", found.wirelength_um, 25_593_429.269, 1e-6);
    agrees("density", found.cost.density, 0.5001, 1e-4);
    agrees("congestion", found.cost.congestion, 0.715, 1e-4);
}
