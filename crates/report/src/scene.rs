use flagstone_geom::{Orientation, Point, Rect};
use flagstone_netlist::{Canvas, Kind, Netlist, NodeId, Placement, macro_graph};

/// How a shape looks; the renderer's style sheet gives it colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    /// The area to place on.
    Canvas,
    /// A grid line.
    Grid,
    /// A heat-map cell, from 0 (cold) to 1 (hot).
    Heat(f64),
    /// A soft macro.
    Soft,
    /// A hard macro.
    Hard,
    /// A hard macro that must stay.
    Fixed,
    /// The cut corner that shows a macro's orientation.
    Mark,
    /// A port.
    Port,
    /// An area to keep free.
    Blockage,
    /// A connection between two macros; 1 is the heaviest.
    Flyline(f64),
}

/// Something to draw, in µm with y upwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle, with a title where it has a name.
    Rect {
        /// Its area.
        rect: Rect,
        /// Its look.
        style: Style,
        /// What a reader sees when pointing at it.
        title: Option<String>,
    },
    /// A closed polygon.
    Polygon {
        /// Its corners.
        points: Vec<Point>,
        /// Its look.
        style: Style,
    },
    /// A straight line.
    Line {
        /// One end.
        from: Point,
        /// The other end.
        to: Point,
        /// Its look.
        style: Style,
    },
    /// A label that fits in a box.
    Label {
        /// The box.
        within: Rect,
        /// The text.
        text: String,
    },
}

/// Shapes that belong together and can be hidden together.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Name, also the id of its SVG group.
    pub name: &'static str,
    /// Its shapes, back to front.
    pub shapes: Vec<Shape>,
}

/// A map of values on a grid over the canvas, row by row from the bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// What the values are.
    pub name: String,
    /// Columns of the grid.
    pub columns: usize,
    /// The values.
    pub values: Vec<f64>,
}

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SceneOptions {
    /// Number of heaviest macro-to-macro connections to draw.
    pub flylines: usize,
    /// A heat map under the macros.
    pub heat_map: Option<HeatMap>,
    /// A line of text above the canvas.
    pub title: String,
}

/// A draw list, back to front.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width of the canvas in µm.
    pub width: f64,
    /// Height of the canvas in µm.
    pub height: f64,
    /// A line of text above the canvas.
    pub title: String,
    /// Name, lowest and highest value of the heat map.
    pub legend: Option<(String, f64, f64)>,
    /// Layers, back to front.
    pub layers: Vec<Layer>,
}

impl Scene {
    /// Describes a placement.
    pub fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        options: &SceneOptions,
    ) -> Self {
        let mut layers =
            vec![Layer { name: "canvas", shapes: vec![plain(canvas.rect(), Style::Canvas)] }];
        let legend = options.heat_map.as_ref().map(|map| {
            let (least, most) = range(&map.values);
            layers.push(Layer { name: "heatmap", shapes: heat(canvas, map, least, most) });
            (map.name.clone(), least, most)
        });
        if legend.is_none() {
            layers.push(Layer { name: "grid", shapes: grid_lines(canvas) });
        }
        let blocked = canvas.blockages.iter().map(|b| plain(b.rect, Style::Blockage));
        layers.push(Layer { name: "blockages", shapes: blocked.collect() });
        let soft = netlist.nodes_of(Kind::SoftMacro);
        let soft = soft.map(|node| titled(netlist, placement, node, Style::Soft));
        layers.push(Layer { name: "soft", shapes: soft.collect() });
        layers.push(Layer { name: "hard", shapes: hard(netlist, placement) });
        layers.push(Layer {
            name: "flylines",
            shapes: flylines(netlist, placement, options.flylines),
        });
        layers.push(Layer { name: "ports", shapes: ports(netlist, canvas, placement) });
        layers.push(Layer { name: "labels", shapes: labels(netlist, placement) });
        let (width, height) = (canvas.width, canvas.height);
        Self { width, height, title: options.title.clone(), legend, layers }
    }
}

fn plain(rect: Rect, style: Style) -> Shape {
    Shape::Rect { rect, style, title: None }
}

fn titled(netlist: &Netlist, placement: &Placement, node: NodeId, style: Style) -> Shape {
    let rect = placement.rect(netlist, node);
    let orientation = placement.orientation[node.usize()];
    let name = netlist.node_name(node);
    let title = format!("{name} {:.2}×{:.2} µm {orientation}", rect.width(), rect.height());
    Shape::Rect { rect, style, title: Some(title) }
}

