use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_policy::{CheckpointError, Network, Parameters, floats, policy};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::adam::Adam;
use crate::advantages::{advantages, normalize};
use crate::loss::{Objective, Sums, Targets, loss};
use crate::{Config, Design, Progress, Rollout};

/// A checkpoint that cannot be continued from.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LearnerError {
    /// The file is not this network's, or damaged.
    #[error(transparent)]
    Policy(#[from] CheckpointError),
    /// The learner's part is damaged.
    #[error("the checkpoint has no usable learner state: {0}")]
    State(String),
}

/// Means over the minibatches of one iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Clipped policy loss.
    pub policy_loss: f64,
    /// Squared error of the value.
    pub value_loss: f64,
    /// Entropy over the legal cells.
    pub entropy: f64,
    /// Estimated divergence from the collecting policy.
    pub approx_kl: f64,
    /// Share of steps whose ratio was clipped.
    pub clip_fraction: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Squared error of the predicted cost terms.
    #[serde(default)]
    pub terms_loss: f64,
    /// Share of the returns' variance that the values explain.
    pub explained_variance: f64,
    /// Minibatches.
    pub minibatches: u64,
}

/// Parameters, optimizer state and progress: all that a checkpoint holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Learner {
    parameters: Parameters,
    adam: Adam,
    /// How far the run has come.
    pub progress: Progress,
}

/// The part of a checkpoint that is not tensors.
#[derive(Serialize, Deserialize)]
struct State {
    adam_steps: u64,
    #[serde(flatten)]
    progress: Progress,
}

/// One step of one episode.
#[derive(Clone, Copy)]
struct Sample<'a> {
    rollout: &'a Rollout,
    step: usize,
    advantage: f32,
    value_target: f32,
}

impl Learner {
    /// A fresh network.
    pub fn new(network: Network, seed: u64) -> Self {
        Self::from_parameters(Parameters::init(network, seed))
    }

    /// Continues from a trained network with a fresh optimizer.
    pub fn from_parameters(parameters: Parameters) -> Self {
        let adam = Adam::new(parameters.values.len());
        Self { parameters, adam, progress: Progress::default() }
    }

    /// The policy's parameters as they stand.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Improves the policy on the rollouts of one iteration.
    ///
    /// `None` once `stop` is set; the learner is then as it was before.
    pub fn update(
        &mut self,
        designs: &[Design],
        rollouts: &[Rollout],
        config: &Config,
        stop: &AtomicBool,
    ) -> Option<Update> {
        let epochs = match config.epoch_mode {
            crate::EpochMode::Textbook => config.epochs,
            crate::EpochMode::SinglePass => 1,
        };
        self.learn(designs, rollouts, (config, Objective::Ppo), epochs, stop)
    }

    /// Several passes over the rollouts, towards either objective.
    pub(crate) fn learn(
        &mut self,
        designs: &[Design],
        rollouts: &[Rollout],
        (config, objective): (&Config, Objective),
        epochs: usize,
        stop: &AtomicBool,
    ) -> Option<Update> {
        let before = self.clone();
        let samples = samples(rollouts, config);
        let mut total = Update::default();
        for epoch in 0..epochs {
            let seed =
                config.seed ^ (self.progress.iteration << 20) ^ ((epoch as u64) << 56) ^ 0x5eed;
            for minibatch in minibatches(&samples, designs.len(), config, seed) {
                if stop.load(Ordering::Relaxed) {
                    *self = before;
                    return None;
                }
                let design = &designs[minibatch[0].rollout.design];
                self.minibatch(design, &minibatch, (config, objective), &mut total);
            }
        }
        let n = total.minibatches.max(1) as f64;
        for mean in [
            &mut total.policy_loss,
            &mut total.value_loss,
            &mut total.entropy,
            &mut total.approx_kl,
            &mut total.clip_fraction,
            &mut total.gradient_norm,
            &mut total.terms_loss,
        ] {
            *mean /= n;
        }
        total.explained_variance = explained_variance(&samples);
        Some(total)
    }

