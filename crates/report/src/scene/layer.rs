use flagstone_geom::{Point, Rect};
use flagstone_netlist::NodeId;

use crate::{HeatMap, Style};

/// Which layer; their order is the order they are drawn in, back to front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerId {
    /// The area to place on.
    Canvas,
    /// One heat map.
    HeatMap,
    /// Lines of the placement grid.
    Grid,
    /// Areas to keep free.
    Blockages,
    /// Soft macros and single standard cells.
    Soft,
    /// Hard macros that may move.
    Hard,
    /// Hard macros that must stay.
    Fixed,
    /// Ports.
    Ports,
    /// Pins of hard macros.
    Pins,
    /// Outlines of another placement.
    Ghost,
    /// Connections.
    Flylines,
    /// Highlight groups, then the selection.
    Highlight,
    /// From another placement to this one.
    Arrows,
    /// Things found wrong, or worth a look.
    Markers,
    /// Names.
    Labels,
}

impl LayerId {
    /// Every layer, back to front.
    pub const ALL: [Self; 15] = [
        Self::Canvas,
        Self::HeatMap,
        Self::Grid,
        Self::Blockages,
        Self::Soft,
        Self::Hard,
        Self::Fixed,
        Self::Ports,
        Self::Pins,
        Self::Ghost,
        Self::Flylines,
        Self::Highlight,
        Self::Arrows,
        Self::Markers,
        Self::Labels,
    ];

    /// Its name, also the id of its group in an SVG.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; LayerId::ALL.len()] = [
            "canvas",
            "heatmap",
            "grid",
            "blockages",
            "soft",
            "hard",
            "fixed",
            "ports",
            "pins",
            "ghost",
            "flylines",
            "highlight",
            "arrows",
            "markers",
            "labels",
        ];
        NAMES[self as usize]
    }
}

/// A filled, outlined rectangle in µm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// Its area.
    pub rect: Rect,
    /// Its look.
    pub style: Style,
    /// The node it stands for, if it stands for one.
    pub node: Option<NodeId>,
}

/// The filled triangle in the corner of a macro that is its lower left one in orientation `N`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Its corners.
    pub points: [Point; 3],
    /// Number of its macro among the layer's blocks.
    pub block: u32,
}

/// A straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
    /// Its look.
    pub style: Style,
    /// Share of the style's line width, above 0 to 1.
    pub weight: f32,
    /// Whether it has a head at `to`.
    pub arrow: bool,
}

/// A point of constant size on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Where.
    pub at: Point,
    /// Its look.
    pub style: Style,
}

/// A text that fits in a box, turned along the longer side; left out where it would be too small.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The box.
    pub within: Rect,
    /// The text.
    pub text: String,
    /// A short second text below, left out first: the orientation.
    pub note: &'static str,
}

/// Shapes that belong together and can be hidden together.
///
/// Drawn in the order heat map, blocks, marks, dots, lines, labels; each list back to front.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Which one.
    pub id: LayerId,
    /// A grid of values, only in [`LayerId::HeatMap`].
    pub heat: Option<HeatMap>,
    /// Rectangles.
    pub blocks: Vec<Block>,
    /// What a reader sees when pointing at a block: as many as blocks, or none at all.
    pub titles: Vec<String>,
    /// Orientation marks.
    pub marks: Vec<Mark>,
    /// Points.
    pub dots: Vec<Dot>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Texts, the most important first.
    pub labels: Vec<Label>,
}

impl Layer {
    /// Nothing yet.
    pub fn new(id: LayerId) -> Self {
        Self {
            id,
            heat: None,
            blocks: Vec::new(),
            titles: Vec::new(),
            marks: Vec::new(),
            dots: Vec::new(),
            lines: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        let Self { heat, blocks, dots, lines, labels, .. } = self;
        heat.is_none()
            && blocks.is_empty()
            && dots.is_empty()
            && lines.is_empty()
            && labels.is_empty()
    }
}
