//! What the shipped policy says about a hard macro: asked beside the window, drawn as heat maps.
//!
//! The macros before it in the policy's order stand where the placement has them, the later ones are
//! not there yet: the state in which the policy would have to place this one.

#[cfg(feature = "policy")]
mod policy;

use std::sync::Arc;

use flagstone_netlist::{Netlist, NodeId};
use flagstone_report::HeatMap;

use crate::heat::MapKind;
use crate::worker::Worker;

pub use crate::analysis::Question;

/// What the policy says.
#[derive(Clone, Debug)]
pub struct Advice {
    /// That of the question.
    pub generation: u64,
    /// Gap kept around hard macros, µm.
    pub spacing: f64,
    /// The macro.
    pub node: NodeId,
    /// Its place in the order, from 1, and how many there are.
    pub turn: (usize, usize),
    /// The macros before and after it in the order.
    pub neighbors: [Option<NodeId>; 2],
    /// The return the policy expects: minus the proxy cost at the end.
    pub value: f32,
    /// The likeliest cell.
    pub cell: usize,
    /// Legal cells.
    pub n_legal: usize,
    probabilities: HeatMap,
    logits: HeatMap,
    mask: HeatMap,
}

impl Advice {
    /// A map of it.
    pub fn map(&self, kind: MapKind) -> Option<&HeatMap> {
        match kind {
            MapKind::Probability => Some(&self.probabilities),
            MapKind::Logits => Some(&self.logits),
            MapKind::Turn => Some(&self.mask),
            _ => None,
        }
    }

    /// How likely a cell is; zero where it is not legal.
    pub fn probability(&self, cell: usize) -> f64 {
        let value = self.probabilities.values.get(cell).copied().unwrap_or_default();
        if value.is_finite() { value } else { 0.0 }
    }
}

/// Why there is no advice, or what it is.
pub type Answer = Result<Arc<Advice>, String>;

/// The thread that asks the policy; its answers carry the circuit they are about.
pub type Adviser = Worker<Question, (Arc<Netlist>, Answer)>;

/// Starts the thread.
pub fn adviser(wake: impl Fn() + Send + 'static) -> Adviser {
    #[cfg(feature = "policy")]
    let mut asked = policy::Asked::default();
    Worker::new("policy", wake, move |question: Question| {
        let netlist = Arc::clone(&question.netlist);
        #[cfg(feature = "policy")]
        let answer = asked.answer(&question).map(Arc::new);
        #[cfg(not(feature = "policy"))]
        let answer = Err("this build of the viewer has no policy".to_owned());
        (netlist, answer)
    })
}
