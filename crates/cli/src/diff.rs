//! `flagstone diff`: what differs between two placements of one netlist, and what that costs.

use std::path::{Path, PathBuf};

use flagstone_cost::Cost;
use flagstone_design::read_bytes;
use flagstone_formats::klayout::lyrdb;
use flagstone_netlist::{Kind, Netlist};
use flagstone_report::{
    Change, Comparison, CostReport, Place, SortBy, WeightsReport, sort_changes,
};
use serde_json::{Value, json};

use crate::args::{DiffArgs, LoadArgs, SortArg};
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;
use crate::progress::note;

/// Lists the differences; the exit code is 1 where there are some.
pub(crate) fn run(args: &DiffArgs) -> Result<(), Failure> {
    if let Some(path) = &args.markers {
        output::refuse_existing(std::slice::from_ref(path), args.force)?;
    }
    let first = load(&inputs(args, &args.first)?)?;
    let second = load(&inputs(args, &args.second)?)?;
    same_nodes(&first, &second)?;
    let Design { netlist, canvas, weights, .. } = &second;
    if first.canvas != *canvas {
        let (first, second) = (args.first.display(), args.second.display());
        note(&format!("{first} is on another canvas; both are costed on that of {second}"));
    }
    let found = Comparison::new(netlist, canvas, *weights, &first.placement, &second.placement);
    let listed = |change: &&Change| args.all || netlist.kind(change.node) == Kind::HardMacro;
    let mut changes: Vec<Change> = found.changes.iter().filter(listed).copied().collect();
    sort_changes(&mut changes, netlist, sort_by(args.sort), weights);
    let report = report(args, &second, &found, &changes);
    output::metrics("diff", &report)?;
    if args.json {
        output::json(&report)?;
    } else {
        output::say(&table(args, &second, &found, &changes))?;
    }
    if let Some(path) = &args.markers {
        output::write_file(path, &markers(&second, &found))?;
        note(&format!("wrote {}", path.display()));
    }
    match found.changes.len() {
        0 => Ok(()),
        n => Err(Failure::No(format!("the placements differ in {n} nodes"))),
    }
}

fn sort_by(sort: SortArg) -> SortBy {
    match sort {
        SortArg::Name => SortBy::Name,
        SortArg::Dx => SortBy::Dx,
        SortArg::Dy => SortBy::Dy,
        SortArg::Distance => SortBy::Distance,
        SortArg::Wirelength => SortBy::Wirelength,
        SortArg::Density => SortBy::Density,
        SortArg::Congestion => SortBy::Congestion,
        SortArg::Proxy => SortBy::Proxy,
    }
}

/// What to load for one of the two: a `.plc` needs a netlist, anything else brings its own.
fn inputs(args: &DiffArgs, path: &Path) -> Result<LoadArgs, Failure> {
    let mut load = LoadArgs {
        inputs: args.netlist.clone(),
        plc: None,
        settings: args.settings.clone(),
        set: args.set.clone(),
        macros: Vec::new(),
        cells: Vec::new(),
        excerpt: false,
    };
    if !is_plc(path) {
        load.inputs.push(path.to_string_lossy().into_owned());
        return Ok(load);
    }
    if load.inputs.is_empty() {
        load.inputs.push(netlist_of(path)?);
    }
    load.plc = Some(path.to_owned());
    Ok(load)
}

fn is_plc(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = name.trim_end_matches(".gz").trim_end_matches(".xz");
    plain.ends_with(".plc")
}

