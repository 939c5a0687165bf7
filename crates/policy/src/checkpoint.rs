//! A policy's file: safetensors with one tensor a parameter, names as in the layout.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use thiserror::Error;

use crate::layout::{Network, Parameters};

/// A file that is not this network's.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file is damaged or no safetensors file.
    #[error("not a safetensors file: {0}")]
    Format(#[from] safetensors::SafeTensorError),
    /// No network has parameters of these names.
    #[error("the file holds no policy of a known network")]
    Network,
    /// A parameter is missing.
    #[error("parameter {0:?} is missing")]
    Missing(&'static str),
    /// A parameter has another shape or type.
    #[error("parameter {name:?} has shape {found:?}, expected {expected:?} of 32-bit floats")]
    Shape {
        /// Name of the parameter.
        name: &'static str,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape of the network.
        expected: Vec<usize>,
    },
}

/// Packs parameters, with free-form metadata, into the bytes of a file.
///
/// # Errors
/// Those of the safetensors format; none in practice.
pub fn write(
    parameters: &Parameters,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, CheckpointError> {
    let bytes: Vec<u8> = parameters.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut at = 0;
    let mut views = Vec::with_capacity(parameters.network.layout().len());
    for entry in parameters.network.layout() {
        let data = &bytes[at..at + 4 * entry.len()];
        at += 4 * entry.len();
        let shape = entry.shape[..entry.rank].to_vec();
        views.push((entry.name, TensorView::new(Dtype::F32, shape, data)?));
    }
    let metadata = (!metadata.is_empty()).then_some(metadata);
    Ok(safetensors::serialize(views, metadata)?)
}

/// Unpacks the bytes of a file; the names in it tell which network they belong to.
///
/// # Errors
/// Where the file is damaged or belongs to another network.
pub fn read(bytes: &[u8]) -> Result<Parameters, CheckpointError> {
    let file = SafeTensors::deserialize(bytes)?;
    let first = |network: &Network| network.layout()[0].name;
    let network = Network::ALL.into_iter().find(|network| file.tensor(first(network)).is_ok());
    let network = network.ok_or(CheckpointError::Network)?;
    let mut values = Vec::with_capacity(network.n_parameters());
    for entry in network.layout() {
        let tensor = file.tensor(entry.name).map_err(|_| CheckpointError::Missing(entry.name))?;
        let expected = &entry.shape[..entry.rank];
        if tensor.shape() != expected || tensor.dtype() != Dtype::F32 {
            return Err(CheckpointError::Shape {
                name: entry.name,
                found: tensor.shape().to_vec(),
                expected: expected.to_vec(),
            });
        }
        let floats = tensor.data().chunks_exact(4);
        values.extend(floats.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])));
    }
    Ok(Parameters { network, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_its_file() {
        for network in Network::ALL {
            let parameters = Parameters::init(network, 5);
            let bytes = write(&parameters, HashMap::new()).unwrap();
            assert_eq!(read(&bytes).unwrap(), parameters);
            assert!(read(&bytes[..1000]).is_err(), "a truncated file is refused");
        }
        assert!(matches!(read(b"nonsense"), Err(CheckpointError::Format(_))));
        let other = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
        let other = safetensors::serialize([("other", other)], None).unwrap();
        assert!(matches!(read(&other), Err(CheckpointError::Network)));
    }
}
