//! `.pl`: lower-left corners and orientations.

use flagstone_geom::{Orientation, Point};

use super::{Blocks, Lines};
use crate::Diagnostics;
use crate::bookshelf::lines::{Words, number};

/// Where a block is.
pub(super) struct Place {
    pub(super) corner: Point,
    pub(super) orientation: Orientation,
}

pub(super) fn parse(
    text: &[u8],
    blocks: &Blocks<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Vec<Option<Place>> {
    let mut places: Vec<Option<Place>> = blocks.list.iter().map(|_| None).collect();
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if first.is("UCLA") || first.is("UCSC") {
            continue;
        }
        let Some(&row) = blocks.names.get(first.text) else {
            let message = format!("there is no block {}", first.show());
            diagnostics.error(first.at, message, Some("do .blocks and .pl belong together?"));
            continue;
        };
        let slot = &mut places[row as usize];
        if slot.is_some() {
            diagnostics.error(first.at, format!("{} is placed a second time", first.show()), None);
        }
        *slot = place(&mut words, diagnostics);
    }
    places
}

/// `x y`, then perhaps `DIMS = (w, h)`, then perhaps `: orientation`.
fn place(words: &mut Words<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Place> {
    let x = number(words, "x", diagnostics)?;
    let y = number(words, "y", diagnostics)?;
    let mut orientation = Orientation::N;
    if words.any(|word| word.text == b":")
        && let Some(word) = words.next()
    {
        match String::from_utf8_lossy(word.text).parse() {
            Ok(found) => orientation = found,
            Err(_) => {
                let message = format!("{} is no orientation", word.show());
                let help = Some("expected one of N, FN, S, FS, E, FE, W, FW");
                diagnostics.error(word.at, message, help);
            }
        }
    }
    Some(Place { corner: Point::new(x, y), orientation })
}
