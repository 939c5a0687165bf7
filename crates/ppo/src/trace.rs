use burn::tensor::Device;
use flagstone_env::{Outcome, Potential, Step};
use flagstone_netlist::NodeId;
use flagstone_policy::{Answers, Parameters, choose, policy};

use crate::Design;
use crate::collect::environment;

/// One step of an episode with everything the policy said.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceStep {
    /// The macro placed.
    pub node: NodeId,
    /// The cell chosen.
    pub cell: usize,
    /// The expected return.
    pub value: f32,
    /// A logit for each grid cell.
    pub logits: Vec<f32>,
    /// The legal cells.
    pub mask: Vec<bool>,
}

/// An episode played to look into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Its steps.
    pub steps: Vec<TraceStep>,
    /// Its end; `None` where a macro fitted nowhere.
    pub outcome: Option<Outcome>,
}

/// Plays the greedy episode and keeps what the policy said in every step.
pub fn trace(parameters: &Parameters, design: &Design) -> Trace {
    let policy = policy(parameters, &Device::flex());
    let encoding = policy.encode(&design.graph);
    let mut environment = environment(parameters, design, Potential::None);
    let mut trace = Trace { steps: Vec::new(), outcome: None };
    let mut step = environment.reset();
    while let (Step::Continue, Some(node)) = (&step, environment.current()) {
        let observation = environment.observe();
        let Answers { logits, values } = policy.answer(&design.graph, &encoding, &[observation]);
        let value = values[0];
        let mask = observation.mask.clone();
        let cell = choose(&logits, &mask, None).action;
        trace.steps.push(TraceStep { node, cell, value, logits, mask });
        step = environment.step(cell);
    }
    if let Step::Done(outcome) = step {
        trace.outcome = Some(*outcome);
    }
    trace
}
