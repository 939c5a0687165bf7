//! AlphaChip's decision process: one hard macro a step, one grid cell an action, the cost at the end.
//!
//! A [`Task`] is built once per design: the order of the macros and the [`Static`] features of the
//! graph. An [`Environment`] walks through one episode after another. Soft macros are placed when the
//! last hard macro stands; the reward is minus the proxy cost.
//!
//! Source: circuit_training `environment/`. Differs from it: graphs have their true size, masks are
//! those of the true grid, and a state without legal cells is a value that says why.

mod config;
mod descent;
mod environment;
mod episode;
mod feasible;
mod features;
mod heatmap;
mod observation;
mod order;
mod padding;
mod sight;
mod soft;
mod task;

pub use config::{EnvConfig, FakeNet, InitialLocations, Order, Potential, SoftPlacement};
pub use environment::{Environment, Infeasible, Outcome, Step};
pub use episode::{Episode, ReplayError};
pub use features::{NodeType, Static};
pub use heatmap::{fake_net_heatmap, packing_heatmap};
pub use observation::Observation;
pub use padding::{Padded, Padding};
pub use sight::{Channel, N_MAPS, N_SCALARS};
pub use task::{MAX_GRID, Task, TaskError};
