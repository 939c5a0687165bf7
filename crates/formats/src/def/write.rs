use std::io::{self, Write};

use flagstone_geom::Orientation;

use super::{Component, Def, Status};

/// A component's new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Index of the component.
    pub component: usize,
    /// Whether it may move from there.
    pub status: Status,
    /// Lower left corner of the placed box, database units.
    pub x: i64,
    /// Lower left corner of the placed box, database units.
    pub y: i64,
    /// Its orientation.
    pub orientation: Orientation,
}

impl Move {
    /// Whether a component has this status and place already.
    pub fn is_at(&self, component: &Component<'_>) -> bool {
        let Component { status, x, y, orientation, .. } = *component;
        (status, x, y, orientation) == (self.status, self.x, self.y, self.orientation)
    }
}

/// Writes `text`, from which `def` was read, with some components moved and every other byte kept.
/// Of two moves of one component the last counts.
///
/// # Errors
/// Those of the writer.
///
/// # Panics
/// If a component does not exist, or `def` was read from another text.
pub fn write(text: &[u8], def: &Def<'_>, moves: &[Move], out: &mut impl Write) -> io::Result<()> {
    let mut of_component = vec![None; def.components.len()];
    for to in moves {
        of_component[to.component] = Some(to);
    }
    let mut moves: Vec<_> = of_component.into_iter().flatten().collect();
    moves.sort_by_key(|to| def.components[to.component].placement.start);
    let mut from = 0;
    for to in moves {
        let old = &def.components[to.component].placement;
        out.write_all(&text[from..old.start])?;
        if old.is_empty() {
            write!(out, "+ {} ", place(to))?;
        } else {
            out.write_all(place(to).as_bytes())?;
        }
        from = old.end;
    }
    out.write_all(&text[from..])
}

fn place(to: &Move) -> String {
    match to.status {
        Status::Unplaced => "UNPLACED".to_owned(),
        status => format!("{} ( {} {} ) {}", status.as_str(), to.x, to.y, to.orientation.as_str()),
    }
}

/// A component of a design that did not come from DEF.
#[derive(Clone, Debug, PartialEq)]
pub struct FreshComponent<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its master.
    pub master: &'a str,
    /// Where it is; database units, lower left corner.
    pub place: Option<(Status, i64, i64, Orientation)>,
}

/// A pin of a design that did not come from DEF.
#[derive(Clone, Debug, PartialEq)]
pub struct FreshPin<'a> {
    /// Its name; its net has the same.
    pub name: &'a str,
    /// Where it is, database units.
    pub place: Option<(i64, i64)>,
}

/// A design that did not come from DEF.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fresh<'a> {
    /// Its name.
    pub design: &'a str,
    /// Database units per µm.
    pub units: i64,
    /// Lower left and upper right corner of the die.
    pub die: [i64; 4],
    /// Components.
    pub components: Vec<FreshComponent<'a>>,
    /// Pins.
    pub pins: Vec<FreshPin<'a>>,
}

/// Writes a DEF with the die, components and pins, for tools that read a floorplan over a netlist
/// they have.
///
/// # Errors
/// Those of the writer.
pub fn write_new(fresh: &Fresh<'_>, out: &mut impl Write) -> io::Result<()> {
    let [x0, y0, x1, y1] = fresh.die;
    writeln!(out, "VERSION 5.8 ;\nDIVIDERCHAR \"/\" ;\nBUSBITCHARS \"[]\" ;")?;
    writeln!(out, "DESIGN {} ;\nUNITS DISTANCE MICRONS {} ;", fresh.design, fresh.units)?;
    writeln!(out, "DIEAREA ( {x0} {y0} ) ( {x1} {y1} ) ;")?;
    writeln!(out, "COMPONENTS {} ;", fresh.components.len())?;
    for component in &fresh.components {
        write!(out, "- {} {}", component.name, component.master)?;
        if let Some((status, x, y, orientation)) = component.place {
            write!(out, " + {} ( {x} {y} ) {}", status.as_str(), orientation.as_str())?;
        }
        writeln!(out, " ;")?;
    }
    writeln!(out, "END COMPONENTS\nPINS {} ;", fresh.pins.len())?;
    for pin in &fresh.pins {
        write!(out, "- {0} + NET {0}", pin.name)?;
        if let Some((x, y)) = pin.place {
            write!(out, " + PLACED ( {x} {y} ) N")?;
        }
        writeln!(out, " ;")?;
    }
    writeln!(out, "END PINS\nEND DESIGN")
}
