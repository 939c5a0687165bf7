//! The electrostatic potential of a density map: what pushes crowded macros apart.
//!
//! Source: ePlace (Lu et al., TODAES 2015): density as charge, Poisson's equation with reflecting
//! borders solved by a cosine transform, here a Fourier transform of the map mirrored on both axes.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Solves Poisson's equation on one grid over and over.
pub(super) struct Potential {
    columns: usize,
    rows: usize,
    forward: [Arc<dyn Fft<f64>>; 2],
    inverse: [Arc<dyn Fft<f64>>; 2],
    mirrored: Vec<Complex<f64>>,
    turned: Vec<Complex<f64>>,
}

impl Potential {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        let mut planner = FftPlanner::new();
        let n = 4 * columns * rows;
        Self {
            columns,
            rows,
            forward: [columns, rows].map(|n| planner.plan_fft_forward(2 * n)),
            inverse: [columns, rows].map(|n| planner.plan_fft_inverse(2 * n)),
            mirrored: vec![Complex::default(); n],
            turned: vec![Complex::default(); n],
        }
    }

    /// Writes the potential of `density`, both row by row; its mean is zero.
    pub(super) fn solve(&mut self, density: &[f64], out: &mut Vec<f64>) {
        let (columns, rows) = (self.columns, self.rows);
        let (width, height) = (2 * columns, 2 * rows);
        let mirror = |i: usize, n: usize| if i < n { i } else { 2 * n - 1 - i };
        for row in 0..height {
            for column in 0..width {
                let value = density[mirror(row, rows) * columns + mirror(column, columns)];
                self.mirrored[row * width + column] = Complex::new(value, 0.0);
            }
        }
        self.forward[0].process(&mut self.mirrored);
        turn(&self.mirrored, width, height, &mut self.turned);
        self.forward[1].process(&mut self.turned);
        let frequency =
            |i: usize, n: usize| std::f64::consts::PI * i.min(n - i) as f64 / (n as f64 / 2.0);
        for column in 0..width {
            for row in 0..height {
                let (u, v) = (frequency(column, width), frequency(row, height));
                let square = u * u + v * v;
                let scale =
                    if square > 0.0 { 1.0 / (square * (width * height) as f64) } else { 0.0 };
                self.turned[column * height + row] *= scale;
            }
        }
        self.inverse[1].process(&mut self.turned);
        turn(&self.turned, height, width, &mut self.mirrored);
        self.inverse[0].process(&mut self.mirrored);
        out.clear();
        for row in 0..rows {
            out.extend(self.mirrored[row * width..row * width + columns].iter().map(|c| c.re));
        }
    }
}

/// Transposes a map with lines of `width` into one with lines of `height`.
fn turn(from: &[Complex<f64>], width: usize, height: usize, to: &mut [Complex<f64>]) {
    for (row, line) in from.chunks_exact(width).enumerate() {
        for (column, &value) in line.iter().enumerate() {
            to[column * height + row] = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_its_own_solution() {
        let (columns, rows) = (12, 8);
        let wave = |column: usize| (std::f64::consts::PI * (column as f64 + 0.5) / 12.0).cos();
        let density: Vec<f64> = (0..rows * columns).map(|cell| wave(cell % columns)).collect();
        let mut out = Vec::new();
        Potential::new(columns, rows).solve(&density, &mut out);
        let factor = (12.0 / std::f64::consts::PI).powi(2);
        for (found, value) in out.iter().zip(&density) {
            assert!((found - factor * value).abs() < 1e-9, "{found} {}", factor * value);
        }
    }
}
