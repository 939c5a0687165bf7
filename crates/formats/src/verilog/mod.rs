//! Structural Verilog: instances of cells and of other modules, and what connects them.
//!
//! Reads module headers in both styles, port and net declarations, instances with named or ordered
//! connections, selects, concatenations, replications, constants and `assign` between nets. The hierarchy is made
//! flat; names get `/` between levels, bits of buses `[i]`, escaped names lose their backslash.
//! Behaviour (`always`, expressions) is refused with its place. Source: IEEE 1364-2005, chapter 12.
//!
//! ```
//! use flagstone_formats::verilog::read;
//!
//! let (circuit, _) = read(b"module top (a); input a; INV u (.A(a), .Y()); endmodule", None);
//! let circuit = circuit.ok_or("no circuit")?;
//! assert_eq!((circuit.instances[0].master, circuit.nets.len()), ("INV", 1));
//! # Ok::<(), &str>(())
//! ```

mod flatten;
mod join;
mod parse;
mod tokens;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::{Diagnostic, Diagnostics};

pub use join::as_def;

/// An instance of a library cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance<'a> {
    /// Its path from the top module.
    pub name: String,
    /// The cell.
    pub master: &'a str,
    /// Where it stands in the text.
    pub at: usize,
}

/// A bit of a port of the top module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name, with `[i]` for a bit of a bus.
    pub name: String,
    /// Which way signals go.
    pub direction: Direction,
}

/// Which way signals go through a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Into the module.
    Input,
    /// Out of it.
    Output,
    /// Both ways.
    #[default]
    Inout,
}

/// One end of a net.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<'a> {
    /// A pin of an instance, both by row and name.
    Pin(u32, Cow<'a, str>),
    /// A port, by row.
    Port(u32),
}

/// A net of one bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Net {
    /// Its name at the highest level it reaches.
    pub name: String,
    /// Its ends, a range of [`Circuit::ends`].
    pub ends: Range<usize>,
    /// Whether it is declared `supply0` or `supply1`.
    pub supply: bool,
}

/// The top module with all its hierarchy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circuit<'a> {
    /// Name of the top module.
    pub name: &'a str,
    /// Ports, bit by bit.
    pub ports: Vec<Port>,
    /// Instances of library cells.
    pub instances: Vec<Instance<'a>>,
    /// Nets with at least one end.
    pub nets: Vec<Net>,
    /// Ends of all nets.
    pub ends: Vec<End<'a>>,
}

/// Bits, most significant first; `None` is a constant.
type Terms<'a> = Vec<Term<'a>>;

/// A part of an expression.
#[derive(Clone, Debug)]
enum Term<'a> {
    /// A net, whole or some of its bits.
    Net(&'a str, Option<(i64, i64)>),
    /// A constant of so many bits.
    Constant(usize),
    /// Others so many times in a row.
    Repeat(usize, Terms<'a>),
}

#[derive(Debug)]
struct Inst<'a> {
    master: &'a str,
    name: Cow<'a, str>,
    /// Pin, or its place in the list, and what is connected.
    connections: Vec<(Option<&'a str>, Terms<'a>)>,
    at: usize,
}

#[derive(Debug, Default)]
struct Module<'a> {
    name: &'a str,
    at: usize,
    ports: Vec<&'a str>,
    directions: HashMap<&'a str, Direction>,
    ranges: HashMap<&'a str, (i64, i64)>,
    supplies: Vec<&'a str>,
    instances: Vec<Inst<'a>>,
    assigns: Vec<(Terms<'a>, Terms<'a>, usize)>,
}

/// Reads a netlist; `top` names its top module where several are used by no other. `None` where
/// there is an error among the diagnostics.
pub fn read<'a>(text: &'a [u8], top: Option<&str>) -> (Option<Circuit<'a>>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new(text);
    let modules = parse::modules(text, &mut diagnostics);
    let mut circuit = None;
    if !diagnostics.has_errors() {
        circuit = flatten::circuit(text, &modules, top, &mut diagnostics);
    }
    let failed = diagnostics.has_errors();
    (circuit.filter(|_| !failed), diagnostics.finish())
}

#[cfg(test)]
mod tests;
