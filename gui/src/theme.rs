//! Every colour of the viewer that is not in the draw list's own theme, and the widgets' style.

use egui::{Color32, Context, FontFamily, FontId, Stroke, TextStyle, Visuals};
use flagstone_report::scene::Style;
use flagstone_report::{Ramp, Rgba, Theme};

/// Colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// The theme of the draw list.
    pub theme: Theme,
    /// Around the canvas.
    pub desk: Color32,
    /// Text on the canvas.
    pub text: Color32,
    /// Names on macros.
    pub label: Color32,
    /// Halos around hard macros.
    pub halo: Color32,
    /// What is illegal.
    pub illegal: Color32,
    /// Rulers.
    pub ruler: Color32,
    /// A number that got better.
    pub better: Color32,
    /// A number that got worse.
    pub worse: Color32,
    /// A curve in a plot.
    pub curve: Color32,
    /// Behind text on the canvas.
    pub plate: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const LIGHT: Palette = Palette {
    theme: Theme::Light,
    desk: rgb(0xe8e8e4),
    text: rgb(0x22262c),
    label: rgb(0x22262c),
    halo: Color32::from_rgba_premultiplied(40, 30, 10, 40),
    illegal: rgb(0xd42028),
    ruler: rgb(0x7a1f7a),
    better: rgb(0x10763a),
    worse: rgb(0xb82424),
    curve: rgb(0x185caa),
    plate: Color32::from_rgba_premultiplied(226, 226, 226, 230),
};

const DARK: Palette = Palette {
    theme: Theme::Dark,
    desk: rgb(0x101216),
    text: rgb(0xdfe3e9),
    label: rgb(0xffffff),
    halo: Color32::from_rgba_premultiplied(60, 46, 16, 60),
    illegal: rgb(0xff4a4a),
    ruler: rgb(0xec8eec),
    better: rgb(0x68ce8c),
    worse: rgb(0xff8078),
    curve: rgb(0x7ab8ff),
    plate: Color32::from_rgba_premultiplied(24, 26, 30, 230),
};

/// The colours of a theme.
pub fn palette(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

fn color(Rgba([r, g, b, a]): Rgba) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, a)
}

impl Palette {
    /// Colour inside shapes of a style.
    pub fn fill(&self, style: Style) -> Color32 {
        color(self.theme.paint(style).fill)
    }

    /// Colour of lines of a style.
    pub fn stroke(&self, style: Style) -> Color32 {
        color(self.theme.paint(style).stroke)
    }

    /// Lines of a style, width in points.
    pub fn line(&self, style: Style) -> Stroke {
        let paint = self.theme.paint(style);
        Stroke::new(paint.width, color(paint.stroke))
    }

    /// The colour of a better or worse number; `None` where nothing changed.
    pub fn change(&self, by: f64) -> Option<Color32> {
        match by {
            by if by < 0.0 => Some(self.better),
            by if by > 0.0 => Some(self.worse),
            _ => None,
        }
    }
}

/// The colour ramp of heat maps, from 0 (cold) to 1 (hot).
pub fn heat(value: f64) -> Color32 {
    let [r, g, b] = Ramp::default().color(value);
    Color32::from_rgb(r, g, b)
}

/// The ramp as positions and colors, for formats that carry their own.
pub fn heat_stops() -> Vec<(f64, [u8; 3])> {
    const STOPS: u32 = 8;
    let at = |stop: u32| f64::from(stop) / f64::from(STOPS);
    (0..=STOPS).map(|stop| (at(stop), Ramp::default().color(at(stop)))).collect()
}

/// Black or white, whichever reads better on a colour.
pub fn text_on(color: Color32) -> Color32 {
    let [r, g, b, _] = color.to_array().map(f32::from);
    if 0.299 * r + 0.587 * g + 0.114 * b > 140.0 { Color32::BLACK } else { Color32::WHITE }
}

/// Sets sizes and widget colours of both themes.
pub fn install(ctx: &Context) {
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        ctx.style_mut_of(theme, |style| {
            let dark = theme == egui::Theme::Dark;
            style.visuals = if dark { Visuals::dark() } else { Visuals::light() };
            let colors = palette(dark);
            style.visuals.selection.bg_fill = colors.curve.gamma_multiply(0.35);
            style.visuals.selection.stroke = Stroke::new(1.0, colors.text);
            style.visuals.override_text_color = Some(colors.text);
            style.spacing.item_spacing = egui::vec2(6.0, 4.0);
            style.interaction.tooltip_delay = 0.15;
            let size = |size| FontId::new(size, FontFamily::Proportional);
            style.text_styles.insert(TextStyle::Body, size(13.0));
            style.text_styles.insert(TextStyle::Button, size(13.0));
            style.text_styles.insert(TextStyle::Small, size(11.5));
            style.text_styles.insert(TextStyle::Heading, size(16.0));
            let mono = FontId::new(12.0, FontFamily::Monospace);
            style.text_styles.insert(TextStyle::Monospace, mono);
        });
    }
}
