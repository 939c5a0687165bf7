//! The ring legaliser: every macro to the nearest cell that has room.
//!
//! Source: circuit_training `placement_util.legalize_placement` over Google's node mask, reproduced
//! node for node: largest macros first, cells in rings of growing Manhattan distance around the old
//! one. Google's mask asks for room in every covered cell ([`Room::Density`]); ours forbids any
//! overlap of hard macros ([`Room::NoOverlap`]).

use flagstone_geom::{Grid, Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

use crate::mask::{MaskRules, Occupancy};

/// When a macro may stand on a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Room {
    /// Every covered cell stays at or below this density, hard and soft macros alike.
    Density(f64),
    /// Hard macros as [`Occupancy`] allows; soft macros are left where they are.
    NoOverlap(MaskRules),
}

/// Google's limit: the largest density it accepts for a cell.
pub const GOOGLE_DENSITY: f64 = 1.001;

/// Overhang over the canvas' border that Google's mask accepts, µm.
const OVERHANG_UM: f64 = 1e-3;

/// One macro's way: where it was, where it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The macro.
    pub node: NodeId,
    /// Its old cell; `None` where it was off the canvas.
    pub from: Option<usize>,
    /// Its new cell.
    pub to: usize,
}

/// What the legaliser did.
#[derive(Clone, Debug, PartialEq)]
pub struct Legalized {
    /// The new placement. Where `stuck` names a macro, it and the ones after it are not placed.
    pub placement: Placement,
    /// All moves in order.
    pub moves: Vec<Move>,
    /// The first macro that fits nowhere.
    pub stuck: Option<NodeId>,
}

/// Moves every movable macro to the nearest cell with room, the largest first.
pub fn legalize(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    room: Room,
) -> Legalized {
    let grid = canvas.grid();
    let mut result = placement.clone();
    let affected = |node: NodeId| match room {
        Room::Density(_) => netlist.kind(node) != Kind::Port,
        Room::NoOverlap(_) => netlist.kind(node) == Kind::HardMacro,
    };
    let movable = |&node: &NodeId| affected(node) && !placement.fixed[node.usize()];
    let mut order: Vec<NodeId> = netlist.node_ids().filter(movable).collect();
    order.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)));
    for &node in &order {
        result.placed[node.usize()] = false;
    }
    let mut space = Space::new(canvas, room);
    for node in netlist.node_ids().filter(|&node| affected(node)) {
        if result.placed[node.usize()] {
            space.add(netlist, &result, node);
        }
    }
    let mut moves = Vec::with_capacity(order.len());
    for node in order {
        let from = grid.cell_at(placement.center(node));
        space.prepare(netlist.size(node));
        let free = rings(&grid, from).find(|&cell| space.has_room(netlist.size(node), cell));
        let Some(to) = free else {
            return Legalized { placement: result, moves, stuck: Some(node) };
        };
        result.set_center(node, grid.center(to));
        result.placed[node.usize()] = true;
        space.add(netlist, &result, node);
        moves.push(Move { node, from, to });
    }
    Legalized { placement: result, moves, stuck: None }
}

/// All cells in the order of their Manhattan distance from one; a macro off the canvas starts at
/// the last column of row 0, as upstream's arithmetic has it.
fn rings(grid: &Grid, from: Option<usize>) -> impl Iterator<Item = usize> + use<> {
    let (columns, rows) = (i64::from(grid.columns), i64::from(grid.rows));
    let (column, row) = match from {
        Some(cell) => (cell as i64 % columns, cell as i64 / columns),
        None => (columns - 1, 0),
    };
    (0..columns + rows).flat_map(move |distance| {
        (-distance..=distance).flat_map(move |dr| {
            let dc = distance - dr.abs();
            let sides = if dc == 0 { [Some(0), None] } else { [Some(-dc), Some(dc)] };
            sides.into_iter().flatten().filter_map(move |dc| {
                let (c, r) = (column + dc, row + dr);
                let inside = (0..columns).contains(&c) && (0..rows).contains(&r);
                inside.then_some((r * columns + c) as usize)
            })
        })
    })
}

/// What stands on the canvas already, by either rule.
enum Space {
    Density { grid: Grid, canvas: Rect, cap: f64, density: Vec<f64> },
    NoOverlap { occupancy: Occupancy, mask: Vec<bool> },
}

impl Space {
    fn new(canvas: &Canvas, room: Room) -> Self {
        let grid = canvas.grid();
        match room {
            Room::Density(cap) => {
                let density = vec![0.0; grid.n_cells()];
                Self::Density { grid, canvas: canvas.rect(), cap, density }
            }
            Room::NoOverlap(rules) => {
                Self::NoOverlap { occupancy: Occupancy::new(canvas, rules), mask: Vec::new() }
            }
        }
    }

    fn add(&mut self, netlist: &Netlist, placement: &Placement, node: NodeId) {
        match self {
            Self::Density { grid, density, .. } => {
                let rect = placement.rect(netlist, node);
                shares(grid, &rect, |cell, share| {
                    density[cell] += share;
                    true
                });
            }
            Self::NoOverlap { occupancy, .. } => occupancy.place(netlist, placement, node),
        }
    }

    fn prepare(&mut self, size: (f64, f64)) {
        if let Self::NoOverlap { occupancy, mask } = self {
            occupancy.mask(size, mask);
        }
    }

    fn has_room(&self, (width, height): (f64, f64), cell: usize) -> bool {
        match self {
            Self::Density { grid, canvas, cap, density } => {
                let rect = Rect::centered(grid.center(cell), width, height);
                let roomy = canvas.grown(OVERHANG_UM, OVERHANG_UM);
                let inside = [Point::new(rect.x0, rect.y0), Point::new(rect.x1, rect.y1)]
                    .map(|p| roomy.contains(p));
                inside == [true, true]
                    && shares(grid, &rect, |cell, share| density[cell] + share <= *cap)
            }
            Self::NoOverlap { mask, .. } => mask[cell],
        }
    }
}

/// Visits the cells a rectangle covers with the share it takes of each; stops at the first `false`
/// and says whether there was none.
fn shares(grid: &Grid, rect: &Rect, mut visit: impl FnMut(usize, f64) -> bool) -> bool {
    let (columns, rows) = (i64::from(grid.columns), i64::from(grid.rows));
    let (c0, r0) = grid.locate(Point::new(rect.x0, rect.y0));
    let (c1, r1) = grid.locate(Point::new(rect.x1, rect.y1));
    for row in r0.max(0)..=r1.min(rows - 1) {
        for column in c0.max(0)..=c1.min(columns - 1) {
            let cell = (row * columns + column) as usize;
            let bounds = grid.cell_rect(cell);
            let overlap = bounds.overlap_area(rect);
            if overlap > 0.0 && !visit(cell, overlap / bounds.area()) {
                return false;
            }
        }
    }
    true
}
