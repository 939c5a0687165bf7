//! Arguments of `convert`.

use std::path::PathBuf;

use clap::ValueEnum;
use flagstone_design::save::{Map, Tool};
use flagstone_design::snap::SnapTo;

use super::LoadArgs;

/// The tool a Tcl script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToolArg {
    /// OpenROAD.
    Openroad,
    /// Cadence Innovus.
    Innovus,
    /// Synopsys IC Compiler II.
    Icc2,
}

impl From<ToolArg> for Tool {
    fn from(tool: ToolArg) -> Self {
        match tool {
            ToolArg::Openroad => Self::Openroad,
            ToolArg::Innovus => Self::Innovus,
            ToolArg::Icc2 => Self::Icc2,
        }
    }
}

/// Lines that macros are moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SnapArg {
    /// The LEF's manufacturing grid.
    Manufacturing,
    /// The DEF's tracks.
    Tracks,
}

impl From<SnapArg> for SnapTo {
    fn from(snap: SnapArg) -> Self {
        match snap {
            SnapArg::Manufacturing => Self::Manufacturing,
            SnapArg::Tracks => Self::Tracks,
        }
    }
}

/// What a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MapArg {
    /// Covered share of each cell.
    Density,
    /// The larger of horizontal and vertical congestion.
    Congestion,
    /// Horizontal routing demand over supply.
    Horizontal,
    /// Vertical routing demand over supply.
    Vertical,
    /// Wire of each net spread over its box.
    Rudy,
    /// Pins per µm².
    PinDensity,
}

impl From<MapArg> for Map {
    fn from(map: MapArg) -> Self {
        match map {
            MapArg::Density => Self::Density,
            MapArg::Congestion => Self::Congestion,
            MapArg::Horizontal => Self::Horizontal,
            MapArg::Vertical => Self::Vertical,
            MapArg::Rudy => Self::Rudy,
            MapArg::PinDensity => Self::PinDensity,
        }
    }
}

/// Arguments of `convert`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// File to write; its name tells the format: .pb.txt, .plc, .def, .tcl, .aux (all of Bookshelf),
    /// .pl, .blocks (with .nets and .pl), .hgr, .lyrdb, .lyimg, .csv, .json, .graphml, .svg or .png.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The tool a .tcl is for.
    #[arg(long, value_enum, default_value = "openroad")]
    pub(crate) tool: ToolArg,
    /// What a .csv or .lyimg shows.
    #[arg(long, value_enum, default_value = "density")]
    pub(crate) map: MapArg,
    /// Write a .csv with a line for each row of cells, the top one first.
    #[arg(long)]
    pub(crate) matrix: bool,
    /// Move hard macros onto lines first; the difference in cost is told.
    #[arg(long, value_enum)]
    pub(crate) snap: Option<SnapArg>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(crate) force: bool,
}
