use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Circuit, Direction, End, Instance, Module, Net, Port, Term};
use crate::Diagnostics;

/// Levels of hierarchy; deeper ones are modules that contain themselves.
const MOST_LEVELS: usize = 64;
/// Instances, ends and bytes of names that any text may flatten to, and so much more a byte of it:
/// some modules in each other give more instances than any memory holds.
const INSTANCES: (usize, usize) = (100_000, 1);
const ENDS: (usize, usize) = (400_000, 4);
const NAME_BYTES: (usize, usize) = (16 << 20, 8);

/// Bytes a name costs beside its letters.
const NAME_COST: usize = 64;

/// A bit of a net, a row of the union-find; `None` is a constant.
type Bit = Option<usize>;

/// Flattens the top module.
pub(super) fn circuit<'a>(
    text: &'a [u8],
    modules: &[Module<'a>],
    top: Option<&str>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Circuit<'a>> {
    let mut by_name = HashMap::new();
    for module in modules {
        if by_name.insert(module.name, module).is_some() {
            let what = format!("module {:?} is defined a second time", module.name);
            diagnostics.error(module.at, what, None);
        }
    }
    let top = top_module(modules, top, diagnostics)?;
    let limit = |(base, each): (usize, usize)| base + each * text.len();
    let mut flat = Flat {
        modules: by_name,
        diagnostics,
        circuit: Circuit { name: top.name, ..Circuit::default() },
        parent: Vec::new(),
        names: Vec::new(),
        supply: Vec::new(),
        ends: Vec::new(),
        name_bytes: 0,
        limits: [limit(INSTANCES) / 4, limit(ENDS) / 4, limit(NAME_BYTES)],
        full: false,
    };
    flat.top(top);
    if flat.full {
        let what = "the hierarchy gives more instances, nets or names than fit";
        let help = Some("flatten the netlist with the synthesis tool");
        flat.diagnostics.error(top.at, what, help);
        return None;
    }
    Some(flat.finish())
}

/// The module asked for, else the only one that no other uses.
fn top_module<'m, 'a>(
    modules: &'m [Module<'a>],
    wanted: Option<&str>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<&'m Module<'a>> {
    if let Some(found) = modules.iter().find(|module| Some(module.name) == wanted) {
        return Some(found);
    }
    let instances = modules.iter().flat_map(|module| &module.instances);
    let used: HashSet<&str> = instances.map(|instance| instance.master).collect();
    let tops: Vec<&Module<'_>> = modules.iter().filter(|m| !used.contains(m.name)).collect();
    if let [only] = tops[..] {
        return Some(only);
    }
    let names: Vec<&str> = tops.iter().take(5).map(|module| module.name).collect();
    let what = format!("{} modules are used by no other: {}", tops.len(), names.join(", "));
    let help = Some("a DEF's DESIGN names the top module");
    diagnostics.error(tops.get(1).map_or(0, |module| module.at), what, help);
    None
}

struct Flat<'m, 'a, 'd, 't> {
    modules: HashMap<&'a str, &'m Module<'a>>,
    diagnostics: &'d mut Diagnostics<'t>,
    circuit: Circuit<'a>,
    parent: Vec<usize>,
    names: Vec<String>,
    supply: Vec<bool>,
    ends: Vec<(usize, End<'a>)>,
    name_bytes: usize,
    /// Most instances, ends and bytes of names.
    limits: [usize; 3],
    full: bool,
}

/// Nets of one instance of a module.
struct Scope<'m, 'a> {
    module: &'m Module<'a>,
    path: String,
    bits: HashMap<(&'a str, i64), Bit>,
}

impl<'m, 'a> Flat<'m, 'a, '_, '_> {
    fn top(&mut self, module: &'m Module<'a>) {
        let mut scope = Scope { module, path: String::new(), bits: HashMap::new() };
        for &port in &module.ports {
            let direction = module.directions.get(port).copied().unwrap_or_default();
            for index in indices(module.ranges.get(port).copied()) {
                let name = bit_name(port, index);
                self.count_name(name.len());
                let bit = self.bit(&mut scope, port, index);
                let row = self.circuit.ports.len() as u32;
                self.circuit.ports.push(Port { name, direction });
                self.end(bit, End::Port(row));
                if self.full {
                    return;
                }
            }
        }
        self.module(scope, 0);
    }

