//! Draws egui's triangles into an image, so that pictures of the window need neither a graphics card
//! nor a driver and come out the same everywhere.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive, Vertex};
use egui::{
    Color32, ColorImage, Context, FullOutput, Pos2, TextureFilter, TextureId, TexturesDelta,
};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// Textures and how they are sampled.
#[derive(Default)]
pub(crate) struct Raster {
    textures: HashMap<TextureId, (ColorImage, bool)>,
}

impl TestRenderer for Raster {
    #[allow(clippy::iter_over_hash_type, reason = "textures do not depend on each other")]
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, deltas) in std::mem::take(&mut delta.set) {
            for part in deltas {
                let ImageData::Color(image) = &part.image;
                let smooth = part.options.magnification == TextureFilter::Linear;
                match (part.pos, self.textures.get_mut(&id)) {
                    (Some([x, y]), Some((whole, _))) => patch(whole, image, x, y),
                    _ => drop(self.textures.insert(id, ((**image).clone(), smooth))),
                }
            }
        }
        for id in std::mem::take(&mut delta.free) {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut target = RgbaImage::new(size.x.round() as u32, size.y.round() as u32);
        for ClippedPrimitive { clip_rect, primitive } in
            ctx.tessellate(output.shapes.clone(), scale)
        {
            let Primitive::Mesh(mesh) = primitive else { continue };
            let clip = [clip_rect.min * scale, clip_rect.max * scale].map(Pos2::round);
            self.mesh(&mesh, clip, scale, &mut target);
        }
        Ok(target)
    }
}

fn patch(whole: &mut ColorImage, part: &ColorImage, x: usize, y: usize) {
    let (width, own) = (part.size[0], whole.size[0]);
    for (row, pixels) in part.pixels.chunks(width).enumerate() {
        let from = (y + row) * own + x;
        whole.pixels[from..from + width].copy_from_slice(pixels);
    }
}

impl Raster {
    fn mesh(&self, mesh: &Mesh, clip: [Pos2; 2], scale: f32, target: &mut RgbaImage) {
        let Some((texture, smooth)) = self.textures.get(&mesh.texture_id) else { return };
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [corners[0], corners[1], corners[2]];
            let corners = corners.map(|corner| mesh.vertices[corner as usize]);
            triangle(corners, scale, clip, target, |uv| sample(texture, uv, *smooth));
        }
    }
}

fn sample(texture: &ColorImage, uv: Pos2, smooth: bool) -> [f32; 4] {
    let [w, h] = texture.size;
    let pixel = |x: i64, y: i64| {
        let (x, y) = (x.clamp(0, w as i64 - 1) as usize, y.clamp(0, h as i64 - 1) as usize);
        texture.pixels[y * w + x].to_array().map(f32::from)
    };
    let (x, y) = (uv.x * w as f32, uv.y * h as f32);
    if !smooth {
        return pixel(x.floor() as i64, y.floor() as i64);
    }
    let (x, y) = (x - 0.5, y - 0.5);
    let (fx, fy) = (x - x.floor(), y - y.floor());
    let (x, y) = (x.floor() as i64, y.floor() as i64);
    let mix = |a: [f32; 4], b: [f32; 4], t: f32| std::array::from_fn(|k| a[k] + t * (b[k] - a[k]));
    let top = mix(pixel(x, y), pixel(x + 1, y), fx);
    let bottom = mix(pixel(x, y + 1), pixel(x + 1, y + 1), fx);
    mix(top, bottom, fy)
}

/// Fills the pixels whose center is inside; on an edge two triangles share, only one of them.
fn triangle(
    mut corners: [Vertex; 3],
    scale: f32,
    clip: [Pos2; 2],
    target: &mut RgbaImage,
    texture: impl Fn(Pos2) -> [f32; 4],
) {
    let at = |vertex: &Vertex| [f64::from(vertex.pos.x * scale), f64::from(vertex.pos.y * scale)];
    let edge = |a: [f64; 2], b: [f64; 2], p: [f64; 2]| {
        (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    };
    if edge(at(&corners[0]), at(&corners[1]), at(&corners[2])) < 0.0 {
        corners.swap(1, 2);
    }
    let [a, b, c] = [at(&corners[0]), at(&corners[1]), at(&corners[2])];
    let area = edge(a, b, c);
    if area <= 0.0 {
        return;
    }
    let low = |k: usize| a[k].min(b[k]).min(c[k]);
    let high = |k: usize| a[k].max(b[k]).max(c[k]);
    let bound =
        |value: f64, low: f32, size: u32| value.clamp(f64::from(low.max(0.0)), f64::from(size));
    let (width, height) = target.dimensions();
    let x0 = bound(low(0).floor(), clip[0].x, width) as u32;
    let y0 = bound(low(1).floor(), clip[0].y, height) as u32;
    let x1 = high(0).ceil().min(f64::from(clip[1].x)).clamp(0.0, f64::from(width)) as u32;
    let y1 = high(1).ceil().min(f64::from(clip[1].y)).clamp(0.0, f64::from(height)) as u32;
    let top_left = |a: [f64; 2], b: [f64; 2]| (a[1] == b[1] && b[0] > a[0]) || b[1] < a[1];
    let inside = |w: f64, from, to| w > 0.0 || (w == 0.0 && top_left(from, to));
    for y in y0..y1 {
        for x in x0..x1 {
            let p = [f64::from(x) + 0.5, f64::from(y) + 0.5];
            let w = [edge(b, c, p), edge(c, a, p), edge(a, b, p)];
            if !(inside(w[0], b, c) && inside(w[1], c, a) && inside(w[2], a, b)) {
                continue;
            }
            let w = w.map(|w| (w / area) as f32);
            let part = |of: &dyn Fn(&Vertex) -> f32| -> f32 {
                w.iter().zip(&corners).map(|(w, corner)| w * of(corner)).sum()
            };
            let uv = Pos2::new(part(&|v| v.uv.x), part(&|v| v.uv.y));
            let texel = texture(uv);
            let channel = |v: &Vertex, k: usize| f32::from(Color32::to_array(&v.color)[k]);
            let source: [f32; 4] =
                std::array::from_fn(|k| part(&|v| channel(v, k)) * texel[k] / 255.0);
            let Rgba(old) = *target.get_pixel(x, y);
            let keep = 1.0 - source[3] / 255.0;
            let mixed = std::array::from_fn(|k| {
                (source[k] + keep * f32::from(old[k])).round().clamp(0.0, 255.0) as u8
            });
            target.put_pixel(x, y, Rgba(mixed));
        }
    }
}
