//! A netlist from a DEF and the LEF that says what its components are.
//!
//! DEF places lower left corners on a die that may begin anywhere; a [`Placement`] has centres on a
//! canvas that begins at (0, 0). A component turned by 90° becomes a node whose shape is turned
//! once and for all, because the cost never swaps width and height; [`Design::place`] undoes all of
//! it.

mod rules;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, PinId, Placement, Side};

use crate::def::{self, Component, Connection, Def, Move, Status};
use crate::lef::{Library, Macro};
use crate::{Diagnostic, Diagnostics};

pub use rules::MacroRules;
use rules::kind;

/// A design as nodes, pins and nets.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The circuit.
    pub netlist: Netlist,
    /// Where the DEF has everything.
    pub placement: Placement,
    /// Lower left corner of the die, µm.
    pub origin: (f64, f64),
    /// Width and height of the die, µm.
    pub size: (f64, f64),
    /// Placement blockages on the canvas, µm, without the soft and partial ones and those that
    /// belong to a component; what the canvas has outside a die that is no rectangle, too.
    pub blockages: Vec<Rect>,
    /// The widest halo of a macro on any side, µm; zero where there is none.
    pub halo: f64,
    /// The component of each node; `None` for pins of the block.
    pub component: Vec<Option<u32>>,
    /// How each node's shape was turned to be drawn upright.
    base: Vec<Orientation>,
    /// Database units per µm.
    units: f64,
}

impl Design {
    /// How many hard macros have their shape turned, which their orientations do not say.
    pub fn n_turned(&self) -> usize {
        self.base.iter().filter(|base| base.is_turned()).count()
    }

    /// Where DEF has to put a node.
    pub fn place(&self, placement: &Placement, node: NodeId) -> Option<Move> {
        let row = node.usize();
        let component = self.component[row]? as usize;
        let rect = placement.rect(&self.netlist, node);
        let (x, y) = (rect.x0 + self.origin.0, rect.y0 + self.origin.1);
        let database = |um: f64| (um * self.units).round() as i64;
        Some(Move {
            component,
            status: if placement.fixed[row] { Status::Fixed } else { Status::Placed },
            x: database(x),
            y: database(y),
            orientation: self.base[row].then(placement.orientation[row]),
        })
    }
}

/// Joins a DEF with its library. `None` where there is an error among the diagnostics, whose places
/// are in `text`, from which `def` was read.
pub fn design(
    text: &[u8],
    def: &Def<'_>,
    library: &Library,
    rules: &MacroRules,
) -> (Option<Design>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let Some([x0, y0, x1, y1]) = def.die_box().filter(|die| die[0] < die[2] && die[1] < die[3])
    else {
        let help = Some("DIEAREA gives the canvas");
        diagnostics.error(0, "the design has no DIEAREA with an area", help);
        return (None, diagnostics.finish());
    };
    let um = |database: i64| database as f64 / def.units;
    let mut join = Join {
        def,
        library,
        origin: (um(x0), um(y0)),
        size: (um(x1 - x0), um(y1 - y0)),
        builder: Builder::new(),
        node_of: HashMap::with_capacity(def.components.len()),
        port_of: HashMap::with_capacity(def.pins.len()),
        supply: HashSet::new(),
        places: Vec::new(),
        component: Vec::new(),
        base: Vec::new(),
        halo: 0,
    };
    join.ports();
    join.components(rules, &mut diagnostics);
    if !diagnostics.has_errors() {
        join.nets(&mut diagnostics);
    }
    if diagnostics.has_errors() {
        return (None, diagnostics.finish());
    }
    (Some(join.finish()), diagnostics.finish())
}

/// Where a node is to go.
struct Place {
    center: Point,
    orientation: Orientation,
    placed: bool,
    fixed: bool,
}

struct Join<'a> {
    def: &'a Def<'a>,
    library: &'a Library,
    origin: (f64, f64),
    size: (f64, f64),
    builder: Builder,
    node_of: HashMap<&'a str, (NodeId, &'a Macro)>,
    port_of: HashMap<&'a str, PinId>,
    /// Pins of the block that are no nodes, because they carry power or ground.
    supply: HashSet<&'a str>,
    places: Vec<Place>,
    component: Vec<Option<u32>>,
    base: Vec<Orientation>,
    halo: i64,
}

