//! The policy head, which draws a picture of logits, and the value head.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::conv_transpose2d;
use burn::tensor::ops::ConvTransposeOptions;

use crate::GRID;
use crate::layout::{CHANNELS, SEED_SIDE};
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

    /// # Shapes
    /// trunk `[B, 7 D]`, returns `[B, 128, 128]`, rows from the bottom.
    pub(crate) fn forward(&self, trunk: Tensor<2>) -> Tensor<3> {
        let [size, _] = trunk.dims();
        let seed = relu(self.dense.forward(trunk)); // [B, 2048]
        let mut picture =
            seed.reshape([size, SEED_SIDE, SEED_SIDE, CHANNELS[0]]).permute([0, 3, 1, 2]); // [B, 32, 8, 8]
        let last = self.deconvolutions.len() - 1;
        for (i, layer) in self.deconvolutions.iter().enumerate() {
            picture = if i < last { relu(layer.double(picture)) } else { layer.same(picture) };
        }
        picture.reshape([size, GRID, GRID])
    }
}

impl Deconvolution {
    /// Twice the side. TensorFlow's "same" padding is an unpadded deconvolution without its last row
    /// and column.
    fn double(&self, x: Tensor<4>) -> Tensor<4> {
        let [size, _, side, _] = x.dims();
        let options = ConvTransposeOptions::new([2, 2], [0, 0], [0, 0], [1, 1], 1);
        let y = conv_transpose2d(x, self.weight.clone(), Some(self.bias.clone()), options);
        let channels = y.dims()[1];
        y.slice([0..size, 0..channels, 0..2 * side, 0..2 * side])
    }

    /// The same side.
    fn same(&self, x: Tensor<4>) -> Tensor<4> {
        let options = ConvTransposeOptions::new([1, 1], [1, 1], [0, 0], [1, 1], 1);
        conv_transpose2d(x, self.weight.clone(), Some(self.bias.clone()), options)
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
