//! LEF: what a technology and its cells look like.
//!
//! Reads units, the manufacturing grid, layers, sites and macros with their pins and obstructions;
//! everything else is passed over. Format: "LEF/DEF Language Reference" 5.8, chapter 1.

use std::collections::HashMap;

use flagstone_geom::Rect;

use crate::words::{Word, Words};
use crate::{Diagnostic, Diagnostics};

/// A layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// `ROUTING`, `CUT`, `MASTERSLICE`, ...
    pub kind: String,
    /// Whether its wires run horizontally; `None` where it says nothing.
    pub horizontal: Option<bool>,
    /// Distance between tracks in x and y, µm.
    pub pitch: Option<(f64, f64)>,
    /// Width of a wire, µm.
    pub width: Option<f64>,
}

/// A placement site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// `CORE` or `PAD`.
    pub class: String,
    /// Width, µm.
    pub width: f64,
    /// Height, µm.
    pub height: f64,
}

/// A rectangle on a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The layer.
    pub layer: String,
    /// The area in µm from the macro's origin; a polygon's bounding box.
    pub rect: Rect,
}

/// A pin of a macro.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// `INPUT`, `OUTPUT`, `INOUT`, `FEEDTHRU`; empty where the file says nothing.
    pub direction: String,
    /// `SIGNAL`, `POWER`, `GROUND`, `CLOCK`, ...; empty where the file says nothing.
    pub usage: String,
    /// Its metal.
    pub shapes: Vec<Shape>,
}

/// A cell of the library, `MACRO` in LEF's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// Class and subclass, such as `BLOCK` or `CORE SPACER`.
    pub class: String,
    /// Width, µm.
    pub width: f64,
    /// Height, µm.
    pub height: f64,
    /// Where the lower left corner lies from the origin of its shapes, negated; µm.
    pub origin: (f64, f64),
    /// Words of its symmetry: `X`, `Y`, `R90`.
    pub symmetry: Vec<String>,
    /// Its site.
    pub site: Option<String>,
    /// Its pins.
    pub pins: Vec<Pin>,
    /// Metal in the way.
    pub obstructions: Vec<Shape>,
}

/// Everything that LEF files say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    /// Database units per µm.
    pub database_microns: Option<f64>,
    /// The manufacturing grid, µm.
    pub manufacturing_grid: Option<f64>,
    /// Layers from the lowest up.
    pub layers: Vec<Layer>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Macros in the order of the files.
    pub macros: Vec<Macro>,
    by_name: HashMap<String, usize>,
}

impl Library {
    /// A macro by its name.
    pub fn macro_named(&self, name: &str) -> Option<&Macro> {
        self.by_name.get(name).map(|&at| &self.macros[at])
    }

    /// Adds what another file says. Of two macros with one name the first stays; the names of the
    /// others are returned.
    pub fn join(&mut self, other: Library) -> Vec<String> {
        self.database_microns = self.database_microns.or(other.database_microns);
        self.manufacturing_grid = self.manufacturing_grid.or(other.manufacturing_grid);
        for layer in other.layers {
            if !self.layers.iter().any(|own| own.name == layer.name) {
                self.layers.push(layer);
            }
        }
        for site in other.sites {
            if !self.sites.iter().any(|own| own.name == site.name) {
                self.sites.push(site);
            }
        }
        let mut repeated = Vec::new();
        for cell in other.macros {
            if self.by_name.contains_key(&cell.name) {
                repeated.push(cell.name);
            } else {
                self.add(cell);
            }
        }
        repeated
    }

    /// Height of a row of standard cells: the lowest core site, else the lowest core macro; µm.
    pub fn row_height(&self) -> Option<f64> {
        let sites = self.sites.iter().filter(|site| site.class == "CORE" && site.height > 0.0);
        let lowest = sites.map(|site| site.height).reduce(f64::min);
        lowest.or_else(|| {
            let core = self.macros.iter().filter(|cell| cell.class.starts_with("CORE"));
            core.map(|cell| cell.height).filter(|&height| height > 0.0).reduce(f64::min)
        })
    }

