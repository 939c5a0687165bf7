use crate::failure::Failure;

/// Limits the worker threads of the whole program.
pub(crate) fn limit(threads: Option<usize>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|error| Failure::Usage(format!("cannot use {threads} threads: {error}")))
}
