//! The canvas as it is drawn: meshes of the sheets, the heat map under them, and what changes with
//! the pointer over them.

use std::sync::Arc;

use egui::{
    Align2, Color32, FontId, Mesh, Painter, Pos2, Rect as ScreenRect, Shape, Stroke, StrokeKind,
    pos2, vec2,
};
use flagstone_geom::{Point, Rect};
use flagstone_netlist::{Kind, NodeId};
use flagstone_report::HeatMap;
use flagstone_report::scene::layers::{self, short_name};
use flagstone_report::scene::{LayerId, Line, Style, connections};

use crate::board::{Board, Sheet};
use crate::camera::Camera;
use crate::canvas::CanvasData;
use crate::compare::{self, Compare, Side};
use crate::coverage::Coverage;
use crate::heat::{HeatTexture, color_of};
use crate::layers::Layer;
use crate::mesh::{self, Cached, Frame, Look};
use crate::ruler::Ruler;
use crate::theme::{self, Palette};

/// What a mesh of a sheet depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    frame: Frame,
    version: (u64, usize),
    dark: bool,
    strength: f32,
    marks: bool,
    bright: u64,
    without: Vec<NodeId>,
}

/// Nodes that keep their strength while the rest is dimmed.
#[derive(Default)]
struct Focus {
    made_for: (u64, Vec<NodeId>),
    version: u64,
    bright: Option<Vec<bool>>,
}

/// Everything kept between frames for drawing.
pub struct Painting {
    meshes: [Cached<Key>; 4],
    coverage: [Coverage; 4],
    heat: HeatTexture,
    focus: Focus,
    flylines: Cached<FlyKey>,
}

type FlyKey = (Frame, (u64, usize), Vec<NodeId>, Option<usize>, bool, bool);

impl Painting {
    /// Starts the threads of the coverage pictures.
    pub fn new(ctx: &egui::Context) -> Self {
        let coverage = || {
            let ctx = ctx.clone();
            Coverage::new(move || ctx.request_repaint())
        };
        Self {
            meshes: Default::default(),
            coverage: std::array::from_fn(|_| coverage()),
            heat: HeatTexture::default(),
            focus: Focus::default(),
            flylines: Cached::default(),
        }
    }

    /// Whether pictures are being made.
    pub fn busy(&self) -> bool {
        self.coverage.iter().any(Coverage::busy)
    }

    /// Blocks until they are there.
    pub fn wait(&mut self, ctx: &egui::Context) {
        self.coverage.iter_mut().for_each(|coverage| coverage.wait(ctx));
    }

    /// Draws everything, back to front.
    pub fn draw(
        &mut self,
        painter: &Painter,
        camera: Camera,
        view: ScreenRect,
        data: &CanvasData<'_>,
        hovered: Option<NodeId>,
    ) {
        let frame = Frame { camera, view, pixels_per_point: painter.pixels_per_point() };
        let dark = painter.ctx().theme() == egui::Theme::Dark;
        let palette = theme::palette(dark);
        painter.rect_filled(view, 0.0, palette.desk);
        let settings = &data.state.settings;
        let on = |layer| settings.layers.visible(layer);
        let sheet = data.session.design.canvas.rect();
        let area = frame.rect(&sheet);
        painter.rect_filled(area, 0.0, palette.fill(Style::Canvas));
        let wanted = on(Layer::HeatMap) || data.session.replay.is_some();
        let heat = wanted && self.heat_map(painter, &frame, data);
        if on(Layer::Grid) && !heat {
            grid(painter, &frame, data, palette);
        }
        let outline = palette.line(Style::Canvas);
        painter.rect_stroke(area, 0.0, outline, StrokeKind::Outside);
        if on(Layer::Blockages) {
            for blockage in &data.session.design.canvas.blockages {
                let rect = frame.rect(&blockage.rect);
                painter.rect_filled(rect, 0.0, palette.fill(Style::Blockage));
                painter.rect_stroke(rect, 0.0, palette.line(Style::Blockage), StrokeKind::Inside);
            }
        }
        self.sheets(painter, &frame, data, heat);
        if on(Layer::Pins) {
            pins(painter, &frame, data, palette);
        }
        self.lines(painter, &frame, data, dark);
        highlights(painter, &frame, data, palette);
        violations(painter, &frame, data, palette);
        reviewed(painter, &frame, data, palette);
        dragged(painter, &frame, data, palette);
        if on(Layer::Names) {
            names(painter, &frame, data, palette);
        }
        if let Some(node) = hovered {
            outline_node(painter, &frame, data, node, palette.line(Style::Hovered));
        }
        for ruler in &data.session.rulers {
            self::ruler(painter, camera, view, ruler);
        }
    }