    fn minibatch(
        &mut self,
        design: &Design,
        samples: &[Sample<'_>],
        (config, objective): (&Config, Objective),
        total: &mut Update,
    ) {
        let mut gains: Vec<f32> = samples.iter().map(|sample| sample.advantage).collect();
        normalize(&mut gains);
        let samples: Vec<Sample<'_>> = samples
            .iter()
            .zip(gains)
            .map(|(&sample, advantage)| Sample { advantage, ..sample })
            .collect();
        let parameters = &self.parameters;
        let chunks: Vec<(Vec<f32>, Sums)> = samples
            .par_chunks(config.chunk.max(1))
            .map(|chunk| gradient(parameters, design, chunk, (config, objective)))
            .collect();
        // Added up in the order of the chunks, whichever thread made them.
        let n = samples.len() as f64;
        let mut sum = vec![0.0_f64; self.parameters.values.len()];
        let mut sums = Sums::default();
        for (part, own) in &chunks {
            sum.iter_mut().zip(part).for_each(|(sum, &part)| *sum += f64::from(part) / n);
            sums.policy += own.policy / n;
            sums.value += own.value / n;
            sums.entropy += own.entropy / n;
            sums.kl += own.kl / n;
            sums.clipped += own.clipped / n;
            sums.terms += own.terms / n;
        }
        let norm = sum.iter().map(|g| g * g).sum::<f64>().sqrt();
        total.minibatches += 1;
        total.policy_loss += sums.policy;
        total.value_loss += sums.value;
        total.entropy += sums.entropy;
        total.approx_kl += sums.kl;
        total.clip_fraction += sums.clipped;
        total.terms_loss += sums.terms;
        total.gradient_norm += norm;
        if !norm.is_finite() {
            // A step along it would destroy the policy; the log shows the norm.
            return;
        }
        let scale = if norm > config.gradient_norm { config.gradient_norm / norm } else { 1.0 };
        let step: Vec<f32> = sum.iter().map(|g| (g * scale) as f32).collect();
        self.adam.step(
            &mut self.parameters.values,
            &step,
            config.learning_rate,
            config.adam_epsilon,
        );
    }

    /// Packs everything into the bytes of a checkpoint; equal learners give equal bytes.
    ///
    /// # Errors
    /// Those of the safetensors format; none in practice.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LearnerError> {
        let state = State { adam_steps: self.adam.steps, progress: self.progress.clone() };
        let state =
            serde_json::to_string(&state).map_err(|e| LearnerError::State(e.to_string()))?;
        let policy = flagstone_policy::write(&self.parameters, HashMap::new())?;
        let raw =
            |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|v| v.to_le_bytes()).collect() };
        let (mean, square) = (raw(&self.adam.mean), raw(&self.adam.square));
        let n = self.adam.mean.len();
        let format = |error: safetensors::SafeTensorError| LearnerError::Policy(error.into());
        let policy = SafeTensors::deserialize(&policy).map_err(format)?;
        let mut views = policy.tensors();
        views.sort_by(|a, b| a.0.cmp(&b.0));
        views.push((
            "adam.mean".into(),
            TensorView::new(Dtype::F32, vec![n], &mean).map_err(format)?,
        ));
        views.push((
            "adam.square".into(),
            TensorView::new(Dtype::F32, vec![n], &square).map_err(format)?,
        ));
        let metadata = HashMap::from([("learner".to_owned(), state)]);
        safetensors::serialize(views, Some(metadata)).map_err(format)
    }

    /// Unpacks a checkpoint.
    ///
    /// # Errors
    /// Where the file is damaged, belongs to another network or holds no learner.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnerError> {
        let parameters = flagstone_policy::read(bytes)?;
        let missing = |what: &str| LearnerError::State(format!("{what} is missing"));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(CheckpointError::from)?;
        let metadata = header.metadata().as_ref().ok_or_else(|| missing("the metadata"))?;
        let state = metadata.get("learner").ok_or_else(|| missing("\"learner\""))?;
        let state: State =
            serde_json::from_str(state).map_err(|error| LearnerError::State(error.to_string()))?;
        let file = SafeTensors::deserialize(bytes).map_err(CheckpointError::from)?;
        let moments = |name: &str| -> Result<Vec<f32>, LearnerError> {
            let tensor = file.tensor(name).map_err(|_| missing(name))?;
            let floats = tensor.data().chunks_exact(4);
            let values: Vec<f32> =
                floats.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            let fits = values.len() == parameters.values.len();
            if fits {
                Ok(values)
            } else {
                Err(LearnerError::State(format!("{name} has a wrong length")))
            }
        };
        let (mean, square) = (moments("adam.mean")?, moments("adam.square")?);
        let adam = Adam { mean, square, steps: state.adam_steps };
        Ok(Self { adam, parameters, progress: state.progress })
    }
}

