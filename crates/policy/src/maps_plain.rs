//! The `maps` network on plain arrays: what playing episodes on the processor needs of it.
//!
//! The same function as the tensors compute, without their bookkeeping, which on grids of a few
//! hundred cells takes longer than the arithmetic. Channels lie one after the other, their cells
//! padded to whole runs of [`LANES`], so that the compiler makes vector instructions of every loop.

use flagstone_env::{N_MAPS, N_SCALARS, Observation};

use crate::graph::Graph;
use crate::layout::Parameters;
use crate::maps_layout::{D, DILATION, HIDDEN, N_VALUES, WIDTH};

/// Cells computed together.
const LANES: usize = 8;

/// Output channels computed together.
const OUTPUTS: usize = 4;

/// Taps of the convolution that looks around, along one axis.
const SIDE: usize = 3;

/// A fully connected layer.
struct Layer {
    /// Input by input.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn new(parameters: &Parameters, name: &str) -> Self {
        let part = |end: &str| parameters.part(&format!("maps.{name}.{end}")).to_vec();
        Self { weight: part("weight"), bias: part("bias") }
    }

    fn forward(&self, x: &[f32]) -> Vec<f32> {
        let mut y = self.bias.clone();
        for (&x, weights) in x.iter().zip(self.weight.chunks_exact(y.len())) {
            y.iter_mut().zip(weights).for_each(|(y, &weight)| *y += x * weight);
        }
        y
    }
}

/// A convolution with its outputs in groups: `[WIDTH / OUTPUTS][inputs × taps][OUTPUTS]`.
struct Convolution {
    weight: Vec<[f32; OUTPUTS]>,
    bias: Vec<f32>,
}

impl Convolution {
    fn new(parameters: &Parameters, name: &str) -> Self {
        let Layer { weight, bias } = Layer::new(parameters, name);
        let per_output = weight.len() / WIDTH;
        let groups = (0..WIDTH).step_by(OUTPUTS);
        let weight = groups
            .flat_map(|first| (0..per_output).map(move |at| (first, at)))
            .map(|(first, at)| std::array::from_fn(|o| weight[(first + o) * per_output + at]))
            .collect();
        Self { weight, bias }
    }

    /// The groups of outputs: their weights, and the index of the first output.
    fn groups(&self) -> impl Iterator<Item = (&[[f32; OUTPUTS]], usize)> {
        let per_group = self.weight.len() / (WIDTH / OUTPUTS);
        self.weight.chunks_exact(per_group).zip((0..).step_by(OUTPUTS))
    }
}

/// Adds an input's part to the sums of a run of cells.
#[inline(always)]
fn add(sums: &mut [[f32; LANES]; OUTPUTS], weights: &[f32; OUTPUTS], cells: &[f32]) {
    let Some(cells) = cells.first_chunk::<LANES>() else { return };
    for (sums, &weight) in sums.iter_mut().zip(weights) {
        for (sum, &cell) in sums.iter_mut().zip(cells) {
            *sum += weight * cell;
        }
    }
}

/// The network's parameters, arranged for the loops.
pub(crate) struct Plain {
    state: Layer,
    film: Layer,
    own: Convolution,
    wide: Convolution,
    logit: Vec<f32>,
    value: [Layer; 2],
}

/// Arrays that one observation after another is computed in.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The last channels, then the maps: `[WIDTH + N_MAPS][cells, padded]`.
    all: Vec<f32>,
    /// The first channels: `[WIDTH][cells, padded]`.
    own: Vec<f32>,
    /// The same with a border of zeros: `[WIDTH][rows + border][columns, padded, + border]`.
    bordered: Vec<f32>,
}

