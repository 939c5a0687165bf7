use proptest::prelude::*;

use super::*;

#[test]
fn all_formats_are_read() {
    let (graph, said) = read(b"%c\r\n3 4 11\r\n2 1 2\r\n% c\n7 4\n1 3 1 2\n5\n6\n7\n8\n");
    assert!(said.is_empty(), "{said:?}");
    let graph = graph.unwrap();
    assert_eq!(graph.edge_weights, Some(vec![2, 7, 1]));
    assert_eq!(graph.vertex_weights, Some(vec![5, 6, 7, 8]));
    assert_eq!((graph.edge(0), graph.edge(2)), (&[0, 1][..], &[2, 0, 1][..]));
    let graph = read(b"1 2 0\n2 1\n").0.unwrap();
    assert_eq!((graph.edge(0), &graph.vertex_weights), (&[1, 0][..], &None));
}

#[test]
fn bad_files_are_refused_by_line() {
    let said = |text: &[u8]| {
        let (graph, said) = read(text);
        assert!(graph.is_none(), "{graph:?}");
        said[0].to_string()
    };
    assert_eq!(said(b"1 2\n1 3\n"), "2:3: error: vertex 3 is not between 1 and 2");
    assert!(said(b"1 2 5\n").starts_with("1:1: error: expected the number"), "format");
    assert!(said(b"99999999999 2\n1 2\n").contains("ends after 1 of 99999999999"), "edges");
    assert!(said(b"1 2 10\n1 2\n4\n").contains("1 weights for 2 vertices"), "weights");
    assert!(said(b"1 2\n1 2\n1 2\n").starts_with("3:1: error: a line more"), "more");
    assert!(said(b"\0\xff").contains("whole number"), "binary");
    assert!(said(b"% c\n\n").contains("empty"), "empty");
}

proptest! {
    #[test]
    fn any_hypergraph_survives(
        edges in prop::collection::vec(prop::collection::vec(0_u32..9, 0..5), 0..8),
        weighs in any::<(bool, bool)>(),
    ) {
        let mut graph = Hypergraph { n_vertices: 9, starts: vec![0], ..Hypergraph::default() };
        for edge in &edges {
            graph.pins.extend(edge);
            graph.starts.push(graph.pins.len());
        }
        graph.edge_weights = weighs.0.then(|| (0..edges.len() as u64).collect());
        graph.vertex_weights = weighs.1.then(|| (0..9).collect());
        prop_assert_eq!(read(write(&graph).as_bytes()).0, Some(graph));
    }

    #[test]
    fn any_bytes_give_diagnostics(text in "[0-9 \\n%a]{0,40}") {
        let (graph, said) = read(text.as_bytes());
        prop_assert!(graph.is_some() || !said.is_empty());
    }
}

#[test]
fn every_hyperedge_has_its_weight() {
    let (graph, _) = read(b"2 3 1\n3 1\n# a comment\n4 2 3\n");
    assert_eq!(graph.map(|graph| graph.edge_weights), Some(Some(vec![3, 4])));
    let (graph, diagnostics) = read(b"1 3 1\n\x0b#3\n");
    assert!(graph.is_none() && diagnostics[0].message.contains("its weight"), "{diagnostics:?}");
}
