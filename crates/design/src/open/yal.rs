use flagstone_formats::yal;
use flagstone_netlist::Canvas;

use super::inputs::File;
use super::{OpenConfig, choose};
use crate::message::Log;
use crate::{Design, Error};

/// Opens an MCNC block benchmark.
pub(super) fn open(files: &[File], config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let [file] = files else {
        return Err(Error::Files(format!("{} files, expected one in YAL", files.len())));
    };
    let (found, diagnostics) = yal::read(&file.text);
    log.file(&file.path, &diagnostics)?;
    let found = found.ok_or_else(|| Error::unusable(file.path.display(), "no usable design"))?;
    let mut canvas = Canvas::new(found.size.0, found.size.1);
    choose(&found.name, &found.netlist, &mut canvas, config, log);
    config.settings.apply(&mut canvas);
    Ok(Design {
        netlist_path: file.path.display().to_string(),
        weights: config.settings.weights.unwrap_or_default(),
        ..Design::new(found.name, found.netlist, canvas, found.placement)
    })
}