fn hard(netlist: &Netlist, placement: &Placement) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for node in netlist.nodes_of(Kind::HardMacro) {
        let style = if placement.fixed[node.usize()] { Style::Fixed } else { Style::Hard };
        shapes.push(titled(netlist, placement, node, style));
        let points = corner(placement.rect(netlist, node), placement.orientation[node.usize()]);
        shapes.push(Shape::Polygon { points, style: Style::Mark });
    }
    shapes
}

/// A triangle in the corner that is the lower left one in orientation `N`.
fn corner(rect: Rect, orientation: Orientation) -> Vec<Point> {
    let (sx, sy) = orientation.apply(-1.0, -1.0);
    let center = rect.center();
    let at = Point::new(center.x + sx * rect.width() / 2.0, center.y + sy * rect.height() / 2.0);
    let size = 0.28 * rect.width().min(rect.height());
    vec![at, Point::new(at.x - sx * size, at.y), Point::new(at.x, at.y - sy * size)]
}

fn grid_lines(canvas: &Canvas) -> Vec<Shape> {
    let grid = canvas.grid();
    let line = |from, to| Shape::Line { from, to, style: Style::Grid };
    let columns = (1..grid.columns).map(|column| {
        let x = f64::from(column) * grid.cell_width();
        line(Point::new(x, 0.0), Point::new(x, canvas.height))
    });
    let rows = (1..grid.rows).map(|row| {
        let y = f64::from(row) * grid.cell_height();
        line(Point::new(0.0, y), Point::new(canvas.width, y))
    });
    columns.chain(rows).collect()
}

fn range(values: &[f64]) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let most = finite().fold(0.0, f64::max);
    (finite().fold(most, f64::min).min(0.0), most)
}

fn heat(canvas: &Canvas, map: &HeatMap, least: f64, most: f64) -> Vec<Shape> {
    let columns = map.columns.max(1);
    let rows = map.values.len() / columns;
    let (width, height) = (canvas.width / columns as f64, canvas.height / rows.max(1) as f64);
    let scale = if most > least { most - least } else { 1.0 };
    let cell = |(cell, &value): (usize, &f64)| {
        let (x, y) = ((cell % columns) as f64 * width, (cell / columns) as f64 * height);
        let rect = Rect { x0: x, y0: y, x1: x + width, y1: y + height };
        plain(rect, Style::Heat(((value - least) / scale).clamp(0.0, 1.0)))
    };
    map.values.iter().enumerate().map(cell).collect()
}

fn ports(netlist: &Netlist, canvas: &Canvas, placement: &Placement) -> Vec<Shape> {
    let size = canvas.width.max(canvas.height) / 160.0;
    let port = |node| Shape::Rect {
        rect: Rect::centered(placement.center(node), size, size),
        style: Style::Port,
        title: Some(netlist.node_name(node).to_owned()),
    };
    netlist.nodes_of(Kind::Port).map(port).collect()
}

fn flylines(netlist: &Netlist, placement: &Placement, most: usize) -> Vec<Shape> {
    if most == 0 {
        return Vec::new();
    }
    let graph = macro_graph(netlist);
    let mut ties: Vec<(f64, NodeId, NodeId)> = graph
        .edge_indices()
        .filter_map(|edge| {
            let (a, b) = graph.edge_endpoints(edge)?;
            let (a, b) = (graph[a], graph[b]);
            let hard = |node| netlist.kind(node) == Kind::HardMacro;
            (a != b && (hard(a) || hard(b))).then_some((graph[edge], a, b))
        })
        .collect();
    ties.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let heaviest = ties.first().map_or(1.0, |tie| tie.0);
    ties.truncate(most);
    let line = |(weight, a, b): (f64, NodeId, NodeId)| Shape::Line {
        from: placement.center(a),
        to: placement.center(b),
        style: Style::Flyline(weight / heaviest),
    };
    ties.into_iter().map(line).collect()
}

/// The last part of each hard macro's name, which is what tells siblings apart.
fn labels(netlist: &Netlist, placement: &Placement) -> Vec<Shape> {
    const MOST: usize = 500;
    let label = |node: NodeId| {
        let name = netlist.node_name(node);
        let short = name.rsplit('/').next().unwrap_or(name);
        Shape::Label { within: placement.rect(netlist, node), text: short.to_owned() }
    };
    netlist.nodes_of(Kind::HardMacro).take(MOST).map(label).collect()
}
