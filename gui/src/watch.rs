//! Notices when the files of the open design change on disk.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use crate::native;

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

type Stamp = Option<(SystemTime, u64)>;

/// A thread that looks at files.
pub struct Watcher {
    files: Sender<Vec<PathBuf>>,
    changes: Receiver<PathBuf>,
    watched: Vec<PathBuf>,
}

impl Watcher {
    /// Starts the thread.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (files, inbox) = channel::<Vec<PathBuf>>();
        let (outbox, changes) = channel();
        native::spawn("file watch", move || {
            let mut known: Vec<(PathBuf, Stamp)> = Vec::new();
            loop {
                match inbox.recv_timeout(LOOK_EVERY) {
                    Ok(files) => {
                        let with_stamp = |file: PathBuf| {
                            let stamp = native::stamp(&file);
                            (file, stamp)
                        };
                        known = files.into_iter().map(with_stamp).collect();
                    }
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                }
                for (file, stamp) in &mut known {
                    let now = native::stamp(file);
                    if now != *stamp {
                        *stamp = now;
                        if outbox.send(file.clone()).is_err() {
                            return;
                        }
                        wake();
                    }
                }
            }
        });
        Self { files, changes, watched: Vec::new() }
    }

    /// Watches these files from now on, as they are now.
    pub fn watch(&mut self, files: &[PathBuf]) {
        self.watched = files.to_vec();
        // Without the thread nothing is noticed, and nothing else is lost.
        let _ = self.files.send(self.watched.clone());
    }

    /// What to say about a file that changed.
    pub fn changed(&self) -> Option<String> {
        let file = self.changes.try_iter().last().filter(|file| self.watched.contains(file))?;
        let what = if native::exists(&file) { "changed on disk" } else { "is gone from disk" };
        Some(format!(
            "{} {what}. What is open stays as it is; File > Reload from disk reads it again.",
            file.display()
        ))
    }
}
