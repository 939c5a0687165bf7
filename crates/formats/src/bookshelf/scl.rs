//! `.scl`: the rows of the core.

use flagstone_geom::Rect;

use super::lines::{Lines, Word, Words, compare, counted, number, title};
use crate::Diagnostics;

/// A piece of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Subrow {
    /// Left end.
    pub x: f64,
    /// Number of sites.
    pub sites: f64,
}

/// A row of sites for standard cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Lower edge.
    pub y: f64,
    /// Height.
    pub height: f64,
    /// Width of a site.
    pub site_width: f64,
    /// Distance from site to site.
    pub site_spacing: f64,
    /// Orientation of the sites, as written in the file.
    pub orientation: String,
    /// Symmetry of the sites, as written in the file.
    pub symmetry: String,
    /// The pieces of the row.
    pub subrows: Vec<Subrow>,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            y: 0.0,
            height: 0.0,
            site_width: 1.0,
            site_spacing: 1.0,
            orientation: "N".to_owned(),
            symmetry: "Y".to_owned(),
            subrows: Vec::new(),
        }
    }
}

/// The box around all rows.
pub(super) fn core(rows: &[Row]) -> Option<Rect> {
    let boxes = rows.iter().flat_map(|row| {
        let right = |subrow: &Subrow| subrow.x + subrow.sites * row.site_spacing;
        let piece = move |s: &Subrow| Rect::new(s.x, row.y, right(s), row.y + row.height);
        row.subrows.iter().map(piece)
    });
    let core = boxes.reduce(|a, b| union(&a, &b))?;
    (core.area() > 0.0 && core.area().is_finite()).then_some(core)
}

/// The box around two boxes.
pub(super) fn union(a: &Rect, b: &Rect) -> Rect {
    Rect { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

pub(super) fn parse(text: &[u8], diagnostics: &mut Diagnostics<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut open = None;
    let mut n_rows = None;
    for mut words in Lines::new(text) {
        if diagnostics.is_full() {
            break;
        }
        let Some(first) = words.next() else { continue };
        if first.is("CoreRow") {
            begin(first, &mut words, open, diagnostics);
            open = Some(first.at);
            rows.push(Row::default());
        } else if first.is("End") {
            end(first, open.take(), rows.last(), diagnostics);
        } else if first.is("NumRows") {
            n_rows = counted(first, &mut words, diagnostics).map(|n| (n, first.at));
        } else if let Some(row) = rows.last_mut().filter(|_| open.is_some()) {
            field(first, &mut words, row, diagnostics);
        } else if !(rows.is_empty() && title(first, &mut words, "scl", diagnostics)) {
            let message = format!("expected CoreRow, found {}", first.show());
            diagnostics.error(first.at, message, None);
        }
    }
    if let Some(at) = open {
        diagnostics.error(at, "the row has no End", Some("is the file complete?"));
    }
    compare("rows", n_rows, rows.len(), diagnostics);
    rows
}

fn begin(
    first: Word<'_>,
    words: &mut Words<'_>,
    open: Option<usize>,
    diagnostics: &mut Diagnostics<'_>,
) {
    if open.is_some() {
        diagnostics.error(first.at, "a row begins before the End of the one above", None);
    }
    if let Some(word) = words.next().filter(|word| !word.is("Horizontal")) {
        let message = format!("rows must be Horizontal, this one is {}", word.show());
        diagnostics.error(word.at, message, None);
    }
}

fn end(first: Word<'_>, open: Option<usize>, row: Option<&Row>, diagnostics: &mut Diagnostics<'_>) {
    let Some((at, row)) = open.zip(row) else {
        diagnostics.error(first.at, "End without CoreRow", None);
        return;
    };
    if row.height <= 0.0 || row.site_spacing <= 0.0 || row.site_width <= 0.0 {
        let message = "the row's height, site width and site spacing must be positive";
        diagnostics.error(at, message, None);
    }
}

/// One line of a row; some files put several fields on it.
fn field(first: Word<'_>, words: &mut Words<'_>, row: &mut Row, diagnostics: &mut Diagnostics<'_>) {
    let mut key = Some(first);
    while let Some(word) = key {
        if assign(word, words, row, diagnostics).is_none() {
            return;
        }
        key = words.next();
    }
}

fn assign(
    key: Word<'_>,
    words: &mut Words<'_>,
    row: &mut Row,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<()> {
    if let Some(word) = words.next().filter(|word| word.text != b":") {
        let message = format!("expected a colon, found {}", word.show());
        diagnostics.error(word.at, message, None);
        return None;
    }
    if key.is("SiteOrient") || key.is("SiteSymmetry") {
        let text = String::from_utf8_lossy(words.rest().text).into_owned();
        *(if key.is("SiteOrient") { &mut row.orientation } else { &mut row.symmetry }) = text;
        return Some(());
    }
    let keyword = String::from_utf8_lossy(key.text);
    let value = number(words, &format!("the value of {keyword}"), diagnostics)?;
    if key.is("Coordinate") {
        row.y = value;
    } else if key.is("Height") {
        row.height = value;
    } else if key.is("SiteWidth") {
        row.site_width = value;
    } else if key.is("SiteSpacing") {
        row.site_spacing = value;
    } else if key.is("SubrowOrigin") {
        row.subrows.push(Subrow { x: value, sites: 0.0 });
    } else if key.is("NumSites") {
        match row.subrows.last_mut() {
            Some(subrow) => subrow.sites = value,
            None => diagnostics.error(key.at, "NumSites without SubrowOrigin", None),
        }
    } else {
        diagnostics.warning(key.at, format!("{} is not known, ignored", key.show()), None);
    }
    Some(())
}
