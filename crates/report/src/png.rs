use resvg::{tiny_skia, usvg};
use thiserror::Error;

use crate::{Scene, svg};

/// A picture that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PngError {
    /// The drawing is not valid.
    #[error("cannot draw the scene: {0}")]
    Svg(#[from] usvg::Error),
    /// No picture of that size can be made.
    #[error("cannot make a picture of {width} x {height} pixels")]
    Size {
        /// Width asked for.
        width: u32,
        /// Height that goes with it.
        height: u32,
    },
    /// The picture cannot be packed.
    #[error("cannot pack the picture: {0}")]
    Encode(String),
}

/// Draws a scene as PNG, `pixels` wide.
///
/// # Errors
/// Where the size is zero or too large.
pub fn png(scene: &Scene, pixels: u32) -> Result<Vec<u8>, PngError> {
    let mut options = usvg::Options::default();
    options.fontdb_mut().load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    "Ubuntu".clone_into(&mut options.font_family);
    let tree = usvg::Tree::from_data(&svg(scene, pixels), &options)?;
    let size = tree.size().to_int_size();
    let (width, height) = (size.width(), size.height());
    let mut picture =
        tiny_skia::Pixmap::new(width, height).ok_or(PngError::Size { width, height })?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut picture.as_mut());
    picture.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

#[cfg(test)]
mod tests {
    use flagstone_geom::Point;
    use flagstone_netlist::{Builder, Canvas, Node, Placement};

    use super::*;
    use crate::SceneOptions;

    fn scene() -> Scene {
        let mut builder = Builder::new();
        let node = Node { name: "a<b>&\"c\"", width: 30.0, height: 20.0, ..Node::default() };
        let node = builder.node(node);
        let netlist = builder.build();
        let mut placement = Placement::new(&netlist);
        placement.set_center(node, Point::new(50.0, 60.0));
        Scene::new(&netlist, &Canvas::new(100.0, 80.0), &placement, &SceneOptions::default())
    }

    #[test]
    fn names_are_escaped_and_y_points_up() {
        let text = String::from_utf8(svg(&scene(), 800)).unwrap();
        assert!(text.contains("a&lt;b&gt;"), "{text}");
        assert!(text.contains("translate(0 80) scale(1 -1)"), "{text}");
        assert!(
            text.contains(r#"<rect x="35" y="50" width="30" height="20" class="hard""#),
            "{text}"
        );
    }

    #[test]
    fn a_macro_shows_where_it_is() {
        let bytes = png(&scene(), 400).unwrap();
        let picture = tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        assert_eq!(picture.width(), 400);
        let color = |x: u32, y: u32| picture.pixel(x, y).unwrap();
        let scale = 400.0 / 104.0;
        // (50, 65) µm lies in the macro; the picture begins 2 + 4.5 µm above the canvas.
        let at = |x: f64, y: f64| (((x + 2.0) * scale) as u32, ((80.0 - y + 6.5) * scale) as u32);
        let (inside, outside) = (at(60.0, 66.0), at(5.0, 5.0));
        let (inside, outside) = (color(inside.0, inside.1), color(outside.0, outside.1));
        assert!(inside.blue() < 140, "the macro is orange: {inside:?}");
        assert!(outside.blue() > 200, "the canvas is pale: {outside:?}");
    }
}
