//! The loss of a chunk of steps. Pure: tensors in, tensor out.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use flagstone_policy::{Output, floats};

use crate::Config;
use crate::config::sharpness;

/// What the policy is to learn from its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objective {
    /// Better actions, by their advantages.
    Ppo,
    /// The actions themselves.
    Imitation,
    /// The cost at the end, and nothing about the actions.
    Prediction,
}

/// What the loss needs of each step beside the network's output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    pub(crate) actions: Vec<usize>,
    pub(crate) masks: Vec<bool>,
    pub(crate) log_probabilities: Vec<f32>,
    pub(crate) advantages: Vec<f32>,
    pub(crate) returns: Vec<f32>,
    /// Wirelength, density and congestion at the end; `None` for episodes without one.
    pub(crate) terms: Vec<Option<[f32; 3]>>,
}

/// Brings the wirelength term to the order of the other two.
const WIRELENGTH_SCALE: f32 = 10.0;

/// Sums over a chunk, to be divided by the minibatch's size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) policy: f64,
    pub(crate) value: f64,
    pub(crate) entropy: f64,
    pub(crate) kl: f64,
    pub(crate) clipped: f64,
    pub(crate) terms: f64,
}

/// The summed loss of a chunk, −min(ρA, clip(ρ)A) + c_v (R − V)² − c_e H + c_kl KL + c_t (T − T̂)²,
/// and its parts. Imitation has −ln π in place of the first part and neither entropy nor KL;
/// prediction has none of the three. π is the policy at
/// `config.temperature`.
///
/// KL is estimated by (ρ − 1) − ln ρ, which is never negative.
pub(crate) fn loss(
    output: Output,
    targets: &Targets,
    (config, objective): (&Config, Objective),
    device: &Device,
) -> (Tensor<1>, Sums) {
    let [size, cells] = output.logits.dims();
    let column = |values: &[f32]| {
        Tensor::<2>::from_data(TensorData::new(values.to_vec(), [size, 1]), device)
    };
    // Illegal cells are pushed so far down that their probability is exactly zero.
    let forbidden: Vec<f32> =
        targets.masks.iter().map(|&free| if free { 0.0 } else { -1e9 }).collect();
    let forbidden = Tensor::<2>::from_data(TensorData::new(forbidden, [size, cells]), device);
    let mut taken = vec![0.0; size * cells];
    for (row, &action) in targets.actions.iter().enumerate() {
        taken[row * cells + action] = 1.0;
    }
    let taken = Tensor::<2>::from_data(TensorData::new(taken, [size, cells]), device);
    let logs = log_softmax(output.logits * sharpness(config.temperature) + forbidden, 1); // [B, G]
    let log = (logs.clone() * taken).sum_dim(1); // [B, 1]
    let log_ratio = log.clone() - column(&targets.log_probabilities);
    let ratio = log_ratio.clone().exp();
    let advantage = column(&targets.advantages);
    let clipped = ratio.clone().clamp(1.0 - config.clip, 1.0 + config.clip);
    let gain = (ratio.clone() * advantage.clone()).min_pair(clipped * advantage);
    let entropy = -(logs.clone().exp() * logs).sum_dim(1); // [B, 1]
    let error = (column(&targets.returns) - output.values.reshape([size, 1])).powi_scalar(2);
    let kl = ratio.clone() - 1.0 - log_ratio;
    let (policy, value) = (-gain.sum(), error.sum());
    let (entropy, kl) = (entropy.sum(), kl.sum());
    let terms = terms_error(output.terms, targets, device);
    let policy = match objective {
        Objective::Ppo => policy,
        Objective::Imitation => -log.sum(),
        Objective::Prediction => policy * 0.0,
    };
    let mut total = policy.clone()
        + value.clone() * config.value_coefficient
        + terms.clone() * config.terms_coefficient;
    if objective == Objective::Ppo {
        total = total - entropy.clone() * config.entropy_coefficient
            + kl.clone() * config.kl_coefficient;
    }
    let ratios = floats(ratio.reshape([size]));
    let beyond = ratios.iter().filter(|&&ratio| (f64::from(ratio) - 1.0).abs() > config.clip);
    let clipped = beyond.count() as f64;
    let sums = Sums {
        policy: scalar(policy),
        value: scalar(value),
        entropy: scalar(entropy),
        kl: scalar(kl),
        clipped,
        terms: scalar(terms),
    };
    (total, sums)
}

