//! Moving hard macros onto the lines that a process knows.

mod rounding;

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Kind, Netlist, NodeId, Placement};

use crate::{Design, Error};

/// What lower left corners are moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapTo {
    /// Multiples of the LEF's manufacturing grid.
    Manufacturing,
    /// The DEF's tracks of the finest layer in either direction.
    Tracks,
}

/// Overlap and overhang in µm that pass as rounding.
const TOLERANCE: f64 = 1e-6;

/// A placement whose macros stand on lines, and what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapped {
    /// The placement.
    pub placement: Placement,
    /// Macros that moved.
    pub moved: usize,
    /// The farthest any of them moved, µm.
    pub farthest_um: f64,
    /// Macros for which no nearby crossing of lines is legal; they stand on the nearest.
    pub illegal: usize,
}

/// First line and distance between two, in canvas coordinates.
type Lines = (f64, f64);

/// Moves the lower left corner of every hard macro that is free to a crossing of lines where it
/// overlaps nothing it did not overlap before: all to the nearest one at once, else one after the
/// other to one of the nine around it.
///
/// Where widths and heights are multiples of the distance between lines, as on a manufacturing grid,
/// macros that abut round alike, and all at once is legal however dense they stand.
///
/// # Errors
/// If the design's files give no such lines.
pub fn snap(design: &Design, to: SnapTo) -> Result<Snapped, Error> {
    let lines = lines(design, to)?;
    let mut order: Vec<NodeId> = design.netlist.nodes_of(Kind::HardMacro).collect();
    order.retain(|node| design.placement.placed[node.usize()]);
    let key = |node: &NodeId| design.placement.x[node.usize()] + design.placement.y[node.usize()];
    order.sort_by(|a, b| key(a).total_cmp(&key(b)));
    let mut out = together(design, &order, lines);
    if out.illegal > 0 {
        out = one_by_one(design, &order, lines);
    }
    rounding::open(design, &order, &mut out.placement);
    Ok(out)
}

/// Parts macros of a file that abut in its integers and overlap by the rounding of their sums in µm.
pub(crate) fn part(design: &mut Design) {
    let mut macros: Vec<NodeId> = design.netlist.nodes_of(Kind::HardMacro).collect();
    macros.retain(|node| design.placement.placed[node.usize()]);
    let mut placement = design.placement.clone();
    rounding::open(design, &macros, &mut placement);
    design.placement = placement;
}

/// Every macro on the nearest crossing.
fn together(design: &Design, macros: &[NodeId], (x_lines, y_lines): (Lines, Lines)) -> Snapped {
    let netlist = &design.netlist;
    let mut out = Snapped::new(design);
    let free = || macros.iter().filter(|node| !design.placement.fixed[node.usize()]);
    for &node in free() {
        let old = design.placement.rect(netlist, node);
        out.put(netlist, node, near(old.x0, x_lines)[0], near(old.y0, y_lines)[0]);
    }
    let worse = |node: &&NodeId| {
        let [before, after] = [&design.placement, &out.placement].map(|placement| {
            conflict(design, placement, macros, **node, &placement.rect(netlist, **node))
        });
        after > before + TOLERANCE
    };
    out.illegal = free().filter(worse).count();
    out
}

