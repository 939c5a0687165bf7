//! Second pass: names resolved, records turned into columns.

use std::borrow::Cow;
use std::collections::HashMap;

use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use super::Missing;
use super::records::{Record, Table, Type};
use crate::Diagnostics;
use crate::scanner::unescape;

/// What a name stands for.
#[derive(Clone, Copy)]
enum Target {
    Macro(NodeId),
    Pin(PinId),
}

struct Build<'a, 'd, 't> {
    table: &'a Table<'a>,
    missing: Missing,
    /// Pins and sinks dropped from each part.
    n_dropped: Vec<usize>,
    diagnostics: &'d mut [Diagnostics<'t>],
    builder: Builder,
    /// By the characters a name stands for: escapes may differ.
    names: HashMap<Cow<'a, str>, Target>,
    centers: Vec<Option<(f64, f64)>>,
}

/// Whether a macro stands for a group of standard cells, as its name tells.
fn is_soft(name: &str) -> bool {
    name.starts_with("Grp")
}

/// Builds the netlist and the placement the file gives.
pub(super) fn build<'a>(
    table: &'a Table<'a>,
    missing: Missing,
    diagnostics: &mut [Diagnostics<'_>],
) -> (Netlist, Placement) {
    let mut build = Build {
        table,
        missing,
        n_dropped: vec![0; diagnostics.len()],
        diagnostics,
        builder: Builder::new(),
        names: HashMap::with_capacity(table.records.len()),
        centers: Vec::new(),
    };
    let nodes: Vec<_> = build.nodes();
    let drivers = build.pins(&nodes);
    build.nets(&drivers);
    let dropped = build.n_dropped.iter().zip(build.diagnostics.iter_mut());
    for (n, diagnostics) in dropped.filter(|(n, _)| **n > 0) {
        diagnostics.summary(format!("dropped {n} pins and sinks whose node is not in the file"));
    }
    if let Some(ratio) = table.bloating {
        build.builder.bloating_ratio(ratio);
    }
    let netlist = build.builder.build();
    let mut placement = Placement::new(&netlist);
    for (node, center) in build.centers.iter().enumerate() {
        let (x, y) = center.unwrap_or_default();
        (placement.x[node], placement.y[node]) = (x, y);
        placement.placed[node] = center.is_some();
    }
    (netlist, placement)
}

impl<'a> Build<'a, '_, '_> {
    fn error(&mut self, record: &Record<'_>, message: String, help: Option<&str>) {
        self.diagnostics[record.part].error(record.at, message, help);
    }

    /// Reports a name that no part defines.
    fn missing(&mut self, part: usize, at: usize, message: String) {
        let diagnostics = &mut self.diagnostics[part];
        match self.missing {
            Missing::Error => {
                let help = Some(
                    "is the file complete, are all its parts given? an excerpt is read with --excerpt",
                );
                diagnostics.error(at, message, help);
            }
            Missing::Dropped => {
                self.n_dropped[part] += 1;
                diagnostics.warning(at, message, Some("dropped"));
            }
        }
    }

    /// Adds ports, macros and standard cells; the node of each record that is one.
    fn nodes(&mut self) -> Vec<Option<NodeId>> {
        let table = self.table;
        let add = |(index, record): (usize, &'a Record<'a>)| self.node(index, record);
        table.records.iter().enumerate().map(add).collect()
    }

    fn node(&mut self, index: usize, record: &'a Record<'a>) -> Option<NodeId> {
        let name = unescape(record.name);
        let kind = match record.kind {
            Type::Port => Kind::Port,
            Type::StdCell => Kind::StdCell,
            Type::Macro if is_soft(&name) => Kind::SoftMacro,
            Type::Macro => Kind::HardMacro,
            Type::MacroPin => return None,
            Type::Unknown => {
                let message = format!("node {name:?} has no type");
                self.error(record, message, Some("add the attribute \"type\""));
                return None;
            }
        };
        let sized = record.width.is_some() && record.height.is_some();
        if kind != Kind::Port && !sized {
            let message = format!("{name:?} has no width and height");
            self.error(record, message, Some("macros and standard cells need both"));
        }
        let ref_name = record.ref_name.map(unescape);
        let node = self.builder.node(Node {
            kind,
            name: &name,
            width: record.width.filter(|_| kind != Kind::Port).unwrap_or(0.0),
            height: record.height.filter(|_| kind != Kind::Port).unwrap_or(0.0),
            orientation: record.orientation.unwrap_or_default(),
            side: record.side,
            ref_name: ref_name.as_deref(),
            index: Some(index as u32),
        });
        self.centers.push(record.x.zip(record.y));
        if matches!(kind, Kind::HardMacro | Kind::SoftMacro) {
            self.name(record, Target::Macro(node));
        }
        Some(node)
    }

