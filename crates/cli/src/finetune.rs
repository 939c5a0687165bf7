//! `flagstone finetune`: goes on from a policy on one netlist.

use crate::args::FinetuneArgs;
use crate::failure::Failure;
use crate::run_folder::Saved;
use crate::session::{self, stem};

/// What differs from the defaults of `train`: a policy that has learned is to be varied, not left, so
/// cells are drawn near its likeliest ones, and a hundred episodes are to be enough.
const DEFAULTS: [&str; 3] =
    ["train.learning_rate=1e-3", "train.temperature=0.2", "train.entropy_coefficient=0.003"];

/// Adapts a policy to a netlist.
pub(crate) fn run(args: &FinetuneArgs) -> Result<(), Failure> {
    let name = args.netlist.as_deref().map(stem).unwrap_or_default();
    session::run(&args.run, &format!("{name}-finetuned"), || {
        Ok(Saved {
            command: "finetune".to_owned(),
            netlists: args.netlist.iter().cloned().collect(),
            plc: args.plc.clone(),
            from: Some(args.from.clone()),
            fingerprints: Vec::new(),
            corpus: None,
            config: session::config(&args.run, &DEFAULTS)?,
        })
    })
}
