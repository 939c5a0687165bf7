use flagstone_geom::Point;
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, Placement};
use proptest::prelude::*;

use super::*;

const COLUMNS: u32 = 7;
const ROWS: u32 = 5;

fn grid() -> Grid {
    Grid::new(COLUMNS, ROWS, 14.0, 15.0)
}

/// One net over macros at the given places.
fn net(at: &[Point]) -> (Netlist, Placement) {
    let mut builder = Builder::new();
    let nodes: Vec<NodeId> = at
        .iter()
        .map(|_| {
            builder.node(Node { kind: Kind::SoftMacro, width: 1.0, height: 1.0, ..Node::default() })
        })
        .collect();
    let pins: Vec<_> = nodes
        .iter()
        .map(|&node| builder.pin(Pin { node, weight: 2.0, ..Pin::default() }))
        .collect();
    builder.net(pins[0], &pins[1..]);
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    for (&node, &at) in nodes.iter().zip(at) {
        placement.set_center(node, at);
    }
    (netlist, placement)
}

fn counted(netlist: &Netlist, placement: &Placement) -> (Routes, Pins) {
    let mut pins = Pins::new(netlist, placement);
    pins.locate(&[placement.x.clone(), placement.y.clone()]);
    let mut routes = Routes::new(netlist, grid());
    routes.count(&pins);
    (routes, pins)
}

proptest! {
    #[test]
    fn demand_is_the_evaluators_at_cell_centres(
        cells in prop::collection::vec(0_usize..35, 2..7),
    ) {
        let at: Vec<Point> = cells.iter().map(|&cell| grid().center(cell)).collect();
        let (netlist, placement) = net(&at);
        let (routes, _) = counted(&netlist, &placement);
        let mut expected = [vec![0.0; 35], vec![0.0; 35]];
        let cells: Vec<u32> = cells.iter().map(|&cell| cell as u32).collect();
        let mut scratch = routing::Cells::new(35, COLUMNS);
        routing::route(&cells, &mut scratch, &mut |run: routing::Run| {
            let (map, length) = if run.vertical { (1, ROWS) } else { (0, COLUMNS) };
            for i in run.from..run.to {
                expected[map][(run.line * length + i) as usize] += 2.0;
            }
        });
        for (demand, expected) in routes.demand.iter().zip(&expected) {
            for (demand, expected) in demand.iter().zip(expected) {
                prop_assert!((demand - expected).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn slopes_are_difference_quotients(
        at in prop::collection::vec((1.2_f64..12.8, 1.7_f64..13.3), 2..6),
        values in prop::collection::vec(0.0_f64..1.0, 70),
        moved in 0_usize..5,
    ) {
        let at: Vec<Point> = at.iter().map(|&(x, y)| Point::new(x, y)).collect();
        let moved = moved % at.len();
        let step = 1e-6;
        // Routes change shape at the borders of cells, and ends at their centres.
        for p in &at {
            for (at, size) in [(p.x, 2.0), (p.y, 3.0)] {
                let inside = (at / (size / 2.0)).fract();
                prop_assume!((1e-4..1.0 - 1e-4).contains(&inside));
            }
        }
        let values = [values[..35].to_vec(), values[35..].to_vec()];
        let sum = |at: &[Point]| {
            let (netlist, placement) = net(at);
            let (routes, _) = counted(&netlist, &placement);
            let terms = routes.demand.iter().zip(&values);
            terms.map(|(d, v)| d.iter().zip(v).map(|(d, v)| d * v).sum::<f64>()).sum::<f64>()
        };
        let (netlist, placement) = net(&at);
        let (mut routes, pins) = counted(&netlist, &placement);
        let mut slopes = [vec![0.0; at.len()], vec![0.0; at.len()]];
        routes.pull(&pins, &values, 1.0, &mut slopes);
        for (axis, slopes) in slopes.iter().enumerate() {
            let shifted = |by: f64| {
                let mut at = at.clone();
                let p = &mut at[moved];
                *(if axis == 0 { &mut p.x } else { &mut p.y }) += by;
                sum(&at)
            };
            let found = (shifted(step) - shifted(-step)) / (2.0 * step);
            let slope = slopes[moved];
            prop_assert!((slope - found).abs() < 1e-4 * (1.0 + found.abs()), "{} {}", slope, found);
        }
    }
}
