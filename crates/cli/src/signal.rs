use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::output;

/// A flag that Ctrl-C sets; a second Ctrl-C ends the program at once.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let installed = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::note("stopping after this step; once more to stop at once");
    });
    if let Err(error) = installed {
        output::note(&format!("warning: Ctrl-C will not save anything: {error}"));
    }
    stop
}
