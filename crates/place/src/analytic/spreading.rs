//! The electrostatic push of crowded macros, and how crowded they are.

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, Netlist, NodeId, Placement};

use super::coverage::{Area, Coverage};
use super::potential::Potential;

/// Bins along each axis: fine enough for a few thousand macros, fast to transform.
const BINS: u32 = 64;

/// Density of movable and fixed macros on bins of its own.
pub(super) struct Spreading {
    coverage: Coverage,
    potential: Potential,
    macros: Vec<(NodeId, (f64, f64))>,
    movable_area: f64,
    bin_area: f64,
    bin: [f64; 2],
    map: Vec<f64>,
    field: Vec<f64>,
    target: f64,
}

impl Spreading {
    pub(super) fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        target: f64,
    ) -> Self {
        let grid = Grid::new(BINS, BINS, canvas.width, canvas.height);
        let movable = netlist.macros().filter(|node| !placement.fixed[node.usize()]);
        Self {
            coverage: Coverage::new(&grid),
            potential: Potential::new(BINS as usize, BINS as usize),
            macros: netlist.macros().map(|node| (node, netlist.size(node))).collect(),
            movable_area: movable
                .map(|node| netlist.area(node))
                .sum::<f64>()
                .max(f64::MIN_POSITIVE),
            bin_area: grid.cell_width() * grid.cell_height(),
            bin: [grid.cell_width(), grid.cell_height()],
            map: vec![0.0; grid.n_cells()],
            field: Vec::new(),
            target,
        }
    }

    /// Adds the slope of the electrostatic energy, per macro, to `slopes`; returns the overflow: the
    /// area above the target over the movable area.
    pub(super) fn push(&mut self, positions: &[Vec<f64>; 2], slopes: &mut [Vec<f64>; 2]) -> f64 {
        self.map.fill(0.0);
        let area = |node: NodeId, (width, height): (f64, f64)| Area {
            x: positions[0][node.usize()],
            y: positions[1][node.usize()],
            width,
            height,
        };
        for &(node, size) in &self.macros {
            self.coverage.add(&area(node, size), 1.0, &mut self.map);
        }
        self.potential.solve(&self.map, &mut self.field);
        for &(node, size) in &self.macros {
            let (dx, dy) = self.coverage.slope(&area(node, size), &self.field);
            slopes[0][node.usize()] += dx * self.bin[0];
            slopes[1][node.usize()] += dy * self.bin[1];
        }
        let over: f64 = self.map.iter().map(|value| (value - self.target).max(0.0)).sum();
        over * self.bin_area / self.movable_area
    }
}