    /// The colors of the chosen map; says whether there is one.
    fn heat_map(&mut self, painter: &Painter, frame: &Frame, data: &CanvasData<'_>) -> bool {
        let heat = &data.state.settings.heat;
        let Some((map, range, version)) = heat_of(data) else { return false };
        let Some(texture) = self.heat.of(painter.ctx(), map, version, range) else {
            return false;
        };
        let canvas = data.session.design.canvas.rect();
        let area = frame.camera.screen_rect(&canvas, frame.view);
        let whole = ScreenRect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let tint = Color32::WHITE.gamma_multiply(heat.opacity);
        painter.image(texture, area, whole, tint);
        let cell_width = map.grid.cell_width() * frame.camera.scale;
        if heat.numbers && cell_width >= f64::from(heat.numbers_from) {
            let window = frame.window();
            for cell in 0..map.grid.n_cells() {
                let rect = map.grid.cell_rect(cell);
                if rect.intersection(&window).is_none() {
                    continue;
                }
                let at = frame.camera.screen_from_world(rect.center(), frame.view);
                let value = map.values[cell];
                let color = theme::text_on(color_of(value, range));
                let text = format!("{value:.2}");
                painter.text(at, Align2::CENTER_CENTER, text, FontId::monospace(11.0), color);
            }
        }
        true
    }

    /// Soft macros, hard macros, ports: as meshes, or as pictures where there are too many.
    fn sheets(&mut self, painter: &Painter, frame: &Frame, data: &CanvasData<'_>, heat: bool) {
        let session = data.session;
        let settings = &data.state.settings;
        let dark = painter.ctx().theme() == egui::Theme::Dark;
        let palette = theme::palette(dark);
        let (board, _) = data.shown();
        let version = version(data);
        self.focus.update(data);
        let without = session.drag.as_ref().map_or(&[][..], |drag| &drag.nodes);
        let layers = [Layer::Soft, Layer::Hard, Layer::Fixed, Layer::Ports];
        let window = frame.window();
        for (k, sheet) in board.sheets().into_iter().enumerate() {
            if !settings.layers.visible(layers[k]) || sheet.layer.blocks.is_empty() {
                continue;
            }
            if settings.layers.visible(Layer::Halos) && settings.halo > 0.0 && k > 0 && k < 3 {
                halos(painter, frame, sheet, settings.halo, palette);
            }
            // A heat map is read through the macros, which keep their outlines.
            let strength = match (heat, k) {
                (false, _) => 1.0,
                (true, 0) => 0.0,
                (true, _) => 0.1,
            };
            if is_crowded(sheet, &window, frame, data) {
                let style = sheet.layer.blocks[0].style;
                let color = palette.fill(style).gamma_multiply(strength);
                let scale = frame.camera.scale;
                let ctx = painter.ctx();
                let coverage = &mut self.coverage[k];
                let shown = coverage.show(ctx, sheet, &window, scale, version.0, color);
                if let Some((rect, texture)) = shown {
                    let area = frame.camera.screen_rect(&rect, frame.view);
                    let whole = ScreenRect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                    painter.image(texture, area, whole, Color32::WHITE);
                }
                continue;
            }
            let look = Look {
                palette,
                detail: &settings.detail,
                strength,
                bright: self.focus.bright.as_deref(),
                without,
                marks: settings.layers.visible(Layer::Marks),
            };
            let key = Key {
                frame: *frame,
                version,
                dark,
                strength,
                marks: look.marks,
                bright: self.focus.version,
                without: without.to_vec(),
            };
            let mesh = self.meshes[k].get(key, || mesh::blocks(sheet, frame, &look));
            painter.add(Shape::Mesh(mesh));
        }
    }

