use flagstone_cluster::unfold;
use flagstone_formats::bookshelf::{
    self, Design as Files, Direction, FileNet, Fixed, Mark, Row, Subrow, Terminal,
};
use flagstone_geom::Point;
use flagstone_netlist::{Builder, Kind, Netlist, Node, Pin, PinId, Placement};

use crate::{Design, Error};

/// Rows that a canvas without standard cells gets, at least.
const LEAST_ROWS: f64 = 20.0;

/// The files of a design: those it came from with its placement, or new ones.
///
/// # Errors
/// If a name cannot stand in such a file.
pub fn to_bookshelf(design: &Design, stem: &str) -> Result<bookshelf::Files, Error> {
    let fresh;
    let files = match &design.bookshelf {
        Some(source) if source.netlist.n_nodes() == design.netlist.n_nodes() => {
            fresh = Files { placement: design.placement.clone(), ..(**source).clone() };
            &fresh
        }
        _ => {
            fresh = new(design);
            &fresh
        }
    };
    bookshelf::write(files, stem).map_err(|error| Error::Files(error.to_string()))
}

/// Where everything is, as a `.pl`. Where the cells of Bookshelf files were clustered it is one of
/// those files' nodes: macros have their places, cells that of their soft macro's centre.
///
/// # Errors
/// If a name cannot stand in such a file.
pub fn to_pl(design: &Design) -> Result<String, Error> {
    let (Some(source), Some(groups)) = (&design.bookshelf, &design.groups) else {
        return Ok(to_bookshelf(design, "design")?.pl);
    };
    let unfolded = unfold(&source.netlist, groups, &design.netlist, &design.placement);
    let mut placement =
        unfolded.map_err(|error| Error::Cluster { name: design.name.clone(), source: error })?;
    placement.fixed.clone_from(&source.placement.fixed);
    bookshelf::write_pl(source, &placement).map_err(|error| Error::Files(error.to_string()))
}

/// A design that came from another format. Soft macros become macros, which the format does not
/// tell from hard ones; those lower than a row read as cells.
fn new(design: &Design) -> Files {
    let Design { netlist, placement, canvas, origin, .. } = design;
    let (rebuilt, nets, directions) = by_nets(netlist);
    let row_height = row_height(netlist, canvas.height);
    let placed: Vec<bool> = placement.placed.clone();
    Files {
        placement: Placement { placed, ..placement.clone() },
        marks: marks(netlist, placement),
        pl_order: netlist.node_ids().collect(),
        origin: Point::new(origin.0, origin.1),
        size: (canvas.width, canvas.height),
        row_height,
        rows: rows(design, row_height),
        netlist: rebuilt,
        nets,
        directions,
    }
}

/// The same netlist with pins of its own for every net, in the order of the nets.
fn by_nets(netlist: &Netlist) -> (Netlist, Vec<FileNet>, Vec<Direction>) {
    let mut builder = Builder::new();
    for node in netlist.node_ids() {
        let (width, height) = netlist.size(node);
        let orientation = netlist.nodes.orientation[node.usize()];
        let (kind, name) = (netlist.kind(node), netlist.node_name(node));
        builder.node(Node { kind, name, width, height, orientation, ..Node::default() });
    }
    let (mut nets, mut directions) = (Vec::new(), Vec::new());
    for (net, pins) in netlist.net_ids().zip(netlist.net_pins.rows()) {
        let first = directions.len();
        let weight = netlist.nets.weight[net.usize()];
        for (place, &pin) in pins.iter().enumerate() {
            let own = &netlist.pins;
            let weight = if place == 0 { weight } else { 1.0 };
            let (node, dx, dy) = (own.node[pin.usize()], own.dx[pin.usize()], own.dy[pin.usize()]);
            builder.pin(Pin { node, dx, dy, weight, ..Pin::default() });
            directions.push(if place == 0 { Direction::Output } else { Direction::Input });
        }
        let row = first as u32..directions.len() as u32;
        let ids: Vec<PinId> = (first..directions.len()).map(PinId::from_usize).collect();
        builder.net(ids[0], &ids[1..]);
        nets.push(FileNet { name: Some(format!("n{}", net.usize()).into()), pins: row });
    }
    (builder.build(), nets, directions)
}

fn marks(netlist: &Netlist, placement: &Placement) -> Vec<Mark> {
    let mark = |node: flagstone_netlist::NodeId| {
        let (width, height) = netlist.size(node);
        let port = netlist.kind(node) == Kind::Port;
        let terminal = if port { Terminal::Yes } else { Terminal::No };
        let fixed = if placement.fixed[node.usize()] && !port { Fixed::Yes } else { Fixed::No };
        Mark { width, height, terminal, fixed }
    };
    netlist.node_ids().map(mark).collect()
}

/// That of the standard cells, else one that is lower than every macro: what is not higher than a
/// row is read as a cell.
fn row_height(netlist: &Netlist, canvas_height: f64) -> f64 {
    let heights = |macros: bool| {
        let nodes = netlist.node_ids().filter(move |&node| match netlist.kind(node) {
            Kind::StdCell => !macros,
            Kind::HardMacro | Kind::SoftMacro => macros,
            Kind::Port => false,
        });
        nodes.map(|node| netlist.size(node).1).filter(|&height| height > 0.0)
    };
    let cells = heights(false).reduce(f64::max);
    let macros = heights(true).reduce(f64::min);
    let lower = macros.map_or(canvas_height, |height| height / 2.0);
    cells.unwrap_or(lower.min(canvas_height / LEAST_ROWS))
}

/// Rows that cover the canvas exactly.
fn rows(design: &Design, row_height: f64) -> Vec<Row> {
    /// Rows of one file; a canvas of more gets higher ones.
    const MOST: f64 = 20_000.0;
    let canvas = &design.canvas;
    let n = (canvas.height / row_height).ceil().clamp(1.0, MOST);
    // Not above the height asked for, so that nothing changes its kind.
    let height = canvas.height / n;
    let row = |k: usize| Row {
        y: design.origin.1 + height * k as f64,
        height,
        site_width: canvas.width,
        site_spacing: canvas.width,
        subrows: vec![Subrow { x: design.origin.0, sites: 1.0 }],
        ..Row::default()
    };
    (0..n as usize).map(row).collect()
}
