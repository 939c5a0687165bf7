use flagstone_cluster::unfold;
use flagstone_formats::bookshelf::{
    self, Design as Files, Direction, FileNet, Fixed, Mark, Row, Subrow, Terminal,
};
use flagstone_geom::Point;
use flagstone_netlist::{Builder, Kind, Netlist, Node, NodeId, Pin, PinId, Placement};

use super::to_gsrc;
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

/// Where everything is, as a `.pl`; of GSRC blocks in their files' orientations. Where the cells of
/// Bookshelf files were clustered it is one of those files' nodes: macros have their places, cells
/// that of their soft macro's centre.
///
/// # Errors
/// If a name cannot stand in such a file.
pub fn to_pl(design: &Design) -> Result<String, Error> {
    if design.gsrc.is_some() {
        return Ok(to_gsrc(design)?.pl);
    }
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
    let marks = marks(netlist, placement);
    let row_height = row_height(netlist, &marks, canvas.height);
    let placed: Vec<bool> = placement.placed.clone();
    Files {
        placement: Placement { placed, ..placement.clone() },
        marks,
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

/// What `.nodes` says. Its sizes are swapped in turned orientations, those of a netlist never.
fn marks(netlist: &Netlist, placement: &Placement) -> Vec<Mark> {
    let mark = |node: NodeId| {
        let (mut width, mut height) = netlist.size(node);
        if placement.placed[node.usize()] && placement.orientation[node.usize()].is_turned() {
            (width, height) = (height, width);
        }
        let port = netlist.kind(node) == Kind::Port;
        let terminal = if port { Terminal::Yes } else { Terminal::No };
        let fixed = if placement.fixed[node.usize()] && !port { Fixed::Yes } else { Fixed::No };
        Mark { width, height, terminal, fixed, ..Mark::default() }
    };
    netlist.node_ids().map(mark).collect()
}

/// That of the standard cells, else one that is lower than every macro: what is not higher than a
/// row is read as a cell.
fn row_height(netlist: &Netlist, marks: &[Mark], canvas_height: f64) -> f64 {
    let heights = |macros: bool| {
        let nodes = netlist.node_ids().filter(move |&node| match netlist.kind(node) {
            Kind::StdCell => !macros,
            Kind::HardMacro | Kind::SoftMacro => macros,
            Kind::Port => false,
        });
        nodes.map(|node| marks[node.usize()].height).filter(|&height| height > 0.0)
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

#[cfg(test)]
mod tests {
    use flagstone_formats::bookshelf::Parts;
    use flagstone_geom::Orientation;
    use flagstone_netlist::Canvas;

    use super::*;

    /// Netlists of other formats never swap width and height, Bookshelf does.
    #[test]
    fn turned_macros_cover_the_same_area_in_bookshelf() {
        let mut builder = Builder::new();
        let shape = Node { width: 40.0, height: 12.0, ..Node::default() };
        let nodes = ["a", "b"].map(|name| builder.node(Node { name, ..shape }));
        let pins =
            nodes.map(|node| builder.pin(Pin { node, dx: 20.0, dy: -3.0, ..Pin::default() }));
        builder.net(pins[0], &pins[1..]);
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        placement.set_center(nodes[0], Point::new(20.0, 6.0));
        placement.set_center(nodes[1], Point::new(60.0, 6.0));
        placement.orientation = vec![Orientation::FW, Orientation::E];
        let canvas = Canvas::new(100.0, 100.0);
        let design = Design::new("x".to_owned(), netlist, canvas, placement);
        let files = to_bookshelf(&design, "x").unwrap();
        let (back, diagnostics) = bookshelf::read(&Parts {
            nodes: files.nodes.as_bytes(),
            nets: files.nets.as_bytes(),
            pl: Some(files.pl.as_bytes()),
            scl: Some(files.scl.as_bytes()),
            wts: None,
        });
        let back = back.unwrap_or_else(|| panic!("{diagnostics:?}"));
        for (node, pin) in nodes.into_iter().zip(pins) {
            assert_eq!(back.netlist.kind(node), Kind::HardMacro);
            let rect = design.placement.rect(&design.netlist, node);
            assert_eq!(back.placement.rect(&back.netlist, node), rect);
            let at = design.placement.pin(&design.netlist, pin);
            assert_eq!(back.placement.pin(&back.netlist, pin), at);
        }
    }
}
