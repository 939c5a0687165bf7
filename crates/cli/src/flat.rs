//! Designs from LEF and DEF, and clustering of those that still have standard cells.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_cluster::{ClusterConfig, GridConfig, choose_grid, cluster};
use flagstone_formats::lefdef::{self, MacroRules};
use flagstone_formats::{bookshelf, def, lef};
use flagstone_netlist::{Blockage, Canvas, Kind, Netlist, NodeId, Placement};

use crate::failure::Failure;
use crate::load::{self, Design};
use crate::progress::note;
use crate::settings::Settings;

/// What a file is, by its first words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    Lef,
    Def,
}

/// Tells formats apart by their content.
pub(crate) fn detect(text: &[u8]) -> Format {
    const LOOKED_AT: usize = 400;
    let lines = text.split(|&byte| byte == b'\n').take(LOOKED_AT);
    for line in lines {
        let line = line.trim_ascii();
        let mut words = line.split(|byte| byte.is_ascii_whitespace() || *byte == b'{');
        match words.next().unwrap_or_default() {
            b"node" => return Format::Protobuf,
            b"DESIGN" | b"DIEAREA" | b"COMPONENTS" | b"TECHNOLOGY" | b"TRACKS" => {
                return Format::Def;
            }
            b"MACRO" | b"LAYER" | b"SITE" | b"MANUFACTURINGGRID" | b"VIA" => return Format::Lef,
            b"UNITS" => {
                let distance = words.any(|word| word == b"DISTANCE");
                return if distance { Format::Def } else { Format::Lef };
            }
            _ => {}
        }
    }
    Format::Protobuf
}

/// The DEF a design came from, for writing it back.
#[derive(Debug)]
pub(crate) struct DefSource {
    text: Vec<u8>,
    flat: lefdef::Design,
}

impl DefSource {
    /// The DEF with the hard macros where a placement of `design` has them.
    pub(crate) fn write(&self, design: &Design, placement: &Placement) -> Vec<u8> {
        let mut own = self.flat.placement.clone();
        let movable = self.carry(design, placement, &mut own);
        let moves: Vec<def::Move> =
            movable.iter().filter_map(|&node| self.flat.place(&own, node)).collect();
        let mut out = Vec::new();
        if let (Some(def), _) = def::read(&self.text) {
            def::write(&self.text, &def, &moves, &mut out).expect("a vector takes every byte");
        }
        out
    }

    /// Lower left corner of the die, µm.
    pub(crate) fn origin(&self) -> (f64, f64) {
        self.flat.origin
    }

    /// The orientations by which DEF knows the macros of `design`.
    pub(crate) fn orientations(
        &self,
        design: &Design,
        placement: &Placement,
    ) -> Vec<(String, flagstone_geom::Orientation)> {
        let mut own = self.flat.placement.clone();
        self.carry(design, placement, &mut own);
        let netlist = &self.flat.netlist;
        let macros = netlist.nodes_of(Kind::HardMacro);
        let known = |node| self.flat.place(&own, node).map(|to| to.orientation);
        macros.filter_map(|n| Some((netlist.node_name(n).to_owned(), known(n)?))).collect()
    }

    /// Takes the places of hard macros over, by name; returns those that were free to move.
    fn carry(&self, design: &Design, from: &Placement, to: &mut Placement) -> Vec<NodeId> {
        let flat = &self.flat.netlist;
        let by_name: std::collections::HashMap<&str, NodeId> =
            flat.nodes_of(Kind::HardMacro).map(|node| (flat.node_name(node), node)).collect();
        let mut moved = Vec::new();
        for node in design.netlist.nodes_of(Kind::HardMacro) {
            let Some(&own) = by_name.get(design.netlist.node_name(node)) else { continue };
            to.set_center(own, from.center(node));
            to.orientation[own.usize()] = from.orientation[node.usize()];
            if !to.fixed[own.usize()] {
                moved.push(own);
            }
        }
        moved
    }
}

/// A LEF or DEF file and its text.
pub(crate) type NamedText = (PathBuf, Vec<u8>);

/// Joins LEF files and one DEF.
pub(crate) fn design(
    files: Vec<(Format, NamedText)>,
    settings: &Settings,
    rules: &MacroRules,
) -> Result<Design, Failure> {
    let mut library = lef::Library::default();
    let mut defs = Vec::new();
    for (format, (path, text)) in files {
        match format {
            Format::Lef => {
                let (own, diagnostics) = lef::read(&text);
                load::report(&path, &diagnostics)?;
                for name in library.join(own.unwrap_or_default()) {
                    note(&format!(
                        "{}: macro {name} is known already; the first counts",
                        path.display()
                    ));
                }
            }
            Format::Def => defs.push((path, text)),
            Format::Protobuf => {
                let path = path.display();
                return Err(Failure::Usage(format!(
                    "{path} is neither LEF nor DEF, but others are"
                )));
            }
        }
    }
    if defs.len() != 1 {
        let what = format!("{} DEF files, expected one beside the LEF files", defs.len());
        return Err(Failure::Usage(what));
    }
    let (path, text) = defs.swap_remove(0);
    let (found, diagnostics) = def::read(&text);
    load::report(&path, &diagnostics)?;
    let Some(found) = found else {
        return Err(Failure::Input(format!("{}: no design", path.display())));
    };
    let (flat, diagnostics) = lefdef::design(&text, &found, &library, rules);
    load::report(&path, &diagnostics)?;
    let name = found.design.to_owned();
    let Some(flat) = flat else {
        return Err(Failure::Input(format!("{}: no netlist", path.display())));
    };
    let mut canvas = Canvas::new(flat.size.0, flat.size.1);
    canvas.blockages.extend(flat.blockages.iter().map(|&rect| Blockage { rect, rate: 0.99 }));
    choose(&name, &flat.netlist, &mut canvas);
    settings.apply(&mut canvas);
    Ok(Design {
        name,
        netlist_path: path.display().to_string(),
        plc_path: None,
        netlist: Arc::new(flat.netlist.clone()),
        canvas,
        placement: flat.placement.clone(),
        weights: settings.weights.unwrap_or_default(),
        def: Some(Arc::new(DefSource { text, flat })),
    })
}

