//! Opening and saving designs: the only module that knows about files of placements.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use flagstone_cost::{Rules, Weights, evaluate};
use flagstone_formats::plc::{HeaderText, PlcFile};
use flagstone_formats::{Diagnostic, MAX_UNPACKED_BYTES, Severity, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist, Placement, check_placement};

use crate::native;

/// A circuit, its canvas and a placement, as they were read.
#[derive(Clone, Debug)]
pub struct Design {
    /// What a person calls it.
    pub name: String,
    /// The files it came from.
    pub files: Vec<PathBuf>,
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The canvas.
    pub canvas: Arc<Canvas>,
    /// The placement.
    pub placement: Placement,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// What was found wrong but could be read.
    pub warnings: Vec<String>,
}

impl Design {
    /// Reads a netlist and the placement given, or the one beside it.
    ///
    /// # Errors
    /// What cannot be read, with file, line and column.
    pub fn open(files: &[PathBuf]) -> anyhow::Result<Self> {
        let named = |path: &Path, what: &str| {
            path.file_name().is_some_and(|name| name.to_string_lossy().contains(what))
        };
        let first = files.first().context("no file to open")?;
        let folder = native::is_folder(first);
        let listed = if folder { native::list(first) } else { Vec::new() };
        let mut listed = listed.into_iter().filter(|entry| !entry.1).map(|entry| entry.0);
        let netlist_path = if folder {
            listed.find(|path| named(path, ".pb.txt")).with_context(|| {
                format!("{}: no netlist (.pb.txt, .pb.txt.gz, .pb.txt.xz) in it", first.display())
            })?
        } else {
            first.clone()
        };
        let given = files.iter().skip(1).find(|path| named(path, ".plc")).cloned();
        let mut warnings = Vec::new();
        let (file, diagnostics) = pbtxt::read(&bytes(&netlist_path)?);
        complain(&netlist_path, &diagnostics, &mut warnings)?;
        let file = file.context("the netlist has errors")?;
        let netlist = file.netlist;
        if netlist.n_nodes() == 0 {
            bail!("{}: found no node, expected a netlist", netlist_path.display());
        }
        let mut canvas = Canvas::for_netlist(&netlist);
        if let Some((width, height)) = file.floorplan {
            (canvas.width, canvas.height) = (width, height);
        }
        let mut placement = file.placement;
        let beside = ["initial.plc", "initial.plc.xz", "initial.plc.gz", "legalized.plc.xz"]
            .map(|name| netlist_path.with_file_name(name));
        let stem = netlist_path.to_string_lossy().replace(".pb.txt", ".plc");
        let beside = std::iter::once(PathBuf::from(stem)).chain(beside);
        let plc_path = given.or_else(|| beside.into_iter().find(|path| native::exists(path)));
        let mut used = vec![native::absolute(&netlist_path)];
        if let Some(path) = plc_path {
            let (rows, diagnostics) = plc::read(&bytes(&path)?, &netlist);
            complain(&path, &diagnostics, &mut warnings)?;
            rows.apply_header(&mut canvas);
            rows.apply_rows(&netlist, &mut placement);
            used.push(native::absolute(&path));
        }
        if let Some(problem) = check_placement(&netlist, &canvas, &placement).first() {
            warnings.push(problem.to_string());
        }
        let folder = used[0].parent().and_then(Path::file_name);
        let name = folder.unwrap_or_default().to_string_lossy().into_owned();
        let weights = Weights::default();
        let (netlist, canvas) = (Arc::new(netlist), Arc::new(canvas));
        Ok(Self { name, files: used, netlist, canvas, placement, weights, warnings })
    }

    /// The placement file it came from, if that can be written in place.
    pub fn own_placement(&self) -> Option<PathBuf> {
        let ends = |path: &&PathBuf| path.to_string_lossy().ends_with(".plc");
        self.files.iter().find(ends).cloned()
    }

    /// Names that a placement can be saved under, by what they end in.
    pub const ENDINGS: [&'static str; 1] = [".plc"];

    /// The placement in the format that a name asks for.
    ///
    /// # Errors
    /// A name that says nothing about the format.
    pub fn write(&self, placement: &Placement, path: &Path) -> anyhow::Result<Vec<u8>> {
        if !path.to_string_lossy().ends_with(".plc") {
            bail!("cannot write {}: the name must end in .plc", path.display());
        }
        let found = evaluate(&self.netlist, &self.canvas, placement, Rules::Clamp);
        let cost = found.cost;
        let text = HeaderText {
            source: self.files.first().map_or(String::new(), |path| path.display().to_string()),
            file: path.display().to_string(),
            project: "flagstone".to_owned(),
            block: self.name.clone(),
            costs: Some([found.wirelength_um, cost.wirelength, cost.congestion, cost.density]),
            ..HeaderText::default()
        };
        let file = PlcFile::new(&self.netlist, &self.canvas, placement, &text);
        let mut bytes = Vec::new();
        plc::write(&file, &mut bytes)?;
        Ok(bytes)
    }

    /// Takes the places of another placement file of the same netlist.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read_placement(&self, path: &Path) -> anyhow::Result<Placement> {
        let (rows, diagnostics) = plc::read(&bytes(path)?, &self.netlist);
        complain(path, &diagnostics, &mut Vec::new())?;
        let mut placement = self.placement.clone();
        rows.apply_rows(&self.netlist, &mut placement);
        Ok(placement)
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let context = || format!("cannot read {}", path.display());
    let packed = native::read(path).with_context(context)?;
    decompress(packed, MAX_UNPACKED_BYTES).with_context(context)
}

/// Fails with every error of a file.
fn complain(
    path: &Path,
    diagnostics: &[Diagnostic],
    warnings: &mut Vec<String>,
) -> anyhow::Result<()> {
    let text = |diagnostic: &Diagnostic| format!("{}:{diagnostic}", path.display());
    let (errors, others): (Vec<_>, Vec<_>) =
        diagnostics.iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    warnings.extend(others.into_iter().map(text));
    if !errors.is_empty() {
        bail!("{}", errors.into_iter().map(text).collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}
