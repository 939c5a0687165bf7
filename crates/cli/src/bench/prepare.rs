//! Designs ready to be placed: generated where they are recipes, on the canvas the suite asks for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flagstone_cost::Cost;
use flagstone_design::Settings;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_netlist::Placement;
use flagstone_place::floor;

use super::suite::{DesignEntry, Recipe, resolved, sets};
use crate::failure::Failure;
use crate::fingerprint::fingerprint;
use crate::load::{self, Design};
use crate::output;
use crate::progress::note;

/// A design with the arguments that load it.
pub(super) struct Prepared {
    pub(super) netlist: String,
    pub(super) plc: Option<PathBuf>,
    pub(super) settings: Settings,
    /// The settings as `--set` takes them.
    pub(super) sets: Vec<String>,
    /// The name that its files get.
    pub(super) file_name: String,
    pub(super) floor: Cost,
    /// Tells the circuit, the canvas and the start from others under the same name.
    pub(super) fingerprint: String,
    pub(super) design: Design,
}

/// Loads or makes a design; `None` where its files are not there.
pub(super) fn prepare(
    suite: &Path,
    entry: &DesignEntry,
    out: &Path,
) -> Result<Option<Prepared>, Failure> {
    let folder = out.join("designs").join(&entry.name);
    let netlist = match (&entry.netlist, &entry.generate) {
        (Some(netlist), _) => {
            let netlist = resolved(suite, netlist);
            if netlist.split(',').any(|part| !Path::new(part).exists()) {
                note(&format!("{}: skipped, {netlist} is not there", entry.name));
                return Ok(None);
            }
            netlist
        }
        (None, Some(recipe)) => {
            generate(recipe, &folder)?;
            folder.display().to_string()
        }
        (None, None) => return Ok(None),
    };
    let given = entry.plc.as_ref().map(|plc| PathBuf::from(resolved(suite, plc)));
    let load = |plc: Option<&Path>, settings: &Settings| {
        let (rules, missing) = (MacroRules::default(), Missing::default());
        load::design(std::slice::from_ref(&netlist), plc, settings, &rules, missing)
    };
    let mut design = load(given.as_deref(), &Settings::default())?;
    let mut plc = given;
    if entry.settings != Settings::default() {
        let (width, height) = (design.canvas.width, design.canvas.height);
        entry.settings.apply(&mut design.canvas);
        let (x, y) = (design.canvas.width / width, design.canvas.height / height);
        stretch(&mut design.placement, x, y);
        let path = folder.join("start.plc");
        output::write_file(&path, &design.to_plc(&design.placement, &path))?;
        design = load(Some(&path), &entry.settings)?;
        plc = Some(path);
    }
    Ok(Some(Prepared {
        sets: sets(&entry.settings)?,
        settings: entry.settings.clone(),
        file_name: design.name.clone(),
        floor: floor::floor(&design.netlist, &design.canvas),
        fingerprint: fingerprint(&design),
        netlist,
        plc,
        design,
    }))
}

/// Moves every node in proportion, the ports with the boundary.
fn stretch(placement: &mut Placement, x: f64, y: f64) {
    placement.x.iter_mut().for_each(|value| *value *= x);
    placement.y.iter_mut().for_each(|value| *value *= y);
}

/// Makes a netlist, unless the folder has it by the same recipe.
fn generate(recipe: &Recipe, folder: &Path) -> Result<(), Failure> {
    let note = folder.join("recipe.json");
    let text = output::to_json(recipe);
    if fs::read_to_string(&note).is_ok_and(|made| made == text) {
        return Ok(());
    }
    let mut arguments = recipe.arguments(folder);
    arguments.extend(["--force".to_owned(), "--quiet".to_owned()]);
    let done = program()?.args(&arguments).output();
    let done = done.map_err(|error| Failure::Output(format!("cannot generate: {error}")))?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr).trim().to_owned();
        return Err(Failure::Output(format!("flagstone {}: {why}", arguments.join(" "))));
    }
    output::write_file(&note, text.as_bytes())
}

/// This program, also where its file was replaced since it was started: a suite's cells are all of
/// one version.
pub(super) fn program() -> Result<Command, Failure> {
    let path = std::env::current_exe()
        .map_err(|error| Failure::Output(format!("cannot find this program: {error}")))?;
    // Where the system has it, a name for what is running now that outlives the file.
    let running = Path::new("/proc/self/exe");
    if !path.exists() && running.exists() {
        return Ok(Command::new(running));
    }
    Ok(Command::new(path))
}

#[cfg(test)]
mod tests {
    use flagstone_netlist::generate::{GenerateConfig, generate};
    use flagstone_netlist::{Kind, Side};

    use super::*;

    #[test]
    fn ports_move_with_the_boundary() {
        let (netlist, canvas, mut placement) = generate(&GenerateConfig::toy());
        stretch(&mut placement, 0.5, 2.0);
        for port in netlist.nodes_of(Kind::Port) {
            let at = placement.center(port);
            let on_border = match netlist.nodes.side[port.usize()] {
                Some(Side::Right) => at.x == 0.5 * canvas.width,
                Some(Side::Top) => at.y == 2.0 * canvas.height,
                Some(Side::Left) => at.x == 0.0,
                _ => at.y == 0.0,
            };
            assert!(on_border, "{at:?}");
        }
    }
}
