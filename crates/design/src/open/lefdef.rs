use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_formats::{Format, def, lef, lefdef};
use flagstone_netlist::{Blockage, Canvas};

use super::inputs::File;
use super::{OpenConfig, choose};
use crate::message::Log;
use crate::{DefSource, Design, Error};

/// Rate of a placement blockage: neither macros nor cells may enter.
const BLOCKED: f64 = 0.99;

/// Joins LEF files and one DEF.
pub(super) fn open(files: Vec<File>, config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let mut library = lef::Library::default();
    let mut defs = Vec::new();
    for file in files {
        match file.format {
            Format::Lef => join(&mut library, &file, log)?,
            Format::Def => defs.push((file.path, file.text)),
            _ => {
                let path = file.path.display();
                return Err(Error::Files(format!("{path} is neither LEF nor DEF, but others are")));
            }
        }
    }
    if defs.len() != 1 {
        let what = format!("{} DEF files, expected one beside the LEF files", defs.len());
        return Err(Error::Files(what));
    }
    let (path, text) = defs.swap_remove(0);
    design(&path, text, &library, config, log)
}

fn join(library: &mut lef::Library, file: &File, log: &mut Log) -> Result<(), Error> {
    let (own, diagnostics) = lef::read(&file.text);
    log.file(&file.path, &diagnostics)?;
    for name in library.join(own.unwrap_or_default()) {
        let path = file.path.display();
        log.note(path, format!("macro {name} is known already; the first counts"));
    }
    Ok(())
}

fn design(
    path: &Path,
    text: Vec<u8>,
    library: &lef::Library,
    config: &OpenConfig,
    log: &mut Log,
) -> Result<Design, Error> {
    let (found, diagnostics) = def::read(&text);
    log.file(path, &diagnostics)?;
    let none = |what: &str| Error::unusable(path.display(), what);
    let found = found.ok_or_else(|| none("no design"))?;
    let (flat, diagnostics) = lefdef::design(&text, &found, library, &config.rules);
    log.file(path, &diagnostics)?;
    let name = found.design.to_owned();
    let flat = flat.ok_or_else(|| none("no netlist"))?;
    let mut canvas = Canvas::new(flat.size.0, flat.size.1);
    canvas.blockages.extend(flat.blockages.iter().map(|&rect| Blockage { rect, rate: BLOCKED }));
    choose(&name, &flat.netlist, &mut canvas, log);
    config.settings.apply(&mut canvas);
    Ok(Design {
        name,
        netlist_path: path.display().to_string(),
        plc_path: None::<PathBuf>,
        netlist: Arc::new(flat.netlist.clone()),
        canvas,
        placement: flat.placement.clone(),
        weights: config.settings.weights.unwrap_or_default(),
        def: Some(Arc::new(DefSource::new(text, flat))),
    })
}
