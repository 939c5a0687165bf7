//! Heat maps: which there are, and the picture of one.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use flagstone_report::HeatMap;
use serde::{Deserialize, Serialize};

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
}

impl MapKind {
    /// All maps, in the order that the key goes through them.
    pub const ALL: [MapKind; 7] = [
        Self::Density,
        Self::Rudy,
        Self::Horizontal,
        Self::Vertical,
        Self::Congestion,
        Self::Pins,
        Self::Mask,
    ];

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
        }
    }
}

/// The texture of the map shown, and what it was made from.
#[derive(Default)]
pub struct HeatTexture {
    made_from: Option<((u64, usize), (f64, f64))>,
    texture: Option<TextureHandle>,
}

impl HeatTexture {
    /// The texture of a map, made anew where its version or the range changed.
    pub fn of(
        &mut self,
        ctx: &Context,
        map: &HeatMap,
        version: (u64, usize),
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

/// The color of a value of a map.
pub fn color_of(value: f64, (least, most): (f64, f64)) -> egui::Color32 {
    let span = if most > least { most - least } else { 1.0 };
    theme::heat((value - least) / span)
}
