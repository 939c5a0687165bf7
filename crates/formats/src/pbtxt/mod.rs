//! circuit_training's netlist: a text protobuf of `tensorflow.GraphDef`.
//!
//! Every `node` is a port, a macro, a macro's pin or a standard cell; its `input` fields name the
//! sinks it drives. Format: circuit_training `docs/NETLIST_FORMAT.md`.
//!
//! ```
//! let text = br#"node { name: "m" attr { key: "type" value { placeholder: "macro" } }
//!     attr { key: "width" value { f: 2 } } attr { key: "height" value { f: 1 } } }"#;
//! let (file, diagnostics) = flagstone_formats::pbtxt::read(text);
//! assert!(diagnostics.is_empty());
//! assert_eq!(file.map(|file| file.netlist.n_nodes()), Some(1));
//! ```

mod build;
mod records;
mod write;

use flagstone_netlist::{Netlist, Placement};

use crate::{Diagnostic, Diagnostics};

pub use write::{Style, n_merged_nets, write, write_styled};

/// What a netlist file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NetlistFile {
    /// The circuit.
    pub netlist: Netlist,
    /// The coordinates and orientations the file gives; nodes without coordinates are not placed.
    pub placement: Placement,
    /// Width and height from an `FP bbox` comment, µm.
    pub floorplan: Option<(f64, f64)>,
}

/// Reads a netlist. `None` where there is an error among the diagnostics.
pub fn read(text: &[u8]) -> (Option<NetlistFile>, Vec<Diagnostic>) {
    let (file, mut diagnostics) = read_parts(&[text], Missing::Error);
    (file, diagnostics.pop().unwrap_or_default())
}

/// What a name stands for that no part defines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// A mistake: the netlist is cut short, or a part of it was not given.
    #[default]
    Error,
    /// Something outside an excerpt: the pin or sink is dropped, with a warning.
    Dropped,
}

/// Reads a netlist that was split into several files; one list of diagnostics for each. Bytes that
/// are not text count as the replacement character.
pub fn read_parts(
    parts: &[&[u8]],
    missing: Missing,
) -> (Option<NetlistFile>, Vec<Vec<Diagnostic>>) {
    let parts: Vec<_> = parts.iter().map(|text| String::from_utf8_lossy(text)).collect();
    let texts = || parts.iter().map(|text| text.as_bytes());
    let mut diagnostics: Vec<_> = texts().map(Diagnostics::new).collect();
    let mut table = records::Table::default();
    for (part, text) in texts().enumerate() {
        records::parse(part, text, &mut table, &mut diagnostics[part]);
    }
    let failed = |diagnostics: &[Diagnostics<'_>]| diagnostics.iter().any(Diagnostics::has_errors);
    let mut file = None;
    if !failed(&diagnostics) {
        let built = build::build(&table, missing, &mut diagnostics);
        if !failed(&diagnostics) {
            let floorplan = texts().find_map(floorplan);
            file = Some(NetlistFile { netlist: built.0, placement: built.1, floorplan });
        }
    }
    (file, diagnostics.into_iter().map(Diagnostics::finish).collect())
}

/// Width and height from the comment `# FP bbox: {0 0} {w h}`.
fn floorplan(text: &[u8]) -> Option<(f64, f64)> {
    const HEAD_BYTES: usize = 1 << 16;
    let head = String::from_utf8_lossy(&text[..text.len().min(HEAD_BYTES)]);
    let line = head.lines().find(|line| line.starts_with('#') && line.contains("FP bbox:"))?;
    let numbers: Vec<f64> = line
        .split(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)))
        .filter_map(|word| word.parse().ok())
        .collect();
    match numbers[..] {
        [x0, y0, x1, y1] if x1 > x0 && y1 > y0 => Some((x1 - x0, y1 - y0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
