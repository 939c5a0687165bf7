//! What is selected, and the eight highlight groups.

use flagstone_netlist::NodeId;

/// How nodes join a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// They replace it.
    Replace,
    /// They are added.
    Add,
    /// Each is added, or taken out where it was in.
    Toggle,
}

/// Selected nodes, in the order they were picked; the last one leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    nodes: Vec<NodeId>,
}

impl Selection {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many nodes are selected.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes in the order they were picked.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// The nodes in the order they were picked.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes.iter().copied()
    }

    /// The node picked last.
    pub fn lead(&self) -> Option<NodeId> {
        self.nodes.last().copied()
    }

    /// Whether a node is selected.
    pub fn contains(&self, node: NodeId) -> bool {
        self.nodes.contains(&node)
    }

    /// Takes nodes in.
    pub fn pick(&mut self, how: Pick, nodes: &[NodeId]) {
        if how == Pick::Replace {
            self.nodes.clear();
        }
        let mut known: std::collections::HashSet<NodeId> = self.nodes.iter().copied().collect();
        let mut dropped = std::collections::HashSet::new();
        for &node in nodes {
            if known.insert(node) {
                self.nodes.push(node);
            } else if how == Pick::Toggle {
                dropped.insert(node);
            }
        }
        self.nodes.retain(|node| !dropped.contains(node));
    }
}

/// Eight sets of nodes with a colour each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// The nodes of each.
    pub nodes: [Vec<NodeId>; 8],
}

impl Groups {
    /// Puts nodes in a group, or takes them out if all of them are in it. A node is in one group.
    pub fn toggle(&mut self, group: usize, nodes: &[NodeId]) {
        let all_in = nodes.iter().all(|node| self.nodes[group].contains(node));
        for members in &mut self.nodes {
            members.retain(|member| !nodes.contains(member));
        }
        if !all_in {
            self.nodes[group].extend_from_slice(nodes);
        }
    }

    /// Whether no group has a node.
    pub fn is_empty(&self) -> bool {
        self.nodes.iter().all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_replace_add_and_toggle() {
        let ids = |rows: &[u32]| rows.iter().map(|&row| NodeId(row)).collect::<Vec<_>>();
        let mut selection = Selection::default();
        selection.pick(Pick::Replace, &ids(&[1, 2]));
        selection.pick(Pick::Add, &ids(&[2, 3]));
        assert_eq!(selection.nodes(), ids(&[1, 2, 3]));
        selection.pick(Pick::Toggle, &ids(&[2, 4]));
        assert_eq!(selection.nodes(), ids(&[1, 3, 4]));
        assert_eq!(selection.lead(), Some(NodeId(4)));
    }

    #[test]
    fn a_node_is_in_one_group() {
        let nodes = [NodeId(7)];
        let mut groups = Groups::default();
        groups.toggle(0, &nodes);
        groups.toggle(3, &nodes);
        assert!(groups.nodes[0].is_empty() && groups.nodes[3] == nodes);
        groups.toggle(3, &nodes);
        assert!(groups.is_empty());
    }
}
