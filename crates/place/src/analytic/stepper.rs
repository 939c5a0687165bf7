//! Adam: steps of a given length whatever the scale of the slopes.
//!
//! Source: Kingma and Ba, ICLR 2015.

const FIRST: f64 = 0.9;
const SECOND: f64 = 0.99;

/// Running means of the slopes along both axes.
pub(super) struct Stepper {
    mean: [Vec<f64>; 2],
    square: [Vec<f64>; 2],
    steps: i32,
}

impl Stepper {
    pub(super) fn new(n: usize) -> Self {
        let zeros = || [vec![0.0; n], vec![0.0; n]];
        Self { mean: zeros(), square: zeros(), steps: 0 }
    }

    /// Moves each of `nodes` downhill by about `length` along each axis.
    pub(super) fn step(
        &mut self,
        nodes: &[usize],
        slopes: &[Vec<f64>; 2],
        length: [f64; 2],
        positions: &mut [Vec<f64>; 2],
    ) {
        self.steps += 1;
        let first = 1.0 - FIRST.powi(self.steps);
        let second = 1.0 - SECOND.powi(self.steps);
        for axis in 0..2 {
            for &node in nodes {
                let slope = slopes[axis][node];
                let mean = &mut self.mean[axis][node];
                let square = &mut self.square[axis][node];
                *mean = FIRST * *mean + (1.0 - FIRST) * slope;
                *square = SECOND * *square + (1.0 - SECOND) * slope * slope;
                let size = (*square / second).sqrt();
                if size > 0.0 {
                    positions[axis][node] -= length[axis] * (*mean / first) / size;
                }
            }
        }
    }
}
