use burn::tensor::Device;

/// What the network is computed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compute {
    /// The processor; the same seed gives the same numbers on any number of threads.
    #[default]
    Cpu,
    /// A GPU. It adds up in another order than the processor, so results differ in their last digits.
    #[cfg(feature = "gpu")]
    Gpu,
}

impl Compute {
    /// The device of the tensors.
    pub fn device(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "gpu")]
            Self::Gpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
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