    fn name(&mut self, record: &Record<'a>, target: Target) {
        if self.names.insert(unescape(record.name), target).is_some() {
            let name = unescape(record.name);
            self.error(record, format!("{name:?} is defined a second time"), None);
        }
    }

    /// Adds all pins; the driving pin of each record that can drive a net.
    fn pins(&mut self, nodes: &[Option<NodeId>]) -> Vec<Option<PinId>> {
        let table = self.table;
        let mut drivers = vec![None; table.records.len()];
        for (index, record) in table.records.iter().enumerate() {
            let pin = match (record.kind, nodes[index]) {
                (Type::Port | Type::StdCell, Some(node)) => {
                    let weight = record.weight.unwrap_or(1.0);
                    Some(self.builder.pin(Pin { node, weight, ..Pin::default() }))
                }
                (Type::MacroPin, _) => self.macro_pin(index, record),
                _ => None,
            };
            if let Some(pin) = pin {
                self.name(record, Target::Pin(pin));
            }
            drivers[index] = pin;
        }
        drivers
    }

    fn macro_pin(&mut self, index: usize, record: &'a Record<'a>) -> Option<PinId> {
        // Without the attribute the pin's name tells: `<macro>/<pin>`.
        let from_name = || {
            let slash = record.name.iter().rposition(|&byte| byte == b'/')?;
            Some(&record.name[..slash])
        };
        let Some(owner) = record.macro_name.or_else(from_name) else {
            let message = format!("pin {:?} names no macro", unescape(record.name));
            self.error(record, message, Some("add the attribute \"macro_name\""));
            return None;
        };
        let Some(&Target::Macro(node)) = self.names.get(&unescape(owner)) else {
            let (pin, owner) = (unescape(record.name), unescape(owner));
            let message = format!("pin {pin:?} names macro {owner:?}, which does not exist");
            self.missing(record.part, record.at, message);
            return None;
        };
        let (mut dx, mut dy) = (record.x_offset.unwrap_or(0.0), record.y_offset.unwrap_or(0.0));
        if is_soft(&unescape(owner)) && (dx, dy) != (0.0, 0.0) {
            let pin = unescape(record.name);
            let message = format!("pin {pin:?} of a soft macro has an offset; taken for zero");
            let help =
                Some("cells of a soft macro have no place in it: its pins are at its centre");
            self.diagnostics[record.part].warning(record.at, message, help);
            (dx, dy) = (0.0, 0.0);
        }
        Some(self.builder.pin(Pin {
            node,
            name: &unescape(record.name),
            dx,
            dy,
            weight: record.weight.unwrap_or(1.0),
            index: Some(index as u32),
        }))
    }

    fn nets(&mut self, drivers: &[Option<PinId>]) {
        let table = self.table;
        let mut sinks = Vec::new();
        for (record, driver) in table.records.iter().zip(drivers) {
            if record.inputs.is_empty() {
                continue;
            }
            sinks.clear();
            for &(name, at) in &table.inputs[record.inputs.clone()] {
                sinks.extend(self.sink(record, name, at));
            }
            match *driver {
                Some(driver) => {
                    self.builder.net(driver, &sinks);
                }
                // Its pin was dropped, which has been said.
                None if record.kind == Type::MacroPin => {}
                None => {
                    let name = unescape(record.name);
                    let message = format!("macro {name:?} drives a net itself; ignored");
                    let help = Some("nets are driven by ports, macro pins and standard cells");
                    self.diagnostics[record.part].warning(record.at, message, help);
                }
            }
        }
    }

    fn sink(&mut self, record: &Record<'_>, name: &[u8], at: usize) -> Option<PinId> {
        match self.names.get(&unescape(name)) {
            Some(&Target::Pin(pin)) => Some(pin),
            Some(&Target::Macro(_)) => {
                let message = format!("sink {:?} is a macro, not a pin; ignored", unescape(name));
                self.diagnostics[record.part].warning(at, message, None);
                None
            }
            None => {
                let (driver, sink) = (unescape(record.name), unescape(name));
                let message = format!("{driver:?} drives {sink:?}, which does not exist");
                self.missing(record.part, at, message);
                None
            }
        }
    }
}
