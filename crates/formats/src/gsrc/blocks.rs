//! `.blocks`: names, shapes, terminals.

use flagstone_netlist::Kind;

use super::{Block, Blocks, Lines, compare, counted, title};
use crate::Diagnostics;
use crate::bookshelf::lines::{Word, Words, named, number};

pub(super) fn parse<'a>(text: &'a [u8], diagnostics: &mut Diagnostics<'_>) -> Blocks<'a> {
    const COUNTED: [(&str, &str, Kind); 3] = [
        ("NumSoftRectangularBlocks", "soft blocks", Kind::SoftMacro),
        ("NumHardRectilinearBlocks", "hard blocks", Kind::HardMacro),
        ("NumTerminals", "terminals", Kind::Port),
    ];
    let mut blocks = Blocks::default();
    let mut stated = [None; 3];
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if let Some(which) = COUNTED.iter().position(|(keyword, ..)| first.is(keyword)) {
            stated[which] = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
        } else if blocks.list.is_empty() && title(first, &mut words, "blocks", diagnostics) {
        } else if let Some(block) = block(first, &mut words, diagnostics) {
            let row = blocks.list.len() as u32;
            if blocks.names.insert(first.text, row).is_some() {
                let message = format!("{} is defined a second time", first.show());
                diagnostics.error(first.at, message, None);
            }
            blocks.list.push(block);
        }
    }
    if blocks.list.is_empty() && !diagnostics.has_errors() {
        diagnostics.error(text.len(), "the file holds no blocks", Some("is the file complete?"));
    }
    for ((_, what, kind), stated) in COUNTED.into_iter().zip(stated) {
        let found = blocks.list.iter().filter(|block| block.kind == kind).count();
        compare(what, stated, found, diagnostics);
    }
    blocks
}

fn block<'a>(
    first: Word<'a>,
    words: &mut Words<'a>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Block<'a>> {
    let name = named(first, diagnostics)?;
    let kind = words.next();
    let (kind, width, height) = match kind {
        Some(word) if word.is("terminal") => (Kind::Port, 0.0, 0.0),
        Some(word) if word.is("softrectangular") => {
            let area = number(words, "the block's area", diagnostics)?;
            let side = area.max(0.0).sqrt();
            (Kind::SoftMacro, side, side)
        }
        Some(word) if word.is("hardrectilinear") => {
            let (width, height) = outline(words, diagnostics)?;
            (Kind::HardMacro, width, height)
        }
        other => {
            let at = other.map_or(first.at, |word| word.at);
            let found = other.map_or("the end of the line".to_owned(), |word| word.show());
            let message =
                format!("expected softrectangular, hardrectilinear or terminal, found {found}");
            diagnostics.error(at, message, None);
            return None;
        }
    };
    if kind != Kind::Port && !(width > 0.0 && height > 0.0) {
        diagnostics.error(first.at, format!("{} has no area", first.show()), None);
    }
    Some(Block { name, kind, width, height })
}

/// Width and height of `4 (0, 0) (0, 2) (4, 2) (4, 0)`.
fn outline(words: &mut Words<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<(f64, f64)> {
    let rest = words.rest();
    let pieces = rest.text.split(|byte| b" \t\r(),".contains(byte));
    let mut numbers = Vec::new();
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let Some(number) = (Word { text: piece, at: rest.at }).number() else {
            let piece = String::from_utf8_lossy(piece).into_owned();
            diagnostics.error(rest.at, format!("expected a number, found {piece:?}"), None);
            return None;
        };
        numbers.push(number);
    }
    let corners = numbers.get(1..).unwrap_or_default();
    if corners.len() < 4 || corners.len() % 2 != 0 || numbers[0] != (corners.len() / 2) as f64 {
        let message = "expected the number of corners and as many pairs of coordinates";
        diagnostics.error(rest.at, message, None);
        return None;
    }
    let extent = |axis: usize| {
        let values = || corners.iter().skip(axis).step_by(2).copied();
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    };
    if corners.len() > 8 {
        let message = "the block is no rectangle; the box around it is taken";
        diagnostics.warning(rest.at, message, None);
    }
    Some((extent(0), extent(1)))
}
