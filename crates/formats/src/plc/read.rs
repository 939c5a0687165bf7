use flagstone_netlist::{Kind, Netlist, NodeId};

use super::{Header, PlcFile, Row};
use crate::{Diagnostic, Diagnostics};

/// Reads a placement file and holds it against the netlist it belongs to.
///
/// Comments may stand anywhere. A line for a node that the netlist does not have, or a second line
/// for the same node, is an error; so is a file that says nothing of nodes or canvas.
pub fn read(text: &[u8], netlist: &Netlist) -> (PlcFile, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let mut file = PlcFile::default();
    let node_of = nodes_by_index(netlist);
    let mut seen = vec![false; node_of.len()];
    let mut at = 0;
    for line in text.split(|&byte| byte == b'\n') {
        let start = at;
        at += line.len() + 1;
        let line = String::from_utf8_lossy(line);
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            file.comments.push(line.trim_end().to_owned());
        } else if !trimmed.is_empty()
            && let Some(row) = row(&line, start, netlist, &node_of, &mut diagnostics)
        {
            if std::mem::replace(&mut seen[row.index as usize], true) {
                let message = format!("node {} has a second line", row.index);
                diagnostics.error(start, message, Some("keep one line a node"));
            }
            file.rows.push(row);
        }
        if diagnostics.is_full() {
            break;
        }
    }
    file.header = Header::parse(&file.comments);
    if file.rows.is_empty() && file.header == Header::default() && !diagnostics.has_errors() {
        diagnostics.error(0, "found no node and no header, expected a placement", None);
    }
    (file, diagnostics.finish())
}

/// Nodes by their ordinal in the netlist file; `None` for the ordinals of pins.
pub(super) fn nodes_by_index(netlist: &Netlist) -> Vec<Option<NodeId>> {
    let pins = netlist.pins.index.iter();
    let length = netlist.nodes.index.iter().chain(pins).max().map_or(0, |&most| most as usize + 1);
    let mut node_of = vec![None; length];
    for node in netlist.node_ids() {
        node_of[netlist.nodes.index[node.usize()] as usize] = Some(node);
    }
    node_of
}

/// Words of a line with their byte offsets in it.
fn words(line: &str) -> Vec<(usize, &str)> {
    let offset = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    line.split_whitespace().map(|word| (offset(word), word)).collect()
}

fn row(
    line: &str,
    start: usize,
    netlist: &Netlist,
    node_of: &[Option<NodeId>],
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Row> {
    let words = words(line);
    let &[(i_at, index), (x_at, x), (y_at, y), (o_at, orientation), (f_at, fixed)] = &words[..]
    else {
        let message =
            format!("found {} words, expected \"node_index x y orientation fixed\"", words.len());
        diagnostics.error(start, message, Some("comments begin with '#'"));
        return None;
    };
    let mut bad = |at: usize, found: &str, expected: &str| {
        let message = format!("found {found:?}, expected {expected}");
        diagnostics.error(start + at, message, None);
    };
    let number = |word: &str| word.parse::<f64>().ok().filter(|number| number.is_finite());
    let node = index.parse::<u32>().ok().and_then(|i| *node_of.get(i as usize)?);
    let Some(node) = node.filter(|&node| netlist.kind(node) != Kind::StdCell) else {
        bad(i_at, index, "the index of a port or macro of the netlist");
        return None;
    };
    let (Some(x), Some(y)) = (number(x), number(y)) else {
        let (at, found) = if number(x).is_none() { (x_at, x) } else { (y_at, y) };
        bad(at, found, "a coordinate in um");
        return None;
    };
    let turned = if orientation == "-" { Ok(None) } else { orientation.parse().map(Some) };
    let Ok(orientation) = turned else {
        bad(
            o_at,
            orientation,
            "one of the orientations N, FN, S, FS, E, FE, W, FW, or - for a port",
        );
        return None;
    };
    if !matches!(fixed, "0" | "1") {
        bad(f_at, fixed, "0 or 1 for fixed");
        return None;
    }
    let index = netlist.nodes.index[node.usize()];
    Some(Row { index, x, y, orientation, fixed: fixed == "1" })
}
