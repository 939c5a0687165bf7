use std::io::{self, Read};

use thiserror::Error;

/// Default limit on what a compressed file may unpack to: 4 GiB.
pub const MAX_UNPACKED_BYTES: u64 = 4 << 30;

/// A compressed file that cannot be unpacked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DecompressError {
    /// The gzip stream is damaged or cut off.
    #[error("damaged gzip data: {0}")]
    Gzip(io::Error),
    /// The xz stream is damaged or cut off.
    #[error("damaged xz data: {0}")]
    Xz(io::Error),
    /// The contents are larger than the limit.
    #[error("unpacks to more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}

/// Unpacks gzip and xz data, told by their first bytes; anything else is returned as it is.
///
/// # Errors
/// Where the data is damaged, cut off or unpacks to more than `limit` bytes.
pub fn decompress(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, DecompressError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let reader = flate2::read::MultiGzDecoder::new(&bytes[..]);
        unpack(reader, limit).map_err(DecompressError::Gzip)?.ok_or(too_large(limit))
    } else if bytes.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0]) {
        let reader = lzma_rust2::XzReader::new(&bytes[..], true);
        unpack(reader, limit).map_err(DecompressError::Xz)?.ok_or(too_large(limit))
    } else {
        Ok(bytes)
    }
}

fn too_large(limit: u64) -> DecompressError {
    DecompressError::TooLarge { limit }
}

fn unpack(reader: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut out)?;
    Ok((out.len() as u64 <= limit).then_some(out))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_and_limited() {
        assert_eq!(decompress(gzip(b"abc"), 3).unwrap(), b"abc");
        assert!(matches!(
            decompress(gzip(b"abcd"), 3),
            Err(DecompressError::TooLarge { limit: 3 })
        ));
        let cut = gzip(b"some text")[..12].to_vec();
        assert!(matches!(decompress(cut, 100), Err(DecompressError::Gzip(_))));
    }

    #[test]
    fn plain_text_passes_through() {
        assert_eq!(decompress(b"node {".to_vec(), 10).unwrap(), b"node {");
    }
}
