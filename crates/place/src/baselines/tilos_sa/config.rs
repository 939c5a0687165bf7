use serde::{Deserialize, Serialize};

/// Everything that steers the annealer of TILOS. Defaults are the command line of their published
/// trace on Ariane. The settings of their tables (two moves per macro, 5e-5 at the start, every kind
/// of move one fifth) do worse in the same time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaConfig {
    /// Workers that go with the winners.
    pub workers: usize,
    /// Moves of a worker between two placements of the soft macros, per movable hard macro.
    pub moves_per_macro: u64,
    /// Temperature of the first iteration, in units of the proxy cost.
    pub start_temperature: f64,
    /// Temperature that the schedule falls to, in units of the proxy cost.
    pub end_temperature: f64,
    /// Share of the iterations after which the workers continue from the best ones.
    pub sync: f64,
    /// How many of the best workers the others continue from.
    pub winners: usize,
    /// Share of moves that exchange two macros.
    pub swap: f64,
    /// Share of moves that shift a macro to a neighboring cell.
    pub shift: f64,
    /// Share of moves that mirror a macro.
    pub mirror: f64,
    /// Share of moves that take a macro to any cell.
    pub relocate: f64,
    /// Share of moves that permute four macros.
    pub shuffle: f64,
}

impl Default for SaConfig {
    fn default() -> Self {
        Self {
            workers: 2,
            moves_per_macro: 20,
            start_temperature: 5e-3,
            end_temperature: 1e-8,
            sync: 0.25,
            winners: 1,
            swap: 0.24,
            shift: 0.24,
            mirror: 0.04,
            relocate: 0.24,
            shuffle: 0.24,
        }
    }
}
