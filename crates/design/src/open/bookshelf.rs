use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_formats::Format;
use flagstone_formats::bookshelf::{self, Parts};
use flagstone_netlist::Canvas;

use super::inputs::File;
use super::{OpenConfig, choose, only, text_of};
use crate::files::packed_or_plain;
use crate::message::Log;
use crate::{Design, Error};

type NamedText = (PathBuf, Vec<u8>);

/// The files of a design, each with its path.
struct Texts {
    name: String,
    given: PathBuf,
    nodes: NamedText,
    nets: NamedText,
    pl: Option<NamedText>,
    scl: Option<NamedText>,
    wts: Option<NamedText>,
}

/// Opens the files a `.aux` lists, or those given one by one.
pub(super) fn open(files: Vec<File>, config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let texts = match only(&files, Format::Aux) {
        Some(aux) => listed(aux, config, log)?,
        None => given(&files, config)?,
    };
    let none = (PathBuf::new(), Vec::new());
    let text = |part: &'_ Option<NamedText>| part.as_ref().map(|part| part.1.clone());
    let (pl, scl, wts) = (text(&texts.pl), text(&texts.scl), text(&texts.wts));
    let (found, diagnostics) = bookshelf::read(&Parts {
        nodes: &texts.nodes.1,
        nets: &texts.nets.1,
        pl: pl.as_deref(),
        scl: scl.as_deref(),
        wts: wts.as_deref(),
    });
    let path = |part: &Option<NamedText>| part.as_ref().unwrap_or(&none).0.clone();
    log.files([
        (texts.nodes.0.clone(), &diagnostics.nodes[..]),
        (texts.nets.0.clone(), &diagnostics.nets[..]),
        (path(&texts.pl), &diagnostics.pl[..]),
        (path(&texts.scl), &diagnostics.scl[..]),
        (path(&texts.wts), &diagnostics.wts[..]),
    ])?;
    let found = found.ok_or_else(|| Error::unusable(texts.given.display(), "no usable design"))?;
    let mut canvas = Canvas::new(found.size.0, found.size.1);
    choose(&texts.name, &found.netlist, &mut canvas, config, log);
    config.settings.apply(&mut canvas);
    let (netlist, placement) = (found.netlist.clone(), found.placement.clone());
    Ok(Design {
        netlist_path: texts.given.display().to_string(),
        weights: config.settings.weights.unwrap_or_default(),
        origin: (found.origin.x, found.origin.y),
        bookshelf: Some(Arc::new(found)),
        ..Design::new(texts.name, netlist, canvas, placement)
    })
}

fn listed(aux: &File, config: &OpenConfig, log: &mut Log) -> Result<Texts, Error> {
    let (list, diagnostics) = bookshelf::read_aux(&aux.text);
    log.file(&aux.path, &diagnostics)?;
    let list = list.ok_or_else(|| Error::unusable(aux.path.display(), "no usable design"))?;
    let folder = aux.path.parent().unwrap_or(Path::new(""));
    // The list names files as they are called unpacked.
    let read = |name: &str| -> Result<NamedText, Error> {
        let path = packed_or_plain(&folder.join(name));
        let text = config.read(&path)?;
        Ok((path, text))
    };
    let optional = |name: &Option<String>| name.as_deref().map(read).transpose();
    let name = aux.path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Texts {
        name: name.split(".aux").next().unwrap_or_default().to_owned(),
        given: aux.path.clone(),
        nodes: read(&list.nodes)?,
        nets: read(&list.nets)?,
        pl: optional(&list.pl)?,
        scl: optional(&list.scl)?,
        wts: optional(&list.wts)?,
    })
}

fn given(files: &[File], config: &OpenConfig) -> Result<Texts, Error> {
    let nodes = only(files, Format::Nodes)
        .ok_or_else(|| Error::Files("no .nodes file among the inputs".to_owned()))?;
    let nets = text_of(files, Format::Nets, &nodes.path, "nets", config)?;
    let name = nodes.path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Texts {
        name: name.split(".nodes").next().unwrap_or_default().to_owned(),
        given: nodes.path.clone(),
        nets: nets.ok_or_else(|| Error::unusable(nodes.path.display(), "no .nets beside it"))?,
        pl: text_of(files, Format::Pl, &nodes.path, "pl", config)?,
        scl: text_of(files, Format::Scl, &nodes.path, "scl", config)?,
        wts: text_of(files, Format::Wts, &nodes.path, "wts", config)?,
        nodes: (nodes.path.clone(), nodes.text.clone()),
    })
}
