use std::sync::Arc;

use burn::tensor::Device;
use flagstone_env::{Environment, Infeasible, Outcome, Potential, Step, Task};
use flagstone_netlist::{NodeId, Placement};
use flagstone_policy::{Answers, Encoding, Parameters, Policy, choose, policy};

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
    let mut adviser = Adviser::new(parameters, design.clone());
    let mut trace = Trace { steps: Vec::new(), outcome: None };
    let mut step = adviser.environment.reset();
    while let (Step::Continue, Some(node)) = (&step, adviser.environment.current()) {
        let said = adviser.says(node);
        step = adviser.environment.step(said.cell);
        trace.steps.push(said);
    }
    if let Step::Done(outcome) = step {
        trace.outcome = Some(*outcome);
    }
    trace
}

/// A policy that is asked about one macro after another of a design.
pub struct Adviser {
    design: Design,
    policy: Box<dyn Policy>,
    encoding: Encoding,
    environment: Environment,
}

impl Adviser {
    /// Computes what does not depend on where anything stands.
    pub fn new(parameters: &Parameters, design: Design) -> Self {
        let policy = policy(parameters, &Device::flex());
        let encoding = policy.encode(&design.graph);
        let environment = environment(parameters, &design, Potential::None);
        Self { design, policy, encoding, environment }
    }

    /// The design and the order of its macros.
    pub fn task(&self) -> &Arc<Task> {
        &self.design.task
    }

    /// What the policy says about a macro while those before it in the order stand where a placement
    /// has them. `None` where it is not among the macros to place.
    ///
    /// # Errors
    /// Why the macro fits nowhere.
    pub fn advise(
        &mut self,
        placement: &Placement,
        node: NodeId,
    ) -> Result<Option<TraceStep>, Box<Infeasible>> {
        match self.environment.arrange(placement, node) {
            Some(Step::Infeasible(why)) => Err(why),
            Some(Step::Continue) => Ok(Some(self.says(node))),
            Some(Step::Done(_)) | None => Ok(None),
        }
    }

    /// What the policy says in the present state, in which `node` is to be placed.
    fn says(&self, node: NodeId) -> TraceStep {
        let Self { design, policy, encoding, environment } = self;
        let observation = environment.observe();
        let Answers { logits, values } = policy.answer(&design.graph, encoding, &[observation]);
        let value = values[0];
        let mask = observation.mask.clone();
        let cell = choose(&logits, &mask, None).action;
        TraceStep { node, cell, value, logits, mask }
    }
}
