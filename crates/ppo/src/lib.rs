//! Training: collectors gather episodes, the learner improves the policy, a readable loop joins them.
//!
//! [`train`] is the loop; [`Config`] holds every number that steers it. Episodes of one iteration are
//! collected in lockstep groups (one batched forward pass serves a group's step), groups run in
//! parallel, and everything is reduced in index order: the same seed gives the same policy on any
//! number of threads.
//!
//! Source: circuit_training `learning/`, with "Proximal Policy Optimization Algorithms" (2017).

mod adam;
mod advantages;
mod collect;
mod config;
mod corpus;
mod demonstrations;
mod evaluate;
mod imitate;
mod learner;
mod loss;
mod progress;
mod trace;
mod train;

pub use advantages::{advantages, normalize};
pub use collect::{Design, Purpose, Rollout, collect};
pub use config::{Config, EpochMode, WarmUpConfig};
pub use corpus::Corpus;
pub use demonstrations::demonstrations;
pub use evaluate::{Evaluation, evaluate};
pub use imitate::{Mirror, cells_of, mirrored, replay};
pub use learner::{Learner, LearnerError, Update};
pub use progress::{Best, Progress, StopReason, score};
pub use trace::{Adviser, Trace, TraceStep, trace};
pub use train::{Iteration, Observer, Seconds, train};
