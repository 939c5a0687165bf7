use std::collections::HashMap;

use flagstone_netlist::{Kind, Netlist, NodeId, Placement};

use crate::ClusterError;

/// Places a flat netlist as a clustered one is placed: hard macros and ports where those of the same
/// name are, each standard cell at the centre of the soft macro of its group.
///
/// `group_of_node` has a row for each ordinal of the flat netlist's file, as for
/// [`from_groups`](crate::from_groups); group `g` is the soft macro `Grp_g`.
///
/// # Errors
/// Where a standard cell has no group, or the clustered netlist lacks a node.
pub fn unfold(
    flat: &Netlist,
    group_of_node: &[Option<u32>],
    clustered: &Netlist,
    placement: &Placement,
) -> Result<Placement, ClusterError> {
    let mut out = Placement::new(flat);
    let by_name: HashMap<&str, NodeId> =
        clustered.node_ids().map(|node| (clustered.node_name(node), node)).collect();
    for node in flat.node_ids() {
        let is_cell = flat.kind(node) == Kind::StdCell;
        let name = if is_cell {
            let ordinal = flat.nodes.index[node.usize()] as usize;
            let group = group_of_node.get(ordinal).copied().flatten();
            let cell = || flat.node_name(node).to_owned();
            format!("Grp_{}", group.ok_or_else(|| ClusterError::CellWithoutGroup { name: cell() })?)
        } else {
            flat.node_name(node).to_owned()
        };
        let Some(&from) = by_name.get(name.as_str()) else {
            return Err(ClusterError::NoNode { name });
        };
        out.set_center(node, placement.center(from));
        if !is_cell {
            out.orientation[node.usize()] = placement.orientation[from.usize()];
        }
        out.placed[node.usize()] = placement.placed[from.usize()];
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use flagstone_geom::Point;
    use flagstone_netlist::{Builder, Node};

    use super::*;

    fn netlist(nodes: &[(Kind, &str)]) -> Netlist {
        let mut builder = Builder::new();
        for &(kind, name) in nodes {
            builder.node(Node { kind, name, width: 1.0, height: 1.0, ..Node::default() });
        }
        builder.build()
    }

    #[test]
    fn cells_go_to_the_centre_of_their_group() {
        let flat = netlist(&[(Kind::StdCell, "c"), (Kind::HardMacro, "m")]);
        let clustered = netlist(&[(Kind::HardMacro, "m"), (Kind::SoftMacro, "Grp_7")]);
        let mut placement = Placement::new(&clustered);
        placement.set_center(NodeId(0), Point::new(1.0, 2.0));
        placement.set_center(NodeId(1), Point::new(3.0, 4.0));
        let out = unfold(&flat, &[Some(7), None], &clustered, &placement);
        let out = out.expect("every node is there");
        assert_eq!((out.x, out.y), (vec![3.0, 1.0], vec![4.0, 2.0]));
        let missing = unfold(&flat, &[Some(8), None], &clustered, &placement);
        assert_eq!(missing, Err(ClusterError::NoNode { name: "Grp_8".to_owned() }));
        let none = unfold(&flat, &[], &clustered, &placement);
        assert_eq!(none, Err(ClusterError::CellWithoutGroup { name: "c".to_owned() }));
    }
}