impl<'a> Join<'a> {
    fn um(&self, database: i64) -> f64 {
        database as f64 / self.def.units
    }

    /// A point of the die on the canvas.
    fn on_canvas(&self, x: i64, y: i64) -> Point {
        Point::new(self.um(x) - self.origin.0, self.um(y) - self.origin.1)
    }

    fn ports(&mut self) {
        for pin in &self.def.pins {
            if is_supply(pin.usage) {
                self.supply.insert(pin.name);
                continue;
            }
            let [x0, y0, x1, y1] = pin.shape.unwrap_or_default().map(|n| self.um(n));
            let (dx, dy) = pin.orientation.apply((x0 + x1) / 2.0, (y0 + y1) / 2.0);
            let at = self.on_canvas(pin.x, pin.y);
            let center = Point::new(
                (at.x + dx).clamp(0.0, self.size.0),
                (at.y + dy).clamp(0.0, self.size.1),
            );
            let placed = pin.status != Status::Unplaced;
            let side = placed.then(|| self.side(center));
            let node = self.builder.node(Node {
                kind: Kind::Port,
                name: pin.name,
                side,
                ..Node::default()
            });
            let own = self.builder.pin(flagstone_netlist::Pin { node, ..Default::default() });
            self.port_of.insert(pin.name, own);
            self.push(
                None,
                Orientation::N,
                Place { center, orientation: Orientation::N, placed, fixed: true },
            );
        }
    }

    /// The side of the canvas a point is nearest to.
    fn side(&self, at: Point) -> Side {
        let sides = [
            (at.x, Side::Left),
            (self.size.0 - at.x, Side::Right),
            (at.y, Side::Bottom),
            (self.size.1 - at.y, Side::Top),
        ];
        sides.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map_or(Side::Left, |side| side.1)
    }

    fn push(&mut self, component: Option<u32>, base: Orientation, place: Place) {
        self.component.push(component);
        self.base.push(base);
        self.places.push(place);
    }

