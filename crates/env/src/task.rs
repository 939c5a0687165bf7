use std::sync::Arc;

use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use flagstone_place::mask::{MaskRules, Occupancy};
use thiserror::Error;

use crate::order::{Inputs, ordered};
use crate::soft::Springs;
use crate::{Blocked, EnvConfig, FakeNet, Infeasibility, Observation, Static, observation};

/// Why a design makes no task.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to decide.
    #[error("the netlist has no movable hard macro")]
    NothingToPlace,
    /// The placement belongs to another netlist.
    #[error("the placement has {found} nodes, the netlist {expected}")]
    OtherNetlist {
        /// Nodes of the netlist.
        expected: usize,
        /// Nodes of the placement.
        found: usize,
    },
    /// The canvas has no area or no cells.
    #[error(
        "the canvas needs an area and cells, got {width} x {height} um, {columns} x {rows} cells"
    )]
    Canvas {
        /// Width in µm.
        width: f64,
        /// Height in µm.
        height: f64,
        /// Columns of the grid.
        columns: u32,
        /// Rows of the grid.
        rows: u32,
    },
    /// A macro's width or height is no number or negative.
    #[error("macro {name:?} has size {width} x {height} um")]
    Size {
        /// Its name.
        name: String,
        /// Its width in µm.
        width: f64,
        /// Its height in µm.
        height: f64,
    },
    /// A fixed node has no coordinates.
    #[error("fixed node {name:?} has no finite coordinates")]
    Nowhere {
        /// Its name.
        name: String,
    },
    /// A normaliser is zero.
    #[error("normalizers must not be zero")]
    Normalizers,
    /// A listed order names something else than a movable hard macro.
    #[error("node {node} of the macro order is not a movable hard macro")]
    NotAMovableMacro {
        /// The node.
        node: NodeId,
    },
    /// A listed order misses a macro.
    #[error("the macro order does not list macro {node}")]
    NotListed {
        /// The node.
        node: NodeId,
    },
    /// A listed order names a macro twice.
    #[error("the macro order lists macro {node} twice")]
    ListedTwice {
        /// The node.
        node: NodeId,
    },
    /// A fake net names a node that does not exist, or its weight is no number.
    #[error("fake net {a} - {b} needs two existing nodes and a finite weight")]
    FakeNet {
        /// One end.
        a: NodeId,
        /// The other end.
        b: NodeId,
    },
}

/// One design to place: everything that is the same in all its episodes.
#[derive(Clone, Debug)]
pub struct Task {
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// Where to place it.
    pub canvas: Canvas,
    /// Locations of fixed nodes, orientations of all.
    pub initial: Placement,
    /// The movable hard macros in the order of their turns.
    pub order: Vec<NodeId>,
    /// The static features.
    pub features: Static,
    /// The observation before the first step.
    pub first: Observation,
    /// The user's attractions.
    pub fake_nets: Vec<FakeNet>,
    pub(crate) springs: Springs,
}

impl Task {
    /// Prepares a design: orders the macros, computes the features and the first observation.
    ///
    /// # Errors
    /// If the parts do not fit together or there is nothing to place.
    pub fn new(
        netlist: Arc<Netlist>,
        canvas: Canvas,
        initial: Placement,
        config: &EnvConfig,
    ) -> Result<Self, Error> {
        validate(&netlist, &canvas, &initial, config)?;
        let inputs = Inputs {
            netlist: &netlist,
            canvas: &canvas,
            initial: &initial,
            seed: config.seed,
            fake_nets: &config.fake_nets,
        };
        let order = ordered(&config.order, &inputs)?;
        let features = Static::new(&netlist, &canvas, &initial, &config.normalizers);
        let mut first =
            observation::initial(&netlist, &canvas, &initial, &features, config.initial_locations);
        let springs = Springs::new(&netlist);
        let head = *order.first().ok_or(Error::NothingToPlace)?;
        first.current = features.index(head).expect("every macro is in the observation");
        let fake_nets = config.fake_nets.clone();
        let mut task =
            Self { netlist, canvas, initial, order, features, first, fake_nets, springs };
        task.first.mask = vec![false; task.n_cells()];
        let mut mask = std::mem::take(&mut task.first.mask);
        task.occupancy(config.mask).mask(task.netlist.size(head), &mut mask);
        task.first.mask = mask;
        Ok(task)
    }

    /// Number of grid cells: the actions.
    pub fn n_cells(&self) -> usize {
        self.canvas.grid().n_cells()
    }

    /// Steps of a full episode.
    pub fn n_steps(&self) -> usize {
        self.order.len()
    }

    /// The placement before the first step: only fixed nodes have a place.
    pub(crate) fn empty(&self) -> Placement {
        let mut placement = self.initial.clone();
        for node in self.netlist.node_ids() {
            let cell = self.netlist.kind(node) == Kind::StdCell;
            let fixed = placement.fixed[node.usize()];
            let port = self.netlist.kind(node) == Kind::Port;
            placement.placed[node.usize()] = fixed || port || cell;
        }
        placement
    }

