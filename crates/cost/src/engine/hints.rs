//! Questions about a node answered without moving it: where it could go and what that would cost.

use flagstone_geom::Orientation;
use flagstone_netlist::NodeId;

use super::Engine;
use super::slots::Offset;

/// An interval of centre coordinates in µm over which a node's wirelength is constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flat {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Extent of a net without one node, and of that node's pins about its centre, along one axis.
struct Others {
    weight: f64,
    low: f64,
    high: f64,
    own_low: f64,
    own_high: f64,
}

impl Others {
    /// Extent of the net when the node's centre is at `center`.
    fn length(&self, center: f64) -> f64 {
        self.high.max(center + self.own_high) - self.low.min(center + self.own_low)
    }
}

impl Engine {
    /// Change of the wirelength cost for a node's centre at every placement-grid cell's centre.
    ///
    /// `out` is resized to the number of cells, row by row from the bottom. Time is linear in the
    /// node's nets times (columns + rows), plus their pins and the number of cells.
    pub fn wire_mask(&self, node: NodeId, orientation: Orientation, out: &mut Vec<f64>) {
        let grid = self.canvas.grid();
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        // The sums by column and by row stand behind the cells until they are needed no more.
        out.clear();
        out.resize(columns * rows + columns + rows, 0.0);
        let (cells, sums) = out.split_at_mut(columns * rows);
        let (by_column, by_row) = sums.split_at_mut(columns);
        let mut present = 0.0;
        self.for_each_net(node, orientation, |net, x, y| {
            present += self.wires.net_length(net);
            for (column, sum) in by_column.iter_mut().enumerate() {
                *sum += x.weight * x.length(grid.center(column).x);
            }
            for (row, sum) in by_row.iter_mut().enumerate() {
                *sum += y.weight * y.length(grid.center(row * columns).y);
            }
        });
        for (cells, by_row) in cells.chunks_exact_mut(columns).zip(by_row) {
            let rest = *by_row - present;
            for (cell, x) in cells.iter_mut().zip(&*by_column) {
                *cell = (x + rest) * self.wirelength_unit;
            }
        }
        out.truncate(columns * rows);
    }

    /// The intervals of x and y in which the node's weighted wirelength is least, the other nodes
    /// staying where they are. `breakpoints` is scratch space.
    ///
    /// Wirelength is convex and piecewise linear in each coordinate, so this is the median interval
    /// of the ends of its nets' boxes. `None` for a node without nets.
    pub fn best_intervals(
        &self,
        node: NodeId,
        breakpoints: &mut [Vec<(f64, f64)>; 2],
    ) -> Option<(Flat, Flat)> {
        breakpoints.iter_mut().for_each(Vec::clear);
        let [xs, ys] = breakpoints;
        let orientation = self.placement.orientation[node.usize()];
        self.for_each_net(node, orientation, |_, x, y| {
            for (points, axis) in [(&mut *xs, x), (&mut *ys, y)] {
                if axis.low <= axis.high {
                    points.push((axis.low - axis.own_low, axis.weight));
                    points.push((axis.high - axis.own_high, axis.weight));
                }
            }
        });
        Some((weighted_median(xs)?, weighted_median(ys)?))
    }

    /// The intervals of x and y around the node's present place in which its wirelength does not
    /// change. A point where it stands on a slope.
    pub fn flat_intervals(&self, node: NodeId) -> (Flat, Flat) {
        let center = self.placement.center(node);
        let orientation = self.placement.orientation[node.usize()];
        let (mut x_interval, mut y_interval) = (FREE, FREE);
        let mut slopes = (0.0, 0.0);
        self.for_each_net(node, orientation, |_, x, y| {
            slopes.0 += narrow(&mut x_interval, x, center.x);
            slopes.1 += narrow(&mut y_interval, y, center.y);
        });
        let interval = |interval: Flat, slope: f64, at: f64| {
            if slope == 0.0 { interval } else { Flat { low: at, high: at } }
        };
        (interval(x_interval, slopes.0, center.x), interval(y_interval, slopes.1, center.y))
    }

    fn for_each_net(
        &self,
        node: NodeId,
        orientation: Orientation,
        mut visit: impl FnMut(flagstone_netlist::NetId, &Others, &Others),
    ) {
        let slots = self.slots.of_node(node);
        let mut offsets = self.slots.offsets(node).iter().copied();
        // A node's slots are sorted by net, so equal nets are neighbours.
        for own in slots.chunk_by(|a, b| a.net == b.net) {
            let net = own[0].net;
            let weight = self.wires.weight(net);
            let empty = || Others {
                weight,
                low: f64::INFINITY,
                high: f64::NEG_INFINITY,
                own_low: f64::INFINITY,
                own_high: f64::NEG_INFINITY,
            };
            let (mut x, mut y) = (empty(), empty());
            let mut next = 0;
            for slot in self.slots.of_net(net) {
                if next < own.len() && own[next].slot as usize == slot {
                    let Offset { dx, dy } = offsets.next().unwrap_or_default();
                    let (dx, dy) = orientation.apply(dx, dy);
                    (x.own_low, x.own_high) = (x.own_low.min(dx), x.own_high.max(dx));
                    (y.own_low, y.own_high) = (y.own_low.min(dy), y.own_high.max(dy));
                    next += 1;
                } else {
                    let (px, py) = (self.wires.x[slot], self.wires.y[slot]);
                    (x.low, x.high) = (x.low.min(px), x.high.max(px));
                    (y.low, y.high) = (y.low.min(py), y.high.max(py));
                }
            }
            visit(net, &x, &y);
        }
    }
}

const FREE: Flat = Flat { low: f64::NEG_INFINITY, high: f64::INFINITY };

/// Cuts an interval at the breakpoints of one net; returns the net's slope at `at`.
fn narrow(interval: &mut Flat, net: &Others, at: f64) -> f64 {
    if net.low > net.high {
        // Every pin is the node's own: its wirelength never changes.
        return 0.0;
    }
    let (a, b) = (net.low - net.own_low, net.high - net.own_high);
    let mut slope = 0.0;
    for (point, side) in [(a, -1.0), (b, 1.0)] {
        if at < point {
            interval.high = interval.high.min(point);
        } else if at > point {
            interval.low = interval.low.max(point);
        }
        let beyond = if side < 0.0 { at < point } else { at > point };
        if beyond {
            slope += side * net.weight;
        }
    }
    slope
}

/// The interval between the lower and the upper weighted median.
fn weighted_median(points: &mut [(f64, f64)]) -> Option<Flat> {
    let total: f64 = points.iter().map(|point| point.1).sum();
    points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let mut low = None;
    for &mut (at, weight) in points {
        below += weight;
        if low.is_none() && below >= total / 2.0 {
            low = Some(at);
        }
        if let Some(low) = low
            && below > total / 2.0
        {
            return Some(Flat { low, high: at });
        }
    }
    low.map(|low| Flat { low, high: low })
}
