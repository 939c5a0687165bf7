//! What is connected to the selection, while the rest is dimmed.

use flagstone_netlist::NodeId;

use crate::canvas::CanvasData;

/// Nodes that keep their strength while the rest is dimmed.
#[derive(Default)]
pub(super) struct Focus {
    made_for: (u64, Vec<NodeId>),
    pub(super) version: u64,
    pub(super) bright: Option<Vec<bool>>,
}

impl Focus {
    /// Works out which nodes are connected to the selection, where that is asked for.
    pub(super) fn update(&mut self, data: &CanvasData<'_>) {
        let selection = data.session.selection.nodes();
        let wanted = data.state.settings.focus && !selection.is_empty();
        let made_for = (u64::from(wanted), if wanted { selection.to_vec() } else { Vec::new() });
        if made_for == self.made_for {
            return;
        }
        self.version += 1;
        self.made_for = made_for;
        self.bright = wanted.then(|| {
            let netlist = data.session.netlist();
            let mut bright = vec![false; netlist.n_nodes()];
            for &node in selection {
                bright[node.usize()] = true;
                for &net in netlist.node_nets.row(node) {
                    for &pin in netlist.net_pins.row(net) {
                        bright[netlist.pins.node[pin.usize()].usize()] = true;
                    }
                }
            }
            bright
        });
    }
}
