use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_formats::{Format, def, lef, lefdef, verilog};
use flagstone_netlist::{Blockage, Canvas, Kind, NodeId};

use super::inputs::File;
use super::{OpenConfig, choose};
use crate::message::Log;
use crate::snap::part;
use crate::{DefSource, Design, Error, Technology};

/// Rate of a placement blockage: neither macros nor cells may enter.
const BLOCKED: f64 = 0.99;
/// Share of the die that cells cover where no DEF says how large it is.
const UTILIZATION: f64 = 0.6;

type NamedText = (PathBuf, Vec<u8>);

/// Joins LEF files with one DEF, with structural Verilog, or with both: then the Verilog gives the
/// netlist and the DEF the floorplan.
pub(super) fn open(files: Vec<File>, config: &OpenConfig, log: &mut Log) -> Result<Design, Error> {
    let mut library = lef::Library::default();
    let (mut defs, mut circuits) = (Vec::new(), Vec::new());
    for file in files {
        match file.format {
            Format::Lef => join(&mut library, &file, log)?,
            Format::Def => defs.push((file.path, file.text)),
            Format::Verilog => circuits.push((file.path, file.text)),
            _ => {
                let path = file.path.display();
                return Err(Error::Files(format!("{path} is neither LEF nor DEF, but others are")));
            }
        }
    }
    if defs.is_empty() && circuits.is_empty() {
        let help = "name the DEF or the Verilog netlist, too";
        return Err(Error::Files(format!("no design among the LEF files\n  help: {help}")));
    }
    if defs.len() > 1 {
        let what = format!("{} DEF files, expected one beside the LEF files", defs.len());
        return Err(Error::Files(what));
    }
    if circuits.len() > 1 {
        let what = format!("{} Verilog files, expected one with all modules", circuits.len());
        return Err(Error::Files(what));
    }
    let join = Join { library: &library, config };
    match (defs.pop(), circuits.pop()) {
        (Some(def), None) => join.def(def, log),
        (def, Some(circuit)) => join.circuit(&circuit, def, log),
        (None, None) => Err(Error::Files("no DEF among the inputs".to_owned())),
    }
}

fn join(library: &mut lef::Library, file: &File, log: &mut Log) -> Result<(), Error> {
    let (own, diagnostics) = lef::read(&file.text);
    log.file(&file.path, &diagnostics)?;
    let known = library.join(own.unwrap_or_default());
    let path = file.path.display();
    match &known[..] {
        [] => {}
        [name] => log.note(path, format!("macro {name} is known already; the first counts")),
        [name, ..] => {
            let n = known.len();
            log.note(
                path,
                format!("{n} macros are known already, such as {name}; the first count"),
            );
        }
    }
    Ok(())
}

struct Join<'a> {
    library: &'a lef::Library,
    config: &'a OpenConfig,
}

