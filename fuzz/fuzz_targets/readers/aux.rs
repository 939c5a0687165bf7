//! Bookshelf's list of files, and telling formats apart.

#![no_main]

use flagstone_formats::{bookshelf, detect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let _ = detect("a", text);
    let _ = bookshelf::read_aux(text);
});
