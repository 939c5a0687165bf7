//! Structural Verilog, made flat and joined with the floorplan of a DEF after a line of `%%`.

#![no_main]

mod parts;

use flagstone_formats::{def, verilog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (text, floorplan) = parts::parts(data);
    let floorplan = def::read(floorplan).0;
    let top = floorplan.as_ref().map(|def| def.design);
    let Some(circuit) = verilog::read(text, top).0 else { return };
    let joined = verilog::as_def(&circuit, floorplan.as_ref());
    assert_eq!(joined.pins.len(), circuit.ports.len());
    assert!(joined.components.len() >= circuit.instances.len(), "no instance is lost");
});
