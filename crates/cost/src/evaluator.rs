//! The full evaluation with its scratch space.

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, Netlist, Placement};

use crate::pins::PinTable;
use crate::routing::Demand;
use crate::{Cost, Evaluation, Rules, blockage, density, smoothing, topk, wirelength};

/// Evaluates placements from scratch, keeping its memory between calls.
///
/// ```
/// use flagstone_cost::{Evaluator, Rules};
/// use flagstone_netlist::{Canvas, Netlist, Placement};
///
/// let netlist = Netlist::default();
/// let mut evaluator = Evaluator::default();
/// let canvas = Canvas::new(10.0, 10.0);
/// let found = evaluator.evaluate(&netlist, &canvas, &Placement::new(&netlist), Rules::Clamp);
/// assert_eq!(found.cost.wirelength, 0.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    pins: PinTable,
    weights: Vec<f64>,
    demand: Demand,
    ranked: Vec<f64>,
    evaluation: Evaluation,
}

impl Evaluator {
    /// Evaluates a placement; the result lives until the next call.
    pub fn evaluate(
        &mut self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        rules: Rules,
    ) -> &Evaluation {
        let grid = canvas.congestion_grid();
        self.pins.locate(netlist, &grid, placement, rules);
        wirelength::weights(netlist, rules, &mut self.weights);
        let (pins, weights) = (&self.pins, &self.weights);
        let (um, cost) = wirelength::measure(netlist, canvas, placement, rules, pins, weights);
        self.evaluation.wirelength_um = um;
        density::map(netlist, canvas, placement, rules, &mut self.evaluation.density);
        self.demand.count(netlist, &grid, pins, weights);
        let maps = &mut self.evaluation;
        let (h, v) = (&mut maps.horizontal_macros, &mut maps.vertical_macros);
        blockage::blocked(netlist, canvas, placement, rules, h, v);
        self.congest(canvas, &grid);
        self.evaluation.cost = Cost {
            wirelength: cost,
            density: self.density_cost(rules),
            congestion: self.congestion_cost(),
        };
        &self.evaluation
    }

    /// The result of the last call.
    pub fn into_evaluation(self) -> Evaluation {
        self.evaluation
    }

    /// Normalises demand and blockage, smooths demand, and adds the two.
    fn congest(&mut self, canvas: &Canvas, grid: &Grid) {
        let supply_h = grid.cell_height() * canvas.routes_horizontal;
        let supply_v = grid.cell_width() * canvas.routes_vertical;
        let divide = |map: &mut [f64], by: f64| map.iter_mut().for_each(|value| *value /= by);
        divide(&mut self.demand.horizontal, supply_h);
        divide(&mut self.demand.vertical, supply_v);
        let maps = &mut self.evaluation;
        divide(&mut maps.horizontal_macros, supply_h);
        divide(&mut maps.vertical_macros, supply_v);
        for map in [&mut maps.horizontal, &mut maps.vertical] {
            map.clear();
            map.resize(grid.n_cells(), 0.0);
        }
        let range = canvas.smoothing;
        smoothing::along_columns(&self.demand.horizontal, grid, range, &mut maps.horizontal);
        smoothing::along_rows(&self.demand.vertical, grid, range, &mut maps.vertical);
        let add = |map: &mut [f64], other: &[f64]| {
            map.iter_mut().zip(other).for_each(|(value, other)| *value += other);
        };
        add(&mut maps.horizontal, &maps.horizontal_macros);
        add(&mut maps.vertical, &maps.vertical_macros);
    }

    fn density_cost(&mut self, rules: Rules) -> f64 {
        let values = &self.evaluation.density;
        let ranked = &mut self.ranked;
        let mut top = |values: &[f64], k: usize| {
            ranked.clear();
            ranked.extend_from_slice(values);
            topk::mean(ranked, k)
        };
        match rules {
            Rules::Clamp => density::cost_of(values, |values| top(values, values.len() / 10)),
            // The top tenth, but at least one cell.
            Rules::Google => 0.5 * top(values, (values.len() / 10).max(1)),
        }
    }

    fn congestion_cost(&mut self) -> f64 {
        let (horizontal, vertical) = (&self.evaluation.horizontal, &self.evaluation.vertical);
        self.ranked.clear();
        self.ranked.extend(vertical.iter().chain(horizontal));
        let k = (self.ranked.len() / 20).max(1);
        topk::mean(&mut self.ranked, k)
    }
}
