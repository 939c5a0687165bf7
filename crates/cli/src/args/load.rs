//! Which design to load.

use std::path::PathBuf;

use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;

/// What to load and how to see it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LoadArgs {
    /// Netlist (.pb.txt, several parts joined by commas), a folder with one, LEF files with a DEF,
    /// structural Verilog or both, Bookshelf .aux, GSRC .blocks, MCNC YAL, hMETIS .hgr; each also
    /// as .gz or .xz, told by content; a .plc may stand among them.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Placement; without it the one beside the netlist is taken, if there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) plc: Option<PathBuf>,
    /// TOML file that overrides canvas, grid, routing, smoothing and weights.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Override one setting, such as columns=20 or weights.congestion=1.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// LEF/DEF components or masters that are macros whatever their class, such as 'pll*'.
    #[arg(long = "macro", alias = "macros", value_name = "PATTERN")]
    pub(crate) macros: Vec<String>,
    /// LEF/DEF components or masters that are standard cells whatever their class.
    #[arg(long = "cell", alias = "cells", value_name = "PATTERN")]
    pub(crate) cells: Vec<String>,
    /// The netlist is an excerpt: pins and sinks of nodes that are not in it are dropped.
    #[arg(long)]
    pub(crate) excerpt: bool,
}

impl LoadArgs {
    /// What to make of names that a protobuf netlist does not define.
    pub(crate) fn missing(&self) -> Missing {
        if self.excerpt { Missing::Dropped } else { Missing::Error }
    }

    /// How macros are told from standard cells.
    pub(crate) fn rules(&self) -> MacroRules {
        let (macros, cells) = (self.macros.clone(), self.cells.clone());
        MacroRules { macros, cells, ..MacroRules::default() }
    }
}
