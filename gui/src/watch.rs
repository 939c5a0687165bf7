//! Notices when the files of the open design change on disk.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use crate::native;

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

type Stamp = Option<(SystemTime, u64)>;

/// Files with their stamps, and which list of all that were watched it is.
type Watched = (u64, Vec<(PathBuf, Stamp)>);

/// A thread that looks at files.
pub struct Watcher {
    files: Sender<Watched>,
    changes: Receiver<(u64, PathBuf)>,
    list: u64,
}

impl Watcher {
    /// Starts the thread.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (files, inbox) = channel::<Watched>();
        let (outbox, changes) = channel();
        native::spawn("file watch", move || {
            let mut known: Watched = (0, Vec::new());
            loop {
                match inbox.recv_timeout(LOOK_EVERY) {
                    Ok(files) => known = files,
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                }
                let (list, files) = &mut known;
                for (file, stamp) in files {
                    let now = native::stamp(file);
                    if now != *stamp {
                        *stamp = now;
                        if outbox.send((*list, file.clone())).is_err() {
                            return;
                        }
                        wake();
                    }
                }
            }
        });
        Self { files, changes, list: 0 }
    }

    /// Watches these files from now on, as they are now.
    pub fn watch(&mut self, files: &[PathBuf]) {
        self.list += 1;
        let with_stamp = |file: &PathBuf| (file.clone(), native::stamp(file));
        // Without the thread nothing is noticed, and nothing else is lost.
        let _ = self.files.send((self.list, files.iter().map(with_stamp).collect()));
    }

    /// What to say about a file that changed.
    pub fn changed(&self) -> Option<String> {
        // What was seen of an earlier list is no news: this program has written since.
        let (_, file) = self.changes.try_iter().filter(|seen| seen.0 == self.list).last()?;
        let what = if native::exists(&file) { "changed on disk" } else { "is gone from disk" };
        Some(format!(
            "{} {what}. What is open stays as it is; File > Reload from disk reads it again.",
            file.display()
        ))
    }
}
