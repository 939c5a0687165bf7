//! The layers of the canvas: which are drawn, which can be picked.

use serde::{Deserialize, Serialize};

/// Something that can be shown and hidden by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// The colours of the chosen heat map.
    HeatMap,
    /// Lines between grid cells.
    Grid,
    /// Areas to keep free.
    Blockages,
    /// Soft macros and single standard cells.
    Soft,
    /// The spacing kept around hard macros.
    Halos,
    /// Hard macros that may move.
    Hard,
    /// Hard macros that must stay.
    Fixed,
    /// The corner that shows a macro's orientation, and its letters.
    Marks,
    /// Pins of hard macros.
    Pins,
    /// Ports.
    Ports,
    /// Lines from what is selected to what it is connected to.
    Flylines,
    /// The heaviest connections between macros.
    Bundles,
    /// Names of macros.
    Names,
}

impl Layer {
    /// All layers, back to front.
    pub const ALL: [Layer; 13] = [
        Self::HeatMap,
        Self::Grid,
        Self::Blockages,
        Self::Soft,
        Self::Halos,
        Self::Hard,
        Self::Fixed,
        Self::Marks,
        Self::Pins,
        Self::Ports,
        Self::Flylines,
        Self::Bundles,
        Self::Names,
    ];

    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::HeatMap => "Heat map",
            Self::Grid => "Grid",
            Self::Blockages => "Blockages",
            Self::Soft => "Soft macros, cells",
            Self::Halos => "Halos",
            Self::Hard => "Hard macros",
            Self::Fixed => "Fixed macros",
            Self::Marks => "Orientation marks",
            Self::Pins => "Pins",
            Self::Ports => "Ports",
            Self::Flylines => "Flylines",
            Self::Bundles => "Bundled nets",
            Self::Names => "Names",
        }
    }

    /// Whether its objects can be picked at all.
    pub fn has_objects(self) -> bool {
        matches!(self, Self::Soft | Self::Hard | Self::Fixed | Self::Ports)
    }
}

/// What is drawn and what can be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layers {
    visible: [bool; Layer::ALL.len()],
    selectable: [bool; Layer::ALL.len()],
}

impl Default for Layers {
    fn default() -> Self {
        let mut layers =
            Self { visible: [true; Layer::ALL.len()], selectable: [true; Layer::ALL.len()] };
        for layer in [Layer::HeatMap, Layer::Halos, Layer::Bundles] {
            layers.set_visible(layer, false);
        }
        layers
    }
}

impl Layers {
    /// Whether a layer is drawn.
    pub fn visible(&self, layer: Layer) -> bool {
        self.visible[layer as usize]
    }

    /// Shows or hides a layer.
    pub fn set_visible(&mut self, layer: Layer, visible: bool) {
        self.visible[layer as usize] = visible;
    }

    /// Whether the objects of a layer can be picked: it must be drawn, too.
    pub fn selectable(&self, layer: Layer) -> bool {
        self.visible(layer) && self.selectable[layer as usize]
    }

    /// Whether the objects of a layer could be picked if it were drawn.
    pub fn pickable(&self, layer: Layer) -> bool {
        self.selectable[layer as usize]
    }

    /// Allows or forbids picking the objects of a layer.
    pub fn set_selectable(&mut self, layer: Layer, selectable: bool) {
        self.selectable[layer as usize] = selectable;
    }

    /// Shows the layers given, with their objects selectable, and nothing else.
    pub fn only(shown: &[Layer]) -> Self {
        let visible = Layer::ALL.map(|layer| shown.contains(&layer));
        Self { visible, selectable: [true; Layer::ALL.len()] }
    }
}

/// Named choices of layers.
pub const PRESETS: [(&str, &[Layer]); 3] = [
    (
        "Macros",
        &[Layer::Blockages, Layer::Hard, Layer::Fixed, Layer::Marks, Layer::Ports, Layer::Names],
    ),
    (
        "Wires",
        &[Layer::Hard, Layer::Fixed, Layer::Pins, Layer::Ports, Layer::Flylines, Layer::Bundles],
    ),
    ("Heat", &[Layer::HeatMap, Layer::Hard, Layer::Fixed, Layer::Marks, Layer::Blockages]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_listed_in_the_order_of_their_numbers() {
        for (k, layer) in Layer::ALL.into_iter().enumerate() {
            assert_eq!(layer as usize, k);
        }
    }

    #[test]
    fn what_is_hidden_cannot_be_picked() {
        let mut layers = Layers::default();
        assert!(layers.selectable(Layer::Hard));
        layers.set_visible(Layer::Hard, false);
        assert!(!layers.selectable(Layer::Hard));
    }
}
