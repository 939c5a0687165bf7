//! Routing demand that can be differentiated: the evaluator's own routes, their ends moving
//! continuously.
//!
//! A route is made of runs along a row or a column, each with the line and both ends tied to pins.
//! Between the centres of two rows a run is shared by both in proportion, and a partly covered cell
//! at its ends takes its part, so that the demand equals the evaluator's where pins sit at the
//! centres of cells and is smooth between.

use flagstone_cost::{net_weight, routing};
use flagstone_geom::Grid;
use flagstone_netlist::Netlist;

use super::wires::Pins;

/// A run whose line and ends follow pins.
struct Run {
    vertical: bool,
    line: u32,
    from: u32,
    to: u32,
    weight: f64,
}

/// Where a run is now, in cells: the two lines it is shared by, the second one's share, the ends.
struct Place {
    lines: [usize; 2],
    share: f64,
    low: f64,
    high: f64,
    /// 1 where the end tied to `to` is the higher one, else -1.
    direction: f64,
}

/// Routes of all nets and the demand they make, line by line for either direction.
pub(super) struct Routes {
    grid: Grid,
    weight: Vec<f64>,
    runs: Vec<Run>,
    cells: Vec<u32>,
    distinct: Vec<(u32, u32)>,
    count: Vec<(u32, u32)>,
    scratch: routing::Cells,
    /// Cells per line of either direction: horizontal runs by row, vertical runs by column.
    length: [usize; 2],
    /// Demand by line, horizontal and vertical.
    pub(super) demand: [Vec<f64>; 2],
    differences: [Vec<f64>; 2],
    sums: [Vec<f64>; 2],
}

impl Routes {
    pub(super) fn new(netlist: &Netlist, grid: Grid) -> Self {
        let n = grid.n_cells();
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        let longer = [rows * (columns + 1), columns * (rows + 1)];
        Self {
            grid,
            weight: netlist.net_ids().map(|net| net_weight(netlist, net).max(1.0)).collect(),
            runs: Vec::new(),
            cells: Vec::new(),
            distinct: Vec::new(),
            count: vec![(0, 0); n],
            scratch: routing::Cells::new(n, grid.columns),
            length: [columns, rows],
            demand: [vec![0.0; n], vec![0.0; n]],
            differences: longer.map(|n| vec![0.0; n]),
            sums: longer.map(|n| vec![0.0; n]),
        }
    }

    /// Routes every net as its pins' cells stand, and counts the demand.
    pub(super) fn count(&mut self, pins: &Pins) {
        self.runs.clear();
        self.cells.clear();
        let places = pins.at[0].iter().zip(&pins.at[1]);
        self.cells
            .extend(places.map(|(&x, &y)| {
                self.grid.clamped_cell_at(flagstone_geom::Point::new(x, y)) as u32
            }));
        self.count.fill((0, 0));
        for net in 0..self.weight.len() {
            self.route(net, pins);
        }
        let Self { grid, runs, length, demand, differences, .. } = self;
        let enter = |direction: usize, demand: &mut [f64], steps: &mut [f64]| {
            demand.fill(0.0);
            steps.fill(0.0);
            let length = length[direction];
            for run in runs.iter().filter(|run| usize::from(run.vertical) == direction) {
                enter(&place(run, grid, pins), run.weight, length, demand, steps);
            }
            let lines = steps.chunks_exact(length + 1);
            for (demand, steps) in demand.chunks_exact_mut(length).zip(lines) {
                let mut running = 0.0;
                for (demand, step) in demand.iter_mut().zip(steps) {
                    running += step;
                    *demand += running;
                }
            }
        };
        let ([level, upright], [level_steps, upright_steps]) = (demand, differences);
        rayon::join(|| enter(0, level, level_steps), || enter(1, upright, upright_steps));
    }

    /// Emits the runs of one net.
    fn route(&mut self, net: usize, pins: &Pins) {
        let epoch = net as u32 + 1;
        self.distinct.clear();
        for pin in pins.starts[net]..pins.starts[net + 1] {
            let seen = &mut self.count[self.cells[pin] as usize];
            if seen.0 == epoch {
                seen.1 += 1;
            } else {
                *seen = (epoch, 1);
                self.distinct.push((self.cells[pin], pin as u32));
            }
        }
        let weight = self.weight[net];
        match *self.distinct {
            [] | [_] => {}
            [a, b, c] => self.three([a, b, c], weight),
            _ => {
                let driver = pins.starts[net];
                for pin in driver + 1..pins.starts[net + 1] {
                    if self.cells[pin] == self.cells[driver] {
                        continue;
                    }
                    let n = f64::from(self.count[self.cells[pin] as usize].1);
                    let (driver, sink) = (driver as u32, pin as u32);
                    let weight = weight / n;
                    let level =
                        Run { vertical: false, line: driver, from: driver, to: sink, weight };
                    let upright =
                        Run { vertical: true, line: sink, from: driver, to: sink, weight };
                    self.runs.extend([level, upright]);
                }
            }
        }
    }

