//! Joining files to a design.

mod bookshelf;
mod gsrc;
mod hgr;
mod inputs;
mod lefdef;
mod protobuf;
mod yal;

use std::path::{Path, PathBuf};

use flagstone_cluster::{GridConfig, choose_grid};
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_formats::{Format, plc};
use flagstone_netlist::{Canvas, Netlist};

use crate::judge::judge;
use crate::message::Log;
use crate::settings::usable;
use crate::{Design, Error, Message, Settings, UnpackConfig, read_limited};

use inputs::{File, gather};

/// How designs are opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenConfig {
    /// Placement; without it the one beside a protobuf netlist is taken, if there is one.
    pub plc: Option<PathBuf>,
    /// Overrides of the canvas and the weights.
    pub settings: Settings,
    /// How macros of LEF and DEF are told from standard cells.
    pub rules: MacroRules,
    /// What names mean that a protobuf netlist does not define.
    pub missing: Missing,
}

impl OpenConfig {
    fn limits(&self) -> UnpackConfig {
        self.settings.unpack.unwrap_or_default()
    }

    /// The bytes of a file, unpacked.
    fn read(&self, path: &Path) -> Result<Vec<u8>, Error> {
        read_limited(path, &self.limits())
    }
}

/// What came of opening files.
#[derive(Debug)]
pub struct Opened {
    /// The design, or why there is none.
    pub design: Result<Design, Error>,
    /// Everything to be said about the files, in the order they were read; of a design that cannot
    /// be opened, every error.
    pub messages: Vec<Message>,
    /// The files that the inputs stand for; those that one of them lists are not among them.
    pub files: Vec<PathBuf>,
}

/// Opens a design: a netlist, a folder that holds one, its parts joined by commas, or all the files
/// that make up a design in another format.
pub fn open(inputs: &[String], config: &OpenConfig) -> Opened {
    let mut log = Log::default();
    let gathered = gather(inputs, &config.limits());
    let paths = |files: &Vec<File>| files.iter().map(|file| file.path.clone()).collect();
    let files = gathered.as_ref().map(paths).unwrap_or_default();
    let design = gathered.and_then(|files| join(files, config, &mut log));
    Opened { design, messages: log.messages, files }
}

fn join(mut files: Vec<File>, config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let mut plc = config.plc.clone();
    if let Some(at) = files.iter().position(|file| file.format == Format::Plc)
        && files.len() > 1
    {
        plc = plc.or(Some(files.remove(at).path));
    }
    if let [File { format: Format::Plc, path, .. }] = &files[..] {
        let what = "a placement alone\n  help: name its netlist, too";
        return Err(Error::unusable(path.display(), what));
    }
    let has = |formats: &[Format]| files.iter().any(|file| formats.contains(&file.format));
    let design = if has(&[Format::Lef, Format::Def, Format::Verilog]) {
        lefdef::open(files, config, log)?
    } else if has(&[Format::Aux, Format::Nodes]) {
        bookshelf::open(files, config, log)?
    } else if has(&[Format::Blocks]) {
        gsrc::open(files, config, log)?
    } else if has(&[Format::Hgr]) {
        hgr::open(&files, config, log)?
    } else if has(&[Format::Yal]) {
        yal::open(&files, config, log)?
    } else {
        let design = protobuf::open(files, plc.as_deref(), config, log)?;
        return finished(design, log);
    };
    let design = match plc {
        Some(path) => with_plc(design, &path, config, log)?,
        None => design,
    };
    finished(design, log)
}

fn finished(design: Design, log: &mut Log) -> Result<Design, Error> {
    usable(&design.canvas)?;
    judge(&design, log)?;
    Ok(design)
}

/// Takes canvas and places over from a `.plc`.
fn with_plc(
    mut design: Design,
    path: &Path,
    config: &OpenConfig,
    log: &mut Log,
) -> Result<Design, Error> {
    let (rows, diagnostics) = plc::read(&config.read(path)?, &design.netlist);
    log.file(path, &diagnostics)?;
    rows.apply_header(&mut design.canvas);
    config.settings.apply(&mut design.canvas);
    rows.apply_rows(&design.netlist, &mut design.placement);
    design.plc_path = Some(path.to_owned());
    Ok(design)
}

/// Chooses columns and rows, unless both are given.
fn choose(name: &str, netlist: &Netlist, canvas: &mut Canvas, config: &OpenConfig, log: &mut Log) {
    if config.settings.columns.is_some() && config.settings.rows.is_some() {
        return;
    }
    match choose_grid(netlist, canvas, &GridConfig::default()) {
        Ok(grid) => (canvas.columns, canvas.rows) = (grid.columns, grid.rows),
        Err(why) => log.note(name, format!("{why}; a grid of 10 x 10 cells is taken")),
    }
}

/// The only file of a format.
fn only(files: &[File], format: Format) -> Option<&File> {
    files.iter().find(|file| file.format == format)
}

/// A file with the stem of another and its own extension, packed or not.
fn sibling(path: &Path, extension: &str) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let plain = name.trim_end_matches(".gz").trim_end_matches(".xz");
    let stem = plain.rsplit_once('.').map_or(plain, |(stem, _)| stem);
    let found = crate::files::packed_or_plain(&path.with_file_name(format!("{stem}.{extension}")));
    found.exists().then_some(found)
}

/// The text of a format: of the file given, else of the one beside `of`.
fn text_of(
    files: &[File],
    format: Format,
    of: &Path,
    extension: &str,
    config: &OpenConfig,
) -> Result<Option<(PathBuf, Vec<u8>)>, Error> {
    if let Some(file) = only(files, format) {
        return Ok(Some((file.path.clone(), file.text.clone())));
    }
    let Some(path) = sibling(of, extension) else { return Ok(None) };
    let text = config.read(&path)?;
    Ok(Some((path, text)))
}
