//! The same circuit in other clothes: mirrored and rescaled copies to learn from.

use flagstone_geom::{Orientation, Rect};

use crate::{Blockage, Canvas, Kind, Netlist, Placement};

/// An axis that a design is mirrored about, through the middle of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// About the horizontal axis: up and down change places.
    X,
    /// About the vertical axis: left and right change places.
    Y,
    /// About both, which is a turn by 180°.
    Both,
}

impl Mirror {
    fn orientation(self) -> Orientation {
        match self {
            Self::X => Orientation::FS,
            Self::Y => Orientation::FN,
            Self::Both => Orientation::S,
        }
    }
}

/// The mirror image of a canvas and a placement; the netlist stays as it is, its macros are mirrored
/// by their orientation.
///
/// Wirelength and density stay the same. So does the routing demand of nets with two pins and of the
/// macros; that of others may differ a little, since routes turn their corners in one way.
pub fn mirrored(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    mirror: Mirror,
) -> (Canvas, Placement) {
    let (flip_x, flip_y) = (mirror != Mirror::X, mirror != Mirror::Y);
    let turn = |value: f64, size: f64, flip: bool| if flip { size - value } else { value };
    let mut image = placement.clone();
    image.x.iter_mut().for_each(|x| *x = turn(*x, canvas.width, flip_x));
    image.y.iter_mut().for_each(|y| *y = turn(*y, canvas.height, flip_y));
    for node in netlist.node_ids().filter(|&node| netlist.kind(node) != Kind::Port) {
        let orientation = &mut image.orientation[node.usize()];
        *orientation = orientation.then(mirror.orientation());
    }
    let blockage = |blockage: &Blockage| {
        let Rect { x0, y0, x1, y1 } = blockage.rect;
        let (x0, x1) = if flip_x { (canvas.width - x1, canvas.width - x0) } else { (x0, x1) };
        let (y0, y1) = if flip_y { (canvas.height - y1, canvas.height - y0) } else { (y0, y1) };
        Blockage { rect: Rect { x0, y0, x1, y1 }, rate: blockage.rate }
    };
    let blockages = canvas.blockages.iter().map(blockage).collect();
    (Canvas { blockages, ..canvas.clone() }, image)
}

/// A design with every length multiplied by `factor`, routing tracks per µm as before.
///
/// Wirelength and density stay the same, the congestion of nets is divided by the factor: the copies
/// weigh the terms of the cost differently.
///
/// # Panics
/// If the factor is not a positive number.
pub fn rescaled(
    netlist: &Netlist,
    canvas: &Canvas,
    placement: &Placement,
    factor: f64,
) -> (Netlist, Canvas, Placement) {
    assert!(factor > 0.0 && factor.is_finite(), "a factor must be positive, not {factor}");
    let scale = |values: &mut Vec<f64>| values.iter_mut().for_each(|value| *value *= factor);
    let mut copy = netlist.clone();
    [&mut copy.nodes.width, &mut copy.nodes.height].into_iter().for_each(scale);
    [&mut copy.pins.dx, &mut copy.pins.dy].into_iter().for_each(scale);
    let mut placed = placement.clone();
    [&mut placed.x, &mut placed.y].into_iter().for_each(scale);
    let mut larger = canvas.clone();
    larger.width *= factor;
    larger.height *= factor;
    for blockage in &mut larger.blockages {
        let Rect { x0, y0, x1, y1 } = blockage.rect;
        let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|value| value * factor);
        blockage.rect = Rect { x0, y0, x1, y1 };
    }
    (copy, larger, placed)
}
