//! No reader panics, whatever the bytes, and what was read can be written and read again.
//!
//! The first byte chooses the reader; the rest is the text.

#![no_main]

use flagstone_formats::{bookshelf, def, gsrc, hgr, lef, lefdef, pbtxt, plc, verilog, yal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&which, text)) = data.split_first() else { return };
    match which % 10 {
        0 => read_protobuf(text),
        1 => {
            let _ = plc::read(text, &flagstone_netlist::Netlist::default());
        }
        2 => {
            let _ = lef::read(text);
        }
        3 => read_lef_and_def(text),
        4 => read_bookshelf(text),
        5 => read_blocks(text),
        6 => {
            if let (Some(graph), _) = hgr::read(text) {
                let again = hgr::read(hgr::write(&graph).as_bytes()).0;
                assert!(graph.n_edges() == 0 || again.is_some(), "a hypergraph comes back");
            }
        }
        7 => {
            if let (Some(circuit), _) = verilog::read(text, None) {
                let _ = verilog::as_def(&circuit, None);
            }
        }
        8 => {
            let _ = yal::read(text);
        }
        _ => {
            let _ = flagstone_formats::detect("a", text);
            let _ = bookshelf::read_aux(text);
            let _ = flagstone_formats::groups::read(text, &flagstone_netlist::Netlist::default());
        }
    }
});

fn read_protobuf(text: &[u8]) {
    let _ = pbtxt::read_parts(&[text], pbtxt::Missing::Dropped);
    if let (Some(file), _) = pbtxt::read(text) {
        let mut out = Vec::new();
        pbtxt::write(&file.netlist, &file.placement, &mut out).expect("a vector takes all");
    }
}

/// A LEF and a DEF with a line of `%%` between them.
fn read_lef_and_def(text: &[u8]) {
    let (first, second) = parts(text);
    let library = lef::read(first).0.unwrap_or_default();
    if let (Some(found), _) = def::read(second) {
        let _ = lefdef::design(second, &found, &library, &lefdef::MacroRules::default());
        let mut out = Vec::new();
        def::write(second, &found, &[], &mut out).expect("a vector takes all");
        assert_eq!(out, second, "nothing moved, nothing changes");
    }
}

fn read_bookshelf(text: &[u8]) {
    let (nodes, rest) = parts(text);
    let (nets, rest) = parts(rest);
    let (pl, scl) = parts(rest);
    let parts = bookshelf::Parts { nodes, nets, pl: Some(pl), scl: Some(scl), wts: None };
    if let (Some(design), _) = bookshelf::read(&parts) {
        let _ = bookshelf::write(&design, "a");
    }
}

fn read_blocks(text: &[u8]) {
    let (blocks, rest) = parts(text);
    let (nets, pl) = parts(rest);
    if let (Some(design), _) = gsrc::read(&gsrc::Parts { blocks, nets, pl: Some(pl) }) {
        let _ = gsrc::write(&design);
    }
}

/// The text before and after the first `%%`.
fn parts(text: &[u8]) -> (&[u8], &[u8]) {
    match text.windows(2).position(|two| two == b"%%") {
        Some(at) => (&text[..at], &text[at + 2..]),
        None => (text, &[]),
    }
}
