//! `flagstone pretrain`: one policy for many netlists.

use crate::args::PretrainArgs;
use crate::corpus::CorpusSpec;
use crate::failure::Failure;
use crate::run_folder::Saved;
use crate::session::{self, stem};

/// Trains a policy on a corpus.
pub(crate) fn run(args: &PretrainArgs) -> Result<(), Failure> {
    let path = args.corpus.as_deref();
    let name = path.map(|path| stem(&path.display().to_string())).unwrap_or_default();
    session::run(&args.run, &name, || {
        Ok(Saved {
            command: "pretrain".to_owned(),
            netlists: Vec::new(),
            plc: None,
            from: args.from.clone(),
            fingerprints: Vec::new(),
            corpus: path.map(CorpusSpec::read).transpose()?,
            config: session::config(&args.run, &[])?,
        })
    })
}
