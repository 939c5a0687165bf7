//! Heat maps: a named grid of numbers with its units. The cost's own maps are shown as they are.

use flagstone_cost::Evaluation;
use flagstone_geom::{Grid, Rect};
use flagstone_netlist::{Canvas, Netlist, Placement};

use crate::Ramp;

/// Values on a grid over the canvas, row by row from the bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// What the values are.
    pub name: String,
    /// Their unit; empty where they have none.
    pub unit: String,
    /// The grid they lie on.
    pub grid: Grid,
    /// One value a cell; those that are not finite are not drawn.
    pub values: Vec<f64>,
    /// The values that get the first and the last colour of the ramp.
    pub range: (f64, f64),
    /// The colours.
    pub ramp: Ramp,
}

impl HeatMap {
    /// A map in viridis whose range is that of its values, from zero where none is below.
    ///
    /// # Panics
    /// If there are not as many values as the grid has cells.
    pub fn new(name: &str, unit: &str, grid: Grid, values: Vec<f64>) -> Self {
        let (n, cells) = (values.len(), grid.n_cells());
        assert!(n == cells, "a heat map of {n} values on {cells} cells");
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let most = finite().fold(f64::NEG_INFINITY, f64::max);
        let range = match finite().fold(f64::INFINITY, f64::min) {
            least if least.is_infinite() => (0.0, 1.0),
            least if least < 0.0 => (least, most),
            _ => (0.0, most),
        };
        let (name, unit) = (name.to_owned(), unit.to_owned());
        Self { name, unit, grid, values, range, ramp: Ramp::default() }
    }

    /// Covered share of each cell, as the density cost counts it.
    pub fn density(canvas: &Canvas, found: &Evaluation) -> Self {
        Self::new("density", "", canvas.grid(), found.density.clone())
    }

    /// Horizontal routing demand over supply, as the congestion cost counts it.
    pub fn congestion_horizontal(canvas: &Canvas, found: &Evaluation) -> Self {
        let grid = canvas.congestion_grid();
        Self::new("horizontal congestion", "", grid, found.horizontal.clone())
    }

    /// Vertical routing demand over supply, as the congestion cost counts it.
    pub fn congestion_vertical(canvas: &Canvas, found: &Evaluation) -> Self {
        Self::new("vertical congestion", "", canvas.congestion_grid(), found.vertical.clone())
    }

    /// The larger of horizontal and vertical congestion.
    pub fn congestion(canvas: &Canvas, found: &Evaluation) -> Self {
        let both = found.horizontal.iter().zip(&found.vertical);
        let values = both.map(|(h, v)| h.max(*v)).collect();
        Self::new("congestion", "", canvas.congestion_grid(), values)
    }

