//! Animated PNG: true colours, of each picture only what changed.

use std::io::Write;

use super::change::{changed, cut};
use super::{Film, FilmError};

/// Writes the given steps of a film, `per_second` of them in a second. Readers that know only PNG
/// show the first. `on_frame` is told how many are done.
///
/// # Errors
/// Those of the writer.
pub fn write_apng(
    out: impl Write,
    film: &mut Film<'_>,
    steps: &[usize],
    per_second: f64,
    mut on_frame: impl FnMut(usize),
) -> Result<(), FilmError> {
    let failed = |error: png::EncodingError| FilmError::Write(error.to_string());
    let Some(&first) = steps.first() else { return Ok(()) };
    let mut before = film.frame(first)?;
    let mut encoder = png::Encoder::new(out, before.width, before.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_animated(steps.len() as u32, 0).map_err(failed)?;
    let millis = (1000.0 / per_second.clamp(0.1, 50.0)).round() as u16;
    encoder.set_frame_delay(millis, 1000).map_err(failed)?;
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&before.rgba).map_err(failed)?;
    for (done, &step) in steps.iter().enumerate().skip(1) {
        on_frame(done);
        let after = film.frame(step)?;
        // The number of pictures is written already, so an equal one still gets a pixel.
        let (left, top, width, height) = changed(&before, &after).unwrap_or((0, 0, 1, 1));
        writer.reset_frame_position().map_err(failed)?;
        writer.set_frame_dimension(width, height).map_err(failed)?;
        writer.set_frame_position(left, top).map_err(failed)?;
        writer.write_image_data(&cut(&after, (left, top, width, height))).map_err(failed)?;
        before = after;
    }
    writer.finish().map_err(failed)?;
    on_frame(steps.len());
    Ok(())
}
