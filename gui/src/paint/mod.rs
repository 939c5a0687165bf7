//! The canvas as it is drawn: meshes of the sheets, the heat map under them, and what changes with
//! the pointer over them.

mod focus;
mod lines;
mod marks;
mod text;

use std::sync::Arc;

use egui::{Color32, Mesh, Painter, Rect as ScreenRect, Shape, StrokeKind, pos2};
use flagstone_geom::Rect;
use flagstone_netlist::NodeId;
use flagstone_report::scene::{Line, Style, connections};

use crate::board::Sheet;
use crate::camera::Camera;
use crate::canvas::CanvasData;
use crate::coverage::Coverage;
use crate::heat::{self, HeatTexture};
use crate::layers::Layer;
use crate::mesh::{self, Cached, Frame, Look};
use crate::theme;

use self::focus::Focus;

pub use self::text::{plate, rubber_band, ruler};

/// What a mesh of a sheet depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    frame: Frame,
    version: u64,
    dark: bool,
    strength: f32,
    marks: bool,
    bright: u64,
    without: Vec<NodeId>,
}

/// Everything kept between frames for drawing.
pub struct Painting {
    meshes: [Cached<Key>; 4],
    coverage: [Coverage; 4],
    heat: HeatTexture,
    focus: Focus,
    flylines: Cached<FlyKey>,
}

type FlyKey = (Frame, u64, Vec<NodeId>, Option<usize>, bool, bool);

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
        let (heat, numbers) = self.heat_map(painter, &frame, data);
        if on(Layer::Grid) && !heat {
            lines::grid(painter, &frame, data, palette);
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
            marks::pins(painter, &frame, data, palette);
        }
        self.lines(painter, &frame, data, dark);
        marks::highlights(painter, &frame, data, palette);
        marks::violations(painter, &frame, data, palette);
        marks::reviewed(painter, &frame, data, palette);
        if heat {
            marks::advised(painter, &frame, data, palette);
        }
        marks::dragged(painter, &frame, data, palette);
        // Two texts on one another cannot be read.
        if on(Layer::Names) && !numbers {
            text::names(painter, &frame, data, palette, heat);
        }
        if let Some(node) = hovered {
            marks::outline_node(painter, &frame, data, node, palette.line(Style::Hovered));
        }
        for ruler in &data.session.rulers {
            text::ruler(painter, camera, view, ruler);
        }
    }

    /// The colors of the chosen map; says whether there is one, and whether its numbers are shown.
    fn heat_map(
        &mut self,
        painter: &Painter,
        frame: &Frame,
        data: &CanvasData<'_>,
    ) -> (bool, bool) {
        let heat = &data.state.settings.heat;
        let Some(heat::Shown { map, range, version, .. }) =
            heat::shown(data.session, data.state).filter(|_| !data.other)
        else {
            return (false, false);
        };
        let Some(texture) = self.heat.of(painter.ctx(), map, version, range) else {
            return (false, false);
        };
        let canvas = data.session.design.canvas.rect();
        let area = frame.camera.screen_rect(&canvas, frame.view);
        let whole = ScreenRect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let tint = Color32::WHITE.gamma_multiply(heat.opacity);
        painter.image(texture, area, whole, tint);
        let cell_width = map.grid.cell_width() * frame.camera.scale;
        let numbers = heat.numbers && cell_width >= f64::from(heat.numbers_from);
        if numbers {
            text::values(painter, frame, map, range);
        }
        (true, numbers)
    }

    /// Soft macros, hard macros, ports: as meshes, or as pictures where there are too many.
    fn sheets(&mut self, painter: &Painter, frame: &Frame, data: &CanvasData<'_>, heat: bool) {
        let session = data.session;
        let settings = &data.state.settings;
        let dark = painter.ctx().theme() == egui::Theme::Dark;
        let palette = theme::palette(dark);
        let (board, _) = data.shown();
        self.focus.update(data);
        let without = session.drag.as_ref().map_or(&[][..], |drag| &drag.nodes);
        let layers = [Layer::Soft, Layer::Hard, Layer::Fixed, Layer::Ports];
        let window = frame.window();
        for (k, sheet) in board.sheets().into_iter().enumerate() {
            if !settings.layers.visible(layers[k]) || sheet.is_empty() {
                continue;
            }
            if settings.layers.visible(Layer::Halos) && settings.halo > 0.0 && k > 0 && k < 3 {
                lines::halos(painter, frame, sheet, settings.halo, palette);
            }
            // A heat map is read through the macros, which keep their outlines.
            let strength = match (heat, k) {
                (false, _) => 1.0,
                (true, 0) => 0.0,
                (true, _) => 0.1,
            };
            if is_crowded(sheet, &window, frame, data) {
                let style = sheet.block(0).style;
                let color = palette.fill(style).gamma_multiply(strength);
                let scale = frame.camera.scale;
                let ctx = painter.ctx();
                let coverage = &mut self.coverage[k];
                let shown = coverage.show(ctx, sheet, &window, scale, color);
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
                version: sheet.version,
                dark,
                strength,
                marks: look.marks,
                bright: self.focus.version,
                without: without.to_vec(),
            };
            let mesh = self.meshes[k].get(key, |mesh| mesh::blocks(sheet, frame, &look, mesh));
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
        let version = data.shown().0.version();
        let key = (*frame, version, selected.to_vec(), bundles, dark, moving);
        let placement = if moving { session.engine.placement() } else { &**data.shown().1 };
        let palette = theme::palette(dark);
        let make = |mut mesh: Mesh| {
            let mut lines: Vec<Line> = Vec::new();
            if let Some(most) = bundles {
                lines.extend(session.bundles.layer(placement, most).lines);
            }
            lines.extend(connections::of_nodes(session.netlist(), placement, selected).lines);
            for line in &lines {
                lines::add_line(&mut mesh, line, frame, palette);
            }
            (mesh, lines.len())
        };
        let mesh =
            if moving { Arc::new(make(Mesh::default()).0) } else { self.flylines.get(key, make) };
        painter.add(Shape::Mesh(mesh));
    }
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
