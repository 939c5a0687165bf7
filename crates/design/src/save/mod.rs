//! Designs as files.
//!
//! [`save`] makes the files of the format that a name asks for; single functions give the bytes of
//! one format.

mod bookshelf;
mod def;
mod graph;
mod maps;
mod markers;
mod report;
mod tcl;

use std::path::{Path, PathBuf};

use flagstone_cost::{Rules, evaluate};
use flagstone_formats::plc::{self, HeaderText, PlcFile};
use flagstone_formats::{gsrc, pbtxt};
use flagstone_netlist::{Kind, Placement};
use flagstone_report::{HeatMap, Look, Scene, SceneOptions, png, svg};

use crate::{Design, Error};

pub use bookshelf::{to_bookshelf, to_pl};
pub use def::to_def;
pub use graph::{to_graphml, to_hgr};
pub use maps::{Map, heat_map, to_csv, to_lyimg};
pub use markers::{MarkerConfig, to_lyrdb};
pub use report::to_json;
pub use tcl::{Tool, to_tcl};

/// How designs are saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveConfig {
    /// The tool a `.tcl` is for.
    pub tool: Tool,
    /// What a `.csv` or `.lyimg` shows.
    pub map: Map,
    /// A `.csv` with a line for each row of cells instead of one for each cell.
    pub matrix: bool,
    /// How many markers a `.lyrdb` gets.
    pub markers: MarkerConfig,
    /// Width of a picture in pixels.
    pub width: u32,
}

