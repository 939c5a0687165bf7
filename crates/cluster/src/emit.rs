//! Building the clustered netlist from the flat one and the group of every standard cell.
//!
//! A standard cell's pin becomes a pin of its group's soft macro. Cells with several targets
//! outside the group keep a pin of their own, cells with one share a pin with all others of the
//! group that have the same target; its weight is the sum of theirs. All sinks in a group are one
//! pin. Nets inside a group vanish. A cell that drives several nets counts once for each; those of a
//! port are one, with the largest of their weights, as the clustered file gives it a single output.
//! Source: circuit_training's `grouping/grouper.py`, whose cells drive one net each; the order of
//! everything is the published files'.

use std::collections::{BTreeMap, HashMap};

use flagstone_geom::Orientation;
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use crate::flat::{Flat, Item, Ordinal, decimal, ordinal, single};

/// What a net ends at after grouping. Groups come first, the highest number at the top, then
/// ordinals of the flat file: the order in which the sinks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Target(i64);

impl Target {
    fn group(group: u32) -> Self {
        Self(-i64::from(group) - 1)
    }
    fn ordinal(ordinal: Ordinal) -> Self {
        Self(i64::from(ordinal.0))
    }
}

/// A record of the clustered file.
struct Record {
    name: RecordName,
    weight: f64,
    targets: Vec<Target>,
}

/// Whose record it is.
enum RecordName {
    /// Everything but standard cells, by its ordinal in the flat file.
    Kept(Ordinal),
    /// A soft macro.
    Group(u32),
    /// A pin of a soft macro that drives.
    Output(u32, &'static str, usize),
    /// The pin of a soft macro that is driven.
    Input(u32),
}

/// The shape and place of a soft macro.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    area: f64,
    /// Area of the placed cells and their weighted coordinates.
    placed: [f64; 3],
}

/// What is needed beside the groups.
pub(crate) struct Emission {
    /// Width of the soft macros in µm.
    pub(crate) width: f64,
    /// Area of the cells over the area of their soft macro.
    pub(crate) cell_area_utilization: f64,
}

/// The clustered netlist and where its nodes are. Every cell's `group` must be there.
pub(crate) fn emit(
    netlist: &Netlist,
    placement: &Placement,
    flat: &Flat,
    groups: &[Option<u32>],
    emission: &Emission,
) -> (Netlist, Placement) {
    let records = records(netlist, flat, groups);
    let shapes = shapes(flat, groups);
    let mut assembly = Assembly {
        netlist,
        placement,
        flat,
        emission,
        shapes,
        builder: Builder::new(),
        places: Vec::new(),
        node_of: HashMap::new(),
        pin_of: HashMap::new(),
    };
    assembly.builder.bloating_ratio(decimal(1.0 / emission.cell_area_utilization));
    let nodes: Vec<_> =
        records.iter().enumerate().map(|(index, record)| assembly.node(index, record)).collect();
    let drivers: Vec<_> = records
        .iter()
        .zip(&nodes)
        .enumerate()
        .map(|(index, (record, &node))| assembly.pin(index, record, node))
        .collect();
    for (record, driver) in records.iter().zip(drivers) {
        let Some(driver) = driver else { continue };
        let sinks = record.targets.iter().filter_map(|target| assembly.pin_of.get(target).copied());
        let sinks: Vec<PinId> = sinks.collect();
        assembly.builder.net(driver, &sinks);
    }
    assembly.finish()
}

/// The distinct targets of sinks, sorted; the group `own` left out.
fn targets(
    flat: &Flat,
    groups: &[Option<u32>],
    sinks: impl Iterator<Item = Ordinal>,
    own: Option<u32>,
) -> Vec<Target> {
    let target = |sink: Ordinal| {
        let group = groups[sink.0 as usize].filter(|_| flat.is_cell(sink.0 as usize));
        group.map_or(Target::ordinal(sink), Target::group)
    };
    let mut targets: Vec<Target> = sinks.map(target).collect();
    targets.sort_unstable();
    targets.dedup();
    targets.retain(|&target| own.is_none_or(|own| target != Target::group(own)));
    targets
}

