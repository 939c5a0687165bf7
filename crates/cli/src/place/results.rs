//! What `place` leaves behind: a placement, pictures, a report.

use std::path::{Path, PathBuf};

use flagstone_formats::plc;
use flagstone_place::checker::{self, CheckRules};
use flagstone_report::{SettingsReport, WeightsReport};
use serde_json::{Value, json};

use super::{Stage, arrange, final_cost};
use crate::args::{Method, PlaceArgs};
use crate::failure::Failure;
use crate::load::Design;
use crate::{output, render};

/// Width of pictures in pixels.
const PIXELS: u32 = 1200;

/// Connections drawn in pictures.
const FLYLINES: usize = 40;

/// The files to be written: placement, SVG, report, and the PNG if it is wanted.
pub(super) fn files(folder: &Path, name: &str, png: bool) -> Vec<PathBuf> {
    let file = |end: &str| folder.join(format!("{name}.{end}"));
    let mut files = vec![file("plc"), file("svg"), folder.join("report.json")];
    files.extend(png.then(|| file("png")));
    files
}

/// A finished placement and how it came about.
pub(super) struct Report<'a> {
    pub(super) args: &'a PlaceArgs,
    pub(super) method: Method,
    pub(super) stages: &'a [Stage],
    pub(super) moves: u64,
    pub(super) files: &'a [PathBuf],
    pub(super) design: &'a Design,
}

impl Report<'_> {
    /// Writes every file and prints what was found.
    pub(super) fn write(&self) -> Result<(), Failure> {
        output::write_file(&self.files[0], &plc_text(self.design, &self.files[0])?)?;
        let scene = render::scene(self.design, None, FLYLINES);
        output::write_file(&self.files[1], &render::picture(&scene, "svg", PIXELS)?)?;
        if let Some(path) = self.files.get(3) {
            output::write_file(path, &render::picture(&scene, "png", PIXELS)?)?;
        }
        let report = self.json();
        output::write_file(&self.files[2], output::to_json(&report).as_bytes())?;
        if self.args.json {
            return output::json(&report);
        }
        for path in self.files {
            output::say(&format!("wrote {}", path.display()))?;
        }
        Ok(())
    }

    /// Whether the result is legal.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        match self.violations() {
            0 => Ok(()),
            n => Err(Failure::No(format!("the placement is not legal: {n} violations"))),
        }
    }

    fn violations(&self) -> usize {
        let Design { netlist, canvas, placement, .. } = self.design;
        checker::violations(netlist, canvas, placement, &CheckRules::default()).len()
    }

    fn json(&self) -> Value {
        let last = self.stages.last();
        json!({
            "schema": output::SCHEMA,
            "name": self.design.name,
            "netlist": self.design.netlist_path,
            "plc": self.design.plc_path,
            "method": arrange::name(self.method),
            "effort": format!("{:?}", self.args.effort).to_lowercase(),
            "seed": self.args.seed,
            "cost": final_cost(self.stages, &self.design.weights),
            "weights": WeightsReport::from(&self.design.weights),
            "overlaps": last.map(|stage| stage.overlaps),
            "legal": self.violations() == 0,
            "seconds": last.map(|stage| stage.seconds),
            "moves": self.moves,
            "stages": self.stages,
            "files": self.files,
            "settings": SettingsReport::from(&self.design.canvas),
        })
    }
}

/// A design's placement as a `.plc` file.
pub(crate) fn plc_text(design: &Design, path: &Path) -> Result<Vec<u8>, Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let found = flagstone_cost::evaluate(netlist, canvas, placement, Default::default());
    let cost = found.cost;
    let header = plc::HeaderText {
        source: design.netlist_path.clone(),
        file: path.display().to_string(),
        block: design.name.clone(),
        costs: Some([found.wirelength_um, cost.wirelength, cost.congestion, cost.density]),
        ..plc::HeaderText::default()
    };
    let mut text = Vec::new();
    plc::write(&plc::PlcFile::new(netlist, canvas, placement, &header), &mut text)
        .map_err(|error| Failure::write(path, error))?;
    Ok(text)
}
