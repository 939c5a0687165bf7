//! MCNC's blocks.

#![no_main]

use flagstone_formats::yal::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Some(design) = read(text).0 else { return };
    assert_eq!(design.placement.x.len(), design.netlist.n_nodes());
});
