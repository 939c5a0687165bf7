//! GIF: 255 colours for the whole film, of each picture only what changed.

use std::borrow::Cow;
use std::io::Write;

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use super::change::{Area, changed, cut};
use super::{Film, FilmError};
use crate::Pixels;

/// The colour that leaves a pixel as it was.
const CLEAR: u8 = 255;
/// Hundredths of a second that the last picture stays.
const LAST: u16 = 200;

/// Writes the given steps of a film, `per_second` of them in a second.
///
/// Equal pictures are shown as one that stays longer. `on_frame` is told how many are done.
///
/// # Errors
/// A size GIF cannot hold, or those of the writer.
pub fn write_gif(
    out: impl Write,
    film: &mut Film<'_>,
    steps: &[usize],
    per_second: f64,
    mut on_frame: impl FnMut(usize),
) -> Result<(), FilmError> {
    let failed = |error: gif::EncodingError| FilmError::Write(error.to_string());
    let palette = Palette::new(&samples(film, steps)?);
    let delay = (100.0 / per_second.clamp(0.1, 50.0)).round() as u16;
    let Some(&first) = steps.first() else { return Ok(()) };
    let mut before = film.frame(first)?;
    let size = || FilmError::Size(before.width, before.height);
    let width = u16::try_from(before.width).map_err(|_| size())?;
    let height = u16::try_from(before.height).map_err(|_| size())?;
    let mut encoder = Encoder::new(out, width, height, &palette.rgb).map_err(failed)?;
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let mut pending = palette.frame(&before, (0, 0, before.width, before.height), None);
    pending.delay = delay;
    for (done, &step) in steps.iter().enumerate().skip(1) {
        on_frame(done);
        let after = film.frame(step)?;
        let Some(area) = changed(&before, &after) else {
            pending.delay = pending.delay.saturating_add(delay);
            continue;
        };
        encoder.write_frame(&pending).map_err(failed)?;
        pending = palette.frame(&after, area, Some(&before));
        pending.delay = delay;
        before = after;
    }
    pending.delay = pending.delay.saturating_add(LAST);
    encoder.write_frame(&pending).map_err(failed)?;
    encoder.into_inner().map_err(|error| FilmError::Write(error.to_string()))?;
    on_frame(steps.len());
    Ok(())
}

/// A few pictures, from which the colours are taken.
fn samples(film: &mut Film<'_>, steps: &[usize]) -> Result<Vec<Pixels>, FilmError> {
    const SAMPLES: usize = 5;
    let n = steps.len().min(SAMPLES);
    let step = |i: usize| steps[i * (steps.len() - 1) / n.saturating_sub(1).max(1)];
    (0..n).map(|i| film.frame(step(i))).collect()
}

/// The most frequent colours, five bits of each part telling them apart.
struct Palette {
    rgb: Vec<u8>,
    /// The nearest colour for each of the 32³ that are told apart.
    nearest: Vec<u8>,
}

fn bucket(rgba: &[u8]) -> usize {
    let part = |i: usize| usize::from(rgba[i] >> 3);
    part(0) << 10 | part(1) << 5 | part(2)
}

impl Palette {
    fn new(samples: &[Pixels]) -> Self {
        const BUCKETS: usize = 1 << 15;
        let mut sums = vec![[0_u64; 4]; BUCKETS];
        for pixel in samples.iter().flat_map(|sample| sample.rgba.chunks_exact(4)) {
            let sum = &mut sums[bucket(pixel)];
            for i in 0..3 {
                sum[i] += u64::from(pixel[i]);
            }
            sum[3] += 1;
        }
        let mut used: Vec<usize> = (0..BUCKETS).filter(|&at| sums[at][3] > 0).collect();
        used.sort_by_key(|&at| (std::cmp::Reverse(sums[at][3]), at));
        used.truncate(usize::from(CLEAR));
        let mean = |at: &usize| {
            let [r, g, b, n] = sums[*at];
            [r, g, b].map(|sum| (sum / n) as u8)
        };
        let colors: Vec<[u8; 3]> = used.iter().map(mean).collect();
        let near = |at: usize| {
            let color = [at >> 10, (at >> 5) & 31, at & 31].map(|part| (part << 3 | 4) as i32);
            let far = |other: &[u8; 3]| -> i32 {
                let parts = color.iter().zip(other).map(|(a, &b)| (a - i32::from(b)).pow(2));
                parts.sum()
            };
            (0..colors.len()).min_by_key(|&i| far(&colors[i])).unwrap_or(0) as u8
        };
        let nearest = (0..BUCKETS).map(near).collect();
        let mut rgb = colors.concat();
        rgb.resize(3 * 256, 0);
        Self { rgb, nearest }
    }

    /// An area of a picture; pixels that were the same before are left clear.
    fn frame(&self, picture: &Pixels, area: Area, before: Option<&Pixels>) -> Frame<'static> {
        let index = |pixel: &[u8]| self.nearest[bucket(pixel)];
        let mut buffer: Vec<u8> = cut(picture, area).chunks_exact(4).map(index).collect();
        if let Some(before) = before {
            let old = cut(before, area);
            for (to, old) in buffer.iter_mut().zip(old.chunks_exact(4)) {
                if *to == index(old) {
                    *to = CLEAR;
                }
            }
        }
        // A picture as large as GIF holds; see above.
        let [left, top, width, height] = [area.0, area.1, area.2, area.3].map(|v| v as u16);
        Frame {
            left,
            top,
            width,
            height,
            transparent: before.map(|_| CLEAR),
            dispose: DisposalMethod::Keep,
            buffer: Cow::Owned(buffer),
            ..Frame::default()
        }
    }
}
