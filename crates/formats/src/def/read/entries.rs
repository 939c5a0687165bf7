//! What stands between `-` and `;` in the sections of a DEF.

use flagstone_geom::Orientation;

use super::Reader;
use crate::def::{Blockage, Component, Connection, Group, Net, Pin, Region, Status, bounding_box};
use crate::rectilinear;
use crate::words::Word;

impl<'a> Reader<'a> {
    /// The place after `PLACED`, `FIXED` or `COVER`; the end of its last word.
    fn place(&mut self) -> ((i64, i64), Orientation, usize) {
        let at = self.point((0, 0));
        let orientation = self.orientation();
        (at, orientation, self.words.at)
    }

    pub(super) fn component(&mut self, at: usize) {
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

    pub(super) fn pin(&mut self, at: usize) {
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
        let mut done = false;
        while let Some(word) = self.words.next() {
            match word.text {
                ";" => {
                    self.def.pins.push(pin);
                    return;
                }
                "NET" => pin.net = self.text(),
                "DIRECTION" => pin.direction = self.text(),
                "USE" => pin.usage = self.text(),
                // Of several ports the first with a place stands for the pin.
                "PORT" if pin.status == Status::Unplaced => pin.shape = None,
                "PORT" => done = true,
                "LAYER" | "POLYGON" | "VIA" => {
                    while self.words.peek().is_some_and(|w| !["(", "+", ";"].contains(&w.text)) {
                        self.words.next();
                    }
                    if let Some(rect) = self.bounding_box().filter(|_| word.text != "VIA" && !done)
                    {
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
                        if pin.status == Status::Unplaced {
                            pin = Pin { status, x, y, orientation, ..pin };
                        }
                    }
                }
            }
        }
        self.diagnostics.error(at, "the file ends inside a pin", None);
    }

    pub(super) fn blockage(&mut self, at: usize) {
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

    pub(super) fn region(&mut self, at: usize) {
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

    pub(super) fn group(&mut self, at: usize) {
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

    pub(super) fn net(&mut self, at: usize) {
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
