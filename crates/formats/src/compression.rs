//! gzip and xz, with a limit on what a small file may grow to.

use std::io::{self, Read};

use thiserror::Error;

/// Default limit on what a compressed file may unpack to: 4 GiB.
pub const MAX_UNPACKED_BYTES: u64 = 4 << 30;

/// Windows that xz files may always ask for, bytes: one of `xz -9`, whatever the file's size.
const FREE_WINDOW: u64 = 64 << 20;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const XZ: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];

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
    /// Unpacking takes more memory than the limit.
    #[error("its xz blocks ask for {bytes} bytes of memory, more than {limit}")]
    TooHungry {
        /// What the blocks ask for.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

/// Unpacks gzip and xz data, told by their first bytes; anything else is returned as it is.
///
/// # Errors
/// Where the data is damaged, cut off or unpacks to more than `limit` bytes.
pub fn decompress(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, DecompressError> {
    if bytes.starts_with(&GZIP) {
        let mut out = Chunks::default();
        let reader = flate2::read::MultiGzDecoder::new(&bytes[..]);
        unpack(reader, limit, &mut out).map_err(DecompressError::Gzip)?;
        out.joined(limit)
    } else if bytes.starts_with(&XZ) {
        let (asked, limit_of_windows) = (windows(&bytes), limit.max(FREE_WINDOW));
        if asked > limit_of_windows {
            return Err(DecompressError::TooHungry { bytes: asked, limit: limit_of_windows });
        }
        unpack_xz(&bytes, limit).map_err(DecompressError::Xz)?.joined(limit)
    } else {
        Ok(bytes)
    }
}

/// What was unpacked so far. One vector would be copied as it grows, and what is refused in the end
/// would take twice the limit.
#[derive(Default)]
struct Chunks {
    /// All but the last hold [`LENGTH`](Self::LENGTH) bytes.
    chunks: Vec<Vec<u8>>,
    len: u64,
}

impl Chunks {
    const LENGTH: usize = 1 << 20;

    /// The chunk to go on with and how much it takes.
    fn open(&mut self) -> (&mut Vec<u8>, usize) {
        if self.len == (self.chunks.len() * Self::LENGTH) as u64 {
            self.chunks.push(Vec::with_capacity(Self::LENGTH));
        }
        let last = self.chunks.len() - 1;
        let room = Self::LENGTH - self.chunks[last].len();
        (&mut self.chunks[last], room)
    }

    fn joined(self, limit: u64) -> Result<Vec<u8>, DecompressError> {
        if self.len > limit {
            return Err(DecompressError::TooLarge { limit });
        }
        let mut out = Vec::with_capacity(self.len as usize);
        // One after the other is dropped, so that little is there twice.
        self.chunks.into_iter().for_each(|chunk| out.extend(chunk));
        Ok(out)
    }
}

/// Appends what the reader gives, as far as one byte beyond the limit.
fn unpack(mut reader: impl Read, limit: u64, out: &mut Chunks) -> io::Result<()> {
    loop {
        let left = limit.saturating_add(1).saturating_sub(out.len);
        let (chunk, room) = out.open();
        let read = reader.by_ref().take(left.min(room as u64)).read_to_end(chunk)?;
        if read == 0 {
            return Ok(());
        }
        out.len += read as u64;
    }
}

/// Unpacks all streams of a file one after the other; between them are zeros, a multiple of four.
fn unpack_xz(bytes: &[u8], limit: u64) -> io::Result<Chunks> {
    let mut out = Chunks::default();
    let mut rest = bytes;
    while !rest.is_empty() && out.len <= limit {
        let mut reader = lzma_rust2::XzReader::new(rest, false);
        unpack(&mut reader, limit, &mut out)?;
        if out.len > limit {
            break;
        }
        let after = reader.into_inner();
        let zeros = after.iter().take_while(|&&byte| byte == 0).count();
        if zeros % 4 != 0 {
            let what = "the zeros after a stream are no multiple of four";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        rest = &after[zeros..];
    }
    Ok(out)
}

/// Bytes of the windows that all blocks of an xz file ask for. Each is allocated and cleared before
/// its block is unpacked, so a few bytes can ask for gigabytes, or for a long time.
///
/// A block's header begins at a multiple of four bytes and ends in its own CRC32: a look at every
/// such place misses none.
fn windows(bytes: &[u8]) -> u64 {
    (0..bytes.len()).step_by(4).filter_map(|at| window(&bytes[at..])).sum()
}

/// The window of the block whose header stands here, if one does.
/// Source: "The .xz File Format" 1.2.1, sections 3.1 and 5.3.1.
fn window(bytes: &[u8]) -> Option<u64> {
    const LZMA2: u8 = 0x21;
    const ALL: u8 = 40;
    let size = usize::from(*bytes.first().filter(|&&size| size != 0)?) * 4 + 4;
    let (header, crc) = bytes.get(..size)?.split_at(size - 4);
    // LZMA2 is the last filter; behind its one byte of properties are zeros.
    let end = header.iter().rposition(|&byte| byte != 0)?;
    let [LZMA2, 1, property @ ..=ALL] = *header.get(end.checked_sub(2)?..=end)? else {
        return None;
    };
    let mut found = flate2::Crc::new();
    found.update(header);
    if crc != found.sum().to_le_bytes() {
        return None;
    }
    Some(if property == ALL {
        u64::from(u32::MAX)
    } else {
        (2 | u64::from(property & 1)) << (property / 2 + 11)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lzma_rust2::{XzOptions, XzWriter};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn xz(text: &[u8], window: u32) -> Vec<u8> {
        let mut options = XzOptions::with_preset(1);
        options.lzma_options.dict_size = window;
        let mut writer = XzWriter::new(Vec::new(), options).unwrap();
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_and_limited() {
        assert_eq!(decompress(gzip(b"abc"), 3).unwrap(), b"abc");
        assert!(matches!(
            decompress(gzip(b"abcd"), 3),
            Err(DecompressError::TooLarge { limit: 3 })
        ));
        let long: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        assert!(decompress(gzip(&long), 3_000_000).unwrap() == long, "chunks keep their order");
        let cut = gzip(b"some text")[..12].to_vec();
        assert!(matches!(decompress(cut, 100), Err(DecompressError::Gzip(_))));
    }

    #[test]
    fn xz_is_unpacked_and_limited() {
        let packed = xz(b"abcd", 1 << 20);
        assert_eq!(windows(&packed), 1 << 20);
        assert_eq!(decompress(packed.clone(), 4).unwrap(), b"abcd");
        assert!(matches!(decompress(packed.clone(), 3), Err(DecompressError::TooLarge { .. })));
        for end in XZ.len()..packed.len() {
            assert!(decompress(packed[..end].to_vec(), 9).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn streams_follow_each_other_in_any_number() {
        const N: usize = 20_000;
        let one = xz(b"", 1 << 12);
        let mut packed = one.repeat(N);
        packed.extend([0; 8]);
        packed.extend(xz(b"end", 1 << 12));
        assert_eq!(decompress(packed.clone(), 9).unwrap(), b"end");
        packed.extend([0; 2]);
        assert!(matches!(decompress(packed, 9), Err(DecompressError::Xz(_))));
    }

    #[test]
    fn a_huge_window_is_refused_before_it_is_allocated() {
        let mut packed = xz(b"abc", 1 << 16);
        // Stream header, then the block's: size, flags, filter, size of properties, the property.
        const AT: usize = 12;
        assert_eq!(packed[AT..AT + 4], [2, 0, 0x21, 1]);
        packed[AT + 4] = 40;
        let mut crc = flate2::Crc::new();
        crc.update(&packed[AT..AT + 8]);
        packed[AT + 8..AT + 12].copy_from_slice(&crc.sum().to_le_bytes());
        let refused = decompress(packed, 1000);
        let asked = u64::from(u32::MAX);
        assert!(
            matches!(refused, Err(DecompressError::TooHungry { bytes, .. }) if bytes == asked),
            "{refused:?}"
        );
    }

    #[test]
    fn plain_text_passes_through() {
        assert_eq!(decompress(b"node {".to_vec(), 10).unwrap(), b"node {");
    }
}
