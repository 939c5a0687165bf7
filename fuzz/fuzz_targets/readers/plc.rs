//! circuit_training's placements: what was read and written is read again, the same.

#![no_main]

use std::sync::LazyLock;

use flagstone_formats::{pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist};
use libfuzzer_sys::fuzz_target;

/// Eight hard macros, two dozen soft ones and as many ports.
static TOY: LazyLock<(Netlist, flagstone_netlist::Placement)> = LazyLock::new(|| {
    let text = include_bytes!("../../../netlists/toy/netlist.pb.txt");
    let file = pbtxt::read(text).0.expect("the toy is well");
    (file.netlist, file.placement)
});

fuzz_target!(|text: &[u8]| {
    let (netlist, placement) = &*TOY;
    let (file, diagnostics) = plc::read(text, netlist);
    if !diagnostics.is_empty() {
        return;
    }
    file.apply_header(&mut Canvas::new(100.0, 100.0));
    file.apply_rows(netlist, &mut placement.clone());
    let mut out = Vec::new();
    plc::write(&file, &mut out).expect("a vector takes all");
    assert_eq!(plc::read(&out, netlist), (file, Vec::new()));
});
