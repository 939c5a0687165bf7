//! `.pl`: lower-left corners, orientations, what is fixed.

use flagstone_geom::Orientation;

use super::Fixed;
use super::lines::{Lines, Word, Words, number, title};
use super::nodes::Nodes;
use crate::Diagnostics;

/// Where a node is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Lower-left corner of the placed box in the file's coordinates.
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) orientation: Orientation,
    pub(super) fixed: Fixed,
}

/// The places, and the nodes in the order of the file.
pub(super) struct Places {
    pub(super) of_node: Vec<Option<Place>>,
    pub(super) order: Vec<u32>,
}

pub(super) fn parse(text: &[u8], nodes: &Nodes<'_>, diagnostics: &mut Diagnostics<'_>) -> Places {
    let n = nodes.list.len();
    let mut places = Places { of_node: vec![None; n], order: Vec::new() };
    let mut guess = 0;
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if places.order.is_empty() && title(first, &mut words, "pl", diagnostics) {
            continue;
        }
        let Some(node) = nodes.find(first.text, guess) else {
            let message = format!("there is no node {}", first.show());
            diagnostics.error(first.at, message, Some("do .nodes and .pl belong together?"));
            continue;
        };
        let place = place(&mut words, diagnostics);
        let slot = &mut places.of_node[node as usize];
        if slot.is_some() {
            diagnostics.error(first.at, format!("{} is placed a second time", first.show()), None);
        }
        *slot = place;
        places.order.push(node);
        guess = node as usize + 1;
    }
    places
}

/// `x y : orientation /FIXED`, the last two optional.
fn place(words: &mut Words<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Place> {
    let x = number(words, "x", diagnostics)?;
    let y = number(words, "y", diagnostics)?;
    let mut place = Place { x, y, orientation: Orientation::N, fixed: Fixed::No };
    for word in words.filter(|word| word.text != b":") {
        if word.text.starts_with(b"/") {
            place.fixed = fixed(word, diagnostics)?;
            continue;
        }
        let text = String::from_utf8_lossy(word.text);
        let Ok(orientation) = text.parse() else {
            let message = format!("{} is no orientation", word.show());
            let help = Some("expected one of N, FN, S, FS, E, FE, W, FW");
            diagnostics.error(word.at, message, help);
            return None;
        };
        place.orientation = orientation;
    }
    Some(place)
}

fn fixed(word: Word<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Fixed> {
    if word.is("/FIXED") {
        return Some(Fixed::Yes);
    }
    if word.is("/FIXED_NI") {
        return Some(Fixed::NotInImage);
    }
    let message = format!("expected /FIXED or /FIXED_NI, found {}", word.show());
    diagnostics.error(word.at, message, None);
    None
}