    fn components(&mut self, rules: &MacroRules, diagnostics: &mut Diagnostics<'_>) {
        let row = self.library.row_height();
        let mut unknown: BTreeMap<&str, (&Component<'_>, usize)> = BTreeMap::new();
        for (index, component) in self.def.components.iter().enumerate() {
            if diagnostics.is_full() {
                return;
            }
            let Some(cell) = self.library.macro_named(component.master) else {
                unknown.entry(component.master).or_insert((component, 0)).1 += 1;
                continue;
            };
            let kind = kind(rules, component.name, cell, row);
            let node = self.component(index as u32, kind, cell);
            if self.node_of.insert(component.name, (node, cell)).is_some() {
                let what = format!("component {:?} is here twice", component.name);
                diagnostics.error(component.at, what, None);
            }
        }
        Self::unknown(unknown, diagnostics);
    }

    fn component(&mut self, index: u32, kind: Kind, cell: &Macro) -> NodeId {
        let component = &self.def.components[index as usize];
        let is_macro = kind == Kind::HardMacro;
        if is_macro {
            let sides = component.halo.unwrap_or_default();
            self.halo = sides.into_iter().fold(self.halo, i64::max);
        }
        let turned = component.orientation.is_turned();
        let base = if is_macro && turned { Orientation::W } else { Orientation::N };
        let (width, height) =
            if turned { (cell.height, cell.width) } else { (cell.width, cell.height) };
        let low = self.on_canvas(component.x, component.y);
        let center = Point::new(low.x + width / 2.0, low.y + height / 2.0);
        let is_point = kind == Kind::Port;
        let placed = component.status != Status::Unplaced;
        let node = self.builder.node(Node {
            kind,
            name: component.name,
            width: if is_point { 0.0 } else { width },
            height: if is_point { 0.0 } else { height },
            ref_name: is_macro.then_some(component.master),
            side: (is_point && placed).then(|| self.side(center)),
            ..Node::default()
        });
        let relative =
            Orientation::ALL.into_iter().find(|&o| base.then(o) == component.orientation);
        let place = Place {
            center,
            orientation: relative.filter(|_| is_macro).unwrap_or_default(),
            placed,
            fixed: is_point || matches!(component.status, Status::Fixed | Status::Cover),
        };
        self.push(Some(index), base, place);
        node
    }

    /// Names the macros that no LEF has, in the order of the DEF.
    fn unknown(
        unknown: BTreeMap<&str, (&Component<'_>, usize)>,
        diagnostics: &mut Diagnostics<'_>,
    ) {
        let mut unknown: Vec<_> = unknown.into_iter().collect();
        unknown.sort_by_key(|(_, (first, _))| first.at);
        for (master, (first, n)) in unknown {
            let more = if n > 1 { format!(" and {} more", n - 1) } else { String::new() };
            let what = format!("no LEF has the macro {master:?} of {:?}{more}", first.name);
            diagnostics.error(first.at, what, Some("give the LEF file that describes it, too"));
        }
    }

    fn nets(&mut self, diagnostics: &mut Diagnostics<'_>) {
        let mut pins = Pins::default();
        let (mut ends, mut nets) = (Vec::new(), Vec::<(PinId, f64, Vec<PinId>)>::new());
        // A standard cell has one pin in this netlist, so all it drives is one net, of the weight of
        // the heaviest.
        let mut driven: HashMap<PinId, usize> = HashMap::new();
        for net in &self.def.nets {
            let connections = &self.def.connections[net.connections.clone()];
            // Netlists often say what a net is for only at the port where it comes in.
            let feeds =
                |end: &Connection<'_>| end.component == "PIN" && self.supply.contains(end.pin);
            if is_supply(net.usage) || connections.iter().any(feeds) {
                continue;
            }
            ends.clear();
            for &connection in connections {
                match self.end(connection, &mut pins) {
                    Ok(end) => ends.push(end),
                    Err(what) => {
                        diagnostics.error(net.at, format!("net {:?}: {what}", net.name), None)
                    }
                }
            }
            if diagnostics.is_full() {
                return;
            }
            let Some(driver) = (0..ends.len()).max_by_key(|&i| (ends[i].1, ends.len() - i)) else {
                continue;
            };
            let driver = ends.swap_remove(driver).0;
            let sinks = ends.iter().map(|end| end.0).filter(|&sink| sink != driver);
            match driven.get(&driver) {
                Some(&at) => {
                    nets[at].1 = nets[at].1.max(net.weight);
                    nets[at].2.extend(sinks);
                }
                None => {
                    driven.insert(driver, nets.len());
                    nets.push((driver, net.weight, sinks.collect()));
                }
            }
        }
        for (driver, weight, sinks) in nets {
            self.builder.weigh(driver, weight);
            self.builder.net(driver, &sinks);
        }
    }

    /// The pin at an end of a net and how likely it drives: 2 an output, 1 both ways, 0 an input.
    fn end(
        &mut self,
        connection: Connection<'a>,
        pins: &mut Pins<'a>,
    ) -> Result<(PinId, u8), String> {
        let Connection { component, pin } = connection;
        if component == "PIN" {
            let own =
                self.port_of.get(pin).ok_or_else(|| format!("the design has no pin {pin:?}"))?;
            // What comes into the block drives inside it.
            let direction = pins.direction_of_port(self.def, pin);
            return Ok((
                *own,
                match direction {
                    "INPUT" => 2,
                    "OUTPUT" => 0,
                    _ => 1,
                },
            ));
        }
        let &(node, cell) = self
            .node_of
            .get(component)
            .ok_or_else(|| format!("the design has no component {component:?}"))?;
        let at = pins
            .in_cell(cell, pin)
            .ok_or_else(|| format!("macro {:?} has no pin {pin:?}", cell.name))?;
        let rank = match cell.pins[at].direction.as_str() {
            "OUTPUT" => 2,
            "INOUT" => 1,
            _ => 0,
        };
        let hard = self.builder.shape(node).0 == Kind::HardMacro;
        let key = (node, if hard { at } else { 0 });
        if let Some(&own) = pins.made.get(&key) {
            return Ok((own, rank));
        }
        let (mut dx, mut dy) = (0.0, 0.0);
        let mut name = String::new();
        if hard {
            (dx, dy) = self.base[node.usize()].apply(offset(cell, at).0, offset(cell, at).1);
            name = format!("{component}/{pin}");
        }
        let own = self.builder.pin(flagstone_netlist::Pin {
            node,
            name: &name,
            dx,
            dy,
            ..Default::default()
        });
        pins.made.insert(key, own);
        Ok((own, rank))
    }

    fn finish(self) -> Design {
        let netlist = self.builder.build();
        let mut placement = Placement::new(&netlist);
        for (node, place) in netlist.node_ids().zip(&self.places) {
            placement.set_center(node, place.center);
            placement.orientation[node.usize()] = place.orientation;
            placement.placed[node.usize()] = place.placed;
            placement.fixed[node.usize()] = place.fixed;
        }
        let def = self.def;
        let hard = def.blockages.iter().filter(|blockage| blockage.is_hard());
        let boxes = hard.flat_map(|blockage| blockage.rects.iter().copied());
        let blockages = boxes.chain(def.outside_die()).map(|[x0, y0, x1, y1]| {
            let um = |database: i64| database as f64 / def.units;
            Rect {
                x0: um(x0) - self.origin.0,
                y0: um(y0) - self.origin.1,
                x1: um(x1) - self.origin.0,
                y1: um(y1) - self.origin.1,
            }
        });
        Design {
            blockages: blockages.collect(),
            halo: self.halo as f64 / def.units,
            placement,
            origin: self.origin,
            size: self.size,
            component: self.component,
            base: self.base,
            units: def.units,
            netlist,
        }
    }
}

/// Pins by name, found once a macro.
#[derive(Default)]
struct Pins<'a> {
    of_cell: HashMap<&'a str, HashMap<&'a str, usize>>,
    ports: HashMap<&'a str, &'a str>,
    made: HashMap<(NodeId, usize), PinId>,
}

impl<'a> Pins<'a> {
    fn in_cell(&mut self, cell: &'a Macro, pin: &str) -> Option<usize> {
        let names = self.of_cell.entry(&cell.name).or_insert_with(|| {
            cell.pins.iter().enumerate().map(|(at, pin)| (pin.name.as_str(), at)).collect()
        });
        // DEF escapes brackets that are no bus bits.
        let plain = def::plain(pin);
        let spelled = || {
            let bits = square_brackets(&plain);
            cell.pins.iter().position(|known| square_brackets(&known.name) == bits)
        };
        // A bus of one bit, connected by its name.
        let only_bit = || {
            let mut bits = cell.pins.iter().enumerate().filter(|(_, known)| {
                let name = square_brackets(&known.name);
                let rest = name.strip_prefix(&*plain).and_then(|rest| rest.strip_prefix('['));
                rest.is_some_and(|bit| bit.ends_with(']'))
            });
            let first = bits.next().map(|(at, _)| at);
            first.filter(|_| bits.next().is_none())
        };
        let known = names.get(pin).or_else(|| names.get(&*plain)).copied();
        known.or_else(spelled).or_else(only_bit)
    }

