use flagstone_netlist::Kind;

use crate::lef::Macro;

/// How macros are told from standard cells.
#[derive(Clone, Debug, PartialEq)]
pub struct MacroRules {
    /// A cell that is no block but higher than this many rows is a macro, too; multi-bit flip-flops
    /// reach four.
    pub rows: f64,
    /// Components or masters that are macros whatever the rules say; `*` and `?` as in a shell.
    pub macros: Vec<String>,
    /// Components or masters that are standard cells whatever the rules say.
    pub cells: Vec<String>,
}

impl Default for MacroRules {
    fn default() -> Self {
        Self { rows: 8.0, macros: Vec::new(), cells: Vec::new() }
    }
}

/// What a component becomes. Covers, such as bumps, lie above the cells and take none of their
/// room; where their nets end they are like ports.
pub(super) fn kind(rules: &MacroRules, component: &str, cell: &Macro, row: Option<f64>) -> Kind {
    let named = |patterns: &[String]| {
        patterns.iter().any(|p| crate::matches(p, component) || crate::matches(p, &cell.name))
    };
    let tall = || row.is_some_and(|row| cell.height > rules.rows * row);
    match cell.class.split(' ').next().unwrap_or_default() {
        _ if named(&rules.cells) => Kind::StdCell,
        _ if named(&rules.macros) => Kind::HardMacro,
        "COVER" => Kind::Port,
        "BLOCK" | "PAD" | "RING" => Kind::HardMacro,
        _ if tall() => Kind::HardMacro,
        _ => Kind::StdCell,
    }
}
