//! Text to data and back, one module per file format. Decides nothing, opens no file.
//!
//! Readers take bytes and return what they could read with a list of [`Diagnostic`]s; the caller
//! adds the file's name. [`decompress`] unpacks gzip and xz by their first bytes.

pub mod bookshelf;
mod compression;
pub mod def;
mod detect;
mod diagnostic;
pub mod graphml;
pub mod groups;
pub mod gsrc;
pub mod heatmap_csv;
pub mod hgr;
pub mod klayout;
pub mod lef;
pub mod lefdef;
mod pattern;
pub mod pbtxt;
pub mod plc;
mod rectilinear;
mod scanner;
pub mod tcl;
pub mod verilog;
mod words;
pub mod yal;

pub use compression::{DecompressError, MAX_UNPACKED_BYTES, decompress};
pub use detect::{Format, detect};
pub use diagnostic::{Diagnostic, Diagnostics, MAX_ERRORS, Severity};
pub use pattern::matches;

/// What editors of some systems put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
