use flagstone_cost::Cost;
use flagstone_netlist::{NodeId, Placement};
use thiserror::Error;

use crate::{Environment, Observation, Step};

/// A finished episode, enough to show it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// The cell of every macro, in the order of the task.
    pub actions: Vec<usize>,
    /// The cost at its end.
    pub cost: Cost,
    /// The placement at its end.
    pub placement: Placement,
}

/// Why actions cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// An action is not legal in its turn.
    #[error("step {step} puts macro {node} on cell {cell}, which is not legal there")]
    Illegal {
        /// The step, from 0.
        step: usize,
        /// The macro.
        node: NodeId,
        /// The cell.
        cell: usize,
    },
    /// The actions end too early, go on too long, or lead to a macro that fits nowhere.
    #[error("the episode needs {expected} actions that can all be taken, got {found}")]
    Length {
        /// Movable hard macros of the task.
        expected: usize,
        /// Actions that were given or could be taken.
        found: usize,
    },
}

impl Episode {
    /// Plays the actions from the start.
    ///
    /// # Errors
    /// If the actions do not make a full episode of this environment.
    pub fn replay(environment: &mut Environment, actions: &[usize]) -> Result<Self, ReplayError> {
        Self::replay_with(environment, actions, |_| {})
    }

    /// The same, showing what is seen before each action.
    ///
    /// # Errors
    /// If the actions do not make a full episode of this environment.
    pub fn replay_with(
        environment: &mut Environment,
        actions: &[usize],
        mut see: impl FnMut(&Observation),
    ) -> Result<Self, ReplayError> {
        let expected = environment.task().order.len();
        if actions.len() != expected {
            return Err(ReplayError::Length { expected, found: actions.len() });
        }
        environment.reset();
        for (step, &cell) in actions.iter().enumerate() {
            let node = environment.task().order[step];
            let legal = environment.observe().mask.get(cell).copied().unwrap_or(false);
            if !legal {
                return Err(ReplayError::Illegal { step, node, cell });
            }
            see(environment.observe());
            match environment.step(cell) {
                Step::Continue => {}
                Step::Done(outcome) => {
                    let actions = actions.to_vec();
                    let (cost, placement) = (outcome.cost, outcome.placement);
                    return Ok(Self { actions, cost, placement });
                }
                Step::Infeasible(_) => {
                    return Err(ReplayError::Length { expected, found: step + 1 });
                }
            }
        }
        Err(ReplayError::Length { expected, found: actions.len() })
    }
}
