//! What a million objects need in memory: the netlist, the board, a picture of it.
//!
//! Prints the resident memory after each step; Linux only.

#![allow(clippy::print_stdout, reason = "this is a program")]

use egui::Color32;
use flagstone_geom::Point;
use flagstone_gui::board::Board;
use flagstone_gui::coverage;
use flagstone_netlist::{Builder, Canvas, Kind, Node, Placement};

/// Resident memory in MB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kb.unwrap_or(f64::NAN) / 1024.0
}

fn main() {
    const N: usize = 1_000_000;
    const COLUMNS: usize = 1000;
    println!("at the start: {:.0} MB", resident());
    let mut builder = Builder::new();
    for _ in 0..N {
        builder.node(Node { kind: Kind::SoftMacro, width: 0.8, height: 0.7, ..Node::default() });
    }
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for (k, node) in netlist.node_ids().enumerate() {
        let (column, row) = ((k % COLUMNS) as f64, (k / COLUMNS) as f64);
        placement.set_center(node, Point::new(column + 0.5, row + 0.5));
    }
    println!("netlist without nets, placement: {:.0} MB", resident());
    let canvas = Canvas::new(COLUMNS as f64, COLUMNS as f64);
    let board = Board::new(&netlist, &canvas, &placement);
    println!("and the board: {:.0} MB", resident());
    let picture = coverage::picture(&board.soft, &canvas.rect(), [1600, 1000], Color32::BLUE);
    println!("and a coverage picture of {:?}: {:.0} MB", picture.size, resident());
}
