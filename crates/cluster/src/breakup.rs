use std::collections::BTreeMap;

use flagstone_geom::Point;

use crate::flat::Flat;

/// Nodes of a group.
#[derive(Default)]
struct Members {
    nodes: Vec<usize>,
    area: f64,
    /// Area-weighted sums over the cells.
    weighted: Point,
    n_placed: f64,
    sum: Point,
}

impl Members {
    /// Area-weighted centre of the cells; without any, the mean of the nodes.
    fn center(&self) -> Option<Point> {
        let mean = |sum: Point, divisor: f64| Point::new(sum.x / divisor, sum.y / divisor);
        if self.area > 0.0 {
            return Some(mean(self.weighted, self.area));
        }
        (self.n_placed > 0.0).then(|| mean(self.sum, self.n_placed))
    }
}

fn members(flat: &Flat, groups: &[Option<u32>]) -> BTreeMap<u32, Members> {
    let mut all: BTreeMap<u32, Members> = BTreeMap::new();
    for (node, group) in groups.iter().enumerate() {
        let Some(group) = group else { continue };
        let members = all.entry(*group).or_default();
        members.nodes.push(node);
        let Some(at) = flat.at[node] else { continue };
        let area = flat.cell_area[node];
        members.area += area;
        members.weighted.x += area * at.x;
        members.weighted.y += area * at.y;
        members.n_placed += 1.0;
        members.sum.x += at.x;
        members.sum.y += at.y;
    }
    all
}

/// Centre of each group that has nodes with coordinates.
pub(crate) fn centers(flat: &Flat, groups: &[Option<u32>]) -> BTreeMap<u32, Point> {
    let all = members(flat, groups);
    all.into_iter().filter_map(|(group, members)| Some((group, members.center()?))).collect()
}

/// Breaks up groups whose box is wider or higher than `length`: squares of that size are counted
/// from the group's centre, nodes outside the middle one become a group for each square.
pub(crate) fn break_up(flat: &Flat, groups: &mut [Option<u32>], length: f64) {
    let mut next = groups.iter().flatten().max().map_or(0, |&most| most + 1);
    for (_, members) in members(flat, groups) {
        let Some(center) = members.center() else { continue };
        let placed = || members.nodes.iter().filter_map(|&node| Some((node, flat.at[node]?)));
        let extent = |of: fn(Point) -> f64| {
            let values = placed().map(|(_, at)| of(at));
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        let (wide, high) = (extent(|at| at.x) > length, extent(|at| at.y) > length);
        if !wide && !high {
            continue;
        }
        let mut squares: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
        for (node, at) in placed() {
            let x = if wide { square((at.x - center.x) / length) } else { 0 };
            let y = if high { square((at.y - center.y) / length) } else { 0 };
            if (x, y) != (0, 0) {
                squares.entry((x, y)).or_default().push(node);
            }
        }
        for nodes in squares.into_values() {
            nodes.into_iter().for_each(|node| groups[node] = Some(next));
            next += 1;
        }
    }
}

/// The square of a distance in squares; the middle one reaches half a square to each side.
fn square(distance: f64) -> i64 {
    (distance + 0.5_f64.copysign(distance)).trunc() as i64
}

#[cfg(test)]
mod tests {
    use super::square;

    #[test]
    fn the_middle_square_reaches_half_a_length_each_way() {
        let found = [-1.6, -1.4, -0.4, 0.0, 0.4, 0.6].map(square);
        assert_eq!(found, [-2, -1, 0, 0, 0, 1]);
    }
}
