use std::borrow::Cow;
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

/// A hard macro of a netlist and the node of the DEF that has its name.
struct Pair {
    node: NodeId,
    own: NodeId,
}

impl DefSource {
    pub(crate) fn new(text: Vec<u8>, flat: lefdef::Design) -> Self {
        Self { text, flat }
    }

    /// The DEF with the hard macros where a placement of `netlist` has them, by name. Those that did
    /// not move, or have no place, keep their bytes.
    pub(crate) fn write(&self, netlist: &Netlist, placement: &Placement) -> Vec<u8> {
        let mut pairs = self.pairs(netlist);
        pairs.retain(|pair| placement.placed[pair.node.usize()]);
        let own = self.carried(&pairs, placement);
        let movable = pairs.iter().filter(|pair| !own.fixed[pair.own.usize()]);
        let places = movable.filter_map(|pair| self.flat.place(&own, pair.own));
        let mut out = Vec::new();
        if let (Some(def), _) = def::read(&self.text) {
            let moves: Vec<def::Move> =
                places.filter(|to| !to.is_at(&def.components[to.component])).collect();
            def::write(&self.text, &def, &moves, &mut out).expect("a vector takes every byte");
        }
        out
    }

    /// The orientations by which DEF knows the macros of `netlist`.
    pub(crate) fn orientations(
        &self,
        netlist: &Netlist,
        placement: &Placement,
    ) -> HashMap<NodeId, Orientation> {
        let pairs = self.pairs(netlist);
        let own = self.carried(&pairs, placement);
        let known = |pair: &Pair| Some((pair.node, self.flat.place(&own, pair.own)?.orientation));
        pairs.iter().filter_map(known).collect()
    }

    /// The names by which DEF knows the macros of `netlist`.
    pub(crate) fn spellings(&self, netlist: &Netlist) -> HashMap<NodeId, &str> {
        let pairs = self.pairs(netlist);
        pairs.iter().map(|pair| (pair.node, self.flat.netlist.node_name(pair.own))).collect()
    }

    /// Names of the hard macros of `netlist` that the DEF lacks.
    pub(crate) fn missing<'n>(&self, netlist: &'n Netlist) -> Vec<&'n str> {
        let found = self.by_name();
        let names = netlist.nodes_of(Kind::HardMacro).map(|node| netlist.node_name(node));
        names.filter(|name| !found.contains_key(*name)).collect()
    }

    /// The places of `pairs` in a placement of their netlist, all others as in the DEF.
    fn carried(&self, pairs: &[Pair], from: &Placement) -> Placement {
        let mut own = self.flat.placement.clone();
        for pair in pairs {
            own.set_center(pair.own, from.center(pair.node));
            own.orientation[pair.own.usize()] = from.orientation[pair.node.usize()];
        }
        own
    }

    fn pairs(&self, netlist: &Netlist) -> Vec<Pair> {
        let found = self.by_name();
        let pair = |node| Some(Pair { node, own: *found.get(netlist.node_name(node))? });
        netlist.nodes_of(Kind::HardMacro).filter_map(pair).collect()
    }

    /// The DEF's hard macros by name. Verilog has no escapes in its names, so they are here without
    /// them, too; a name that is spelled as in the DEF goes first.
    fn by_name(&self) -> HashMap<Cow<'_, str>, NodeId> {
        let flat = &self.flat.netlist;
        let macros = || flat.nodes_of(Kind::HardMacro).map(|node| (flat.node_name(node), node));
        let without = macros().map(|(name, node)| (def::plain(name), node));
        without.chain(macros().map(|(name, node)| (name.into(), node))).collect()
    }
}
