//! YAL, the format of the MCNC block benchmarks: modules with their pins, and a parent that connects
//! instances of them.
//!
//! Modules become hard macros, the parent's own pins ports, and its dimensions the canvas. Pins of
//! kind `PWR` and `GND` are not connected. Coordinates are the file's units, counted from the lower
//! left corner of the parent. Source: "YAL Language Description", MCNC, 1987.
//!
//! ```
//! use flagstone_formats::yal::read;
//!
//! let text = b"MODULE a; TYPE GENERAL; DIMENSIONS 4 0 4 2 0 2 0 0; IOLIST; p B 4 1 1 M2;\n\
//!     ENDIOLIST; ENDMODULE; MODULE top; TYPE PARENT; DIMENSIONS 9 0 9 9 0 9 0 0; NETWORK;\n\
//!     a1 a n; a2 a n; ENDNETWORK; ENDMODULE;";
//! let (design, _) = read(text);
//! assert_eq!(design.map(|design| design.netlist.n_nets()), Some(1));
//! ```

use std::collections::HashMap;

use flagstone_geom::Point;
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use crate::lef::short;
use crate::{Diagnostic, Diagnostics};

/// A block benchmark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// Name of the parent module.
    pub name: String,
    /// The circuit.
    pub netlist: Netlist,
    /// Ports where the parent has them; blocks have no place.
    pub placement: Placement,
    /// Width and height of the parent.
    pub size: (f64, f64),
}

/// A pin of a module, offset from the module's centre.
struct ModulePin<'a> {
    name: &'a str,
    kind: &'a str,
    x: f64,
    y: f64,
}

#[derive(Default)]
struct Module<'a> {
    name: &'a str,
    kind: &'a str,
    /// x0, y0, x1, y1.
    outline: Option<[f64; 4]>,
    pins: Vec<ModulePin<'a>>,
    /// Instances: name, module, signals, and where they stand.
    network: Vec<(Vec<&'a str>, usize)>,
    at: usize,
}

/// Reads a benchmark. `None` where there is an error among the diagnostics.
pub fn read(text: &[u8]) -> (Option<Design>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let design = match std::str::from_utf8(text) {
        Ok(utf8) => {
            let modules = modules(utf8, &mut diagnostics);
            if diagnostics.has_errors() { None } else { build(&modules, &mut diagnostics) }
        }
        Err(error) => {
            let what = "found a byte that is not text, expected YAL";
            diagnostics.error(error.valid_up_to(), what, None);
            None
        }
    };
    let failed = diagnostics.has_errors();
    (design.filter(|_| !failed), diagnostics.finish())
}

