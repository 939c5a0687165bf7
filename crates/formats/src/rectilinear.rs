//! Polygons whose sides are horizontal or vertical, as rectangles.
//!
//! A vertical line swept from left to right meets a polygon in intervals. Crossing a vertical side
//! flips what lies between the side's ends, which flips whether either end is the end of an
//! interval and nothing else; neighbours in the sorted set of such ends bound the intervals.

use std::collections::{BTreeMap, BTreeSet};

/// Longer outlines are left alone: the work grows with the square of their length.
const MOST_CORNERS: usize = 10_000;

/// x0, y0, x1 and y1.
type Rectangle = [i64; 4];

/// Rectangles that cover a polygon and do not overlap. `None` where it has a slanted side, fewer
/// than four corners or very many, or crosses itself over and over.
pub(crate) fn inside(corners: &[(i64, i64)]) -> Option<Vec<Rectangle>> {
    swept(&sides(corners)?)
}

/// Rectangles that cover what the bounding box of a polygon has outside of it and do not overlap;
/// `None` as of [`inside`].
pub(crate) fn outside(corners: &[(i64, i64)]) -> Option<Vec<Rectangle>> {
    let mut sides = sides(corners)?;
    let ys = || corners.iter().map(|corner| corner.1);
    let (low, high) = (ys().min()?, ys().max()?);
    let xs = || corners.iter().map(|corner| corner.0);
    sides.extend([(xs().min()?, low, high), (xs().max()?, low, high)]);
    swept(&sides)
}

/// x and both ends of each vertical side.
fn sides(corners: &[(i64, i64)]) -> Option<Vec<(i64, i64, i64)>> {
    if !(4..=MOST_CORNERS).contains(&corners.len()) {
        return None;
    }
    let next = corners.iter().cycle().skip(1);
    let mut sides = Vec::new();
    for (&(x0, y0), &(x1, y1)) in corners.iter().zip(next) {
        match (x0 == x1, y0 == y1) {
            (false, false) => return None,
            (true, false) => sides.push((x0, y0, y1)),
            (_, true) => {}
        }
    }
    Some(sides)
}

