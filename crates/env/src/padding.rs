//! The observation as circuit_training sends it, padded to fixed sizes: for comparing with it and
//! for policies trained with it. Nothing else here pads.

use flagstone_geom::Grid;

use crate::{NodeType, Observation, Static};

/// The fixed sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padding {
    /// Number of nodes.
    pub nodes: usize,
    /// Number of edges.
    pub edges: usize,
    /// Columns and rows of the grid.
    pub grid: usize,
}

impl Default for Padding {
    fn default() -> Self {
        Self { nodes: 5000, edges: 70_000, grid: 128 }
    }
}

/// A padded observation; every column is filled up with zeros.
#[derive(Clone, Debug, PartialEq)]
pub struct Padded {
    /// The twelve scalars of the netlist.
    pub metadata: [f32; 12],
    /// Lower end of every edge.
    pub edge_i: Vec<u32>,
    /// Upper end of every edge.
    pub edge_j: Vec<u32>,
    /// Weight of every edge.
    pub edge_weight: Vec<f32>,
    /// Type of every node, 0 for padding.
    pub node_type: Vec<u8>,
    /// Width of every node.
    pub width: Vec<f32>,
    /// Height of every node.
    pub height: Vec<f32>,
    /// Location of every node.
    pub x: Vec<f32>,
    /// Location of every node.
    pub y: Vec<f32>,
    /// Whether each node is placed.
    pub placed: Vec<f32>,
    /// The macro to place.
    pub current: usize,
    /// Legal cells of the padded grid.
    pub mask: Vec<bool>,
}

impl Padding {
    /// Pads an observation. `None` if it is larger than the padding.
    pub fn pad(&self, features: &Static, observation: &Observation, grid: &Grid) -> Option<Padded> {
        let (nodes, edges) = (self.nodes, self.edges);
        let code = |&node_type: &NodeType| node_type as u8;
        let codes: Vec<u8> = features.node_type.iter().map(code).collect();
        Some(Padded {
            metadata: features.metadata,
            edge_i: filled(&features.edge_i, edges)?,
            edge_j: filled(&features.edge_j, edges)?,
            edge_weight: filled(&features.edge_weight, edges)?,
            node_type: filled(&codes, nodes)?,
            width: filled(&features.width, nodes)?,
            height: filled(&features.height, nodes)?,
            x: filled(&observation.x, nodes)?,
            y: filled(&observation.y, nodes)?,
            placed: filled(&observation.placed, nodes)?,
            current: observation.current,
            mask: self.pad_cells(&observation.mask, grid)?,
        })
    }

    /// Pads a map of the grid: half of the missing rows and columns, rounded down, come first.
    pub fn pad_cells<T: Copy + Default>(&self, cells: &[T], grid: &Grid) -> Option<Vec<T>> {
        let (first_column, first_row) = self.lead(grid)?;
        let columns = grid.columns as usize;
        let mut padded = vec![T::default(); self.grid * self.grid];
        for (row, values) in cells.chunks_exact(columns).enumerate() {
            let start = (row + first_row) * self.grid + first_column;
            padded[start..start + columns].copy_from_slice(values);
        }
        Some(padded)
    }

    /// The grid cell of an action on the padded grid; `None` in the padding.
    pub fn unpad_action(&self, action: usize, grid: &Grid) -> Option<usize> {
        let (first_column, first_row) = self.lead(grid)?;
        let column = (action % self.grid).checked_sub(first_column)?;
        let row = (action / self.grid).checked_sub(first_row)?;
        let inside = column < grid.columns as usize && row < grid.rows as usize;
        inside.then(|| grid.cell(column, row))
    }

    /// Leading columns and rows of padding.
    fn lead(&self, grid: &Grid) -> Option<(usize, usize)> {
        let columns = self.grid.checked_sub(grid.columns as usize)?;
        let rows = self.grid.checked_sub(grid.rows as usize)?;
        Some((columns / 2, rows / 2))
    }
}

fn filled<T: Copy + Default>(values: &[T], length: usize) -> Option<Vec<T>> {
    if values.len() > length {
        return None;
    }
    let mut padded = values.to_vec();
    padded.resize(length, T::default());
    Some(padded)
}
