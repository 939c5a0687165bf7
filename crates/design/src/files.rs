//! Finding and reading files.

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_formats::{MAX_UNPACKED_BYTES, decompress};
use serde::{Deserialize, Serialize};

use crate::Error;

/// What gzip and xz files may unpack to, so that a small file cannot take all memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnpackConfig {
    /// No file may unpack to more than this, bytes. Default 4 GiB.
    pub most: u64,
    /// Nor to more than this many times its own size. Default 150: netlists reach 80, gzip 1000.
    pub ratio: u64,
    /// But to so much always, bytes. Default 64 MiB.
    pub free: u64,
}

impl Default for UnpackConfig {
    fn default() -> Self {
        Self { most: MAX_UNPACKED_BYTES, ratio: 150, free: 64 << 20 }
    }
}

impl UnpackConfig {
    /// What a file of so many bytes may unpack to, bytes.
    fn limit(&self, packed: usize) -> u64 {
        self.ratio.saturating_mul(packed as u64).max(self.free).min(self.most)
    }
}

/// The bytes of a file, unpacked where they are gzip or xz, within the usual limits.
///
/// # Errors
/// Where the file cannot be read or unpacked.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    read_limited(path, &UnpackConfig::default())
}

/// The bytes of a file, unpacked where they are gzip or xz.
///
/// # Errors
/// Where the file cannot be read, or unpacked within the limits.
pub fn read_limited(path: &Path, limits: &UnpackConfig) -> Result<Vec<u8>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let limit = limits.limit(bytes.len());
    decompress(bytes, limit).map_err(|source| Error::Unpack { path: path.to_owned(), source })
}

/// Files of a folder, sorted by name.
pub(crate) fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// A file's name without the ending of a packer, in lower case.
pub(crate) fn plain_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".xz"));
    plain.map(str::to_owned).unwrap_or(name)
}

/// A file as a list calls it, or packed.
pub(crate) fn packed_or_plain(plain: &Path) -> PathBuf {
    let packed = [".gz", ".xz"].map(|end| {
        let mut name = plain.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    });
    let found = packed.into_iter().find(|path| !plain.exists() && path.exists());
    found.unwrap_or_else(|| plain.to_owned())
}

/// The placement that belongs to a netlist.
pub(crate) fn plc_beside(netlist: &Path) -> Option<PathBuf> {
    let folder = netlist.parent().filter(|folder| !folder.as_os_str().is_empty());
    let stem = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let is_plc = |path: &PathBuf| plain_name(path).ends_with(".plc");
    let mut found: Vec<PathBuf> =
        listed(folder.unwrap_or(Path::new("."))).into_iter().filter(is_plc).collect();
    let own = stem(netlist);
    for wanted in ["initial", &own, "legalized"] {
        if let Some(at) = found.iter().position(|path| stem(path) == wanted) {
            return Some(found.swap_remove(at));
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// A short name: the folder's where the file is just called "netlist".
pub(crate) fn short_name(netlist: &Path) -> String {
    let file = netlist.file_name().unwrap_or_default().to_string_lossy();
    let stem = file.split(".pb").next().unwrap_or_default();
    let full = fs::canonicalize(netlist).ok();
    let folder = full.as_deref().and_then(Path::parent).and_then(Path::file_name);
    match folder {
        Some(folder) if stem == "netlist" => folder.to_string_lossy().into_owned(),
        _ if stem.is_empty() => "design".to_owned(),
        _ => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_grow_with_the_file() {
        let limits = UnpackConfig { most: 1000, ratio: 10, free: 100 };
        assert_eq!([0, 5, 50, 500].map(|packed| limits.limit(packed)), [100, 100, 500, 1000]);
    }
}
