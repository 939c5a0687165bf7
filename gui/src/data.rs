//! What panels read.

use crate::session::Session;
use crate::state::State;

/// The open design and the settings.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// The open design.
    pub session: &'a Session,
    /// Settings and layout.
    pub state: &'a State,
}