    /// The evaluator's shape for three cells, each line and end traced back to a pin there.
    fn three(&mut self, cells: [(u32, u32); 3], weight: f64) {
        let columns = self.grid.columns;
        let runs = &mut self.runs;
        routing::route(&cells.map(|cell| cell.0), &mut self.scratch, &mut |run| {
            let at_column = |column: u32| cells.iter().find(|cell| cell.0 % columns == column);
            let at_row = |row: u32| cells.iter().find(|cell| cell.0 / columns == row);
            let found = if run.vertical {
                (at_column(run.line), at_row(run.from), at_row(run.to))
            } else {
                (at_row(run.line), at_column(run.from), at_column(run.to))
            };
            if let (Some(line), Some(from), Some(to)) = found {
                let (vertical, line, from, to) = (run.vertical, line.1, from.1, to.1);
                runs.push(Run { vertical, line, from, to, weight });
            }
        });
    }

    /// Adds `scale` times the slope of the sum of demand × `values` (by line, either direction) to
    /// the nodes' slopes per µm.
    pub(super) fn pull(
        &mut self,
        pins: &Pins,
        values: &[Vec<f64>; 2],
        scale: f64,
        slopes: &mut [Vec<f64>; 2],
    ) {
        for direction in 0..2 {
            let length = self.length[direction];
            let lines = self.sums[direction].chunks_exact_mut(length + 1);
            for (sums, values) in lines.zip(values[direction].chunks_exact(length)) {
                for (i, value) in values.iter().enumerate() {
                    sums[i + 1] = sums[i] + value;
                }
            }
        }
        let ([x, y], routes) = (slopes, &*self);
        rayon::join(
            || routes.pull_along(0, pins, values, scale, x),
            || routes.pull_along(1, pins, values, scale, y),
        );
    }

    /// The slopes along one axis: the ends of the runs along it, the lines of those across.
    fn pull_along(
        &self,
        axis: usize,
        pins: &Pins,
        values: &[Vec<f64>; 2],
        scale: f64,
        slopes: &mut [f64],
    ) {
        let size = [self.grid.cell_width(), self.grid.cell_height()][axis];
        let mut add = |pin: u32, slope: f64| {
            slopes[pins.node[pin as usize] as usize] += slope / size;
        };
        for run in &self.runs {
            let place = place(run, &self.grid, pins);
            let direction = usize::from(run.vertical);
            let length = self.length[direction];
            let value = |line: usize, at: f64| values[direction][line * length + at as usize];
            let [first, second] = place.lines;
            let weight = scale * run.weight;
            if direction == axis {
                let mixed = |at: f64| {
                    (1.0 - place.share) * value(first, at) + place.share * value(second, at)
                };
                let (high, low) = (mixed(place.high), mixed(place.low));
                let (at_to, at_from) =
                    if place.direction > 0.0 { (high, -low) } else { (-low, high) };
                add(run.to, weight * at_to);
                add(run.from, weight * at_from);
            } else {
                let until = |line: usize, at: f64| {
                    let cell = at as usize;
                    self.sums[direction][line * (length + 1) + cell]
                        + (at - cell as f64) * value(line, at)
                };
                let sum = |line: usize| until(line, place.high) - until(line, place.low);
                add(run.line, weight * (sum(second) - sum(first)));
            }
        }
    }
}

fn place(run: &Run, grid: &Grid, pins: &Pins) -> Place {
    let size = [grid.cell_width(), grid.cell_height()];
    let n = [grid.columns as usize, grid.rows as usize];
    let (across, along) = if run.vertical { (0, 1) } else { (1, 0) };
    let at = |pin: u32, axis: usize| {
        let at = pins.at[axis][pin as usize] / size[axis] - 0.5;
        at.clamp(0.0, (n[axis] - 1) as f64)
    };
    let line = at(run.line, across);
    let first = line as usize;
    let (from, to) = (at(run.from, along), at(run.to, along));
    Place {
        lines: [first, (first + 1).min(n[across] - 1)],
        share: line - first as f64,
        low: from.min(to),
        high: from.max(to),
        direction: if to >= from { 1.0 } else { -1.0 },
    }
}

/// Adds a run to its direction's demand, lines of `length` cells, and to the steps between cells.
fn enter(place: &Place, weight: f64, length: usize, demand: &mut [f64], steps: &mut [f64]) {
    let (first, last) = (place.low as usize, place.high as usize);
    for (line, weight) in
        place.lines.into_iter().zip([weight * (1.0 - place.share), weight * place.share])
    {
        let demand = &mut demand[line * length..(line + 1) * length];
        if first == last {
            demand[first] += weight * (place.high - place.low);
        } else {
            demand[first] += weight * ((first + 1) as f64 - place.low);
            demand[last] += weight * (place.high - last as f64);
            let steps = &mut steps[line * (length + 1)..];
            steps[first + 1] += weight;
            steps[last] -= weight;
        }
    }
}

#[cfg(test)]
mod tests;
