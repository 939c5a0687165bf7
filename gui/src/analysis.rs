//! Everything that is worked out about a placement beside the window: maps, shares, violations.
//!
//! A thread holds an engine of its own. A question carries a placement; the engine makes the moves
//! that lead there, so a small edit costs little. All numbers are the cost engine's.

use std::sync::Arc;

use flagstone_cost::engine::Engine;
use flagstone_cost::{Cost, Evaluation, Weights};
use flagstone_netlist::{Canvas, Kind, NetId, Netlist, NodeId, Placement};
use flagstone_place::checker::{CheckRules, Violation, violations};
use flagstone_place::mask::{MaskRules, Occupancy};
use flagstone_report::HeatMap;

use crate::heat::MapKind;
use crate::worker::Worker;

/// Grid cells, nets and macros that the worst lists show.
pub const WORST: usize = 10;
/// Violations kept; more cannot be looked through.
const MOST_VIOLATIONS: usize = 2000;

/// What is asked of the engine, or of a policy.
#[derive(Clone, Debug)]
pub struct Question {
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The canvas.
    pub canvas: Arc<Canvas>,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// The placement.
    pub placement: Arc<Placement>,
    /// Gap to keep between hard macros, µm.
    pub spacing: f64,
    /// The hard macro whose legal cells are wanted, if any; a policy takes the first of its order.
    pub node: Option<NodeId>,
    /// Counts placements; the answer carries it.
    pub generation: u64,
}

/// A grid cell and its value in a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HotCell {
    /// Which map.
    pub kind: MapKind,
    /// The cell, on that map's grid.
    pub cell: usize,
    /// Its value.
    pub value: f64,
}

/// What is known about a placement.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// That of the question.
    pub generation: u64,
    /// The hard macro of its mask.
    pub mask_for: Option<NodeId>,
    /// Gap kept around hard macros, µm.
    pub spacing: f64,
    /// The cost.
    pub cost: Cost,
    maps: Vec<(MapKind, HeatMap)>,
    /// Wirelength and congestion of each net as part of the proxy cost, by net.
    pub net_share: Vec<[f32; 2]>,
    /// Density and congestion of each node as part of the proxy cost, by node.
    pub node_share: Vec<[f32; 2]>,
    /// The nets that cost most.
    pub worst_nets: Vec<(NetId, f64)>,
    /// The macros that cost most, by what they cover and block.
    pub worst_nodes: Vec<(NodeId, f64)>,
    /// The fullest and the most congested cells.
    pub worst_cells: Vec<HotCell>,
    /// Everything illegal.
    pub violations: Vec<Violation>,
}

impl Analysis {
    /// A map.
    pub fn map(&self, kind: MapKind) -> Option<&HeatMap> {
        self.maps.iter().find(|map| map.0 == kind).map(|map| &map.1)
    }

    /// What a net adds to the proxy cost.
    pub fn net_cost(&self, net: NetId) -> f64 {
        self.net_share.get(net.usize()).map_or(0.0, |[a, b]| f64::from(a + b))
    }

    /// What a node's nets, area and blocked tracks add to the proxy cost.
    pub fn node_cost(&self, netlist: &Netlist, node: NodeId) -> f64 {
        let nets = netlist.node_nets.row(node).iter().map(|&net| self.net_cost(net)).sum::<f64>();
        let own = self.node_share.get(node.usize()).map_or(0.0, |[a, b]| f64::from(a + b));
        nets + own
    }
}

/// The thread that answers.
pub type Analyst = Worker<Question, Analysis>;

/// Starts the thread.
pub fn analyst(wake: impl Fn() + Send + 'static) -> Analyst {
    let mut engine: Option<Engine> = None;
    Worker::new("analysis", wake, move |question: Question| {
        let mut current = match engine.take() {
            Some(engine) if same(&engine, &question) => engine,
            _ => Engine::new(
                Arc::clone(&question.netlist),
                &question.canvas,
                &question.placement,
                question.weights,
            ),
        };
        follow(&mut current, &question.placement);
        let answer = analyze(&current, &question);
        engine = Some(current);
        answer
    })
}

fn same(engine: &Engine, question: &Question) -> bool {
    Arc::ptr_eq(engine.netlist(), &question.netlist)
        && *engine.canvas() == *question.canvas
        && *engine.weights() == question.weights
}

/// Moves every node that is elsewhere.
fn follow(engine: &mut Engine, to: &Placement) {
    let netlist = Arc::clone(engine.netlist());
    engine.begin();
    for node in netlist.node_ids() {
        let (center, orientation) = (to.center(node), to.orientation[node.usize()]);
        let here = engine.placement();
        if here.center(node) != center || here.orientation[node.usize()] != orientation {
            engine.set(node, center.x, center.y, orientation);
        }
    }
    engine.commit();
}

