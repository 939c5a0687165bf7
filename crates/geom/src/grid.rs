use crate::{Point, Rect};

/// The canvas cut into `columns` × `rows` equal cells, numbered row by row from the lower left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Number of columns, at least 1.
    pub columns: u32,
    /// Number of rows, at least 1.
    pub rows: u32,
    /// Width of the whole grid in µm.
    pub width: f64,
    /// Height of the whole grid in µm.
    pub height: f64,
}

impl Grid {
    /// A grid over a canvas of the given size.
    ///
    /// # Panics
    /// If a count is zero or a size is not positive.
    pub fn new(columns: u32, rows: u32, width: f64, height: f64) -> Self {
        assert!(columns > 0 && rows > 0, "a grid needs at least one cell, got {columns} x {rows}");
        assert!(width > 0.0 && height > 0.0, "a grid needs an area, got {width} x {height} um");
        Self { columns, rows, width, height }
    }

    /// Width of a cell in µm.
    pub fn cell_width(&self) -> f64 {
        self.width / f64::from(self.columns)
    }

    /// Height of a cell in µm.
    pub fn cell_height(&self) -> f64 {
        self.height / f64::from(self.rows)
    }

    /// Number of cells.
    pub fn n_cells(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Column and row of a cell.
    pub fn column_row(&self, cell: usize) -> (usize, usize) {
        (cell % self.columns as usize, cell / self.columns as usize)
    }

    /// Index of the cell in a column and a row.
    pub fn cell(&self, column: usize, row: usize) -> usize {
        row * self.columns as usize + column
    }

    /// The centre of a cell, by the expression the published evaluators use.
    pub fn center(&self, cell: usize) -> Point {
        let (column, row) = self.column_row(cell);
        let (w, h) = (self.cell_width(), self.cell_height());
        Point::new(w * column as f64 + w / 2.0, h * row as f64 + h / 2.0)
    }

    /// The area of a cell.
    pub fn cell_rect(&self, cell: usize) -> Rect {
        let (column, row) = self.column_row(cell);
        let (w, h) = (self.cell_width(), self.cell_height());
        Rect {
            x0: column as f64 * w,
            y0: row as f64 * h,
            x1: (column + 1) as f64 * w,
            y1: (row + 1) as f64 * h,
        }
    }

    /// Column and row of a point, not limited to the canvas; a point on a border belongs to the
    /// cell above or to the right.
    pub fn locate(&self, p: Point) -> (i64, i64) {
        ((p.x / self.cell_width()).floor() as i64, (p.y / self.cell_height()).floor() as i64)
    }

    /// The cell that holds a point, if the point is on the canvas.
    pub fn cell_at(&self, p: Point) -> Option<usize> {
        let (column, row) = self.locate(p);
        let inside = (0..i64::from(self.columns)).contains(&column)
            && (0..i64::from(self.rows)).contains(&row);
        inside.then(|| self.cell(column as usize, row as usize))
    }

    /// The cell that holds a point, or the nearest border cell.
    pub fn clamped_cell_at(&self, p: Point) -> usize {
        let (column, row) = self.locate(p);
        let column = column.clamp(0, i64::from(self.columns) - 1) as usize;
        let row = row.clamp(0, i64::from(self.rows) - 1) as usize;
        self.cell(column, row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_find_their_cell() {
        let grid = Grid::new(4, 2, 40.0, 20.0);
        assert_eq!(grid.cell_at(Point::new(10.0, 10.0)), Some(5));
        assert_eq!(grid.cell_at(Point::new(40.0, 10.0)), None);
        assert_eq!(grid.clamped_cell_at(Point::new(40.0, -1.0)), 3);
        for cell in 0..grid.n_cells() {
            assert_eq!(grid.cell_at(grid.center(cell)), Some(cell));
            assert_eq!(grid.cell_rect(cell).center(), grid.center(cell));
        }
    }
}
