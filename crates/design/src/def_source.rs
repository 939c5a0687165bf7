use std::collections::HashMap;

use flagstone_formats::{def, lefdef};
use flagstone_geom::Orientation;
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};

/// The DEF a design came from, for writing it back.
#[derive(Debug)]
pub struct DefSource {
    text: Vec<u8>,
    flat: lefdef::Design,
}

impl DefSource {
    pub(crate) fn new(text: Vec<u8>, flat: lefdef::Design) -> Self {
        Self { text, flat }
    }

    /// The DEF with the hard macros where a placement of `netlist` has them, by name.
    pub(crate) fn write(&self, netlist: &Netlist, placement: &Placement) -> Vec<u8> {
        let mut own = self.flat.placement.clone();
        let movable = self.carry(netlist, placement, &mut own);
        let moves: Vec<def::Move> =
            movable.iter().filter_map(|&node| self.flat.place(&own, node)).collect();
        let mut out = Vec::new();
        if let (Some(def), _) = def::read(&self.text) {
            def::write(&self.text, &def, &moves, &mut out).expect("a vector takes every byte");
        }
        out
    }

    /// The orientations by which DEF knows the macros of `netlist`.
    pub(crate) fn orientations(
        &self,
        netlist: &Netlist,
        placement: &Placement,
    ) -> HashMap<String, Orientation> {
        let mut own = self.flat.placement.clone();
        self.carry(netlist, placement, &mut own);
        let flat = &self.flat.netlist;
        let macros = flat.nodes_of(Kind::HardMacro);
        let known = |node| self.flat.place(&own, node).map(|to| to.orientation);
        macros.filter_map(|n| Some((flat.node_name(n).to_owned(), known(n)?))).collect()
    }

    /// Takes the places of hard macros over, by name; returns those that were free to move.
    fn carry(&self, netlist: &Netlist, from: &Placement, to: &mut Placement) -> Vec<NodeId> {
        let flat = &self.flat.netlist;
        let by_name: HashMap<&str, NodeId> =
            flat.nodes_of(Kind::HardMacro).map(|node| (flat.node_name(node), node)).collect();
        let mut moved = Vec::new();
        for node in netlist.nodes_of(Kind::HardMacro) {
            let Some(&own) = by_name.get(netlist.node_name(node)) else { continue };
            to.set_center(own, from.center(node));
            to.orientation[own.usize()] = from.orientation[node.usize()];
            if !to.fixed[own.usize()] {
                moved.push(own);
            }
        }
        moved
    }
}
