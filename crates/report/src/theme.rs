//! Colours of every picture, on screen and on paper: a light and a dark theme, and colour ramps.
//!
//! Orange against blue, bluish green and reddish purple stay apart for the colour-blind; the eight
//! highlight colours are those of Okabe and Ito, shaded so that names read on them; the first ones are
//! those farthest from the macros' own.

use crate::Style;

/// Red, green, blue and straight (not premultiplied) alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    /// Nothing to see.
    pub const CLEAR: Self = Self([0; 4]);

    const fn hex(rgb: u32, alpha: u8) -> Self {
        Self([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, alpha])
    }

    /// `#rrggbb`, without the alpha.
    pub fn to_hex(self) -> String {
        let [r, g, b, _] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Alpha from 0 to 1.
    pub fn opacity(self) -> f64 {
        f64::from(self.0[3]) / 255.0
    }
}

/// How a style is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// Colour inside.
    pub fill: Rgba,
    /// Colour of the line.
    pub stroke: Rgba,
    /// Width of the line in pixels, whatever the zoom.
    pub width: f32,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on white, for paper.
    #[default]
    Light,
    /// Light on near-black, for screens.
    Dark,
}

/// Fill, alpha of the fill, stroke, alpha of the stroke, width.
type Row = (u32, u8, u32, u8, f32);

/// In the order of [`Style::ALL`].
const LIGHT: [Row; Style::ALL.len()] = [
    (0xf7f7f4, 255, 0x30343b, 255, 1.0),
    (0, 0, 0xdcdcd6, 255, 0.5),
    (0xd55e00, 46, 0xd55e00, 200, 1.0),
    (0x7fb2d8, 90, 0x4f86b0, 128, 0.5),
    (0x7fb2d8, 140, 0x4f86b0, 0, 0.0),
    (0xe7b45c, 235, 0x6b4a12, 255, 1.0),
    (0xb7b2a8, 255, 0x4d4a44, 255, 1.0),
    (0x6b4a12, 255, 0, 0, 0.0),
    (0x2f7d52, 255, 0, 0, 0.0),
    (0x22262c, 255, 0, 0, 0.0),
    (0, 0, 0x8c2f63, 150, 2.4),
    (0, 0, 0x1f78c8, 210, 1.2),
    (0, 0, 0xcc4c02, 210, 1.2),
    (0xd81b60, 40, 0xd81b60, 255, 2.5),
    (0xd81b60, 0, 0xd81b60, 220, 1.5),
    (0x2fb489, 215, 0x006b4e, 255, 2.0),
    (0x56b4e9, 215, 0x2080b8, 255, 2.0),
    (0xcc79a7, 215, 0x99466f, 255, 2.0),
    (0xf0e442, 215, 0xa89f10, 255, 2.0),
    (0x3f8fc8, 215, 0x004b76, 255, 2.0),
    (0xe07a35, 215, 0x9a4400, 255, 2.0),
    (0xf5c860, 215, 0xa87400, 255, 2.0),
    (0x909090, 215, 0x222222, 255, 2.0),
    (0x30343b, 14, 0x6a6f78, 200, 1.0),
    (0xb0123f, 255, 0xb0123f, 220, 1.3),
    (0xd62728, 70, 0xd62728, 255, 1.5),
];

/// In the order of [`Style::ALL`].
const DARK: [Row; Style::ALL.len()] = [
    (0x1b1f26, 255, 0x8a919c, 255, 1.0),
    (0, 0, 0x2b313a, 255, 0.5),
    (0xff7f3f, 46, 0xff7f3f, 200, 1.0),
    (0x5b9bd0, 80, 0x7db4e0, 110, 0.5),
    (0x5b9bd0, 130, 0x7db4e0, 0, 0.0),
    (0xc98f33, 235, 0xf3d08f, 255, 1.0),
    (0x6d7178, 255, 0xb5bac2, 255, 1.0),
    (0xfde3b0, 255, 0, 0, 0.0),
    (0x4fc48a, 255, 0, 0, 0.0),
    (0xeef1f5, 255, 0, 0, 0.0),
    (0, 0, 0xe08bb8, 150, 2.4),
    (0, 0, 0x6fb8ff, 220, 1.2),
    (0, 0, 0xff9c5a, 220, 1.2),
    (0xff5fa2, 50, 0xff5fa2, 255, 2.5),
    (0xff5fa2, 0, 0xff5fa2, 220, 1.5),
    (0x00875f, 215, 0x3fd9ab, 255, 2.0),
    (0x3a86b8, 215, 0x9ad4f7, 255, 2.0),
    (0xa8557f, 215, 0xf0aacd, 255, 2.0),
    (0x8f871e, 215, 0xfff7a0, 255, 2.0),
    (0x1f6aa0, 215, 0x7cc0f0, 255, 2.0),
    (0xa84a00, 215, 0xff9c5a, 255, 2.0),
    (0x9a6c00, 215, 0xffc24d, 255, 2.0),
    (0x6a6a6a, 215, 0xffffff, 255, 2.0),
    (0xffffff, 14, 0xa3aab5, 200, 1.0),
    (0xff6d8a, 255, 0xff6d8a, 220, 1.3),
    (0xff5c5c, 80, 0xff5c5c, 255, 1.5),
];

