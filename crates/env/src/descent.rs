//! Soft macros move one by one towards shorter wires where the exact cost falls.
//!
//! The largest first, each soft macro tries the place where its wires are shortest and places on the
//! way there; the best of them is taken if the proxy cost is lower than before.

use flagstone_cost::engine::Engine;
use flagstone_geom::Point;
use flagstone_netlist::NodeId;

/// Shares of the way to the shortest wires that are tried.
const SHARES: [f64; 3] = [1.0, 0.5, 0.2];

/// A gain below this is rounding.
const LEAST_GAIN: f64 = 1e-12;

/// Several passes over the soft macros.
pub(crate) fn descend(engine: &mut Engine, soft: &[NodeId], passes: u32) {
    let mut breakpoints = [Vec::new(), Vec::new()];
    for _ in 0..passes {
        for &node in soft {
            let Some(goal) = goal(engine, node, &mut breakpoints) else { continue };
            let start = engine.placement().center(node);
            if start == goal {
                continue;
            }
            let orientation = engine.placement().orientation[node.usize()];
            let mut best = (-LEAST_GAIN, None);
            for share in SHARES {
                let at = Point::new(
                    start.x + share * (goal.x - start.x),
                    start.y + share * (goal.y - start.y),
                );
                engine.begin();
                engine.set(node, at.x, at.y, orientation);
                let change = engine.delta_proxy();
                if change < best.0 {
                    best = (change, Some(at));
                }
            }
            engine.begin();
            if let Some(at) = best.1 {
                engine.set(node, at.x, at.y, orientation);
                engine.commit();
            }
        }
    }
}

/// The place on the canvas nearest to the macro where its wires are shortest.
fn goal(engine: &Engine, node: NodeId, breakpoints: &mut [Vec<(f64, f64)>; 2]) -> Option<Point> {
    let (x, y) = engine.best_intervals(node, breakpoints)?;
    let (at, (width, height)) = (engine.placement().center(node), engine.netlist().size(node));
    let canvas = engine.canvas();
    let within = |at: f64, low: f64, high: f64, size: f64, side: f64| {
        at.min(high).max(low).min(side - size / 2.0).max(size / 2.0)
    };
    Some(Point::new(
        within(at.x, x.low, x.high, width, canvas.width),
        within(at.y, y.low, y.high, height, canvas.height),
    ))
}
