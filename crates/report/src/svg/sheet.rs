//! The style sheet.

use std::fmt::Write;

use crate::{Rgba, Style, Theme};

/// The rules of a theme; of both, the reader choosing, without one.
pub(super) fn css(theme: Option<Theme>, over_heat: bool, line_scale: f64) -> String {
    let mut css = String::from(
        "rect,line,path{vector-effect:non-scaling-stroke}\
         text{font-family:Ubuntu,Ubuntu-Light,sans-serif}.dots{fill:none;stroke-linecap:round}",
    );
    rules(&mut css, theme.unwrap_or_default(), over_heat, line_scale);
    if theme.is_none() {
        css.push_str("@media (prefers-color-scheme:dark){");
        rules(&mut css, Theme::Dark, over_heat, line_scale);
        css.push('}');
    }
    css
}

fn rules(css: &mut String, theme: Theme, over_heat: bool, line_scale: f64) {
    let (bg, text) = (theme.background(), theme.text());
    let label = if over_heat { theme.label_over_heat() } else { theme.label() };
    let (bg, text, label) = (bg.to_hex(), text.to_hex(), label.to_hex());
    // Writing to a string cannot fail.
    let _ = write!(css, ".bg{{fill:{bg}}}.text{{fill:{text}}}.label{{fill:{label}}}");
    for style in Style::ALL {
        let paint = if over_heat { theme.paint_over_heat(style) } else { theme.paint(style) };
        let _ = write!(css, ".{}{{", style.name());
        color(css, "fill", paint.fill);
        color(css, "stroke", paint.stroke);
        if paint.stroke != Rgba::CLEAR && paint.stroke.opacity() > 0.0 {
            let _ = write!(
                css,
                "stroke-width:{}px",
                super::number(f64::from(paint.width) * line_scale)
            );
        }
        css.push('}');
    }
    let pin = theme.paint(Style::Pin).fill.to_hex();
    let _ = write!(
        css,
        ".dots.pin{{fill:none;stroke:{pin};stroke-width:{}px}}",
        super::number(3.0 * line_scale)
    );
}

fn color(css: &mut String, what: &str, color: Rgba) {
    let _ = match color.0[3] {
        0 => write!(css, "{what}:none;"),
        255 => write!(css, "{what}:{};", color.to_hex()),
        _ => {
            let opacity = super::number((color.opacity() * 100.0).round() / 100.0);
            write!(css, "{what}:{};{what}-opacity:{opacity};", color.to_hex())
        }
    };
}
