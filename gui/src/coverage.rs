//! A layer with too many objects, or too small ones, as a picture of how much they cover.
//!
//! The picture reaches half a view beyond each side. While the view moves the last one is stretched;
//! once it rests, a thread makes a new one. Where the last one does not reach, the one that reached
//! farthest is shown until then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};
use flagstone_geom::{Point, Rect};

use crate::board::Sheet;
use crate::worker::Worker;

/// Time without a change of the view after which a picture is made.
const REST: Duration = Duration::from_millis(50);
/// Points of the screen per pixel of the picture.
const POINTS_PER_PIXEL: f64 = 2.0;
/// Pixels along one side at most.
const MOST_PIXELS: usize = 2048;

/// What is asked: a window in µm and its size in pixels.
#[derive(Clone)]
struct Question {
    sheet: Arc<Sheet>,
    window: Rect,
    size: [usize; 2],
    color: Color32,
}

/// The picture of a layer and the thread that makes it.
pub struct Coverage {
    worker: Worker<Question, (Rect, ColorImage)>,
    texture: Option<(Rect, TextureHandle)>,
    far: Option<(Rect, TextureHandle)>,
    wanted: Option<(Rect, u64, Color32)>,
    since: Instant,
    asked: bool,
}

impl Coverage {
    /// Starts the thread.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let answer = |q: Question| (q.window, picture(&q.sheet, &q.window, q.size, q.color));
        Self {
            worker: Worker::new("coverage", wake, answer),
            texture: None,
            far: None,
            wanted: None,
            since: crate::native::now(),
            asked: false,
        }
    }

    /// The last picture and the window it shows; asks for a new one once the view rests.
    ///
    /// `view` is the window on the screen, `scale` points per µm.
    pub fn show(
        &mut self,
        ctx: &Context,
        sheet: &Arc<Sheet>,
        view: &Rect,
        scale: f64,
        color: Color32,
    ) -> Option<(Rect, egui::TextureId)> {
        self.poll(ctx);
        let wanted = (*view, sheet.version, color);
        if self.wanted != Some(wanted) {
            self.wanted = Some(wanted);
            self.since = crate::native::now();
            self.asked = false;
        }
        if !self.asked {
            if self.since.elapsed() >= REST || self.texture.is_none() {
                self.asked = true;
                let window = view.grown(view.width() / 2.0, view.height() / 2.0);
                let pixels = |um: f64| {
                    ((um * scale / POINTS_PER_PIXEL).ceil() as usize).clamp(1, MOST_PIXELS)
                };
                let size = [pixels(window.width()), pixels(window.height())];
                self.worker.ask(Question { sheet: Arc::clone(sheet), window, size, color });
            } else {
                ctx.request_repaint_after(REST);
            }
        }
        let corners = [Point::new(view.x0, view.y0), Point::new(view.x1, view.y1)];
        let reaches = |shown: &&(Rect, TextureHandle)| corners.iter().all(|&p| shown.0.contains(p));
        let shown = self.texture.as_ref().filter(reaches).or(self.far.as_ref());
        shown.map(|(window, texture)| (*window, texture.id()))
    }

    fn poll(&mut self, ctx: &Context) {
        if let Some(Ok((window, image))) = self.worker.poll() {
            self.take(ctx, window, image);
        }
    }

    fn take(&mut self, ctx: &Context, window: Rect, image: ColorImage) {
        let texture = ctx.load_texture("coverage", image, TextureOptions::LINEAR);
        let reach = |rect: &Rect| rect.width() * rect.height();
        if self.far.as_ref().is_none_or(|far| reach(&window) >= reach(&far.0)) {
            self.far = Some((window, texture.clone()));
        }
        self.texture = Some((window, texture));
    }

    /// Whether a picture is being made.
    pub fn busy(&self) -> bool {
        self.worker.busy()
    }

    /// Blocks until the picture asked for is there; for tests and pictures without a window.
    pub fn wait(&mut self, ctx: &Context) {
        if let Some(Ok((window, image))) = self.worker.wait() {
            self.take(ctx, window, image);
        }
    }
}

/// How much of each pixel is covered, as the layer's color of that strength; the top row first.
pub fn picture(
    sheet: &Sheet,
    window: &Rect,
    [columns, rows]: [usize; 2],
    color: Color32,
) -> ColorImage {
    let mut covered = vec![0.0_f32; columns * rows];
    let (sx, sy) = (columns as f64 / window.width(), rows as f64 / window.height());
    sheet.buckets.visit(window, |row| {
        let rect = &sheet.block(row).rect;
        let (x0, x1) = ((rect.x0 - window.x0) * sx, (rect.x1 - window.x0) * sx);
        let (y0, y1) = ((window.y1 - rect.y1) * sy, (window.y1 - rect.y0) * sy);
        cover(&mut covered, columns, [x0, y0, x1, y1]);
    });
    let pixel = |&share: &f32| color.linear_multiply(share.min(1.0));
    ColorImage::new([columns, rows], covered.iter().map(pixel).collect())
}

/// Adds the covered share of every pixel under a rectangle given in pixels.
fn cover(covered: &mut [f32], columns: usize, [x0, y0, x1, y1]: [f64; 4]) {
    let rows = covered.len() / columns;
    let (w, h) = (columns as f64, rows as f64);
    if x1 <= 0.0 || y1 <= 0.0 || x0 >= w || y0 >= h {
        return;
    }
    let (c0, c1) = (x0.max(0.0) as usize, (x1.min(w) as usize).min(columns - 1));
    let (r0, r1) = (y0.max(0.0) as usize, (y1.min(h) as usize).min(rows - 1));
    if c0 == c1 && r0 == r1 {
        covered[r0 * columns + c0] += ((x1 - x0) * (y1 - y0)) as f32;
        return;
    }
    for row in r0..=r1 {
        let dy = y1.min((row + 1) as f64) - y0.max(row as f64);
        for column in c0..=c1 {
            let dx = x1.min((column + 1) as f64) - x0.max(column as f64);
            covered[row * columns + column] += (dx * dy).max(0.0) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_out_shows_the_farthest_picture_until_a_new_one_is_there() {
        let session = crate::session::tests::toy();
        let ctx = Context::default();
        let mut coverage = Coverage::new(|| {});
        let whole = session.design.canvas.rect();
        let near = Rect::centered(whole.center(), 2.0, 2.0);
        let mut look = |view: &Rect| {
            let shown = coverage.show(&ctx, &session.board.soft, view, 1.0, Color32::BLUE);
            // The view rests.
            coverage.since -= REST;
            coverage.show(&ctx, &session.board.soft, view, 1.0, Color32::BLUE);
            coverage.wait(&ctx);
            shown.map(|shown| shown.0)
        };
        assert_eq!(look(&whole), None, "nothing is there at first");
        let first = look(&near).expect("the first picture is stretched");
        assert!(first.width() > whole.width());
        let second = look(&near).expect("one of the close view");
        assert!(second.width() < whole.width());
        assert_eq!(look(&whole), Some(first));
    }

    #[test]
    fn the_covered_area_is_kept() {
        let mut covered = vec![0.0; 8 * 4];
        cover(&mut covered, 8, [0.5, 0.25, 3.0, 2.5]);
        cover(&mut covered, 8, [6.2, 1.2, 6.4, 1.7]);
        cover(&mut covered, 8, [-5.0, 0.0, -1.0, 4.0]);
        let sum: f32 = covered.iter().sum();
        assert!((sum - (2.5 * 2.25 + 0.1)).abs() < 1e-5, "{sum}");
    }
}
