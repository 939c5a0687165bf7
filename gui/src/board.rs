//! The objects of the draw list that can be picked, kept up to date with the placement.
//!
//! Each sheet is a layer of the shared draw list with its buckets. A move notes the blocks of the
//! nodes that moved; only what changes many nodes, or their layer, builds a sheet anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use flagstone_report::scene::{self, Block, LayerId, Mark, layers};

use crate::buckets::Buckets;

/// A layer with its objects sorted by place.
///
/// Threads that draw it hold it while it is edited, so a copy must cost little: what was sorted is
/// shared, and only the few objects that moved since are copied.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its blocks by place.
    pub buckets: Buckets,
    /// Mean side of its blocks, µm.
    pub mean_side: f64,
    /// A number that no other state of a sheet has.
    pub version: u64,
    /// As it was sorted.
    layer: Arc<scene::Layer>,
    /// Rows that moved since.
    moved: HashMap<u32, (Block, Option<Mark>)>,
}

impl Sheet {
    fn new(layer: scene::Layer, canvas: &Canvas) -> Arc<Self> {
        let rects = layer.blocks.iter().map(|block| block.rect);
        let buckets = Buckets::new((canvas.width, canvas.height), rects);
        let sides = layer.blocks.iter().map(|block| block.rect.width().min(block.rect.height()));
        let mean_side = sides.sum::<f64>() / layer.blocks.len().max(1) as f64;
        let (layer, version) = (Arc::new(layer), next_version());
        Arc::new(Self { layer, buckets, mean_side, version, moved: HashMap::new() })
    }

    /// Its layer of the draw list.
    pub fn id(&self) -> LayerId {
        self.layer.id
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.layer.blocks.len()
    }

    /// Whether it has no blocks.
    pub fn is_empty(&self) -> bool {
        self.layer.blocks.is_empty()
    }

    /// A block.
    pub fn block(&self, row: u32) -> &Block {
        self.since(row).map_or(&self.layer.blocks[row as usize], |moved| &moved.0)
    }

    /// The orientation mark of a block, on layers that have them.
    pub fn mark(&self, row: u32) -> Option<&Mark> {
        match self.since(row) {
            Some(moved) => moved.1.as_ref(),
            None => self.layer.marks.get(row as usize),
        }
    }

    /// All blocks in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        (0..self.len() as u32).map(|row| self.block(row))
    }

    fn since(&self, row: u32) -> Option<&(Block, Option<Mark>)> {
        if self.buckets.is_loose(row) { self.moved.get(&row) } else { None }
    }

    /// Puts a block somewhere else.
    fn put(&mut self, row: u32, rect: Rect, orientation: Orientation) {
        let (mut block, mut mark) = (*self.block(row), self.mark(row).copied());
        block.rect = rect;
        if let Some(mark) = &mut mark {
            mark.points = layers::corner(rect, orientation);
        }
        self.buckets.moved(row);
        self.moved.insert(row, (block, mark));
        self.version = next_version();
    }
}

/// The sheets, back to front.
#[derive(Clone, Debug)]
pub struct Board {
    /// Soft macros and standard cells.
    pub soft: Arc<Sheet>,
    /// Hard macros that may move.
    pub hard: Arc<Sheet>,
    /// Hard macros that must stay.
    pub fixed: Arc<Sheet>,
    /// Ports.
    pub ports: Arc<Sheet>,
    /// Row of each node in its own sheet.
    row: Vec<u32>,
    version: u64,
}

const NOWHERE: u32 = u32::MAX;
/// Moved blocks beyond which a sheet is sorted anew.
const MOST_LOOSE: usize = 2048;