    /// Bundles and flylines.
    fn lines(&mut self, painter: &Painter, frame: &Frame, data: &CanvasData<'_>, dark: bool) {
        let settings = &data.state.settings;
        let session = data.session;
        let bundles = settings.layers.visible(Layer::Bundles).then_some(settings.bundles);
        let selected: &[NodeId] =
            if settings.layers.visible(Layer::Flylines) { session.selection.nodes() } else { &[] };
        let moving = session.drag.is_some();
        let key = (*frame, version(data), selected.to_vec(), bundles, dark, moving);
        let placement = if moving { session.engine.placement() } else { &**data.shown().1 };
        let palette = theme::palette(dark);
        let make = || {
            let mut lines: Vec<Line> = Vec::new();
            if let Some(most) = bundles {
                lines.extend(session.bundles.layer(placement, most).lines);
            }
            lines.extend(connections::of_nodes(session.netlist(), placement, selected).lines);
            let mut mesh = Mesh::default();
            for line in &lines {
                add_line(&mut mesh, line, frame, palette);
            }
            (mesh, lines.len())
        };
        let mesh = if moving { Arc::new(make().0) } else { self.flylines.get(key, make) };
        painter.add(Shape::Mesh(mesh));
    }
}

/// The map to draw, its range, and what it was made from.
type HeatDrawn<'a> = (&'a HeatMap, (f64, f64), (u64, usize));

/// The map to draw, if there is one. A recording has its own; the analysis is
/// one of the session's placement.
fn heat_of<'a>(data: &'a CanvasData<'_>) -> Option<HeatDrawn<'a>> {
    let session = data.session;
    if let Some(replay) = &session.replay {
        let map = replay.heat()?;
        return Some((map, map.range, (replay.version(), usize::MAX)));
    }
    let blinked = session.compare.as_ref().is_some_and(|compare| compare.blinked);
    let analysis = session.analysis.as_ref().filter(|_| !data.other && !blinked)?;
    let heat = &data.state.settings.heat;
    let map = analysis.map(heat.kind)?;
    Some((map, heat.range.unwrap_or(map.range), (analysis.generation, heat.kind as usize)))
}

/// Counts everything that changes blocks: edits, and placements shown by a tool.
fn version(data: &CanvasData<'_>) -> (u64, usize) {
    let placement = Arc::as_ptr(data.shown().1) as usize;
    if data.other || data.session.compare.as_ref().is_some_and(|compare| compare.blinked) {
        return (u64::MAX, placement);
    }
    if let Some(replay) = &data.session.replay {
        return (replay.version(), usize::MAX);
    }
    let run = data.session.run.as_ref();
    let shown =
        run.and_then(|run| run.shown.as_ref()).map_or(0, |shown| Arc::as_ptr(&shown.1) as usize);
    (data.session.generation, shown)
}

/// Whether a sheet is better drawn as a picture.
fn is_crowded(sheet: &Arc<Sheet>, window: &Rect, frame: &Frame, data: &CanvasData<'_>) -> bool {
    /// A few tiny objects are quickly drawn.
    const FEW: usize = 5000;
    let detail = &data.state.settings.detail;
    let n = sheet.buckets.count(window);
    let side = sheet.mean_side * frame.camera.scale * f64::from(frame.pixels_per_point);
    n > detail.most_objects || (n > FEW && side < f64::from(detail.object_from))
}

impl Focus {
    /// Works out which nodes are connected to the selection, where that is asked for.
    fn update(&mut self, data: &CanvasData<'_>) {
        let selection = data.session.selection.nodes();
        let wanted = data.state.settings.focus && !selection.is_empty();
        let made_for = (u64::from(wanted), if wanted { selection.to_vec() } else { Vec::new() });
        if made_for == self.made_for {
            return;
        }
        self.version += 1;
        self.made_for = made_for;
        self.bright = wanted.then(|| {
            let netlist = data.session.netlist();
            let mut bright = vec![false; netlist.n_nodes()];
            for &node in selection {
                bright[node.usize()] = true;
                for &net in netlist.node_nets.row(node) {
                    for &pin in netlist.net_pins.row(net) {
                        bright[netlist.pins.node[pin.usize()].usize()] = true;
                    }
                }
            }
            bright
        });
    }
}

fn grid(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    /// Points between two lines below which they would be a haze.
    const LEAST: f64 = 6.0;
    let canvas = &data.session.design.canvas;
    let grid = canvas.grid();
    if grid.cell_width().min(grid.cell_height()) * frame.camera.scale < LEAST {
        return;
    }
    let area = frame.rect(&canvas.rect());
    let stroke = palette.line(Style::Grid);
    for line in layers::grid(canvas).lines {
        let from = frame.camera.screen_from_world(line.from, frame.view);
        if line.from.x == line.to.x {
            painter.vline(from.x.round(), area.y_range(), stroke);
        } else {
            painter.hline(area.x_range(), from.y.round(), stroke);
        }
    }
}

