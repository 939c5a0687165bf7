//! From arguments to what is drawn and how.

use flagstone_cost::{Rules, evaluate};
use flagstone_geom::Rect;
use flagstone_netlist::{Netlist, NodeId, Placement};
use flagstone_place::checker::{CheckRules, Violation, violations};
use flagstone_report::{Group, Look, Marker, Scene, SceneOptions, Style, Theme};

use super::{heat, title};
use crate::args::{LoadArgs, RenderArgs, ThemeArg};
use crate::failure::Failure;
use crate::load::{Design, load};

/// Heaviest connections drawn where nothing else is asked for.
const FLYLINES: usize = 60;
/// Width of a picture in pixels.
const WIDTH: u32 = 1200;

/// What is drawn.
pub(super) fn scene_options(args: &RenderArgs, design: &Design) -> Result<SceneOptions, Failure> {
    let Design { netlist, canvas, placement, weights, .. } = design;
    let mut selected = Vec::new();
    for pattern in &args.select {
        selected.extend(named(netlist, pattern)?);
    }
    let found = evaluate(netlist, canvas, placement, Rules::Clamp);
    let heat_map = heat::map(args, design, &found, &selected)?;
    let busy = heat_map.is_some() || !selected.is_empty() || args.against.is_some();
    let own_title = || title(&design.name, &found.cost, weights);
    Ok(SceneOptions {
        title: args.title.clone().unwrap_or_else(own_title),
        heat_map,
        flylines: args.flylines.unwrap_or(if busy { 0 } else { FLYLINES }),
        selected,
        groups: groups(netlist, &args.highlight)?,
        against: other(args, design)?,
        markers: if args.markers { illegal(design) } else { Vec::new() },
        labels: !args.no_labels,
        pins: args.pins,
    })
}

/// How it is drawn.
pub(super) fn look(args: &RenderArgs, scene: &Scene) -> Result<Look, Failure> {
    let area = match args.area {
        Some([x0, y0, x1, y1]) if x1 > x0 && y1 > y0 => Some(Rect { x0, y0, x1, y1 }),
        Some(_) => {
            let message = "--area: expected left,bottom,right,top of an area that is not empty";
            return Err(Failure::Usage(message.to_owned()));
        }
        None => None,
    };
    let pixels = match args.scale {
        None => args.width.unwrap_or(WIDTH),
        Some(scale) => {
            let wide = scale * area.map_or(scene.width, |area| area.width());
            let framed = if args.no_frame { wide } else { wide * 1.04 };
            if !(16.0..=16384.0).contains(&framed) {
                let message = format!(
                    "--scale {scale}: a picture of {framed:.0} pixels, expected 16 to 16384"
                );
                return Err(Failure::Usage(message));
            }
            framed.round() as u32
        }
    };
    let theme = match args.theme {
        ThemeArg::Auto => None,
        ThemeArg::Light => Some(Theme::Light),
        ThemeArg::Dark => Some(Theme::Dark),
    };
    Ok(Look { pixels, theme, area, transparent: args.transparent, framed: !args.no_frame })
}

/// The nodes whose name, or the last part of it, matches a pattern.
fn named(netlist: &Netlist, pattern: &str) -> Result<Vec<NodeId>, Failure> {
    let fits = |&node: &NodeId| {
        let name = netlist.node_name(node);
        flagstone_formats::matches(pattern, name)
            || flagstone_formats::matches(
                pattern,
                flagstone_report::scene::layers::short_name(name),
            )
    };
    let found: Vec<NodeId> = netlist.node_ids().filter(fits).collect();
    if found.is_empty() {
        let help = if pattern.contains('*') {
            ""
        } else {
            "
  help: * stands for any characters"
        };
        return Err(Failure::Usage(format!("no node is called {pattern:?}{help}")));
    }
    Ok(found)
}

/// Groups by name in the order they come, or by the number of their colour.
fn groups(netlist: &Netlist, highlight: &[String]) -> Result<Vec<Group>, Failure> {
    let mut groups: Vec<Group> = Vec::new();
    for text in highlight {
        let Some((pattern, name)) = text.rsplit_once('=') else {
            return Err(Failure::Usage(format!("--highlight {text:?}: expected NAME=GROUP")));
        };
        let number = name.parse().ok().filter(|number| (1..=Style::N_GROUPS).contains(number));
        let at = match number {
            Some(number) => number - 1,
            None => groups.iter().position(|group| group.name == name).unwrap_or(groups.len()),
        };
        if at >= Style::N_GROUPS {
            return Err(Failure::Usage(format!(
                "--highlight: more than {} groups",
                Style::N_GROUPS
            )));
        }
        if at >= groups.len() {
            groups.resize_with(at + 1, Group::default);
        }
        name.clone_into(&mut groups[at].name);
        groups[at].nodes.extend(named(netlist, pattern)?);
    }
    Ok(groups)
}

/// The placement to compare with.
fn other(args: &RenderArgs, design: &Design) -> Result<Option<Placement>, Failure> {
    let Some(path) = &args.against else { return Ok(None) };
    let other = load(&LoadArgs { plc: Some(path.clone()), ..args.load.clone() })?;
    if other.netlist.n_nodes() != design.netlist.n_nodes() {
        return Err(Failure::Input(format!("{}: of another netlist", path.display())));
    }
    Ok(Some(other.placement))
}

/// Where the placement is illegal.
fn illegal(design: &Design) -> Vec<Marker> {
    let Design { netlist, canvas, placement, .. } = design;
    let area = |node| placement.rect(netlist, node);
    let name = |node| netlist.node_name(node);
    let marker = |violation: Violation| match violation {
        Violation::Overlap { a, b, .. } => {
            let (one, two) = (area(a), area(b));
            let rect = Rect {
                x0: one.x0.max(two.x0),
                y0: one.y0.max(two.y0),
                x1: one.x1.min(two.x1),
                y1: one.y1.min(two.y1),
            };
            Some(Marker { rect, text: format!("{} overlaps {}", name(a), name(b)) })
        }
        Violation::Spacing { a, b } => {
            Some(Marker { rect: area(a), text: format!("{} is too near to {}", name(a), name(b)) })
        }
        Violation::Outside { node, by } => Some(Marker {
            rect: area(node),
            text: format!("{} is {by:.4} µm off the canvas", name(node)),
        }),
        Violation::Blocked { node } => {
            Some(Marker { rect: area(node), text: format!("{} stands on a blockage", name(node)) })
        }
        _ => None,
    };
    let rules = CheckRules { with_fixed: true, ..CheckRules::default() };
    let found = violations(netlist, canvas, placement, &rules);
    found.into_iter().filter_map(marker).collect()
}
