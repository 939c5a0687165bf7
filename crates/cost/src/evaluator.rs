//! The full evaluation with its scratch space.

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, NetId, Netlist, Placement};
use rayon::prelude::*;

use crate::pins::{PinTable, span_length};
use crate::routing::{Demand, Differences};
use crate::{Cost, Evaluation, Rules, blockage, density, routing, smoothing, topk, wirelength};

/// What a span of nets adds up to.
#[derive(Clone, Debug, Default)]
struct Span {
    wirelength_um: f64,
    demand: Differences,
}

/// Evaluates placements from scratch, keeping its memory between calls.
///
/// Big netlists are cut into spans of nets that are worked on side by side; the result does not
/// depend on the number of threads.
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
    spans: Vec<Span>,
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
        self.measure_nets(netlist, canvas, placement, rules);
        let um = self.evaluation.wirelength_um;
        let cost = um * wirelength::per_um(canvas, self.weights.iter().sum());
        density::map(netlist, canvas, placement, rules, &mut self.evaluation.density);
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

    /// Wirelength and routing demand.
    fn measure_nets(
        &mut self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        rules: Rules,
    ) {
        let grid = canvas.congestion_grid();
        let (n, size) = (netlist.n_nets(), span_length(netlist.n_nets()));
        self.spans.resize_with(n.div_ceil(size).max(1), Span::default);
        let (pins, weights) = (&self.pins, &self.weights);
        let unit = routing::demand_unit(netlist, weights);
        let measure = |(index, span): (usize, &mut Span)| {
            let range = index * size..n.min((index + 1) * size);
            let nets = || {
                let rows = range.clone().map(|net| netlist.net_pins.row(NetId(net as u32)));
                rows.zip(&weights[range.clone()])
            };
            span.wirelength_um =
                wirelength::measure(nets(), netlist, canvas, placement, rules, pins);
            span.demand.count(nets(), &grid, pins, unit);
        };
        if self.spans.len() == 1 {
            self.spans.iter_mut().enumerate().for_each(measure);
        } else {
            self.spans.par_iter_mut().enumerate().for_each(measure);
        }
        let spans = self.spans.iter().map(|span| span.wirelength_um);
        self.evaluation.wirelength_um = 0.0 + spans.sum::<f64>();
        if let Some((first, others)) = self.spans.split_first_mut() {
            others.iter().for_each(|span| first.demand.add(&span.demand));
            self.demand.integrate(&grid, &first.demand);
        }
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
