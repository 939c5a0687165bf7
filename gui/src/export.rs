//! Pictures and films of what is open, made beside the window from the shared draw list.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::{Context, DragValue, Window};
use flagstone_geom::Rect;
use flagstone_report::film::{Film, FilmLook, write_apng, write_gif};
use flagstone_report::{
    Group, HeatMap, Look, Ramp, Scene, SceneOptions, Theme, encode_png, png, svg,
};

use crate::command::Command;
use crate::layers::Layer;
use crate::native;
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
    let (mut keep_open, mut save) = (true, false);
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
        save = ui.button("Choose a file…").clicked();
    });
    state.open = keep_open && !save;
    save.then_some(Command::AskForPicture)
}

/// Work beside the window, each on a thread of its own.
pub struct Exports {
    send: Sender<Result<String, String>>,
    answers: Receiver<Result<String, String>>,
    running: usize,
}

impl Default for Exports {
    fn default() -> Self {
        let (send, answers) = channel();
        Self { send, answers, running: 0 }
    }
}

impl Exports {
    /// Makes bytes and writes them to a file; `ctx` is woken at the end.
    pub fn start(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        let (send, ctx) = (self.send.clone(), ctx.clone());
        let name = path.display().to_string();
        let started = native::spawn("export", move || {
            let write = |bytes: Vec<u8>| native::write(&path, &bytes).map_err(|e| e.to_string());
            let name = path.display();
            let result = make().and_then(write);
            let result = result.map(|()| format!("wrote {name}"));
            let result = result.map_err(|error| format!("cannot write {name}: {error}"));
            // A window that is gone wants no answer.
            let _ = send.send(result);
            ctx.request_repaint();
        });
        if started {
            self.running += 1;
        } else {
            let _ = self.send.send(Err(format!("cannot write {name}: no thread for it")));
        }
    }

    /// What ended since the last look.
    pub fn poll(&mut self) -> Vec<Result<String, String>> {
        let ended: Vec<_> = self.answers.try_iter().collect();
        self.running = self.running.saturating_sub(ended.len());
        ended
    }

    /// Whether something is being made.
    pub fn busy(&self) -> bool {
        self.running > 0
    }

    /// Blocks until everything is made; for tests.
    pub fn wait(&mut self) -> Vec<Result<String, String>> {
        let mut ended = Vec::new();
        while self.running > 0 {
            let Ok(answer) = self.answers.recv() else { break };
            self.running -= 1;
            ended.push(answer);
        }
        ended
    }
}

/// What the window shows now as a draw list.
pub fn scene(session: &Session, state: &State) -> Scene {
    let (_, placement) = session.shown();
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
    Scene::new(session.netlist(), &session.design.canvas, placement, &options)
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
    if let Some(replay) = &session.replay {
        return replay.heat().cloned();
    }
    let heat = &state.settings.heat;
    let analysis =
        session.analysis.as_ref().filter(|_| state.settings.layers.visible(Layer::HeatMap))?;
    let map = analysis.map(heat.kind)?;
    Some(HeatMap { range: heat.range.unwrap_or(map.range), ..map.clone() })
}

/// A picture of a scene in the format that a name asks for.
///
/// # Errors
/// A name that says nothing about the format; a size that cannot be drawn.
pub fn picture(scene: &Scene, look: &Look, path: &Path) -> Result<Vec<u8>, String> {
    let name = path.to_string_lossy().to_lowercase();
    if name.ends_with(".svg") {
        return Ok(svg(scene, look));
    }
    if name.ends_with(".png") {
        return png(scene, look).map_err(|error| error.to_string());
    }
    Err("the name must end in .png or .svg".to_owned())
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
