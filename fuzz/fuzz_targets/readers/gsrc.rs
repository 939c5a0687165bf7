//! `.blocks`, `.nets` and `.pl` with lines of `%%` between them: what was read and written is read
//! again.

#![no_main]

mod parts;

use flagstone_formats::gsrc::{Parts, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (blocks, rest) = parts::parts(data);
    let (nets, pl) = parts::parts(rest);
    let Some(design) = read(&Parts { blocks, nets, pl: Some(pl) }).0 else { return };
    let files = write(&design).expect("names that were read can be written");
    let (again, diagnostics) = read(&Parts {
        blocks: files.blocks.as_bytes(),
        nets: files.nets.as_bytes(),
        pl: Some(files.pl.as_bytes()),
    });
    let again = again.unwrap_or_else(|| panic!("what was written is refused: {diagnostics:?}"));
    assert_eq!(again.netlist.nodes.kind, design.netlist.nodes.kind);
    assert_eq!(again.netlist.net_pins, design.netlist.net_pins);
});
