use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use crate::clock::cpu_seconds;
use crate::failure::Failure;
use crate::output;

/// Whether Ctrl-C or a termination signal came, rather than a time limit.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The flag of the run that is under way; the runs of a program follow one another.
static FLAG: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);

/// A flag that Ctrl-C and a termination signal set until the next one is asked for; a second signal
/// ends the program at once.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    static HANDLER: Once = Once::new();
    let stop = Arc::new(AtomicBool::new(interrupted()));
    *FLAG.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&stop));
    HANDLER.call_once(handle);
    stop
}

fn handle() {
    let installed = ctrlc::set_handler(|| {
        if let Some(flag) = &*FLAG.lock().unwrap_or_else(PoisonError::into_inner) {
            flag.store(true, Ordering::Relaxed);
        }
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::note("stopping after this step; once more to stop at once");
    });
    if let Err(error) = installed {
        output::note(&format!("warning: Ctrl-C will not save anything: {error}"));
    }
}

/// Whether the user ended the run.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Sets the flag after a time.
pub(crate) fn stop_after(stop: &Arc<AtomicBool>, seconds: f64) -> Result<(), Failure> {
    let limit = Duration::try_from_secs_f64(seconds)
        .map_err(|_| Failure::Usage(format!("{seconds} is no time limit")))?;
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        stop.store(true, Ordering::Relaxed);
    });
    Ok(())
}

/// Sets the flag after so much processor time of this program; never where the system does not tell.
pub(crate) fn stop_after_cpu(stop: &Arc<AtomicBool>, seconds: f64) {
    const POLL: Duration = Duration::from_millis(100);
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        while cpu_seconds().is_none_or(|spent| spent < seconds) {
            std::thread::sleep(POLL);
        }
        stop.store(true, Ordering::Relaxed);
    });
}
