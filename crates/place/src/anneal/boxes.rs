//! The hard macros' rectangles as flat columns, for the one question an annealer asks millions of
//! times: may this macro stand here?

use flagstone_geom::Rect;
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};

/// Rectangles of all hard macros, and the areas they must stay out of.
pub(crate) struct Boxes {
    canvas: Rect,
    clearance: f64,
    x: Vec<f64>,
    y: Vec<f64>,
    half_width: Vec<f64>,
    half_height: Vec<f64>,
    blocked: Vec<Rect>,
    row_of: Vec<u32>,
}

const NO_ROW: u32 = u32::MAX;

impl Boxes {
    /// `spacing` is the least gap between two macros in µm; at least enough is kept that the
    /// rectangles do not overlap after rounding to single precision.
    pub(crate) fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        spacing: f64,
    ) -> Self {
        let single_precision = canvas.width.max(canvas.height) * 4.0 * f64::from(f32::EPSILON);
        let mut boxes = Self {
            canvas: canvas.rect(),
            clearance: spacing.max(single_precision),
            x: Vec::new(),
            y: Vec::new(),
            half_width: Vec::new(),
            half_height: Vec::new(),
            blocked: canvas.blockages.iter().map(|blockage| blockage.rect).collect(),
            row_of: vec![NO_ROW; netlist.n_nodes()],
        };
        for node in netlist.nodes_of(Kind::HardMacro) {
            let (width, height) = netlist.size(node);
            let center = placement.center(node);
            boxes.row_of[node.usize()] = boxes.x.len() as u32;
            boxes.x.push(center.x);
            boxes.y.push(center.y);
            boxes.half_width.push(width / 2.0);
            boxes.half_height.push(height / 2.0);
        }
        boxes
    }

    /// Notes where a node stands now; only hard macros matter.
    pub(crate) fn moved(&mut self, node: NodeId, x: f64, y: f64) {
        let row = self.row_of[node.usize()];
        if row != NO_ROW {
            (self.x[row as usize], self.y[row as usize]) = (x, y);
        }
    }

    /// Takes all positions from a placement.
    pub(crate) fn reset(&mut self, placement: &Placement) {
        for (node, &row) in self.row_of.iter().enumerate() {
            if row != NO_ROW {
                self.x[row as usize] = placement.x[node];
                self.y[row as usize] = placement.y[node];
            }
        }
    }

    /// Whether a macro may stand at `(x, y)`, the macro itself and `partner` left aside.
    pub(crate) fn fits(&self, node: NodeId, x: f64, y: f64, partner: Option<NodeId>) -> bool {
        let own = self.row_of[node.usize()] as usize;
        let partner = partner.map_or(usize::MAX, |node| self.row_of[node.usize()] as usize);
        let (half_width, half_height) = (self.half_width[own], self.half_height[own]);
        let on_canvas = x - half_width >= self.canvas.x0
            && x + half_width <= self.canvas.x1
            && y - half_height >= self.canvas.y0
            && y + half_height <= self.canvas.y1;
        if !on_canvas {
            return false;
        }
        let (reach_x, reach_y) = (half_width + self.clearance, half_height + self.clearance);
        for row in 0..self.x.len() {
            let close = (self.x[row] - x).abs() < reach_x + self.half_width[row]
                && (self.y[row] - y).abs() < reach_y + self.half_height[row];
            if close && row != own && row != partner {
                return false;
            }
        }
        let rect = Rect {
            x0: x - half_width,
            y0: y - half_height,
            x1: x + half_width,
            y1: y + half_height,
        };
        self.blocked.iter().all(|blocked| blocked.intersection(&rect).is_none())
    }
}