/// A number that no board or sheet had before.
fn next_version() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Board {
    /// Describes a placement.
    pub fn new(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Self {
        let mut board = Self {
            soft: Sheet::new(layers::soft(netlist, placement), canvas),
            hard: Sheet::new(layers::hard(netlist, placement), canvas),
            fixed: Sheet::new(layers::fixed(netlist, placement), canvas),
            ports: Sheet::new(layers::ports(netlist, canvas, placement), canvas),
            row: vec![NOWHERE; netlist.n_nodes()],
            version: next_version(),
        };
        board.number();
        board
    }

    fn number(&mut self) {
        self.row.fill(NOWHERE);
        for sheet in [&self.soft, &self.hard, &self.fixed, &self.ports] {
            for (row, block) in sheet.blocks().enumerate() {
                if let Some(node) = block.node {
                    self.row[node.usize()] = row as u32;
                }
            }
        }
    }

    /// Tells apart all states of all boards: what is made from a board is good as long as this stays.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The sheets, back to front.
    pub fn sheets(&self) -> [&Arc<Sheet>; 4] {
        [&self.soft, &self.hard, &self.fixed, &self.ports]
    }

    /// Brings the blocks of nodes that moved or turned up to date; where they are many, by describing
    /// the placement again.
    pub fn moved(
        &mut self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        nodes: &[NodeId],
    ) {
        if nodes.len() > MOST_LOOSE {
            *self = Self::new(netlist, canvas, placement);
            return;
        }
        self.version = next_version();
        for &node in nodes {
            let row = self.row[node.usize()];
            if row == NOWHERE {
                continue;
            }
            let sheet = match netlist.kind(node) {
                Kind::Port => &mut self.ports,
                Kind::HardMacro if placement.fixed[node.usize()] => &mut self.fixed,
                Kind::HardMacro => &mut self.hard,
                Kind::SoftMacro | Kind::StdCell => &mut self.soft,
            };
            let rect = if netlist.kind(node) == Kind::Port {
                let block = sheet.block(row).rect;
                Rect::centered(placement.center(node), block.width(), block.height())
            } else {
                placement.rect(netlist, node)
            };
            Arc::make_mut(sheet).put(row, rect, placement.orientation[node.usize()]);
        }
        self.sort(netlist, canvas, placement);
    }

    /// Sorts the sheets anew of which much moved since.
    fn sort(&mut self, netlist: &Netlist, canvas: &Canvas, placement: &Placement) {
        let many = |sheet: &Sheet| sheet.moved.len() > MOST_LOOSE;
        if many(&self.soft) {
            self.soft = Sheet::new(layers::soft(netlist, placement), canvas);
        }
        if many(&self.hard) {
            self.hard = Sheet::new(layers::hard(netlist, placement), canvas);
        }
        if many(&self.fixed) {
            self.fixed = Sheet::new(layers::fixed(netlist, placement), canvas);
        }
        if many(&self.ports) {
            self.ports = Sheet::new(layers::ports(netlist, canvas, placement), canvas);
        }
    }

    /// Sorts hard macros into movable and fixed ones again.
    pub fn locked(&mut self, netlist: &Netlist, canvas: &Canvas, placement: &Placement) {
        self.version = next_version();
        self.hard = Sheet::new(layers::hard(netlist, placement), canvas);
        self.fixed = Sheet::new(layers::fixed(netlist, placement), canvas);
        self.number();
    }

    /// The nodes of the given layers near a point, the smallest first, hard macros before soft ones.
    pub fn near(&self, p: Point, within: f64, from: &[LayerId]) -> Vec<NodeId> {
        let mut found: Vec<(LayerId, f64, NodeId)> = Vec::new();
        let window = Rect::centered(p, 2.0 * within, 2.0 * within);
        for sheet in self.sheets().into_iter().filter(|sheet| from.contains(&sheet.id())) {
            sheet.buckets.visit(&window, |row| {
                let block = sheet.block(row);
                if let Some(node) = block.node
                    && block.rect.grown(within, within).contains(p)
                {
                    found.push((sheet.id(), block.rect.area(), node));
                }
            });
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.into_iter().map(|found| found.2).collect()
    }

    /// The nodes of the given layers that touch a rectangle.
    pub fn inside(&self, rect: &Rect, from: &[LayerId]) -> Vec<NodeId> {
        let mut found = Vec::new();
        for sheet in self.sheets().into_iter().filter(|sheet| from.contains(&sheet.id())) {
            sheet.buckets.visit(rect, |row| {
                let block = sheet.block(row);
                let touches = block.rect.x0 <= rect.x1
                    && block.rect.x1 >= rect.x0
                    && block.rect.y0 <= rect.y1
                    && block.rect.y1 >= rect.y0;
                found.extend(block.node.filter(|_| touches));
            });
        }
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;

    #[test]
    fn moving_a_node_equals_describing_the_placement_again() {
        let (netlist, canvas, mut placement) = generate(&GenerateConfig::toy());
        let mut board = Board::new(&netlist, &canvas, &placement);
        let nodes: Vec<NodeId> = netlist.macros().take(9).collect();
        for (k, &node) in nodes.iter().enumerate() {
            placement.set_center(node, Point::new(3.0 * k as f64, 40.0));
            placement.orientation[node.usize()] = flagstone_geom::Orientation::FS;
        }
        board.moved(&netlist, &canvas, &placement, &nodes);
        let fresh = Board::new(&netlist, &canvas, &placement);
        for (own, other) in board.sheets().into_iter().zip(fresh.sheets()) {
            assert!(own.blocks().eq(other.blocks()));
            let rows = 0..own.len() as u32;
            assert!(rows.clone().all(|row| own.mark(row) == other.mark(row)));
        }
        let all = [LayerId::Soft, LayerId::Hard, LayerId::Fixed, LayerId::Ports];
        let rect = Rect::new(0.0, 30.0, 20.0, 50.0);
        assert_eq!(board.inside(&rect, &all), fresh.inside(&rect, &all));
        assert!(nodes.iter().any(|node| board.inside(&rect, &all).contains(node)));
    }

    #[test]
    fn a_thread_keeps_the_state_it_was_given() {
        let (netlist, canvas, mut placement) = generate(&GenerateConfig::toy());
        let mut board = Board::new(&netlist, &canvas, &placement);
        let node = netlist.nodes_of(Kind::SoftMacro).next().expect("soft macros");
        let (given, hard) = (Arc::clone(&board.soft), board.hard.version);
        let before = given.block(board.row[node.usize()]).rect;
        placement.set_center(node, Point::new(1.0, 2.0));
        board.moved(&netlist, &canvas, &placement, &[node]);
        assert_eq!(given.block(board.row[node.usize()]).rect, before);
        assert_ne!(board.soft.block(board.row[node.usize()]).rect, before);
        assert_ne!(board.soft.version, given.version);
        assert_eq!(board.hard.version, hard, "what did not move is not drawn again");
        assert!(Arc::ptr_eq(&board.soft.layer, &given.layer), "and is not copied");
    }

    #[test]
    fn many_moves_sort_the_sheet_anew() {
        let config = GenerateConfig { soft_macros: 3000, ..GenerateConfig::toy() };
        let (netlist, canvas, mut placement) = generate(&config);
        let mut board = Board::new(&netlist, &canvas, &placement);
        let nodes: Vec<NodeId> = netlist.nodes_of(Kind::SoftMacro).collect();
        for nodes in nodes.chunks(700) {
            for &node in nodes {
                placement.set_center(node, Point::new(7.0, 9.0));
            }
            board.moved(&netlist, &canvas, &placement, nodes);
            assert!(board.soft.moved.len() <= MOST_LOOSE);
        }
        let fresh = Board::new(&netlist, &canvas, &placement);
        assert!(board.soft.blocks().eq(fresh.soft.blocks()));
        for &node in &nodes {
            placement.set_center(node, Point::new(3.0, 3.0));
        }
        board.moved(&netlist, &canvas, &placement, &nodes);
        assert!(board.soft.moved.is_empty());
        let found = board.inside(&Rect::new(2.9, 2.9, 3.1, 3.1), &[LayerId::Soft]);
        assert_eq!(found.len(), nodes.len());
    }
}
