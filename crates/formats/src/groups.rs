//! circuit_training's `groups.final`: one integer a line, the group of each node of a netlist file.
//!
//! Line `k` belongs to ordinal `k` of the netlist file, macro pins included; -1 means no group.

use std::io::{self, Write};

use flagstone_netlist::Netlist;

use crate::{Diagnostic, Diagnostics};

/// Reads the groups of a netlist's nodes and macro pins, by ordinal.
///
/// A line that is no integer, and a count of lines other than the netlist's, are errors.
pub fn read(text: &[u8], netlist: &Netlist) -> (Vec<Option<u32>>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let mut groups = Vec::new();
    let mut at = 0;
    for line in text.split(|&byte| byte == b'\n') {
        let start = at;
        at += line.len() + 1;
        let line = String::from_utf8_lossy(line);
        match line.trim() {
            "" => {}
            "-1" => groups.push(None),
            word => match word.parse::<u32>() {
                Ok(group) => groups.push(Some(group)),
                Err(_) => {
                    let message = format!("found {word:?}, expected a group's number or -1");
                    diagnostics.error(start, message, None);
                }
            },
        }
        if diagnostics.is_full() {
            return (groups, diagnostics.finish());
        }
    }
    let expected = n_ordinals(netlist);
    if groups.len() != expected && !diagnostics.has_errors() {
        let message = format!("found {} lines, the netlist has {expected} nodes", groups.len());
        diagnostics.error(
            text.len(),
            message,
            Some("is this the netlist the groups were made of?"),
        );
    }
    (groups, diagnostics.finish())
}

/// Writes groups by ordinal.
///
/// # Errors
/// Those of the writer.
pub fn write(groups: &[Option<u32>], out: &mut impl Write) -> io::Result<()> {
    for group in groups {
        match group {
            Some(group) => writeln!(out, "{group}")?,
            None => writeln!(out, "-1")?,
        }
    }
    Ok(())
}

fn n_ordinals(netlist: &Netlist) -> usize {
    let pins = netlist.pins.index.iter();
    netlist.nodes.index.iter().chain(pins).max().map_or(0, |&most| most as usize + 1)
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::{Builder, Kind, Node};

    use super::*;

    #[test]
    fn lines_are_counted_and_survive() {
        let mut builder = Builder::new();
        for name in ["a", "b"] {
            builder.node(Node { name, kind: Kind::StdCell, ..Node::default() });
        }
        let netlist = builder.build();
        let (groups, diagnostics) = read(b"7\n-1\n", &netlist);
        assert_eq!((groups.as_slice(), diagnostics.len()), (&[Some(7), None][..], 0));
        let mut text = Vec::new();
        write(&groups, &mut text).unwrap();
        assert_eq!(text, b"7\n-1\n");
        assert_eq!(read(b"1\n", &netlist).1.len(), 1);
        let message = read(b"1\nx\n", &netlist).1[0].to_string();
        assert!(message.starts_with("2:1: error: found \"x\""), "{message}");
    }
}
