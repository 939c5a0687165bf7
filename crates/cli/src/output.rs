//! Everything that leaves the program: standard output, standard error, files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::color::painted;
use crate::failure::Failure;

/// Version of every JSON document this program prints.
pub(crate) const SCHEMA: u32 = 1;

static METRICS: OnceLock<PathBuf> = OnceLock::new();
static LOG: OnceLock<fs::File> = OnceLock::new();

/// Where [`metrics`] go.
pub(crate) fn set_metrics(path: Option<PathBuf>) {
    if let Some(path) = path {
        // The first call wins; there is only one.
        let _ = METRICS.set(path);
    }
}

/// Writes the numbers of a command's report under flat keys, where `--metrics` asks for it.
pub(crate) fn metrics(command: &str, report: &Value) -> Result<(), Failure> {
    let Some(path) = METRICS.get() else { return Ok(()) };
    let mut flat = Map::new();
    flatten(command, report, &mut flat);
    write_file(path, to_json(&flat).as_bytes())
}

/// Numbers, truth values and short words of a report; lists are left out.
fn flatten(key: &str, value: &Value, flat: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|field| field.0 != "schema") {
                flatten(&format!("{key}__{name}"), value, flat);
            }
        }
        Value::Array(_) | Value::Null => {}
        value => {
            flat.insert(key.to_owned(), value.clone());
        }
    }
}

/// Prints a line of data.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| Failure::stdout(&error))
}

/// Prints bytes as they are.
pub(crate) fn say_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::stdout(&error))
}

/// Prints one JSON document.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    say(&to_json(value))
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("reports have string keys and no failing parts")
}

/// Begins the file that everything said to people is also written to.
pub(crate) fn set_log(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let file = fs::File::create(path).map_err(|error| Failure::write(path, error))?;
    // The first call wins; there is only one.
    let _ = LOG.set(file);
    Ok(())
}

/// Writes a line to that file alone. A full disk there must not end a run.
pub(crate) fn log(text: &str) {
    if let Some(mut file) = LOG.get() {
        let _ = writeln!(file, "{text}");
    }
}

/// Prints a line for people to standard error. Nobody listening is no error.
pub(crate) fn note(text: &str) {
    log(text);
    let _ = writeln!(io::stderr().lock(), "{}", painted(text));
}

/// Refuses to overwrite any of these files.
pub(crate) fn refuse_existing(paths: &[PathBuf], force: bool) -> Result<(), Failure> {
    match paths.iter().find(|path| !force && path.exists()) {
        Some(path) => Err(Failure::Usage(format!(
            "{} exists\n  help: choose another place with --out, or overwrite with --force",
            path.display()
        ))),
        None => Ok(()),
    }
}

/// Makes the folder of a file and tries to write there: better now than at the end of a long run.
pub(crate) fn try_folder_of(path: &Path) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".try");
    let probe = path.with_file_name(name);
    write_file(&probe, &[])?;
    fs::remove_file(&probe).map_err(|error| Failure::write(&probe, error))
}

/// Writes a file under a temporary name first, so that it is never seen half written. A link stays
/// one, and a pipe or a device is written to and not replaced.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::write(path, error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let mut open = fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
        return open.write_all(bytes).map_err(failed);
    }
    let linked = if path.is_symlink() { fs::canonicalize(path).ok() } else { None };
    let target = linked.as_deref().unwrap_or(path);
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = target.with_file_name(name);
    let mut file = fs::File::create(&partial).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&partial, target).map_err(failed)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_stays_one_and_a_device_is_not_replaced() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [file, link, device] = ["file", "link", "device"].map(|name| folder.path().join(name));
        fs::write(&file, "before").unwrap();
        symlink(&file, &link).unwrap();
        write_file(&link, b"after").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"after");
        symlink("/dev/null", &device).unwrap();
        write_file(&device, b"gone").unwrap();
        assert!(device.is_symlink());
        assert!(fs::metadata(&device).unwrap().file_type().is_char_device());
    }
}
