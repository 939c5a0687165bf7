//! The window that asks for a file: browsing folders, typing a name.

use std::path::{Path, PathBuf};

use egui::{Button, Context, Key, ScrollArea, TextEdit, Window};

use crate::command::Command;
use crate::native;

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Opening a design.
    Open,
    /// Saving the placement.
    Save,
    /// Saving the markers.
    Markers,
    /// Saving the heat map.
    HeatMap,
    /// Showing a recording.
    Recording,
    /// Comparing with a placement.
    Compare,
    /// Writing a picture.
    Picture,
    /// Writing a film.
    Film,
}

/// What the window remembers while it is open.
#[derive(Default)]
pub struct FilesState {
    open: Option<Purpose>,
    folder: PathBuf,
    entries: Vec<(PathBuf, bool)>,
    chosen: Vec<PathBuf>,
    /// The name typed.
    pub name: String,
    fresh: bool,
    /// A file that is there already and will be replaced if that is said again.
    replacing: Option<PathBuf>,
}

impl Purpose {
    /// Whether a file is written.
    fn saves(self) -> bool {
        !matches!(self, Self::Open | Self::Recording | Self::Compare)
    }
}

impl FilesState {
    /// Opens the window in a folder, with a name proposed.
    pub fn ask(&mut self, purpose: Purpose, folder: &Path, name: &str) {
        self.open = Some(purpose);
        self.name = name.to_owned();
        self.fresh = true;
        self.replacing = None;
        self.enter(folder);
    }

    /// Whether the window is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes the window.
    pub fn close(&mut self) {
        self.open = None;
    }

    fn enter(&mut self, folder: &Path) {
        self.folder = folder.to_owned();
        self.entries = native::list(folder);
        self.chosen.clear();
    }

    /// The file that is meant.
    fn path(&self) -> PathBuf {
        self.folder.join(self.name.trim())
    }

    /// Whether a file would be replaced without that having been said; asks for it.
    fn must_ask(&mut self, purpose: Purpose) -> bool {
        let path = self.path();
        let asked = self.replacing.as_ref() == Some(&path);
        let named = !self.name.trim().is_empty();
        let asks = purpose.saves() && named && !asked && native::exists(&path);
        self.replacing = asks.then_some(path);
        asks
    }

    fn command(&self, purpose: Purpose) -> Option<Command> {
        if purpose == Purpose::Open {
            let typed = self.path();
            let files = match self.chosen.is_empty() {
                true => vec![typed],
                false => self.chosen.clone(),
            };
            return Some(Command::Open(files));
        }
        if self.name.trim().is_empty() {
            return None;
        }
        let path = self.path();
        Some(match purpose {
            Purpose::Markers => Command::SaveMarkers(path),
            Purpose::HeatMap => Command::SaveHeatMap(path),
            Purpose::Recording => Command::OpenRecording(path),
            Purpose::Compare => Command::Compare(path),
            Purpose::Picture => Command::ExportPicture(path),
            Purpose::Film => Command::ExportFilm(path),
            Purpose::Save | Purpose::Open => Command::SaveAs(path),
        })
    }
}

/// The window.
pub fn ui(panel: &mut FilesState, ctx: &Context) -> Option<Command> {
    let purpose = panel.open?;
    let title = match purpose {
        Purpose::Open => "Open a design",
        Purpose::Save => "Save the placement",
        Purpose::Markers => "Save the markers",
        Purpose::HeatMap => "Save the heat map",
        Purpose::Recording => "Open a recording",
        Purpose::Compare => "Compare with a placement",
        Purpose::Picture => "Export a picture",
        Purpose::Film => "Export a film",
    };
    let mut keep_open = true;
    let mut done = false;
    let mut enter = None;
    let window = Window::new(title).open(&mut keep_open).collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        ui.set_width(560.0);
        ui.horizontal(|ui| {
            if ui.button("Up").clicked() {
                enter = panel.folder.parent().map(PathBuf::from);
            }
            ui.add(egui::Label::new(panel.folder.display().to_string()).truncate());
        });
        let height = ui.spacing().interact_size.y;
        let area = ScrollArea::vertical().max_height(320.0).auto_shrink(false);
        area.show_rows(ui, height, panel.entries.len(), |ui, rows| {
            for (path, is_folder) in &panel.entries[rows] {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let text = if *is_folder { format!("{name}/") } else { name.to_string() };
                let chosen = panel.chosen.contains(path);
                let row = ui.add(Button::selectable(chosen, text).truncate());
                if row.double_clicked() && !*is_folder && !purpose.saves() {
                    panel.chosen = vec![path.clone()];
                    done = true;
                } else if row.clicked() && *is_folder {
                    enter = Some(path.clone());
                } else if row.clicked() {
                    panel.name = name.to_string();
                    let several = ui.input(|input| input.modifiers.command);
                    if !several || purpose != Purpose::Open {
                        panel.chosen.clear();
                    }
                    panel.chosen.push(path.clone());
                }
            }
        });
        let edit = ui.add(TextEdit::singleline(&mut panel.name).desired_width(f32::INFINITY));
        let edit = edit.accessible_name("File name");
        if edit.changed() {
            panel.chosen.clear();
        }
        if std::mem::take(&mut panel.fresh) {
            edit.request_focus();
        }
        done |= edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let hint = match purpose {
            Purpose::Open => {
                "A netlist, a folder with one, or a run folder; Ctrl+click adds files."
            }
            Purpose::Save => "The end of the name says the format.",
            Purpose::Markers => ".lyrdb",
            Purpose::HeatMap => ".csv or .lyimg",
            Purpose::Recording => "What `flagstone place --record` wrote for this design.",
            Purpose::Compare => "A .plc of this design.",
            Purpose::Picture => ".png or .svg",
            Purpose::Film => ".gif or .apng; .png for this step alone",
        };
        ui.weak(hint);
        let replaces = panel.replacing.as_ref() == Some(&panel.path());
        if replaces {
            let text = format!("{} is there already.", panel.name.trim());
            ui.colored_label(ui.visuals().warn_fg_color, text);
        }
        ui.horizontal(|ui| {
            let verb = match (purpose.saves(), replaces) {
                (true, true) => "Replace",
                (true, false) => "Save",
                (false, _) => "Open",
            };
            done |= ui.button(verb).clicked();
            if purpose == Purpose::Open && ui.button("Open this folder").clicked() {
                panel.chosen = vec![panel.folder.clone()];
                done = true;
            }
        });
    });
    if let Some(folder) = enter {
        panel.enter(&folder);
    }
    if !keep_open {
        panel.close();
    }
    if done && !panel.must_ask(purpose) {
        let command = panel.command(purpose);
        if command.is_some() {
            panel.close();
        }
        return command;
    }
    None
}
