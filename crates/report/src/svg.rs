//! A scene as SVG in µm: one group a layer, y turned upwards, labels outside the turned group.

use flagstone_geom::{Point, Rect};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::{Layer, Scene, Shape, Style};

type Out = Writer<Vec<u8>>;

const CSS: &str = "\
.bg{fill:#ffffff}.canvas{fill:#f7f7f4;stroke:#30343b}.grid{stroke:#dcdcd6;fill:none}\
.soft{fill:#7fb2d8;fill-opacity:.35;stroke:#4f86b0;stroke-opacity:.5}\
.hard{fill:#e7b45c;fill-opacity:.92;stroke:#6b4a12}.fixed{fill:#b7b2a8;stroke:#4d4a44}\
.mark{fill:#6b4a12}.port{fill:#3b7a3f}.blockage{fill:#c9463d;fill-opacity:.25;stroke:#c9463d}\
.fly{stroke:#8c2f63;fill:none}text{font-family:Ubuntu,Ubuntu-Light,sans-serif;fill:#22262c}";

/// Draws a scene. `pixels` is the width of the picture where a viewer asks for one.
pub fn svg(scene: &Scene, pixels: u32) -> Vec<u8> {
    let mut out = Writer::new(Vec::new());
    let margin = 0.02 * scene.width.max(scene.height);
    let head = 0.045 * scene.width.max(scene.height);
    let (width, height) = (scene.width + 2.0 * margin, scene.height + head + 2.0 * margin);
    let view = format!("{} {} {width} {height}", -margin, -margin - head);
    let tall = (f64::from(pixels) * height / width).round();
    let root = BytesStart::new("svg").with_attributes([
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("viewBox", view.as_str()),
        ("width", pixels.to_string().as_str()),
        ("height", tall.to_string().as_str()),
    ]);
    // Writing to a vector cannot fail.
    let _ = draw(&mut out, scene, root, (margin, head, width, height));
    out.into_inner()
}

fn draw(
    out: &mut Out,
    scene: &Scene,
    root: BytesStart<'_>,
    (margin, head, width, height): (f64, f64, f64, f64),
) -> std::io::Result<()> {
    out.write_event(Event::Start(root))?;
    out.create_element("style").write_text_content(BytesText::new(CSS))?;
    let (left, top) = ((-margin).to_string(), (-margin - head).to_string());
    let (width, height) = (width.to_string(), height.to_string());
    let size = [("x", left.as_str()), ("y", &top), ("width", &width), ("height", &height)];
    out.create_element("rect")
        .with_attributes(size)
        .with_attribute(("class", "bg"))
        .write_empty()?;
    title(out, scene, head)?;
    let turn = format!("translate(0 {}) scale(1 -1)", scene.height);
    out.write_event(Event::Start(
        BytesStart::new("g").with_attributes([("transform", turn.as_str())]),
    ))?;
    for layer in scene.layers.iter().filter(|layer| layer.name != "labels") {
        group(out, scene, layer)?;
    }
    out.write_event(Event::End(BytesEnd::new("g")))?;
    for layer in scene.layers.iter().filter(|layer| layer.name == "labels") {
        group(out, scene, layer)?;
    }
    out.write_event(Event::End(BytesEnd::new("svg")))
}

fn title(out: &mut Out, scene: &Scene, head: f64) -> std::io::Result<()> {
    let mut text = scene.title.clone();
    if let Some((name, least, most)) = &scene.legend {
        text.push_str(&format!("   |   {name}: {least:.2} (blue) to {most:.2} (yellow)"));
    }
    // Kept within the canvas' width, at about half an em a character.
    let size = (0.5 * head).min(1.9 * scene.width / text.chars().count().max(1) as f64);
    text_at(out, &text, Point::new(0.0, -0.35 * head), size, "start")
}

fn text_at(out: &mut Out, text: &str, at: Point, size: f64, anchor: &str) -> std::io::Result<()> {
    out.create_element("text")
        .with_attributes([
            ("x", number(at.x).as_str()),
            ("y", number(at.y).as_str()),
            ("font-size", number(size).as_str()),
            ("text-anchor", anchor),
        ])
        .write_text_content(BytesText::new(text))?;
    Ok(())
}

fn group(out: &mut Out, scene: &Scene, layer: &Layer) -> std::io::Result<()> {
    out.write_event(Event::Start(BytesStart::new("g").with_attributes([("id", layer.name)])))?;
    for shape in &layer.shapes {
        draw_shape(out, scene, shape)?;
    }
    out.write_event(Event::End(BytesEnd::new("g")))
}

