use flagstone_formats::hgr;
use flagstone_netlist::{Builder, Canvas, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use super::inputs::File;
use super::{OpenConfig, choose};
use crate::message::Log;
use crate::{Design, Error};

/// Vertices that a hypergraph may have beyond one for each byte of its text.
const FREE_VERTICES: usize = 100_000;

/// Opens a hypergraph: every vertex is a standard cell `v1`, `v2`, ... as large as its weight, every
/// hyperedge a net that its first vertex drives.
pub(super) fn open(files: &[File], config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let [file] = files else {
        return Err(Error::Files(format!("{} files, expected one hypergraph", files.len())));
    };
    let (graph, diagnostics) = hgr::read(&file.text);
    log.file(&file.path, &diagnostics)?;
    let graph = graph.ok_or_else(|| Error::unusable(file.path.display(), "no hypergraph"))?;
    // Vertices without hyperedges and weights leave no trace in the text but their number.
    let most = file.text.len().saturating_add(FREE_VERTICES);
    if graph.n_vertices > most {
        let what = format!("{} vertices, a file of its length holds {most}", graph.n_vertices);
        return Err(Error::unusable(file.path.display(), what));
    }
    let netlist = netlist(&graph);
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(".hgr").next().unwrap_or_default().to_owned();
    let mut canvas = Canvas::for_netlist(&netlist);
    choose(&name, &netlist, &mut canvas, config, log);
    config.settings.apply(&mut canvas);
    let mut placement = Placement::new(&netlist);
    placement.placed.fill(false);
    Ok(Design {
        netlist_path: file.path.display().to_string(),
        weights: config.settings.weights.unwrap_or_default(),
        ..Design::new(name, netlist, canvas, placement)
    })
}

fn netlist(graph: &hgr::Hypergraph) -> Netlist {
    let mut builder = Builder::new();
    for vertex in 0..graph.n_vertices {
        let weights = graph.vertex_weights.as_ref();
        let area = weights.and_then(|weights| weights.get(vertex)).map_or(1.0, |&w| w as f64);
        let side = area.max(1.0).sqrt();
        builder.node(Node {
            kind: Kind::StdCell,
            name: &format!("v{}", vertex + 1),
            width: side,
            height: side,
            ..Node::default()
        });
    }
    for edge in 0..graph.n_edges() {
        let weights = graph.edge_weights.as_ref();
        let weight = weights.and_then(|weights| weights.get(edge)).map_or(1.0, |&w| w as f64);
        let pins: Vec<PinId> = graph
            .edge(edge)
            .iter()
            .enumerate()
            .map(|(k, &vertex)| {
                let weight = if k == 0 { weight } else { 1.0 };
                builder.pin(Pin { node: NodeId(vertex), weight, ..Pin::default() })
            })
            .collect();
        if let Some((&driver, sinks)) = pins.split_first() {
            builder.net(driver, sinks);
        }
    }
    builder.build()
}
