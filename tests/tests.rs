//! Whole-tool tests: the command line as a user meets it, and the shape of the workspace.

#![allow(clippy::unwrap_used, reason = "test code outside #[test] functions")]

mod bench;
mod cli;
mod files;
mod graph;
mod pictures;
mod place;
mod plc;
mod runs;
