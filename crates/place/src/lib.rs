//! Everything that moves nodes without learning.
//!
//! [`mask`] says where a macro may stand, [`legalize`] brings macros onto legal cells,
//! [`force_directed`] spreads the soft macros, [`descent`] and [`anneal`] improve a placement on the
//! exact cost, [`greedy`] makes one from nothing. [`checker`] judges the result and shares no code
//! with any of them.

pub mod analytic;
pub mod anneal;
pub mod baselines;
pub mod checker;
pub mod descent;
pub mod floor;
pub mod force_directed;
pub mod greedy;
mod job;
pub mod jumps;
pub mod legalize;
pub mod mask;
pub mod refine;
pub mod reorder;
pub mod separate;

pub use job::Job;
