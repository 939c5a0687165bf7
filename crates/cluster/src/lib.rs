//! Standard cells to soft macros: partitioning, grouping, grid choice.
//!
//! [`cluster`] turns a flat netlist into one whose standard cells are grouped into soft macros, as
//! circuit_training's grouper does, with a partitioner of our own. [`from_groups`] does the last
//! step alone, from groups that are known. [`choose_grid`] finds the number of columns and rows.
//!
//! ```
//! use flagstone_cluster::{ClusterConfig, cluster};
//! use flagstone_netlist::{Builder, Canvas, Kind, Node, Pin, Placement};
//!
//! let mut builder = Builder::new();
//! let cell = |name| Node { kind: Kind::StdCell, name, width: 1.0, height: 1.0, ..Node::default() };
//! let pins = ["a", "b"].map(|name| {
//!     let node = builder.node(cell(name));
//!     builder.pin(Pin { node, ..Pin::default() })
//! });
//! builder.net(pins[0], &[pins[1]]);
//! let netlist = builder.build();
//! let (placement, canvas) = (Placement::new(&netlist), Canvas::for_netlist(&netlist));
//! let config = ClusterConfig { free_parts: 1, ..ClusterConfig::default() };
//! let clustered = cluster(&netlist, &placement, &canvas, &config)?;
//! assert_eq!(clustered.netlist.nodes_of(Kind::SoftMacro).count(), 1);
//! # Ok::<(), flagstone_cluster::ClusterError>(())
//! ```

mod breakup;
mod coarsen;
mod config;
mod emit;
mod error;
mod fixed;
mod flat;
mod fm;
mod grid;
mod grouping;
mod hypergraph;
mod kway;
mod merge;
mod partition;
mod settle;
mod unfold;

use std::collections::HashSet;

use flagstone_netlist::{Canvas, Netlist, Placement};

pub use config::{ClusterConfig, PartitionConfig, SettleConfig};
pub use error::ClusterError;
pub use grid::{GridChoice, GridConfig, choose_grid};
pub use unfold::unfold;

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

/// Groups the standard cells of a flat netlist and builds the clustered one.
///
/// Nets with a large fan-out are removed; cells next to a macro's pins, or to ports that lie side by
/// side, stay with them; the rest is partitioned; groups that are spread over the canvas are broken
/// up and small ones merged; at last single cells go to the groups where their nets are shortest.
/// The canvas' grid must be chosen, see [`choose_grid`]. The result depends on the seed, not on the
/// number of threads.
///
/// # Errors
/// Where there are no standard cells, lengths differ, or a setting is outside its range.
pub fn cluster(
    netlist: &Netlist,
    placement: &Placement,
    canvas: &Canvas,
    config: &ClusterConfig,
) -> Result<Clustered, ClusterError> {
    config.check()?;
    check_canvas(canvas)?;
    check_placement(netlist, placement)?;
    let flat = Flat::new(netlist, placement, config.max_fanout);
    if !(0..flat.len()).any(|ordinal| flat.is_cell(ordinal)) {
        return Err(ClusterError::NoCells);
    }
    let groups = grouping::group(netlist, canvas, &flat, config);
    check_groups(netlist, &flat, &groups)?;
    Ok(build(netlist, placement, canvas, &flat, groups, config))
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
    let cells = (0..flat.len()).filter(|&ordinal| flat.is_cell(ordinal));
    let (n_cells, n_unplaced) = cells.fold((0_usize, 0_usize), |(all, unplaced), cell| {
        (all + 1, unplaced + usize::from(flat.at[cell].is_none()))
    });
    if n_unplaced > 0 {
        notes.push(format!(
            "{n_unplaced} of {n_cells} standard cells have no coordinates: grouped by their nets and \
             the hierarchy in their names; soft macros of such cells alone are not placed"
        ));
    }
    notes
}

fn check_placement(netlist: &Netlist, placement: &Placement) -> Result<(), ClusterError> {
    let expected = netlist.n_nodes();
    let Placement { x, y, orientation, placed, fixed } = placement;
    let lengths = [x.len(), y.len(), orientation.len(), placed.len(), fixed.len()];
    match lengths.into_iter().find(|&found| found != expected) {
        Some(found) => Err(ClusterError::WrongPlacement { found, expected }),
        None => Ok(()),
    }
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
        if let (flat::Item::Cell(node), None) = (item, group) {
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