fn analyze(engine: &Engine, question: &Question) -> Analysis {
    let Question { netlist, canvas, placement, weights, .. } = question;
    let mut hot = engine.hot();
    let net_share: Vec<[f32; 2]> = netlist
        .net_ids()
        .map(|net| {
            let share = engine.net_share(net, &mut hot);
            let wirelength = weights.wirelength * share.wirelength;
            [wirelength as f32, (weights.congestion * share.congestion) as f32]
        })
        .collect();
    let node_share: Vec<[f32; 2]> = netlist
        .node_ids()
        .map(|node| {
            let share = engine.macro_share(node, &hot);
            let density = weights.density * share.density;
            [density as f32, (weights.congestion * share.congestion) as f32]
        })
        .collect();
    let total = |share: &[f32; 2]| f64::from(share[0] + share[1]);
    let worst_nets = largest(net_share.iter().map(total));
    let worst_nodes = largest(node_share.iter().map(total));
    let maps = maps(engine, question);
    // As `flagstone check`: also what no placer can mend.
    let rules = CheckRules { spacing: question.spacing, with_fixed: true, ..CheckRules::default() };
    let mut violations = violations(netlist, canvas, placement, &rules);
    violations.truncate(MOST_VIOLATIONS);
    Analysis {
        generation: question.generation,
        mask_for: question.node,
        spacing: question.spacing,
        cost: engine.cost(),
        worst_cells: worst_cells(&maps),
        worst_nets: worst_nets.into_iter().map(|(k, v)| (NetId::from_usize(k), v)).collect(),
        worst_nodes: worst_nodes.into_iter().map(|(k, v)| (NodeId::from_usize(k), v)).collect(),
        maps,
        net_share,
        node_share,
        violations,
    }
}

/// The largest values above zero, the largest first.
fn largest(values: impl Iterator<Item = f64>) -> Vec<(usize, f64)> {
    let mut values: Vec<(usize, f64)> = values.enumerate().filter(|value| value.1 > 0.0).collect();
    let by = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if values.len() > WORST {
        values.select_nth_unstable_by(WORST, by);
        values.truncate(WORST);
    }
    values.sort_by(by);
    values
}

fn worst_cells(maps: &[(MapKind, HeatMap)]) -> Vec<HotCell> {
    let of_cost = [MapKind::Density, MapKind::Horizontal, MapKind::Vertical];
    let mut cells = Vec::new();
    for (kind, map) in maps.iter().filter(|map| of_cost.contains(&map.0)) {
        let worst = largest(map.values.iter().copied());
        cells.extend(worst.into_iter().map(|(cell, value)| HotCell { kind: *kind, cell, value }));
    }
    cells.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.cell.cmp(&b.cell)));
    cells.truncate(WORST);
    cells
}

fn maps(engine: &Engine, question: &Question) -> Vec<(MapKind, HeatMap)> {
    let Question { netlist, canvas, placement, .. } = question;
    let grid = canvas.congestion_grid();
    let (columns, rows) = (grid.columns as usize, grid.rows as usize);
    let by_column = engine.vertical_map_by_column();
    let vertical = |cell: usize| by_column[(cell % columns) * rows + cell / columns];
    let found = Evaluation {
        density: engine.density_map().to_vec(),
        horizontal: engine.horizontal_map().to_vec(),
        vertical: (0..grid.n_cells()).map(vertical).collect(),
        ..Evaluation::default()
    };
    let mut maps = vec![
        (MapKind::Density, HeatMap::density(canvas, &found)),
        (MapKind::Rudy, HeatMap::rudy(netlist, canvas, placement)),
        (MapKind::Horizontal, HeatMap::congestion_horizontal(canvas, &found)),
        (MapKind::Vertical, HeatMap::congestion_vertical(canvas, &found)),
        (MapKind::Congestion, HeatMap::congestion(canvas, &found)),
        (MapKind::Pins, HeatMap::pin_density(netlist, canvas, placement)),
    ];
    if let Some(node) = question.node {
        maps.push((MapKind::Mask, mask(question, node)));
    }
    maps
}

/// Where a hard macro may be centered, every other one staying where it is.
fn mask(question: &Question, node: NodeId) -> HeatMap {
    let Question { netlist, canvas, placement, .. } = question;
    let gap = question.spacing;
    let rules = MaskRules { spacing_x: gap, spacing_y: gap, ..MaskRules::default() };
    let mut occupancy = Occupancy::new(canvas, rules);
    let others = netlist.nodes_of(Kind::HardMacro).filter(|&other| other != node);
    for other in others.filter(|other| placement.placed[other.usize()]) {
        occupancy.place(netlist, placement, other);
    }
    let mut mask = Vec::new();
    occupancy.mask(netlist.size(node), &mut mask);
    HeatMap::mask(canvas.grid(), &mask)
}
