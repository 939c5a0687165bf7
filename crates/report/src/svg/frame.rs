//! What surrounds the canvas: title, colour bar, names of the highlight groups.

use flagstone_geom::Point;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::{Out, Picture, number, text};
use crate::{HeatMap, Style};

impl Picture<'_> {
    pub(super) fn frame(&self, out: &mut Out) -> std::io::Result<()> {
        let title = &self.scene.title;
        let width_of = |text: &str| self.font.width(text);
        if self.sheet.head > 0.0 {
            let (size, at) = self.sheet.title(width_of(title));
            text(out, title, at, size, ("start", None, "text"))?;
        }
        let legend = self.sheet.legend(self.scene, &width_of);
        if let (Some(legend), Some(map)) = (legend, self.scene.heat_map()) {
            gradient(out, map)?;
            let [x, y, width, height] = legend.bar.map(number);
            let size = [("x", &*x), ("y", &y), ("width", &width), ("height", &height)];
            let bar = out.create_element("rect").with_attributes(size);
            bar.with_attribute(("fill", "url(#ramp)")).write_empty()?;
            for (words, at) in &legend.texts {
                text(out, words, *at, legend.text_size, ("start", None, "text"))?;
            }
        }
        let places = self.sheet.group_legend(self.scene, &width_of);
        for (k, (name, (corner, size, at))) in self.scene.groups.iter().zip(places).enumerate() {
            self.group(out, (k, name), corner, size, at)?;
        }
        Ok(())
    }

    fn group(
        &self,
        out: &mut Out,
        (k, name): (usize, &str),
        corner: Point,
        size: f64,
        at: Point,
    ) -> std::io::Result<()> {
        let [x, y, side] = [corner.x, corner.y, size].map(number);
        let place = [("x", &*x), ("y", &y), ("width", &side), ("height", &side)];
        let square = out.create_element("rect").with_attributes(place);
        square.with_attribute(("class", Style::group(k).name())).write_empty()?;
        text(out, name, at, size, ("start", None, "text"))
    }
}

fn gradient(out: &mut Out, map: &HeatMap) -> std::io::Result<()> {
    const STOPS: u32 = 8;
    let id = BytesStart::new("linearGradient").with_attributes([("id", "ramp")]);
    out.write_event(Event::Start(id))?;
    for stop in 0..=STOPS {
        let at = f64::from(stop) / f64::from(STOPS);
        let [r, g, b] = map.ramp.color(at);
        let color = format!("#{r:02x}{g:02x}{b:02x}");
        out.create_element("stop")
            .with_attributes([("offset", number(at).as_str()), ("stop-color", &color)])
            .write_empty()?;
    }
    out.write_event(Event::End(BytesEnd::new("linearGradient")))
}
