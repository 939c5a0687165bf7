use flagstone_formats::klayout::lyrdb::{Category, Item, Report, Value, write};
use flagstone_geom::{Point, Rect};
use flagstone_netlist::NetId;
use flagstone_place::checker::{CheckRules, Violation, violations};
use flagstone_report::HeatMap;

use super::{Map, heat_map};
use crate::Design;

/// How many markers of a kind are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkerConfig {
    /// Hottest cells of each map. Default 1000.
    pub hot_cells: usize,
    /// A cell is hot from this share of its map's supply on. Default 0.9.
    pub hot_from: f64,
    /// Longest nets. Default 100.
    pub worst_nets: usize,
}

impl Default for MarkerConfig {
    fn default() -> Self {
        Self { hot_cells: 1000, hot_from: 0.9, worst_nets: 100 }
    }
}

/// What is wrong or bad with a placement, as KLayout's report database: overlaps, macros off the
/// canvas or on blockages, hot cells, the longest nets. Coordinates are those of the design's files.
pub fn to_lyrdb(design: &Design, config: &MarkerConfig) -> Vec<u8> {
    let mut categories = illegal(design);
    let maps = [
        ("density", Map::Density, "cells fuller than their share"),
        ("congestion_horizontal", Map::Horizontal, "horizontal routing demand over supply"),
        ("congestion_vertical", Map::Vertical, "vertical routing demand over supply"),
    ];
    for (name, map, description) in maps {
        let items = hot_cells(design, &heat_map(design, map), config);
        categories.push(category(name, description, items));
    }
    let nets = worst_nets(design, config);
    categories.push(category("wirelength", "the nets with the largest weighted HPWL", nets));
    write(&Report {
        description: format!("placement of {}", design.name),
        generator: format!("flagstone {}", env!("CARGO_PKG_VERSION")),
        top_cell: design.name.clone(),
        categories,
    })
}

fn category(name: &str, description: &str, items: Vec<Item>) -> Category {
    let (name, description) = (name.to_owned(), description.to_owned());
    Category { name, description, items, ..Category::default() }
}

fn illegal(design: &Design) -> Vec<Category> {
    let Design { netlist, canvas, placement, .. } = design;
    let rect = |node| placement.rect(netlist, node);
    let area = |node| Value::Box(design.rect_in_files(rect(node)));
    let name = |node| netlist.node_name(node).to_owned();
    let kinds = [
        ("overlap", "area two hard macros share, µm²"),
        ("outside_canvas", "hard macros off the canvas, and by how many µm"),
        ("blockage", "hard macros on a blockage"),
        ("unplaced", "hard macros without a place"),
        ("other", "anything else that is illegal"),
    ];
    let mut categories: Vec<Category> =
        kinds.map(|(name, description)| category(name, description, Vec::new())).into();
    let rules = CheckRules { with_fixed: true, ..CheckRules::default() };
    for violation in violations(netlist, canvas, placement, &rules) {
        let (kind, values) = match violation {
            Violation::Overlap { a, b, area } => {
                let common = rect(a).intersection(&rect(b)).unwrap_or_else(|| rect(a));
                let text = format!("{} and {}", name(a), name(b));
                (
                    0,
                    vec![
                        Value::Box(design.rect_in_files(common)),
                        Value::Text(text),
                        Value::Float(area),
                    ],
                )
            }
            Violation::Outside { node, by } => {
                let values = [area(node), Value::Text(name(node))];
                (1, values.into_iter().chain([Value::Float(by)]).collect())
            }
            Violation::Blocked { node } => (2, vec![area(node), Value::Text(name(node))]),
            Violation::Unplaced { node } => (3, vec![Value::Text(name(node))]),
            other => (4, vec![Value::Text(format!("{other:?}"))]),
        };
        categories[kind].items.push(Item { important: true, values, ..Item::default() });
    }
    categories
}

fn hot_cells(design: &Design, map: &HeatMap, config: &MarkerConfig) -> Vec<Item> {
    let mut hot: Vec<(usize, f64)> =
        map.values.iter().copied().enumerate().filter(|cell| cell.1 >= config.hot_from).collect();
    hot.sort_by(|a, b| b.1.total_cmp(&a.1));
    let columns = (map.grid.columns as usize).max(1);
    let (w, h) = (map.grid.cell_width(), map.grid.cell_height());
    let item = |&(cell, value): &(usize, f64)| {
        let (x, y) = ((cell % columns) as f64 * w, (cell / columns) as f64 * h);
        let rect = Rect { x0: x, y0: y, x1: x + w, y1: y + h };
        let values = vec![Value::Box(design.rect_in_files(rect)), Value::Float(value)];
        Item { values, ..Item::default() }
    };
    hot.iter().take(config.hot_cells).map(item).collect()
}

/// A line from the driver to each sink, for the nets with the largest weighted HPWL.
fn worst_nets(design: &Design, config: &MarkerConfig) -> Vec<Item> {
    let Design { netlist, placement, .. } = design;
    let points = |net: NetId| -> Vec<Point> {
        let pins = netlist.net_pins.row(net).iter();
        pins.map(|&pin| design.point_in_files(placement.pin(netlist, pin))).collect()
    };
    let length = |net: NetId| {
        let points = points(net);
        let extent = |axis: fn(&Point) -> f64| {
            let fold = |f: fn(f64, f64) -> f64| points.iter().map(axis).reduce(f);
            fold(f64::max).zip(fold(f64::min)).map_or(0.0, |(high, low)| high - low)
        };
        netlist.nets.weight[net.usize()] * (extent(|p| p.x) + extent(|p| p.y))
    };
    let mut nets: Vec<(f64, NetId)> = netlist.net_ids().map(|net| (length(net), net)).collect();
    nets.sort_by(|a, b| b.0.total_cmp(&a.0));
    let item = |&(length, net): &(f64, NetId)| {
        let points = points(net);
        let driver = netlist.nets.driver[net.usize()];
        let name = netlist.node_name(netlist.pins.node[driver.usize()]).to_owned();
        let lines = points.iter().skip(1).map(|&sink| Value::Edge(points[0], sink));
        let ends = [Value::Text(name), Value::Float(length)];
        Item { values: lines.chain(ends).collect(), ..Item::default() }
    };
    nets.iter().take(config.worst_nets).map(item).collect()
}
