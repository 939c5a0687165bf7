//! Reading and writing placements.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use flagstone_formats::pbtxt::{self, NetlistFile};
use flagstone_formats::plc::{self, Header, HeaderText, PlcFile};
use flagstone_formats::{Diagnostic, MAX_UNPACKED_BYTES, Severity, decompress};

use super::args::{Answer, Args};
use super::protocol::done;
use super::settings::check;
use super::state::{Explicit, State};

/// Reads a netlist from one file or from several, separated by commas.
pub(super) fn read_netlist(paths: &str) -> Result<NetlistFile, String> {
    let paths: Vec<&str> =
        paths.split(',').map(str::trim).filter(|path| !path.is_empty()).collect();
    let texts = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let parts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let (file, diagnostics) = pbtxt::read_parts(&parts, pbtxt::Missing::Error);
    let problems = paths.iter().zip(&diagnostics);
    let mut errors = problems.filter_map(|(path, list)| first_error(path, list));
    file.ok_or_else(|| errors.next().unwrap_or_else(|| "no netlist file was given".to_owned()))
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    decompress(bytes, MAX_UNPACKED_BYTES).map_err(|error| format!("cannot read {path}: {error}"))
}

fn first_error(path: &str, diagnostics: &[Diagnostic]) -> Option<String> {
    let error = diagnostics.iter().find(|found| found.severity == Severity::Error)?;
    Some(format!("{path}:{error}"))
}

pub(super) fn restore(state: &mut State, args: &Args<'_>) -> Answer {
    let path = args.text(0, "file")?;
    let (file, diagnostics) = plc::read(&read(path)?, &state.netlist);
    if let Some(error) = first_error(path, &diagnostics) {
        return Err(error);
    }
    let header = unset(state.explicit, file.header.clone());
    check(&header).map_err(|why| format!("{path}: {why}"))?;
    apply_header(state, header);
    // The original leaves placed what the file does not list.
    file.apply_listed(&state.netlist, &mut state.placement);
    state.changed();
    Ok(done())
}

/// What the header says and the client has not set itself: circuit_training sets routes, smoothing
/// and threshold first and expects to find them unchanged.
fn unset(explicit: Explicit, mut header: Header) -> Header {
    if explicit.size {
        header.size = None;
    }
    if explicit.grid {
        header.grid = None;
    }
    if explicit.congestion_grid {
        header.congestion_grid = None;
    }
    if explicit.routes {
        header.routes = None;
    }
    if explicit.macro_routes {
        header.macro_routes = None;
    }
    if explicit.smoothing {
        header.smoothing = None;
    }
    if explicit.overlap_threshold {
        header.overlap_threshold = None;
    }
    header
}

fn apply_header(state: &mut State, mut header: Header) {
    state.file_blockages = std::mem::take(&mut header.blockages);
    header.apply(&mut state.canvas);
    state.update_blockages();
    if let Some(block) = header.block {
        state.block = block;
    }
    if let Some(project) = header.project {
        state.project = project;
    }
}

pub(super) fn save(state: &mut State, args: &Args<'_>) -> Answer {
    let path = args.text(0, "file")?;
    let info = if args.has(1) { args.text(1, "info")? } else { "" };
    let text = header_text(state, path, info);
    let mut file = PlcFile::new(&state.netlist, &state.canvas, &state.placement, &text);
    if is_header(info) {
        file.comments =
            info.lines().map(|line| format!("# {line}").trim_end().to_owned()).collect();
    }
    let mut bytes = Vec::new();
    plc::write(&file, &mut bytes).map_err(|error| error.to_string())?;
    write(path, &bytes)?;
    Ok(done())
}

/// Whether the client has written the whole header itself, as circuit_training's `save_placement`
/// does.
fn is_header(info: &str) -> bool {
    info.lines().any(|line| line.trim_start().starts_with("Columns :"))
}

/// What our own header says, with the client's text as comments.
fn header_text(state: &mut State, path: &str, info: &str) -> HeaderText {
    let evaluation = state.evaluation();
    let (um, cost) = (evaluation.wirelength_um, evaluation.cost);
    let mut comments = vec!["User comments:".to_owned()];
    comments.extend(info.lines().map(str::to_owned));
    HeaderText {
        source: state.source.clone(),
        file: path.to_owned(),
        date: String::new(),
        project: state.project.clone(),
        block: state.block.clone(),
        costs: Some([um, cost.wirelength, cost.congestion, cost.density]),
        comments,
    }
}

/// Writes a file beside its place and moves it there: the program may be killed at any time.
pub(super) fn write(path: &str, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write {path}: {error}");
    let beside = format!("{path}.part");
    let mut out = BufWriter::new(File::create(&beside).map_err(failed)?);
    out.write_all(bytes).and_then(|()| out.flush()).map_err(failed)?;
    std::fs::rename(Path::new(&beside), Path::new(path)).map_err(failed)
}
