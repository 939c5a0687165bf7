use flagstone_geom::{Grid, Point, Rect};
use flagstone_netlist::{Builder, Canvas, Node, Placement};

use super::*;
use crate::{SceneOptions, svg};

/// One macro of 30 × 20 µm at (50, 60) on 100 × 80 µm.
fn scene(options: &SceneOptions) -> Scene {
    let mut builder = Builder::new();
    let node = Node { name: "a<b>&\"c\"", width: 30.0, height: 20.0, ..Node::default() };
    let node = builder.node(node);
    let netlist = builder.build();
    let mut placement = Placement::new(&netlist);
    placement.set_center(node, Point::new(50.0, 60.0));
    Scene::new(&netlist, &Canvas::new(100.0, 80.0), &placement, options)
}

/// The colour at a place in µm of a picture without margins.
fn color(picture: &Pixels, x: f64, y: f64) -> [u8; 4] {
    let scale = f64::from(picture.width) / 100.0;
    let (column, row) = ((x * scale) as usize, ((80.0 - y) * scale) as usize);
    let at = 4 * (row * picture.width as usize + column);
    [0, 1, 2, 3].map(|i| picture.rgba[at + i])
}

fn bare(pixels: u32) -> Look {
    Look { framed: false, ..Look::new(pixels) }
}

#[test]
fn a_macro_shows_where_it_is() {
    let scene = scene(&SceneOptions { labels: false, ..SceneOptions::default() });
    for theme in [Theme::Light, Theme::Dark] {
        let look = Look { theme: Some(theme), ..bare(400) };
        let picture = pixels(&scene, &look).unwrap();
        assert_eq!((picture.width, picture.height), (400, 320));
        let canvas = theme.paint(Style::Canvas).fill.0;
        assert_eq!(color(&picture, 5.5, 5.5), canvas);
        let mark = theme.paint(Style::Mark).fill.0;
        assert_eq!(color(&picture, 36.0, 51.0), mark, "the lower left corner");
        let [red, _, blue, _] = color(&picture, 55.0, 65.0);
        assert!(red > blue.saturating_add(60), "{theme:?}: the macro is orange");
    }
}

#[test]
fn a_heat_map_fills_its_cells() {
    let map = HeatMap::new("m", "", Grid::new(2, 1, 100.0, 80.0), vec![0.0, 1.0]);
    let scene = scene(&SceneOptions { heat_map: Some(map), ..SceneOptions::default() });
    let picture = pixels(&scene, &bare(200)).unwrap();
    assert_eq!(color(&picture, 10.0, 10.0), [68, 1, 84, 255]);
    assert_eq!(color(&picture, 90.0, 10.0), [253, 231, 37, 255]);
}

#[test]
fn an_area_is_cut_out() {
    let area = Rect { x0: 40.0, y0: 50.0, x1: 60.0, y1: 70.0 };
    let look = Look { area: Some(area), transparent: true, ..Look::new(200) };
    let picture = pixels(&scene(&SceneOptions::default()), &look).unwrap();
    assert_eq!(picture.height, 200, "margins on all sides alike");
    assert_eq!(picture.rgba[..4], [0; 4], "the margin is clear");
    let middle = 4 * (100 * 200 + 20);
    assert_eq!(picture.rgba[middle + 3], 255, "the area is not");
}

#[test]
fn impossible_sizes_are_refused() {
    let scene = scene(&SceneOptions::default());
    for width in [0, 1 << 20] {
        assert!(png(&scene, &Look::new(width)).is_err(), "{width}");
    }
}

/// The text of the SVG as it was looked at; it changes only with the drawing.
#[test]
fn svg_text_is_as_reviewed() {
    let text = String::from_utf8(svg(&scene(&SceneOptions::default()), &bare(400))).unwrap();
    let start = text.find("</style>").unwrap();
    let lines: Vec<&str> =
        text[start..].split("/><").filter(|part| !part.contains("gridline")).collect();
    assert_eq!(
        lines.join("\n"),
        "</style><rect x=\"0\" y=\"0\" width=\"100\" height=\"80\" class=\"bg\"\n\
         g transform=\"translate(0 80) scale(1 -1)\"><g id=\"canvas\"><rect x=\"0\" y=\"0\" width=\"100\" \
         height=\"80\" class=\"canvas\"\n\
         /g><g id=\"hard\"><g><title>a&lt;b&gt;&amp;&quot;c&quot; 30.00×20.00 µm N</title><rect x=\"35\" y=\"50\" \
         width=\"30\" height=\"20\" class=\"hard\"\n\
         path d=\"M35 50L40.6 50L35 55.6Z\" class=\"mark\"\n\
         /g></g></g><g id=\"labels\"><text x=\"50\" y=\"20.6275\" font-size=\"6.2748\" text-anchor=\"middle\" \
         class=\"label\">a&lt;b&gt;&amp;&quot;c&quot;</text><text x=\"50\" y=\"26.5885\" font-size=\"4.3923\" \
         text-anchor=\"middle\" class=\"label\">N</text></g></svg>"
    );
}

#[test]
fn svg_follows_the_reader_unless_told() {
    let scene = scene(&SceneOptions::default());
    let text = |theme| {
        let look = Look { theme, ..Look::new(400) };
        String::from_utf8(svg(&scene, &look)).unwrap()
    };
    assert!(text(None).contains("prefers-color-scheme:dark"), "both themes");
    let dark = text(Some(Theme::Dark));
    assert!(!dark.contains("prefers-color-scheme"), "one theme");
    assert!(dark.contains(&Theme::Dark.background().to_hex()), "{dark}");
}
