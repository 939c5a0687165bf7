use std::collections::{BTreeMap, BTreeSet};

use crate::breakup::centers;
use crate::flat::{Flat, Ordinal};

/// Which groups are merged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MergeRule {
    /// Groups of at most this many nodes look for another.
    pub(crate) max_nodes: usize,
    /// The farthest another group's centre may be, |Δx| + |Δy| in µm; groups without coordinates are
    /// near to all.
    pub(crate) closeness: f64,
}

/// Merges small groups into the near group they have the most nets in common with, until no pass
/// changes anything.
pub(crate) fn merge(flat: &Flat, groups: &mut [Option<u32>], rule: MergeRule) {
    while merge_pass(flat, groups, rule) {}
}

/// One pass over all small groups; whether another may still merge something.
fn merge_pass(flat: &Flat, groups: &mut [Option<u32>], rule: MergeRule) -> bool {
    let mut nodes_of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (node, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            nodes_of.entry(*group).or_default().push(node);
        }
    }
    let neighbours = neighbours(flat, groups);
    let centers = centers(flat, groups);
    let small: Vec<u32> = nodes_of
        .iter()
        .filter(|(_, nodes)| nodes.len() <= rule.max_nodes)
        .map(|(&group, _)| group)
        .collect();
    let mut again = false;
    for group in small {
        // Others may have come in since.
        let Some(nodes) = nodes_of.get(&group).filter(|nodes| nodes.len() <= rule.max_nodes) else {
            continue;
        };
        let near = |other: u32| match (centers.get(&group), centers.get(&other)) {
            (Some(a), Some(b)) => (a.x - b.x).abs() + (a.y - b.y).abs() <= rule.closeness,
            _ => true,
        };
        let candidates = neighbours.get(&group).into_iter().flatten();
        let chosen = candidates
            .filter(|(other, _)| nodes_of.contains_key(other) && near(**other))
            .max_by_key(|&(&other, &n)| (n, std::cmp::Reverse(other)));
        let Some((&other, _)) = chosen else { continue };
        let nodes = nodes.clone();
        nodes_of.remove(&group);
        for &node in &nodes {
            groups[node] = Some(other);
        }
        let joined = nodes_of.entry(other).or_default();
        joined.extend(nodes);
        again |= joined.len() <= rule.max_nodes;
    }
    again
}

/// For each group the groups that share drivers' nets with it, and how many.
fn neighbours(flat: &Flat, groups: &[Option<u32>]) -> BTreeMap<u32, BTreeMap<u32, usize>> {
    let mut neighbours: BTreeMap<u32, BTreeMap<u32, usize>> = BTreeMap::new();
    let mut met = BTreeSet::new();
    for (node, group) in groups.iter().enumerate() {
        let Some(group) = *group else { continue };
        met.clear();
        met.insert(group);
        let sinks = flat.sinks.row(Ordinal(node as u32)).iter();
        met.extend(sinks.filter_map(|sink| groups[sink.0 as usize]));
        for &a in &met {
            for &b in met.iter().filter(|&&b| b != a) {
                *neighbours.entry(a).or_default().entry(b).or_default() += 1;
            }
        }
    }
    neighbours
}
