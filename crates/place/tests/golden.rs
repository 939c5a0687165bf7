//! Masks, the ring legaliser and the force-directed placer against golden values.
//!
//! The values live beside the project, in `../shared`; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code outside #[test] functions")]

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist, NodeId, Placement};
use flagstone_place::force_directed::{self, Schedule, Stage};
use flagstone_place::legalize::{GOOGLE_DENSITY, Room, legalize};
use flagstone_place::mask::{MaskRules, Occupancy};
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

fn node_of(netlist: &Netlist, index: u64) -> NodeId {
    let found = netlist.nodes.index.iter().position(|&own| u64::from(own) == index);
    NodeId::from_usize(found.unwrap_or_else(|| panic!("no node has index {index}")))
}

/// A design with the positions and the canvas of one of its `.plc` files.
fn design(shared: &Path, name: &str, plc_name: &str) -> (Netlist, Canvas, Placement) {
    let folder = shared.join("netlists/tilos").join(name);
    let file = pbtxt::read(&bytes(&folder.join("netlist.pb.txt.xz"))).0.unwrap();
    let plc_path = shared.join("golden/plc").join(name).join(plc_name);
    let (plc_file, _) = plc::read(&bytes(&plc_path), &file.netlist);
    let mut canvas = Canvas::for_netlist(&file.netlist);
    plc_file.apply_header(&mut canvas);
    let mut placement = file.placement;
    plc_file.apply_rows(&file.netlist, &mut placement);
    (file.netlist, canvas, placement)
}

#[test]
fn masks_equal_the_published_evaluators() {
    let Some(shared) = shared() else { return };
    let table = json(&shared.join("golden/node_mask.json"));
    let name = table["design"].as_str().unwrap();
    let (netlist, canvas, mut placement) = design(&shared, name, "initial.plc");
    let placed = table["placed"].as_array().unwrap();
    for entry in table["masks"].as_array().unwrap() {
        let mut occupancy = Occupancy::new(&canvas, MaskRules::default());
        let n_placed = entry["n_placed"].as_u64().unwrap() as usize;
        for pair in &placed[..n_placed] {
            let node = node_of(&netlist, pair[0].as_u64().unwrap());
            let cell = pair[1].as_u64().unwrap() as usize;
            placement.set_center(node, canvas.grid().center(cell));
            occupancy.place(&netlist, &placement, node);
        }
        let node = node_of(&netlist, entry["node"].as_u64().unwrap());
        let mut mask = Vec::new();
        occupancy.mask(netlist.size(node), &mut mask);
        let found: String = mask.iter().map(|&free| if free { '1' } else { '0' }).collect();
        assert_eq!(found, entry["mask"].as_str().unwrap(), "{n_placed} placed");
    }
}

#[test]
fn the_ring_legaliser_equals_googles() {
    let Some(shared) = shared() else { return };
    let table = json(&shared.join("golden/legalize.json"));
    for (name, expected) in table["designs"].as_object().unwrap() {
        let (netlist, canvas, placement) = design(&shared, name, "initial.plc");
        let found = legalize(&netlist, &canvas, &placement, Room::Density(GOOGLE_DENSITY));
        let sequence = expected["sequence[node_index,start_cell,final_cell]"].as_array().unwrap();
        assert_eq!(found.stuck.is_some(), expected["failed"].as_bool().unwrap(), "{name}");
        for (step, (found, expected)) in found.moves.iter().zip(sequence).enumerate() {
            let index = i64::from(netlist.nodes.index[found.node.usize()]);
            let from = found.from.map_or(-1, |cell| cell as i64);
            let expected: Vec<i64> =
                expected.as_array().unwrap().iter().map(|n| n.as_i64().unwrap_or(-1)).collect();
            assert_eq!(vec![index, from, found.to as i64], expected, "{name}, step {step}");
        }
        // The rest of the sequence are the macros that stayed without a place.
        let rest = &sequence[found.moves.len()..];
        assert!(rest.iter().all(|step| step[2].as_i64().is_none_or(|cell| cell < 0)), "{name}");
        assert_eq!(rest.is_empty(), found.stuck.is_none(), "{name}");
    }
}

fn schedule(params: &Value) -> Schedule {
    let list = |key: &str| -> Vec<f64> {
        params[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let (steps, reach) = (list("num_steps"), list("max_move_distance"));
    let (attract, repel) = (list("attract"), list("repel"));
    let longest = params["longest"].as_f64().unwrap();
    let stages = (0..steps.len()).map(|i| Stage {
        steps: steps[i] as u32,
        move_factor: reach[i] * steps[i] / longest,
        attract: attract[i],
        repel: repel[i],
    });
    Schedule { stages: stages.collect(), ..Schedule::default() }
}

/// The method is chaotic, so agreement after 300 steps means the same operations in the same order.
#[test]
fn force_directed_placement_equals_the_published_one() {
    let Some(shared) = shared() else { return };
    let path = shared.join("golden/golden_fd_ariane133_ng45_default_schedule.json");
    let mut table = json(&path);
    let (netlist, canvas, mut placement) = design(&shared, "ariane133_ng45", "legalized.plc");
    table["params"]["longest"] = canvas.width.max(canvas.height).into();
    let netlist = netlist.with_square_soft_macros();
    placement.orientation = netlist.nodes.orientation.clone();
    let checkpoints = table["checkpoints"].as_array().unwrap();
    let mut compared = 0;
    let mut worst: (u32, f64) = (0, 0.0);
    force_directed::run(
        &netlist,
        &canvas,
        &mut placement,
        &schedule(&table["params"]),
        |step, p| {
            for checkpoint in checkpoints {
                if checkpoint["after_step"].as_u64() != Some(u64::from(step)) {
                    continue;
                }
                for (index, at) in checkpoint["soft_xy"].as_object().unwrap() {
                    let node = node_of(&netlist, index.parse().unwrap());
                    let off = (p.x[node.usize()] - at[0].as_f64().unwrap()).abs()
                        + (p.y[node.usize()] - at[1].as_f64().unwrap()).abs();
                    if off > worst.1 {
                        worst = (step, off);
                    }
                    compared += 1;
                }
            }
        },
    );
    assert!(compared > 1000, "only {compared} positions");
    assert!(worst.1 < 1e-6, "step {}: off by {} um", worst.0, worst.1);
}
