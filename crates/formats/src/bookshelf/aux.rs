//! `.aux`: the names of the other files.

use super::lines::{Lines, named};
use crate::{Diagnostic, Diagnostics};

/// The files a design consists of, named relative to the `.aux` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aux {
    /// What the list is for, such as `RowBasedPlacement`.
    pub style: String,
    /// `.nodes`
    pub nodes: String,
    /// `.nets`
    pub nets: String,
    /// `.pl`
    pub pl: Option<String>,
    /// `.scl`
    pub scl: Option<String>,
    /// `.wts`
    pub wts: Option<String>,
    /// Files of other kinds, such as `.shapes` and `.route`.
    pub others: Vec<String>,
}

/// Reads an `.aux` file. `None` where there is an error among the diagnostics.
pub fn read_aux(text: &[u8]) -> (Option<Aux>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let mut aux = Aux::default();
    let mut at = 0;
    for mut words in Lines::new(text) {
        let Some(style) = words.next() else { continue };
        at = style.at;
        aux.style = named(style, &mut diagnostics).unwrap_or_default().to_owned();
        for word in words.filter(|word| word.text != b":") {
            let Some(name) = named(word, &mut diagnostics) else { break };
            add(&mut aux, name);
        }
        if !aux.nodes.is_empty() || diagnostics.has_errors() {
            break;
        }
    }
    if !diagnostics.has_errors() && (aux.nodes.is_empty() || aux.nets.is_empty()) {
        let help = Some("a line such as: RowBasedPlacement : a.nodes a.nets a.wts a.pl a.scl");
        diagnostics.error(at, "the list names no .nodes or no .nets file", help);
    }
    let failed = diagnostics.has_errors();
    (Some(aux).filter(|_| !failed), diagnostics.finish())
}

fn add(aux: &mut Aux, name: &str) {
    // Files may be listed under their packed names.
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".xz")).unwrap_or(name);
    let extension = plain.rsplit_once('.').map_or("", |(_, extension)| extension);
    let name = name.to_owned();
    match extension.to_ascii_lowercase().as_str() {
        "nodes" => aux.nodes = name,
        "nets" => aux.nets = name,
        "pl" => aux.pl = Some(name),
        "scl" => aux.scl = Some(name),
        "wts" => aux.wts = Some(name),
        _ => aux.others.push(name),
    }
}