    /// The fixed hard macros and the blockages.
    pub(crate) fn occupancy(&self, rules: MaskRules) -> Occupancy {
        let mut occupancy = Occupancy::new(&self.canvas, rules);
        for node in self.netlist.nodes_of(Kind::HardMacro) {
            if self.initial.fixed[node.usize()] {
                occupancy.place(&self.netlist, &self.initial, node);
            }
        }
        occupancy
    }

    /// A way to place every macro, found by packing greedily: one cell for each step.
    ///
    /// # Errors
    /// The macro that found no room on the best try, and why. The design may still have a solution
    /// that is harder to find.
    pub fn feasible(&self, rules: MaskRules) -> Result<Vec<usize>, Blocked> {
        let grid = self.canvas.grid();
        let (columns, rows) = (grid.columns as usize, grid.rows as usize);
        // Packing row by row from below, column by column from the left, and from the border
        // inwards.
        let by_row = |cell: usize| cell;
        let by_column = |cell: usize| (cell % columns) * rows + cell / columns;
        let by_border = |cell: usize| {
            let (column, row) = (cell % columns, cell / columns);
            column.min(row).min(columns - 1 - column).min(rows - 1 - row)
        };
        let keys: [&dyn Fn(usize) -> usize; 3] = [&by_row, &by_column, &by_border];
        let mut best: Option<(usize, Blocked)> = None;
        for key in keys {
            match self.pack(rules, key) {
                Ok(actions) => return Ok(actions),
                Err((step, blocked)) => {
                    if best.as_ref().is_none_or(|(most, _)| step > *most) {
                        best = Some((step, blocked));
                    }
                }
            }
        }
        Err(best.expect("three tries were made and none succeeded").1)
    }

    /// Places every macro on its legal cell with the least key.
    fn pack(
        &self,
        rules: MaskRules,
        key: &dyn Fn(usize) -> usize,
    ) -> Result<Vec<usize>, (usize, Blocked)> {
        let grid = self.canvas.grid();
        let (mut occupancy, mut placement) = (self.occupancy(rules), self.empty());
        let (mut mask, mut actions) = (Vec::new(), Vec::new());
        for (step, &node) in self.order.iter().enumerate() {
            occupancy.mask(self.netlist.size(node), &mut mask);
            let legal = (0..mask.len()).filter(|&cell| mask[cell]);
            let Some(cell) = legal.min_by_key(|&cell| key(cell)) else {
                let reason = Infeasibility::new(self, &placement, node, &rules);
                return Err((step, Blocked { node, reason }));
            };
            placement.set_center(node, grid.center(cell));
            placement.placed[node.usize()] = true;
            occupancy.place(&self.netlist, &placement, node);
            actions.push(cell);
        }
        Ok(actions)
    }
}

fn validate(
    netlist: &Netlist,
    canvas: &Canvas,
    initial: &Placement,
    config: &EnvConfig,
) -> Result<(), Error> {
    let expected = netlist.n_nodes();
    let lengths = [
        initial.x.len(),
        initial.y.len(),
        initial.orientation.len(),
        initial.placed.len(),
        initial.fixed.len(),
    ];
    if let Some(&found) = lengths.iter().find(|&&length| length != expected) {
        return Err(Error::OtherNetlist { expected, found });
    }
    let Canvas { width, height, columns, rows, .. } = *canvas;
    let area = width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite();
    if !area || columns == 0 || rows == 0 || canvas.congestion_grid.is_some_and(|(c, r)| c * r == 0)
    {
        return Err(Error::Canvas { width, height, columns, rows });
    }
    let normalizers = &config.normalizers;
    let divisors = [normalizers.max_num_nodes, normalizers.max_num_edges, normalizers.max_grid];
    if divisors.contains(&0) {
        return Err(Error::Normalizers);
    }
    for node in netlist.node_ids() {
        let (width, height) = netlist.size(node);
        let name = || netlist.node_name(node).to_owned();
        if !(width >= 0.0 && height >= 0.0 && width.is_finite() && height.is_finite()) {
            return Err(Error::Size { name: name(), width, height });
        }
        let center = initial.center(node);
        let known = center.x.is_finite() && center.y.is_finite();
        if initial.fixed[node.usize()] && !known {
            return Err(Error::Nowhere { name: name() });
        }
    }
    let bad =
        |net: &&FakeNet| net.a.usize().max(net.b.usize()) >= expected || !net.weight.is_finite();
    match config.fake_nets.iter().find(bad) {
        Some(net) => Err(Error::FakeNet { a: net.a, b: net.b }),
        None => Ok(()),
    }
}
