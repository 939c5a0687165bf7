//! Adam on the flat vector of parameters.
//!
//! Source: "Adam: A Method for Stochastic Optimization" (2015), Algorithm 1. burn's own optimizer
//! keys its state by random parameter ids, which would make the checkpoints of two equal runs differ.

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;

/// First and second moments of the gradient.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Adam {
    pub(crate) mean: Vec<f32>,
    pub(crate) square: Vec<f32>,
    pub(crate) steps: u64,
}

impl Adam {
    pub(crate) fn new(n: usize) -> Self {
        Self { mean: vec![0.0; n], square: vec![0.0; n], steps: 0 }
    }

    /// One step down the gradient.
    pub(crate) fn step(
        &mut self,
        parameters: &mut [f32],
        gradient: &[f32],
        rate: f64,
        epsilon: f64,
    ) {
        self.steps += 1;
        let correction = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let (mean_correction, square_correction) = (correction(BETA_1), correction(BETA_2));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((parameter, &g), (mean, square)) in parameters.iter_mut().zip(gradient).zip(moments) {
            let g = f64::from(g);
            *mean = (BETA_1 * f64::from(*mean) + (1.0 - BETA_1) * g) as f32;
            *square = (BETA_2 * f64::from(*square) + (1.0 - BETA_2) * g * g) as f32;
            let size = (f64::from(*square) / square_correction).sqrt() + epsilon;
            *parameter -= (rate * f64::from(*mean) / mean_correction / size) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_has_the_length_of_the_rate() {
        let mut adam = Adam::new(2);
        let mut parameters = [1.0, 1.0];
        adam.step(&mut parameters, &[3.0, -0.01], 0.1, 1e-8);
        assert!((parameters[0] - 0.9).abs() < 1e-5, "{parameters:?}");
        assert!((parameters[1] - 1.1).abs() < 1e-5, "{parameters:?}");
    }

    #[test]
    fn a_parabola_is_descended() {
        let mut adam = Adam::new(1);
        let mut x = [5.0];
        for _ in 0..500 {
            let gradient = [2.0 * x[0]];
            adam.step(&mut x, &gradient, 0.1, 1e-8);
        }
        assert!(x[0].abs() < 1e-2, "{x:?}");
    }
}
