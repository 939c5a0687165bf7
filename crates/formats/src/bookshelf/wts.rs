//! `.wts`: weights of nets. The same file may weigh nodes instead; those weights mean nothing here.

use std::collections::HashMap;

use super::lines::{Lines, Word, number, title};
use super::nets::Nets;
use super::nodes::Nodes;
use crate::Diagnostics;

/// The weight of each net, 1 where the file says nothing.
pub(super) fn parse(
    text: &[u8],
    nodes: &Nodes<'_>,
    nets: &Nets<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Vec<f64> {
    let mut weights = vec![1.0; nets.list.len()];
    let entries = entries(text, diagnostics);
    let of_nodes = |word: &Word<'_>| nodes.names.contains_key(word.text);
    if entries.len() == nodes.list.len() && entries.iter().all(|(word, _)| of_nodes(word)) {
        return weights;
    }
    let names = names(nets, !entries.is_empty());
    for (word, weight) in &entries {
        match names.get(word.text) {
            Some(&net) => weights[net] = *weight,
            None if of_nodes(word) => {}
            None => {
                let message = format!("there is no net {}; its weight is ignored", word.show());
                diagnostics.warning(word.at, message, None);
            }
        }
    }
    weights
}

fn entries<'a>(text: &'a [u8], diagnostics: &mut Diagnostics<'_>) -> Vec<(Word<'a>, f64)> {
    let mut entries = Vec::new();
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if entries.is_empty() && title(first, &mut words, "wts", diagnostics) {
            continue;
        }
        let Some(weight) = number(&mut words, "a weight", diagnostics) else { continue };
        if weight < 0.0 {
            diagnostics.error(first.at, format!("{} has a negative weight", first.show()), None);
        }
        entries.push((first, weight));
    }
    entries
}

fn names<'a>(nets: &Nets<'a>, wanted: bool) -> HashMap<&'a [u8], usize> {
    if !wanted {
        return HashMap::new();
    }
    let named = nets.list.iter().enumerate();
    named.filter_map(|(net, entry)| Some((entry.name?.as_bytes(), net))).collect()
}