/// The netlist beside a placement, or the one that its header names.
fn netlist_of(path: &Path) -> Result<String, Failure> {
    const SOURCE: &str = "# Source input file(s) : ";
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let beside = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_netlist = |entry: std::fs::DirEntry| {
        entry.file_name().to_string_lossy().contains(".pb.txt").then_some(())
    };
    if beside.filter_map(is_netlist).next().is_some() {
        return Ok(folder.to_string_lossy().into_owned());
    }
    let bytes = read_bytes(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let named = text.lines().find_map(|line| line.strip_prefix(SOURCE)).map(str::trim);
    let exists = |name: &&str| name.split(',').all(|part| PathBuf::from(part).exists());
    named.filter(|name| !name.is_empty()).filter(exists).map(str::to_owned).ok_or_else(|| {
        let path = path.display();
        Failure::Usage(format!("{path}: no netlist beside it\n  help: name one with --netlist"))
    })
}

/// Both must have the same nodes in the same order.
fn same_nodes(first: &Design, second: &Design) -> Result<(), Failure> {
    let (a, b) = (&first.netlist, &second.netlist);
    if a.n_nodes() != b.n_nodes() {
        let (n, m) = (a.n_nodes(), b.n_nodes());
        return Err(Failure::Input(format!("the netlists have {n} and {m} nodes")));
    }
    let other = a.node_ids().find(|&node| a.node_name(node) != b.node_name(node));
    match other {
        None => Ok(()),
        Some(node) => {
            let (one, two) = (a.node_name(node), b.node_name(node));
            let number = node.usize();
            Err(Failure::Input(format!(
                "node {number} is {one:?} in one netlist, {two:?} in the other"
            )))
        }
    }
}

fn table(args: &DiffArgs, design: &Design, found: &Comparison, changes: &[Change]) -> String {
    let Design { netlist, weights, .. } = design;
    let most = if args.top == 0 { changes.len() } else { args.top };
    let name = |change: &Change| netlist.node_name(change.node);
    let wide = changes.iter().take(most).map(|change| name(change).chars().count());
    let wide = wide.max().unwrap_or(0).max(5);
    let head = format!(
        "{:<wide$} {:>10} {:>10} {:>10} {:>9} {:>11} {:>11} {:>11} {:>11}",
        "macro", "dx", "dy", "distance", "flip", "wirelength", "density", "congestion", "proxy"
    );
    let mut lines = vec![head];
    let costs = |cost: &Cost| {
        let Cost { wirelength, density, congestion } = cost;
        let proxy = cost.proxy(weights);
        format!("{wirelength:>+11.6} {density:>+11.6} {congestion:>+11.6} {proxy:>+11.6}")
    };
    for change in changes.iter().take(most) {
        let (dx, dy) = change.shift();
        lines.push(format!(
            "{:<wide$} {dx:>10.3} {dy:>10.3} {:>10.3} {:>9} {}",
            name(change),
            change.distance(),
            flip(change),
            costs(&change.delta)
        ));
    }
    if changes.len() > most {
        lines.push(format!("and {} more (--top 0 lists all)", changes.len() - most));
    }
    let kinds =
        [(Kind::HardMacro, "hard macros"), (Kind::SoftMacro, "soft macros"), (Kind::Port, "ports")];
    let counts =
        kinds.map(|(kind, what)| format!("{} {what}", found.of_kind(netlist, kind).count()));
    lines.push(format!("differ: {}", counts.join(", ")));
    lines.push(format!(
        "{:<wide$} {:>10} {:>10} {:>10} {:>9} {}",
        "total",
        "",
        "",
        "",
        "",
        costs(&found.delta())
    ));
    lines.join("\n")
}

fn flip(change: &Change) -> String {
    match (change.from.placed, change.to.placed) {
        (false, true) => "placed".to_owned(),
        (true, false) => "unplaced".to_owned(),
        _ if change.turned() => format!("{}>{}", change.from.orientation, change.to.orientation),
        _ => String::new(),
    }
}

fn report(args: &DiffArgs, design: &Design, found: &Comparison, changes: &[Change]) -> Value {
    let Design { netlist, weights, .. } = design;
    let place = |place: &Place| {
        json!({
            "x": place.center.x,
            "y": place.center.y,
            "orientation": place.orientation.as_str(),
            "placed": place.placed,
        })
    };
    let entry = |change: &Change| {
        let (dx, dy) = change.shift();
        json!({
            "node": netlist.node_name(change.node),
            "kind": kind(netlist, change),
            "dx": dx,
            "dy": dy,
            "distance": change.distance(),
            "from": place(&change.from),
            "to": place(&change.to),
            "delta": CostReport::new(&change.delta, weights),
        })
    };
    json!({
        "schema": output::SCHEMA,
        "first": args.first,
        "second": args.second,
        "equal": found.changes.is_empty(),
        "differ": found.changes.len(),
        "weights": WeightsReport::from(weights),
        "cost": {
            "first": CostReport::new(&found.before, weights),
            "second": CostReport::new(&found.after, weights),
            "delta": CostReport::new(&found.delta(), weights),
        },
        "changes": changes.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn kind(netlist: &Netlist, change: &Change) -> &'static str {
    match netlist.kind(change.node) {
        Kind::HardMacro => "hard",
        Kind::SoftMacro => "soft",
        Kind::Port => "port",
        Kind::StdCell => "cell",
    }
}

/// An edge from the old place to the new one for every node, the new area, and the cost of it, in
/// the coordinates of the files.
fn markers(design: &Design, found: &Comparison) -> Vec<u8> {
    let Design { netlist, placement, weights, name, .. } = design;
    let item = |change: &Change| {
        let title = netlist.node_name(change.node).to_owned();
        let delta = change.delta.proxy(weights);
        lyrdb::Item {
            important: netlist.kind(change.node) == Kind::HardMacro,
            comment: Some(format!("{title} {} proxy {delta:+.6}", flip(change))),
            values: vec![
                lyrdb::Value::Edge(
                    design.point_in_files(change.from.center),
                    design.point_in_files(change.to.center),
                ),
                lyrdb::Value::Box(design.rect_in_files(placement.rect(netlist, change.node))),
                lyrdb::Value::Text(title),
                lyrdb::Value::Float(change.distance()),
            ],
            ..lyrdb::Item::default()
        }
    };
    let moved = lyrdb::Category {
        name: "moved".to_owned(),
        description: "nodes that two placements have in different places".to_owned(),
        items: found.changes.iter().map(item).collect(),
        ..lyrdb::Category::default()
    };
    lyrdb::write(&lyrdb::Report {
        description: format!("differences of two placements of {name}"),
        generator: format!("flagstone {}", env!("CARGO_PKG_VERSION")),
        top_cell: name.clone(),
        categories: vec![moved],
    })
}
