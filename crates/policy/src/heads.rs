//! The policy head, which draws a picture of logits, and the value head.

use std::ops::Range;

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::conv_transpose2d;
use burn::tensor::ops::ConvTransposeOptions;

use crate::GRID;
use crate::alphachip::{CHANNELS, SEED_SIDE};
use crate::model::{Dense, Take};

/// A transposed convolution with a 3 × 3 kernel.
struct Deconvolution {
    weight: Tensor<4>,
    bias: Tensor<1>,
}

/// Trunk → logits of 128 × 128 cells.
pub(crate) struct PolicyHead {
    dense: Dense,
    deconvolutions: Vec<Deconvolution>,
}

impl PolicyHead {
    pub(crate) fn take(from: &mut Take) -> Self {
        let dense = from.dense();
        let layers = CHANNELS.len() - 1;
        let deconvolutions = (0..layers)
            .map(|_| Deconvolution { weight: from.kernel(), bias: from.bias() })
            .collect();
        Self { dense, deconvolutions }
    }

    /// The part of the 128 × 128 logits that lies in `window`; only what it depends on is computed.
    ///
    /// # Shapes
    /// trunk `[B, 7 D]`, returns `[B, rows, columns]` of the window, rows from the bottom.
    pub(crate) fn forward(&self, trunk: Tensor<2>, window: Window) -> Tensor<3> {
        let [size, _] = trunk.dims();
        let seed = relu(self.dense.forward(trunk)); // [B, 2048]
        let seed = seed.reshape([size, SEED_SIDE, SEED_SIDE, CHANNELS[0]]).permute([0, 3, 1, 2]); // [B, 32, 8, 8]
        let windows = self.windows(&window);
        let first = &windows[0];
        let mut picture =
            seed.slice([0..size, 0..CHANNELS[0], first.rows.clone(), first.columns.clone()]);
        for (i, layer) in self.deconvolutions.iter().enumerate() {
            let last = i + 1 == self.deconvolutions.len();
            let step = if last { Step::Same } else { Step::Double };
            picture = layer.forward(picture, step, &windows[i], &windows[i + 1]);
            picture = if last { picture } else { relu(picture) };
        }
        picture.reshape([size, window.rows.len(), window.columns.len()])
    }

    /// What each layer must be given for `window` to come out of the last one, and `window` itself.
    fn windows(&self, window: &Window) -> Vec<Window> {
        let mut windows = vec![window.clone()];
        for i in (0..self.deconvolutions.len()).rev() {
            let last = i + 1 == self.deconvolutions.len();
            let (step, side) =
                if last { (Step::Same, GRID) } else { (Step::Double, SEED_SIDE << i) };
            let Window { rows, columns } = windows[windows.len() - 1].clone();
            windows
                .push(Window { rows: step.input(rows, side), columns: step.input(columns, side) });
        }
        windows.reverse();
        windows
    }
}

/// A rectangle of cells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) rows: Range<usize>,
    pub(crate) columns: Range<usize>,
}

/// How a layer changes the side of its picture.
#[derive(Clone, Copy)]
enum Step {
    /// Twice the side: output `o` sums the inputs `i` with o = 2 i + k. TensorFlow's "same" padding
    /// is an unpadded deconvolution without its last row and column.
    Double,
    /// The same side: o = i + k − 1.
    Same,
}

impl Step {
    /// The inputs that outputs depend on, with a 3 × 3 kernel.
    fn input(self, output: Range<usize>, side: usize) -> Range<usize> {
        match self {
            Self::Double => {
                output.start.saturating_sub(1) / 2..(output.end.saturating_sub(1) / 2 + 1).min(side)
            }
            Self::Same => output.start.saturating_sub(1)..(output.end + 1).min(side),
        }
    }

    /// Where `output` lies in the unpadded deconvolution of `input`.
    fn within(self, output: &Range<usize>, input: &Range<usize>) -> Range<usize> {
        let start = match self {
            Self::Double => output.start - 2 * input.start,
            Self::Same => output.start + 1 - input.start,
        };
        start..start + output.len()
    }
}

impl Deconvolution {
    /// From a window of the input to a window of the output.
    fn forward(&self, x: Tensor<4>, step: Step, from: &Window, to: &Window) -> Tensor<4> {
        let stride = match step {
            Step::Double => 2,
            Step::Same => 1,
        };
        let options = ConvTransposeOptions::new([stride; 2], [0, 0], [0, 0], [1, 1], 1);
        let y = conv_transpose2d(x, self.weight.clone(), Some(self.bias.clone()), options);
        let [size, channels, ..] = y.dims();
        let rows = step.within(&to.rows, &from.rows);
        let columns = step.within(&to.columns, &from.columns);
        y.slice([0..size, 0..channels, rows, columns])
    }
}

/// Trunk → expected return.
pub(crate) struct ValueHead {
    layers: [Dense; 3],
}

impl ValueHead {
    pub(crate) fn take(from: &mut Take) -> Self {
        Self { layers: [from.dense(), from.dense(), from.dense()] }
    }

    /// # Shapes
    /// trunk `[B, 7 D]`, returns `[B]`.
    pub(crate) fn forward(&self, trunk: Tensor<2>) -> Tensor<1> {
        let [size, _] = trunk.dims();
        let hidden = relu(self.layers[0].forward(trunk)); // [B, 32]
        let hidden = relu(self.layers[1].forward(hidden)); // [B, 8]
        self.layers[2].forward(hidden).reshape([size])
    }
}
