use flagstone_geom::Point;
use flagstone_netlist::{Csr, Id, Kind, NetId, Netlist, NodeId, PinId, Placement};

/// An ordinal of the netlist file: a node or the pin of a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ordinal(pub(crate) u32);

impl Id for Ordinal {
    fn from_usize(row: usize) -> Self {
        Self(NodeId::from_usize(row).0)
    }
    fn usize(self) -> usize {
        self.0 as usize
    }
}

/// What stands at an ordinal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Item {
    /// Nothing; the file skips a number.
    None,
    /// A hard or soft macro.
    Macro(NodeId),
    /// A pin of a macro.
    MacroPin(PinId),
    /// A port and its first pin, where it has one.
    Port(NodeId, Option<PinId>),
    /// A standard cell.
    Cell(NodeId),
}

/// The flat netlist as circuit_training's grouper sees it: one vertex per ordinal, each driving a
/// list of others, coordinates in `f32`.
pub(crate) struct Flat {
    pub(crate) items: Vec<Item>,
    /// Driver → its nets in file order without those of more sinks than the limit. Ports and cells
    /// of some formats drive several, a pin each.
    pub(crate) nets: Csr<Ordinal, NetId>,
    /// Driver → distinct sinks of all of them, in file order.
    pub(crate) sinks: Csr<Ordinal, Ordinal>,
    /// Sink → its drivers, ascending.
    pub(crate) sources: Csr<Ordinal, Ordinal>,
    /// Position, where there is one.
    pub(crate) at: Vec<Option<Point>>,
    /// Area of standard cells, µm²; zero for everything else.
    pub(crate) cell_area: Vec<f64>,
    /// Nets that were removed for their fan-out.
    pub(crate) n_removed: usize,
}

impl Flat {
    pub(crate) fn new(netlist: &Netlist, placement: &Placement, max_fanout: usize) -> Self {
        let items = items(netlist);
        let at = items.iter().map(|&item| position(netlist, placement, item)).collect();
        let area = |item: &Item| match *item {
            Item::Cell(node) => {
                let (width, height) = netlist.size(node);
                single(width) * single(height)
            }
            _ => 0.0,
        };
        let cell_area = items.iter().map(area).collect();
        let n = items.len();
        let kept = |net: &NetId| netlist.net_pins.row(*net).len() <= max_fanout.saturating_add(1);
        let driver = |net: NetId| ordinal(netlist, netlist.nets.driver[net.usize()]);
        let kept: Vec<NetId> = netlist.net_ids().filter(kept).collect();
        let nets = Csr::from_pairs(n, kept.iter().map(|&net| (driver(net), net)));
        let pairs = distinct_pairs(netlist, &nets);
        let sinks = Csr::from_pairs(n, pairs.iter().copied());
        let sources = Csr::from_pairs(n, pairs.iter().map(|&(driver, sink)| (sink, driver)));
        let n_removed = netlist.n_nets() - nets.items().len();
        Self { items, nets, sinks, sources, at, cell_area, n_removed }
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_cell(&self, ordinal: usize) -> bool {
        matches!(self.items[ordinal], Item::Cell(..))
    }
}

/// The ordinal of a pin in the netlist file; ports and cells share theirs with their pins.
pub(crate) fn ordinal(netlist: &Netlist, pin: PinId) -> Ordinal {
    Ordinal(netlist.pins.index[pin.usize()])
}

/// Drivers, ascending, with each of their sinks once.
fn distinct_pairs(netlist: &Netlist, nets: &Csr<Ordinal, NetId>) -> Vec<(Ordinal, Ordinal)> {
    let mut pairs = Vec::with_capacity(netlist.net_pins.items().len());
    let mut last_driver = vec![None; nets.n_rows()];
    for (row, nets) in nets.rows().enumerate() {
        let driver = Ordinal::from_usize(row);
        for pin in nets.iter().flat_map(|&net| &netlist.net_pins.row(net)[1..]) {
            let sink = ordinal(netlist, *pin);
            if last_driver[sink.usize()].replace(driver) != Some(driver) {
                pairs.push((driver, sink));
            }
        }
    }
    pairs
}

/// What stands at each ordinal of the netlist file.
pub(crate) fn items(netlist: &Netlist) -> Vec<Item> {
    let indices = netlist.nodes.index.iter().chain(&netlist.pins.index);
    let mut items = vec![Item::None; indices.max().map_or(0, |&most| most as usize + 1)];
    for (pin, &index) in netlist.pins.index.iter().enumerate() {
        items[index as usize] = Item::MacroPin(PinId::from_usize(pin));
    }
    for node in netlist.node_ids() {
        let pin = netlist.node_pins.row(node).first().copied();
        items[netlist.nodes.index[node.usize()] as usize] = match netlist.kind(node) {
            Kind::HardMacro | Kind::SoftMacro => Item::Macro(node),
            Kind::Port => Item::Port(node, pin),
            Kind::StdCell => Item::Cell(node),
        };
    }
    items
}

/// Where a placed item is; a coordinate that is no number counts as none.
fn position(netlist: &Netlist, placement: &Placement, item: Item) -> Option<Point> {
    let (node, at) = match item {
        Item::Macro(node) | Item::Port(node, _) | Item::Cell(node) => {
            (node, placement.center(node))
        }
        Item::MacroPin(pin) => (netlist.pins.node[pin.usize()], placement.pin(netlist, pin)),
        Item::None => return None,
    };
    let known = placement.placed[node.usize()] && at.x.is_finite() && at.y.is_finite();
    known.then(|| Point::new(single(at.x), single(at.y)))
}

/// A number in the precision the format has.
pub(crate) fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// The decimal that an `f32` is written as.
pub(crate) fn decimal(value: f64) -> f64 {
    (value as f32).to_string().parse().unwrap_or(value)
}