/// Reads the files that a Bookshelf `.aux` lists.
pub(crate) fn bookshelf(aux_path: &Path, settings: &Settings) -> Result<Design, Failure> {
    let (aux, diagnostics) = bookshelf::read_aux(&load::read_bytes(aux_path)?);
    load::report(aux_path, &diagnostics)?;
    let unusable = || Failure::Input(format!("{}: no usable design", aux_path.display()));
    let aux = aux.ok_or_else(unusable)?;
    let folder = aux_path.parent().unwrap_or(Path::new(""));
    // The list names files as they are called unpacked.
    let find = |name: &str| {
        let packed = [".gz", ".xz"].map(|end| folder.join(format!("{name}{end}")));
        let plain = folder.join(name);
        packed.into_iter().find(|path| !plain.exists() && path.exists()).unwrap_or(plain)
    };
    let text =
        |name: &Option<String>| name.as_deref().map(|n| load::read_bytes(&find(n))).transpose();
    let (nodes, nets) = (load::read_bytes(&find(&aux.nodes))?, load::read_bytes(&find(&aux.nets))?);
    let (pl, scl, wts) = (text(&aux.pl)?, text(&aux.scl)?, text(&aux.wts)?);
    let (found, diagnostics) = bookshelf::read(&bookshelf::Parts {
        nodes: &nodes,
        nets: &nets,
        pl: pl.as_deref(),
        scl: scl.as_deref(),
        wts: wts.as_deref(),
    });
    let none = String::new();
    for (name, own) in [
        (&aux.nodes, &diagnostics.nodes),
        (&aux.nets, &diagnostics.nets),
        (aux.pl.as_ref().unwrap_or(&none), &diagnostics.pl),
        (aux.scl.as_ref().unwrap_or(&none), &diagnostics.scl),
        (aux.wts.as_ref().unwrap_or(&none), &diagnostics.wts),
    ] {
        load::report(&find(name), own)?;
    }
    let found = found.ok_or_else(unusable)?;
    let mut canvas = Canvas::new(found.size.0, found.size.1);
    let name = aux_path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(".aux").next().unwrap_or_default().to_owned();
    choose(&name, &found.netlist, &mut canvas);
    settings.apply(&mut canvas);
    Ok(Design {
        name,
        netlist_path: aux_path.display().to_string(),
        plc_path: None,
        netlist: Arc::new(found.netlist),
        canvas,
        placement: found.placement,
        weights: settings.weights.unwrap_or_default(),
        def: None,
    })
}

/// Chooses columns and rows.
fn choose(name: &str, netlist: &Netlist, canvas: &mut Canvas) {
    match choose_grid(netlist, canvas, &GridConfig::default()) {
        Ok(grid) => (canvas.columns, canvas.rows) = (grid.columns, grid.rows),
        Err(why) => note(&format!("{name}: {why}; a grid of 10 x 10 cells is taken")),
    }
}

/// The design with its standard cells in soft macros; as it is, if it has none.
pub(crate) fn clustered(design: Design, config: &ClusterConfig) -> Result<Design, Failure> {
    if design.netlist.nodes_of(Kind::StdCell).next().is_none() {
        return Ok(design);
    }
    let found = cluster(&design.netlist, &design.placement, &design.canvas, config)
        .map_err(|error| Failure::Input(format!("{}: {error}", design.name)))?;
    for text in &found.notes {
        note(&format!("{}: {text}", design.name));
    }
    let mut placement = found.placement;
    let center = flagstone_geom::Point::new(design.canvas.width / 2.0, design.canvas.height / 2.0);
    for node in found.netlist.nodes_of(Kind::SoftMacro) {
        if !placement.placed[node.usize()] {
            placement.set_center(node, center);
            placement.placed[node.usize()] = true;
        }
    }
    let cells = design.netlist.nodes_of(Kind::StdCell).count();
    let soft = found.netlist.nodes_of(Kind::SoftMacro).count();
    note(&format!("{}: {cells} cells in {soft} soft macros", design.name));
    Ok(Design { netlist: Arc::new(found.netlist), placement, ..design })
}

/// Whether a path is a file that `design` reads.
pub(crate) fn is_lef_or_def(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.trim_end_matches(".gz").trim_end_matches(".xz");
    name.ends_with(".lef") || name.ends_with(".def")
}
