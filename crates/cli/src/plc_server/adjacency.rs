//! How strongly macros and ports are connected.

use flagstone_netlist::{Kind, NodeId};
use serde_json::Value;

use super::args::{Answer, Args};
use super::protocol::tuple;
use super::state::State;

/// Entries beyond which a matrix is refused: its text would not fit in memory.
const MAX_ENTRIES: usize = 1 << 27;

/// A square matrix, row by row.
struct Matrix {
    n: usize,
    entries: Vec<f64>,
}

impl Matrix {
    fn new(n: usize) -> Result<Self, String> {
        match n.checked_mul(n) {
            Some(entries) if entries <= MAX_ENTRIES => Ok(Self { n, entries: vec![0.0; entries] }),
            _ => Err(format!("a matrix of {n} x {n} is too large")),
        }
    }

    /// Adds to both halves; a connection of something with itself counts twice.
    fn connect(&mut self, a: usize, b: usize, weight: f64) {
        self.entries[a * self.n + b] += weight;
        self.entries[b * self.n + a] += weight;
    }
}

pub(super) fn macros(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(matrix(state, &[])?.entries.into())
}

pub(super) fn macros_and_ports(state: &mut State, _: &Args<'_>) -> Answer {
    let grid = state.canvas.grid();
    let cell = |port| grid.clamped_cell_at(state.placement.center(port));
    let mut clusters: Vec<usize> = state.netlist.nodes_of(Kind::Port).map(cell).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let matrix = matrix(state, &clusters)?;
    Ok(tuple([Value::from(matrix.entries), clusters.into()]))
}

/// The matrix over all macros, then over clusters of ports given by their cells in ascending order.
fn matrix(state: &State, clusters: &[usize]) -> Result<Matrix, String> {
    let netlist = &state.netlist;
    let grid = state.canvas.grid();
    let n_macros = netlist.macros().count();
    let mut row = vec![None; netlist.n_nodes()];
    for (i, node) in netlist.macros().enumerate() {
        row[node.usize()] = Some(i);
    }
    for port in netlist.nodes_of(Kind::Port) {
        let cell = grid.clamped_cell_at(state.placement.center(port));
        let cluster = clusters.binary_search(&cell).ok();
        row[port.usize()] = cluster.map(|cluster| n_macros + cluster);
    }
    let mut matrix = Matrix::new(n_macros + clusters.len())?;
    let mut to_ports: Vec<(NodeId, NodeId, f64)> = Vec::new();
    for (pins, &weight) in netlist.net_pins.rows().zip(&netlist.nets.weight) {
        let driver = netlist.pins.node[pins[0].usize()];
        for sink in &pins[1..] {
            let sink = netlist.pins.node[sink.usize()];
            let (from_port, to_port) =
                (netlist.kind(driver) == Kind::Port, netlist.kind(sink) == Kind::Port);
            if to_port && !from_port {
                to_ports.push((driver, sink, weight));
            } else if let (false, Some(a), Some(b)) =
                (from_port && to_port, row[driver.usize()], row[sink.usize()])
            {
                matrix.connect(a, b, weight);
            }
        }
    }
    // Of several nets from one macro to one port only the last counts, as in the original.
    to_ports.sort_by_key(|&(from, to, _)| (from, to));
    for same in to_ports.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if let Some(&(from, to, weight)) = same.last()
            && let (Some(a), Some(b)) = (row[from.usize()], row[to.usize()])
        {
            matrix.connect(a, b, weight);
        }
    }
    Ok(matrix)
}
