//! Anneals a placement: `anneal_placement NETLIST PLC MOVES`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flagstone_cost::Weights;
use flagstone_formats::{MAX_UNPACKED_BYTES, decompress, pbtxt, plc};
use flagstone_netlist::Canvas;
use flagstone_place::Job;
use flagstone_place::anneal::AnnealConfig;
use flagstone_place::refine::{RefineConfig, legal_start, refine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or("usage: anneal_placement NETLIST PLC MOVES");
    let (netlist_path, plc_path, moves) = (next()?, next()?, next()?.parse()?);
    let netlist_text = decompress(std::fs::read(netlist_path)?, MAX_UNPACKED_BYTES)?;
    let file = pbtxt::read(&netlist_text).0.ok_or("the netlist has errors")?;
    let netlist = Arc::new(file.netlist);
    let plc_text = decompress(std::fs::read(plc_path)?, MAX_UNPACKED_BYTES)?;
    let plc_file = plc::read(&plc_text, &netlist).0;
    let mut canvas = Canvas::for_netlist(&netlist);
    plc_file.apply_header(&mut canvas);
    let mut start = file.placement;
    plc_file.apply_rows(&netlist, &mut start);
    let mut config = RefineConfig {
        anneal: AnnealConfig { moves, ..AnnealConfig::default() },
        ..RefineConfig::default()
    };
    let number = |key: &str, default: f64| {
        std::env::args()
            .skip_while(|arg| arg != key)
            .nth(1)
            .and_then(|v| v.parse().ok())
            .unwrap_or(default)
    };
    config.anneal.start_temperature = number("-t0", config.anneal.start_temperature);
    config.anneal.end_temperature = number("-t1", config.anneal.end_temperature);
    config.anneal.hard_share = number("-hard", config.anneal.hard_share);
    config.anneal.congestion_bias = number("-bias", config.anneal.congestion_bias);
    let weights = Weights::default();
    let stop = AtomicBool::new(false);
    let job = Job { netlist: &netlist, canvas: &canvas, weights, seed: 1, stop: &stop };
    let start = legal_start(&job, &start, &config).map_err(|_| "does not fit")?;
    let clock = std::time::Instant::now();
    let result = refine(&job, &start, &config, |progress, _| {
        println!(
            "{:>6.1} s {:>10} moves: {:.5} {:?}",
            clock.elapsed().as_secs_f64(),
            progress.moves,
            progress.best.proxy(&weights),
            progress.best
        );
    });
    println!("{:.5} {:?}", result.cost.proxy(&weights), result.cost);
    Ok(())
}