impl Theme {
    /// How a style is painted.
    pub fn paint(self, style: Style) -> Paint {
        let table = if self == Self::Light { &LIGHT } else { &DARK };
        let (fill, fill_alpha, stroke, stroke_alpha, width) = table[style.index()];
        Paint { fill: Rgba::hex(fill, fill_alpha), stroke: Rgba::hex(stroke, stroke_alpha), width }
    }

    /// How a style is painted above a heat map, in both themes: nodes let the colours through, with
    /// dark outlines that show on all of them.
    pub fn paint_over_heat(self, style: Style) -> Paint {
        let paint = self.paint(style);
        let over = |alpha, stroke_alpha| Paint {
            fill: Rgba::hex(0xffffff, alpha),
            stroke: Rgba::hex(0x101318, stroke_alpha),
            ..paint
        };
        match style {
            Style::Soft => over(26, 60),
            Style::StdCell => over(40, 0),
            Style::Hard => over(96, 255),
            Style::Fixed => over(160, 255),
            Style::Mark => Paint { fill: Rgba::hex(0x101318, 255), ..paint },
            _ => paint,
        }
    }

    /// Names inside macros above a heat map.
    pub fn label_over_heat(self) -> Rgba {
        Rgba::hex(0x101318, 255)
    }

    /// Around the canvas.
    pub fn background(self) -> Rgba {
        match self {
            Self::Light => Rgba::hex(0xffffff, 255),
            Self::Dark => Rgba::hex(0x12151a, 255),
        }
    }

    /// Titles and numbers.
    pub fn text(self) -> Rgba {
        match self {
            Self::Light => Rgba::hex(0x22262c, 255),
            Self::Dark => Rgba::hex(0xdfe3e9, 255),
        }
    }

    /// Names inside macros, which must be read on their fill.
    pub fn label(self) -> Rgba {
        match self {
            Self::Light => Rgba::hex(0x22262c, 255),
            Self::Dark => Rgba::hex(0xffffff, 255),
        }
    }
}

/// A colour for every number from 0 to 1. Both run from dark to light in even steps, so they are
/// read the same in grey and by the colour-blind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ramp {
    /// Dark violet, green, yellow.
    #[default]
    Viridis,
    /// Dark blue, grey, yellow.
    Cividis,
}

const VIRIDIS: [u32; 9] =
    [0x440154, 0x472c7a, 0x3b518b, 0x2c718e, 0x21908d, 0x27ad81, 0x5cc863, 0xaadc32, 0xfde725];
const CIVIDIS: [u32; 9] =
    [0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74, 0xc9b867, 0xfee838];

impl Ramp {
    /// The colour at `t`, held to 0…1.
    pub fn color(self, t: f64) -> [u8; 3] {
        let stops = if self == Self::Viridis { &VIRIDIS } else { &CIVIDIS };
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let at = t * (stops.len() - 1) as f64;
        let i = (at as usize).min(stops.len() - 2);
        let f = at - i as f64;
        let part = |stop: u32, shift: u32| f64::from((stop >> shift) as u8);
        let mix = |shift| {
            let (a, b) = (part(stops[i], shift), part(stops[i + 1], shift));
            (a + f * (b - a)).round() as u8
        };
        [mix(16), mix(8), mix(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ramps_get_lighter_all_the_way() {
        for ramp in [Ramp::Viridis, Ramp::Cividis] {
            let light = |t: f64| {
                let [r, g, b] = ramp.color(t).map(f64::from);
                0.2126 * r + 0.7152 * g + 0.0722 * b
            };
            let steps = (0..=64).map(|i| light(f64::from(i) / 64.0));
            let steps: Vec<f64> = steps.collect();
            assert!(steps.is_sorted(), "{ramp:?} {steps:?}");
            assert_eq!(ramp.color(f64::NAN), ramp.color(0.0));
        }
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for theme in [Theme::Light, Theme::Dark] {
            let light = |c: Rgba| c.0[..3].iter().map(|&v| i32::from(v)).sum::<i32>() / 3;
            let apart = (light(theme.text()) - light(theme.background())).abs();
            assert!(apart > 150, "{theme:?}: {apart}");
            let fill = theme.paint(Style::Hard).fill;
            assert!((light(theme.label()) - light(fill)).abs() > 80, "{theme:?}");
        }
    }
}