    fn add(&mut self, cell: Macro) {
        self.by_name.insert(cell.name.clone(), self.macros.len());
        self.macros.push(cell);
    }
}

/// Reads one file. `None` where there is an error among the diagnostics.
pub fn read(text: &[u8]) -> (Option<Library>, Vec<Diagnostic>) {
    let (diagnostics, library) = (Diagnostics::new(text), Library::default());
    let mut reader = Reader { words: Words::new(text), diagnostics, library };
    reader.file();
    let Reader { words, mut diagnostics, library } = reader;
    if let Some(at) = words.no_text {
        // Other errors may only follow from it.
        diagnostics = Diagnostics::new(text);
        diagnostics.error(at, "found a byte that is not text, expected LEF", None);
    }
    let failed = diagnostics.has_errors();
    (if failed { None } else { Some(library) }, diagnostics.finish())
}

struct Reader<'a> {
    words: Words<'a>,
    diagnostics: Diagnostics<'a>,
    library: Library,
}

impl<'a> Reader<'a> {
    fn file(&mut self) {
        let mut known = false;
        while let Some(word) = self.words.next() {
            if self.diagnostics.is_full() {
                return;
            }
            known |= KEYWORDS.contains(&word.text);
            match word.text {
                "UNITS" => self.units(),
                "MANUFACTURINGGRID" => {
                    self.library.manufacturing_grid = self.number();
                    self.words.skip_statement();
                }
                "LAYER" => self.layer(word),
                "SITE" => self.site(word),
                "MACRO" => self.cell(word),
                "VIA" | "VIARULE" | "NONDEFAULTRULE" | "ARRAY" => self.named_block(word),
                "PROPERTYDEFINITIONS" | "SPACING" | "IRDROP" | "NOISETABLE" | "CORRECTIONTABLE" => {
                    self.block(word, word.text);
                }
                "BEGINEXT" => while self.words.next().is_some_and(|word| word.text != "ENDEXT") {},
                "END" => {
                    if self.words.next().is_some_and(|word| word.text == "LIBRARY") {
                        return;
                    }
                }
                ";" => {}
                _ if known => self.words.skip_statement(),
                found => {
                    let what = format!("found {:?}, expected a LEF statement", short(found));
                    self.diagnostics.error(word.at, what, None);
                    return;
                }
            }
        }
        if !known {
            self.diagnostics.error(0, "found no LEF statement, expected a LEF file", None);
        }
    }

