//! Groups of cells: what was read and written is read again, the same.

#![no_main]

use flagstone_formats::groups::{read, write};
use flagstone_netlist::{Builder, Kind, Netlist, Node};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let (groups, _) = read(text, &Netlist::default());
    let mut builder = Builder::new();
    for _ in &groups {
        builder.node(Node { name: "c", kind: Kind::StdCell, ..Node::default() });
    }
    let netlist = builder.build();
    let mut out = Vec::new();
    write(&groups, &mut out).expect("a vector takes all");
    assert_eq!(read(&out, &netlist), (groups, Vec::new()));
});
