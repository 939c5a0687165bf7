//! AlphaChip's decision process.
//!
//! A [`Task`] is what stays the same for one design: the netlist, the canvas, the order of the hard
//! macros and the [`Static`] features. An [`Environment`] places the macros of a task one by one:
//! [`observe`](Environment::observe), choose a legal grid cell, [`step`](Environment::step). After
//! the last hard macro the soft macros are placed and the reward is minus the proxy cost.
//!
//! ```
//! use std::sync::Arc;
//! use flagstone_env::{EnvConfig, Environment, Step, Task};
//! use flagstone_netlist::{Builder, Canvas, Node, Placement};
//!
//! let mut builder = Builder::new();
//! for name in ["a", "b"] {
//!     builder.node(Node { name, width: 20.0, height: 10.0, ..Node::default() });
//! }
//! let netlist = Arc::new(builder.build());
//! let placement = Placement::new(&netlist);
//! let config = EnvConfig::default();
//! let task = Task::new(netlist, Canvas::new(100.0, 100.0), placement, &config)?;
//! let mut environment = Environment::new(Arc::new(task), config);
//! loop {
//!     let legal = environment.observe().mask.iter().position(|&legal| legal);
//!     match environment.step(legal.expect("two small macros always fit")) {
//!         Step::Continue => {}
//!         Step::Done(outcome) => break assert!(outcome.placement.placed.iter().all(|&p| p)),
//!         Step::Infeasible { node, reason } => panic!("{node}: {reason}"),
//!     }
//! }
//! # Ok::<(), flagstone_env::Error>(())
//! ```

mod config;
mod environment;
mod episode;
mod features;
mod heatmaps;
mod infeasible;
mod observation;
mod order;
mod padding;
mod ports;
mod shaping;
mod soft;
mod task;

pub use config::{EnvConfig, InitialLocations, Normalizers};
pub use environment::{Environment, Outcome, Step};
pub use episode::{Episode, ReplayError};
pub use features::{NodeType, Static};
pub use heatmaps::{fake_net_heatmap, packing_heatmap};
pub use infeasible::{Blocked, Infeasibility};
pub use observation::Observation;
pub use order::{FakeNet, Order};
pub use padding::{Padded, Padding};
pub use ports::{PortCluster, port_clusters};
pub use soft::SoftPlacer;
pub use task::{Error, Task};