fn swept(sides: &[(i64, i64, i64)]) -> Option<Vec<Rectangle>> {
    let mut sides = sides.to_vec();
    sides.sort_unstable();
    let mut ends = BTreeSet::new();
    // Where each interval began.
    let mut open: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut rectangles = Vec::new();
    for at_x in sides.chunk_by(|a, b| a.0 == b.0) {
        let x = at_x[0].0;
        for end in at_x.iter().flat_map(|side| [side.1, side.2]) {
            if !ends.remove(&end) {
                ends.insert(end);
            }
        }
        let mut now = BTreeMap::new();
        let mut sorted = ends.iter().copied();
        while let (Some(low), Some(high)) = (sorted.next(), sorted.next()) {
            now.insert((low, high), open.remove(&(low, high)).unwrap_or(x));
        }
        let closed = std::mem::replace(&mut open, now);
        rectangles.extend(closed.into_iter().map(|((low, high), from)| [from, low, x, high]));
        // A polygon that does not cross itself has fewer rectangles than vertical sides.
        if rectangles.len() > 2 * sides.len() {
            return None;
        }
    }
    Some(rectangles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area(rectangles: &[Rectangle]) -> i64 {
        rectangles.iter().map(|[x0, y0, x1, y1]| (x1 - x0) * (y1 - y0)).sum()
    }

    fn shoelace(corners: &[(i64, i64)]) -> i64 {
        let next = corners.iter().cycle().skip(1);
        let doubled: i64 = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
        (doubled / 2).abs()
    }

    fn overlap(a: &Rectangle, b: &Rectangle) -> bool {
        a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
    }

    /// Whether the middle of a rectangle is in a polygon: a ray to the right crosses an odd number
    /// of sides.
    fn contains(corners: &[(i64, i64)], [x0, y0, x1, y1]: &Rectangle) -> bool {
        let (x, y) = ((x0 + x1) as f64 / 2.0, (y0 + y1) as f64 / 2.0);
        let next = corners.iter().cycle().skip(1);
        let crossed = corners
            .iter()
            .zip(next)
            .filter(|(a, b)| a.0 == b.0 && a.0 as f64 > x && (a.1 as f64 > y) != (b.1 as f64 > y));
        crossed.count() % 2 == 1
    }

    /// Columns of some widths side by side, from below zero to above it, as one outline.
    fn skyline(columns: &[(i64, i64, i64)]) -> Vec<(i64, i64)> {
        let (mut above, mut below, mut x) = (Vec::new(), Vec::new(), 0);
        for (width, up, down) in columns {
            above.extend([(x, *up), (x + width, *up)]);
            below.extend([(x, -down), (x + width, -down)]);
            x += width;
        }
        above.into_iter().chain(below.into_iter().rev()).collect()
    }

    #[test]
    fn outlines_of_all_kinds() {
        let l = [(0, 0), (0, 20), (10, 20), (10, 10), (20, 10), (20, 0)];
        assert_eq!(inside(&l).unwrap(), [[0, 0, 10, 20], [10, 0, 20, 10]]);
        assert_eq!(outside(&l).unwrap(), [[10, 10, 20, 20]]);
        let closed = [&l[..], &l[..1]].concat();
        assert_eq!(inside(&closed), inside(&l));
        let ring = [(0, 0), (9, 0), (9, 9), (3, 9), (3, 6), (6, 6), (6, 3), (0, 3)];
        assert_eq!(area(&inside(&ring).unwrap()) + area(&outside(&ring).unwrap()), 81);
        assert!(inside(&[(0, 0), (5, 5), (5, 0), (0, 0)]).is_none(), "slanted");
        assert!(inside(&[(0, 0), (5, 5)]).is_none(), "no polygon");
        assert_eq!(inside(&[(1, 1); 4]).unwrap(), [[0; 4]; 0]);
    }

    #[test]
    fn an_outline_that_crosses_itself_again_and_again_is_left_alone() {
        let n = 1_000;
        let zigzag = |k: i64| if k % 2 == 0 { [0, n] } else { [n, 0] };
        let across = (0..n).flat_map(|k| zigzag(k).map(|x| (x, 2 * k)));
        let up = (0..n).flat_map(|k| zigzag(k).map(|y| (k + 1, 2 * y - 1)));
        let back = [(-1, 2 * n - 2), (-1, -1)];
        let outline: Vec<_> = across.chain(back).chain(up).chain([(0, -1)]).collect();
        assert!(sides(&outline).is_some());
        assert!(inside(&outline).is_none());
    }

    proptest! {
        #[test]
        fn rectangles_cover_a_polygon_and_no_more(
            columns in prop::collection::vec((1..9_i64, 1..9_i64, 1..9_i64), 1..12),
            turned: bool, reversed: bool, first in 0..40_usize,
        ) {
            let mut corners = skyline(&columns);
            if turned {
                corners.iter_mut().for_each(|corner| *corner = (corner.1, corner.0));
            }
            if reversed {
                corners.reverse();
            }
            let n = corners.len();
            corners.rotate_left(first % n);
            let (own, rest) = (inside(&corners).unwrap(), outside(&corners).unwrap());
            prop_assert_eq!(area(&own), shoelace(&corners));
            let (xs, ys) = (corners.iter().map(|c| c.0), corners.iter().map(|c| c.1));
            let width = xs.clone().max().unwrap() - xs.min().unwrap();
            let height = ys.clone().max().unwrap() - ys.min().unwrap();
            prop_assert_eq!(area(&own) + area(&rest), width * height);
            prop_assert!(own.iter().all(|rectangle| contains(&corners, rectangle)));
            prop_assert!(!rest.iter().any(|rectangle| contains(&corners, rectangle)));
            let all = [own, rest].concat();
            for (k, a) in all.iter().enumerate() {
                prop_assert!(!all[k + 1..].iter().any(|b| overlap(a, b)), "{all:?}");
            }
        }
    }
}
