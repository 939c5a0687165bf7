//! The legaliser of least displacement: hard macros that overlap are set apart, off the grid.
//!
//! Each macro in turn, the largest first, goes to the free point nearest to where it was. The free
//! points of a macro are the canvas without the placed macros grown by its half size, so the nearest
//! lies on the macro's own place, on an edge of one of those rectangles, or where two edges cross;
//! it is found exactly. Where a macro finds no room it comes first in the next attempt; where that
//! does not end, the macros are packed from the corners. If nothing fits, the attempt that leaves
//! out the least area is returned, and what it left out is named.

use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement};
use serde::{Deserialize, Serialize};

/// Everything that steers the legaliser.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeparateConfig {
    /// Least gap between two hard macros in µm; at least enough is kept that rectangles do not
    /// overlap in single precision.
    pub spacing: f64,
    /// Attempts with macros that found no room brought forward, before everything is packed.
    pub attempts: u32,
}

impl Default for SeparateConfig {
    fn default() -> Self {
        Self { spacing: 0.0, attempts: 12 }
    }
}

/// A placement set apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Separated {
    /// The placement; without overlaps between hard macros unless `stuck` names some.
    pub placement: Placement,
    /// The macros that found no room; they stay where they were, on the canvas, over others.
    pub stuck: Vec<NodeId>,
    /// Sum of the distances that macros moved, in µm.
    pub displacement: f64,
}

/// The gap between two macros that keeps the spacing in single precision, too.
fn clearance(canvas: &Canvas, spacing: f64) -> f64 {
    spacing + canvas.width.max(canvas.height) * 4.0 * f64::from(f32::EPSILON)
}

/// Sets all movable hard macros apart; fixed ones and soft macros stay. Where `stop` is raised, the
/// attempt under way is the last.
pub fn separate(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    config: &SeparateConfig,
    stop: &AtomicBool,
) -> Separated {
    let movable = |node: &NodeId| !placement.fixed[node.usize()];
    let mut order: Vec<NodeId> = netlist.nodes_of(Kind::HardMacro).filter(movable).collect();
    order.sort_by(|&a, &b| netlist.area(b).total_cmp(&netlist.area(a)));
    let gap = clearance(canvas, config.spacing);
    let run = Run { netlist, canvas, given: placement, gap, stop };
    let by_area = order.clone();
    let mut best = None;
    for _ in 0..config.attempts.max(1) {
        let found = run.attempt(&order, None);
        if found.stuck.is_empty() || run.stopped() {
            return found;
        }
        // Those that found no room go first, in their own order.
        let stuck = found.stuck.clone();
        order.retain(|node| !stuck.contains(node));
        order.splice(0..0, stuck);
        keep_better(netlist, &mut best, found);
    }
    pack(&run, &by_area, best)
}

/// Packs the macros from every corner in every order until one fits everything; where none does, the
/// best of all and of what was found before.
fn pack(run: &Run<'_>, by_area: &[NodeId], mut best: Option<Separated>) -> Separated {
    let &Run { netlist, canvas, given, .. } = run;
    let (width, height) = (canvas.width, canvas.height);
    let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
    for order in packing_orders(netlist, by_area) {
        for (x, y) in corners {
            if best.is_some() && run.stopped() {
                break;
            }
            let found = run.attempt(&order, Some(Point::new(x, y)));
            if found.stuck.is_empty() {
                return found;
            }
            keep_better(netlist, &mut best, found);
        }
    }
    best.unwrap_or(Separated { placement: given.clone(), stuck: Vec::new(), displacement: 0.0 })
}

/// Orders worth packing in: by area, by the longer side, by height, by width, the largest first.
fn packing_orders(netlist: &Netlist, by_area: &[NodeId]) -> [Vec<NodeId>; 4] {
    let by = |key: fn((f64, f64)) -> f64| {
        let mut order = by_area.to_vec();
        order.sort_by(|&a, &b| key(netlist.size(b)).total_cmp(&key(netlist.size(a))));
        order
    };
    [by_area.to_vec(), by(|(w, h)| w.max(h)), by(|(_, h)| h), by(|(w, _)| w)]
}

fn keep_better(netlist: &Netlist, best: &mut Option<Separated>, found: Separated) {
    let area = |found: &Separated| found.stuck.iter().map(|&node| netlist.area(node)).sum::<f64>();
    if best.as_ref().is_none_or(|best| area(&found) < area(best)) {
        *best = Some(found);
    }
}

struct Run<'a> {
    netlist: &'a Netlist,
    canvas: &'a Canvas,
    given: &'a Placement,
    gap: f64,
    stop: &'a AtomicBool,
}

