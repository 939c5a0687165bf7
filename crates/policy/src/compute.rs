use burn::tensor::Device;

/// What the network is computed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compute {
    /// The processor; the same seed gives the same numbers on any number of threads.
    #[default]
    Cpu,
    /// An NVIDIA GPU through CUDA. Sums are made in another order than on the processor, so results
    /// differ in their last digits, also from run to run.
    #[cfg(feature = "gpu")]
    Gpu,
}

impl Compute {
    /// The device of the tensors.
    pub fn device(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "gpu")]
            Self::Gpu => Device::cuda(0),
        }
    }

    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            #[cfg(feature = "gpu")]
            Self::Gpu => "gpu",
        }
    }
}