    fn module(&mut self, mut scope: Scope<'m, 'a>, level: usize) {
        let module = scope.module;
        if level > MOST_LEVELS {
            let what = format!("module {:?} is nested more than {MOST_LEVELS} deep", module.name);
            self.diagnostics.error(module.at, what, Some("does it contain itself?"));
            self.full = true;
        }
        for (left, right, at) in &module.assigns {
            if self.full {
                return;
            }
            let (left, right) = (self.bits(&mut scope, left), self.bits(&mut scope, right));
            if left.len() != right.len() && right.iter().any(Option::is_some) {
                let what = format!("{} bits are assigned to {}", right.len(), left.len());
                self.diagnostics.warning(*at, what, None);
            }
            // The least significant bits belong together.
            for (a, b) in left.iter().rev().zip(right.iter().rev()) {
                if let (Some(a), Some(b)) = (*a, *b) {
                    self.join(a, b);
                }
            }
        }
        for instance in &module.instances {
            if self.full || self.diagnostics.is_full() {
                return;
            }
            match self.modules.get(instance.master).copied() {
                Some(inner) => self.inner(&mut scope, instance, inner, level),
                None => self.leaf(&mut scope, instance),
            }
        }
    }

    /// An instance of a module of the text.
    fn inner(
        &mut self,
        scope: &mut Scope<'m, 'a>,
        instance: &'m super::Inst<'a>,
        inner: &'m Module<'a>,
        level: usize,
    ) {
        let path = format!("{}{}/", scope.path, instance.name);
        self.count_name(path.len());
        let mut own = Scope { module: inner, path, bits: HashMap::new() };
        for (place, (pin, terms)) in instance.connections.iter().enumerate() {
            let Some(port) = pin.or(inner.ports.get(place).copied()) else {
                self.no_port(instance, &format!("port number {}", place + 1));
                continue;
            };
            if !inner.ports.contains(&port) {
                self.no_port(instance, &format!("port {port:?}"));
                continue;
            }
            let outside = self.bits(scope, terms);
            let inside: Vec<i64> = indices(inner.ranges.get(port).copied()).collect();
            for (index, bit) in inside.iter().rev().zip(outside.iter().rev()) {
                own.bits.insert((port, *index), *bit);
            }
        }
        self.module(own, level + 1);
    }

    fn no_port(&mut self, instance: &super::Inst<'a>, what: &str) {
        let what = format!("module {:?} of {:?} has no {what}", instance.master, instance.name);
        self.diagnostics.error(instance.at, what, None);
    }

    /// An instance of a library cell.
    fn leaf(&mut self, scope: &mut Scope<'m, 'a>, instance: &'m super::Inst<'a>) {
        let row = self.circuit.instances.len() as u32;
        let name = format!("{}{}", scope.path, instance.name);
        self.count_name(name.len());
        let (master, at) = (instance.master, instance.at);
        self.circuit.instances.push(Instance { name, master, at });
        self.full |= self.circuit.instances.len() > self.limits[0];
        for (pin, terms) in &instance.connections {
            let Some(pin) = *pin else {
                if !terms.is_empty() {
                    let what = format!("cell {:?} is connected by order", instance.name);
                    let help =
                        Some("the order of a library cell's pins is not known; use .PIN(net)");
                    self.diagnostics.error(at, what, help);
                    return;
                }
                continue;
            };
            let bits = self.bits(scope, terms);
            let width = bits.len();
            for (place, bit) in bits.into_iter().enumerate() {
                let pin = match width {
                    1 => Cow::Borrowed(pin),
                    _ => Cow::Owned(format!("{pin}[{}]", width - 1 - place)),
                };
                self.end(bit, End::Pin(row, pin));
            }
        }
    }

