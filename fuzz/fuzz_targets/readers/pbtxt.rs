//! circuit_training's netlists: what was read and written is read again, the same.

#![no_main]

use flagstone_formats::pbtxt::{Missing, read, read_parts, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let _ = read_parts(&[text], Missing::Dropped);
    let Some(file) = read(text).0 else { return };
    let mut out = Vec::new();
    write(&file.netlist, &file.placement, &mut out).expect("a vector takes all");
    let (again, diagnostics) = read(&out);
    let again = again.unwrap_or_else(|| panic!("what was written is refused: {diagnostics:?}"));
    assert_eq!(again.netlist.n_nodes(), file.netlist.n_nodes());
    assert_eq!(again.netlist.n_pins(), file.netlist.n_pins());
    assert_eq!(again.netlist.net_pins, file.netlist.net_pins);
    assert_eq!(again.netlist.nets, file.netlist.nets);
    assert_eq!(again.placement, file.placement);
});
