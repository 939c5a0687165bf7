//! `.nodes`: names, sizes, terminals.

use std::collections::HashMap;

use super::Terminal;
use super::lines::{Lines, Word, Words, compare, counted, named, number, title};
use crate::Diagnostics;

/// A node of the file.
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) at: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) terminal: Terminal,
}

/// All nodes and where their names lead.
#[derive(Default)]
pub(super) struct Nodes<'a> {
    pub(super) list: Vec<Node<'a>>,
    pub(super) names: HashMap<&'a [u8], u32>,
}

impl Nodes<'_> {
    /// The node of a name; `guess` is looked at first, for files in the order of `.nodes`.
    pub(super) fn find(&self, name: &[u8], guess: usize) -> Option<u32> {
        match self.list.get(guess) {
            Some(node) if node.name.as_bytes() == name => Some(guess as u32),
            _ => self.names.get(name).copied(),
        }
    }
}

pub(super) fn parse<'a>(text: &'a [u8], diagnostics: &mut Diagnostics<'_>) -> Nodes<'a> {
    let mut nodes = Nodes::default();
    let (mut n_nodes, mut n_terminals) = (None, None);
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if first.is("NumNodes") {
            n_nodes = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
            reserve(&mut nodes, n_nodes, text);
        } else if first.is("NumTerminals") {
            n_terminals = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
        } else if nodes.list.is_empty() && title(first, &mut words, "nodes", diagnostics) {
        } else if let Some(node) = node(first, &mut words, diagnostics) {
            add(&mut nodes, first, node, diagnostics);
        }
    }
    if nodes.list.is_empty() && !diagnostics.has_errors() {
        diagnostics.error(text.len(), "the file holds no nodes", Some("is the file complete?"));
    }
    compare("nodes", n_nodes, nodes.list.len(), diagnostics);
    let terminals = nodes.list.iter().filter(|node| node.terminal != Terminal::No).count();
    compare("terminals", n_terminals, terminals, diagnostics);
    nodes
}

/// Takes the stated number as far as the file can hold so many.
fn reserve(nodes: &mut Nodes<'_>, stated: Option<(usize, usize)>, text: &[u8]) {
    const SHORTEST_LINE: usize = 6;
    let n = stated.map_or(0, |(n, _)| n).min(text.len() / SHORTEST_LINE);
    nodes.list.reserve(n);
    nodes.names.reserve(n);
}

fn node<'a>(
    first: Word<'a>,
    words: &mut Words<'a>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Node<'a>> {
    let name = named(first, diagnostics)?;
    let width = number(words, "the node's width", diagnostics)?;
    let height = number(words, "the node's height", diagnostics)?;
    if width < 0.0 || height < 0.0 {
        diagnostics.error(first.at, format!("{} has a negative size", first.show()), None);
    }
    let terminal = match words.next() {
        None => Terminal::No,
        Some(word) if word.is("terminal") => Terminal::Yes,
        Some(word) if word.is("terminal_NI") => Terminal::NotInImage,
        Some(word) => {
            let message = format!("expected terminal or terminal_NI, found {}", word.show());
            diagnostics.error(word.at, message, None);
            Terminal::No
        }
    };
    Some(Node { name, at: first.at, width, height, terminal })
}

fn add<'a>(
    nodes: &mut Nodes<'a>,
    first: Word<'a>,
    node: Node<'a>,
    diagnostics: &mut Diagnostics<'_>,
) {
    if nodes.names.insert(first.text, nodes.list.len() as u32).is_some() {
        diagnostics.error(first.at, format!("{} is defined a second time", first.show()), None);
    }
    nodes.list.push(node);
}