    fn direction_of_port(&mut self, def: &'a Def<'a>, pin: &str) -> &'a str {
        if self.ports.is_empty() {
            self.ports = def.pins.iter().map(|pin| (pin.name, pin.direction)).collect();
        }
        self.ports.get(pin).copied().unwrap_or_default()
    }
}

/// A pin's name with the bits of buses in square brackets: files may say that others mark them.
fn square_brackets(name: &str) -> Cow<'_, str> {
    let Some(open) = name.find(['<', '(', '{']) else { return name.into() };
    let (bus, bit) = name.split_at(open);
    match bit.strip_suffix(['>', ')', '}']) {
        Some(bit) => format!("{bus}[{}]", &bit[1..]).into(),
        None => name.into(),
    }
}

fn is_supply(usage: &str) -> bool {
    matches!(usage, "POWER" | "GROUND")
}

/// Centre of a pin's metal from the centre of its macro, µm; the macro's centre without metal.
fn offset(cell: &Macro, pin: usize) -> (f64, f64) {
    let shapes = &cell.pins[pin].shapes;
    let low = |f: fn(&Rect) -> f64| shapes.iter().map(|shape| f(&shape.rect)).reduce(f64::min);
    let high = |f: fn(&Rect) -> f64| shapes.iter().map(|shape| f(&shape.rect)).reduce(f64::max);
    let (Some(x0), Some(x1)) = (low(|r| r.x0), high(|r| r.x1)) else { return (0.0, 0.0) };
    let (Some(y0), Some(y1)) = (low(|r| r.y0), high(|r| r.y1)) else { return (0.0, 0.0) };
    let (x, y) = ((x0 + x1) / 2.0 + cell.origin.0, (y0 + y1) / 2.0 + cell.origin.1);
    (x - cell.width / 2.0, y - cell.height / 2.0)
}

#[cfg(test)]
mod tests;
