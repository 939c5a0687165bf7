//! `flagstone report`: a run as one HTML file or as a table.

use flagstone_report::run::{LogLine, card, csv};

use crate::args::ReportArgs;
use crate::failure::Failure;
use crate::output;
use crate::progress::note;
use crate::run_folder::RunFolder;

/// Makes the report of a run.
pub(crate) fn run(args: &ReportArgs) -> Result<(), Failure> {
    let (folder, saved) = RunFolder::open(&args.run)?;
    if args.card {
        return output::say(card(&folder.log_lines(), &saved.config.energy).trim_end());
    }
    if args.csv {
        let iteration = |line| match line {
            LogLine::Iteration(line) => Some(line),
            _ => None,
        };
        let all: Vec<_> = folder.log_lines().into_iter().filter_map(iteration).collect();
        let iterations: Vec<_> = all.iter().map(|line| &**line).collect();
        return output::say(csv(&iterations).trim_end());
    }
    let out = args.out.clone().unwrap_or_else(|| folder.path().join("report.html"));
    folder.write_report(&out, &saved.config)?;
    note(&format!("wrote {}", out.display()));
    Ok(())
}