/// One macro after the other, from the lower left, the others where they are by then.
fn one_by_one(design: &Design, macros: &[NodeId], (x_lines, y_lines): (Lines, Lines)) -> Snapped {
    let netlist = &design.netlist;
    let mut out = Snapped::new(design);
    for &node in macros.iter().filter(|node| !design.placement.fixed[node.usize()]) {
        let old = out.placement.rect(netlist, node);
        let before = conflict(design, &out.placement, macros, node, &old);
        let mut crossings = Vec::with_capacity(9);
        for x in near(old.x0, x_lines) {
            for y in near(old.y0, y_lines) {
                crossings.push(((x - old.x0).hypot(y - old.y0), x, y));
            }
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let moved =
            |x: f64, y: f64| Rect { x0: x, y0: y, x1: x + old.width(), y1: y + old.height() };
        let legal = crossings.iter().find(|&&(_, x, y)| {
            conflict(design, &out.placement, macros, node, &moved(x, y)) <= before + TOLERANCE
        });
        out.illegal += usize::from(legal.is_none());
        if let Some(&(_, x, y)) = legal.or(crossings.first()) {
            out.put(netlist, node, x, y);
        }
    }
    out
}

impl Snapped {
    fn new(design: &Design) -> Self {
        Self { placement: design.placement.clone(), moved: 0, farthest_um: 0.0, illegal: 0 }
    }

    /// Puts a macro's lower left corner on a crossing.
    fn put(&mut self, netlist: &Netlist, node: NodeId, x: f64, y: f64) {
        let old = self.placement.rect(netlist, node);
        let far = (x - old.x0).hypot(y - old.y0);
        self.placement.set_center(node, Point::new(x + old.width() / 2.0, y + old.height() / 2.0));
        self.moved += usize::from(far > TOLERANCE);
        self.farthest_um = self.farthest_um.max(far);
    }
}

fn lines(design: &Design, to: SnapTo) -> Result<(Lines, Lines), Error> {
    let technology = &design.technology;
    let place = &design.netlist_path;
    let missing = |what: &str| Error::unusable(place, what);
    let (x, y) = match to {
        SnapTo::Manufacturing => {
            let grid = technology.manufacturing_grid;
            let step = grid.ok_or_else(|| missing("no LEF with it gives a manufacturing grid"))?;
            ((0.0, step), (0.0, step))
        }
        SnapTo::Tracks => {
            let x = technology.tracks_x.ok_or_else(|| missing("no DEF gives vertical tracks"))?;
            let y = technology.tracks_y.ok_or_else(|| missing("no DEF gives horizontal tracks"))?;
            (x, y)
        }
    };
    Ok(((x.0 - design.origin.0, x.1), (y.0 - design.origin.1, y.1)))
}

/// The nearest line and its two neighbours.
fn near(at: f64, (first, step): Lines) -> [f64; 3] {
    /// What lies halfway goes up, also where rounding left it a little lower.
    const HALF: f64 = 0.5 + 1e-6;
    let line = ((at - first) / step + HALF).floor();
    [line, line - 1.0, line + 1.0].map(|line| first + line * step)
}

/// Area that a macro at `rect` shares with others, and lengths by which it leaves the canvas.
fn conflict(
    design: &Design,
    placement: &Placement,
    macros: &[NodeId],
    node: NodeId,
    rect: &Rect,
) -> f64 {
    let others = macros.iter().filter(|&&other| other != node);
    let shared: f64 =
        others.map(|&other| rect.overlap_area(&placement.rect(&design.netlist, other))).sum();
    let canvas = &design.canvas;
    let out = [-rect.x0, -rect.y0, rect.x1 - canvas.width, rect.y1 - canvas.height];
    shared + out.iter().map(|by| by.max(0.0)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::{Builder, Canvas, Node};
    use flagstone_place::checker;

    use super::*;
    use crate::Technology;

    fn design(at: &[(f64, f64)]) -> Design {
        let mut builder = Builder::new();
        for (n, _) in at.iter().enumerate() {
            let name = format!("m{n}");
            builder.node(Node { name: &name, width: 3.3, height: 2.0, ..Node::default() });
        }
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        for (node, &(x, y)) in netlist.node_ids().zip(at) {
            placement.set_center(node, Point::new(x + 1.65, y + 1.0));
        }
        let mut design = Design::new("t".into(), netlist, Canvas::new(20.0, 20.0), placement);
        design.origin = (0.25, 0.0);
        design.technology = Technology {
            manufacturing_grid: None,
            tracks_x: Some((0.25, 0.5)),
            tracks_y: Some((0.1, 0.2)),
        };
        design
    }

    #[test]
    fn abutting_macros_go_to_tracks_without_overlap() {
        // The second would go left by rounding, into the first.
        let design = design(&[(1.1, 1.0), (4.4, 1.0), (16.7, 18.0)]);
        let snapped = snap(&design, SnapTo::Tracks).expect("there are tracks");
        assert_eq!((snapped.illegal, snapped.moved), (0, 3));
        let rects: Vec<Rect> = design
            .netlist
            .node_ids()
            .map(|node| snapped.placement.rect(&design.netlist, node))
            .collect();
        for (n, rect) in rects.iter().enumerate() {
            let on = |at: f64, first: f64, step: f64| {
                let lines = (at - first) / step;
                (lines - lines.round()).abs() < 1e-9
            };
            assert!(on(rect.x0, 0.0, 0.5) && on(rect.y0, 0.1, 0.2), "{rect:?}");
            assert!(rect.x1 <= 20.0 + 1e-9 && rect.y1 <= 20.0 + 1e-9, "{rect:?}");
            let area: f64 = rects[..n].iter().map(|other| rect.overlap_area(other)).sum();
            assert!(area < 1e-9, "{rect:?}");
        }
    }

    /// Macros as wide as six lines fill the canvas from border to border; each has to go right by a
    /// little, where the next one stands until it goes, too.
    #[test]
    fn a_dense_row_goes_to_the_grid_at_once() {
        let mut builder = Builder::new();
        for name in ["a", "b", "c", "d", "e", "f"] {
            builder.node(Node { name, width: 3.0, height: 2.0, ..Node::default() });
        }
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        for node in netlist.node_ids() {
            let x = 0.3 + 3.0 * node.usize() as f64;
            placement.set_center(node, Point::new(x + 1.5, 1.0));
        }
        let mut design = Design::new("t".into(), netlist, Canvas::new(18.4, 2.0), placement);
        design.technology.tracks_x = Some((0.4, 0.5));
        design.technology.tracks_y = Some((0.0, 0.5));
        let snapped = snap(&design, SnapTo::Tracks).expect("there are tracks");
        assert_eq!((snapped.illegal, snapped.moved), (0, 6));
        let (netlist, canvas) = (&design.netlist, &design.canvas);
        let strict = checker::CheckRules::default();
        let faults = checker::violations(netlist, canvas, &snapped.placement, &strict);
        assert!(faults.is_empty(), "{faults:?}");
        for node in design.netlist.node_ids() {
            let x0 = snapped.placement.rect(&design.netlist, node).x0;
            assert!((x0 - 0.4 - 3.0 * node.usize() as f64).abs() < 1e-9, "{x0}");
        }
    }

    #[test]
    fn without_lines_it_is_refused() {
        let error = snap(&design(&[(1.0, 1.0)]), SnapTo::Manufacturing);
        assert!(error.is_err_and(|error| error.to_string().contains("manufacturing grid")));
    }
}
