//! A recording as moving pictures: the placement after each step, under it the cost so far.

mod apng;
mod change;
mod gif;
mod strip;

use flagstone_geom::Grid;
use flagstone_netlist::{Canvas, Kind, Netlist};
use thiserror::Error;
use tiny_skia::Pixmap;

use crate::font::Font;
use crate::png::Brush;
use crate::recording::{Choice, Player, Step};
use crate::scene::{Group, layers};
use crate::{HeatMap, Look, Pixels, PngError, Ramp, Scene, Theme};

pub use self::apng::write_apng;
pub use self::gif::write_gif;

/// How a film is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilmLook {
    /// Width in pixels.
    pub pixels: u32,
    /// Colours.
    pub theme: Theme,
    /// Colours of the policy's probabilities.
    pub ramp: Ramp,
    /// Whether macros bear their names.
    pub labels: bool,
}

/// A film that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FilmError {
    /// A picture cannot be made.
    #[error(transparent)]
    Picture(#[from] PngError),
    /// The film cannot be packed or written.
    #[error("cannot write the film: {0}")]
    Write(String),
    /// The format cannot hold pictures of this size.
    #[error("a film of {0} x {1} pixels is too large for its format")]
    Size(u32, u32),
}

/// Draws the steps of a recording.
pub struct Film<'a> {
    netlist: &'a Netlist,
    canvas: &'a Canvas,
    player: Player,
    look: FilmLook,
    curve: Vec<(usize, f64)>,
    font: Font,
}

impl<'a> Film<'a> {
    /// Of a recording on its netlist.
    pub fn new(netlist: &'a Netlist, canvas: &'a Canvas, player: Player, look: FilmLook) -> Self {
        let curve = player.curve();
        Self { netlist, canvas, player, look, curve, font: Font::new() }
    }

    /// The picture after a step.
    ///
    /// # Errors
    /// Where the size is zero or too large.
    pub fn frame(&mut self, step: usize) -> Result<Pixels, FilmError> {
        self.player.seek(step);
        let scene = step_scene(self.netlist, self.canvas, &self.player, &self.look);
        let margin = 0.01 * self.canvas.width.max(self.canvas.height);
        let look = Look {
            pixels: self.look.pixels,
            theme: Some(self.look.theme),
            area: Some(self.canvas.rect().grown(margin, margin)),
            transparent: false,
            framed: false,
        };
        let picture = crate::png::paint(&scene, &look)?;
        let (width, height) = (picture.width(), picture.height());
        let (head, foot) = strip::heights(width);
        let tall = head + height + foot;
        let size = PngError::Size { width, height: tall };
        let mut whole = Pixmap::new(width, tall).ok_or(size)?;
        let from = 4 * (head * width) as usize;
        let to = from + picture.data().len();
        let mut brush = {
            whole.fill(strip::background(self.look.theme));
            whole.data_mut()[from..to].copy_from_slice(picture.data());
            Brush::new(whole)
        };
        self.title(&mut brush, head as f32);
        let top = (head + height) as f32;
        strip::curve(
            &mut brush,
            &self.font,
            self.look.theme,
            (top, foot as f32),
            &self.curve,
            (self.player.at(), self.player.len()),
        );
        Ok(Pixels { width, height: tall, rgba: brush.picture.take_demultiplied() })
    }

    fn title(&self, brush: &mut Brush, head: f32) {
        let recording = self.player.recording();
        let Step { stage, cost, choice, .. } = self.player.step();
        let (at, n) = (self.player.at(), self.player.len() - 1);
        let mut text = format!("{}   {stage}   step {at} of {n}", recording.head.design);
        if let Some(cost) = cost {
            text.push_str(&format!("   proxy {:.4}", cost.proxy(&recording.head.weights)));
        }
        if let Some(choice) = choice {
            text.push_str(&format!("   value {:.3}", choice.value));
        }
        let wide = self.look.pixels as f32;
        let fits = 0.96 * wide / self.font.width(&text).max(1.0) as f32;
        let size = (0.5 * head).min(fits);
        if let Some(outline) = self.font.outline(&text, size) {
            let at = (0.02 * wide, 0.66 * head);
            brush.text(&outline, at, (0.0, 0.0), false, self.look.theme.text());
        }
    }

    /// The steps worth a picture, at most `most`, in even steps; the first and the last are among
    /// them. Steps in which nothing moved and nothing was decided are left out.
    pub fn steps(&self, most: usize) -> Vec<usize> {
        let steps = &self.player.recording().steps;
        let last = steps.len() - 1;
        let seen = |&at: &usize| {
            let step = &steps[at];
            at == 0 || at == last || !step.moved.is_empty() || step.choice.is_some()
        };
        let all: Vec<usize> = (0..steps.len()).filter(seen).collect();
        if all.len() <= most.max(2) {
            return all;
        }
        let n = most.max(2);
        (0..n).map(|i| all[i * (all.len() - 1) / (n - 1)]).collect()
    }
}

/// The scene of the step a player is at: what a policy thought as a heat map, what moved outlined.
pub fn step_scene(netlist: &Netlist, canvas: &Canvas, player: &Player, look: &FilmLook) -> Scene {
    let placement = player.placement();
    let mut scene = Scene::empty(canvas);
    let grid = player.recording().head.grid();
    let choice = player.step().choice.as_ref();
    match grid.zip(choice).and_then(|(grid, choice)| probabilities(grid, choice)) {
        Some(map) => scene.put(layers::heat_map(HeatMap { ramp: look.ramp, ..map })),
        None => scene.put(layers::grid(canvas)),
    }
    scene.put(layers::blockages(canvas));
    scene.put(layers::soft(netlist, placement));
    scene.put(layers::hard(netlist, placement));
    scene.put(layers::fixed(netlist, placement));
    scene.put(layers::ports(netlist, canvas, placement));
    let hard = |node| netlist.kind(node) == Kind::HardMacro;
    let moved: Vec<_> =
        player.moved().filter(|&node| hard(node) && placement.placed[node.usize()]).collect();
    // Outlines of everything say nothing.
    let few = moved.len() <= 8;
    let outlined = if few { moved } else { Vec::new() };
    scene.put(layers::highlight(netlist, placement, &[] as &[Group], &outlined));
    if look.labels {
        scene.put(layers::labels(netlist, placement));
    }
    scene
}

/// The policy's probabilities on the grid it chose on, if the choice can be of this grid.
pub fn probabilities(grid: Grid, choice: &Choice) -> Option<HeatMap> {
    let inside = choice.legal.iter().all(|&cell| (cell as usize) < grid.n_cells());
    let (logits, mask) = choice.dense(grid.n_cells());
    (inside && !choice.legal.is_empty()).then(|| HeatMap::probabilities(grid, &logits, &mask))
}

/// The policy's logits on the legal cells of the grid it chose on, if the choice can be of this grid.
pub fn step_logits(grid: Grid, choice: &Choice) -> Option<HeatMap> {
    let inside = choice.legal.iter().all(|&cell| (cell as usize) < grid.n_cells());
    let (logits, mask) = choice.dense(grid.n_cells());
    let logit = |(&logit, &legal): (&f32, &bool)| if legal { f64::from(logit) } else { f64::NAN };
    let values: Vec<f64> = logits.iter().zip(&mask).map(logit).collect();
    if !inside || choice.legal.is_empty() {
        return None;
    }
    let map = HeatMap::new("logit", "", grid, values);
    // Logits have no zero that means anything.
    let finite = || map.values.iter().copied().filter(|value| value.is_finite());
    let range =
        (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    Some(HeatMap { range, ..map })
}

#[cfg(test)]
mod tests;
