//! Tcl scripts that place hard macros in OpenROAD, Innovus and IC Compiler II.
//!
//! Locations are lower left corners of the placed boxes in µm. Orientations are spelled as each tool
//! does: OpenROAD's `place_macro` takes an unknown one for `R0` without a word.

use flagstone_geom::Orientation;

/// A macro and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedMacro<'a> {
    /// Instance name.
    pub name: &'a str,
    /// Lower left corner, µm.
    pub x: f64,
    /// Lower left corner, µm.
    pub y: f64,
    /// Orientation.
    pub orientation: Orientation,
}

/// The tool a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// OpenROAD's `place_macro`.
    OpenRoad,
    /// Innovus' `placeInstance`.
    Innovus,
    /// IC Compiler II's `set_cell_location`.
    Icc2,
}

/// Writes a script; `about` becomes comment lines at its head.
pub fn write(tool: Tool, about: &str, macros: &[PlacedMacro<'_>]) -> String {
    let mut text = String::new();
    for line in about.lines() {
        text.push_str(&format!("# {line}\n"));
    }
    for PlacedMacro { name, x, y, orientation } in macros {
        let (name, orientation) = (quoted(name), spelled(tool, *orientation));
        text.push_str(&match tool {
            Tool::OpenRoad => format!(
                "place_macro -macro_name {name} -location {{{x:.4} {y:.4}}} -orientation {orientation}\n"
            ),
            Tool::Innovus => format!("placeInstance {name} {x:.4} {y:.4} {orientation} -placed\n"),
            Tool::Icc2 => format!(
                "set_cell_location -coordinates {{{x:.4} {y:.4}}} -orientation {orientation} {name}\n"
            ),
        });
    }
    text.push_str(&format!("puts \"placed {} macros\"\n", macros.len()));
    text
}

/// A name that Tcl takes literally.
fn quoted(name: &str) -> String {
    let balanced = name.chars().try_fold(0_i32, |depth, c| match c {
        '{' => Some(depth + 1),
        '}' => (depth > 0).then_some(depth - 1),
        _ => Some(depth),
    });
    if balanced == Some(0) && !name.ends_with('\\') {
        return format!("{{{name}}}");
    }
    let escape = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' || c == '/' {
            c.to_string()
        } else {
            format!("\\{c}")
        }
    };
    name.chars().map(escape).collect()
}

/// DEF's letters in the tool's words.
fn spelled(tool: Tool, orientation: Orientation) -> &'static str {
    match (orientation, tool) {
        (Orientation::FW, Tool::OpenRoad) => "MXR90",
        (Orientation::FE, Tool::OpenRoad) => "MYR90",
        (Orientation::FW, _) => "MX90",
        (Orientation::FE, _) => "MY90",
        (Orientation::N, _) => "R0",
        (Orientation::W, _) => "R90",
        (Orientation::S, _) => "R180",
        (Orientation::E, _) => "R270",
        (Orientation::FN, _) => "MY",
        (Orientation::FS, _) => "MX",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_gets_its_own_words() {
        let at = |name, orientation| PlacedMacro { name, x: 1.5, y: 20.0, orientation };
        let macros = [at("top/ram[0]", Orientation::FN), at("b", Orientation::FE)];
        assert_eq!(
            write(Tool::OpenRoad, "ariane\nproxy 0.6", &macros),
            "# ariane\n# proxy 0.6\n\
             place_macro -macro_name {top/ram[0]} -location {1.5000 20.0000} -orientation MY\n\
             place_macro -macro_name {b} -location {1.5000 20.0000} -orientation MYR90\n\
             puts \"placed 2 macros\"\n"
        );
        let innovus = write(Tool::Innovus, "", &macros);
        assert!(innovus.contains("placeInstance {b} 1.5000 20.0000 MY90 -placed\n"), "{innovus}");
        let icc2 = write(Tool::Icc2, "", &macros);
        assert!(icc2.contains("-orientation MY {top/ram[0]}\n"), "{icc2}");
    }

    #[test]
    fn braces_in_names_are_escaped_where_they_do_not_pair() {
        assert_eq!(quoted("a{b}"), "{a{b}}");
        assert_eq!(quoted("a}b{"), "a\\}b\\{");
        assert_eq!(quoted("a[1]\\"), "a\\[1\\]\\\\");
    }
}
