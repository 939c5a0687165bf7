//! Pictures and films of what is open, made beside the window from the shared draw list.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{ColorImage, Context, DragValue, Window};
use flagstone_geom::Rect;
use flagstone_netlist::{Canvas, Netlist, Placement};
use flagstone_report::film::{Film, FilmLook, write_apng, write_gif};
use flagstone_report::{
    Group, HeatMap, Look, Ramp, Scene, SceneOptions, Theme, encode_png, pixels, png, svg,
};

use crate::command::{Action, Command};
use crate::exports::Exports;
use crate::heat;
use crate::layers::Layer;
use crate::session::Session;
use crate::state::State;

/// Most pictures in a film.
const MOST_FRAMES: usize = 300;

/// What the window asks, and remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportState {
    /// Whether the window is open.
    pub open: bool,
    /// Width in pixels.
    pub pixels: u32,
    /// Colours; an SVG without follows its reader.
    pub theme: Option<Theme>,
    /// Whether the ground is left clear.
    pub transparent: bool,
    /// Whether only the part on the screen is drawn.
    pub view_only: bool,
    /// Whether title, legend and margins are drawn.
    pub framed: bool,
}

impl Default for ExportState {
    fn default() -> Self {
        Self {
            open: false,
            pixels: 1600,
            theme: Some(Theme::Light),
            transparent: false,
            view_only: false,
            framed: true,
        }
    }
}

/// The window; asks for a file once all is chosen.
pub fn ui(state: &mut ExportState, ctx: &Context) -> Option<Command> {
    if !state.open {
        return None;
    }
    let (mut keep_open, mut save, mut copy) = (true, false, false);
    let window = Window::new("Export picture").open(&mut keep_open).collapsible(false);
    window.resizable(false).anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        ui.horizontal(|ui| {
            let width = DragValue::new(&mut state.pixels).range(16..=16_384).suffix(" pixels");
            ui.add(width).on_hover_text("Width of a PNG");
            ui.label("wide");
        });
        ui.horizontal(|ui| {
            ui.radio_value(&mut state.theme, Some(Theme::Light), "Light");
            ui.radio_value(&mut state.theme, Some(Theme::Dark), "Dark");
            ui.radio_value(&mut state.theme, None, "As the reader has it (SVG)");
        });
        ui.checkbox(&mut state.transparent, "Clear background");
        ui.checkbox(&mut state.view_only, "Only what the window shows");
        ui.checkbox(&mut state.framed, "Title, legend and margins");
        ui.horizontal(|ui| {
            save = ui.button("Choose a file…").clicked();
            copy = ui.button("Copy").on_hover_text("To the clipboard").clicked();
        });
    });
    state.open = keep_open && !save && !copy;
    if copy {
        return Some(Command::Do(Action::CopyPicture));
    }
    save.then_some(Command::AskForPicture)
}

/// What the window shows now, to be drawn beside it.
pub struct Picture {
    netlist: Arc<Netlist>,
    canvas: Arc<Canvas>,
    placement: Arc<Placement>,
    options: SceneOptions,
}

impl Picture {
    /// What the window shows now.
    pub fn new(session: &Session, state: &State) -> Self {
        let settings = &state.settings;
        let on = |layer| settings.layers.visible(layer);
        let groups = &session.groups.nodes;
        let used = groups.iter().rposition(|nodes| !nodes.is_empty()).map_or(0, |last| last + 1);
        let group = |k: usize| Group { name: format!("group {}", k + 1), nodes: groups[k].clone() };
        let overlaid = session.compare.as_ref().filter(|compare| !compare.blinked);
        let options = SceneOptions {
            title: title(session),
            heat_map: heat_map(session, state),
            flylines: if on(Layer::Bundles) { settings.bundles } else { 0 },
            selected: session.selection.nodes().to_vec(),
            groups: (0..used).map(group).collect(),
            against: overlaid.map(|compare| (*compare.shown().1).clone()),
            markers: Vec::new(),
            labels: on(Layer::Names),
            pins: on(Layer::Pins),
        };
        Self {
            netlist: Arc::clone(session.netlist()),
            canvas: Arc::clone(&session.design.canvas),
            placement: Arc::clone(session.shown().1),
            options,
        }
    }

