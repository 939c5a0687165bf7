//! What a file is, by its content, and where that says nothing, by its name.

use crate::BYTE_ORDER_MARK;

/// A format that designs are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// circuit_training's netlist.
    Protobuf,
    /// circuit_training's placement.
    Plc,
    /// A technology or cells.
    Lef,
    /// A design over LEF cells.
    Def,
    /// Bookshelf's list of files.
    Aux,
    /// Bookshelf's nodes.
    Nodes,
    /// The nets of Bookshelf or GSRC.
    Nets,
    /// The places of Bookshelf or GSRC.
    Pl,
    /// Bookshelf's rows.
    Scl,
    /// Bookshelf's net weights.
    Wts,
    /// GSRC's blocks.
    Blocks,
    /// A hypergraph of hMETIS.
    Hgr,
    /// Structural Verilog.
    Verilog,
    /// MCNC blocks.
    Yal,
}

/// Lines looked at before a file's name decides.
const LOOKED_AT: usize = 400;

/// Tells formats apart; `name` is the file's, perhaps with the ending of a packer, and `text` what it
/// holds, unpacked.
pub fn detect(name: &str, text: &[u8]) -> Format {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let lines = text.split(|&byte| byte == b'\n').take(LOOKED_AT);
    match lines.map(<[u8]>::trim_ascii).find_map(by_line).unwrap_or_else(|| by_name(name)) {
        // Netlists may begin with comments that say what a placement's say.
        Format::Plc if begins_with_node(text) => Format::Protobuf,
        format => format,
    }
}

/// Whether the first line that is no comment is a node of a netlist.
fn begins_with_node(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"));
    first.is_some_and(|line| line.starts_with(b"node"))
}

/// The format that a line gives away.
fn by_line(line: &[u8]) -> Option<Format> {
    let mut words = line
        .split(|byte| byte.is_ascii_whitespace() || *byte == b'{')
        .filter(|word| !word.is_empty());
    let first = words.next()?;
    Some(match first {
        b"node" => Format::Protobuf,
        b"#" => match (words.next()?, words.next()?) {
            (b"Columns" | b"FP", b":" | b"bbox:") => Format::Plc,
            _ => return None,
        },
        b"DESIGN" | b"DIEAREA" | b"COMPONENTS" | b"TECHNOLOGY" | b"TRACKS" => Format::Def,
        b"MACRO" | b"LAYER" | b"SITE" | b"MANUFACTURINGGRID" | b"VIA" => Format::Lef,
        b"UNITS" if words.any(|word| word == b"DISTANCE") => Format::Def,
        b"UNITS" => Format::Lef,
        b"module" | b"macromodule" | b"`timescale" => Format::Verilog,
        b"MODULE" => Format::Yal,
        b"UCLA" | b"UCSC" => by_title(words.next()?)?,
        b"NumNodes" | b"NumTerminals" if line.contains(&b':') => Format::Nodes,
        b"NumSoftRectangularBlocks" | b"NumHardRectilinearBlocks" => Format::Blocks,
        b"NumNets" | b"NetDegree" => Format::Nets,
        b"NumRows" | b"CoreRow" => Format::Scl,
        _ if line.starts_with(b"NumRows") => Format::Scl,
        _ if is_list(line) => Format::Aux,
        _ if is_head_of_hgr(line) => Format::Hgr,
        _ => return None,
    })
}

/// `UCLA nodes 1.0` and the like.
fn by_title(kind: &[u8]) -> Option<Format> {
    Some(match kind {
        b"nodes" => Format::Nodes,
        b"nets" => Format::Nets,
        b"pl" => Format::Pl,
        b"scl" => Format::Scl,
        b"wts" => Format::Wts,
        b"blocks" => Format::Blocks,
        _ => return None,
    })
}

/// `RowBasedPlacement : a.nodes a.nets ...`.
fn is_list(line: &[u8]) -> bool {
    let mut words = line.split(|byte| byte.is_ascii_whitespace() || *byte == b':');
    line.contains(&b':')
        && words.any(|word| {
            [".nodes", ".nodes.gz", ".nodes.xz"].iter().any(|end| word.ends_with(end.as_bytes()))
        })
}

/// The number of hyperedges, of vertices, and perhaps 0, 1, 10 or 11.
fn is_head_of_hgr(line: &[u8]) -> bool {
    let words: Vec<&[u8]> =
        line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let whole = |word: &&[u8]| word.iter().all(u8::is_ascii_digit);
    let format = words.get(2).is_none_or(|word| matches!(*word, b"0" | b"1" | b"10" | b"11"));
    (2..=3).contains(&words.len()) && words.iter().all(whole) && format
}

fn by_name(name: &str) -> Format {
    let name = name.to_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".xz");
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "plc" => Format::Plc,
        "lef" => Format::Lef,
        "def" => Format::Def,
        "aux" => Format::Aux,
        "nodes" => Format::Nodes,
        "nets" => Format::Nets,
        "pl" => Format::Pl,
        "scl" => Format::Scl,
        "wts" => Format::Wts,
        "blocks" => Format::Blocks,
        "hgr" => Format::Hgr,
        "v" | "vg" | "sv" => Format::Verilog,
        "yal" => Format::Yal,
        _ => Format::Protobuf,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content_before_name() {
        let cases: [(&str, &[u8], Format); 18] = [
            ("a", b"// net\nmodule top (a);\n", Format::Verilog),
            ("ami33", b"MODULE bk1;\n TYPE GENERAL;\n", Format::Yal),
            ("a.txt", b"# comment\nnode {\n", Format::Protobuf),
            ("a.txt", b"# Columns : 10  Rows : 10\n", Format::Plc),
            ("a.txt", b"# FP bbox: {0 0} {9 9}\n\nnode {\n", Format::Protobuf),
            ("a.txt", b"VERSION 5.8 ;\nDESIGN top ;\n", Format::Def),
            ("a.txt", b"VERSION 5.8 ;\nUNITS DISTANCE MICRONS 1000 ;\n", Format::Def),
            ("a.txt", b"VERSION 5.8 ;\nUNITS\n DATABASE MICRONS 1 ;\n", Format::Lef),
            ("a.def", b"MACRO inv\n", Format::Lef),
            ("a.txt", b"\xef\xbb\xbfDESIGN top ;\n", Format::Def),
            ("a.txt", b"RowBasedPlacement : a.nodes a.nets a.pl\n", Format::Aux),
            ("a.nets", b"UCLA nodes 1.0\n", Format::Nodes),
            ("a", b"UCSC blocks 1.0\n", Format::Blocks),
            ("a", b"NumHardRectilinearBlocks : 9\n", Format::Blocks),
            ("a", b"% graph\n3 4 11\n", Format::Hgr),
            ("a.pl", b"a 1 2\n", Format::Pl),
            ("a.WTS.gz", b"n1 2\n", Format::Wts),
            ("a", b"", Format::Protobuf),
        ];
        for (name, text, format) in cases {
            assert_eq!(detect(name, text), format, "{name}");
        }
    }
}
