//! The draw list: what the screen, an SVG and a PNG show, described once.
//!
//! A [`Scene`] is a list of [`Layer`]s, back to front. A layer holds flat arrays: [`Block`]s
//! (rectangles), [`Mark`]s (orientation corners), [`Dot`]s, [`Line`]s, [`Label`]s, and one layer a
//! [`HeatMap`]. Coordinates are µm, y upwards, origin at the canvas' lower left, in `f64`; there is
//! no camera here. Nothing has a colour: a [`Style`] is a role, and a [`Theme`](crate::Theme) says
//! how it is painted (`theme.paint(style)`, or a table over [`Style::ALL`] indexed by
//! [`Style::index`]). Line widths and dots are in screen points, so they do not grow with the zoom.
//!
//! For a renderer: for each visible layer in order, draw the heat map (`HeatMap::rgba` is a texture,
//! one pixel a cell, over the canvas, nearest neighbour), fill the blocks, outline those large
//! enough, fill the marks, then dots, lines and labels. `Block::node` serves picking.
//!
//! For a program that edits: build the layers it needs with the functions of [`layers`] and
//! [`connections`], each from netlist and placement alone, and [`Scene::put`] the ones that changed.
//! [`Scene::new`] puts them all together for pictures that are drawn once.

pub mod connections;
mod layer;
pub mod layers;
mod style;

use flagstone_netlist::{Canvas, Netlist, NodeId, Placement};

pub use self::layer::{Block, Dot, Label, Layer, LayerId, Line, Mark};
pub use self::layers::Marker;
pub use self::style::Style;

use self::connections::Bundles;
use crate::HeatMap;

/// Nodes shown in one colour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What the group is called.
    pub name: String,
    /// Its nodes.
    pub nodes: Vec<NodeId>,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneOptions {
    /// A line of text above the canvas.
    pub title: String,
    /// A heat map under the macros; without one the grid is drawn.
    pub heat_map: Option<HeatMap>,
    /// Number of heaviest macro-to-macro connections to draw.
    pub flylines: usize,
    /// Nodes whose every connection is drawn, and which are outlined.
    pub selected: Vec<NodeId>,
    /// Nodes shown in colours of their own.
    pub groups: Vec<Group>,
    /// Placement to compare with: ghosts and arrows.
    pub against: Option<Placement>,
    /// Places to point at.
    pub markers: Vec<Marker>,
    /// Whether macros bear their names.
    pub labels: bool,
    /// Whether the pins of hard macros are drawn.
    pub pins: bool,
}

impl Default for SceneOptions {
    /// Names, nothing else.
    fn default() -> Self {
        Self {
            title: String::new(),
            heat_map: None,
            flylines: 0,
            selected: Vec::new(),
            groups: Vec::new(),
            against: None,
            markers: Vec::new(),
            labels: true,
            pins: false,
        }
    }
}

/// A draw list.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width of the canvas in µm.
    pub width: f64,
    /// Height of the canvas in µm.
    pub height: f64,
    /// A line of text above the canvas.
    pub title: String,
    /// Highlight groups by name, for a legend; group `k` has style `Style::group(k)`.
    pub groups: Vec<String>,
    /// Layers, back to front, each at most once.
    pub layers: Vec<Layer>,
}

impl Scene {
    /// An empty canvas.
    pub fn empty(canvas: &Canvas) -> Self {
        Self {
            width: canvas.width,
            height: canvas.height,
            title: String::new(),
            groups: Vec::new(),
            layers: vec![layers::canvas(canvas)],
        }
    }

    /// Describes a placement.
    pub fn new(
        netlist: &Netlist,
        canvas: &Canvas,
        placement: &Placement,
        options: &SceneOptions,
    ) -> Self {
        let mut scene = Self::empty(canvas);
        scene.title.clone_from(&options.title);
        scene.groups = options.groups.iter().map(|group| group.name.clone()).collect();
        match &options.heat_map {
            Some(map) => scene.put(layers::heat_map(map.clone())),
            None => scene.put(layers::grid(canvas)),
        }
        scene.put(layers::blockages(canvas));
        scene.put(layers::soft(netlist, placement).titled(netlist, placement));
        scene.put(layers::hard(netlist, placement).titled(netlist, placement));
        scene.put(layers::fixed(netlist, placement).titled(netlist, placement));
        scene.put(layers::ports(netlist, canvas, placement).titled(netlist, placement));
        if options.pins {
            scene.put(layers::pins(netlist, placement));
        }
        if let Some(other) = &options.against {
            scene.put(layers::ghost(netlist, other, placement).titled(netlist, other));
            scene.put(layers::arrows(netlist, other, placement));
        }
        scene.put(connect(netlist, placement, options));
        scene.put(layers::highlight(netlist, placement, &options.groups, &options.selected));
        scene.put(layers::markers(&options.markers));
        if options.labels {
            scene.put(layers::labels(netlist, placement));
        }
        scene
    }

    /// Puts a layer in its place, instead of the one of the same id. An empty layer removes it.
    pub fn put(&mut self, layer: Layer) {
        let at = self.layers.binary_search_by_key(&layer.id, |other| other.id);
        match (at, layer.is_empty()) {
            (Ok(at), true) => drop(self.layers.remove(at)),
            (Ok(at), false) => self.layers[at] = layer,
            (Err(_), true) => {}
            (Err(at), false) => self.layers.insert(at, layer),
        }
    }

    /// The layer of that id, unless it is empty.
    pub fn layer(&self, id: LayerId) -> Option<&Layer> {
        let at = self.layers.binary_search_by_key(&id, |layer| layer.id).ok()?;
        self.layers.get(at)
    }

    /// The heat map drawn, if one is.
    pub fn heat_map(&self) -> Option<&HeatMap> {
        self.layer(LayerId::HeatMap)?.heat.as_ref()
    }
}

/// The heaviest connections of all, or every one of the selected nodes.
fn connect(netlist: &Netlist, placement: &Placement, options: &SceneOptions) -> Layer {
    if options.flylines == 0 {
        return connections::of_nodes(netlist, placement, &options.selected);
    }
    let mut layer = Bundles::new(netlist).layer(placement, options.flylines);
    layer.lines.extend(connections::of_nodes(netlist, placement, &options.selected).lines);
    layer
}

#[cfg(test)]
mod tests;
