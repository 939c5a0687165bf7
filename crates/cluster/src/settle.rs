//! Last moves of single cells between groups.
//!
//! The partition knows no coordinates, breaking up and merging know no nets but those of whole
//! groups: after them cells are left in groups that few of their nets end in. Here each cell goes to
//! the neighbouring group that makes its nets shortest. A net is as long as the half-perimeter
//! around its groups' centres, macro pins and ports, and a constant more for each group it ends in:
//! what one placement calls near may lie apart in the next, what is in one group never does.

use std::collections::BTreeMap;

use flagstone_geom::Point;
use flagstone_netlist::Csr;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::breakup::centers;
use crate::coarsen::shuffle;
use crate::config::ClusterConfig;
use crate::flat::{Flat, Ordinal};
use crate::kway::{add, remove};

/// A pass that moves fewer than one in this many cells is the last.
const FEWEST_MOVED: usize = 2000;
/// Gains below this share of a net's length are rounding.
const ROUNDING: f64 = 1e-9;

/// Moves cells to groups that shorten their nets. No group loses its last cell or grows over
/// `settle.most_cells` times the average; a cell goes no farther than `closeness` µm from its new
/// group's centre, |Δx| + |Δy|, unless the old one was as far.
pub(crate) fn settle(
    flat: &Flat,
    groups: &mut [Option<u32>],
    closeness: f64,
    config: &ClusterConfig,
) {
    let nets = Nets::new(flat, config.partition.max_matched_pins);
    let mut rng = Pcg64Mcg::seed_from_u64(config.partition.seed);
    let mut order: Vec<u32> = (0..flat.len() as u32).collect();
    order.retain(|&cell| flat.is_cell(cell as usize));
    for _ in 0..config.settle.passes {
        let mut settling = Settling::new(flat, &nets, groups, closeness, config);
        shuffle(&mut order, &mut rng);
        let moved = order.iter().filter(|&&cell| settling.improve(cell as usize)).count();
        for &cell in &order {
            groups[cell as usize] = Some(settling.group_of[cell as usize]);
        }
        if moved < order.len() / FEWEST_MOVED {
            return;
        }
    }
}

/// A box around points; empty at first.
#[derive(Clone, Copy, Debug)]
struct Reach {
    low: Point,
    high: Point,
}