    /// The picture for the clipboard.
    ///
    /// # Errors
    /// A size that cannot be drawn.
    pub fn image(&self, look: &Look) -> Result<ColorImage, String> {
        let drawn = pixels(&self.scene(), look).map_err(|error| error.to_string())?;
        let size = [drawn.width as usize, drawn.height as usize];
        Ok(ColorImage::from_rgba_unmultiplied(size, &drawn.rgba))
    }

    fn scene(&self) -> Scene {
        Scene::new(&self.netlist, &self.canvas, &self.placement, &self.options)
    }

    /// The picture in the format that a name asks for.
    ///
    /// # Errors
    /// A name that says nothing about the format; a size that cannot be drawn.
    pub fn draw(&self, look: &Look, path: &Path) -> Result<Vec<u8>, String> {
        let scene = self.scene();
        let name = path.to_string_lossy().to_lowercase();
        if name.ends_with(".svg") {
            return Ok(svg(&scene, look));
        }
        if name.ends_with(".png") {
            return png(&scene, look).map_err(|error| error.to_string());
        }
        Err("the name must end in .png or .svg".to_owned())
    }
}

fn title(session: &Session) -> String {
    let design = &session.design;
    let cost = match &session.replay {
        Some(replay) => replay.player().step().cost,
        None => Some(session.cost()),
    };
    let cost = cost.map(|cost| {
        let proxy = cost.proxy(&design.weights);
        let (w, d, c) = (cost.wirelength, cost.density, cost.congestion);
        format!("   |   proxy {proxy:.4}   wirelength {w:.4}   density {d:.4}   congestion {c:.4}")
    });
    format!("{}{}", design.name, cost.unwrap_or_default())
}

fn heat_map(session: &Session, state: &State) -> Option<HeatMap> {
    let shown = heat::shown(session, state)?;
    Some(HeatMap { range: shown.range, ..shown.map.clone() })
}

/// How the picture looks; `view` is the part on the screen.
pub fn look(state: &ExportState, view: Rect) -> Look {
    Look {
        pixels: state.pixels,
        theme: state.theme,
        area: state.view_only.then_some(view),
        transparent: state.transparent,
        framed: state.framed,
    }
}

/// Has the film of the recording that is open made.
pub fn film(exports: &mut Exports, ctx: &Context, session: &Session, dark: bool, path: PathBuf) {
    const WIDTH: u32 = 800;
    let Some(replay) = &session.replay else { return };
    let player = replay.player().clone();
    let (netlist, canvas) = (Arc::clone(session.netlist()), Arc::clone(&session.design.canvas));
    let theme = if dark { Theme::Dark } else { Theme::Light };
    let look = FilmLook { pixels: WIDTH, theme, ramp: Ramp::default(), labels: true };
    let speed = replay.speed();
    let name = path.to_string_lossy().to_lowercase();
    exports.start(ctx, path, move || {
        let at = player.at();
        let mut film = Film::new(&netlist, &canvas, player, look);
        let steps = film.steps(MOST_FRAMES);
        let mut bytes = Vec::new();
        let made = if name.ends_with(".gif") {
            write_gif(&mut bytes, &mut film, &steps, speed, |_| {})
        } else if name.ends_with(".apng") {
            write_apng(&mut bytes, &mut film, &steps, speed, |_| {})
        } else if name.ends_with(".png") {
            let frame = film.frame(at).map_err(|error| error.to_string())?;
            let png = encode_png(&frame.rgba, frame.width, frame.height);
            return png.map_err(|error| error.to_string());
        } else {
            return Err("the name must end in .gif, .apng or .png (this step)".to_owned());
        };
        made.map_err(|error| error.to_string())?;
        Ok(bytes)
    });
}
