use thiserror::Error;

/// Why a netlist cannot be clustered.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ClusterError {
    /// The netlist has no standard cells.
    #[error("the netlist has no standard cells to group; is it clustered already?")]
    NoCells,
    /// The list of groups does not have one row per ordinal of the netlist.
    #[error("found groups for {found} nodes, the netlist has {expected}")]
    WrongLength {
        /// Rows given.
        found: usize,
        /// Ordinals of the netlist.
        expected: usize,
    },
    /// The placement does not have one row per node of the netlist.
    #[error("the placement has {found} nodes, the netlist {expected}")]
    WrongPlacement {
        /// Rows of the placement.
        found: usize,
        /// Nodes of the netlist.
        expected: usize,
    },
    /// A standard cell is in no group.
    #[error("standard cell {name:?} is in no group")]
    CellWithoutGroup {
        /// Name of the cell.
        name: String,
    },
    /// The clustered netlist lacks a node that the flat one and its groups call for.
    #[error(
        "the clustered netlist has no node {name:?}; do the netlists and groups belong together?"
    )]
    NoNode {
        /// The name.
        name: String,
    },
    /// The name of a new soft macro is taken.
    #[error("the netlist has a node {name:?} already, a group needs that name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A number of the settings is outside its range.
    #[error("setting {name} is {value}, it must be {range}")]
    BadSetting {
        /// Name of the field.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range in words.
        range: &'static str,
    },
    /// The canvas has no area or no grid.
    #[error("the canvas is {width} x {height} um with {columns} x {rows} cells, all must be > 0")]
    BadCanvas {
        /// Width in µm.
        width: f64,
        /// Height in µm.
        height: f64,
        /// Columns of the grid.
        columns: u32,
        /// Rows of the grid.
        rows: u32,
    },
    /// No grid in the range lets every hard macro be placed.
    #[error("no grid of the range has room for every hard macro: {tried} tried")]
    NoGrid {
        /// Grids tried.
        tried: usize,
    },
}
