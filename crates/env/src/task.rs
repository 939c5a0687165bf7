use std::sync::Arc;

use flagstone_geom::Point;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement, Problem, check_placement};
use flagstone_place::force_directed::{self, Schedule};
use thiserror::Error;

use crate::soft::Averaging;
use crate::{EnvConfig, InitialLocations, NodeType, Observation, Static, order};

/// A design that cannot be placed by the decision process.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum TaskError {
    /// There is no hard macro that may move.
    #[error("there is no movable hard macro to place")]
    NothingToPlace,
    /// The grid is larger than the policy's.
    #[error("the grid has {columns} x {rows} cells, the policy at most {most} x {most}")]
    GridTooLarge {
        /// Columns of the canvas.
        columns: u32,
        /// Rows of the canvas.
        rows: u32,
        /// The policy's limit.
        most: u32,
    },
    /// The placement does not fit the netlist or the canvas.
    #[error("{0}")]
    Placement(Problem),
}

/// Side of the largest grid that the policies can choose a cell of.
pub const MAX_GRID: u32 = 128;

/// A design ready to be placed again and again.
#[derive(Clone, Debug)]
pub struct Task {
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The canvas.
    pub canvas: Canvas,
    /// Ports, fixed macros, orientations, and soft macros if they are kept.
    pub initial: Placement,
    /// The macros to place, in order.
    pub order: Vec<NodeId>,
    /// Static features.
    pub features: Static,
    /// The observation an episode starts from; its mask belongs to the first macro.
    pub start: Observation,
    /// Where every node is thought to be before it is placed.
    pub(crate) estimate: Placement,
    /// The rules.
    pub config: EnvConfig,
    pub(crate) averaging: Averaging,
}

impl Task {
    /// Prepares a design.
    ///
    /// # Errors
    /// Where nothing can be placed, or the grid is larger than the policy's.
    pub fn new(
        netlist: Arc<Netlist>,
        canvas: Canvas,
        initial: Placement,
        config: &EnvConfig,
    ) -> Result<Self, TaskError> {
        let movable =
            |node: NodeId| netlist.kind(node) == Kind::HardMacro && !initial.fixed[node.usize()];
        // Only what is to be placed must fit.
        let matters = |problem: &Problem| match *problem {
            Problem::TooLarge(node) => movable(node),
            _ => true,
        };
        if let Some(problem) =
            check_placement(&netlist, &canvas, &initial).into_iter().find(matters)
        {
            return Err(TaskError::Placement(problem));
        }
        let most = config.max_grid.min(MAX_GRID);
        if canvas.columns > most || canvas.rows > most {
            let (columns, rows) = (canvas.columns, canvas.rows);
            return Err(TaskError::GridTooLarge { columns, rows, most });
        }
        let order = order::order(&netlist, &canvas, &initial, config);
        if order.is_empty() {
            return Err(TaskError::NothingToPlace);
        }
        let features = Static::new(&netlist, &canvas, &initial, config);
        let estimate = estimate(&netlist, &canvas, &initial, config);
        let start = start(&netlist, &canvas, (&initial, &estimate), &features);
        let averaging = Averaging::new(&netlist, &canvas, &initial);
        let config = config.clone();
        Ok(Self { netlist, canvas, initial, order, features, start, estimate, config, averaging })
    }

    /// Number of grid cells, which is the number of actions.
    pub fn n_cells(&self) -> usize {
        self.canvas.grid().n_cells()
    }
}

/// Locations before the first step.
fn estimate(
    netlist: &Netlist,
    canvas: &Canvas,
    initial: &Placement,
    config: &EnvConfig,
) -> Placement {
    let mut placement = initial.clone();
    match config.initial_locations {
        InitialLocations::Given => {}
        InitialLocations::Center => {
            let center = Point::new(canvas.width / 2.0, canvas.height / 2.0);
            for node in netlist.macros().filter(|node| !initial.fixed[node.usize()]) {
                placement.set_center(node, center);
            }
        }
        InitialLocations::ForceDirected => {
            let square = netlist.with_square_soft_macros();
            force_directed::place(&square, canvas, &mut placement, &Schedule::mixed_size());
        }
    }
    placement
}

/// The observation before the first step.
fn start(
    netlist: &Netlist,
    canvas: &Canvas,
    (initial, estimate): (&Placement, &Placement),
    features: &Static,
) -> Observation {
    let perimeter = canvas.width + canvas.height;
    let macros = features.macros.iter().map(|&node| estimate.center(node));
    let centers: Vec<Point> = macros.chain(features.clusters.iter().copied()).collect();
    let fixed = |node: &NodeId| initial.fixed[node.usize()] && netlist.kind(*node) != Kind::Port;
    let placed = (0..features.n_nodes()).map(|i| match features.node_type[i] {
        NodeType::PortCluster => 1.0,
        _ => f32::from(u8::from(fixed(&features.macros[i]))),
    });
    Observation {
        x: centers.iter().map(|p| (p.x / perimeter) as f32).collect(),
        y: centers.iter().map(|p| (p.y / perimeter) as f32).collect(),
        placed: placed.collect(),
        ..Observation::default()
    }
}
