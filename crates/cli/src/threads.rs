use crate::failure::Failure;
use crate::progress::detail;

/// Limits the worker threads of the whole program.
pub(crate) fn limit(threads: Option<usize>) -> Result<(), Failure> {
    if let Some(threads) = threads {
        pool(threads)?;
    }
    detail(&format!("  {} threads", rayon::current_num_threads()));
    Ok(())
}

fn pool(threads: usize) -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|error| Failure::Usage(format!("cannot use {threads} threads: {error}")))
}
