//! The shipped policy at work.

use std::sync::Arc;

use flagstone_env::{EnvConfig, Task};
use flagstone_netlist::{Kind, NodeId};
use flagstone_place::mask::MaskRules;
use flagstone_ppo::{Adviser, TraceStep};
use flagstone_report::recording::Choice;
use flagstone_report::{HeatMap, film};

use super::{Advice, Question};

const SHIPPED: &[u8] = include_bytes!("../../../policies/default.safetensors");

/// What is kept between questions: everything that does not depend on where the macros stand.
#[derive(Default)]
pub(super) struct Asked {
    last: Option<(Question, Adviser)>,
}

impl Asked {
    /// What the policy says, or why it says nothing.
    pub(super) fn answer(&mut self, question: &Question) -> Result<Advice, String> {
        let mut adviser = match self.last.take() {
            Some((before, adviser)) if same(&before, question) => adviser,
            _ => begin(question)?,
        };
        let found = advise(&mut adviser, question);
        self.last = Some((question.clone(), adviser));
        found
    }
}

/// Whether two questions are about the same macros to place under the same rules.
fn same(a: &Question, b: &Question) -> bool {
    Arc::ptr_eq(&a.netlist, &b.netlist)
        && a.canvas == b.canvas
        && a.weights == b.weights
        && a.spacing == b.spacing
        && a.placement.fixed == b.placement.fixed
        && b.netlist.node_ids().filter(|node| b.placement.fixed[node.usize()]).all(|node| {
            let row = node.usize();
            (a.placement.x[row], a.placement.y[row]) == (b.placement.x[row], b.placement.y[row])
        })
}

fn begin(question: &Question) -> Result<Adviser, String> {
    let Question { netlist, canvas, weights, placement, spacing, .. } = question;
    if netlist.nodes_of(Kind::StdCell).next().is_some() {
        return Err("the policy places clustered designs; run `flagstone cluster` first".to_owned());
    }
    let mask = MaskRules { spacing_x: *spacing, spacing_y: *spacing, ..MaskRules::default() };
    let config = EnvConfig { weights: *weights, mask, ..EnvConfig::default() };
    let start = (**placement).clone();
    let task = Task::new(Arc::clone(netlist), (**canvas).clone(), start, &config)
        .map_err(|error| error.to_string())?;
    let parameters = flagstone_policy::read(SHIPPED).map_err(|error| error.to_string())?;
    Ok(Adviser::new(&parameters, flagstone_ppo::Design::new(Arc::new(task))))
}

fn advise(adviser: &mut Adviser, question: &Question) -> Result<Advice, String> {
    let order: Vec<NodeId> = adviser.task().order.clone();
    let node = question.node.unwrap_or(order[0]);
    let Some(at) = order.iter().position(|&other| other == node) else {
        return Err("the policy places hard macros that are not locked; select one".to_owned());
    };
    let said = adviser.advise(&question.placement, node).map_err(|why| why.to_string())?;
    let step = said.ok_or("the policy has nothing to place")?;
    let neighbors = [at.checked_sub(1), Some(at + 1)]
        .map(|turn| turn.and_then(|turn| order.get(turn).copied()));
    let grid = question.canvas.grid();
    let TraceStep { cell, value, logits, mask, .. } = step;
    let legal: Vec<u32> = (0..mask.len()).filter(|&cell| mask[cell]).map(|c| c as u32).collect();
    let n_legal = legal.len();
    let logits = legal.iter().map(|&cell| logits[cell as usize]).collect();
    let choice = Choice { node, cell, value, legal, logits };
    let none = "the policy sees another grid";
    Ok(Advice {
        generation: question.generation,
        spacing: question.spacing,
        node,
        turn: (at + 1, order.len()),
        neighbors,
        value,
        cell,
        n_legal,
        probabilities: film::probabilities(grid, &choice).ok_or(none)?,
        logits: film::step_logits(grid, &choice).ok_or(none)?,
        mask: HeatMap::mask(grid, &mask),
    })
}
