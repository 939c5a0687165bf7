use std::path::Path;
use std::sync::Arc;

use flagstone_formats::{pbtxt, plc};
use flagstone_netlist::{Canvas, Kind, Netlist};

use super::OpenConfig;
use super::inputs::File;
use crate::files::{plc_beside, short_name};
use crate::message::Log;
use crate::{Design, Error};

/// Opens circuit_training's netlist with the placement given or beside it.
pub(super) fn open(
    files: Vec<File>,
    plc: Option<&Path>,
    config: &OpenConfig,
    log: &mut Log,
) -> Result<Design, Error> {
    let n_inputs = files.last().map_or(0, |file| file.input + 1);
    if n_inputs != 1 {
        let what = format!("{n_inputs} netlists, expected one (its parts joined by commas)");
        return Err(Error::Files(what));
    }
    let file = read(&files, config, log)?;
    let first = &files[0].path;
    let mut design = Design {
        netlist_path: files[0].given.clone(),
        weights: config.settings.weights.unwrap_or_default(),
        ..Design::new(
            short_name(first),
            Netlist::default(),
            match file.floorplan {
                Some((width, height)) => Canvas::new(width, height),
                None => Canvas::for_netlist(&file.netlist),
            },
            file.placement,
        )
    };
    design.netlist = Arc::new(file.netlist);
    match plc {
        Some(path) => take_given(&mut design, path, config, log)?,
        None => take_found(&mut design, first, config, log)?,
    }
    config.settings.apply(&mut design.canvas);
    Ok(design)
}

fn read(files: &[File], config: &OpenConfig, log: &mut Log) -> Result<pbtxt::NetlistFile, Error> {
    let texts: Vec<&[u8]> = files.iter().map(|file| file.text.as_slice()).collect();
    let (found, diagnostics) = pbtxt::read_parts(&texts, config.missing);
    for (file, diagnostics) in files.iter().zip(&diagnostics) {
        log.file(&file.path, diagnostics)?;
    }
    let path = files[0].path.display();
    let found = found.ok_or_else(|| Error::unusable(path.to_string(), "no netlist"))?;
    if found.netlist.n_nodes() == 0 {
        let what = "found no node, expected a netlist";
        return Err(Error::unusable(format!("{path}:1:1"), what));
    }
    Ok(found)
}

fn take_given(
    design: &mut Design,
    path: &Path,
    config: &OpenConfig,
    log: &mut Log,
) -> Result<(), Error> {
    let (rows, diagnostics) = plc::read(&config.read(path)?, &design.netlist);
    log.file(path, &diagnostics)?;
    rows.apply_header(&mut design.canvas);
    rows.apply_rows(&design.netlist, &mut design.placement);
    design.plc_path = Some(path.to_owned());
    Ok(())
}

/// Takes the placement beside the netlist, of which only the header may fit.
fn take_found(
    design: &mut Design,
    netlist: &Path,
    config: &OpenConfig,
    log: &mut Log,
) -> Result<(), Error> {
    let Some(path) = plc_beside(netlist) else { return Ok(()) };
    let is_flat = design.netlist.nodes_of(Kind::StdCell).next().is_some();
    let (rows, diagnostics) = plc::read(&config.read(&path)?, &design.netlist);
    rows.apply_header(&mut design.canvas);
    if is_flat && !diagnostics.is_empty() {
        // The rows speak of the netlist that was clustered from this one.
        log.note(path.display(), "of this only the canvas is taken");
        unround(&design.netlist, &mut design.canvas);
        return Ok(());
    }
    log.file(&path, &diagnostics)?;
    rows.apply_rows(&design.netlist, &mut design.placement);
    design.plc_path = Some(path);
    Ok(())
}

/// A header gives sizes to three digits; where they are those of the default square, that is meant.
fn unround(netlist: &Netlist, canvas: &mut Canvas) {
    let square = Canvas::for_netlist(&netlist.rounded_to_f32());
    let same = |a: f64, b: f64| (a - b).abs() < 1e-3;
    if same(square.width, canvas.width) && same(square.height, canvas.height) {
        (canvas.width, canvas.height) = (square.width, square.height);
    }
}
