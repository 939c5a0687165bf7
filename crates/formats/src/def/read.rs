mod entries;

use flagstone_geom::Orientation;

use super::{Def, Row, Tracks, bounding_box};
use crate::lef::short;
use crate::rectilinear;
use crate::words::{Word, Words};
use crate::{Diagnostic, Diagnostics};

/// Reads a design. `None` where there is an error among the diagnostics.
pub fn read(text: &[u8]) -> (Option<Def<'_>>, Vec<Diagnostic>) {
    let def = Def { units: 100.0, ..Def::default() };
    let diagnostics = Diagnostics::new(text);
    let mut reader = Reader { words: Words::new(text), diagnostics, def };
    reader.file();
    let Reader { words, mut diagnostics, def } = reader;
    if let Some(at) = words.no_text {
        // Other errors may only follow from it.
        diagnostics = Diagnostics::new(text);
        diagnostics.error(at, "found a byte that is not text, expected DEF", None);
    }
    let failed = diagnostics.has_errors();
    (if failed { None } else { Some(def) }, diagnostics.finish())
}

struct Reader<'a> {
    words: Words<'a>,
    diagnostics: Diagnostics<'a>,
    def: Def<'a>,
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
                "DESIGN" => {
                    self.def.design = self.text();
                    self.words.skip_statement();
                }
                "UNITS" => self.units(),
                "DIEAREA" => self.die(word),
                "ROW" => self.row(),
                "TRACKS" => self.tracks(),
                "COMPONENTS" => self.section(word, Self::component),
                "PINS" => self.section(word, Self::pin),
                "BLOCKAGES" => self.section(word, Self::blockage),
                "REGIONS" => self.section(word, Self::region),
                "GROUPS" => self.section(word, Self::group),
                "NETS" => self.section(word, Self::net),
                "PROPERTYDEFINITIONS" => self.pass(word),
                "VIAS" | "STYLES" | "NONDEFAULTRULES" | "FILLS" | "SLOTS" | "SCANCHAINS"
                | "PINPROPERTIES" | "SPECIALNETS" | "CONSTRAINTS" | "ASSERTIONS" => self.pass(word),
                "BEGINEXT" => while self.words.next().is_some_and(|word| word.text != "ENDEXT") {},
                "END" => {
                    if self.words.next().is_some_and(|word| word.text == "DESIGN") {
                        return self.judge();
                    }
                }
                ";" => {}
                _ if known => self.words.skip_statement(),
                found => {
                    let what = format!("found {:?}, expected a DEF statement", short(found));
                    self.diagnostics.error(word.at, what, None);
                    return;
                }
            }
        }
        if known {
            let what = "the file ends, expected END DESIGN";
            self.diagnostics.error(self.words.at, what, Some("the file may be cut off"));
        } else {
            self.diagnostics.error(0, "found no DEF statement, expected a DEF file", None);
        }
    }

    fn judge(&mut self) {
        if self.def.units <= 0.0 {
            self.diagnostics.error(0, "UNITS DISTANCE MICRONS must be above zero", None);
        }
    }

    fn text(&mut self) -> &'a str {
        self.words.next().map_or("", |word| word.text)
    }

    fn integer(&mut self) -> i64 {
        /// No die is larger; sums of two coordinates stay far from the ends of the type.
        const MOST: f64 = 1e15;
        let Some(word) = self.words.next() else {
            self.diagnostics.error(self.words.at, "the file ends, expected a number", None);
            return 0;
        };
        if let Ok(number) = word.text.parse::<i64>()
            && number.unsigned_abs() <= MOST as u64
        {
            return number;
        }
        match word.text.parse::<f64>() {
            Ok(number) if number.abs() <= MOST => number.round() as i64,
            _ => {
                let what = format!("found {:?}, expected a whole number", short(word.text));
                self.diagnostics.error(word.at, what, None);
                0
            }
        }
    }

    fn expect(&mut self, mark: &str) -> bool {
        match self.words.next() {
            Some(word) if word.text == mark => true,
            found => {
                let (what, at) = found
                    .map_or(("the end of the file", self.words.at), |word| (word.text, word.at));
                let what = format!("found {:?}, expected {mark:?}", short(what));
                self.diagnostics.error(at, what, None);
                false
            }
        }
    }

    fn orientation(&mut self) -> Orientation {
        let Some(word) = self.words.next() else { return Orientation::N };
        word.text.parse().unwrap_or_else(|error| {
            let what = format!("found {:?}, {error}", short(word.text));
            self.diagnostics.error(word.at, what, None);
            Orientation::N
        })
    }

    /// `( x y )`; `*` repeats the coordinate before.
    fn point(&mut self, before: (i64, i64)) -> (i64, i64) {
        if !self.expect("(") {
            return before;
        }
        let mut coordinate = |before: i64| {
            if self.words.peek().is_some_and(|word| word.text == "*") {
                self.words.next();
                before
            } else {
                self.integer()
            }
        };
        let point = (coordinate(before.0), coordinate(before.1));
        // A wire's extension may follow.
        while self.words.next().is_some_and(|word| word.text != ")" && word.text != ";") {}
        point
    }

    /// All points that follow.
    fn points(&mut self) -> Vec<(i64, i64)> {
        let mut points = Vec::new();
        while self.words.peek().is_some_and(|word| word.text == "(") && !self.diagnostics.is_full()
        {
            let before = points.last().copied().unwrap_or_default();
            points.push(self.point(before));
        }
        points
    }

    fn die(&mut self, opening: Word<'a>) {
        self.def.die = self.points();
        if self.def.die.len() > 2 && rectilinear::inside(&self.def.die).is_none() {
            self.slanted(opening);
        }
    }

    fn slanted(&mut self, opening: Word<'a>) {
        let what = format!(
            "the polygon of {} has other than horizontal and vertical sides, or too many; its \
             bounding box is taken",
            opening.text
        );
        self.diagnostics.warning(opening.at, what, None);
    }

    /// The box around the points that follow.
    fn bounding_box(&mut self) -> Option<[i64; 4]> {
        bounding_box(&self.points())
    }

    fn units(&mut self) {
        while let Some(word) = self.words.next().filter(|word| word.text != ";") {
            if word.text == "MICRONS" {
                self.def.units = self.integer() as f64;
            }
        }
    }

    fn row(&mut self) {
        self.words.next();
        let site = self.text();
        let (x, y) = (self.integer(), self.integer());
        let orientation = self.orientation();
        let mut row = Row { site, x, y, orientation, count: (1, 1), step: (0, 0) };
        while let Some(word) = self.words.next().filter(|word| word.text != ";") {
            match word.text {
                "DO" => row.count.0 = self.integer(),
                "BY" => row.count.1 = self.integer(),
                "STEP" => row.step = (self.integer(), self.integer()),
                _ => {}
            }
        }
        self.def.rows.push(row);
    }

    fn tracks(&mut self) {
        let vertical = self.text() == "X";
        let start = self.integer();
        let mut tracks = Tracks { vertical, start, count: 1, step: 0, layers: Vec::new() };
        while let Some(word) = self.words.next().filter(|word| word.text != ";") {
            match word.text {
                "DO" => tracks.count = self.integer(),
                "STEP" => tracks.step = self.integer(),
                "LAYER" => {
                    while let Some(word) = self.words.peek().filter(|word| word.text != ";") {
                        tracks.layers.push(word.text);
                        self.words.next();
                    }
                }
                _ => {}
            }
        }
        self.def.tracks.push(tracks);
    }

    /// Passes over a section.
    fn pass(&mut self, opening: Word<'a>) {
        if !self.words.skip_block(opening.text) {
            self.cut_off(opening);
        }
    }

    fn cut_off(&mut self, opening: Word<'a>) {
        let what = format!("the file ends inside {0}, expected END {0}", opening.text);
        self.diagnostics.error(opening.at, what, Some("the file may be cut off"));
    }

    /// `NAME count ; - entry ; ... END NAME`.
    fn section(&mut self, opening: Word<'a>, entry: fn(&mut Self, usize)) {
        let expected = self.integer();
        self.words.skip_statement();
        let mut found = 0;
        while let Some(word) = self.words.next() {
            if self.diagnostics.is_full() {
                return;
            }
            match word.text {
                "-" => {
                    entry(self, word.at);
                    found += 1;
                }
                "END" => {
                    self.words.next();
                    if found != expected {
                        let what = format!("{} says {expected}, found {found}", opening.text);
                        self.diagnostics.warning(opening.at, what, None);
                    }
                    return;
                }
                other => {
                    let what =
                        format!("found {:?}, expected \"-\" or END {}", short(other), opening.text);
                    self.diagnostics.error(word.at, what, None);
                    self.words.skip_statement();
                }
            }
        }
        self.cut_off(opening);
    }
}

/// Statements a DEF file may begin with; what stands before the first of them is no DEF.
const KEYWORDS: [&str; 13] = [
    "VERSION",
    "DIVIDERCHAR",
    "BUSBITCHARS",
    "NAMESCASESENSITIVE",
    "DESIGN",
    "TECHNOLOGY",
    "UNITS",
    "HISTORY",
    "PROPERTYDEFINITIONS",
    "DIEAREA",
    "COMPONENTS",
    "BEGINEXT",
    "ROW",
];