fn draw_shape(out: &mut Out, scene: &Scene, shape: &Shape) -> std::io::Result<()> {
    match shape {
        Shape::Rect { rect, style, title } => draw_rect(out, scene, rect, *style, title.as_deref()),
        Shape::Polygon { points, style } => {
            let corners: Vec<String> =
                points.iter().map(|p| format!("{},{}", number(p.x), number(p.y))).collect();
            let element = out.create_element("polygon");
            let element = element.with_attribute(("points", corners.join(" ").as_str()));
            element.with_attribute(("class", class(*style))).write_empty()?;
            Ok(())
        }
        Shape::Line { from, to, style } => {
            let width = stroke(scene, *style);
            out.create_element("line")
                .with_attributes([
                    ("x1", number(from.x).as_str()),
                    ("y1", number(from.y).as_str()),
                    ("x2", number(to.x).as_str()),
                    ("y2", number(to.y).as_str()),
                    ("class", class(*style)),
                    ("stroke-width", number(width).as_str()),
                ])
                .write_empty()?;
            Ok(())
        }
        Shape::Label { within, text } => label(out, scene, within, text),
    }
}

fn draw_rect(
    out: &mut Out,
    scene: &Scene,
    rect: &Rect,
    style: Style,
    title: Option<&str>,
) -> std::io::Result<()> {
    let [x, y, width, height] = [rect.x0, rect.y0, rect.width(), rect.height()].map(number);
    let line = number(stroke(scene, style));
    let mut start = BytesStart::new("rect").with_attributes([
        ("x", x.as_str()),
        ("y", &y),
        ("width", &width),
        ("height", &height),
    ]);
    if let Style::Heat(heat) = style {
        let (r, g, b) = viridis(heat);
        start.push_attribute(("fill", format!("#{r:02x}{g:02x}{b:02x}").as_str()));
    } else {
        start.push_attribute(("class", class(style)));
        start.push_attribute(("stroke-width", line.as_str()));
    }
    let Some(title) = title else { return out.write_event(Event::Empty(start)) };
    out.write_event(Event::Start(start))?;
    out.create_element("title").write_text_content(BytesText::new(title))?;
    out.write_event(Event::End(BytesEnd::new("rect")))
}

/// A label turned along the longer side, left out where it would be too small to read.
fn label(out: &mut Out, scene: &Scene, within: &Rect, text: &str) -> std::io::Result<()> {
    const WIDTH_PER_SIZE: f64 = 0.56;
    let upright = within.height() > 1.4 * within.width();
    let (along, across) =
        if upright { (within.height(), within.width()) } else { (within.width(), within.height()) };
    let n = text.chars().count().max(1) as f64;
    let size = (0.9 * along / (WIDTH_PER_SIZE * n)).min(0.4 * across);
    if size < scene.width.max(scene.height) / 220.0 {
        return Ok(());
    }
    let center = within.center();
    let (x, y) = (center.x, scene.height - center.y);
    let mut start = BytesStart::new("text").with_attributes([
        ("x", number(x).as_str()),
        ("y", number(y + 0.35 * size).as_str()),
        ("font-size", number(size).as_str()),
        ("text-anchor", "middle"),
    ]);
    if upright {
        let turn = format!("rotate(-90 {} {})", number(x), number(y));
        start.push_attribute(("transform", turn.as_str()));
    }
    out.write_event(Event::Start(start))?;
    out.write_event(Event::Text(BytesText::new(text)))?;
    out.write_event(Event::End(BytesEnd::new("text")))
}

fn class(style: Style) -> &'static str {
    match style {
        Style::Canvas => "canvas",
        Style::Grid => "grid",
        Style::Heat(_) => "heat",
        Style::Soft => "soft",
        Style::Hard => "hard",
        Style::Fixed => "fixed",
        Style::Mark => "mark",
        Style::Port => "port",
        Style::Blockage => "blockage",
        Style::Flyline(_) => "fly",
    }
}

fn stroke(scene: &Scene, style: Style) -> f64 {
    let unit = scene.width.max(scene.height) / 1000.0;
    match style {
        Style::Grid => 0.4 * unit,
        Style::Soft => 0.5 * unit,
        Style::Flyline(weight) => unit * (0.4 + 2.6 * weight.sqrt()),
        Style::Port | Style::Heat(_) | Style::Mark => 0.0,
        _ => unit,
    }
}

/// Coordinates to a thousandth of a µm, without trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// The viridis ramp, dark blue to yellow, readable for the colour-blind.
fn viridis(t: f64) -> (u8, u8, u8) {
    const STOPS: [(f64, f64, f64); 5] = [
        (68.0, 1.0, 84.0),
        (59.0, 82.0, 139.0),
        (33.0, 145.0, 140.0),
        (94.0, 201.0, 98.0),
        (253.0, 231.0, 37.0),
    ];
    let at = t.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let i = (at as usize).min(STOPS.len() - 2);
    let f = at - i as f64;
    let (a, b) = (STOPS[i], STOPS[i + 1]);
    let mix = |a: f64, b: f64| (a + f * (b - a)).round() as u8;
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
