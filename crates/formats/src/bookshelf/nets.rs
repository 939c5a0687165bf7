//! `.nets`: which pins belong together.

use super::Direction;
use super::lines::{Lines, Word, Words, compare, counted, named, number, title};
use super::nodes::Nodes;
use crate::Diagnostics;

/// More pins than any design has; beyond it the columns could overflow.
const MAX_PINS: usize = 100_000_000;

/// A pin of the file.
pub(super) struct Pin {
    pub(super) node: u32,
    pub(super) direction: Direction,
    pub(super) dx: f64,
    pub(super) dy: f64,
}

/// A net of the file; its pins end where the next net's begin.
pub(super) struct Net<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) first_pin: usize,
    degree: usize,
    at: usize,
}

/// All nets and their pins.
#[derive(Default)]
pub(super) struct Nets<'a> {
    pub(super) list: Vec<Net<'a>>,
    pub(super) pins: Vec<Pin>,
}

impl Nets<'_> {
    /// Rows of the pins of a net.
    pub(super) fn pins_of(&self, net: usize) -> std::ops::Range<usize> {
        let end = self.list.get(net + 1).map_or(self.pins.len(), |next| next.first_pin);
        self.list[net].first_pin..end
    }
}

pub(super) fn parse<'a>(
    text: &'a [u8],
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Nets<'a> {
    let mut nets = Nets::default();
    let (mut n_nets, mut n_pins) = (None, None);
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if first.is("NetDegree") {
            close(&nets, diagnostics);
            net(first, &mut words, &mut nets, diagnostics);
        } else if first.is("NumNets") {
            n_nets = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
            nets.list.reserve(n_nets.map_or(0, |(n, _)| n).min(text.len() / 12));
        } else if first.is("NumPins") {
            n_pins = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
            nets.pins.reserve(n_pins.map_or(0, |(n, _)| n).min(text.len() / 2));
        } else if nets.list.is_empty() {
            if !title(first, &mut words, "nets", diagnostics) {
                let message = format!("expected NetDegree, found {}", first.show());
                diagnostics.error(first.at, message, None);
            }
        } else if nets.pins.len() >= MAX_PINS {
            let message = format!("more than {MAX_PINS} pins");
            diagnostics.error(first.at, message, None);
            break;
        } else if let Some(pin) = pin(first, &mut words, nodes, diagnostics) {
            nets.pins.push(pin);
        }
    }
    close(&nets, diagnostics);
    compare("nets", n_nets, nets.list.len(), diagnostics);
    compare("pins", n_pins, nets.pins.len(), diagnostics);
    nets
}

fn net<'a>(
    first: Word<'a>,
    words: &mut Words<'a>,
    nets: &mut Nets<'a>,
    diagnostics: &mut Diagnostics<'_>,
) {
    let degree = counted(first, words, diagnostics).unwrap_or(0);
    let name = words.next().and_then(|word| named(word, diagnostics));
    nets.list.push(Net { name, first_pin: nets.pins.len(), degree, at: first.at });
}

/// Compares the last net's degree with its pins.
fn close(nets: &Nets<'_>, diagnostics: &mut Diagnostics<'_>) {
    let Some(net) = nets.list.last().filter(|_| !diagnostics.has_errors()) else { return };
    let found = nets.pins.len() - net.first_pin;
    if found != net.degree {
        let message = format!("the net states {} pins and has {found}", net.degree);
        diagnostics.error(net.at, message, Some("is the file complete?"));
    }
}

fn pin(
    first: Word<'_>,
    words: &mut Words<'_>,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Pin> {
    let Some(&node) = nodes.names.get(first.text) else {
        let message = format!("there is no node {}", first.show());
        diagnostics.error(first.at, message, Some("do .nodes and .nets belong together?"));
        return None;
    };
    let mut pin = Pin { node, direction: Direction::Unknown, dx: 0.0, dy: 0.0 };
    let mut next = words.next();
    if let Some(word) = next.filter(|word| word.text != b":") {
        pin.direction = direction(word, diagnostics)?;
        next = words.next();
    }
    match next {
        None => {}
        Some(colon) if colon.text == b":" => {
            pin.dx = number(words, "the pin's x offset", diagnostics)?;
            pin.dy = number(words, "the pin's y offset", diagnostics)?;
        }
        Some(other) => {
            let message = format!("expected a colon, found {}", other.show());
            diagnostics.error(other.at, message, None);
        }
    }
    Some(pin)
}

fn direction(word: Word<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Direction> {
    match word.text {
        b"I" | b"i" => Some(Direction::Input),
        b"O" | b"o" => Some(Direction::Output),
        b"B" | b"b" => Some(Direction::Both),
        _ => {
            let message = format!("expected I, O or B, found {}", word.show());
            diagnostics.error(word.at, message, None);
            None
        }
    }
}
