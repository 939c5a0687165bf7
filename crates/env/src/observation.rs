use flagstone_geom::Point;
use flagstone_netlist::{Canvas, NodeId, Placement};
use flagstone_place::force_directed::{self, Schedule};

use crate::{InitialLocations, Static};

/// What changes from step to step. Nodes are ordered as in [`Static`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Centre over (canvas width + height). Placed macros stand where they are, the others where
    /// they started; soft macros never move.
    pub x: Vec<f32>,
    /// Centre over (canvas width + height).
    pub y: Vec<f32>,
    /// Whether the node has its final place: 1 for port clusters, fixed and placed macros, else 0.
    pub placed: Vec<f32>,
    /// The macro to place now; 0 when there is none left.
    pub current: usize,
    /// The grid cells the current macro may go to; all `false` when there is none left.
    pub mask: Vec<bool>,
}

impl Observation {
    /// Shows a node at a place.
    pub(crate) fn show(&mut self, index: usize, at: Point, canvas: &Canvas) {
        let size = canvas.width + canvas.height;
        self.x[index] = (at.x / size) as f32;
        self.y[index] = (at.y / size) as f32;
    }

    /// Number of legal cells.
    pub fn n_legal(&self) -> usize {
        self.mask.iter().filter(|&&legal| legal).count()
    }
}

/// The observation before the first macro, its mask left empty.
pub(crate) fn initial(
    netlist: &flagstone_netlist::Netlist,
    canvas: &Canvas,
    placement: &Placement,
    features: &Static,
    locations: InitialLocations,
) -> Observation {
    let center = Point::new(canvas.width / 2.0, canvas.height / 2.0);
    let mut shown = placement.clone();
    if locations == InitialLocations::ForceDirected {
        force_directed::place(netlist, canvas, &mut shown, &Schedule::mixed_size());
    }
    let at = |node: NodeId| {
        let known = match locations {
            InitialLocations::Center => placement.fixed[node.usize()],
            InitialLocations::ForceDirected => true,
            InitialLocations::Given => placement.placed[node.usize()],
        };
        let place = shown.center(node);
        if known && place.x.is_finite() && place.y.is_finite() { place } else { center }
    };
    let n = features.n_nodes;
    let mut observation = Observation {
        x: vec![0.0; n],
        y: vec![0.0; n],
        placed: vec![0.0; n],
        current: 0,
        mask: vec![false; canvas.grid().n_cells()],
    };
    for (index, &node) in features.macros.iter().enumerate() {
        observation.show(index, at(node), canvas);
        observation.placed[index] = f32::from(u8::from(placement.fixed[node.usize()]));
    }
    for (index, cluster) in (features.n_macros..).zip(&features.clusters) {
        observation.show(index, cluster.location, canvas);
        observation.placed[index] = 1.0;
    }
    observation
}
