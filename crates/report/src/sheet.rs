use flagstone_geom::{Point, Rect};

use crate::{LayerId, Line, Scene, Theme};

/// How a scene becomes a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Width of the picture in pixels.
    pub pixels: u32,
    /// Colours; `None` leaves an SVG to the reader's preference and makes a PNG light.
    pub theme: Option<Theme>,
    /// Part to show in µm; without, the canvas and the macros that hang over it.
    pub area: Option<Rect>,
    /// Whether the ground around the canvas is left clear.
    pub transparent: bool,
    /// Whether title, legend and margins are drawn; without them the picture is the area alone.
    pub framed: bool,
}

impl Look {
    /// Everything, in the default colours.
    pub fn new(pixels: u32) -> Self {
        Self { pixels, theme: None, area: None, transparent: false, framed: true }
    }
}

/// Where everything is on the picture, in µm with y downwards from the top of the area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sheet {
    /// What is shown, in the scene's own µm.
    pub(crate) area: Rect,
    /// Whether something may lie outside the area.
    pub(crate) clipped: bool,
    /// Empty space on each side.
    pub(crate) margin: f64,
    /// Height of the title above, without the margin.
    pub(crate) head: f64,
    /// Height of the legend below, without the margin.
    pub(crate) foot: f64,
    /// Pixels per µm.
    pub(crate) scale: f64,
    /// Factor on widths of lines and sizes of dots in pixels.
    pub(crate) line_scale: f64,
    /// Size of the picture in pixels.
    pub(crate) size: (u32, u32),
}

/// The colour bar below the canvas, in the sheet's µm.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Legend {
    /// The bar: left, top, width, height.
    pub(crate) bar: [f64; 4],
    /// Size of the texts.
    pub(crate) text_size: f64,
    /// Texts with the place of their baseline's start.
    pub(crate) texts: Vec<(String, Point)>,
}

/// The canvas and the macros that hang over it, and whether some lie further out.
fn overview(scene: &Scene) -> (Rect, bool) {
    /// Share of the canvas added on a side at most.
    const MOST: f64 = 0.25;
    let canvas = Rect { x0: 0.0, y0: 0.0, x1: scene.width, y1: scene.height };
    let layers = [LayerId::Soft, LayerId::Hard, LayerId::Fixed, LayerId::Ghost];
    let blocks = layers.iter().filter_map(|&id| scene.layer(id)).flat_map(|layer| &layer.blocks);
    let all = blocks.fold(canvas, |all, block| Rect {
        x0: all.x0.min(block.rect.x0),
        y0: all.y0.min(block.rect.y0),
        x1: all.x1.max(block.rect.x1),
        y1: all.y1.max(block.rect.y1),
    });
    let most = canvas.grown(MOST * canvas.width(), MOST * canvas.height());
    let shown = Rect {
        x0: all.x0.max(most.x0),
        y0: all.y0.max(most.y0),
        x1: all.x1.min(most.x1),
        y1: all.y1.min(most.y1),
    };
    (shown, shown != all)
}

impl Sheet {
    /// Lays a scene out.
    pub(crate) fn new(scene: &Scene, look: &Look) -> Self {
        /// Width in pixels at which lines have the width their style says.
        const NOMINAL: f64 = 1200.0;
        let (whole, clipped) = overview(scene);
        let area = look.area.unwrap_or(whole);
        let clipped = clipped || look.area.is_some();
        let side = area.width().max(area.height());
        let when = |wanted: bool, share: f64| if wanted { share * side } else { 0.0 };
        let margin = when(look.framed, 0.02);
        let head = when(look.framed && !scene.title.is_empty(), 0.035);
        let has_legend = scene.heat_map().is_some() || !scene.groups.is_empty();
        let foot = when(look.framed && has_legend, 0.04);
        let width = area.width() + 2.0 * margin;
        let height = area.height() + head + foot + 2.0 * margin;
        let scale = f64::from(look.pixels) / width;
        let tall = (height * scale).round().clamp(1.0, f64::from(u32::MAX)) as u32;
        let line_scale = (f64::from(look.pixels) / NOMINAL).max(0.5);
        Self { area, clipped, margin, head, foot, scale, line_scale, size: (look.pixels, tall) }
    }

    /// The sheet's left and top edge, its width and height.
    pub(crate) fn view(&self) -> [f64; 4] {
        let (left, top) = (-self.margin, -self.margin - self.head);
        let width = self.area.width() + 2.0 * self.margin;
        [left, top, width, self.area.height() + self.head + self.foot + 2.0 * self.margin]
    }

    /// A place of the scene on the sheet.
    pub(crate) fn at(&self, p: Point) -> Point {
        Point::new(p.x - self.area.x0, self.area.y1 - p.y)
    }

    /// Size and baseline of the title, kept within the canvas' width.
    pub(crate) fn title(&self, width_per_size: f64) -> (f64, Point) {
        let fits = self.area.width() / width_per_size.max(1e-9);
        let size = (0.62 * self.head).min(fits);
        (size, Point::new(0.0, -0.4 * self.head))
    }

