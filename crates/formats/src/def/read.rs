use flagstone_geom::Orientation;

use super::{
    Blockage, Component, Connection, Def, Group, Net, Pin, Region, Row, Status, Tracks,
    bounding_box,
};
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

    /// The place after `PLACED`, `FIXED` or `COVER`; the end of its last word.
    fn place(&mut self) -> ((i64, i64), Orientation, usize) {
        let at = self.point((0, 0));
        let orientation = self.orientation();
        (at, orientation, self.words.at)
    }

    fn component(&mut self, at: usize) {
        let (name, master) = (self.text(), self.text());
        let mut component = Component {
            name,
            master,
            status: Status::Unplaced,
            x: 0,
            y: 0,
            orientation: Orientation::N,
            halo: None,
            placement: 0..0,
            at,
        };
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    if component.placement.is_empty() {
                        component.placement = word.at..word.at;
                    }
                    self.def.components.push(component);
                    return;
                }
                "+" => {}
                "UNPLACED" => component.placement = word.at..word.at + word.text.len(),
                "HALO" => {
                    if self.words.peek().is_some_and(|word| word.text == "SOFT") {
                        self.words.next();
                    }
                    component.halo = Some([(); 4].map(|()| self.integer()));
                }
                "SOURCE" | "WEIGHT" | "EEQMASTER" | "REGION" | "MASKSHIFT" => {
                    self.words.next();
                }
                keyword => {
                    let Some(status) = status(keyword) else { continue };
                    let ((x, y), orientation, end) = self.place();
                    component.placement = word.at..end;
                    component = Component { status, x, y, orientation, ..component };
                }
            }
        }
        self.diagnostics.error(at, "the file ends inside a component", None);
    }

    fn pin(&mut self, at: usize) {
        let mut pin = Pin {
            name: self.text(),
            net: "",
            direction: "",
            usage: "",
            status: Status::Unplaced,
            x: 0,
            y: 0,
            orientation: Orientation::N,
            shape: None,
            at,
        };
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    self.def.pins.push(pin);
                    return;
                }
                "NET" => pin.net = self.text(),
                "DIRECTION" => pin.direction = self.text(),
                "USE" => pin.usage = self.text(),
                "LAYER" | "POLYGON" | "VIA" => {
                    while self.words.peek().is_some_and(|w| !["(", "+", ";"].contains(&w.text)) {
                        self.words.next();
                    }
                    if let Some(rect) = self.bounding_box().filter(|_| word.text != "VIA") {
                        let old = pin.shape.unwrap_or(rect);
                        pin.shape = Some([
                            old[0].min(rect[0]),
                            old[1].min(rect[1]),
                            old[2].max(rect[2]),
                            old[3].max(rect[3]),
                        ]);
                    }
                }
                keyword => {
                    if let Some(status) = status(keyword)
                        && self.words.peek().is_some_and(|word| word.text == "(")
                    {
                        let ((x, y), orientation, _) = self.place();
                        // Of several ports the first stands for the pin.
                        if pin.status == Status::Unplaced {
                            pin = Pin { status, x, y, orientation, ..pin };
                        }
                    }
                }
            }
        }
        self.diagnostics.error(at, "the file ends inside a pin", None);
    }

    fn blockage(&mut self, at: usize) {
        let mut blockage = Blockage::default();
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    self.def.blockages.push(blockage);
                    return;
                }
                "LAYER" => blockage.layer = Some(self.text()),
                "SOFT" => blockage.soft = true,
                "COMPONENT" => blockage.component = Some(self.text()),
                "PARTIAL" => blockage.partial = self.text().parse().ok(),
                "RECT" => blockage.rects.extend(self.bounding_box()),
                "POLYGON" => self.polygon(word, &mut blockage),
                _ => {}
            }
        }
        self.diagnostics.error(at, "the file ends inside a blockage", None);
    }

    fn polygon(&mut self, opening: Word<'a>, blockage: &mut Blockage<'a>) {
        let corners = self.points();
        match rectilinear::inside(&corners) {
            Some(rects) => blockage.rects.extend(rects),
            None => {
                // Nothing here keeps to the shapes of routing blockages.
                if blockage.layer.is_none() {
                    self.slanted(opening);
                }
                blockage.rects.extend(bounding_box(&corners));
            }
        }
    }

    fn region(&mut self, at: usize) {
        let mut region = Region { name: self.text(), rects: Vec::new(), kind: "" };
        while let Some(word) = self.words.peek() {
            match word.text {
                "(" => {
                    let corners = [self.point((0, 0)), self.point((0, 0))];
                    let [(x0, y0), (x1, y1)] = corners;
                    region.rects.push([x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]);
                }
                ";" => {
                    self.words.next();
                    self.def.regions.push(region);
                    return;
                }
                "TYPE" => {
                    self.words.next();
                    region.kind = self.text();
                }
                _ => {
                    self.words.next();
                }
            }
        }
        self.diagnostics.error(at, "the file ends inside a region", None);
    }

    fn group(&mut self, at: usize) {
        let mut group = Group { name: self.text(), members: Vec::new(), region: None };
        let mut members = true;
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    self.def.groups.push(group);
                    return;
                }
                "+" => members = false,
                "REGION" if !members => group.region = Some(self.text()),
                name if members => group.members.push(name),
                _ => {}
            }
        }
        self.diagnostics.error(at, "the file ends inside a group", None);
    }

    fn net(&mut self, at: usize) {
        let name = self.text();
        let first = self.def.connections.len();
        let mut net = Net { name, usage: "", weight: 1.0, connections: first..first, at };
        let mut ends = true;
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    net.connections.end = self.def.connections.len();
                    self.def.nets.push(net);
                    return;
                }
                "(" if ends => {
                    let component = self.text();
                    self.end(component);
                }
                // A name cannot stand here, so the parenthesis is none of its letters.
                glued if ends && glued.starts_with('(') => self.end(&glued[1..]),
                "+" => {
                    ends = false;
                    let Some(word) = self.words.next() else { continue };
                    match word.text {
                        "USE" => net.usage = self.text(),
                        "WEIGHT" => net.weight = self.integer().max(0) as f64,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        self.diagnostics.error(at, "the file ends inside a net", None);
    }

    /// The rest of `( component pin )`, an end of the net that is read.
    fn end(&mut self, component: &'a str) {
        let pin = self.text();
        let glued = unglued(pin);
        self.def.connections.push(Connection { component, pin: glued.unwrap_or(pin) });
        if glued.is_none() {
            while self.words.next().is_some_and(|word| !word.text.ends_with([')', ';'])) {}
        }
    }
}

/// The name of a pin without a closing parenthesis that is glued to it; one that closes a
/// parenthesis in the name is a letter of it.
fn unglued(pin: &str) -> Option<&str> {
    let count = |mark| pin.matches(mark).count();
    pin.strip_suffix(')').filter(|_| count(')') > count('('))
}

fn status(keyword: &str) -> Option<Status> {
    match keyword {
        "PLACED" => Some(Status::Placed),
        "FIXED" => Some(Status::Fixed),
        "COVER" => Some(Status::Cover),
        _ => None,
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