/// Weight of all that a pin or port drives as one net; the pin's own where it drives none.
fn weight(netlist: &Netlist, flat: &Flat, driver: Ordinal, pin: PinId) -> f64 {
    let weights = flat.nets.row(driver).iter().map(|net| netlist.nets.weight[net.usize()]);
    weights.reduce(f64::max).unwrap_or(netlist.pins.weight[pin.usize()])
}

/// Every record of the clustered file in order.
fn records(netlist: &Netlist, flat: &Flat, groups: &[Option<u32>]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut cells_of: BTreeMap<u32, Vec<Ordinal>> = BTreeMap::new();
    for (row, item) in flat.items.iter().enumerate() {
        let driver = Ordinal(row as u32);
        let weight = match *item {
            Item::None => continue,
            Item::Cell(..) => {
                if let Some(group) = groups[row] {
                    cells_of.entry(group).or_default().push(driver);
                }
                continue;
            }
            Item::Macro(_) | Item::Port(_, None) => 1.0,
            Item::MacroPin(pin) | Item::Port(_, Some(pin)) => weight(netlist, flat, driver, pin),
        };
        let targets = targets(flat, groups, flat.sinks.row(driver).iter().copied(), None);
        records.push(Record { name: RecordName::Kept(driver), weight, targets });
    }
    for (group, cells) in cells_of {
        group_records(netlist, flat, groups, (group, &cells), &mut records);
    }
    records
}

/// A soft macro, its driving pins and its driven one.
fn group_records(
    netlist: &Netlist,
    flat: &Flat,
    groups: &[Option<u32>],
    (group, cells): (u32, &[Ordinal]),
    records: &mut Vec<Record>,
) {
    records.push(Record { name: RecordName::Group(group), weight: 1.0, targets: Vec::new() });
    let mut single_targets: BTreeMap<Target, f64> = BTreeMap::new();
    let mut n_multi = 0;
    for &net in cells.iter().flat_map(|&cell| flat.nets.row(cell)) {
        let weight = single(netlist.nets.weight[net.usize()]);
        let sinks = netlist.net_pins.row(net)[1..].iter().map(|&pin| ordinal(netlist, pin));
        let targets = targets(flat, groups, sinks, Some(group));
        match targets[..] {
            [] => {}
            [target] => *single_targets.entry(target).or_default() += weight,
            _ => {
                let name = RecordName::Output(group, "multi", n_multi);
                records.push(Record { name, weight: decimal(weight), targets });
                n_multi += 1;
            }
        }
    }
    for (k, (target, weight)) in single_targets.into_iter().enumerate() {
        let name = RecordName::Output(group, "single", k);
        records.push(Record { name, weight: decimal(weight), targets: vec![target] });
    }
    records.push(Record { name: RecordName::Input(group), weight: 1.0, targets: Vec::new() });
}

fn shapes(flat: &Flat, groups: &[Option<u32>]) -> BTreeMap<u32, Shape> {
    let mut shapes: BTreeMap<u32, Shape> = BTreeMap::new();
    for (ordinal, &group) in groups.iter().enumerate() {
        let Some(group) = group.filter(|_| flat.is_cell(ordinal)) else { continue };
        let shape = shapes.entry(group).or_default();
        let area = flat.cell_area[ordinal];
        shape.area += area;
        if let Some(at) = flat.at[ordinal] {
            let sums = [area, area * at.x, area * at.y];
            shape.placed.iter_mut().zip(sums).for_each(|(sum, value)| *sum += value);
        }
    }
    shapes
}

struct Assembly<'a> {
    netlist: &'a Netlist,
    placement: &'a Placement,
    flat: &'a Flat,
    emission: &'a Emission,
    shapes: BTreeMap<u32, Shape>,
    builder: Builder,
    /// Coordinates, orientation, placed and fixed of the nodes added so far.
    places: Vec<(f64, f64, Orientation, bool, bool)>,
    node_of: HashMap<NodeId, NodeId>,
    pin_of: HashMap<Target, PinId>,
}

