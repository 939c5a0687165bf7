//! The objects of the draw list that can be picked, kept up to date with the placement.
//!
//! Each sheet is a layer of the shared draw list with its buckets. A move rewrites the blocks of the
//! nodes that moved; only what changes many nodes, or their layer, builds a sheet anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use flagstone_report::scene::{self, LayerId, layers};

use crate::buckets::Buckets;

/// A layer with its objects sorted by place.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The layer of the draw list.
    pub layer: scene::Layer,
    /// Its blocks by place.
    pub buckets: Buckets,
    /// Mean side of its blocks, µm.
    pub mean_side: f64,
}

impl Sheet {
    fn new(layer: scene::Layer, canvas: &Canvas) -> Arc<Self> {
        let buckets = sort(&layer, canvas);
        let sides = layer.blocks.iter().map(|block| block.rect.width().min(block.rect.height()));
        let mean_side = sides.sum::<f64>() / layer.blocks.len().max(1) as f64;
        Arc::new(Self { layer, buckets, mean_side })
    }
}

fn sort(layer: &scene::Layer, canvas: &Canvas) -> Buckets {
    let rects = layer.blocks.iter().map(|block| block.rect);
    Buckets::new((canvas.width, canvas.height), rects)
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
    /// Pins of hard macros.
    pub pins: scene::Layer,
    /// Row of each node in its own sheet.
    row: Vec<u32>,
    version: u64,
}

const NOWHERE: u32 = u32::MAX;

/// A number that no board had before.
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
            pins: layers::pins(netlist, placement),
            row: vec![NOWHERE; netlist.n_nodes()],
            version: next_version(),
        };
        board.number();
        board
    }

    fn number(&mut self) {
        self.row.fill(NOWHERE);
        for sheet in [&self.soft, &self.hard, &self.fixed, &self.ports] {
            for (row, block) in sheet.layer.blocks.iter().enumerate() {
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

    /// Brings the blocks of nodes that moved or turned up to date.
    pub fn moved(
        &mut self,
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        nodes: &[NodeId],
    ) {
        self.version = next_version();
        let mut hard = false;
        for &node in nodes {
            let row = self.row[node.usize()];
            if row == NOWHERE {
                continue;
            }
            hard |= netlist.kind(node) == Kind::HardMacro;
            let sheet = match netlist.kind(node) {
                Kind::Port => &mut self.ports,
                Kind::HardMacro if placement.fixed[node.usize()] => &mut self.fixed,
                Kind::HardMacro => &mut self.hard,
                Kind::SoftMacro | Kind::StdCell => &mut self.soft,
            };
            let sheet = Arc::make_mut(sheet);
            let block = &mut sheet.layer.blocks[row as usize];
            block.rect = if netlist.kind(node) == Kind::Port {
                let (width, height) = (block.rect.width(), block.rect.height());
                Rect::centered(placement.center(node), width, height)
            } else {
                placement.rect(netlist, node)
            };
            if let Some(mark) = sheet.layer.marks.get_mut(row as usize) {
                mark.points = layers::corner(block.rect, placement.orientation[node.usize()]);
            }
            if sheet.buckets.moved(row) {
                sheet.buckets = sort(&sheet.layer, canvas);
            }
        }
        if hard {
            self.pins = layers::pins(netlist, placement);
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
        for sheet in self.sheets().into_iter().filter(|sheet| from.contains(&sheet.layer.id)) {
            sheet.buckets.visit(&window, |row| {
                let block = &sheet.layer.blocks[row as usize];
                if let Some(node) = block.node
                    && block.rect.grown(within, within).contains(p)
                {
                    found.push((sheet.layer.id, block.rect.area(), node));
                }
            });
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.into_iter().map(|found| found.2).collect()
    }

    /// The nodes of the given layers that touch a rectangle.
    pub fn inside(&self, rect: &Rect, from: &[LayerId]) -> Vec<NodeId> {
        let mut found = Vec::new();
        for sheet in self.sheets().into_iter().filter(|sheet| from.contains(&sheet.layer.id)) {
            sheet.buckets.visit(rect, |row| {
                let block = &sheet.layer.blocks[row as usize];
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
            assert_eq!(own.layer, other.layer);
        }
        let all = [LayerId::Soft, LayerId::Hard, LayerId::Fixed, LayerId::Ports];
        let rect = Rect::new(0.0, 30.0, 20.0, 50.0);
        assert_eq!(board.inside(&rect, &all), fresh.inside(&rect, &all));
        assert!(nodes.iter().any(|node| board.inside(&rect, &all).contains(node)));
    }
}