/// Statements with where they begin, without their `;`; comments are gone.
fn statements(text: &str) -> impl Iterator<Item = (Vec<&str>, usize, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut words = Vec::new();
        let mut start = None;
        loop {
            let rest = &text[at..];
            let first = rest.bytes().next();
            if rest.starts_with("/*") {
                at += rest.find("*/").map_or(rest.len(), |n| n + 2);
            } else if first.is_some_and(|byte| byte.is_ascii_whitespace() || byte == b',') {
                at += 1;
            } else if first == Some(b';') {
                at += 1;
                return Some((words, start.unwrap_or(at - 1), true));
            } else if first.is_none() {
                return (!words.is_empty()).then_some((words, start.unwrap_or(at), false));
            } else {
                let ends = |c: char| c.is_ascii_whitespace() || c == ';' || c == ',';
                let length = rest.find(ends).unwrap_or(rest.len());
                start = start.or(Some(at));
                words.push(&rest[..length]);
                at += length;
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Section {
    Module,
    Pins,
    Network,
    Other,
}

fn modules<'a>(text: &'a str, diagnostics: &mut Diagnostics<'_>) -> Vec<Module<'a>> {
    let mut modules = Vec::new();
    let mut open: Option<Module<'a>> = None;
    let mut section = Section::Module;
    for (words, at, ended) in statements(text) {
        if diagnostics.is_full() {
            return modules;
        }
        if !ended {
            diagnostics.error(at, "the file ends inside a statement", Some("it may be cut off"));
            return modules;
        }
        let Some(&keyword) = words.first() else { continue };
        let Some(module) = &mut open else {
            if keyword.eq_ignore_ascii_case("MODULE") && words.len() == 2 {
                open = Some(Module { name: words[1], at, ..Module::default() });
                section = Section::Module;
            } else {
                let what = format!("found {:?}, expected MODULE and a name", short(keyword));
                diagnostics.error(at, what, None);
                return modules;
            }
            continue;
        };
        match keyword.to_ascii_uppercase().as_str() {
            "ENDMODULE" => modules.extend(open.take()),
            "TYPE" => module.kind = words.get(1).copied().unwrap_or_default(),
            "DIMENSIONS" => module.outline = outline(&words[1..], at, diagnostics),
            "IOLIST" => section = Section::Pins,
            "NETWORK" => section = Section::Network,
            "PLACEMENT" | "CRITICALNETS" => section = Section::Other,
            "ENDIOLIST" | "ENDNETWORK" | "ENDPLACEMENT" | "ENDCRITICALNETS" => {
                section = Section::Module;
            }
            _ => match section {
                Section::Pins => module.pins.extend(pin(&words, at, diagnostics)),
                Section::Network => module.network.push((words, at)),
                Section::Module | Section::Other => {}
            },
        }
    }
    if let Some(module) = open {
        let what = format!("the file ends inside module {:?}", short(module.name));
        diagnostics.error(module.at, what, Some("the file may be cut off"));
    }
    modules
}

fn number(word: Option<&&str>, at: usize, diagnostics: &mut Diagnostics<'_>) -> Option<f64> {
    let number = word.and_then(|word| word.parse::<f64>().ok()).filter(|n| n.abs() < 1e12);
    if number.is_none() {
        let found = word.map_or("nothing", |word| short(word));
        diagnostics.error(at, format!("found {found:?}, expected a number"), None);
    }
    number
}

/// The box around the corners.
fn outline(words: &[&str], at: usize, diagnostics: &mut Diagnostics<'_>) -> Option<[f64; 4]> {
    let mut corners = Vec::with_capacity(words.len());
    for word in words {
        corners.push(number(Some(word), at, diagnostics)?);
    }
    if corners.len() < 4 || corners.len() % 2 != 0 {
        diagnostics.error(at, "expected pairs of coordinates, at least two", None);
        return None;
    }
    let fold = |axis: usize, f: fn(f64, f64) -> f64| {
        corners.iter().skip(axis).step_by(2).copied().reduce(f).unwrap_or_default()
    };
    Some([fold(0, f64::min), fold(1, f64::min), fold(0, f64::max), fold(1, f64::max)])
}

/// `name kind x y width layer ...`; pins of modules of fixed terminals may lack a place.
fn pin<'a>(
    words: &[&'a str],
    at: usize,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<ModulePin<'a>> {
    let [name, kind, place @ ..] = words else {
        diagnostics.error(at, "expected a pin's name and kind", None);
        return None;
    };
    let placed = place.first().is_some_and(|word| word.parse::<f64>().is_ok());
    let (x, y) = if placed {
        (number(place.first(), at, diagnostics)?, number(place.get(1), at, diagnostics)?)
    } else {
        (f64::NAN, f64::NAN)
    };
    Some(ModulePin { name, kind, x, y })
}

fn is_supply(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("PWR") || kind.eq_ignore_ascii_case("GND")
}

fn build(modules: &[Module<'_>], diagnostics: &mut Diagnostics<'_>) -> Option<Design> {
    let Some(parent) = modules.iter().find(|m| m.kind.eq_ignore_ascii_case("PARENT")) else {
        diagnostics.error(0, "no module is of TYPE PARENT", Some("the file may be cut off"));
        return None;
    };
    let by_name: HashMap<&str, &Module<'_>> = modules.iter().map(|m| (m.name, m)).collect();
    let mut builder = Builder::new();
    // Ends by signal in order of appearance, and whether they drive.
    let mut signals: HashMap<&str, usize> = HashMap::new();
    let mut ends: Vec<Vec<(PinId, bool)>> = Vec::new();
    let mut connect = |signal, pin, drives| {
        let row = *signals.entry(signal).or_insert_with(|| {
            ends.push(Vec::new());
            ends.len() - 1
        });
        ends[row].push((pin, drives));
    };
    let mut ports = Vec::new();
    for pin in parent.pins.iter().filter(|pin| !is_supply(pin.kind)) {
        let node = builder.node(Node { kind: Kind::Port, name: pin.name, ..Node::default() });
        let own = builder.pin(Pin { node, ..Pin::default() });
        // What comes into the parent drives inside it.
        connect(pin.name, own, pin.kind.ends_with(['I', 'i']));
        ports.push((node, pin.x, pin.y));
    }
    for (words, at) in &parent.network {
        let [name, master, signals @ ..] = &words[..] else {
            diagnostics.error(*at, "expected an instance, its module and its signals", None);
            continue;
        };
        let Some(module) = by_name.get(master) else {
            let what = format!("{:?} is of module {:?}, which does not exist", name, short(master));
            diagnostics.error(*at, what, None);
            continue;
        };
        if signals.len() != module.pins.len() {
            let (found, expected) = (signals.len(), module.pins.len());
            let what = format!("{name:?} has {found} signals, module {master:?} {expected} pins");
            diagnostics.error(*at, what, None);
            continue;
        }
        let Some([x0, y0, x1, y1]) = module.outline.filter(|o| o[0] < o[2] && o[1] < o[3]) else {
            diagnostics.error(module.at, format!("module {master:?} has no area"), None);
            continue;
        };
        let (width, height) = (x1 - x0, y1 - y0);
        let node =
            builder.node(Node { name, width, height, ref_name: Some(master), ..Node::default() });
        for (pin, signal) in module.pins.iter().zip(signals) {
            if is_supply(pin.kind) {
                continue;
            }
            let offset = |at: f64, low: f64, size: f64| {
                if at.is_nan() { 0.0 } else { at - low - size / 2.0 }
            };
            let (dx, dy) = (offset(pin.x, x0, width), offset(pin.y, y0, height));
            let full = format!("{name}/{}", pin.name);
            let own = builder.pin(Pin { node, name: &full, dx, dy, ..Pin::default() });
            connect(signal, own, pin.kind.ends_with(['O', 'o']));
        }
    }
    for list in &ends {
        let driver = list.iter().position(|end| end.1).unwrap_or(0);
        let Some(&(pin, _)) = list.get(driver) else { continue };
        let sinks: Vec<PinId> = list.iter().map(|end| end.0).filter(|&sink| sink != pin).collect();
        builder.net(pin, &sinks);
    }
    Some(finish(parent, builder, &ports))
}

fn finish(parent: &Module<'_>, builder: Builder, ports: &[(NodeId, f64, f64)]) -> Design {
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    placement.placed.fill(false);
    let area = netlist.total_area() * crate::bookshelf::ROOM;
    let side = area.sqrt().max(1.0);
    let [x0, y0, x1, y1] =
        parent.outline.filter(|o| o[0] < o[2] && o[1] < o[3]).unwrap_or([0.0, 0.0, side, side]);
    for &(node, x, y) in ports.iter().filter(|port| !port.1.is_nan()) {
        placement.set_center(node, Point::new(x - x0, y - y0));
        placement.placed[node.usize()] = true;
    }
    Design { name: parent.name.to_owned(), netlist, placement, size: (x1 - x0, y1 - y0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/* two blocks */\nMODULE a;\n TYPE GENERAL;\n DIMENSIONS 4 0 4 2 0 2 0 0;\n\
        IOLIST;\n p O 4 1 1 METAL2;\n v PWR 0 0 1 METAL2 CURRENT 1 VOLTAGE 2;\n q I 0 1 1 METAL2;\n\
        ENDIOLIST;\nENDMODULE;\nMODULE top;\n TYPE PARENT;\n DIMENSIONS 10 5 10 25 -10 25 -10 5;\n\
        IOLIST;\n in PI -10 15 1 M;\n ENDIOLIST;\n NETWORK;\n a1 a n VDD in;\n a2 a m VDD\n n;\n\
        ENDNETWORK;\nENDMODULE;\n";

    #[test]
    fn blocks_ports_and_nets_are_read() {
        let (design, diagnostics) = read(TEXT.as_bytes());
        let design = design.unwrap_or_else(|| panic!("{diagnostics:?}"));
        assert_eq!((design.name.as_str(), design.size), ("top", (20.0, 20.0)));
        // m has one pin, VDD is supply.
        assert_eq!((design.netlist.n_nodes(), design.netlist.n_nets()), (3, 2));
        let name = |pin: PinId| design.netlist.pin_name(pin);
        let drivers: Vec<&str> = design.netlist.nets.driver.iter().map(|&pin| name(pin)).collect();
        assert_eq!(drivers, ["in", "a1/p"]);
        assert_eq!(design.netlist.pins.dx, [0.0, 2.0, -2.0, 2.0, -2.0]);
        assert_eq!(design.placement.center(NodeId(0)), Point::new(0.0, 10.0));
        assert_eq!(design.placement.placed, [true, false, false]);
    }

    #[test]
    fn bad_files_are_refused_by_line() {
        let cases = [
            ("", "TYPE PARENT"),
            ("hello;", "1:1: error: found \"hello\", expected MODULE"),
            ("MODULE a;\n TYPE X;\n DIMENSIONS 1 a;\nENDMODULE;", "3:2: error: found \"a\""),
            ("MODULE a;\n TYPE PARENT", "2:2: error: the file ends inside a statement"),
            ("MODULE a;\nTYPE PARENT;\nNETWORK;\n x y z;\nENDNETWORK;\nENDMODULE;", "4:2: error"),
        ];
        for (text, message) in cases {
            let (design, diagnostics) = read(text.as_bytes());
            let said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            assert!(design.is_none() && said[0].contains(message), "{text}: {said:?}");
        }
    }

    #[test]
    fn every_cut_is_an_error() {
        for end in 0..TEXT.trim_end().len() {
            assert!(read(&TEXT.as_bytes()[..end]).0.is_none(), "{end}");
        }
    }
}