impl Default for SaveConfig {
    fn default() -> Self {
        let (tool, map, markers) = Default::default();
        Self { tool, map, matrix: false, markers, width: 1200 }
    }
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFile {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
}

/// Endings by which the format is chosen.
pub const ENDINGS: &str = ".pb.txt, .plc, .def, .tcl, .aux (all of Bookshelf), .pl, .blocks (with \
    .nets and .pl), .hgr, .lyrdb, .lyimg, .csv, .json, .graphml, .svg or .png";

/// The files of the format that a name asks for: one, or all those of a format that has several.
///
/// # Errors
/// If the name asks for no format that can be written, or the format cannot hold the design.
pub fn save(design: &Design, out: &Path, config: &SaveConfig) -> Result<Vec<SavedFile>, Error> {
    let name = out.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ending = if name.ends_with(".pb.txt") {
        "pb.txt"
    } else {
        name.rsplit_once('.').map_or("", |(_, ending)| ending)
    };
    let bytes = match ending {
        "pb.txt" => to_protobuf(design),
        "plc" => {
            placed(design, out)?;
            design.to_plc(&design.placement, out)
        }
        "def" => to_def(design)?,
        "tcl" => {
            hard_macros(design, out)?;
            to_tcl(design, config.tool).into_bytes()
        }
        "aux" => return all_of_bookshelf(design, out),
        "pl" => {
            placed(design, out)?;
            to_pl(design)?.into_bytes()
        }
        "blocks" => return all_of_gsrc(design, out),
        "hgr" => to_hgr(design).into_bytes(),
        "lyrdb" => {
            placed(design, out)?;
            to_lyrdb(design, &config.markers)
        }
        "lyimg" => to_lyimg(design, &shown(design, out, config)?)?,
        "csv" => to_csv(design, &shown(design, out, config)?, config.matrix).into_bytes(),
        "json" => to_json(design).into_bytes(),
        "graphml" => to_graphml(design),
        "svg" | "png" => picture(design, out, ending, config)?,
        _ => return Err(refusal(out, ending)),
    };
    Ok(vec![SavedFile { path: out.to_owned(), bytes }])
}

/// Why a name cannot be written.
fn refusal(out: &Path, ending: &str) -> Error {
    let path = out.display();
    let why = match ending {
        "lef" => "a design does not know the layers and pins of its cells",
        "v" | "vg" | "yal" => "a design does not know the cells' pins by name",
        "nodes" | "nets" | "scl" | "wts" => "Bookshelf files are written together; name the .aux",
        "gz" | "xz" => "files are written unpacked",
        _ => {
            return Error::Files(format!(
                "cannot write {path}\n  help: the name must end in {ENDINGS}"
            ));
        }
    };
    Error::Files(format!("cannot write {path}: {why}\n  help: the name must end in {ENDINGS}"))
}

/// Refuses designs in which nothing has a place.
fn placed(design: &Design, out: &Path) -> Result<(), Error> {
    let netlist = &design.netlist;
    let movable = netlist.node_ids().filter(|&node| netlist.kind(node) != Kind::Port);
    if movable.into_iter().any(|node| design.placement.placed[node.usize()]) {
        return Ok(());
    }
    let (name, path) = (&design.name, out.display());
    let help = "place it first, or give a placement with --plc";
    Err(Error::Files(format!("cannot write {path}: nothing in {name} has a place\n  help: {help}")))
}

fn hard_macros(design: &Design, out: &Path) -> Result<(), Error> {
    placed(design, out)?;
    if design.netlist.nodes_of(Kind::HardMacro).next().is_some() {
        return Ok(());
    }
    let (name, path) = (&design.name, out.display());
    Err(Error::Files(format!("cannot write {path}: {name} has no hard macro to place")))
}

fn shown(design: &Design, out: &Path, config: &SaveConfig) -> Result<HeatMap, Error> {
    placed(design, out)?;
    Ok(heat_map(design, config.map))
}

fn picture(
    design: &Design,
    out: &Path,
    ending: &str,
    config: &SaveConfig,
) -> Result<Vec<u8>, Error> {
    placed(design, out)?;
    let options = SceneOptions { title: design.name.clone(), ..SceneOptions::default() };
    let scene = Scene::new(&design.netlist, &design.canvas, &design.placement, &options);
    let look = Look::new(config.width);
    if ending == "svg" {
        return Ok(svg(&scene, &look));
    }
    png(&scene, &look).map_err(|error| Error::unusable(out.display(), error.to_string()))
}

/// A file beside another with its own ending.
fn beside(out: &Path, ending: &str, text: String) -> SavedFile {
    SavedFile { path: out.with_extension(ending), bytes: text.into_bytes() }
}

fn all_of_bookshelf(design: &Design, out: &Path) -> Result<Vec<SavedFile>, Error> {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let files = to_bookshelf(design, &stem)?;
    let parts = [
        ("aux", files.aux),
        ("nodes", files.nodes),
        ("nets", files.nets),
        ("wts", files.wts),
        ("pl", files.pl),
        ("scl", files.scl),
    ];
    Ok(parts.into_iter().map(|(ending, text)| beside(out, ending, text)).collect())
}

fn all_of_gsrc(design: &Design, out: &Path) -> Result<Vec<SavedFile>, Error> {
    let files = to_gsrc(design)?;
    let parts = [("blocks", files.blocks), ("nets", files.nets), ("pl", files.pl)];
    Ok(parts.into_iter().map(|(ending, text)| beside(out, ending, text)).collect())
}

/// The floorplanning benchmark of a design; blocks that came from one are turned back.
///
/// # Errors
/// If there are standard cells or a name cannot stand in such a file.
pub fn to_gsrc(design: &Design) -> Result<gsrc::Files, Error> {
    let Design { netlist, placement, canvas, origin, .. } = design;
    let source = design.gsrc.as_ref().filter(|s| s.netlist.n_nodes() == netlist.n_nodes());
    let files = gsrc::write(&gsrc::Design {
        netlist: (**netlist).clone(),
        placement: placement.clone(),
        base: source.map(|source| source.base.clone()).unwrap_or_default(),
        origin: flagstone_geom::Point::new(origin.0, origin.1),
        size: (canvas.width, canvas.height),
    });
    let help = |error: &gsrc::WriteError| match error {
        gsrc::WriteError::Cells => "\n  help: cluster it first",
        gsrc::WriteError::Name(_) => "",
    };
    files.map_err(|error| {
        Error::Files(format!("cannot write {} as GSRC files: {error}{}", design.name, help(&error)))
    })
}

/// The netlist as circuit_training's protobuf text.
pub fn to_protobuf(design: &Design) -> Vec<u8> {
    let mut text = Vec::new();
    let written = pbtxt::write(&design.netlist, &design.placement, &mut text);
    written.expect("a vector takes every byte");
    text
}

impl Design {
    /// A placement of this design as a `.plc` file, its costs in the header; `path` is where it
    /// will be.
    pub fn to_plc(&self, placement: &Placement, path: &Path) -> Vec<u8> {
        let found = evaluate(&self.netlist, &self.canvas, placement, Rules::Clamp);
        let cost = found.cost;
        let text = HeaderText {
            source: self.netlist_path.clone(),
            file: path.display().to_string(),
            project: "flagstone".to_owned(),
            block: self.name.clone(),
            costs: Some([found.wirelength_um, cost.wirelength, cost.congestion, cost.density]),
            ..HeaderText::default()
        };
        let file = PlcFile::new(&self.netlist, &self.canvas, placement, &text);
        let mut bytes = Vec::new();
        plc::write(&file, &mut bytes).expect("a vector takes every byte");
        bytes
    }
}