/// Squared errors of the predicted cost terms, summed; zero where the network predicts none.
fn terms_error(predicted: Option<Tensor<2>>, targets: &Targets, device: &Device) -> Tensor<1> {
    let Some(predicted) = predicted else { return Tensor::zeros([1], device) };
    let size = predicted.dims()[0];
    let scale = [WIRELENGTH_SCALE, 1.0, 1.0];
    let rows = targets.terms.iter();
    let known: Vec<f32> =
        rows.clone().flat_map(|terms| [f32::from(u8::from(terms.is_some())); 3]).collect();
    let wanted: Vec<f32> = rows
        .flat_map(|t| {
            let t = t.unwrap_or_default();
            [0, 1, 2].map(|i| t[i] * scale[i])
        })
        .collect();
    let matrix =
        |values: Vec<f32>| Tensor::<2>::from_data(TensorData::new(values, [size, 3]), device);
    ((predicted - matrix(wanted)).powi_scalar(2) * matrix(known)).sum()
}

fn scalar(tensor: Tensor<1>) -> f64 {
    f64::from(floats(tensor)[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a network says of two steps with three cells each, cut from one vector.
    fn said(flat: &Tensor<1>) -> Output {
        Output {
            logits: flat.clone().slice(0..6).reshape([2, 3]),
            values: flat.clone().slice(6..8),
            terms: Some(flat.clone().slice(8..14).reshape([2, 3])),
        }
    }

    #[test]
    fn gradients_equal_finite_differences() {
        let point: Vec<f32> = (0..14).map(|i| (1.7 * i as f32).sin()).collect();
        let targets = Targets {
            actions: vec![1, 2],
            masks: vec![true, true, true, false, true, true],
            // The first ratio is clipped, the second is not.
            log_probabilities: vec![-3.0, -0.6],
            advantages: vec![1.3, -0.7],
            returns: vec![-1.0, -0.5],
            terms: vec![Some([0.1, 0.6, 0.9]), None],
        };
        let config = Config {
            temperature: 0.7,
            kl_coefficient: 0.3,
            entropy_coefficient: 0.2,
            terms_coefficient: 0.4,
            ..Config::default()
        };
        let tensor = |values: &[f32], device: &Device| {
            Tensor::<1>::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
        };
        for objective in [Objective::Ppo, Objective::Imitation, Objective::Prediction] {
            let device = Device::flex().autodiff();
            let flat = tensor(&point, &device).require_grad();
            let (total, _) = loss(said(&flat), &targets, (&config, objective), &device);
            let gradient = floats(flat.grad(&total.backward()).expect("the leaf has a gradient"));
            let device = Device::flex();
            let value = |i: usize, step: f32| {
                let mut moved = point.clone();
                moved[i] += step;
                let output = said(&tensor(&moved, &device));
                scalar(loss(output, &targets, (&config, objective), &device).0)
            };
            const STEP: f32 = 0.01;
            for (i, &found) in gradient.iter().enumerate() {
                let expected = (value(i, STEP) - value(i, -STEP)) / (2.0 * f64::from(STEP));
                let off = (f64::from(found) - expected).abs();
                assert!(
                    off < 2e-3 * (1.0 + expected.abs()),
                    "{objective:?} {i}: {found} {expected}"
                );
            }
            assert_eq!(gradient[3], 0.0, "an illegal cell has no part in it");
        }
    }

    /// Two steps with two cells each, worked out by hand.
    #[test]
    fn the_loss_equals_hand_computed_numbers() {
        let device = Device::flex();
        let tensor =
            |values: Vec<f32>| Tensor::<2>::from_data(TensorData::new(values, [2, 2]), &device);
        let output = Output {
            logits: tensor(vec![3.0_f32.ln(), 0.0, 7.0, 9.0]),
            values: Tensor::from_data(TensorData::new(vec![1.0_f32, -1.0], [2]), &device),
            terms: None,
        };
        let targets = Targets {
            actions: vec![0, 0],
            masks: vec![true, true, true, false],
            log_probabilities: vec![0.5_f32.ln(), 0.0],
            advantages: vec![2.0, -1.0],
            returns: vec![0.0, 1.0],
            terms: vec![None, None],
        };
        let config = Config { kl_coefficient: 0.0, ..Config::default() };
        let (total, sums) = loss(output, &targets, (&config, Objective::Ppo), &device);
        // Step 1: π = (3/4, 1/4), ρ = 1.5 clipped to 1.2, gain 2.4. Step 2: one legal cell, ρ = 1.
        let entropy = -(0.75 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln());
        assert!((sums.policy - (-2.4 + 1.0)).abs() < 1e-5, "{sums:?}");
        assert!((sums.value - (1.0 + 4.0)).abs() < 1e-5, "{sums:?}");
        assert!((sums.entropy - entropy).abs() < 1e-5, "{sums:?}");
        assert!((sums.kl - (0.5 - 1.5_f64.ln())).abs() < 1e-5, "{sums:?}");
        assert_eq!(sums.clipped, 1.0);
        let expected = sums.policy + 0.5 * sums.value - 0.01 * sums.entropy;
        assert!((scalar(total) - expected).abs() < 1e-5, "{sums:?}");
    }
}
