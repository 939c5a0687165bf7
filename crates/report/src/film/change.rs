//! What differs between two pictures of a film.

use crate::Pixels;

/// An area of a picture in pixels: left, top, width, height.
pub(super) type Area = (u32, u32, u32, u32);

/// The smallest area outside which both are equal; `None` where they are equal everywhere.
pub(super) fn changed(before: &Pixels, after: &Pixels) -> Option<Area> {
    let stride = 4 * after.width as usize;
    let rows = before.rgba.chunks(stride).zip(after.rgba.chunks(stride));
    let differs: Vec<bool> = rows.clone().map(|(a, b)| a != b).collect();
    let top = differs.iter().position(|&differs| differs)?;
    let bottom = differs.iter().rposition(|&differs| differs)?;
    let (mut left, mut right) = (after.width as usize, 0);
    for (a, b) in rows.skip(top).take(bottom + 1 - top) {
        let pixels = || a.chunks_exact(4).zip(b.chunks_exact(4));
        let at = pixels().position(|(a, b)| a != b);
        left = left.min(at.unwrap_or(left));
        right = right.max(pixels().rposition(|(a, b)| a != b).unwrap_or(right));
    }
    let size = (right + 1 - left, bottom + 1 - top);
    Some((left as u32, top as u32, size.0 as u32, size.1 as u32))
}

/// The pixels of an area.
pub(super) fn cut(picture: &Pixels, (left, top, width, height): Area) -> Vec<u8> {
    let stride = 4 * picture.width as usize;
    let mut out = Vec::with_capacity(4 * width as usize * height as usize);
    for row in top..top + height {
        let from = row as usize * stride + 4 * left as usize;
        out.extend_from_slice(&picture.rgba[from..from + 4 * width as usize]);
    }
    out
}
