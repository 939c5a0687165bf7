//! hMETIS hypergraphs (`.hgr`), for partitioners such as hMETIS, KaHyPar and mt-KaHyPar.
//!
//! The first line holds the number of hyperedges, the number of vertices and the format: 0 or none
//! without weights, 1 with weights of hyperedges, 10 of vertices, 11 of both. Vertices count from 1
//! in the file and from 0 here. `%` begins a comment, `#` does for some writers.
//!
//! ```
//! use flagstone_formats::hgr::{read, write};
//!
//! let (graph, _) = read(b"% a comment\n2 3 1\n5 1 2\n1 2 3\n");
//! let graph = graph.ok_or("no graph")?;
//! assert_eq!(graph.edge(1), [1, 2]);
//! assert_eq!(write(&graph), "2 3 1\n5 1 2\n1 2 3\n");
//! # Ok::<(), &str>(())
//! ```

use std::fmt::Write;

use crate::bookshelf::lines::{Word, Words};
use crate::{Diagnostic, Diagnostics};

/// A hypergraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hypergraph {
    /// Number of vertices.
    pub n_vertices: usize,
    /// Where each hyperedge begins in `pins`, and the end of the last.
    pub starts: Vec<usize>,
    /// Vertices of all hyperedges, from 0.
    pub pins: Vec<u32>,
    /// Weight of each hyperedge, where given.
    pub edge_weights: Option<Vec<u64>>,
    /// Weight of each vertex, where given.
    pub vertex_weights: Option<Vec<u64>>,
}

