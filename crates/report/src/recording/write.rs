use std::io::{self, Write};

use flagstone_cost::Cost;
use flagstone_netlist::{Netlist, NodeId, Placement};
use serde::{Deserialize, Serialize};

use super::{Choice, Head, VERSION, fingerprint};
use crate::Place;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeadLine {
    pub(super) recording: String,
    pub(super) version: u32,
    pub(super) design: String,
    pub(super) netlist: String,
    /// Hexadecimal, as JSON numbers lose digits in many readers.
    pub(super) fingerprint: String,
    pub(super) weights: [f64; 3],
    pub(super) grid: (u32, u32),
    pub(super) canvas: (f64, f64),
    pub(super) base: Columns,
}

/// A placement.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// Joined by blanks.
    pub(super) orientation: String,
    pub(super) unplaced: Vec<u32>,
    pub(super) fixed: Vec<u32>,
}

/// A further line. A moved node without an orientation lost its place.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StepLine {
    pub(super) stage: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) work: u64,
    pub(super) moved: Vec<(u32, f64, f64, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) choice: Option<ChoiceLine>,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// What a policy decided.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ChoiceLine {
    pub(super) node: u32,
    pub(super) cell: usize,
    pub(super) value: f64,
    pub(super) legal: Vec<u32>,
    pub(super) logits: Vec<f64>,
}

/// What stands for an orientation where a node has no place.
pub(super) const UNPLACED: &str = "-";

/// Writes a recording while it happens.
#[derive(Debug)]
pub struct Recorder<W> {
    out: W,
    last: Placement,
    steps: usize,
}

impl<W: Write> Recorder<W> {
    /// Begins with the placement that everything starts from.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(out: W, head: &Head, netlist: &Netlist, base: &Placement) -> io::Result<Self> {
        let rows = |column: &[bool], wanted: bool| {
            let rows = column.iter().enumerate().filter(|(_, is)| **is == wanted);
            rows.map(|(row, _)| row as u32).collect()
        };
        let orientations = base.orientation.iter().map(|orientation| orientation.as_str());
        let weights = &head.weights;
        let line = HeadLine {
            recording: "flagstone".to_owned(),
            version: VERSION,
            design: head.design.clone(),
            netlist: head.netlist.clone(),
            fingerprint: format!("{:016x}", fingerprint(netlist)),
            weights: [weights.wirelength, weights.density, weights.congestion],
            grid: head.grid,
            canvas: head.canvas,
            base: Columns {
                x: base.x.clone(),
                y: base.y.clone(),
                orientation: orientations.collect::<Vec<_>>().join(" "),
                unplaced: rows(&base.placed, false),
                fixed: rows(&base.fixed, true),
            },
        };
        let mut recorder = Self { out, last: base.clone(), steps: 0 };
        recorder.line(&line)?;
        Ok(recorder)
    }

    /// What was written to.
    pub fn out(&self) -> &W {
        &self.out
    }

    /// Ends the recording; gives back what was written to.
    pub fn into_out(self) -> W {
        self.out
    }

    /// Adds a step: what moved since the last one. A step in which nothing moved and nothing was
    /// chosen is left out, unless it is the first.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn step(
        &mut self,
        stage: &str,
        work: u64,
        placement: &Placement,
        cost: Option<Cost>,
        choice: Option<&Choice>,
    ) -> io::Result<()> {
        let mut moved = Vec::new();
        for row in 0..placement.x.len() {
            let node = NodeId(row as u32);
            let place = Place::of(placement, node);
            if place != Place::of(&self.last, node) {
                let letters = if place.placed { place.orientation.as_str() } else { UNPLACED };
                moved.push((row as u32, place.center.x, place.center.y, letters.to_owned()));
            }
        }
        if moved.is_empty() && choice.is_none() && self.steps > 0 {
            return Ok(());
        }
        self.last.clone_from(placement);
        self.steps += 1;
        let cost = cost.map(|cost| [cost.wirelength, cost.density, cost.congestion]);
        let stage = stage.to_owned();
        self.line(&StepLine { stage, work, moved, cost, choice: choice.map(choice_line) })
    }

    /// Steps written so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

fn choice_line(choice: &Choice) -> ChoiceLine {
    // More digits than this say nothing about a probability.
    let rounded = |value: f32| (f64::from(value) * 1e4).round() / 1e4;
    ChoiceLine {
        node: choice.node.0,
        cell: choice.cell,
        value: rounded(choice.value),
        legal: choice.legal.clone(),
        logits: choice.logits.iter().map(|&logit| rounded(logit)).collect(),
    }
}