impl Assembly<'_> {
    /// Adds the node of a record, if it is one; the node its pin sits on otherwise.
    fn node(&mut self, index: usize, record: &Record) -> Option<NodeId> {
        match record.name {
            RecordName::Kept(ordinal) => match self.flat.items[ordinal.0 as usize] {
                Item::Macro(old) | Item::Port(old, _) => Some(self.kept(index, old)),
                Item::MacroPin(_) | Item::Cell(..) | Item::None => None,
            },
            RecordName::Group(group) => Some(self.group(index, group)),
            // A group's pins follow it.
            RecordName::Output(..) | RecordName::Input(_) => {
                Some(NodeId::from_usize(self.places.len() - 1))
            }
        }
    }

    fn kept(&mut self, index: usize, old: NodeId) -> NodeId {
        let (nodes, row) = (&self.netlist.nodes, old.usize());
        let new = self.builder.node(Node {
            kind: nodes.kind[row],
            name: self.netlist.node_name(old),
            width: nodes.width[row],
            height: nodes.height[row],
            orientation: nodes.orientation[row],
            side: nodes.side[row],
            ref_name: nodes.ref_name[row].map(|name| self.netlist.names.get(name)),
            index: Some(index as u32),
        });
        let at = self.placement;
        let (x, y) = (at.x[row], at.y[row]);
        self.places.push((x, y, at.orientation[row], at.placed[row], at.fixed[row]));
        self.node_of.insert(old, new);
        new
    }

    fn group(&mut self, index: usize, group: u32) -> NodeId {
        let shape = self.shapes.get(&group).copied().unwrap_or_default();
        let [area, x, y] = shape.placed;
        let placed = area > 0.0;
        let divisor = if placed { area } else { 1.0 };
        self.places.push((
            decimal(x / divisor),
            decimal(y / divisor),
            Orientation::N,
            placed,
            false,
        ));
        let bloated = shape.area / self.emission.cell_area_utilization;
        self.builder.node(Node {
            kind: Kind::SoftMacro,
            name: &format!("Grp_{group}"),
            width: decimal(self.emission.width),
            height: decimal(bloated / self.emission.width),
            index: Some(index as u32),
            ..Node::default()
        })
    }

    /// Adds the pin of a record, if it has one.
    fn pin(&mut self, index: usize, record: &Record, node: Option<NodeId>) -> Option<PinId> {
        let index = Some(index as u32);
        let (pin, target) = match record.name {
            RecordName::Kept(ordinal) => {
                let pin = self.kept_pin(ordinal, node, record.weight, index)?;
                (pin, Some(Target::ordinal(ordinal)))
            }
            RecordName::Group(_) => return None,
            RecordName::Output(group, kind, k) => {
                let name = format!("Grp_{group}/Poutput_{kind}_{k}");
                let pin = Pin {
                    node: node?,
                    name: &name,
                    weight: record.weight,
                    index,
                    ..Pin::default()
                };
                (self.builder.pin(pin), None)
            }
            RecordName::Input(group) => {
                let name = format!("Grp_{group}/Pinput");
                let pin = Pin { node: node?, name: &name, index, ..Pin::default() };
                (self.builder.pin(pin), Some(Target::group(group)))
            }
        };
        if let Some(target) = target {
            self.pin_of.insert(target, pin);
        }
        Some(pin)
    }

    fn kept_pin(
        &mut self,
        ordinal: Ordinal,
        node: Option<NodeId>,
        weight: f64,
        index: Option<u32>,
    ) -> Option<PinId> {
        let pin = match self.flat.items[ordinal.0 as usize] {
            Item::Port(..) => Pin { node: node?, weight, ..Pin::default() },
            Item::MacroPin(old) => {
                let (pins, row) = (&self.netlist.pins, old.usize());
                let (dx, dy) = (pins.dx[row], pins.dy[row]);
                let node = *self.node_of.get(&pins.node[row])?;
                Pin { node, name: self.netlist.pin_name(old), dx, dy, weight, index }
            }
            Item::Macro(_) | Item::Cell(..) | Item::None => return None,
        };
        Some(self.builder.pin(pin))
    }

    fn finish(self) -> (Netlist, Placement) {
        let netlist = self.builder.build();
        let mut placement = Placement::new(&netlist);
        for (node, &(x, y, orientation, placed, fixed)) in self.places.iter().enumerate() {
            (placement.x[node], placement.y[node]) = (x, y);
            placement.orientation[node] = orientation;
            (placement.placed[node], placement.fixed[node]) = (placed, fixed);
        }
        (netlist, placement)
    }
}