impl Run<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Places the macros in order, each as near as possible to its place or to `corner`.
    fn attempt(&self, order: &[NodeId], corner: Option<Point>) -> Separated {
        let Self { netlist, canvas, given, .. } = *self;
        let mut placement = given.clone();
        let fixed = netlist.nodes_of(Kind::HardMacro).filter(|node| given.fixed[node.usize()]);
        let mut spaced: Vec<Rect> = fixed.map(|node| given.rect(netlist, node)).collect();
        let blockages: Vec<Rect> = canvas.blockages.iter().map(|b| b.rect).collect();
        let (mut stuck, mut displacement) = (Vec::new(), 0.0);
        for &node in order {
            let (width, height) = netlist.size(node);
            // One more rounding's worth, so that what stands here also passes as spaced.
            let gap = self.gap * (1.0 + 1e-6) + canvas.width.max(canvas.height) * 1e-12;
            let grow = |rect: &Rect, gap: f64| rect.grown(width / 2.0 + gap, height / 2.0 + gap);
            let taken = spaced.iter().map(|rect| grow(rect, gap));
            let taken: Vec<Rect> = taken.chain(blockages.iter().map(|r| grow(r, 0.0))).collect();
            let room = Rect {
                x0: width / 2.0,
                y0: height / 2.0,
                x1: canvas.width - width / 2.0,
                y1: canvas.height - height / 2.0,
            };
            let own = given.center(node);
            match nearest_free(&room, &taken, corner.unwrap_or(own)) {
                Some(at) => {
                    displacement += (at.x - own.x).hypot(at.y - own.y);
                    placement.set_center(node, at);
                    spaced.push(placement.rect(netlist, node));
                }
                None => {
                    placement.set_center(node, clamped(own, &room, canvas));
                    stuck.push(node);
                }
            }
            placement.placed[node.usize()] = true;
        }
        Separated { placement, stuck, displacement }
    }
}

/// The point, brought into the room; the middle of the canvas where the room is empty or the point
/// is no number.
fn clamped(p: Point, room: &Rect, canvas: &Canvas) -> Point {
    let along = |at: f64, low: f64, high: f64, middle: f64| {
        if low <= high && !at.is_nan() { at.clamp(low, high) } else { middle }
    };
    Point::new(
        along(p.x, room.x0, room.x1, canvas.width / 2.0),
        along(p.y, room.y0, room.y1, canvas.height / 2.0),
    )
}

/// The point of `room` nearest to `goal` that lies inside none of `taken`; borders are free.
pub fn nearest_free(room: &Rect, taken: &[Rect], goal: Point) -> Option<Point> {
    if !(room.x0 <= room.x1 && room.y0 <= room.y1) || goal.x.is_nan() || goal.y.is_nan() {
        return None;
    }
    let goal = Point::new(goal.x.clamp(room.x0, room.x1), goal.y.clamp(room.y0, room.y1));
    let mut spans: Vec<(f64, f64)> = Vec::new();
    let mut height_at = |x: f64, blocks: &[Block]| {
        spans.clear();
        let near = blocks.iter().filter(|block| block.x0 < x && x < block.x1);
        let here = near.flat_map(|block| &block.rects).filter(|rect| rect.x0 < x && x < rect.x1);
        spans.extend(here.map(|rect| (rect.y0, rect.y1)));
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        nearest_outside(&spans, goal.y, room.y0, room.y1)
    };
    let blocks = blocks(taken);
    let mut best = height_at(goal.x, &blocks).map(|y| ((y - goal.y).abs(), Point::new(goal.x, y)));
    if best.is_some_and(|best| best.0 == 0.0) {
        return best.map(|best| best.1);
    }
    let edges = taken.iter().flat_map(|rect| [rect.x0, rect.x1]);
    let mut columns: Vec<f64> = edges.filter(|x| (room.x0..=room.x1).contains(x)).collect();
    columns.sort_by(|a, b| (a - goal.x).abs().total_cmp(&(b - goal.x).abs()));
    columns.dedup();
    for x in columns {
        let across = (x - goal.x).abs();
        let limit = best.map_or(f64::INFINITY, |best| best.0);
        if across >= limit {
            break;
        }
        if let Some(y) = height_at(x, &blocks) {
            let distance = across.hypot(y - goal.y);
            if distance < limit {
                best = Some((distance, Point::new(x, y)));
            }
        }
    }
    best.map(|best| best.1)
}

/// Rectangles that begin at about the same `x`, and their extent along it: where many macros stand,
/// a column passes few of the blocks, however large some of the macros are.
struct Block {
    x0: f64,
    x1: f64,
    rects: Vec<Rect>,
}

fn blocks(rects: &[Rect]) -> Vec<Block> {
    /// About as many as a column passes of a few thousand.
    const LENGTH: usize = 32;
    let mut rects = rects.to_vec();
    if rects.len() > LENGTH {
        rects.sort_unstable_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    let block = |rects: &[Rect]| Block {
        x0: rects.iter().map(|rect| rect.x0).fold(f64::INFINITY, f64::min),
        x1: rects.iter().map(|rect| rect.x1).fold(f64::NEG_INFINITY, f64::max),
        rects: rects.to_vec(),
    };
    rects.chunks(LENGTH).map(block).collect()
}

/// The value of `low..=high` nearest to `goal` inside none of the open `spans`, sorted by start.
fn nearest_outside(spans: &[(f64, f64)], goal: f64, low: f64, high: f64) -> Option<f64> {
    let mut below = None;
    let mut reach = low;
    for &(start, end) in spans {
        // reach..=start is free.
        if start >= reach {
            if goal <= start {
                break;
            }
            if reach <= high {
                below = Some(start.min(high));
            }
        }
        reach = reach.max(end);
    }
    let above = (reach <= high).then(|| goal.max(reach));
    match (below, above) {
        (Some(a), Some(b)) => Some(if goal - a <= b - goal { a } else { b }),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
