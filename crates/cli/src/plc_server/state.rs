//! Everything the server knows: the circuit, where it stands, and the client's settings.

use std::collections::{BTreeMap, HashMap};

use flagstone_cost::{Evaluation, Evaluator, Rules};
use flagstone_formats::pbtxt::NetlistFile;
use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Blockage, Canvas, Kind, Netlist, NodeId, PinId, Placement};

/// What an index of the netlist file refers to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    /// A macro, port or cell.
    Node(NodeId),
    /// A pin of a macro.
    Pin(PinId),
}

/// Nets of the client's own, for steering.
#[derive(Clone, Debug)]
pub(super) struct FakeNet {
    pub(super) weight: f64,
    pub(super) items: Vec<Item>,
}

/// Settings the client made itself; a placement file's header does not override them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explicit {
    pub(super) size: bool,
    pub(super) grid: bool,
    pub(super) congestion_grid: bool,
    pub(super) routes: bool,
    pub(super) macro_routes: bool,
    pub(super) smoothing: bool,
    pub(super) overlap_threshold: bool,
}

/// The state behind all methods.
pub(super) struct State {
    pub(super) netlist: Netlist,
    pub(super) canvas: Canvas,
    pub(super) placement: Placement,
    pub(super) source: String,
    pub(super) project: String,
    pub(super) block: String,
    pub(super) spacing: (f64, f64),
    pub(super) boundary_check: bool,
    pub(super) incremental: bool,
    pub(super) macros_over_cells: bool,
    pub(super) explicit: Explicit,
    /// Blockages the client made; the canvas has these and the restored file's.
    pub(super) own_blockages: Vec<Blockage>,
    /// Blockages of the file restored last.
    pub(super) file_blockages: Vec<Blockage>,
    pub(super) fake_nets: Vec<FakeNet>,
    pub(super) areas: BTreeMap<NodeId, Rect>,
    items: Vec<Option<Item>>,
    by_name: HashMap<String, u32>,
    evaluator: Evaluator,
    evaluation: Option<Evaluation>,
}

impl State {
    /// The netlist as read, on the default canvas.
    pub(super) fn new(file: NetlistFile, source: String, spacing: (f64, f64)) -> Self {
        let netlist = file.netlist.rounded_to_f32();
        let mut placement = file.placement;
        for column in [&mut placement.x, &mut placement.y] {
            column.iter_mut().for_each(|value| *value = f64::from(*value as f32));
        }
        // Nodes without coordinates count as standing at the origin, as in the original.
        placement.placed.fill(true);
        let (items, by_name) = index(&netlist);
        Self {
            canvas: Canvas::for_netlist(&netlist),
            placement,
            source,
            project: String::new(),
            block: String::new(),
            spacing,
            boundary_check: true,
            incremental: false,
            macros_over_cells: false,
            explicit: Explicit::default(),
            own_blockages: Vec::new(),
            file_blockages: Vec::new(),
            fake_nets: Vec::new(),
            areas: BTreeMap::new(),
            items,
            by_name,
            evaluator: Evaluator::default(),
            evaluation: None,
            netlist,
        }
    }

    /// Number of nodes, pins included.
    pub(super) fn n_items(&self) -> usize {
        self.items.len()
    }

    /// What an index refers to.
    pub(super) fn item(&self, index: u32) -> Option<Item> {
        self.items.get(index as usize).copied().flatten()
    }

    /// The index of a name.
    pub(super) fn index_of(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The index of a node.
    pub(super) fn index(&self, node: NodeId) -> u32 {
        self.netlist.nodes.index[node.usize()]
    }

    /// The index of a node or pin.
    pub(super) fn item_index(&self, item: Item) -> u32 {
        match item {
            Item::Node(node) => self.index(node),
            Item::Pin(pin) => self.netlist.pins.index[pin.usize()],
        }
    }

    /// The node something belongs to.
    pub(super) fn owner(&self, item: Item) -> NodeId {
        match item {
            Item::Node(node) => node,
            Item::Pin(pin) => self.netlist.pins.node[pin.usize()],
        }
    }

    /// Where a node or pin is.
    pub(super) fn location(&self, item: Item) -> Point {
        match item {
            Item::Node(node) => self.placement.center(node),
            Item::Pin(pin) => self.placement.pin(&self.netlist, pin),
        }
    }

    /// Whether a node is a macro.
    pub(super) fn is_macro(&self, node: NodeId) -> bool {
        matches!(self.netlist.kind(node), Kind::HardMacro | Kind::SoftMacro)
    }

    /// Puts the client's and the file's blockages on the canvas, each rectangle once: a client makes
    /// those of a header itself before it restores the file.
    pub(super) fn update_blockages(&mut self) {
        let all = &mut self.canvas.blockages;
        all.clone_from(&self.own_blockages);
        for blockage in &self.file_blockages {
            if all.iter().all(|other| other.rect != blockage.rect) {
                all.push(*blockage);
            }
        }
    }

    /// Forgets the costs: something they depend on has changed.
    pub(super) fn changed(&mut self) {
        self.evaluation = None;
    }

    /// Cost and maps of the present state.
    pub(super) fn evaluation(&mut self) -> &Evaluation {
        let evaluator = &mut self.evaluator;
        self.evaluation.get_or_insert_with(|| {
            evaluator.evaluate(&self.netlist, &self.canvas, &self.placement, Rules::Google).clone()
        })
    }
}

type Index = (Vec<Option<Item>>, HashMap<String, u32>);

/// Nodes and pins by their ordinal in the file, and the ordinals by name.
fn index(netlist: &Netlist) -> Index {
    let nodes = netlist
        .node_ids()
        .map(|node| (netlist.nodes.index[node.usize()], Item::Node(node), netlist.node_name(node)));
    let pins = (0..netlist.n_pins()).map(PinId::from_usize);
    let owned = |pin: &PinId| {
        let owner = netlist.kind(netlist.pins.node[pin.usize()]);
        matches!(owner, Kind::HardMacro | Kind::SoftMacro)
    };
    let pins = pins
        .filter(owned)
        .map(|pin| (netlist.pins.index[pin.usize()], Item::Pin(pin), netlist.pin_name(pin)));
    let (mut items, mut by_name) = (Vec::new(), HashMap::new());
    for (index, item, name) in nodes.chain(pins) {
        if items.len() <= index as usize {
            items.resize(index as usize + 1, None);
        }
        items[index as usize] = Some(item);
        by_name.entry(name.to_owned()).or_insert(index);
    }
    (items, by_name)
}
