//! `.nodes`, `.nets`, `.pl`, `.scl` and `.wts` with lines of `%%` between them: what was read and
//! written is read again, the same.

#![no_main]

mod parts;

use flagstone_formats::bookshelf::{Parts, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (nodes, rest) = parts::parts(data);
    let (nets, rest) = parts::parts(rest);
    let (pl, rest) = parts::parts(rest);
    let (scl, wts) = parts::parts(rest);
    let texts = Parts { nodes, nets, pl: Some(pl), scl: Some(scl), wts: Some(wts) };
    let Some(design) = read(&texts).0 else { return };
    let files = write(&design, "a").expect("names that were read can be written");
    let (again, diagnostics) = read(&Parts {
        nodes: files.nodes.as_bytes(),
        nets: files.nets.as_bytes(),
        pl: Some(files.pl.as_bytes()),
        scl: Some(files.scl.as_bytes()),
        wts: Some(files.wts.as_bytes()),
    });
    let again = again.unwrap_or_else(|| panic!("what was written is refused: {diagnostics:?}"));
    assert_eq!(again.marks, design.marks);
    assert_eq!(again.nets, design.nets);
    assert_eq!(again.directions, design.directions);
    assert_eq!(again.netlist.net_pins, design.netlist.net_pins);
    assert_eq!(again.placement.placed, design.placement.placed);
    assert_eq!(again.placement.orientation, design.placement.orientation);
});
