//! Replay: a recording shown step by step on the canvas of the open design.

mod bar;
mod curve;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use flagstone_netlist::{Kind, NodeId, Placement};
use flagstone_report::HeatMap;
use flagstone_report::film::{probabilities, step_logits};
use flagstone_report::recording::{Player, Recording};

use crate::board::Board;
use crate::design::Design;

pub use self::bar::ui;

/// Steps per second that the keys go through.
const SPEEDS: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
/// Hard macros moved at once that are still outlined; outlines of everything say nothing.
const OUTLINED: usize = 8;

/// What of a policy's step is drawn on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thought {
    /// The probability of each legal cell.
    #[default]
    Probabilities,
    /// The logit of each legal cell.
    Logits,
    /// The legal cells.
    Mask,
    /// Nothing.
    Nothing,
}

impl Thought {
    /// All of them, in the order shown.
    pub const ALL: [Self; 4] = [Self::Probabilities, Self::Logits, Self::Mask, Self::Nothing];

    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probabilities => "Probabilities",
            Self::Logits => "Logits",
            Self::Mask => "Legal cells",
            Self::Nothing => "None",
        }
    }
}

/// A recording being shown.
pub struct Replay {
    player: Player,
    curve: Vec<(usize, f64)>,
    shown: (Board, Arc<Placement>),
    version: u64,
    heat: Option<HeatMap>,
    thought: Thought,
    /// Whether it goes on by itself.
    pub playing: bool,
    speed: usize,
    /// Part of a step that has gone by.
    due: f64,
}

impl Replay {
    /// Reads a recording of a design.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(design: &Design, path: &Path, bytes: &[u8]) -> anyhow::Result<Self> {
        let recording = Recording::read(bytes, &design.netlist);
        let recording = recording.with_context(|| format!("cannot replay {}", path.display()))?;
        let player = Player::new(Arc::new(recording));
        let mut replay = Self {
            curve: player.curve(),
            shown: (board(design, player.placement()), Arc::default()),
            player,
            version: 0,
            heat: None,
            thought: Thought::default(),
            playing: false,
            speed: 3,
            due: 0.0,
        };
        replay.draw(design);
        Ok(replay)
    }

    /// The recording and where it is.
    pub fn player(&self) -> &Player {
        &self.player
    }

    /// Step and cost of all steps that have one.
    pub fn curve(&self) -> &[(usize, f64)] {
        &self.curve
    }

    /// What the canvas shows.
    pub fn shown(&self) -> &(Board, Arc<Placement>) {
        &self.shown
    }

    /// Changes with everything the canvas shows.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the policy thought in this step.
    pub fn heat(&self) -> Option<&HeatMap> {
        self.heat.as_ref()
    }

    /// What of that is drawn.
    pub fn thought(&self) -> Thought {
        self.thought
    }

    /// Steps per second.
    pub fn speed(&self) -> f64 {
        SPEEDS[self.speed]
    }

    /// Goes faster or slower.
    pub fn change_speed(&mut self, by: isize) {
        self.speed = self.speed.saturating_add_signed(by).min(SPEEDS.len() - 1);
    }

    /// Chooses what of the policy's step is drawn.
    pub fn think(&mut self, design: &Design, thought: Thought) {
        self.thought = thought;
        self.draw(design);
    }

    /// Goes to a step.
    pub fn seek(&mut self, design: &Design, step: usize) {
        self.player.seek(step);
        self.draw(design);
    }

    /// Goes a step on or back.
    pub fn step(&mut self, design: &Design, by: isize) {
        self.playing = false;
        self.seek(design, self.player.at().saturating_add_signed(by));
    }

    /// Starts or stops; from the end it starts over.
    pub fn toggle(&mut self, design: &Design) {
        self.playing = !self.playing;
        self.due = 0.0;
        if self.playing && self.player.at() + 1 == self.player.len() {
            self.seek(design, 0);
        }
    }

    /// Lets time go by.
    pub fn advance(&mut self, design: &Design, secs: f64) {
        self.due += secs * self.speed();
        let steps = self.due.floor();
        if !self.playing || steps < 1.0 {
            return;
        }
        self.due -= steps;
        self.seek(design, self.player.at() + steps as usize);
        self.playing = self.player.at() + 1 < self.player.len();
    }

    /// Hard macros to point at: those that this step moved, if they are few.
    pub fn outlined(&self, design: &Design) -> Vec<NodeId> {
        let placed = |node: NodeId| self.player.placement().placed[node.usize()];
        let hard = |node: NodeId| design.netlist.kind(node) == Kind::HardMacro;
        let moved: Vec<NodeId> =
            self.player.moved().filter(|&node| hard(node) && placed(node)).collect();
        if moved.len() <= OUTLINED { moved } else { Vec::new() }
    }

    fn draw(&mut self, design: &Design) {
        self.version += 1;
        let placement = self.player.placement();
        self.shown = (board(design, placement), Arc::new(placement.clone()));
        // The policy's cells are those of the grid it was recorded with, whatever the design's is.
        let grid = self.player.recording().head.grid();
        let choice = self.player.step().choice.as_ref();
        self.heat = grid.zip(choice).and_then(|(grid, choice)| match self.thought {
            Thought::Probabilities => probabilities(grid, choice),
            Thought::Logits => step_logits(grid, choice),
            Thought::Mask => {
                let (_, mask) = choice.dense(grid.n_cells());
                Some(HeatMap::mask(grid, &mask))
            }
            Thought::Nothing => None,
        });
    }
}

fn board(design: &Design, placement: &Placement) -> Board {
    Board::new(&design.netlist, &design.canvas, placement)
}
