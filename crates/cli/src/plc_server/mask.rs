//! Where a node may go.

use flagstone_geom::{Grid, Rect};
use flagstone_netlist::{Kind, NodeId};
use flagstone_place::legalize::GOOGLE_DENSITY;
use serde_json::Value;

use super::args::{Answer, Args};
use super::nodes::cell;
use super::state::State;

/// Overhang over the canvas' border that still counts as inside, µm.
const OVERHANG_UM: f64 = 1e-3;

pub(super) fn node_mask(state: &mut State, args: &Args<'_>) -> Answer {
    let node = args.node(0, state)?;
    let room = Room::new(state, node);
    Ok((0..room.grid.n_cells()).map(|cell| Value::from(u8::from(room.fits(cell)))).collect())
}

pub(super) fn can_place(state: &mut State, args: &Args<'_>) -> Answer {
    let (node, cell) = (args.node(0, state)?, cell(state, args)?);
    Ok(Room::new(state, node).fits(cell).into())
}

/// Common area of all pairs of placed hard macros over their total area.
pub(super) fn overlap_cost(state: &mut State, _: &Args<'_>) -> Answer {
    let hard = state.netlist.nodes_of(Kind::HardMacro);
    let rects: Vec<Rect> = hard
        .filter(|node| state.placement.placed[node.usize()])
        .map(|node| state.placement.rect(&state.netlist, node))
        .collect();
    let total: f64 = rects.iter().map(Rect::area).sum();
    let common: f64 = (0..rects.len())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| rects[i].overlap_area(&rects[j]))
        .sum();
    Ok(if total > 0.0 { common / total } else { 0.0 }.into())
}

/// What stands in a node's way.
struct Room {
    grid: Grid,
    allowed: Rect,
    size: (f64, f64),
    density: Vec<f64>,
    hard: Vec<Rect>,
    closed: Vec<Rect>,
    threshold: f64,
}

impl Room {
    /// The placed nodes count, the asked one included where it is placed, as in the original.
    fn new(state: &State, node: NodeId) -> Self {
        let (netlist, placement) = (&state.netlist, &state.placement);
        let is_hard = netlist.kind(node) == Kind::HardMacro;
        let grid = state.canvas.grid();
        let mut density = vec![0.0; grid.n_cells()];
        let mut hard = Vec::new();
        for other in netlist.node_ids().filter(|node| placement.placed[node.usize()]) {
            let rect = placement.rect(netlist, other);
            let other_is_hard = netlist.kind(other) == Kind::HardMacro;
            if other_is_hard || !(is_hard && state.macros_over_cells) {
                cover(&grid, &rect, |cell, share| density[cell] += share);
            }
            if is_hard && other_is_hard && other != node {
                hard.push(rect.grown(state.spacing.0, state.spacing.1));
            }
        }
        // The original keeps nodes on the canvas whether or not it is told to check the border.
        let canvas = state.canvas.rect();
        let area = state.areas.get(&node);
        let allowed = area.map_or(canvas, |area| area.intersection(&canvas).unwrap_or_default());
        // A blockage fills its cells to its rate; hard macros may not touch it at all.
        let blockages = &state.canvas.blockages;
        for blockage in blockages {
            cover(&grid, &blockage.rect, |cell, share| density[cell] += blockage.rate * share);
        }
        let rects = blockages.iter().map(|blockage| blockage.rect);
        Self {
            allowed: allowed.grown(OVERHANG_UM, OVERHANG_UM),
            size: netlist.size(node),
            density,
            hard,
            closed: if is_hard { rects.collect() } else { Vec::new() },
            threshold: state.canvas.overlap_threshold,
            grid,
        }
    }

    /// Whether the node fits with its centre on a cell's.
    fn fits(&self, cell: usize) -> bool {
        let (width, height) = self.size;
        let block = Rect::centered(self.grid.center(cell), width, height);
        let allowed = &self.allowed;
        let inside = allowed.x0 <= block.x0
            && block.x1 <= allowed.x1
            && allowed.y0 <= block.y0
            && block.y1 <= allowed.y1;
        let overlaps = |other: &Rect| {
            let smaller = block.area().min(other.area());
            block.overlap_area(other) > self.threshold * smaller
        };
        if !inside || self.hard.iter().any(overlaps) {
            return false;
        }
        if self.closed.iter().any(|closed| block.overlap_area(closed) > 0.0) {
            return false;
        }
        let mut fits = true;
        cover(&self.grid, &block, |cell, share| {
            fits &= share == 0.0 || self.density[cell] + share <= GOOGLE_DENSITY;
        });
        fits
    }
}

/// Calls `visit` with every cell a rectangle touches and the share of the cell it covers.
fn cover(grid: &Grid, rect: &Rect, mut visit: impl FnMut(usize, f64)) {
    let last =
        |value: f64, size: f64, n: u32| ((value / size).floor() as i64).min(i64::from(n) - 1);
    let (width, height) = (grid.cell_width(), grid.cell_height());
    let first = |value: f64, size: f64| ((value / size).floor() as i64).max(0);
    for row in first(rect.y0, height)..=last(rect.y1, height, grid.rows) {
        for column in first(rect.x0, width)..=last(rect.x1, width, grid.columns) {
            let cell = grid.cell(column as usize, row as usize);
            visit(cell, grid.cell_rect(cell).overlap_area(rect) / (width * height));
        }
    }
}