impl Hypergraph {
    /// Number of hyperedges.
    pub fn n_edges(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Vertices of a hyperedge; none where there is no such hyperedge.
    pub fn edge(&self, edge: usize) -> &[u32] {
        let (start, end) = (self.starts.get(edge), self.starts.get(edge.saturating_add(1)));
        start.zip(end).and_then(|(&s, &e)| self.pins.get(s..e)).unwrap_or_default()
    }
}

/// Writes a hypergraph in the smallest format that holds its weights.
pub fn write(graph: &Hypergraph) -> String {
    let mut out = format!("{} {}", graph.n_edges(), graph.n_vertices);
    out.push_str(match (&graph.edge_weights, &graph.vertex_weights) {
        (None, None) => "\n",
        (Some(_), None) => " 1\n",
        (None, Some(_)) => " 10\n",
        (Some(_), Some(_)) => " 11\n",
    });
    for edge in 0..graph.n_edges() {
        let weight = graph.edge_weights.as_ref().map(|weights| weights.get(edge).unwrap_or(&1));
        let weight = weight.map(u64::to_string);
        let pins = graph.edge(edge).iter().map(|&pin| (u64::from(pin) + 1).to_string());
        let line: Vec<String> = weight.into_iter().chain(pins).collect();
        let _ = writeln!(out, "{}", line.join(" "));
    }
    for weight in graph.vertex_weights.iter().flatten() {
        let _ = writeln!(out, "{weight}");
    }
    out
}

/// Reads a hypergraph. `None` where there is an error among the diagnostics.
pub fn read(text: &[u8]) -> (Option<Hypergraph>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let graph = parse(text, &mut diagnostics);
    let failed = diagnostics.has_errors();
    (graph.filter(|_| !failed), diagnostics.finish())
}

struct Head {
    n_edges: usize,
    n_vertices: usize,
    weighs_edges: bool,
    weighs_vertices: bool,
}

fn parse(text: &[u8], diagnostics: &mut Diagnostics<'_>) -> Option<Hypergraph> {
    let mut lines = Words::lines_with_empty(text)
        .filter(|words| !words.begins_with(b'%') && !words.begins_with(b'#'));
    let head = lines.by_ref().find(|words| !words.is_blank());
    let Some(head) = head.and_then(|words| head_of(words, diagnostics)) else {
        if !diagnostics.has_errors() {
            diagnostics.error(0, "the file is empty", None);
        }
        return None;
    };
    let mut graph =
        Hypergraph { n_vertices: head.n_vertices, starts: vec![0], ..Default::default() };
    let mut edge_weights = Vec::new();
    let mut vertex_weights = Vec::new();
    for words in lines {
        if diagnostics.is_full() {
            return None;
        }
        if graph.n_edges() < head.n_edges {
            // A hyperedge without vertices is an empty line, but never where weights are given.
            if words.is_blank() && head.weighs_edges {
                continue;
            }
            edge(words, &head, &mut graph, &mut edge_weights, diagnostics);
        } else if head.weighs_vertices && vertex_weights.len() < head.n_vertices {
            vertex_weights.extend(words.filter_map(|word| integer(word, diagnostics)));
        } else if !words.is_blank() {
            diagnostics.error(words.start, "a line more than the first line states", None);
        }
    }
    complete(&head, &graph, vertex_weights.len(), text.len(), diagnostics);
    graph.edge_weights = head.weighs_edges.then_some(edge_weights);
    graph.vertex_weights = head.weighs_vertices.then_some(vertex_weights);
    Some(graph)
}

fn complete(
    head: &Head,
    graph: &Hypergraph,
    n_weights: usize,
    end: usize,
    diagnostics: &mut Diagnostics<'_>,
) {
    let help = Some("is the file complete?");
    if graph.n_edges() < head.n_edges {
        let message =
            format!("the file ends after {} of {} hyperedges", graph.n_edges(), head.n_edges);
        diagnostics.error(end, message, help);
    } else if head.weighs_vertices && n_weights != head.n_vertices {
        let message = format!("{n_weights} weights for {} vertices", head.n_vertices);
        diagnostics.error(end, message, help);
    }
}

fn integer(word: Word<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<u64> {
    let value = std::str::from_utf8(word.text).ok().and_then(|text| text.parse().ok());
    if value.is_none() {
        let message = format!("expected a whole number, found {}", word.show());
        diagnostics.error(word.at, message, None);
    }
    value
}

fn head_of(words: Words<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Head> {
    let at = words.start;
    let mut numbers = Vec::new();
    for word in words.take(4) {
        numbers.push(integer(word, diagnostics)?);
    }
    let (edges, vertices, format) = match numbers[..] {
        [edges, vertices] => (edges, vertices, 0),
        [edges, vertices, format @ (0 | 1 | 10 | 11)] => (edges, vertices, format),
        _ => {
            let message = "expected the number of hyperedges, of vertices, and 0, 1, 10 or 11";
            diagnostics.error(at, message, None);
            return None;
        }
    };
    if vertices > u64::from(u32::MAX) {
        diagnostics.error(at, format!("{vertices} vertices are too many"), None);
        return None;
    }
    Some(Head {
        n_edges: usize::try_from(edges).unwrap_or(usize::MAX),
        n_vertices: vertices as usize,
        weighs_edges: format % 10 == 1,
        weighs_vertices: format >= 10,
    })
}

fn edge(
    mut words: Words<'_>,
    head: &Head,
    graph: &mut Hypergraph,
    weights: &mut Vec<u64>,
    diagnostics: &mut Diagnostics<'_>,
) {
    if head.weighs_edges {
        match words.next() {
            Some(word) => weights.extend(integer(word, diagnostics)),
            None => diagnostics.error(words.start, "a hyperedge without its weight", None),
        }
    }
    for word in words {
        let Some(vertex) = integer(word, diagnostics) else { continue };
        if vertex == 0 || vertex > head.n_vertices as u64 {
            let message = format!("vertex {vertex} is not between 1 and {}", head.n_vertices);
            diagnostics.error(word.at, message, None);
        } else {
            graph.pins.push((vertex - 1) as u32);
        }
    }
    graph.starts.push(graph.pins.len());
}

#[cfg(test)]
mod tests;