impl Reach {
    const EMPTY: Self = Self {
        low: Point { x: f64::INFINITY, y: f64::INFINITY },
        high: Point { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    fn add(&mut self, at: Point) {
        self.low = Point::new(self.low.x.min(at.x), self.low.y.min(at.y));
        self.high = Point::new(self.high.x.max(at.x), self.high.y.max(at.y));
    }

    fn half_perimeter(&self) -> f64 {
        (self.high.x - self.low.x).max(0.0) + (self.high.y - self.low.y).max(0.0)
    }
}

/// The nets of the flat netlist by their cells.
struct Nets {
    /// Net → its distinct cells.
    cells: Csr<Ordinal, u32>,
    /// Cell → its nets.
    of: Csr<Ordinal, u32>,
    /// Around the macro pins and ports of each net, and how many they are.
    fixed: Vec<(Reach, usize)>,
    /// Nets of so few cells that a cell looks for groups along them.
    suggests: Vec<bool>,
}

impl Nets {
    fn new(flat: &Flat, max_pins: usize) -> Self {
        let mut nets =
            Self { cells: Csr::default(), of: Csr::default(), fixed: vec![], suggests: vec![] };
        let mut pairs = Vec::new();
        for (driver, sinks) in flat.sinks.rows().enumerate().filter(|(_, row)| !row.is_empty()) {
            let driver = driver as u32;
            let others = sinks.iter().map(|sink| sink.0).filter(|&sink| sink != driver);
            let (mut cells, mut fixed) = (Vec::new(), (Reach::EMPTY, 0));
            for pin in std::iter::once(driver).chain(others) {
                if flat.is_cell(pin as usize) {
                    cells.push(pin);
                    pairs.push((Ordinal(pin), nets.fixed.len() as u32));
                } else {
                    flat.at[pin as usize].iter().for_each(|&at| fixed.0.add(at));
                    fixed.1 += 1;
                }
            }
            nets.suggests.push(cells.len() <= max_pins);
            nets.cells.push_row(cells);
            nets.fixed.push(fixed);
        }
        nets.of = Csr::from_pairs(flat.len(), pairs.iter().copied());
        nets
    }
}

/// One pass: centres stay where they were at its start.
struct Settling<'a> {
    flat: &'a Flat,
    nets: &'a Nets,
    /// Group of each ordinal; of no meaning for what is no cell.
    group_of: Vec<u32>,
    center: Vec<Option<Point>>,
    n_cells: Vec<usize>,
    most: usize,
    closeness: f64,
    /// Groups of each net and its cells in each.
    counts: Vec<Vec<(u32, u32)>>,
    /// What a net's end in one more group costs, in µm.
    cut_um: f64,
}

impl<'a> Settling<'a> {
    fn new(
        flat: &'a Flat,
        nets: &'a Nets,
        groups: &[Option<u32>],
        closeness: f64,
        config: &ClusterConfig,
    ) -> Self {
        let group_of: Vec<u32> = groups.iter().map(|group| group.unwrap_or_default()).collect();
        let n_groups = group_of.iter().max().map_or(0, |&most| most as usize + 1);
        let mut n_cells = vec![0; n_groups];
        let cells = (0..flat.len()).filter(|&ordinal| flat.is_cell(ordinal));
        cells.for_each(|cell| n_cells[group_of[cell] as usize] += 1);
        let used = n_cells.iter().filter(|&&n| n > 0).count();
        let average = n_cells.iter().sum::<usize>() as f64 / used.max(1) as f64;
        let places: BTreeMap<u32, Point> = centers(flat, groups);
        let mut counts = vec![Vec::new(); nets.fixed.len()];
        for (cells, count) in nets.cells.rows().zip(&mut counts) {
            cells.iter().for_each(|&cell| add(count, group_of[cell as usize]));
        }
        let mut settling = Self {
            flat,
            nets,
            group_of,
            center: (0..n_groups as u32).map(|group| places.get(&group).copied()).collect(),
            n_cells,
            most: (config.settle.most_cells * average) as usize,
            closeness,
            counts,
            cut_um: 0.0,
        };
        settling.cut_um = config.settle.cut_share * settling.usual_length();
        settling
    }

    /// Length of the nets for each group, macro pin or port they end in beyond the first. Without
    /// coordinates there are no lengths and only the number of ends counts.
    fn usual_length(&self) -> f64 {
        let (mut length, mut ends) = (0.0, 0);
        for (net, count) in self.counts.iter().enumerate() {
            length += self.length(net, None);
            ends += (count.len() + self.nets.fixed[net].1).saturating_sub(1);
        }
        if length > 0.0 { length / ends as f64 } else { 1.0 }
    }

    /// Half-perimeter of a net and what its ends cost, in µm, perhaps with one cell in the second
    /// group instead of the first.
    fn length(&self, net: usize, moved: Option<(u32, u32)>) -> f64 {
        let mut reach = self.nets.fixed[net].0;
        let mut n_groups = 0;
        let mut end = |group: u32| {
            n_groups += 1;
            self.center[group as usize].iter().for_each(|&at| reach.add(at));
        };
        let mut new = moved.map(|(_, to)| to);
        for &(group, n) in &self.counts[net] {
            new = new.filter(|&to| to != group);
            if moved.is_none_or(|(from, _)| from != group || n > 1) {
                end(group);
            }
        }
        new.into_iter().for_each(&mut end);
        reach.half_perimeter() + self.cut_um * f64::from(n_groups)
    }

    /// Moves a cell to the best group, if one is better.
    fn improve(&mut self, cell: usize) -> bool {
        let from = self.group_of[cell];
        if self.n_cells[from as usize] < 2 {
            return false;
        }
        let nets = self.nets.of.row(Ordinal(cell as u32));
        let sum = |moved| nets.iter().map(|&net| self.length(net as usize, moved)).sum::<f64>();
        let now = sum(None);
        let mut best = (now * (1.0 - ROUNDING), None);
        for to in self.candidates(cell) {
            let length = sum(Some((from, to)));
            if length < best.0 {
                best = (length, Some(to));
            }
        }
        let Some(to) = best.1 else { return false };
        self.group_of[cell] = to;
        self.n_cells[from as usize] -= 1;
        self.n_cells[to as usize] += 1;
        for &net in nets {
            remove(&mut self.counts[net as usize], from);
            add(&mut self.counts[net as usize], to);
        }
        true
    }

