//! What is remembered from one start to the next. What belongs to a design is in `session.rs`.

use std::path::PathBuf;

use egui::ThemePreference;
use serde::{Deserialize, Serialize};

use crate::heat::MapKind;
use crate::layers::Layers;

/// Designs that the list of recent ones holds.
const MOST_RECENT: usize = 12;

/// A tab of the left panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what it shows")]
pub enum LeftTab {
    #[default]
    Layers,
    Find,
    Groups,
    History,
}

/// A tab of the right panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what it shows")]
pub enum RightTab {
    Inspector,
    #[default]
    Cost,
    Heat,
    Markers,
    Tools,
    Compare,
}

/// How a heat map is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeatSettings {
    /// Which map.
    pub kind: MapKind,
    /// Values of the first and last colour; those of the map itself where not given.
    pub range: Option<(f64, f64)>,
    /// How much of what lies under it is covered, 0 to 1.
    pub opacity: f32,
    /// Whether cells larger than `numbers_from` show their value.
    pub numbers: bool,
    /// Width of a cell in points from which on numbers are shown.
    pub numbers_from: f32,
}

impl Default for HeatSettings {
    fn default() -> Self {
        Self {
            kind: MapKind::Density,
            range: None,
            opacity: 0.85,
            numbers: true,
            numbers_from: 40.0,
        }
    }
}

/// From which sizes on things are drawn, in points, and how many of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Least side of a macro that gets an outline.
    pub outline_from: f32,
    /// Least side of a macro that gets an orientation mark.
    pub mark_from: f32,
    /// Least side of a macro that shows its pins.
    pub pins_from: f32,
    /// Least width of a macro that shows its name.
    pub label_from: f32,
    /// Names drawn at once, the largest macros first.
    pub most_labels: usize,
    /// Objects of a layer that are drawn one by one; more of them become a coverage picture.
    pub most_objects: usize,
    /// Mean side of an object below which its layer becomes a coverage picture.
    pub object_from: f32,
    /// Distance to the pointer at which an object is still picked.
    pub pick_within: f32,
}

impl Default for Detail {
    fn default() -> Self {
        Self {
            outline_from: 4.0,
            mark_from: 5.0,
            pins_from: 60.0,
            label_from: 40.0,
            most_labels: 500,
            most_objects: 100_000,
            object_from: 1.0,
            pick_within: 4.0,
        }
    }
}

/// What the settings panels change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: ThemePreference,
    /// Size of everything, 1 is normal.
    pub zoom: f32,
    /// What is drawn.
    pub layers: Layers,
    /// The heat map.
    pub heat: HeatSettings,
    /// Heaviest connections between macros that are drawn.
    pub bundles: usize,
    /// Whether what is not connected to the selection is dimmed.
    pub focus: bool,
    /// Whether dragged macros snap to the centers of grid cells.
    pub snap: bool,
    /// Gap kept between hard macros, µm.
    pub halo: f64,
    /// The `flagstone` program that places with a policy and trains; the one installed beside the
    /// viewer, or found on the path, where none is named.
    pub program: Option<PathBuf>,
    /// Whether the status bar shows the time of a frame.
    pub frame_time: bool,
    /// Level of detail.
    pub detail: Detail,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemePreference::System,
            zoom: 1.0,
            layers: Layers::default(),
            heat: HeatSettings::default(),
            bundles: 60,
            focus: false,
            snap: true,
            halo: 0.0,
            program: None,
            frame_time: false,
            detail: Detail::default(),
        }
    }
}

/// Everything that is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What the settings panels change.
    pub settings: Settings,
    /// Designs opened before, the latest first; each a list of files.
    pub recent: Vec<Vec<PathBuf>>,
    /// Folder of the last file opened or saved.
    pub folder: Option<PathBuf>,
    /// Whether the left panel is open.
    pub left: bool,
    /// Whether the right panel is open.
    pub right: bool,
    /// Tab of the left panel.
    pub left_tab: LeftTab,
    /// Tab of the right panel.
    pub right_tab: RightTab,
}

impl Default for State {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            recent: Vec::new(),
            folder: None,
            left: true,
            right: true,
            left_tab: LeftTab::default(),
            right_tab: RightTab::default(),
        }
    }
}

impl State {
    /// Puts a design at the head of the recent ones.
    pub fn opened(&mut self, files: &[PathBuf]) {
        self.recent.retain(|other| other != files);
        self.recent.insert(0, files.to_vec());
        self.recent.truncate(MOST_RECENT);
        self.folder = files.first().and_then(|file| file.parent()).map(PathBuf::from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_designs_are_listed_once_and_the_latest_first() {
        let mut state = State::default();
        let files = |name: &str| vec![PathBuf::from(name)];
        for name in ["a", "b", "a"] {
            state.opened(&files(name));
        }
        assert_eq!(state.recent, [files("a"), files("b")]);
    }
}
