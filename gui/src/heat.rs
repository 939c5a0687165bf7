//! Heat maps: which there are, and the picture of one.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use flagstone_netlist::NodeId;
use flagstone_report::HeatMap;
use serde::{Deserialize, Serialize};

use crate::layers::Layer;
use crate::session::Session;
use crate::state::State;
use crate::theme;

/// What a heat map shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MapKind {
    /// Covered share of each cell, as the density cost counts it.
    #[default]
    Density,
    /// Wire spread evenly over the box of each net.
    Rudy,
    /// Horizontal demand over supply, as the congestion cost counts it.
    Horizontal,
    /// Vertical demand over supply, as the congestion cost counts it.
    Vertical,
    /// The larger of both.
    Congestion,
    /// Pins per area.
    Pins,
    /// Cells where the selected hard macro may go.
    Mask,
    /// How likely the policy is to put the selected hard macro on each cell.
    Probability,
    /// The policy's logits for it.
    Logits,
    /// The cells that are legal in its turn, the later macros not being there.
    Turn,
}

impl MapKind {
    /// All maps, in the order that the key goes through them.
    pub const ALL: [MapKind; 10] = [
        Self::Density,
        Self::Rudy,
        Self::Horizontal,
        Self::Vertical,
        Self::Congestion,
        Self::Pins,
        Self::Mask,
        Self::Probability,
        Self::Logits,
        Self::Turn,
    ];

    /// Whether it is what the policy says.
    pub fn is_of_policy(self) -> bool {
        matches!(self, Self::Probability | Self::Logits | Self::Turn)
    }

    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Density => "Density",
            Self::Rudy => "RUDY",
            Self::Horizontal => "Congestion, horizontal",
            Self::Vertical => "Congestion, vertical",
            Self::Congestion => "Congestion, larger of both",
            Self::Pins => "Pin density",
            Self::Mask => "Legal cells of the selection",
            Self::Probability => "Policy, probabilities",
            Self::Logits => "Policy, logits",
            Self::Turn => "Policy, legal cells",
        }
    }

    /// What it means.
    pub fn about(self) -> &'static str {
        match self {
            Self::Density => "Covered share of each grid cell, as the density cost counts it.",
            Self::Rudy => "Wire per area: each net's half perimeter spread evenly over its box.",
            Self::Horizontal => "Horizontal routing demand over supply, as the cost counts it.",
            Self::Vertical => "Vertical routing demand over supply, as the cost counts it.",
            Self::Congestion => "The larger of horizontal and vertical congestion.",
            Self::Pins => "Pins per µm².",
            Self::Mask => "1 where the selected hard macro may be centered, else 0.",
            Self::Probability => {
                "How likely the shipped policy is to choose each cell in its turn."
            }
            Self::Logits => "What the shipped policy gives each legal cell before normalizing.",
            Self::Turn => "1 on cells that are legal in its turn, the later macros not there yet.",
        }
    }
}

/// A map on the canvas.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The map.
    pub map: &'a HeatMap,
    /// What a person calls it.
    pub name: &'a str,
    /// Values of the first and the last color.
    pub range: (f64, f64),
    /// What it was made from.
    pub version: Version,
}

/// What a map was made from: a state of the placement, a kind of map, the macro it is about and the
/// gap around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Version {
    state: u64,
    kind: Option<MapKind>,
    node: Option<NodeId>,
    spacing: f64,
}

/// The map on the canvas, if there is one: a recording's own, the analysis' or the policy's.
pub fn shown<'a>(session: &'a Session, state: &State) -> Option<Shown<'a>> {
    let heat = &state.settings.heat;
    if let Some(replay) = &session.replay {
        let map = replay.heat()?;
        let state = replay.version();
        let version = Version { state, kind: None, node: None, spacing: 0.0 };
        return Some(Shown { map, name: replay.thought().name(), range: map.range, version });
    }
    let blinked = session.compare.as_ref().is_some_and(|compare| compare.blinked);
    if blinked || !state.settings.layers.visible(Layer::HeatMap) {
        return None;
    }
    let (map, version) = session.heat_map(heat.kind)?;
    let range = heat.range.unwrap_or(map.range);
    Some(Shown { map, name: heat.kind.name(), range, version })
}

impl Session {
    /// The last map of a kind that was worked out.
    pub fn heat_map(&self, kind: MapKind) -> Option<(&HeatMap, Version)> {
        if kind.is_of_policy() {
            let advice = self.advice.as_ref()?.as_ref().ok()?;
            let (state, node, spacing) = (advice.generation, Some(advice.node), advice.spacing);
            return Some((advice.map(kind)?, Version { state, kind: Some(kind), node, spacing }));
        }
        let analysis = self.analysis.as_ref()?;
        let (state, node, spacing) = (analysis.generation, analysis.mask_for, analysis.spacing);
        Some((analysis.map(kind)?, Version { state, kind: Some(kind), node, spacing }))
    }
}

/// The texture of the map shown, and what it was made from.
#[derive(Default)]
pub struct HeatTexture {
    made_from: Option<(Version, (f64, f64))>,
    texture: Option<TextureHandle>,
}

impl HeatTexture {
    /// The texture of a map, made anew where its version or the range changed.
    pub fn of(
        &mut self,
        ctx: &Context,
        map: &HeatMap,
        version: Version,
        range: (f64, f64),
    ) -> Option<egui::TextureId> {
        let key = (version, range);
        if self.made_from != Some(key) {
            self.made_from = Some(key);
            let image = picture(map, range);
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::NEAREST),
                None => {
                    let made = ctx.load_texture("heat map", image, TextureOptions::NEAREST);
                    self.texture = Some(made);
                }
            }
        }
        self.texture.as_ref().map(TextureHandle::id)
    }
}

/// One pixel a cell, the top row first.
fn picture(map: &HeatMap, range: (f64, f64)) -> ColorImage {
    let shown = HeatMap { range, ..map.clone() };
    let size = [map.grid.columns as usize, map.grid.rows as usize];
    ColorImage::from_rgba_unmultiplied(size, &shown.rgba())
}

/// A value of a map whose values span a range, with as many digits as tell neighbors apart.
pub fn number(value: f64, span: f64) -> String {
    let digits = if span >= 1.0 {
        2
    } else if span >= 0.1 {
        3
    } else {
        5
    };
    format!("{value:.digits$}")
}

/// The color of a value of a map.
pub fn color_of(value: f64, (least, most): (f64, f64)) -> egui::Color32 {
    let span = if most > least { most - least } else { 1.0 };
    theme::heat((value - least) / span)
}
