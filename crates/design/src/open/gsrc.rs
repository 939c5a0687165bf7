use std::sync::Arc;

use flagstone_formats::Format;
use flagstone_formats::gsrc::{self, Parts};
use flagstone_netlist::Canvas;

use super::inputs::File;
use super::{OpenConfig, choose, only, text_of};
use crate::message::Log;
use crate::{Design, Error};

/// Opens a floorplanning benchmark: `.blocks`, and `.nets` and `.pl` given or beside it.
pub(super) fn open(files: Vec<File>, config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let blocks = only(&files, Format::Blocks)
        .ok_or_else(|| Error::Files("no .blocks file among the inputs".to_owned()))?;
    let none = |what: &str| Error::unusable(blocks.path.display(), what);
    let nets = text_of(&files, Format::Nets, &blocks.path, "nets", config)?;
    let nets = nets.ok_or_else(|| none("no .nets beside it"))?;
    let pl = text_of(&files, Format::Pl, &blocks.path, "pl", config)?;
    let (found, diagnostics) = gsrc::read(&Parts {
        blocks: &blocks.text,
        nets: &nets.1,
        pl: pl.as_ref().map(|pl| pl.1.as_slice()),
    });
    log.files([
        (blocks.path.clone(), &diagnostics.blocks[..]),
        (nets.0, &diagnostics.nets[..]),
        (pl.unwrap_or_default().0, &diagnostics.pl[..]),
    ])?;
    let found = found.ok_or_else(|| none("no usable design"))?;
    let name = blocks.path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(".blocks").next().unwrap_or_default().to_owned();
    let mut canvas = Canvas::new(found.size.0, found.size.1);
    choose(&name, &found.netlist, &mut canvas, config, log);
    config.settings.apply(&mut canvas);
    let (netlist, placement) = (found.netlist.clone(), found.placement.clone());
    Ok(Design {
        netlist_path: blocks.path.display().to_string(),
        origin: (found.origin.x, found.origin.y),
        weights: config.settings.weights.unwrap_or_default(),
        gsrc: Some(Arc::new(found)),
        ..Design::new(name, netlist, canvas, placement)
    })
}