    fn number(&mut self) -> Option<f64> {
        let Some(word) = self.words.next() else {
            self.diagnostics.error(self.words.at, "the file ends, expected a number", None);
            return None;
        };
        match word.text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => {
                let what = format!("found {:?}, expected a number", short(word.text));
                self.diagnostics.error(word.at, what, None);
                None
            }
        }
    }

    fn text(&mut self) -> String {
        self.words.next().map_or(String::new(), |word| word.text.to_owned())
    }

    fn block(&mut self, word: Word<'a>, name: &str) {
        if !self.words.skip_block(name) {
            let what = format!("the file ends inside {}, expected END {name}", word.text);
            self.diagnostics.error(word.at, what, None);
        }
    }

    fn named_block(&mut self, word: Word<'a>) {
        let name = self.text();
        self.block(word, &name);
    }

    fn units(&mut self) {
        while let Some(word) = self.words.next() {
            match word.text {
                "END" => {
                    self.words.next();
                    return;
                }
                "DATABASE" => {
                    self.words.next();
                    self.library.database_microns = self.number();
                    self.words.skip_statement();
                }
                _ => self.words.skip_statement(),
            }
        }
    }

    /// Calls `statement` for every statement of a block until its `END name`.
    fn each(
        &mut self,
        opening: Word<'a>,
        name: &str,
        mut statement: impl FnMut(&mut Self, Word<'a>),
    ) {
        while let Some(word) = self.words.next() {
            if self.diagnostics.is_full() {
                return;
            }
            match word.text {
                "END" => {
                    let end = self.words.next();
                    if end.is_none_or(|end| end.text != name) {
                        let found = end.map_or("the end of the file", |end| end.text);
                        let what = format!("found END {}, expected END {name}", short(found));
                        self.diagnostics.error(word.at, what, None);
                    }
                    return;
                }
                ";" => {}
                _ => statement(self, word),
            }
        }
        let what = format!("the file ends inside {} {name}, expected END {name}", opening.text);
        self.diagnostics.error(opening.at, what, Some("the file may be cut off"));
    }

    fn layer(&mut self, opening: Word<'a>) {
        let mut layer = Layer { name: self.text(), ..Layer::default() };
        let name = layer.name.clone();
        self.each(opening, &name, |this, word| {
            match word.text {
                "TYPE" => layer.kind = this.text(),
                "DIRECTION" => layer.horizontal = Some(this.text() == "HORIZONTAL"),
                "WIDTH" => layer.width = this.number(),
                "PITCH" => {
                    let first = this.number();
                    let second = this.words.peek().and_then(|word| word.text.parse().ok());
                    layer.pitch = first.map(|first| (first, second.unwrap_or(first)));
                }
                _ => {}
            }
            this.words.skip_statement();
        });
        self.library.layers.push(layer);
    }

    fn site(&mut self, opening: Word<'a>) {
        let mut site = Site { name: self.text(), ..Site::default() };
        let name = site.name.clone();
        self.each(opening, &name, |this, word| {
            match word.text {
                "CLASS" => site.class = this.text(),
                "SIZE" => (site.width, site.height) = this.size(),
                _ => {}
            }
            this.words.skip_statement();
        });
        self.library.sites.push(site);
    }

    /// `w BY h`.
    fn size(&mut self) -> (f64, f64) {
        let width = self.number().unwrap_or(0.0);
        self.words.next();
        (width, self.number().unwrap_or(0.0))
    }

    fn cell(&mut self, opening: Word<'a>) {
        let mut cell = Macro { name: self.text(), ..Macro::default() };
        let name = cell.name.clone();
        self.each(opening, &name, |this, word| match word.text {
            "PIN" => this.pin(word, &mut cell),
            "OBS" => this.shapes(word, &mut cell.obstructions),
            "DENSITY" => while this.words.next().is_some_and(|word| word.text != "END") {},
            "TIMING" => this.block(word, "TIMING"),
            "CLASS" => cell.class = this.rest().join(" "),
            "SYMMETRY" => cell.symmetry = this.rest(),
            "SIZE" => {
                (cell.width, cell.height) = this.size();
                this.words.skip_statement();
            }
            "ORIGIN" => {
                cell.origin = (this.number().unwrap_or(0.0), this.number().unwrap_or(0.0));
                this.words.skip_statement();
            }
            "SITE" => cell.site = this.rest().into_iter().next(),
            _ => this.words.skip_statement(),
        });
        if cell.width < 0.0 || cell.height < 0.0 {
            self.diagnostics.error(opening.at, format!("macro {name} has a negative size"), None);
        } else if self.library.by_name.contains_key(&name) {
            let what = format!("macro {name} is here twice; the first counts");
            self.diagnostics.warning(opening.at, what, None);
        } else {
            self.library.add(cell);
        }
    }

    /// The words up to `;`.
    fn rest(&mut self) -> Vec<String> {
        let mut rest = Vec::new();
        while let Some(word) = self.words.next().filter(|word| word.text != ";") {
            rest.push(word.text.to_owned());
        }
        rest
    }

    fn pin(&mut self, opening: Word<'a>, cell: &mut Macro) {
        let mut pin = Pin { name: self.text(), ..Pin::default() };
        let name = pin.name.clone();
        self.each(opening, &name, |this, word| match word.text {
            "DIRECTION" => {
                pin.direction = this.text();
                this.words.skip_statement();
            }
            "USE" => {
                pin.usage = this.text();
                this.words.skip_statement();
            }
            "PORT" => this.shapes(word, &mut pin.shapes),
            _ => this.words.skip_statement(),
        });
        cell.pins.push(pin);
    }

    /// Rectangles, polygons and paths up to `END`.
    fn shapes(&mut self, opening: Word<'a>, out: &mut Vec<Shape>) {
        let mut layer = String::new();
        let mut half_width = 0.0;
        while let Some(word) = self.words.next() {
            match word.text {
                "END" => return,
                "LAYER" => {
                    layer = self.text();
                    half_width = self.half_width_of(&layer);
                    self.words.skip_statement();
                }
                "WIDTH" => {
                    half_width = self.number().unwrap_or(0.0).max(0.0) / 2.0;
                    self.words.skip_statement();
                }
                "PATH" => {
                    let numbers = self.coordinates();
                    // One box a stretch of the path; a path of one point is a square.
                    let stretches = (numbers.len() / 2).saturating_sub(1).max(1);
                    for at in (0..stretches).map(|stretch| 2 * stretch) {
                        let stretch = &numbers[at..numbers.len().min(at + 4)];
                        if let Some(rect) = box_around(stretch) {
                            let rect = rect.grown(half_width, half_width);
                            out.push(Shape { layer: layer.clone(), rect });
                        }
                    }
                }
                "RECT" | "POLYGON" => {
                    if let Some(rect) = box_around(&self.coordinates()) {
                        out.push(Shape { layer: layer.clone(), rect });
                    }
                }
                _ => self.words.skip_statement(),
            }
        }
        let what = format!("the file ends inside {}, expected END", opening.text);
        self.diagnostics.error(opening.at, what, Some("the file may be cut off"));
    }

    /// Half the width of a path on a layer that says nothing else; zero where the layer is not known.
    fn half_width_of(&self, layer: &str) -> f64 {
        let known = self.library.layers.iter().find(|known| known.name == layer);
        known.and_then(|known| known.width).map_or(0.0, |width| width.max(0.0) / 2.0)
    }

    /// The coordinates up to `;`; a mask's number and words are passed over.
    fn coordinates(&mut self) -> Vec<f64> {
        let mut numbers = Vec::new();
        while let Some(word) = self.words.next().filter(|word| word.text != ";") {
            match word.text {
                "MASK" => {
                    self.words.next();
                }
                "DO" => {
                    self.words.skip_statement();
                    break;
                }
                text => numbers.extend(text.parse::<f64>().ok().filter(|n| n.is_finite())),
            }
        }
        numbers
    }
}

