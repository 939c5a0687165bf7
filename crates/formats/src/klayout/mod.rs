//! Files for KLayout: a report database of markers and an image under the layout.
//!
//! Rules not in KLayout's documentation were found by loading files with KLayout 0.30.

pub mod lyimg;
pub mod lyrdb;
pub(crate) mod xml;
