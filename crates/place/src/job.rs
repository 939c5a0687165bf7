use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flagstone_cost::Weights;
use flagstone_netlist::{Canvas, Netlist};

/// What every searcher needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The circuit.
    pub netlist: &'a Arc<Netlist>,
    /// The canvas and its settings.
    pub canvas: &'a Canvas,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// Seed of the random numbers; the same seed gives the same result on any number of threads.
    pub seed: u64,
    /// Ends the search early once it is set.
    pub stop: &'a AtomicBool,
}

impl Job<'_> {
    /// Whether the search was asked to end.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
