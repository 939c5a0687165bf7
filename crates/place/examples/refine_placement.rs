//! Refines a placement: `refine_placement NETLIST PLC [seed=N] [canvas.KEY=VALUE] [KEY=VALUE]...`
//! with the keys of the refiner's config as JSON, `anneal.moves=1000000` or `start="given"`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use flagstone_cost::{Rules, Weights, evaluate};
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::Canvas;
use flagstone_place::anneal::MoveKind;
use flagstone_place::refine::{RefineConfig, refine};
use flagstone_place::{Job, checker};
use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [netlist, plc_path, sets @ ..] = &args[..] else { return Err("NETLIST PLC".into()) };
    let read = |path: &String| -> Result<_, Box<dyn std::error::Error>> {
        Ok(decompress(std::fs::read(path)?, MAX_UNPACKED_BYTES)?)
    };
    let file = pbtxt::read(&read(netlist)?).0.ok_or("the netlist has errors")?;
    let netlist = Arc::new(file.netlist);
    let plc_file = plc::read(&read(plc_path)?, &netlist).0;
    let mut canvas = Canvas::for_netlist(&netlist);
    plc_file.apply_header(&mut canvas);
    let mut given = file.placement;
    plc_file.apply_rows(&netlist, &mut given);
    let mut config = serde_json::to_value(RefineConfig::default())?;
    let mut seed = 1;
    for set in sets {
        let (key, value) = set.split_once('=').ok_or("KEY=VALUE")?;
        let value: Value = serde_json::from_str(value)?;
        match key {
            "seed" => seed = value.as_u64().ok_or("a whole number")?,
            _ => {
                let path = format!("/{}", key.replace('.', "/"));
                *config.pointer_mut(&path).ok_or_else(|| format!("no key {key}"))? = value;
            }
        }
    }
    let config: RefineConfig = serde_json::from_value(config)?;
    let (weights, stop, clock) = (Weights::default(), AtomicBool::new(false), Instant::now());
    let job = Job { netlist: &netlist, canvas: &canvas, weights, seed, stop: &stop };
    let result = refine(&job, std::slice::from_ref(&given), &config, |progress, _| {
        let (seconds, best) = (clock.elapsed().as_secs_f64(), progress.best.proxy(&weights));
        println!("{seconds:>6.1} s {:>10} moves: {best:.5}", progress.moves);
    });
    for (kind, tally) in MoveKind::ALL.iter().zip(&result.tallies) {
        let share = tally.accepted as f64 / tally.drawn.max(1) as f64;
        println!(
            "{kind:>12?}: {:>9} drawn, {share:.3} accepted, gain {:.4}",
            tally.drawn, tally.gain
        );
    }
    let cost = evaluate(&netlist, &canvas, &result.placement, Rules::Clamp).cost;
    let overlaps = checker::overlaps(&netlist, &canvas, &result.placement);
    println!("{:.5} {cost:?}, {overlaps} overlaps", cost.proxy(&weights));
    Ok(())
}
