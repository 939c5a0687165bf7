//! What the commands about files do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use egui::Context;
use flagstone_formats::heatmap_csv::{self, Heatmap};
use flagstone_formats::klayout::lyimg;

use crate::app::Viewer;
use crate::command::{Action, Command};
use crate::design::Design;
use crate::exports::Saved;
use crate::files::Purpose;
use crate::tools::Tool;
use crate::{native, theme};

/// How every recording begins.
const RECORDING: &[u8] = b"{\"recording\":\"flagstone\"";

/// Actions on files.
pub(super) fn act(viewer: &mut Viewer, ctx: &Context, action: Action) {
    let Some(session) = &viewer.session else { return };
    let name = session.design.name.clone();
    let folder = viewer.state.folder.clone().unwrap_or_else(native::start_folder);
    let files = &mut viewer.panels.files;
    match action {
        Action::Reload => {
            let files = session.design.files.clone();
            if !files.is_empty() {
                viewer.load(files);
            }
        }
        Action::Save => match session.design.own_placement() {
            Some(path) => save(viewer, ctx, path),
            None => files.ask(Purpose::Save, &folder, &format!("{name}.plc")),
        },
        Action::SaveAs => files.ask(Purpose::Save, &folder, &format!("{name}.plc")),
        Action::SaveMarkers => files.ask(Purpose::Markers, &folder, &format!("{name}.lyrdb")),
        Action::SaveHeatMap => {
            let kind = format!("{:?}", viewer.state.settings.heat.kind).to_lowercase();
            files.ask(Purpose::HeatMap, &folder, &format!("{name}_{kind}.csv"));
        }
        _ => {}
    }
}

pub(super) fn open(viewer: &mut Viewer, ctx: &Context, files: Vec<PathBuf>) {
    let run_log = |folder: &Path| native::exists(&folder.join("log.jsonl"));
    if let [folder] = &files[..]
        && run_log(folder)
    {
        if viewer.session.is_some() {
            super::start(viewer, ctx, Tool::Watch(folder.clone()));
        } else {
            viewer.messages.error("open the design of the run first, then drop the run folder");
        }
        return;
    }
    // A recording is told by its first words; nothing else that can be opened begins like that.
    if let [file] = &files[..]
        && native::read_start(file, RECORDING.len()).is_some_and(|start| start == RECORDING)
    {
        viewer.handle(ctx, Command::OpenRecording(file.clone()));
        return;
    }
    viewer.load(files);
}

/// Has the present placement written.
pub(super) fn save(viewer: &mut Viewer, ctx: &Context, path: PathBuf) {
    let Some(session) = &viewer.session else { return };
    let (design, placement) = (session.design.clone(), Arc::clone(&session.placement));
    let (own, name) = (native::absolute(&path), path.clone());
    let saved = Saved {
        netlist: Arc::clone(session.netlist()),
        placement: Arc::clone(&placement),
        mark: session.history.mark(),
        in_place: design.files.contains(&own),
    };
    // What this program writes itself is no change to tell of.
    let others: Vec<PathBuf> = design.watched().into_iter().filter(|file| *file != own).collect();
    let reads_back = Design::reads_back(&path);
    let make = move || design.write(&placement, &name).map_err(|error| format!("{error:#}"));
    if !reads_back {
        viewer.exports.start(ctx, path, make);
        return;
    }
    viewer.watcher.watch(&others);
    viewer.exports.save(ctx, path, saved, make);
}

impl Viewer {
    /// A placement is on disk, or could not be written.
    pub(crate) fn saved(&mut self, saved: &Saved, written: bool) {
        let Some(session) = &mut self.session else { return };
        if !Arc::ptr_eq(&saved.netlist, session.netlist()) {
            return;
        }
        self.watcher.watch(&session.design.watched());
        if written {
            session.saved = saved.mark;
            if saved.in_place {
                self.on_disk = Arc::clone(&saved.placement);
            }
            self.forget_kept();
        }
    }
}

pub(super) fn heat_map(viewer: &Viewer, path: &Path) -> anyhow::Result<Vec<u8>> {
    let session = viewer.session.as_ref().context("nothing is open")?;
    let heat = &viewer.state.settings.heat;
    let (map, _) = session.heat_map(heat.kind).context("the map is not worked out")?;
    let canvas = &session.design.canvas;
    let name = path.to_string_lossy();
    let (columns, rows) = (map.grid.columns as usize, map.grid.rows as usize);
    if name.ends_with(".csv") {
        let (width, height) = (canvas.width, canvas.height);
        let units = if map.unit.is_empty() { "ratio" } else { &map.unit };
        let map = Heatmap { width, height, columns, units, values: &map.values };
        return Ok(heatmap_csv::list(&map).into_bytes());
    }
    if !name.ends_with(".lyimg") {
        bail!("the name must end in .csv or .lyimg");
    }
    let (min, max) = heat.range.unwrap_or(map.range);
    let colors = theme::heat_stops();
    // An image has a number in every pixel.
    let finite = |&value: &f64| if value.is_finite() { value } else { min };
    let values: Vec<f64> = map.values.iter().map(finite).collect();
    let (area, values) = (canvas.rect(), &values[..]);
    Ok(lyimg::write(&lyimg::Image { area, columns, rows, values, min, max, colors: &colors })?)
}
