//! Which rectangles of a list lie in a window: a grid of buckets, each rectangle in the one of its
//! center. A window is grown by half the largest rectangle before buckets are looked up, so nothing
//! is missed. Rectangles that moved since are kept aside.

use std::sync::Arc;

use flagstone_geom::{Grid, Point, Rect};
use flagstone_netlist::{Csr, Id};

/// Rectangles in a bucket on average.
const PER_BUCKET: usize = 16;
/// Buckets along one side at most.
const MOST_COLUMNS: f64 = 512.0;

#[derive(Clone, Copy, Debug)]
struct Bucket(u32);

impl Id for Bucket {
    fn from_usize(row: usize) -> Self {
        Self(row as u32)
    }
    fn usize(self) -> usize {
        self.0 as usize
    }
}

/// Rows of a list of rectangles by where they are.
#[derive(Clone, Debug)]
pub struct Buckets {
    grid: Grid,
    rows: Arc<Csr<Bucket, u32>>,
    reach: (f64, f64),
    loose: Vec<u32>,
    is_loose: Vec<bool>,
}

impl Buckets {
    /// Sorts rectangles on a canvas of the given size, µm.
    pub fn new(size: (f64, f64), rects: impl ExactSizeIterator<Item = Rect> + Clone) -> Self {
        let n = rects.len();
        let side = ((n / PER_BUCKET) as f64).sqrt().ceil().clamp(1.0, MOST_COLUMNS) as u32;
        let grid = Grid::new(side, side, size.0.max(1e-9), size.1.max(1e-9));
        let bucket = |rect: &Rect| Bucket(grid.clamped_cell_at(rect.center()) as u32);
        let mut reach = (0.0_f64, 0.0_f64);
        for rect in rects.clone() {
            reach = (reach.0.max(rect.width() / 2.0), reach.1.max(rect.height() / 2.0));
        }
        let buckets: Vec<Bucket> = rects.map(|rect| bucket(&rect)).collect();
        let pairs = buckets.iter().enumerate().map(|(row, &bucket)| (bucket, row as u32));
        let rows = Arc::new(Csr::from_pairs(grid.n_cells(), pairs));
        Self { grid, rows, reach, loose: Vec::new(), is_loose: vec![false; n] }
    }

    /// Notes that a rectangle is somewhere else now. All that moved are visited every time: sort again
    /// when they are many.
    pub fn moved(&mut self, row: u32) {
        if !std::mem::replace(&mut self.is_loose[row as usize], true) {
            self.loose.push(row);
        }
    }

    /// Whether a rectangle moved since all were sorted.
    pub fn is_loose(&self, row: u32) -> bool {
        self.is_loose[row as usize]
    }

    /// Visits the rows whose rectangles may touch a window, and all that moved.
    pub fn visit(&self, window: &Rect, mut visit: impl FnMut(u32)) {
        let (c0, c1, r0, r1) = self.span(window);
        for row in r0..=r1 {
            for column in c0..=c1 {
                let bucket = Bucket(self.grid.cell(column, row) as u32);
                let rows = self.rows.row(bucket).iter();
                rows.filter(|&&row| !self.is_loose[row as usize]).for_each(|&row| visit(row));
            }
        }
        self.loose.iter().for_each(|&row| visit(row));
    }

    /// About how many rectangles are in a window, without looking at one.
    pub fn count(&self, window: &Rect) -> usize {
        let (c0, c1, r0, r1) = self.span(window);
        let starts = self.rows.starts();
        let in_row = |row: usize| {
            let from = self.grid.cell(c0, row);
            (starts[from + 1 + c1 - c0] - starts[from]) as usize
        };
        (r0..=r1).map(in_row).sum::<usize>() + self.loose.len()
    }

    fn span(&self, window: &Rect) -> (usize, usize, usize, usize) {
        let window = window.grown(self.reach.0, self.reach.1);
        let low = self.grid.clamped_cell_at(Point::new(window.x0, window.y0));
        let high = self.grid.clamped_cell_at(Point::new(window.x1, window.y1));
        let ((c0, r0), (c1, r1)) = (self.grid.column_row(low), self.grid.column_row(high));
        (c0, c1, r0, r1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// Against the obvious way: every rectangle against the window.
        #[test]
        fn nothing_in_the_window_is_missed(
            rects in prop::collection::vec((-20.0_f64..120.0, -20.0..120.0, 0.0..30.0, 0.0..30.0), 0..200),
            window in (-30.0_f64..130.0, -30.0..130.0, 0.0..80.0, 0.0..80.0),
            moved in prop::collection::vec((0_usize..200, -20.0_f64..120.0, -20.0..120.0), 0..10),
        ) {
            let mut rects: Vec<Rect> = rects.iter()
                .map(|&(x, y, w, h)| Rect::centered(Point::new(x, y), w, h)).collect();
            let mut buckets = Buckets::new((100.0, 100.0), rects.iter().copied());
            let n = rects.len();
            for &(row, x, y) in moved.iter().filter(|m| m.0 < n) {
                let (w, h) = (rects[row].width(), rects[row].height());
                rects[row] = Rect::centered(Point::new(x, y), w, h);
                buckets.moved(row as u32);
            }
            let window = Rect::centered(Point::new(window.0, window.1), window.2, window.3);
            let mut found = Vec::new();
            buckets.visit(&window, |row| found.push(row as usize));
            found.sort_unstable();
            prop_assert!(found.windows(2).all(|w| w[0] != w[1]), "a row came twice");
            for (row, rect) in rects.iter().enumerate() {
                if rect.intersection(&window).is_some() {
                    prop_assert!(found.binary_search(&row).is_ok(), "{} is missing", row);
                }
            }
            prop_assert!(buckets.count(&window) >= found.len());
        }
    }
}
