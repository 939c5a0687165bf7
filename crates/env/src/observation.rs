/// What the policy sees: the dynamic features, in the order of [`Static`](crate::Static)'s nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Centre over (canvas width + height).
    pub x: Vec<f32>,
    /// Centre over (canvas width + height).
    pub y: Vec<f32>,
    /// 1 for fixed macros, port clusters and macros placed so far, else 0.
    pub placed: Vec<f32>,
    /// The node to place now; 0 at the end of an episode.
    pub current: usize,
    /// Legal cells of the placement grid; all `false` at the end of an episode.
    pub mask: Vec<bool>,
    /// The per-cell maps, channel by channel in the order of [`Channel`](crate::Channel); empty
    /// where the environment draws none.
    pub maps: Vec<f32>,
    /// The scalars beside the maps; see [`N_SCALARS`](crate::N_SCALARS).
    pub scalars: [f32; crate::N_SCALARS],
}