    /// The smallest text that can be read, in µm.
    pub(crate) fn least_text(&self) -> f64 {
        const PIXELS: f64 = 7.5;
        const LEAST: f64 = 6.5;
        (PIXELS * self.line_scale).max(LEAST) / self.scale
    }

    /// The head of an arrow, in the scene's µm: its tip and the two other corners.
    pub(crate) fn arrow_head(&self, line: &Line) -> [Point; 3] {
        /// Length in pixels, half the width for each unit of length.
        const LENGTH: f64 = 9.0;
        const SLANT: f64 = 0.4;
        let (dx, dy) = (line.to.x - line.from.x, line.to.y - line.from.y);
        let way = dx.hypot(dy).max(f64::MIN_POSITIVE);
        let length = (LENGTH * self.line_scale / self.scale).min(0.6 * way);
        let (ux, uy) = (dx / way * length, dy / way * length);
        let back = Point::new(line.to.x - ux, line.to.y - uy);
        let side = |sign: f64| Point::new(back.x - sign * SLANT * uy, back.y + sign * SLANT * ux);
        [line.to, side(1.0), side(-1.0)]
    }

    /// The colour bar of the scene's heat map.
    pub(crate) fn legend(&self, scene: &Scene, width_of: &dyn Fn(&str) -> f64) -> Option<Legend> {
        let map = scene.heat_map().filter(|_| self.foot > 0.0)?;
        let size = 0.45 * self.foot;
        let name = if map.unit.is_empty() {
            map.name.clone()
        } else {
            format!("{} in {}", map.name, map.unit)
        };
        let (least, most) = (short_number(map.range.0), short_number(map.range.1));
        let gap = 0.6 * size;
        let baseline = self.area.height() + self.margin * 0.5 + 0.75 * self.foot;
        let mut x = 0.0;
        let mut texts = Vec::new();
        for text in [name, least] {
            let width = size * width_of(&text);
            texts.push((text, Point::new(x, baseline)));
            x += width + gap;
        }
        let bar = [x, baseline - 0.8 * size, 0.2 * self.area.width(), size];
        texts.push((most, Point::new(x + bar[2] + gap, baseline)));
        Some(Legend { bar, text_size: size, texts })
    }

    /// Square and name of every highlight group, right-aligned in the foot: left and top of the
    /// square, its side, and the baseline of the name.
    pub(crate) fn group_legend(
        &self,
        scene: &Scene,
        width_of: &dyn Fn(&str) -> f64,
    ) -> Vec<(Point, f64, Point)> {
        if self.foot == 0.0 {
            return Vec::new();
        }
        let size = 0.45 * self.foot;
        let baseline = self.area.height() + self.margin * 0.5 + 0.75 * self.foot;
        let mut x = self.area.width();
        let mut places = Vec::new();
        for name in scene.groups.iter().rev() {
            x -= size * (width_of(name) + 1.9);
            let square = Point::new(x, baseline - 0.8 * size);
            places.push((square, size, Point::new(x + 1.3 * size, baseline)));
        }
        places.reverse();
        places
    }
}

/// Three digits that matter.
pub(crate) fn short_number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if (-3.0..6.0).contains(&magnitude) {
        let digits = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
        return format!("{value:.digits$}");
    }
    format!("{value:.2e}")
}

/// How a label lies in its box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    /// Size of the text in µm.
    pub(crate) size: f64,
    /// Turned by a quarter, to be read from the right.
    pub(crate) upright: bool,
    /// Whether the note below fits, too.
    pub(crate) note: bool,
}

/// Fits a text of `width_per_size` into a box; `None` where it would be smaller than `least` µm.
pub(crate) fn fit(within: &Rect, width_per_size: f64, least: f64) -> Option<Fit> {
    let upright = within.height() > 1.4 * within.width();
    let (along, across) =
        if upright { (within.height(), within.width()) } else { (within.width(), within.height()) };
    let size = (0.86 * along / width_per_size.max(0.5)).min(0.4 * across);
    // Four times the least is as large as a name needs to be.
    let size = size.min(4.0 * least);
    (size >= least).then_some(Fit {
        size,
        upright,
        note: across > 2.4 * size && size > 1.4 * least,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        let texts = [0.0, 1.234, 0.01234, 123.4, 1234.5, 1.2e-7, 3.0e9].map(short_number);
        assert_eq!(texts, ["0", "1.23", "0.0123", "123", "1234", "1.20e-7", "3.00e9"]);
    }

    #[test]
    fn labels_lie_along_the_longer_side() {
        let flat = Rect { x0: 0.0, y0: 0.0, x1: 100.0, y1: 20.0 };
        let tall = Rect { x0: 0.0, y0: 0.0, x1: 20.0, y1: 100.0 };
        assert!(!fit(&flat, 3.0, 4.0).unwrap().upright, "a flat box");
        assert!(fit(&tall, 3.0, 4.0).unwrap().upright, "a tall box");
        assert_eq!(fit(&flat, 30.0, 4.0), None, "too long a name");
    }
}