impl Plain {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self {
            state: Layer::new(parameters, "state"),
            film: Layer::new(parameters, "film"),
            own: Convolution::new(parameters, "convolution.0"),
            wide: Convolution::new(parameters, "convolution.1"),
            logit: parameters.part("maps.logit.weight").to_vec(),
            value: ["value.0", "value.1"].map(|name| Layer::new(parameters, name)),
        }
    }

    /// Appends the logits of all cells; returns the expected return. `nodes` are the embeddings,
    /// `[N, D]`.
    pub(crate) fn forward(
        &self,
        graph: &Graph,
        nodes: &[f32],
        observation: &Observation,
        scratch: &mut Scratch,
        logits: &mut Vec<f32>,
    ) -> f32 {
        let n = graph.n_cells();
        let padded = n.next_multiple_of(LANES);
        let mut seen = [0.0; D + N_SCALARS];
        seen[..D].copy_from_slice(&nodes[observation.current * D..][..D]);
        seen[D..].copy_from_slice(&observation.scalars);
        let state = rectified(self.state.forward(&seen));
        let Scratch { all, own, bordered } = scratch;
        all.clear();
        all.resize((WIDTH + N_MAPS) * padded, 0.0);
        for (map, to) in
            observation.maps.chunks_exact(n).zip(all.chunks_exact_mut(padded).skip(WIDTH))
        {
            to[..n].copy_from_slice(map);
        }
        own.resize(WIDTH * padded, 0.0);
        self.look_at_cells(&all[WIDTH * padded..], &self.film.forward(&state), padded, own);
        self.look_around(graph, own, bordered, &mut all[..WIDTH * padded]);
        let mut pooled = [0.0; WIDTH + N_MAPS + HIDDEN];
        pooled[WIDTH + N_MAPS..].copy_from_slice(&state);
        let start = logits.len();
        logits.resize(start + n, 0.0);
        for ((channel, &weight), mean) in all.chunks_exact(padded).zip(&self.logit).zip(&mut pooled)
        {
            let channel = &channel[..n];
            logits[start..].iter_mut().zip(channel).for_each(|(to, cell)| *to += weight * cell);
            *mean = sum(channel) / n as f32;
        }
        let hidden = rectified(self.value[0].forward(&pooled));
        let values: Vec<f32> = self.value[1].forward(&hidden);
        debug_assert_eq!(values.len(), N_VALUES, "the return and three terms");
        values[0]
    }

    /// The 1 × 1 convolution, scaled and shifted by the macro.
    fn look_at_cells(&self, maps: &[f32], film: &[f32], padded: usize, own: &mut [f32]) {
        for (weights, first) in self.own.groups() {
            for cell in (0..padded).step_by(LANES) {
                let mut sums = [[0.0; LANES]; OUTPUTS];
                for (map, weights) in maps.chunks_exact(padded).zip(weights) {
                    add(&mut sums, weights, &map[cell..]);
                }
                for (channel, sums) in (first..).zip(&sums) {
                    let (bias, scale) = (self.own.bias[channel], film[channel] + 1.0);
                    let shift = film[WIDTH + channel];
                    let to = &mut own[channel * padded + cell..][..LANES];
                    for (to, sum) in to.iter_mut().zip(sums) {
                        *to = ((sum + bias) * scale + shift).max(0.0);
                    }
                }
            }
        }
    }

    /// The dilated convolution, added to what it looks at.
    fn look_around(&self, graph: &Graph, own: &[f32], bordered: &mut Vec<f32>, wide: &mut [f32]) {
        let (columns, rows, padded) = (graph.columns, graph.rows, own.len() / WIDTH);
        let stride = columns.next_multiple_of(LANES) + (SIDE - 1) * DILATION;
        let area = (rows + (SIDE - 1) * DILATION) * stride;
        bordered.clear();
        bordered.resize(WIDTH * area, 0.0);
        for (from, to) in own.chunks_exact(padded).zip(bordered.chunks_exact_mut(area)) {
            let inside = to.chunks_exact_mut(stride).skip(DILATION);
            for (from, to) in from.chunks_exact(columns).take(rows).zip(inside) {
                to[DILATION..DILATION + columns].copy_from_slice(from);
            }
        }
        for (weights, first) in self.wide.groups() {
            for row in 0..rows {
                for column in (0..columns).step_by(LANES) {
                    let sums = around(bordered, weights, (area, stride), row * stride + column);
                    let n = LANES.min(columns - column);
                    for (channel, sums) in (first..).zip(&sums) {
                        let at = channel * padded + row * columns + column;
                        let bias = self.wide.bias[channel];
                        let cells = wide[at..at + n].iter_mut().zip(&own[at..at + n]);
                        for ((to, own), sum) in cells.zip(sums) {
                            *to = (sum + bias).max(0.0) + own;
                        }
                    }
                }
            }
        }
    }
}

/// Sums over all inputs and taps for a run of cells whose first tap lies at `at`.
#[inline(always)]
fn around(
    bordered: &[f32],
    weights: &[[f32; OUTPUTS]],
    (area, stride): (usize, usize),
    at: usize,
) -> [[f32; LANES]; OUTPUTS] {
    let mut sums = [[0.0; LANES]; OUTPUTS];
    for (input, weights) in bordered.chunks_exact(area).zip(weights.chunks_exact(SIDE * SIDE)) {
        for (y, weights) in weights.chunks_exact(SIDE).enumerate() {
            let line = &input[at + y * DILATION * stride..];
            for (x, weights) in weights.iter().enumerate() {
                add(&mut sums, weights, &line[x * DILATION..]);
            }
        }
    }
    sums
}

fn rectified(mut values: Vec<f32>) -> Vec<f32> {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
    values
}

/// A sum in several running parts, which is faster and loses less than one.
fn sum(values: &[f32]) -> f32 {
    let mut parts = [0.0_f32; LANES];
    let runs = values.chunks_exact(LANES);
    let rest: f32 = runs.remainder().iter().sum();
    for run in runs {
        parts.iter_mut().zip(run).for_each(|(part, value)| *part += value);
    }
    parts.iter().sum::<f32>() + rest
}