    /// Other groups along the cell's nets that have room and are not too far away.
    fn candidates(&self, cell: usize) -> Vec<u32> {
        let from = self.group_of[cell];
        let distance = |group: u32| match (self.flat.at[cell], self.center[group as usize]) {
            (Some(a), Some(b)) => (a.x - b.x).abs() + (a.y - b.y).abs(),
            _ => 0.0,
        };
        let farthest = self.closeness.max(distance(from));
        let nets = self.nets.of.row(Ordinal(cell as u32)).iter().map(|&net| net as usize);
        let mut found: Vec<u32> = Vec::new();
        for net in nets.filter(|&net| self.nets.suggests[net]) {
            for &(group, _) in &self.counts[net] {
                let room = self.n_cells[group as usize] < self.most;
                if group != from && room && !found.contains(&group) && distance(group) <= farthest {
                    found.push(group);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::{Builder, Kind, Netlist, Node, Pin, Placement};

    use super::*;
    use crate::config::SettleConfig;

    /// Three rows of eight cells, each cell driving the next of its row.
    fn rows() -> (Netlist, Placement) {
        let mut builder = Builder::new();
        let mut pins = Vec::new();
        for name in (0..24).map(|cell| format!("c{cell}")) {
            let kind = Kind::StdCell;
            let node = Node { kind, name: &name, width: 1.0, height: 1.0, ..Node::default() };
            let node = builder.node(node);
            pins.push(builder.pin(Pin { node, ..Pin::default() }));
        }
        for row in pins.chunks(8) {
            for pair in row.windows(2) {
                builder.net(pair[0], &pair[1..]);
            }
        }
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        for cell in 0..24 {
            (placement.x[cell], placement.y[cell]) = ((cell % 8) as f64, 4.0 * (cell / 8) as f64);
        }
        (netlist, placement)
    }

    /// The groups after settling: a row each, but for some strays.
    fn settled(placed: bool, strays: &[(usize, u32)], settle: SettleConfig) -> Vec<u32> {
        let (netlist, mut placement) = rows();
        placement.placed.fill(placed);
        let flat = Flat::new(&netlist, &placement, 500);
        let mut groups: Vec<Option<u32>> = (0..24).map(|cell| Some(cell / 8)).collect();
        strays.iter().for_each(|&(cell, group)| groups[cell] = Some(group));
        let config = ClusterConfig { settle, ..ClusterConfig::default() };
        super::settle(&flat, &mut groups, 6.0, &config);
        groups.into_iter().flatten().collect()
    }

    #[test]
    fn strays_come_home_with_coordinates_and_without() {
        let home: Vec<u32> = (0..24).map(|cell| cell / 8).collect();
        for placed in [true, false] {
            let found = settled(placed, &[(3, 1), (12, 2)], SettleConfig::default());
            assert_eq!(found, home, "placed: {placed}");
        }
    }

    #[test]
    fn groups_keep_their_last_cell_and_have_room() {
        let alone = settled(true, &[(3, 7)], SettleConfig::default());
        assert_eq!(alone[3], 7);
        let full = SettleConfig { most_cells: 0.5, ..SettleConfig::default() };
        assert_eq!(settled(true, &[(3, 1)], full)[3], 1);
    }

    #[test]
    fn no_cell_goes_far() {
        // The groups' centres are the rows' middles, 4 and 8 um from each other, and this cell's
        // net pulls it to the third row, which is 8 um and more away.
        let (netlist, mut placement) = rows();
        placement.placed.fill(true);
        placement.y[16] = 0.0;
        let flat = Flat::new(&netlist, &placement, 500);
        let mut groups: Vec<Option<u32>> = (0..24).map(|cell| Some(cell / 8)).collect();
        groups[16] = Some(0);
        let config = ClusterConfig::default();
        super::settle(&flat, &mut groups, 6.0, &config);
        assert_eq!(groups[16], Some(0));
        super::settle(&flat, &mut groups, 20.0, &config);
        assert_eq!(groups[16], Some(2));
    }
}
