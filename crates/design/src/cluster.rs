use std::sync::Arc;

use flagstone_cluster::{ClusterConfig, cluster};
use flagstone_geom::Point;
use flagstone_netlist::Kind;

use crate::message::Log;
use crate::{Design, Error, Message};

/// The design with its standard cells in soft macros, and what is to be said about it; as it is, if
/// it has no standard cells. Soft macros of cells that have no place begin at the canvas' centre.
///
/// # Errors
/// Where the cells cannot be grouped.
pub fn clustered(design: Design, config: &ClusterConfig) -> Result<(Design, Vec<Message>), Error> {
    if design.netlist.nodes_of(Kind::StdCell).next().is_none() {
        return Ok((design, Vec::new()));
    }
    let found = cluster(&design.netlist, &design.placement, &design.canvas, config)
        .map_err(|source| Error::Cluster { name: design.name.clone(), source })?;
    let mut log = Log::default();
    for text in found.notes {
        log.note(&design.name, text);
    }
    let mut placement = found.placement;
    let center = Point::new(design.canvas.width / 2.0, design.canvas.height / 2.0);
    for node in found.netlist.nodes_of(Kind::SoftMacro) {
        if !placement.placed[node.usize()] {
            placement.set_center(node, center);
            placement.placed[node.usize()] = true;
        }
    }
    let cells = design.netlist.nodes_of(Kind::StdCell).count();
    let soft = found.netlist.nodes_of(Kind::SoftMacro).count();
    log.note(&design.name, format!("{cells} cells in {soft} soft macros"));
    let (netlist, groups) = (Arc::new(found.netlist), Some(Arc::new(found.group_of_node)));
    let design = Design { netlist, placement, groups, ..design };
    Ok((design, log.messages))
}