fn halos(painter: &Painter, frame: &Frame, sheet: &Sheet, halo: f64, palette: &Palette) {
    let mut mesh = Mesh::default();
    sheet.buckets.visit(&frame.window().grown(halo, halo), |row| {
        let rect = sheet.layer.blocks[row as usize].rect.grown(halo, halo);
        mesh.add_colored_rect(frame.rect(&rect), palette.halo);
    });
    painter.add(Shape::mesh(mesh));
}

fn add_line(mesh: &mut Mesh, line: &Line, frame: &Frame, palette: &Palette) {
    let stroke = palette.line(line.style);
    let at = |p: Point| frame.camera.screen_from_world(p, frame.view);
    let (a, b) = (at(line.from), at(line.to));
    if !frame.view.intersects(ScreenRect::from_two_pos(a, b).expand(1.0)) {
        return;
    }
    let along = (b - a).normalized();
    let side = vec2(-along.y, along.x) * (stroke.width * line.weight).max(0.7) / 2.0;
    let first = mesh.vertices.len() as u32;
    for point in [a + side, a - side, b - side, b + side] {
        mesh.colored_vertex(point, stroke.color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

fn pins(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    const SIDE: f64 = 3.0;
    let (board, placement) = data.shown();
    let netlist = data.session.netlist();
    let mut mesh = Mesh::default();
    let least = f64::from(data.state.settings.detail.pins_from);
    let color = palette.fill(Style::Pin);
    let side = SIDE / frame.camera.scale;
    let visible = board.inside(&frame.window(), &[LayerId::Hard, LayerId::Fixed]);
    for node in visible {
        let (width, height) = netlist.size(node);
        if width.min(height) * frame.camera.scale < least {
            continue;
        }
        for &pin in netlist.node_pins.row(node) {
            let rect = Rect::centered(placement.pin(netlist, pin), side, side);
            mesh.add_colored_rect(frame.rect(&rect), color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// What a recording's step moved; the placement compared with.
fn reviewed(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    let session = data.session;
    if let Some(replay) = &session.replay {
        for node in replay.outlined(&session.design) {
            outline_node(painter, frame, data, node, palette.line(Style::Selected));
        }
    }
    let over = |compare: &&Compare| compare.side == Side::Over && !compare.blinked && !data.other;
    if let Some(compare) = session.compare.as_ref().filter(over) {
        compare::draw(painter, frame, compare, palette);
    }
}

fn outline_node(
    painter: &Painter,
    frame: &Frame,
    data: &CanvasData<'_>,
    node: NodeId,
    stroke: Stroke,
) {
    let rect = shown_rect(data, node);
    painter.rect_stroke(frame.rect(&rect).expand(1.0), 0.0, stroke, StrokeKind::Outside);
}

/// Where a node is drawn: a port as its square, a dragged macro where the pointer has it.
fn shown_rect(data: &CanvasData<'_>, node: NodeId) -> Rect {
    let session = data.session;
    let placement =
        if session.drag.is_some() { session.engine.placement() } else { &**data.shown().1 };
    if session.netlist().kind(node) == Kind::Port {
        let canvas = &session.design.canvas;
        let side = canvas.width.max(canvas.height) / 160.0;
        return Rect::centered(placement.center(node), side, side);
    }
    placement.rect(session.netlist(), node)
}

fn highlights(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    for (group, nodes) in data.session.groups.nodes.iter().enumerate() {
        let style = Style::group(group);
        for &node in nodes {
            let rect = frame.rect(&shown_rect(data, node));
            painter.rect_filled(rect, 0.0, palette.fill(style));
            painter.rect_stroke(rect, 0.0, palette.line(style), StrokeKind::Inside);
        }
    }
    let line = palette.line(Style::Selected);
    let window = frame.window();
    let mut mesh = Mesh::default();
    for node in data.session.selection.iter() {
        let rect = shown_rect(data, node);
        if rect.intersection(&window).is_some() {
            let rect = frame.rect(&rect).expand(line.width);
            mesh::outline(&mut mesh, rect, line.width, line.color);
        }
    }
    painter.add(Shape::mesh(mesh));
}

fn violations(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    if !data.session.idle() || data.other {
        return;
    }
    for marker in crate::markers::illegal(data.session) {
        let rect = frame.rect(&marker.rect);
        painter.rect_filled(rect, 0.0, palette.fill(Style::Marker));
        painter.rect_stroke(rect, 0.0, palette.line(Style::Marker), StrokeKind::Inside);
    }
}

/// The macros that follow the pointer, red where they would be illegal, and where they come from.
fn dragged(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    let Some(drag) = &data.session.drag else { return };
    let session = data.session;
    for (&node, &illegal) in drag.nodes.iter().zip(&drag.illegal) {
        let was = session.placement.rect(session.netlist(), node);
        let ghost = palette.line(Style::Ghost);
        painter.rect_stroke(frame.rect(&was), 0.0, ghost, StrokeKind::Inside);
        let rect = frame.rect(&shown_rect(data, node));
        let style = match session.netlist().kind(node) {
            Kind::HardMacro => Style::Hard,
            _ => Style::Soft,
        };
        let fill = if illegal { palette.illegal.gamma_multiply(0.6) } else { palette.fill(style) };
        painter.rect_filled(rect, 0.0, fill);
        let color = if illegal { palette.illegal } else { palette.stroke(Style::Selected) };
        painter.rect_stroke(rect, 0.0, Stroke::new(2.0, color), StrokeKind::Inside);
    }
}

/// Names of hard macros and their orientation, the largest first.
fn names(painter: &Painter, frame: &Frame, data: &CanvasData<'_>, palette: &Palette) {
    const LINE: f32 = 13.0;
    const LETTER: f32 = 6.6;
    let session = data.session;
    let (board, placement): (&Board, _) = data.shown();
    let netlist = session.netlist();
    let detail = &data.state.settings.detail;
    let mut shown: Vec<(ScreenRect, NodeId)> = board
        .inside(&frame.window(), &[LayerId::Hard, LayerId::Fixed])
        .into_iter()
        .filter(|&node| session.drag.as_ref().is_none_or(|drag| !drag.nodes.contains(&node)))
        .map(|node| (frame.rect(&placement.rect(netlist, node)), node))
        .filter(|(rect, _)| rect.width() >= detail.label_from && rect.height() >= LINE + 2.0)
        .collect();
    shown.sort_by(|a, b| b.0.area().total_cmp(&a.0.area()).then(a.1.cmp(&b.1)));
    shown.truncate(detail.most_labels);
    for (rect, node) in shown {
        let room = ((rect.width() - 6.0) / LETTER) as usize;
        let font = FontId::monospace(11.0);
        let name = ending(short_name(netlist.node_name(node)), room);
        let two = rect.height() >= 2.0 * LINE + 4.0;
        let at = rect.center() - vec2(0.0, if two { LINE / 2.0 } else { 0.0 });
        let painter = painter.with_clip_rect(rect.intersect(frame.view));
        painter.text(at, Align2::CENTER_CENTER, name, font.clone(), palette.label);
        if two {
            let letters = placement.orientation[node.usize()].as_str();
            let at = at + vec2(0.0, LINE);
            painter.text(at, Align2::CENTER_CENTER, letters, font, palette.label);
        }
    }
}

/// The end of a name, which is what tells siblings apart.
pub(crate) fn ending(name: &str, room: usize) -> String {
    let n = name.chars().count();
    if n <= room {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(n + 1 - room.max(1)).collect();
    format!("…{tail}")
}

/// The box drawn with the pointer.
pub fn rubber_band(painter: &Painter, rect: ScreenRect) {
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let color = palette.curve;
    painter.rect_filled(rect, 0.0, color.gamma_multiply(0.15));
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, color), StrokeKind::Inside);
}

/// A ruler with its text.
pub fn ruler(painter: &Painter, camera: Camera, view: ScreenRect, ruler: &Ruler) {
    let palette = theme::palette(painter.ctx().theme() == egui::Theme::Dark);
    let (from, to) =
        (camera.screen_from_world(ruler.from, view), camera.screen_from_world(ruler.to, view));
    let stroke = Stroke::new(1.5, palette.ruler);
    painter.line_segment([from, to], stroke);
    for end in [from, to] {
        painter.circle_filled(end, 3.0, palette.ruler);
    }
    plate(painter, from + (to - from) / 2.0, &ruler.text(), palette.ruler, palette);
}

/// Text on a plate, so that it reads on anything.
pub fn plate(painter: &Painter, at: Pos2, text: &str, color: Color32, palette: &Palette) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(12.0), color);
    let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand(3.0), 3.0, palette.plate);
    painter.galley(rect.min, galley, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(ending("i_sram_data_12", 20), "i_sram_data_12");
        assert_eq!(ending("i_sram_data_12", 6), "…ta_12");
        assert_eq!(ending("é12", 2), "…2");
    }
}
