//! Designs as files.

use std::fmt::Write;

use flagstone_geom::Point;
use flagstone_netlist::{NodeId, Placement};
use thiserror::Error;

use super::build::{center, driver};
use super::lines::is_name;
use super::{Design, Direction, Fixed, Mark, Terminal};

/// A name that Bookshelf cannot hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{0:?} cannot stand in a Bookshelf file: white space, a colon at its border, a # in front, or a \
     keyword"
)]
pub struct NameError(pub String);

/// The texts of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// `.aux`
    pub aux: String,
    /// `.nodes`
    pub nodes: String,
    /// `.nets`
    pub nets: String,
    /// `.wts`
    pub wts: String,
    /// `.pl`
    pub pl: String,
    /// `.scl`
    pub scl: String,
}

/// Writes all files of a design; `stem` is their name without extension.
///
/// # Errors
/// If a name cannot stand in such a file.
pub fn write(design: &Design, stem: &str) -> Result<Files, NameError> {
    check(stem)?;
    let aux =
        format!("RowBasedPlacement : {stem}.nodes {stem}.nets {stem}.wts {stem}.pl {stem}.scl\n");
    Ok(Files {
        aux,
        nodes: nodes(design)?,
        nets: nets(design)?,
        wts: wts(design),
        pl: write_pl(design, &design.placement)?,
        scl: scl(design),
    })
}

/// Writes where a placement puts the nodes of a design, in the order of the file it came from.
///
/// # Errors
/// If a name cannot stand in such a file.
pub fn write_pl(design: &Design, placement: &Placement) -> Result<String, NameError> {
    let mut out = String::from("UCLA pl 1.0\n\n");
    let mut seen = vec![false; design.netlist.n_nodes()];
    for node in design.pl_order.iter().copied().chain(design.netlist.node_ids()) {
        let row = node.usize();
        let Some(slot) = seen.get_mut(row) else { continue };
        let placed = placement.placed.get(row).copied().unwrap_or(false);
        if std::mem::replace(slot, true) || !placed {
            continue;
        }
        let name = design.netlist.node_name(node);
        check(name)?;
        let mark = design.marks.get(row).copied().unwrap_or_default();
        let orientation = mark.base.then(placement.orientation[row]);
        let size = mark.size(orientation);
        let at = placement.center(node);
        let x = corner(at.x, |v| center(Point::new(v, 0.0), design.origin, size).x);
        let y = corner(at.y, |v| center(Point::new(0.0, v), design.origin, size).y);
        let fixed = fixed(&mark, placement.fixed[row]);
        line(&mut out, format_args!("{name} {x} {y} : {orientation}{fixed}"));
    }
    Ok(out)
}

/// The corner from which a reader gets exactly `center`; of several the shortest to write.
pub(crate) fn corner(at: f64, center: impl Fn(f64) -> f64) -> f64 {
    let raw = at - center(0.0);
    // Sums of decimal numbers are off in the last bits; the number meant has few decimals.
    let short = (raw * 1e6).round() / 1e6;
    let candidates = [short, raw, raw.next_up(), raw.next_down()];
    candidates.into_iter().find(|&v| center(v) == at).unwrap_or(raw)
}

fn fixed(mark: &Mark, fixed: bool) -> &'static str {
    match mark.fixed {
        _ if !fixed => "",
        Fixed::Yes => " /FIXED",
        Fixed::NotInImage => " /FIXED_NI",
        Fixed::No if mark.terminal == Terminal::No => " /FIXED",
        Fixed::No => "",
    }
}

fn line(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
    out.push('\n');
}

/// Refuses names that would not be read back.
fn check(name: &str) -> Result<(), NameError> {
    if is_name(name) { Ok(()) } else { Err(NameError(name.to_owned())) }
}

fn nodes(design: &Design) -> Result<String, NameError> {
    let mut out = String::from("UCLA nodes 1.0\n\n");
    let n_terminals = design.marks.iter().filter(|mark| mark.terminal != Terminal::No).count();
    line(&mut out, format_args!("NumNodes : {}", design.marks.len()));
    line(&mut out, format_args!("NumTerminals : {n_terminals}"));
    for (row, mark) in design.marks.iter().enumerate() {
        let name = design.netlist.node_name(NodeId::from_usize(row));
        check(name)?;
        let terminal = match mark.terminal {
            Terminal::No => "",
            Terminal::Yes => " terminal",
            Terminal::NotInImage => " terminal_NI",
        };
        line(&mut out, format_args!("{name} {} {}{terminal}", mark.width, mark.height));
    }
    Ok(out)
}

fn nets(design: &Design) -> Result<String, NameError> {
    let mut out = String::from("UCLA nets 1.0\n\n");
    let pins = &design.netlist.pins;
    line(&mut out, format_args!("NumNets : {}", design.nets.len()));
    line(&mut out, format_args!("NumPins : {}", design.directions.len()));
    for net in &design.nets {
        let name = net.name.as_deref().unwrap_or_default();
        if net.name.is_some() {
            check(name)?;
        }
        line(&mut out, format_args!("NetDegree : {} {name}", net.pins.len()));
        for row in net.pins.start as usize..net.pins.end as usize {
            let direction = match design.directions[row] {
                Direction::Input => " I",
                Direction::Output => " O",
                Direction::Both => " B",
                Direction::Unknown => "",
            };
            let mark = design.marks.get(pins.node[row].usize()).copied().unwrap_or_default();
            let node = design.netlist.node_name(pins.node[row]);
            let (dx, dy) = mark.base.inverse().apply(pins.dx[row], pins.dy[row]);
            if dx == 0.0 && dy == 0.0 {
                line(&mut out, format_args!("{node}{direction}"));
            } else {
                line(&mut out, format_args!("{node}{direction} : {dx} {dy}"));
            }
        }
    }
    Ok(out)
}

/// The nets whose weight is not 1; nets without a name cannot have another.
fn wts(design: &Design) -> String {
    let mut out = String::from("UCLA wts 1.0\n\n");
    for net in &design.nets {
        let pins = net.pins.start as usize..net.pins.end as usize;
        let driver = driver(pins, |pin| design.directions[pin]);
        let weight = driver.map_or(1.0, |pin| design.netlist.pins.weight[pin]);
        if let Some(name) = net.name.as_deref().filter(|_| weight != 1.0) {
            line(&mut out, format_args!("{name} {weight}"));
        }
    }
    out
}

fn scl(design: &Design) -> String {
    let mut out = String::from("UCLA scl 1.0\n\n");
    line(&mut out, format_args!("NumRows : {}", design.rows.len()));
    for row in &design.rows {
        line(&mut out, format_args!("\nCoreRow Horizontal"));
        line(&mut out, format_args!(" Coordinate : {}", row.y));
        line(&mut out, format_args!(" Height : {}", row.height));
        line(&mut out, format_args!(" Sitewidth : {}", row.site_width));
        line(&mut out, format_args!(" Sitespacing : {}", row.site_spacing));
        line(&mut out, format_args!(" Siteorient : {}", row.orientation));
        line(&mut out, format_args!(" Sitesymmetry : {}", row.symmetry));
        for subrow in &row.subrows {
            let (x, sites) = (subrow.x, subrow.sites);
            line(&mut out, format_args!(" SubrowOrigin : {x} NumSites : {sites}"));
        }
        line(&mut out, format_args!("End"));
    }
    out
}
