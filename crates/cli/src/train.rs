//! `flagstone train`: a policy from scratch, on one netlist or a few.

use crate::args::TrainArgs;
use crate::failure::Failure;
use crate::run_folder::Saved;
use crate::session::{self, stem};

/// Trains a policy from scratch.
pub(crate) fn run(args: &TrainArgs) -> Result<(), Failure> {
    let name = args.netlists.first().map(|netlist| stem(netlist)).unwrap_or_default();
    session::run(&args.run, &name, || {
        Ok(Saved {
            command: "train".to_owned(),
            netlists: args.netlists.clone(),
            plc: args.plc.clone(),
            from: None,
            fingerprints: Vec::new(),
            corpus: None,
            config: session::config(&args.run, &[])?,
        })
    })
}
