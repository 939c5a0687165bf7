use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_netlist::{Builder, Node};
use proptest::prelude::*;

use super::*;
use crate::checker::{CheckRules, violations};

static GOES_ON: AtomicBool = AtomicBool::new(false);

fn single_precision(placement: &Placement) -> Placement {
    let round = |values: &[f64]| values.iter().map(|&v| f64::from(v as f32)).collect();
    Placement { x: round(&placement.x), y: round(&placement.y), ..placement.clone() }
}

/// The obvious version: every column against every rectangle.
fn nearest_by_all_columns(room: &Rect, taken: &[Rect], goal: Point) -> Option<Point> {
    let edges = taken.iter().flat_map(|rect| [rect.x0, rect.x1]);
    let mut columns = vec![goal.x];
    columns.extend(edges.filter(|x| (room.x0..=room.x1).contains(x)));
    columns.sort_by(|a, b| (a - goal.x).abs().total_cmp(&(b - goal.x).abs()));
    let mut best: Option<(f64, Point)> = None;
    for x in columns {
        let here = taken.iter().filter(|rect| rect.x0 < x && x < rect.x1);
        let mut spans: Vec<(f64, f64)> = here.map(|rect| (rect.y0, rect.y1)).collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some(y) = nearest_outside(&spans, goal.y, room.y0, room.y1) {
            let distance = (x - goal.x).abs().hypot(y - goal.y);
            if best.is_none_or(|best| distance < best.0) {
                best = Some((distance, Point::new(x, y)));
            }
        }
    }
    best.map(|best| best.1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// To the last bit, among many rectangles, of which some are large and some have edges in line.
    #[test]
    fn blocks_change_nothing(
        taken in prop::collection::vec((0_u8..100, 0_u8..100, 1.0_f64..9.0, 0.0_f64..40.0), 0..200),
        goal in (0.0_f64..100.0, 0.0_f64..100.0),
    ) {
        let room = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 100.0 };
        let taken: Vec<Rect> = taken.iter().map(|&(x, y, size, large)| {
            let width = if large > 39.0 { large } else { size };
            Rect::centered(Point::new(f64::from(x), f64::from(y)), width, size)
        }).collect();
        let goal = Point::new(goal.0, goal.1);
        prop_assert_eq!(nearest_free(&room, &taken, goal), nearest_by_all_columns(&room, &taken, goal));
    }

    /// Against a fine raster of the room.
    #[test]
    fn nothing_free_is_nearer(
        taken in prop::collection::vec((0.0_f64..10.0, 0.0..10.0, 0.5..6.0, 0.5..6.0), 0..12),
        goal in (0.0_f64..10.0, 0.0_f64..10.0),
    ) {
        let room = Rect { x0: 0.0, y0: 0.0, x1: 10.0, y1: 10.0 };
        let taken: Vec<Rect> = taken.iter()
            .map(|&(x, y, w, h)| Rect::centered(Point::new(x, y), w, h)).collect();
        let goal = Point::new(goal.0, goal.1);
        let inside = |p: Point| {
            taken.iter().any(|r| r.x0 < p.x && p.x < r.x1 && r.y0 < p.y && p.y < r.y1)
        };
        let found = nearest_free(&room, &taken, goal);
        let distance = found.map_or(f64::INFINITY, |p| (p.x - goal.x).hypot(p.y - goal.y));
        if let Some(p) = found {
            prop_assert!(!inside(p) && room.contains(p));
        }
        for i in 0..=40 {
            for j in 0..=40 {
                let p = Point::new(f64::from(i) * 0.25, f64::from(j) * 0.25);
                if !inside(p) {
                    prop_assert!((p.x - goal.x).hypot(p.y - goal.y) >= distance - 1e-9);
                }
            }
        }
    }

    #[test]
    fn dense_designs_come_apart(seed in 0_u64..1000, spacing in prop::sample::select(vec![0.0, 0.5])) {
        let config = GenerateConfig {
            hard_macros: 60, hard_share: 0.75, utilization: 0.8, seed, ..GenerateConfig::toy()
        };
        let (netlist, canvas, placement) = generate(&config);
        let rules = SeparateConfig { spacing, ..SeparateConfig::default() };
        let found = separate(&netlist, &canvas, &placement, &rules, &GOES_ON);
        prop_assert_eq!(&found.stuck, &vec![]);
        for placement in [&found.placement, &single_precision(&found.placement)] {
            let rules = CheckRules { spacing, ..CheckRules::default() };
            let faults = violations(&netlist, &canvas, placement, &rules);
            let outside = |by: f64| by < 1e-4;
            let rounding = |fault: &crate::checker::Violation| {
                matches!(fault, crate::checker::Violation::Outside { by, .. } if outside(*by))
            };
            prop_assert!(faults.iter().all(rounding), "{:?}", faults);
        }
    }
}