impl Join<'_> {
    fn def(&self, (path, text): NamedText, log: &mut Log) -> Result<Design, Error> {
        let found = read_def(&path, &text, log)?;
        let flat = self.flat(&path, &text, &found, log)?;
        let mut design = self.design(found.design.to_owned(), &path, &flat, log);
        unheeded(&path, &found, log);
        turned(&path, &flat, log);
        design.technology = self.technology(&found);
        design.def = Some(Arc::new(DefSource::new(text, flat)));
        Ok(design)
    }

    fn circuit(
        &self,
        (path, text): &NamedText,
        def: Option<NamedText>,
        log: &mut Log,
    ) -> Result<Design, Error> {
        let floorplan = match &def {
            Some((path, text)) => Some(read_def(path, text, log)?),
            None => None,
        };
        let (circuit, diagnostics) = verilog::read(text, floorplan.as_ref().map(|def| def.design));
        log.file(path, &diagnostics)?;
        let circuit = circuit.ok_or_else(|| Error::unusable(path.display(), "no netlist"))?;
        let mut joined = verilog::as_def(&circuit, floorplan.as_ref());
        if floorplan.is_none() {
            joined.die = self.square(&joined);
        }
        let flat = self.flat(path, text, &joined, log)?;
        let mut design = self.design(circuit.name.to_owned(), path, &flat, log);
        if let (Some((path, _)), Some(floorplan)) = (&def, &floorplan) {
            unheeded(path, floorplan, log);
            turned(path, &flat, log);
        }
        design.technology = self.technology(&joined);
        if let (Some((path, text)), Some(floorplan)) = (&def, &floorplan) {
            // Written back as it is, where it has the macros at all.
            let own =
                self.flat(path, text, &def::Def { nets: Vec::new(), ..floorplan.clone() }, log)?;
            if own.netlist.nodes_of(Kind::HardMacro).next().is_some() {
                let source = DefSource::new(text.clone(), own);
                not_written(path, &source.missing(&design.netlist), log);
                design.def = Some(Arc::new(source));
            }
        }
        Ok(design)
    }

    /// A square die with room for all components, the longest included.
    fn square(&self, def: &def::Def<'_>) -> Vec<(i64, i64)> {
        let cells = def.components.iter().filter_map(|c| self.library.macro_named(c.master));
        let solid = cells.filter(|cell| !cell.class.starts_with("COVER"));
        let (mut area, mut longest) = (0.0, 1.0_f64);
        for cell in solid {
            area += cell.width * cell.height;
            longest = longest.max(cell.width).max(cell.height);
        }
        let side = ((area / UTILIZATION).sqrt().max(longest) * def.units).ceil() as i64;
        vec![(0, 0), (side, side)]
    }

    fn flat(
        &self,
        path: &Path,
        text: &[u8],
        def: &def::Def<'_>,
        log: &mut Log,
    ) -> Result<lefdef::Design, Error> {
        let (flat, diagnostics) = lefdef::design(text, def, self.library, &self.config.rules);
        log.file(path, &diagnostics)?;
        flat.ok_or_else(|| Error::unusable(path.display(), "no netlist"))
    }

    fn technology(&self, def: &def::Def<'_>) -> Technology {
        let um = |database: i64| database as f64 / def.units;
        let finest = |vertical: bool| {
            let tracks = def.tracks.iter().filter(|t| t.vertical == vertical && t.step > 0);
            let finest = tracks.min_by_key(|tracks| tracks.step)?;
            Some((um(finest.start), um(finest.step)))
        };
        let grid = self.library.manufacturing_grid.filter(|&grid| grid > 0.0);
        Technology {
            manufacturing_grid: grid.map(|grid| in_units(grid, def.units)),
            tracks_x: finest(true),
            tracks_y: finest(false),
        }
    }

    fn design(&self, name: String, path: &Path, flat: &lefdef::Design, log: &mut Log) -> Design {
        let mut canvas = Canvas::new(flat.size.0, flat.size.1);
        let blockages = flat.blockages.iter().map(|&rect| Blockage { rect, rate: BLOCKED });
        canvas.blockages.extend(blockages);
        choose(&name, &flat.netlist, &mut canvas, self.config, log);
        self.config.settings.apply(&mut canvas);
        let mut design = Design {
            netlist_path: path.display().to_string(),
            weights: self.config.settings.weights.unwrap_or_default(),
            origin: flat.origin,
            halo: flat.halo,
            ..Design::new(name, flat.netlist.clone(), canvas, flat.placement.clone())
        };
        part(&mut design);
        self.mirrored(path, &design, log);
        design
    }

    /// Says which macros a placer may mirror though their LEF does not.
    fn mirrored(&self, path: &Path, design: &Design, log: &mut Log) {
        let Design { netlist, placement, .. } = design;
        let has = |cell: &lef::Macro, axis| cell.symmetry.iter().any(|word| word == axis);
        let master = |node: &NodeId| {
            let name = netlist.names.get(netlist.nodes.ref_name[node.usize()]?);
            let cell = self.library.macro_named(name)?;
            Some(&*cell.name).filter(|_| !has(cell, "X") || !has(cell, "Y"))
        };
        let movable = netlist.nodes_of(Kind::HardMacro).filter(|n| !placement.fixed[n.usize()]);
        let mut masters = movable.filter_map(|node| master(&node));
        let Some(first) = masters.next() else { return };
        let n = 1 + masters.count();
        let what = "(LEF SYMMETRY): `place` mirrors macros all the same, with --no-flips none";
        log.note(
            path.display(),
            format!("{n} hard macros may not be mirrored in both axes, such as {first:?} {what}"),
        );
    }
}

/// The manufacturing grid, or as many steps of it as whole units of the DEF can say.
fn in_units(grid: f64, units: f64) -> f64 {
    /// Units have at most that many steps of a grid in use.
    const MOST: u32 = 1000;
    let is_whole = |step: &f64| (step * units - (step * units).round()).abs() < 1e-6;
    let mut steps = (1..=MOST).map(|n| f64::from(n) * grid);
    steps.find(is_whole).unwrap_or(grid)
}

fn read_def<'t>(path: &Path, text: &'t [u8], log: &mut Log) -> Result<def::Def<'t>, Error> {
    let (found, diagnostics) = def::read(text);
    log.file(path, &diagnostics)?;
    found.ok_or_else(|| Error::unusable(path.display(), "no design"))
}

/// Says how many macros lie on their side: the protobuf netlist and its placement cannot.
fn turned(path: &Path, flat: &lefdef::Design, log: &mut Log) {
    let lie = match flat.n_turned() {
        0 => return,
        1 => "1 hard macro is turned by 90°".to_owned(),
        n => format!("{n} hard macros are turned by 90°"),
    };
    let what = "a .pb.txt or .plc cannot say so; write DEF and Tcl from the LEF and DEF";
    log.note(path.display(), format!("{lie}: {what}"));
}

/// Says which hard macros of the netlist the floorplan lacks, because it gets no new components.
fn not_written(path: &Path, missing: &[&str], log: &mut Log) {
    let what = match missing {
        [] => return,
        [name] => format!("hard macro {name:?} is not in it"),
        [name, ..] => format!("{} hard macros are not in it, such as {name:?}", missing.len()),
    };
    log.note(path.display(), format!("{what}: a DEF is written without, Tcl has all macros"));
}

/// Says what the DEF asks of a placement that nothing here keeps to.
fn unheeded(path: &Path, def: &def::Def<'_>, log: &mut Log) {
    let of_placement = || def.blockages.iter().filter(|blockage| blockage.layer.is_none());
    let counts = [
        (def.regions.len(), "regions (macros may leave theirs)"),
        (def.groups.len(), "groups"),
        (of_placement().filter(|b| b.soft).count(), "soft blockages"),
        (of_placement().filter(|b| b.partial.is_some()).count(), "partial blockages"),
        (of_placement().filter(|b| b.component.is_some()).count(), "blockages of components"),
    ];
    for (n, what) in counts.into_iter().filter(|(n, _)| *n > 0) {
        log.note(path.display(), format!("{n} {what}: kept in the file, no constraint to placing"));
    }
}
