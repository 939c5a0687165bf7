//! Tcl that places hard macros in OpenROAD, Innovus and IC Compiler II.
//!
//! All three take the lower-left corner of the placed box; each spells orientations its own way.
//!
//! ```
//! use flagstone_formats::tcl::{Place, openroad};
//! use flagstone_geom::{Orientation, Rect};
//!
//! let ram = Place {
//!     name: "cpu/ram[0]",
//!     outline: Rect::new(10.0, 20.0, 50.0, 40.0),
//!     orientation: Orientation::FN,
//!     fixed: false,
//! };
//! let expected = "place_macro -macro_name {cpu/ram[0]} -location {10 20} -orientation MY\n\
//!     puts \"placed 1 macros\"\n";
//! assert_eq!(openroad(&[], &[ram]), expected);
//! ```

mod quote;

use std::fmt::Write;

use flagstone_geom::{Orientation, Rect};

pub use quote::word;

/// Where a hard macro goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Name of the instance.
    pub name: &'a str,
    /// The box the macro covers, µm.
    pub outline: Rect,
    /// Its orientation.
    pub orientation: Orientation,
    /// Whether later steps must leave it where it is.
    pub fixed: bool,
}

fn script(head: &[&str], places: &[Place<'_>], command: impl Fn(&Place<'_>) -> String) -> String {
    let mut out = String::new();
    for line in head.iter().flat_map(|text| text.split(['\n', '\r'])) {
        // A comment that ends in a backslash would swallow the command below it.
        let end = if line.ends_with('\\') { " ." } else { "" };
        let _ = writeln!(out, "# {line}{end}");
    }
    for place in places {
        out.push_str(&command(place));
        out.push('\n');
    }
    let _ = writeln!(out, "puts \"placed {} macros\"", places.len());
    out
}

fn position(place: &Place<'_>) -> (f64, f64) {
    // Differences of decimal numbers are off in the last bits; no tool places finer than 1e-6 µm.
    let short = |v: f64| (v * 1e6).round() / 1e6 + 0.0;
    (short(place.outline.x0), short(place.outline.y0))
}

/// DEF's letters as OpenROAD's database spells them.
fn odb(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::N => "R0",
        Orientation::W => "R90",
        Orientation::S => "R180",
        Orientation::E => "R270",
        Orientation::FN => "MY",
        Orientation::FS => "MX",
        Orientation::FW => "MXR90",
        Orientation::FE => "MYR90",
    }
}

/// Script for OpenROAD; `head` becomes comments.
///
/// `place_macro` takes unturned macros only and makes `R0` of any other orientation without an
/// error, so turned ones go through `place_inst`.
pub fn openroad(head: &[&str], places: &[Place<'_>]) -> String {
    script(head, places, |place| {
        let (name, (x, y), spelled) = (word(place.name), position(place), odb(place.orientation));
        if place.orientation.is_turned() {
            let status = if place.fixed { "FIRM" } else { "PLACED" };
            format!(
                "place_inst -name {name} -location {{{x} {y}}} -orientation {spelled} -status {status}"
            )
        } else {
            format!("place_macro -macro_name {name} -location {{{x} {y}}} -orientation {spelled}")
        }
    })
}

/// Script for Innovus; `head` becomes comments.
pub fn innovus(head: &[&str], places: &[Place<'_>]) -> String {
    script(head, places, |place| {
        let spelled = match place.orientation {
            Orientation::FW => "MX90",
            Orientation::FE => "MY90",
            other => odb(other),
        };
        let (x, y) = position(place);
        let status = if place.fixed { "-fixed" } else { "-placed" };
        format!("placeInstance {} {x} {y} {spelled} {status}", word(place.name))
    })
}

/// Script for IC Compiler II, which takes DEF's letters; `head` becomes comments.
pub fn icc2(head: &[&str], places: &[Place<'_>]) -> String {
    script(head, places, |place| {
        let ((x, y), orientation) = (position(place), place.orientation);
        let fixed = if place.fixed { " -fixed" } else { "" };
        let name = word(place.name);
        format!(
            "set_cell_location -coordinates {{{x} {y}}} -orientation {orientation}{fixed} [get_cells -exact {name}]"
        )
    })
}