    fn end(&mut self, bit: Bit, end: End<'a>) {
        if let Some(bit) = bit {
            self.ends.push((bit, end));
            self.full |= self.ends.len() > self.limits[1];
        }
    }

    fn count_name(&mut self, bytes: usize) {
        self.name_bytes += bytes + NAME_COST;
        self.full |= self.name_bytes > self.limits[2];
    }

    /// The bits of an expression, the most significant first.
    fn bits(&mut self, scope: &mut Scope<'m, 'a>, terms: &[Term<'a>]) -> Vec<Bit> {
        let mut bits = Vec::new();
        for term in terms {
            match term {
                Term::Constant(width) => bits.extend(std::iter::repeat_n(None, *width)),
                Term::Net(name, select) => {
                    let range = select.or_else(|| scope.module.ranges.get(name).copied());
                    for index in indices(range) {
                        bits.push(self.bit(scope, name, index));
                    }
                }
                Term::Repeat(count, terms) => {
                    let own = self.bits(scope, terms);
                    let fit = (self.limits[1] + 1).saturating_sub(bits.len());
                    bits.extend(own.iter().copied().cycle().take(fit.min(own.len() * count)));
                }
            }
            self.full |= bits.len() > self.limits[1];
            if self.full {
                break;
            }
        }
        bits
    }

    fn bit(&mut self, scope: &mut Scope<'m, 'a>, name: &'a str, index: i64) -> Bit {
        if let Some(&bit) = scope.bits.get(&(name, index)) {
            return bit;
        }
        if self.full {
            return None;
        }
        let row = self.parent.len();
        self.parent.push(row);
        let full = format!("{}{}", scope.path, bit_name(name, index));
        self.count_name(full.len());
        self.names.push(full);
        self.supply.push(scope.module.supplies.contains(&name));
        scope.bits.insert((name, index), Some(row));
        Some(row)
    }

    fn find(&mut self, mut row: usize) -> usize {
        while self.parent[row] != row {
            self.parent[row] = self.parent[self.parent[row]];
            row = self.parent[row];
        }
        row
    }

    /// The net made first, which is the highest, gives the name.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parent[high] = low;
        self.supply[low] |= self.supply[high];
    }

    fn finish(mut self) -> Circuit<'a> {
        let mut ends = std::mem::take(&mut self.ends);
        for end in &mut ends {
            end.0 = self.find(end.0);
        }
        ends.sort_by_key(|end| end.0);
        let mut circuit = self.circuit;
        let mut last = None;
        for (row, end) in ends {
            let at = circuit.ends.len();
            if last != Some(row) {
                last = Some(row);
                let (name, supply) = (std::mem::take(&mut self.names[row]), self.supply[row]);
                circuit.nets.push(Net { name, ends: at..at, supply });
            }
            circuit.ends.push(end);
            if let Some(net) = circuit.nets.last_mut() {
                net.ends.end = at + 1;
            }
        }
        circuit
    }
}

/// Indices of a bus from the most significant; `i64::MIN` for a net of one bit.
fn indices(range: Option<(i64, i64)>) -> Box<dyn Iterator<Item = i64>> {
    match range {
        None => Box::new(std::iter::once(i64::MIN)),
        Some((msb, lsb)) if msb >= lsb => Box::new((lsb..=msb).rev()),
        Some((msb, lsb)) => Box::new(msb..=lsb),
    }
}

fn bit_name(name: &str, index: i64) -> String {
    if index == i64::MIN { name.to_owned() } else { format!("{name}[{index}]") }
}

impl Direction {
    /// DEF's word.
    pub(super) fn as_def(self) -> &'static str {
        match self {
            Self::Input => "INPUT",
            Self::Output => "OUTPUT",
            Self::Inout => "INOUT",
        }
    }
}
