//! Everything that only a desktop has: threads, files, processes and the clock.
//!
//! No other module of the viewer calls `std::fs`, `std::process` or `std::thread`, so that a build
//! for the web has to replace this one only.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime};

/// Runs something beside the window; says whether a thread could be had for it.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}

/// Waits, on a thread that is not the window's.
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A point in time.
pub fn now() -> Instant {
    Instant::now()
}

/// When a file changed last, and its length; `None` where there is none.
pub fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// Reads a file.
///
/// # Errors
/// Those of the file system.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// The first bytes of a file, if it has as many.
pub fn read_start(path: &Path, n: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; n];
    fs::File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads a file from a place on.
///
/// # Errors
/// Those of the file system.
pub fn read_from(path: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file whole or not at all: the bytes go to a neighbour that then takes its place.
///
/// # Errors
/// Those of the file system.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Whether something is a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether something is there.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// The path from the root, where it can be told.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Folders first, then files, each by name; hidden ones are left out.
pub fn list(folder: &Path) -> Vec<(PathBuf, bool)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(PathBuf, bool)> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| (entry.path(), entry.path().is_dir()))
        .collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}

/// A fresh folder for files that are read back and removed.
pub fn scratch(name: &str) -> PathBuf {
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let unique = format!("flagstone-{name}-{}-{}", std::process::id(), nanos.as_nanos());
    std::env::temp_dir().join(unique)
}

/// Removes a folder made by [`scratch`].
pub fn remove_folder(path: &Path) {
    let _ = fs::remove_dir_all(path);
}

/// Where edits are kept until they are saved; `None` where there is no disk.
pub fn recovery_folder() -> Option<PathBuf> {
    #[cfg(target_arch = "wasm32")]
    return None;
    #[cfg(not(target_arch = "wasm32"))]
    eframe::storage_dir("flagstone").map(|folder| folder.join("recovery"))
}

/// The folder to start browsing in.
pub fn start_folder() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"))
}

/// Another program at work, line by line.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// Whether programs can be made to wait here.
    pub const CAN_WAIT: bool = cfg!(unix);

    /// Starts a program: by its path, or by its name, installed beside this one or on the path.
    ///
    /// # Errors
    /// Those of starting a program.
    pub fn start(
        program: &Path,
        args: &[String],
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let own = std::env::current_exe().ok();
        let beside = own.and_then(|own| own.parent().map(|folder| folder.join(program)));
        let path = beside.filter(|path| path.exists()).unwrap_or_else(|| program.to_owned());
        let mut child = Command::new(path)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (send, lines) = channel();
        if let Some(pipe) = child.stderr.take() {
            spawn("lines of a program", move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if send.send(line).is_err() {
                        break;
                    }
                    wake();
                }
                drop(send);
                wake();
            });
        }
        Ok(Self { child, lines })
    }

    /// The lines it wrote since the last look.
    pub fn new_lines(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// The lines that are left of one that has ended.
    pub fn rest(&self) -> Vec<String> {
        const AT_MOST: Duration = Duration::from_secs(1);
        let mut rest = Vec::new();
        // A program it left behind may hold the pipe open for ever.
        while let Ok(line) = self.lines.recv_timeout(AT_MOST) {
            rest.push(line);
        }
        rest
    }

    /// Whether it ended, and whether well.
    pub fn ended(&mut self) -> Option<bool> {
        self.child.try_wait().ok().flatten().map(|status| status.success())
    }

    /// Lets it wait, or go on.
    pub fn pause(&mut self, wait: bool) {
        self.signal(if wait { "-STOP" } else { "-CONT" });
    }

    /// Asks it to end as an interrupt from a terminal does; ends it where that is not known.
    pub fn ask_to_end(&mut self) {
        self.signal("-CONT");
        if !self.signal("-INT") {
            self.stop();
        }
    }

    fn signal(&mut self, signal: &str) -> bool {
        let id = self.child.id().to_string();
        Self::CAN_WAIT
            && Command::new("kill")
                .args([signal, &id])
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
    }

    /// Ends it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
