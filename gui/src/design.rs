//! Opening and saving designs: the only module that knows about files of placements.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use flagstone_cost::Weights;
use flagstone_design::save::{Tool, to_def, to_protobuf, to_tcl};
use flagstone_design::{Level, Message, OpenConfig, first_error, open, read_bytes};
use flagstone_formats::plc;
use flagstone_netlist::{Canvas, Netlist, Placement};

use crate::native;

/// A circuit, its canvas and a placement, as they were read.
#[derive(Clone, Debug)]
pub struct Design {
    /// What a person calls it.
    pub name: String,
    /// The files it came from, or the folder that holds them.
    pub files: Vec<PathBuf>,
    /// The files that were read.
    read: Vec<PathBuf>,
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The canvas.
    pub canvas: Arc<Canvas>,
    /// The placement.
    pub placement: Arc<Placement>,
    /// Weights of the cost terms.
    pub weights: Weights,
    /// What was found wrong but could be read.
    pub warnings: Vec<String>,
    /// What the writers need; its placement is empty.
    source: flagstone_design::Design,
}

impl Design {
    /// Names that a placement can be saved under, by what they end in.
    pub const ENDINGS: [&'static str; 4] = [".plc", ".def", ".tcl", ".pb.txt"];

    /// A design that was read from some files, or made from nothing.
    pub fn new(mut source: flagstone_design::Design, files: Vec<PathBuf>) -> Self {
        Self {
            name: source.name.clone(),
            read: Vec::new(),
            files,
            netlist: Arc::clone(&source.netlist),
            canvas: Arc::new(source.canvas.clone()),
            placement: Arc::new(std::mem::take(&mut source.placement)),
            weights: source.weights,
            warnings: Vec::new(),
            source,
        }
    }

    /// Reads a design from its files, or from the folder that holds them; formats are told apart by
    /// content.
    ///
    /// # Errors
    /// What cannot be read, with file, line and column.
    pub fn open(files: &[PathBuf]) -> anyhow::Result<Self> {
        const MOST_LINES: usize = 40;
        let inputs: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        let opened = open(&inputs, &OpenConfig::default());
        let lines = |level: Level| -> Vec<String> {
            let own = opened.messages.iter().filter(|message| message.level == level);
            own.take(MOST_LINES).map(Message::to_string).collect()
        };
        let source = match opened.design {
            Ok(source) => source,
            Err(error) => {
                let mut errors = lines(Level::Error);
                errors.push(error.to_string());
                bail!("{}", errors.join("\n"));
            }
        };
        let mut used: Vec<PathBuf> = files.iter().map(|file| native::absolute(file)).collect();
        if let Some(path) = &source.plc_path {
            let path = native::absolute(path);
            if !used.contains(&path) {
                used.push(path);
            }
        }
        let warnings = lines(Level::Warning);
        let design = Self::new(source, used);
        let read = opened.files.iter().map(|file| native::absolute(file)).collect();
        Ok(Self { warnings, read, ..design })
    }

    /// The files whose change on disk is worth telling: no folder, which changes with everything in
    /// it.
    pub fn watched(&self) -> Vec<PathBuf> {
        let files = self.read.iter().chain(&self.files).filter(|file| !native::is_folder(file));
        let mut watched: Vec<PathBuf> = files.cloned().collect();
        watched.sort();
        watched.dedup();
        watched
    }

    /// Whether a placement written under a name can be opened again.
    pub fn reads_back(path: &Path) -> bool {
        !path.to_string_lossy().to_lowercase().ends_with(".tcl")
    }

    /// The placement file it came from, if that can be written in place.
    pub fn own_placement(&self) -> Option<PathBuf> {
        let ends = |path: &&PathBuf| path.to_string_lossy().ends_with(".plc");
        self.files.iter().find(ends).cloned()
    }

    /// The placement in the format that a name asks for.
    ///
    /// # Errors
    /// A name that says nothing about the format.
    pub fn write(&self, placement: &Placement, path: &Path) -> anyhow::Result<Vec<u8>> {
        let name = path.to_string_lossy().to_lowercase();
        let ends = |end: &str| name.ends_with(end);
        if ends(".plc") {
            return Ok(self.source.to_plc(placement, path));
        }
        let whole =
            || flagstone_design::Design { placement: placement.clone(), ..self.source.clone() };
        if ends(".def") {
            return Ok(to_def(&whole())?);
        }
        if ends(".tcl") {
            return Ok(to_tcl(&whole(), Tool::Openroad).into_bytes());
        }
        if ends(".pb.txt") {
            return Ok(to_protobuf(&whole()));
        }
        bail!("the name must end in {}", Self::ENDINGS.join(", "))
    }

    /// Takes the places of a placement file of the same netlist; what it does not name stays as in
    /// `base`.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read_placement(&self, path: &Path, base: &Placement) -> anyhow::Result<Placement> {
        let (rows, diagnostics) = plc::read(&read_bytes(path)?, &self.netlist);
        first_error(path, &diagnostics)
            .with_context(|| format!("{} is no placement of this design", path.display()))?;
        let mut placement = base.clone();
        rows.apply_listed(&self.netlist, &mut placement);
        Ok(placement)
    }
}
