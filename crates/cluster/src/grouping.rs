//! From the flat netlist to a group for every cell.

use std::collections::BTreeMap;

use flagstone_netlist::{Canvas, Netlist};

use crate::ClusterConfig;
use crate::breakup::break_up;
use crate::fixed::{FixedGroups, fixed_groups};
use crate::flat::{Flat, Item, Ordinal};
use crate::hypergraph::Hypergraph;
use crate::merge::{MergeRule, merge};
use crate::partition::partition;
use crate::settle::settle;

/// The group of each ordinal; hard macros have none.
pub(crate) fn group(
    netlist: &Netlist,
    canvas: &Canvas,
    flat: &Flat,
    config: &ClusterConfig,
) -> Vec<Option<u32>> {
    let fixed = fixed_groups(netlist, canvas, flat, config.fixed_logic_levels);
    let mut groups = partitioned(netlist, flat, &fixed, config);
    let n_nodes = groups.iter().flatten().count();
    let mut distinct: Vec<u32> = groups.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let length = config.breakup_share * (canvas.width * canvas.height).sqrt();
    break_up(flat, &mut groups, length);
    let max_nodes = n_nodes / distinct.len().max(1) / config.merge_divisor;
    let closeness = config.closeness_share * length;
    merge(flat, &mut groups, MergeRule { max_nodes, closeness });
    settle(flat, &mut groups, closeness, config);
    groups
}

/// Fixed groups keep their numbers; a free node gets the number of its part, counted after them.
fn partitioned(
    netlist: &Netlist,
    flat: &Flat,
    fixed: &FixedGroups,
    config: &ClusterConfig,
) -> Vec<Option<u32>> {
    let vertices = vertices(flat, fixed);
    let nets = driven_nets(flat).chain(name_nets(netlist, flat).into_iter().map(|net| (net, 1)));
    let nets = nets.map(|(nodes, weight)| {
        let vertices = nodes.into_iter().filter_map(|node| vertices.of[node as usize]);
        (vertices.collect(), weight)
    });
    let n = vertices.weight.len();
    let graph = Hypergraph::new(vertices.weight, vec![None; n], nets);
    let parts: Vec<Option<u32>> = (0..n as u32).map(|v| (v < fixed.n).then_some(v)).collect();
    let n_parts = fixed.n.saturating_add(u32::try_from(config.free_parts).unwrap_or(u32::MAX));
    let part_of = partition(graph, parts, n_parts, &config.partition);
    let free = |vertex: Option<u32>| vertex.map(|vertex| part_of[vertex as usize] + fixed.n);
    fixed.of.iter().zip(&vertices.of).map(|(fixed, &vertex)| fixed.or(free(vertex))).collect()
}

/// The hypergraph's vertices: one for each fixed group, then one for each node in none.
struct Vertices {
    of: Vec<Option<u32>>,
    weight: Vec<u64>,
}

fn vertices(flat: &Flat, fixed: &FixedGroups) -> Vertices {
    let mut vertices = Vertices { of: fixed.of.clone(), weight: vec![0; fixed.n as usize] };
    for (node, of) in vertices.of.iter_mut().enumerate() {
        match *of {
            Some(group) => vertices.weight[group as usize] += 1,
            None if flat.is_cell(node) => {
                *of = Some(vertices.weight.len() as u32);
                vertices.weight.push(1);
            }
            // Hard macros have no nets, their pins do; soft macros stay as they are.
            None => {}
        }
    }
    vertices
}

fn driven_nets(flat: &Flat) -> impl Iterator<Item = (Vec<u32>, i64)> {
    let driven = (0..flat.len() as u32).map(|node| (node, flat.sinks.row(Ordinal(node))));
    driven.filter(|(_, sinks)| !sinks.is_empty()).map(|(node, sinks)| {
        let nodes = std::iter::once(node).chain(sinks.iter().map(|sink| sink.0));
        (nodes.collect(), 1)
    })
}

/// Where cells have no coordinates, those of one instance of the hierarchy are held together by nets
/// of a few neighbours in the file.
fn name_nets(netlist: &Netlist, flat: &Flat) -> Vec<Vec<u32>> {
    const CELLS: usize = 16;
    let mut cells_of: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (ordinal, item) in flat.items.iter().enumerate() {
        if let (Item::Cell(node), None) = (item, flat.at[ordinal])
            && let Some((instance, _)) = netlist.node_name(*node).rsplit_once('/')
        {
            cells_of.entry(instance).or_default().push(ordinal as u32);
        }
    }
    cells_of.values().flat_map(|cells| cells.chunks(CELLS).map(<[u32]>::to_vec)).collect()
}
