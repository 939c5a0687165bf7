//! LEF, alone and joined with itself.

#![no_main]

use flagstone_formats::lef::{Library, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Some(library) = read(text).0 else { return };
    let n = library.macros.len();
    let mut joined = Library::default();
    assert!(joined.join(library.clone()).is_empty(), "a library has every name once");
    assert_eq!(joined.join(library).len(), n);
    let _ = joined.row_height();
});