/// Every step of the rollouts with what it is to teach.
fn samples<'a>(rollouts: &'a [Rollout], config: &Config) -> Vec<Sample<'a>> {
    let mut samples = Vec::new();
    for rollout in rollouts {
        let (gains, returns) =
            advantages(&rollout.values, &rollout.rewards(), config.gamma, config.lambda);
        let targets = gains.into_iter().zip(returns).enumerate();
        samples.extend(targets.map(|(step, (advantage, value_target))| Sample {
            rollout,
            step,
            advantage,
            value_target,
        }));
    }
    samples
}

/// Shuffled minibatches, each of one design, in shuffled order.
fn minibatches<'a>(
    samples: &[Sample<'a>],
    n_designs: usize,
    config: &Config,
    seed: u64,
) -> Vec<Vec<Sample<'a>>> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    let most = if config.minibatches == 0 { usize::MAX } else { config.minibatches };
    let mut all = Vec::new();
    for design in 0..n_designs {
        let mut own: Vec<Sample<'a>> =
            samples.iter().filter(|s| s.rollout.design == design).copied().collect();
        shuffle(&mut own, &mut rng);
        all.extend(own.chunks(config.minibatch.max(1)).take(most).map(<[Sample<'a>]>::to_vec));
    }
    if n_designs > 1 {
        shuffle(&mut all, &mut rng);
    }
    all
}

fn shuffle<T>(all: &mut [T], rng: &mut Pcg64Mcg) {
    for i in (1..all.len()).rev() {
        all.swap(i, rng.random_range(0..=i));
    }
}

/// The gradient of one chunk's summed loss.
fn gradient(
    parameters: &Parameters,
    design: &Design,
    samples: &[Sample<'_>],
    (config, objective): (&Config, Objective),
) -> (Vec<f32>, Sums) {
    let device = config.compute.device().autodiff();
    let policy = policy(parameters, &device);
    let observations: Vec<_> = samples.iter().map(|s| &s.rollout.observations[s.step]).collect();
    let output = policy.forward(&design.graph, &policy.encode(&design.graph), &observations);
    let terms = |s: &Sample<'_>| {
        let cost = s.rollout.outcome.as_ref()?.cost;
        Some([cost.wirelength, cost.density, cost.congestion].map(|term| term as f32))
    };
    let targets = Targets {
        actions: samples.iter().map(|s| s.rollout.actions[s.step]).collect(),
        masks: observations.iter().flat_map(|o| o.mask.iter().copied()).collect(),
        log_probabilities: samples.iter().map(|s| s.rollout.log_probabilities[s.step]).collect(),
        advantages: samples.iter().map(|s| s.advantage).collect(),
        returns: samples.iter().map(|s| s.value_target).collect(),
        terms: samples.iter().map(terms).collect(),
    };
    let (total, sums) = loss(output, &targets, (config, objective), &device);
    let gradients = total.backward();
    let flat = policy.flat().grad(&gradients).expect("the loss depends on the parameters");
    (floats(flat), sums)
}

fn explained_variance(samples: &[Sample<'_>]) -> f64 {
    let n = samples.len().max(1) as f64;
    let variance = |values: &dyn Fn(&Sample<'_>) -> f64| {
        let mean = samples.iter().map(values).sum::<f64>() / n;
        samples.iter().map(|sample| (values(sample) - mean).powi(2)).sum::<f64>() / n
    };
    let target = variance(&|sample| f64::from(sample.value_target));
    let error = variance(&|sample| f64::from(sample.advantage));
    if target > 0.0 { 1.0 - error / target } else { 0.0 }
}
