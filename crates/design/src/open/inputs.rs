use std::path::{Path, PathBuf};

use flagstone_formats::{Format, detect};

use crate::files::{listed, plain_name};
use crate::{Error, UnpackConfig, read_limited};

/// A file, read.
#[derive(Debug)]
pub(super) struct File {
    /// What it is.
    pub(super) format: Format,
    /// Which input it came from.
    pub(super) input: usize,
    /// The input as it was given.
    pub(super) given: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it holds, unpacked.
    pub(super) text: Vec<u8>,
}

/// Reads all files that the inputs name.
pub(super) fn gather(inputs: &[String], limits: &UnpackConfig) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for (input, given) in inputs.iter().enumerate() {
        for path in paths(given)? {
            let text = read_limited(&path, limits)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let format = detect(&name, &text);
            files.push(File { format, input, given: given.clone(), path, text });
        }
    }
    Ok(files)
}

/// The files of an input: itself, a folder's, or those between the commas.
fn paths(given: &str) -> Result<Vec<PathBuf>, Error> {
    let path = Path::new(given);
    if path.is_dir() {
        return in_folder(path);
    }
    if path.exists() {
        return Ok(vec![path.to_owned()]);
    }
    Ok(given.split(',').map(PathBuf::from).collect())
}

/// A folder of several designs: which one is meant is not guessed.
fn ambiguous(folder: &Path, n: usize, what: &str, help: &str) -> Error {
    Error::unusable(folder.display(), format!("{n} {what} in it\n  help: {help}"))
}

/// The files of a folder that make up a design.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let files = listed(folder);
    let ending = |end: &str| -> Vec<PathBuf> {
        files.iter().filter(|file| plain_name(file).ends_with(end)).cloned().collect()
    };
    let netlists = ending(".pb.txt");
    let named = netlists.iter().find(|file| plain_name(file).starts_with("netlist."));
    match (named, &netlists[..]) {
        (Some(one), _) | (None, [one]) => return Ok(vec![one.clone()]),
        (None, []) => {}
        (None, several) => return Err(ambiguous(folder, several.len(), "netlists", "name one")),
    }
    let mut most = 0;
    for end in [".aux", ".blocks", ".hgr"] {
        match &ending(end)[..] {
            [one] => return Ok(vec![one.clone()]),
            others => most = most.max(others.len()),
        }
    }
    if let [def] = &ending(".def")[..] {
        let mut files = ending(".lef");
        files.push(def.clone());
        return Ok(files);
    }
    let defs = ending(".def").len();
    if defs > 1 {
        return Err(ambiguous(folder, defs, "DEF files", "name one, and its LEF files"));
    }
    if most > 1 {
        return Err(ambiguous(folder, most, "netlists", "name one"));
    }
    let what = "no netlist (.pb.txt, .aux, .blocks, .hgr or one .def, each also .gz or .xz) in it";
    Err(Error::unusable(folder.display(), what))
}