    /// Rectangular uniform wire density: each net's half perimeter spread evenly over its box, in µm
    /// of wire per µm². A box thinner than a cell is taken as one cell thick.
    ///
    /// Source: "Fast and Accurate Routing Demand Estimation for Efficient Routability-driven
    /// Placement" (2007), with unit wire width.
    pub fn rudy(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Self {
        let grid = canvas.grid();
        let (w, h) = (grid.cell_width(), grid.cell_height());
        let mut values = vec![0.0; grid.n_cells()];
        for (pins, &weight) in netlist.net_pins.rows().zip(&netlist.nets.weight) {
            let mut area: Option<Rect> = None;
            for p in pins.iter().map(|&pin| placement.pin(netlist, pin)) {
                let Rect { x0, y0, x1, y1 } =
                    area.unwrap_or(Rect { x0: p.x, y0: p.y, x1: p.x, y1: p.y });
                area = Some(Rect {
                    x0: x0.min(p.x),
                    y0: y0.min(p.y),
                    x1: x1.max(p.x),
                    y1: y1.max(p.y),
                });
            }
            let Some(area) = area else { continue };
            let wire = weight * (area.width() + area.height());
            let wide = Rect::centered(area.center(), area.width().max(w), area.height().max(h));
            spread(&grid, &wide, wire, &mut values);
        }
        values.iter_mut().for_each(|value| *value /= w * h);
        Self::new("RUDY", "µm/µm²", grid, values)
    }

    /// Pins of hard and soft macros, ports and cells per µm².
    pub fn pin_density(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Self {
        let grid = canvas.grid();
        let area = grid.cell_width() * grid.cell_height();
        let mut values = vec![0.0; grid.n_cells()];
        for pins in netlist.net_pins.rows() {
            for &pin in pins {
                values[grid.clamped_cell_at(placement.pin(netlist, pin))] += 1.0 / area;
            }
        }
        Self::new("pin density", "1/µm²", grid, values)
    }

    /// Where a macro may go: 1 for a legal cell, 0 for another.
    pub fn mask(grid: Grid, mask: &[bool]) -> Self {
        let values = mask.iter().map(|&legal| f64::from(u8::from(legal))).collect();
        Self { range: (0.0, 1.0), ..Self::new("legal cells", "", grid, values) }
    }

    /// The probabilities a policy gives the legal cells, from its logits; illegal cells stay bare.
    pub fn probabilities(grid: Grid, logits: &[f32], mask: &[bool]) -> Self {
        let legal =
            || logits.iter().zip(mask).filter(|(_, legal)| **legal).map(|(l, _)| f64::from(*l));
        let most = legal().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = legal().map(|logit| (logit - most).exp()).sum();
        let share = |(&logit, &legal): (&f32, &bool)| {
            if legal { (f64::from(logit) - most).exp() / sum } else { f64::NAN }
        };
        let values = logits.iter().zip(mask).map(share).collect();
        Self::new("probability", "", grid, values)
    }

    /// Where a value lies in the range, 0 to 1; `None` where it is not finite.
    pub fn share(&self, cell: usize) -> Option<f64> {
        let value = self.values.get(cell).copied().filter(|value| value.is_finite())?;
        let (least, most) = self.range;
        let span = if most > least { most - least } else { 1.0 };
        Some(((value - least) / span).clamp(0.0, 1.0))
    }

    /// The map as pixels, one a cell, the **top** row first, straight alpha: ready for a texture.
    pub fn rgba(&self) -> Vec<u8> {
        let (columns, rows) = (self.grid.columns as usize, self.grid.rows as usize);
        let mut pixels = Vec::with_capacity(4 * columns * rows);
        for row in (0..rows).rev() {
            for cell in row * columns..(row + 1) * columns {
                let color = self.share(cell).map(|share| self.ramp.color(share));
                pixels.extend(color.map_or([0; 4], |[r, g, b]| [r, g, b, 255]));
            }
        }
        pixels
    }
}

/// Spreads an amount evenly over the part of an area that lies on the grid.
fn spread(grid: &Grid, area: &Rect, amount: f64, values: &mut [f64]) {
    let whole = area.width() * area.height();
    let (from, to) = (
        grid.clamped_cell_at(flagstone_geom::Point::new(area.x0, area.y0)),
        grid.clamped_cell_at(flagstone_geom::Point::new(area.x1, area.y1)),
    );
    let ((c0, r0), (c1, r1)) = (grid.column_row(from), grid.column_row(to));
    for row in r0..=r1 {
        for column in c0..=c1 {
            let cell = grid.cell(column, row);
            values[cell] += amount * area.overlap_area(&grid.cell_rect(cell)) / whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use flagstone_geom::Point;
    use flagstone_netlist::{Builder, Node, Pin};

    use super::*;

    /// Two macros of 4 × 4 µm on a canvas of 40 × 20 µm, a net between their centres.
    fn pair() -> (Netlist, Canvas, Placement) {
        let mut builder = Builder::new();
        let node = |name| Node { name, width: 4.0, height: 4.0, ..Node::default() };
        let nodes = ["a", "b"].map(|name| builder.node(node(name)));
        let pins = nodes.map(|node| builder.pin(Pin { node, ..Pin::default() }));
        builder.net(pins[0], &[pins[1]]);
        let netlist = builder.build();
        let mut canvas = Canvas::new(40.0, 20.0);
        (canvas.columns, canvas.rows) = (4, 2);
        let mut placement = Placement::new(&netlist);
        placement.set_center(nodes[0], Point::new(5.0, 5.0));
        placement.set_center(nodes[1], Point::new(35.0, 15.0));
        (netlist, canvas, placement)
    }

    #[test]
    fn rudy_keeps_the_wire() {
        let (netlist, canvas, placement) = pair();
        let map = HeatMap::rudy(&netlist, &canvas, &placement);
        let wire: f64 = map.values.iter().map(|value| value * 100.0).sum();
        assert!((wire - 40.0).abs() < 1e-9, "half perimeter 30 + 10, found {wire}");
        assert!(map.values[1] > map.values[0], "inner cells are covered in full");
    }

    #[test]
    fn pins_are_counted_where_they_are() {
        let (netlist, canvas, placement) = pair();
        let map = HeatMap::pin_density(&netlist, &canvas, &placement);
        assert_eq!(map.values[0], 0.01);
        assert_eq!(map.values[7], 0.01);
        assert_eq!(map.values.iter().sum::<f64>(), 0.02);
    }

    #[test]
    fn probabilities_sum_to_one_on_legal_cells() {
        let grid = Grid::new(2, 1, 2.0, 1.0);
        let map = HeatMap::probabilities(grid, &[3.0, 100.0], &[true, false]);
        assert_eq!(map.values[0], 1.0);
        assert!(map.values[1].is_nan(), "illegal cells have no colour");
        assert_eq!(map.rgba()[4..], [0, 0, 0, 0]);
    }

    #[test]
    fn pixels_begin_at_the_top() {
        let grid = Grid::new(1, 2, 1.0, 2.0);
        let map = HeatMap::new("m", "", grid, vec![0.0, 2.0]);
        assert_eq!(map.rgba(), [253, 231, 37, 255, 68, 1, 84, 255]);
    }
}
