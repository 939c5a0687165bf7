//! What surrounds the canvas: title, colour bar, names of the highlight groups.

use flagstone_geom::Point;

use super::Canvas;
use crate::{HeatMap, Rgba, Scene, Style};

impl Canvas {
    pub(super) fn frame(&mut self, scene: &Scene) {
        let color = self.theme.text();
        if self.sheet.head > 0.0 {
            let (size, at) = self.sheet.title(self.font.width(&scene.title));
            self.write(&scene.title, at, size, color);
        }
        let legend = self.sheet.legend(scene, &|text| self.font.width(text));
        if let (Some(legend), Some(map)) = (legend, scene.heat_map()) {
            self.bar(map, legend.bar);
            for (words, at) in &legend.texts {
                self.write(words, *at, legend.text_size, color);
            }
        }
        let places = self.sheet.group_legend(scene, &|text| self.font.width(text));
        for (k, (name, (corner, size, at))) in scene.groups.iter().zip(places).enumerate() {
            let paint = self.theme.paint(Style::group(k));
            let (left, top) = self.pixel(corner);
            let side = (size * self.sheet.scale) as f32;
            let edges = [left, top, left + side, top + side];
            self.brush.fill(edges, paint.fill);
            self.brush.outline(edges, paint.stroke, self.line_width(Style::group(k)));
            self.write(name, at, size, color);
        }
    }

    /// A text whose baseline begins at a place of the sheet.
    fn write(&mut self, text: &str, at: Point, size: f64, color: Rgba) {
        let place = self.pixel(at);
        let size = (size * self.sheet.scale) as f32;
        if let Some(outline) = self.font.outline(text, size) {
            self.brush.text(&outline, place, (0.0, 0.0), false, color);
        }
    }

    /// The ramp from left to right, one column of pixels after the other.
    fn bar(&mut self, map: &HeatMap, [x, y, width, height]: [f64; 4]) {
        let (left, top) = self.pixel(Point::new(x, y));
        let (right, bottom) = self.pixel(Point::new(x + width, y + height));
        let (left, right) = (left.round(), right.round());
        let n = ((right - left) as usize).max(1);
        for i in 0..n {
            let [r, g, b] = map.ramp.color((i as f64 + 0.5) / n as f64);
            let at = left + i as f32;
            self.brush.fill([at, top.round(), at + 1.0, bottom.round()], Rgba([r, g, b, 255]));
        }
    }
}
