//! A scene as SVG in µm: one group a layer, y turned upwards, labels outside the turned group.
//!
//! Groups have the names of the layers as ids, so that an editor can hide them; every macro is a
//! group with a title, its rectangle and its orientation mark. Colours are in one style sheet, which
//! follows the reader's preference for light or dark unless a theme is asked for. Lines keep their
//! width at any zoom.

mod frame;
mod sheet;

use flagstone_geom::{Point, Rect};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::base64::base64;
use crate::font::Font;
use crate::sheet::{Sheet, fit};
use crate::{Block, HeatMap, Label, Layer, LayerId, Line, Look, Mark, Scene};

type Out = Writer<Vec<u8>>;

/// Draws a scene.
pub fn svg(scene: &Scene, look: &Look) -> Vec<u8> {
    let picture = Picture { scene, look, sheet: Sheet::new(scene, look), font: Font::new() };
    let mut out = Writer::new(Vec::new());
    // Writing to a vector cannot fail.
    let _ = picture.draw(&mut out);
    out.into_inner()
}

struct Picture<'a> {
    scene: &'a Scene,
    look: &'a Look,
    sheet: Sheet,
    font: Font,
}

impl Picture<'_> {
    fn draw(&self, out: &mut Out) -> std::io::Result<()> {
        let [left, top, width, height] = self.sheet.view().map(number);
        let view = format!("{left} {top} {width} {height}");
        let (wide, tall) = self.sheet.size;
        let root = BytesStart::new("svg").with_attributes([
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", view.as_str()),
            ("width", wide.to_string().as_str()),
            ("height", tall.to_string().as_str()),
        ]);
        out.write_event(Event::Start(root))?;
        let css =
            sheet::css(self.look.theme, self.scene.heat_map().is_some(), self.sheet.line_scale);
        out.create_element("style").write_text_content(BytesText::new(&css))?;
        if !self.look.transparent {
            let size = [("x", &*left), ("y", &top), ("width", &width), ("height", &height)];
            let rect = out.create_element("rect").with_attributes(size);
            rect.with_attribute(("class", "bg")).write_empty()?;
        }
        self.layers(out)?;
        self.frame(out)?;
        out.write_event(Event::End(BytesEnd::new("svg")))
    }

    fn layers(&self, out: &mut Out) -> std::io::Result<()> {
        let Rect { x0, y0, x1, y1 } = self.sheet.area;
        let turn = format!("translate({} {}) scale(1 -1)", number(-x0), number(y1));
        let mut group = BytesStart::new("g").with_attributes([("transform", turn.as_str())]);
        if self.sheet.clipped {
            let [x, y, width, height] = [x0, y0, x1 - x0, y1 - y0].map(number);
            out.write_event(Event::Start(
                BytesStart::new("clipPath").with_attributes([("id", "area")]),
            ))?;
            let size = [("x", &*x), ("y", &y), ("width", &width), ("height", &height)];
            out.create_element("rect").with_attributes(size).write_empty()?;
            out.write_event(Event::End(BytesEnd::new("clipPath")))?;
            group.push_attribute(("clip-path", "url(#area)"));
        }
        out.write_event(Event::Start(group))?;
        for layer in self.scene.layers.iter().filter(|layer| layer.id != LayerId::Labels) {
            self.layer(out, layer)?;
        }
        out.write_event(Event::End(BytesEnd::new("g")))?;
        self.scene.layer(LayerId::Labels).map_or(Ok(()), |layer| self.layer(out, layer))
    }

    fn layer(&self, out: &mut Out, layer: &Layer) -> std::io::Result<()> {
        let id = [("id", layer.id.name())];
        out.write_event(Event::Start(BytesStart::new("g").with_attributes(id)))?;
        if let Some(map) = &layer.heat {
            self.heat(out, map)?;
        }
        let mut marks = layer.marks.iter().peekable();
        for (row, block) in layer.blocks.iter().enumerate() {
            let mark = marks.next_if(|mark| mark.block as usize == row);
            self.block(out, block, layer.titles.get(row), mark)?;
        }
        self.dots(out, layer)?;
        for line in &layer.lines {
            self.line(out, line)?;
        }
        for label in &layer.labels {
            self.label(out, label)?;
        }
        out.write_event(Event::End(BytesEnd::new("g")))
    }

    /// A picture of one pixel a cell, enlarged without smoothing.
    fn heat(&self, out: &mut Out, map: &HeatMap) -> std::io::Result<()> {
        let Ok(png) = crate::encode_png(&map.rgba(), map.grid.columns, map.grid.rows) else {
            return Ok(());
        };
        let turn = format!("translate(0 {}) scale(1 -1)", number(map.grid.height));
        let data = format!("data:image/png;base64,{}", base64(&png));
        out.create_element("image")
            .with_attributes([
                ("width", number(map.grid.width).as_str()),
                ("height", number(map.grid.height).as_str()),
                ("transform", &turn),
                ("preserveAspectRatio", "none"),
                ("image-rendering", "pixelated"),
                ("href", &data),
            ])
            .write_empty()?;
        Ok(())
    }

    fn block(
        &self,
        out: &mut Out,
        block: &Block,
        title: Option<&String>,
        mark: Option<&Mark>,
    ) -> std::io::Result<()> {
        let title = title.filter(|title| !title.is_empty());
        let grouped = title.is_some() || mark.is_some();
        if grouped {
            out.write_event(Event::Start(BytesStart::new("g")))?;
        }
        if let Some(title) = title {
            out.create_element("title").write_text_content(BytesText::new(title))?;
        }
        let Rect { x0, y0, .. } = block.rect;
        let [x, y, width, height] = [x0, y0, block.rect.width(), block.rect.height()].map(number);
        let size = [("x", &*x), ("y", &y), ("width", &width), ("height", &height)];
        let rect = out.create_element("rect").with_attributes(size);
        rect.with_attribute(("class", block.style.name())).write_empty()?;
        if let Some(mark) = mark {
            let [a, b, c] = mark.points.map(|p| format!("{} {}", number(p.x), number(p.y)));
            let d = format!("M{a}L{b}L{c}Z");
            let path = out.create_element("path").with_attribute(("d", d.as_str()));
            path.with_attribute(("class", "mark")).write_empty()?;
        }
        if grouped {
            out.write_event(Event::End(BytesEnd::new("g")))?;
        }
        Ok(())
    }

    /// All dots of a style as one path of round points.
    fn dots(&self, out: &mut Out, layer: &Layer) -> std::io::Result<()> {
        for same in layer.dots.chunk_by(|a, b| a.style == b.style) {
            let points =
                same.iter().map(|dot| format!("M{} {}h0", number(dot.at.x), number(dot.at.y)));
            let d: String = points.collect();
            let class = format!("dots {}", same[0].style.name());
            let path = out.create_element("path").with_attribute(("d", d.as_str()));
            path.with_attribute(("class", class.as_str())).write_empty()?;
        }
        Ok(())
    }

    fn line(&self, out: &mut Out, line: &Line) -> std::io::Result<()> {
        let [x1, y1, x2, y2] = [line.from.x, line.from.y, line.to.x, line.to.y].map(number);
        let mut element = out.create_element("line").with_attributes([
            ("x1", &*x1),
            ("y1", &y1),
            ("x2", &x2),
            ("y2", &y2),
            ("class", line.style.name()),
        ]);
        if line.weight < 1.0 {
            let theme = self.look.theme.unwrap_or_default();
            let width = f64::from(theme.paint(line.style).width * line.weight);
            let style = format!("stroke-width:{}px", number(width * self.sheet.line_scale));
            element = element.with_attribute(("style", style.as_str()));
        }
        element.write_empty()?;
        if line.arrow {
            let [a, b, c] =
                self.sheet.arrow_head(line).map(|p| format!("{} {}", number(p.x), number(p.y)));
            let d = format!("M{a}L{b}L{c}Z");
            let path = out.create_element("path").with_attribute(("d", d.as_str()));
            path.with_attribute(("class", line.style.name())).write_empty()?;
        }
        Ok(())
    }

    fn label(&self, out: &mut Out, label: &Label) -> std::io::Result<()> {
        let width = self.font.width(&label.text);
        let Some(fit) = fit(&label.within, width, self.sheet.least_text()) else { return Ok(()) };
        let center = label.within.center();
        if !self.sheet.area.contains(center) {
            return Ok(());
        }
        let at = self.sheet.at(center);
        let turn = fit.upright.then(|| format!("rotate(-90 {} {})", number(at.x), number(at.y)));
        let up = if fit.note { 0.1 } else { 0.35 } * fit.size;
        let place = Point::new(at.x, at.y + up);
        text(out, &label.text, place, fit.size, ("middle", turn.as_deref(), "label"))?;
        if fit.note {
            let place = Point::new(at.x, at.y + 1.05 * fit.size);
            let size = 0.7 * fit.size;
            text(out, label.note, place, size, ("middle", turn.as_deref(), "label"))?;
        }
        Ok(())
    }
}

/// Writes a text: its anchor, how it is turned, its class.
fn text(
    out: &mut Out,
    text: &str,
    at: Point,
    size: f64,
    (anchor, turn, class): (&str, Option<&str>, &str),
) -> std::io::Result<()> {
    let mut element = out.create_element("text").with_attributes([
        ("x", number(at.x).as_str()),
        ("y", number(at.y).as_str()),
        ("font-size", number(size).as_str()),
        ("text-anchor", anchor),
        ("class", class),
    ]);
    if let Some(turn) = turn {
        element = element.with_attribute(("transform", turn));
    }
    element.write_text_content(BytesText::new(text))?;
    Ok(())
}

/// Coordinates to a ten-thousandth of a µm, without trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}
