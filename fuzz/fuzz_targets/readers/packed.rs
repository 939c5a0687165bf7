//! gzip and xz: nothing unpacks to more than the limit, and nothing takes much more memory.

#![no_main]

use flagstone_formats::decompress;
use libfuzzer_sys::fuzz_target;

/// Bytes.
const LIMIT: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = decompress(data.to_vec(), LIMIT) {
        assert!(text == data || text.len() as u64 <= LIMIT, "{} bytes", text.len());
    }
});
