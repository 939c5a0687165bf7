//! No reader panics, whatever the bytes.

#![no_main]

use flagstone_formats::{def, lef, lefdef, pbtxt, plc};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&which, text)) = data.split_first() else { return };
    match which % 4 {
        0 => {
            let (file, _) = pbtxt::read(text);
            if let Some(file) = file {
                let mut out = Vec::new();
                pbtxt::write(&file.netlist, &file.placement, &mut out).expect("a vector takes all");
            }
        }
        1 => {
            let _ = plc::read(text, &flagstone_netlist::Netlist::default());
        }
        2 => {
            let _ = lef::read(text);
        }
        _ => {
            if let (Some(found), _) = def::read(text) {
                let library = lef::Library::default();
                let _ = lefdef::design(text, &found, &library, &lefdef::MacroRules::default());
            }
        }
    }
});