/// The box around points, x before y.
fn box_around(numbers: &[f64]) -> Option<Rect> {
    let low = |from: usize| numbers.iter().skip(from).step_by(2).copied().reduce(f64::min);
    let high = |from: usize| numbers.iter().skip(from).step_by(2).copied().reduce(f64::max);
    Some(Rect { x0: low(0)?, y0: low(1)?, x1: high(0)?, y1: high(1)? })
}

/// Statements a LEF file may begin with; what stands before the first of them is no LEF.
const KEYWORDS: [&str; 20] = [
    "VERSION",
    "BUSBITCHARS",
    "DIVIDERCHAR",
    "UNITS",
    "MANUFACTURINGGRID",
    "LAYER",
    "SITE",
    "MACRO",
    "VIA",
    "VIARULE",
    "NAMESCASESENSITIVE",
    "NOWIREEXTENSIONATPIN",
    "PROPERTYDEFINITIONS",
    "SPACING",
    "CLEARANCEMEASURE",
    "USEMINSPACING",
    "BEGINEXT",
    "NONDEFAULTRULE",
    "MAXVIASTACK",
    "FIXEDMASK",
];

/// The beginning of a word, for a message.
pub(crate) fn short(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAM: &str = "VERSION 5.8 ;\nUNITS\n DATABASE MICRONS 2000 ;\nEND UNITS\n\
        LAYER metal4 TYPE ROUTING ; DIRECTION VERTICAL ; PITCH 0.28 ; WIDTH 0.14 ; END metal4\n\
        SITE core CLASS CORE ; SIZE 0.19 BY 1.4 ; END core\n\
        MACRO ram CLASS BLOCK ; ORIGIN 0 0 ; SIZE 20 BY 10; SYMMETRY X Y ;\n\
        PIN q[0] DIRECTION OUTPUT ; USE SIGNAL ; PORT LAYER metal4 ; RECT 1 1 2 3 ; \
        POLYGON 0 0 1 0 1 4 0 4 ; END END q[0]\n\
        OBS LAYER metal1 ; RECT 0 0 20 10 ; END\nEND ram\nEND LIBRARY\n";

    #[test]
    fn a_library_is_read() {
        let (library, diagnostics) = read(RAM.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let library = library.unwrap();
        assert_eq!(library.database_microns, Some(2000.0));
        assert_eq!(library.row_height(), Some(1.4));
        assert_eq!(library.layers[0].pitch, Some((0.28, 0.28)));
        let ram = library.macro_named("ram").unwrap();
        assert_eq!((ram.width, ram.height, ram.class.as_str()), (20.0, 10.0, "BLOCK"));
        assert_eq!(ram.symmetry, ["X", "Y"]);
        assert_eq!(ram.pins[0].name, "q[0]");
        assert_eq!(ram.pins[0].shapes[1].rect, Rect { x0: 0.0, y0: 0.0, x1: 1.0, y1: 4.0 });
        assert_eq!(ram.obstructions.len(), 1);
    }

    #[test]
    fn pins_are_drawn_with_paths_too() {
        let port = "LAYER metal4 ; PATH 1 1 1 5 4 5 ; WIDTH 1 ; PATH MASK 2 7 7 ;";
        let text = RAM.replace("LAYER metal4 ; RECT 1 1 2 3 ;", port);
        let (library, diagnostics) = read(text.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let library = library.unwrap();
        let shapes = &library.macro_named("ram").unwrap().pins[0].shapes;
        let expected = [
            [0.93, 0.93, 1.07, 5.07],
            [0.93, 4.93, 4.07, 5.07],
            [6.5, 6.5, 7.5, 7.5],
            [0.0, 0.0, 1.0, 4.0],
        ];
        assert_eq!(shapes.len(), expected.len());
        for (Shape { rect, .. }, [x0, y0, x1, y1]) in shapes.iter().zip(expected) {
            let far = [rect.x0 - x0, rect.y0 - y0, rect.x1 - x1, rect.y1 - y1];
            assert!(far.iter().all(|far| far.abs() < 1e-9), "{rect:?}");
        }
    }

    #[test]
    fn every_cut_is_an_error_or_a_shorter_library() {
        for end in 0..RAM.len() {
            let (library, diagnostics) = read(&RAM.as_bytes()[..end]);
            assert!(library.is_some() || !diagnostics.is_empty(), "cut at {end}");
        }
        let cut = RAM.find("OBS").unwrap();
        let (library, diagnostics) = read(&RAM.as_bytes()[..cut]);
        assert!(library.is_none());
        assert_eq!((diagnostics[0].line, diagnostics[0].column), (7, 1), "{diagnostics:?}");
    }

    #[test]
    fn comments_and_strings_may_be_in_any_encoding() {
        let names = "# \u{e9}\nVERSION 5.8 ;\nPROPERTY by \"\u{e9}\" ;\n";
        let text = crate::words::latin1(&(names.to_owned() + RAM));
        let marked = [crate::BYTE_ORDER_MARK, RAM.as_bytes()].concat();
        assert!(std::str::from_utf8(&text).is_err());
        for text in [text, marked] {
            assert_eq!(read(&text).0, read(RAM.as_bytes()).0);
        }
        let text = crate::words::latin1(&RAM.replace("\nMACRO ram", "\nMACRO r\u{e9}m"));
        let (library, diagnostics) = read(&text);
        assert!(library.is_none());
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        assert_eq!((diagnostics[0].line, diagnostics[0].column), (7, 8), "{diagnostics:?}");
    }

    #[test]
    fn what_is_no_lef_is_refused() {
        for text in ["", "hello world", "{\"json\": 1}"] {
            assert!(read(text.as_bytes()).0.is_none(), "{text}");
        }
        assert!(read(&[0xff, 0xfe, 0x00]).0.is_none());
    }
}
