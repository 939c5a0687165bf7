//! Hypergraphs: what was read and written is read again, the same.

#![no_main]

use flagstone_formats::hgr::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Some(graph) = read(text).0 else { return };
    let (again, diagnostics) = read(write(&graph).as_bytes());
    assert_eq!(again.as_ref(), Some(&graph), "{diagnostics:?}");
});