#[test]
fn a_legal_placement_stays() {
    let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
    let once = separate(&netlist, &canvas, &placement, &SeparateConfig::default(), &GOES_ON);
    let twice = separate(&netlist, &canvas, &once.placement, &SeparateConfig::default(), &GOES_ON);
    assert_eq!((twice.placement, twice.displacement), (once.placement, 0.0));
}

#[test]
fn what_cannot_fit_is_named_and_the_rest_is_legal() {
    let mut builder = Builder::new();
    let size = Node { width: 7.0, height: 7.0, ..Node::default() };
    let nodes = ["a", "b", "c", "d", "e"].map(|name| builder.node(Node { name, ..size }));
    let netlist = builder.build();
    let canvas = Canvas::new(15.0, 15.0);
    let found = separate(
        &netlist,
        &canvas,
        &Placement::new(&netlist),
        &SeparateConfig::default(),
        &GOES_ON,
    );
    assert_eq!(found.stuck.len(), 1);
    let mut rest = found.placement.clone();
    rest.placed[found.stuck[0].usize()] = false;
    assert_eq!(crate::checker::overlaps(&netlist, &canvas, &rest), 0);
    assert!(nodes.contains(&found.stuck[0]));
    let small = Canvas::new(5.0, 5.0);
    let found =
        separate(&netlist, &small, &Placement::new(&netlist), &SeparateConfig::default(), &GOES_ON);
    assert_eq!(found.stuck.len(), 5);
}

#[test]
fn where_it_is_stopped_the_first_attempt_is_the_last() {
    // Four squares that fill the canvas; the first one takes its middle.
    let mut builder = Builder::new();
    for name in ["a", "b", "c", "d"] {
        builder.node(Node { name, width: 5.0, height: 5.0, ..Node::default() });
    }
    let netlist = builder.build();
    let canvas = Canvas::new(10.01, 10.01);
    let mut given = Placement::new(&netlist);
    for node in netlist.node_ids() {
        given.set_center(node, Point::new(5.0, 5.0));
    }
    let config = SeparateConfig::default();
    let stopped = separate(&netlist, &canvas, &given, &config, &AtomicBool::new(true));
    let whole = separate(&netlist, &canvas, &given, &config, &GOES_ON);
    assert_eq!((stopped.stuck.len(), whole.stuck.len()), (3, 0));
}

#[test]
fn where_it_is_stopped_nothing_more_is_packed() {
    let mut builder = Builder::new();
    // Only the tall one first leaves room for both.
    let wide = builder.node(Node { name: "wide", width: 8.0, height: 5.0, ..Node::default() });
    let tall = builder.node(Node { name: "tall", width: 2.0, height: 10.0, ..Node::default() });
    let netlist = builder.build();
    let (canvas, given) = (Canvas::new(10.1, 10.1), Placement::new(&netlist));
    let stop = AtomicBool::new(false);
    let run = Run { netlist: &netlist, canvas: &canvas, given: &given, gap: 0.0, stop: &stop };
    let failed = Separated { placement: given.clone(), stuck: vec![wide, tall], displacement: 0.0 };
    assert_eq!(pack(&run, &[wide, tall], Some(failed.clone())).stuck, []);
    stop.store(true, Ordering::Relaxed);
    assert_eq!(pack(&run, &[wide, tall], Some(failed)).stuck, [wide, tall]);
}
