//! `.nets`: pins by block, offsets in units or as a share of the block's size.

use super::{Blocks, FilePin, Lines, Nets, compare, counted, title};
use crate::Diagnostics;
use crate::bookshelf::lines::{Word, Words};

pub(super) fn parse(text: &[u8], blocks: &Blocks<'_>, diagnostics: &mut Diagnostics<'_>) -> Nets {
    let mut nets = Nets::default();
    let (mut n_nets, mut n_pins, mut open) = (None, None, None);
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if first.is("NetDegree") {
            close(&nets, open, diagnostics);
            open = counted(first, &mut words, diagnostics).map(|degree| (degree, first.at));
            nets.first.push(nets.pins.len());
        } else if first.is("NumNets") {
            n_nets = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
        } else if first.is("NumPins") {
            n_pins = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
        } else if nets.first.is_empty() {
            if !title(first, &mut words, "nets", diagnostics) {
                let message = format!("expected NetDegree, found {}", first.show());
                diagnostics.error(first.at, message, None);
            }
        } else if let Some(pin) = pin(first, &mut words, blocks, diagnostics) {
            nets.pins.push(pin);
        }
    }
    close(&nets, open, diagnostics);
    compare("nets", n_nets, nets.first.len(), diagnostics);
    // Published files miscount their pins; degrees and the number of nets tell a cut file.
    if let Some((stated, at)) = n_pins.filter(|(stated, _)| *stated != nets.pins.len()) {
        let message = format!("the file states {stated} pins and holds {}", nets.pins.len());
        diagnostics.warning(at, message, None);
    }
    nets
}

fn close(nets: &Nets, open: Option<(usize, usize)>, diagnostics: &mut Diagnostics<'_>) {
    let Some((degree, at)) = open.filter(|_| !diagnostics.has_errors()) else { return };
    let found = nets.pins.len() - nets.first.last().copied().unwrap_or(0);
    if found != degree {
        let message = format!("the net states {degree} pins and has {found}");
        diagnostics.error(at, message, Some("is the file complete?"));
    }
}

fn pin(
    first: Word<'_>,
    words: &mut Words<'_>,
    blocks: &Blocks<'_>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<FilePin> {
    let Some(&row) = blocks.names.get(first.text) else {
        let message = format!("there is no block {}", first.show());
        diagnostics.error(first.at, message, Some("do .blocks and .nets belong together?"));
        return None;
    };
    let block = &blocks.list[row as usize];
    let mut pin = FilePin { block: row, output: false, dx: 0.0, dy: 0.0 };
    let mut offsets = [None; 2];
    let mut n_offsets = 0;
    for word in words.filter(|word| word.text != b":") {
        match word.text {
            b"B" | b"I" | b"b" | b"i" if n_offsets == 0 => {}
            b"O" | b"o" if n_offsets == 0 => pin.output = true,
            _ => {
                let size = if n_offsets == 0 { block.width } else { block.height };
                let Some(offset) = offset(word, size).filter(|_| n_offsets < 2) else {
                    let message = format!("expected an offset, found {}", word.show());
                    diagnostics.error(word.at, message, None);
                    return None;
                };
                offsets[n_offsets] = Some(offset);
                n_offsets += 1;
            }
        }
    }
    if n_offsets == 1 {
        diagnostics.error(first.at, "the pin has one offset, expected none or two", None);
    }
    (pin.dx, pin.dy) = (offsets[0].unwrap_or(0.0), offsets[1].unwrap_or(0.0));
    Some(pin)
}

/// `%50` is half the block's size, a plain number is in units.
fn offset(word: Word<'_>, size: f64) -> Option<f64> {
    match word.text.strip_prefix(b"%") {
        Some(share) => Some(Word { text: share, at: word.at }.number()? / 100.0 * size),
        None => word.number(),
    }
}
