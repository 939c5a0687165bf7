//! Standard cells to soft macros: partitioning, grouping, grid choice.
//!
//! [`cluster`] turns a flat netlist into one whose standard cells are grouped into soft macros, as
//! circuit_training's grouper does, with a partitioner of our own. [`from_groups`] does the last
//! step alone, from groups that are known.

mod config;
mod emit;
mod error;
mod flat;
mod grid;

use std::collections::HashSet;

use flagstone_netlist::{Canvas, Netlist, Placement};

pub use config::{ClusterConfig, PartitionConfig};
pub use error::ClusterError;
pub use grid::{GridChoice, GridConfig, choose_grid};

use crate::config::check_canvas;
use crate::emit::{Emission, emit};
use crate::flat::Flat;

/// A clustered netlist.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustered {
    /// The netlist with soft macros in place of the standard cells.
    pub netlist: Netlist,
    /// Ports and hard macros where they were, soft macros at the area-weighted centre of their
    /// cells; those of cells without coordinates are not placed.
    pub placement: Placement,
    /// The canvas that was given.
    pub canvas: Canvas,
    /// The group of each node and macro pin by its ordinal in the flat netlist's file, the rows of
    /// a `groups.final`. Every standard cell has one; hard macros have none.
    pub group_of_node: Vec<Option<u32>>,
    /// What the reader of the result should know.
    pub notes: Vec<String>,
}

/// Builds the clustered netlist from the flat one and the group of each node.
///
/// `group_of_node` has a row for each ordinal of the netlist's file; only the rows of standard cells
/// count. Group `g` becomes the soft macro `Grp_g`, as wide as a grid cell. With the flat netlist,
/// the groups and the canvas of a published run this gives its netlist byte for byte, when written
/// in the grouper's style.
///
/// # Errors
/// Where a standard cell has no group, lengths differ, or a setting is outside its range.
pub fn from_groups(
    netlist: &Netlist,
    placement: &Placement,
    canvas: &Canvas,
    group_of_node: &[Option<u32>],
    config: &ClusterConfig,
) -> Result<Clustered, ClusterError> {
    config.check()?;
    check_canvas(canvas)?;
    check_placement(netlist, placement)?;
    let flat = Flat::new(netlist, placement, config.max_fanout);
    check_groups(netlist, &flat, group_of_node)?;
    Ok(build(netlist, placement, canvas, &flat, group_of_node.to_vec(), config))
}

fn build(
    netlist: &Netlist,
    placement: &Placement,
    canvas: &Canvas,
    flat: &Flat,
    group_of_node: Vec<Option<u32>>,
    config: &ClusterConfig,
) -> Clustered {
    let emission = Emission {
        width: canvas.width / f64::from(canvas.columns),
        cell_area_utilization: config.cell_area_utilization,
    };
    let (clustered, places) = emit(netlist, placement, flat, &group_of_node, &emission);
    Clustered {
        netlist: clustered,
        placement: places,
        canvas: canvas.clone(),
        group_of_node,
        notes: notes(flat, config),
    }
}

fn notes(flat: &Flat, config: &ClusterConfig) -> Vec<String> {
    let mut notes = Vec::new();
    if flat.n_removed > 0 {
        notes.push(format!(
            "removed {} nets with more than {} sinks",
            flat.n_removed, config.max_fanout
        ));
    }
    notes
}

fn check_placement(netlist: &Netlist, placement: &Placement) -> Result<(), ClusterError> {
    let (found, expected) = (placement.x.len(), netlist.n_nodes());
    if found == expected { Ok(()) } else { Err(ClusterError::WrongPlacement { found, expected }) }
}

fn check_groups(
    netlist: &Netlist,
    flat: &Flat,
    group_of_node: &[Option<u32>],
) -> Result<(), ClusterError> {
    let (found, expected) = (group_of_node.len(), flat.len());
    if found != expected {
        return Err(ClusterError::WrongLength { found, expected });
    }
    let cells = flat.items.iter().zip(group_of_node);
    for (item, group) in cells {
        if let (flat::Item::Cell(node, _), None) = (item, group) {
            let name = netlist.node_name(*node).to_owned();
            return Err(ClusterError::CellWithoutGroup { name });
        }
    }
    check_names(netlist, flat, group_of_node)
}

/// No node that stays may have a name that a soft macro gets.
fn check_names(
    netlist: &Netlist,
    flat: &Flat,
    group_of_node: &[Option<u32>],
) -> Result<(), ClusterError> {
    let cells = group_of_node.iter().enumerate().filter(|&(ordinal, _)| flat.is_cell(ordinal));
    let groups: HashSet<u32> = cells.filter_map(|(_, &group)| group).collect();
    let kept = netlist.node_ids().filter(|&n| netlist.kind(n) != flagstone_netlist::Kind::StdCell);
    for node in kept {
        let name = netlist.node_name(node);
        let number = name.strip_prefix("Grp_").and_then(|rest| rest.parse::<u32>().ok());
        if number.is_some_and(|number| groups.contains(&number)) {
            return Err(ClusterError::NameTaken { name: name.to_owned() });
        }
    }
    Ok(())
}
