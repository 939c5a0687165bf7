//! From paths to a design: the netlist, the placement beside it, the canvas in force.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_cost::{Rules, Weights, evaluate};
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_formats::plc::{HeaderText, PlcFile};
use flagstone_formats::{Diagnostic, MAX_UNPACKED_BYTES, Severity, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Kind, Netlist, Placement, Problem, check, check_placement};

use crate::args::LoadArgs;
use crate::failure::Failure;
use crate::flat::{self, DefSource};
use crate::output;
use crate::progress::note;
use crate::settings::Settings;

/// A netlist with its canvas and a placement to start from.
#[derive(Clone, Debug)]
pub(crate) struct Design {
    /// Name of the netlist's folder, or of the file itself.
    pub(crate) name: String,
    /// The netlist as it was given.
    pub(crate) netlist_path: String,
    /// The placement file, if there is one.
    pub(crate) plc_path: Option<PathBuf>,
    /// The circuit.
    pub(crate) netlist: Arc<Netlist>,
    /// The canvas in force.
    pub(crate) canvas: Canvas,
    /// The placement.
    pub(crate) placement: Placement,
    /// Weights of the cost terms.
    pub(crate) weights: Weights,
    /// The DEF it came from, if it did.
    pub(crate) def: Option<Arc<DefSource>>,
}

/// Loads what the arguments name.
pub(crate) fn load(args: &LoadArgs) -> Result<Design, Failure> {
    let settings = Settings::read(args.settings.as_deref(), &args.set)?;
    design(&args.inputs, args.plc.as_deref(), &settings, &args.rules(), args.missing())
}

/// Loads a netlist and a placement; or LEF files, a DEF and perhaps a placement.
pub(crate) fn design(
    inputs: &[String],
    plc_path: Option<&Path>,
    settings: &Settings,
    rules: &MacroRules,
    missing: Missing,
) -> Result<Design, Failure> {
    let other = match inputs {
        [input] if is_aux(input) => Some(flat::bookshelf(Path::new(input), settings)?),
        _ => from_lef_and_def(inputs, settings, rules)?,
    };
    if let Some(mut design) = other {
        if let Some(path) = plc_path {
            design.take_plc(path, settings)?;
        }
        usable(&design.canvas)?;
        design.judge(Path::new(&design.netlist_path))?;
        return Ok(design);
    }
    let [netlist] = inputs else {
        let what = format!("{} netlists, expected one (its parts joined by commas)", inputs.len());
        return Err(Failure::Usage(what));
    };
    let parts = parts(netlist)?;
    let file = read_netlist(&parts, missing)?;
    let is_flat = file.netlist.nodes_of(Kind::StdCell).next().is_some();
    let found = if plc_path.is_none() { beside(&parts[0]) } else { None };
    let plc_path = plc_path.map(Path::to_owned);
    let mut canvas = match file.floorplan {
        Some((width, height)) => Canvas::new(width, height),
        None => Canvas::for_netlist(&file.netlist),
    };
    let mut placement = file.placement;
    if let Some(path) = &plc_path {
        let (rows, diagnostics) = plc::read(&read_bytes(path)?, &file.netlist);
        report(path, &diagnostics)?;
        rows.apply_header(&mut canvas);
        rows.apply_rows(&file.netlist, &mut placement);
    }
    let mut plc_path = plc_path;
    if let Some(path) = found {
        let (rows, diagnostics) = plc::read(&read_bytes(&path)?, &file.netlist);
        rows.apply_header(&mut canvas);
        if is_flat && !diagnostics.is_empty() {
            // The rows speak of the netlist that was clustered from this one.
            note(&format!("{}: of this only the canvas is taken", path.display()));
            unround(&file.netlist, &mut canvas);
        } else {
            report(&path, &diagnostics)?;
            rows.apply_rows(&file.netlist, &mut placement);
            plc_path = Some(path);
        }
    }
    settings.apply(&mut canvas);
    usable(&canvas)?;
    let design = Design {
        name: name(&parts[0]),
        netlist_path: netlist.to_owned(),
        plc_path,
        netlist: Arc::new(file.netlist),
        canvas,
        placement,
        weights: settings.weights.unwrap_or_default(),
        def: None,
    };
    design.judge(&parts[0])?;
    Ok(design)
}

/// A header gives sizes to three digits; where they are those of the default square, that is meant.
fn unround(netlist: &Netlist, canvas: &mut Canvas) {
    let square = Canvas::for_netlist(&netlist.rounded_to_f32());
    let same = |a: f64, b: f64| (a - b).abs() < 1e-3;
    if same(square.width, canvas.width) && same(square.height, canvas.height) {
        (canvas.width, canvas.height) = (square.width, square.height);
    }
}

fn is_aux(input: &str) -> bool {
    let name = input.to_lowercase();
    name.trim_end_matches(".gz").trim_end_matches(".xz").ends_with(".aux")
}

/// The design, if any input is LEF or DEF by its name or its content.
fn from_lef_and_def(
    inputs: &[String],
    settings: &Settings,
    rules: &MacroRules,
) -> Result<Option<Design>, Failure> {
    let named = inputs.iter().any(|input| flat::is_lef_or_def(Path::new(input)));
    if !named && inputs.len() == 1 {
        return Ok(None);
    }
    let mut files = Vec::new();
    for input in inputs {
        let path = PathBuf::from(input);
        let text = read_bytes(&path)?;
        files.push((flat::detect(&text), (path, text)));
    }
    if files.iter().all(|file| file.0 == flat::Format::Protobuf) && !named {
        return Ok(None);
    }
    flat::design(files, settings, rules).map(Some)
}

/// The files of a netlist: a folder's, or those between the commas.
fn parts(netlist: &str) -> Result<Vec<PathBuf>, Failure> {
    let path = Path::new(netlist);
    if !path.is_dir() {
        return Ok(netlist.split(',').map(PathBuf::from).collect());
    }
    let files = listed(path);
    let is = |file: &&PathBuf, begins: &str| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(begins) && name.contains(".pb.txt")
    };
    let found = files.iter().find(|file| is(file, "netlist."));
    let found = found.or_else(|| files.iter().find(|file| is(file, "")));
    found.map(|file| vec![file.clone()]).ok_or_else(|| {
        Failure::Input(format!("{netlist}: no netlist (.pb.txt, .pb.txt.gz, .pb.txt.xz) in it"))
    })
}

/// Files of a folder, sorted by name.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The placement that belongs to a netlist.
fn beside(netlist: &Path) -> Option<PathBuf> {
    let folder = netlist.parent().filter(|folder| !folder.as_os_str().is_empty());
    let stem = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let is_plc = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        [".plc", ".plc.gz", ".plc.xz"].iter().any(|end| name.ends_with(end))
    };
    let mut found: Vec<PathBuf> =
        listed(folder.unwrap_or(Path::new("."))).into_iter().filter(is_plc).collect();
    let own = stem(netlist);
    for wanted in ["initial", &own, "legalized"] {
        if let Some(at) = found.iter().position(|path| stem(path) == wanted) {
            return Some(found.swap_remove(at));
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// A short name: the folder's where the file is just called "netlist".
fn name(netlist: &Path) -> String {
    let file = netlist.file_name().unwrap_or_default().to_string_lossy();
    let stem = file.split(".pb").next().unwrap_or_default();
    let full = fs::canonicalize(netlist).ok();
    let folder = full.as_deref().and_then(Path::parent).and_then(Path::file_name);
    match folder {
        Some(folder) if stem == "netlist" => folder.to_string_lossy().into_owned(),
        _ if stem.is_empty() => "design".to_owned(),
        _ => stem.to_owned(),
    }
}

pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::read(path, error))?;
    decompress(bytes, MAX_UNPACKED_BYTES).map_err(|error| Failure::read(path, error))
}

fn read_netlist(parts: &[PathBuf], missing: Missing) -> Result<pbtxt::NetlistFile, Failure> {
    let texts = parts.iter().map(|path| read_bytes(path)).collect::<Result<Vec<_>, _>>()?;
    let slices: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let (file, diagnostics) = pbtxt::read_parts(&slices, missing);
    for (path, diagnostics) in parts.iter().zip(&diagnostics) {
        report(path, diagnostics)?;
    }
    let file = file.ok_or_else(|| Failure::Input("the netlist cannot be read".to_owned()))?;
    if file.netlist.n_nodes() == 0 {
        let path = parts[0].display();
        return Err(Failure::Input(format!("{path}:1:1: found no node, expected a netlist")));
    }
    Ok(file)
}

/// Prints diagnostics; fails where there is an error.
pub(crate) fn report(path: &Path, diagnostics: &[Diagnostic]) -> Result<(), Failure> {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    for diagnostic in diagnostics {
        let text = format!("{}:{diagnostic}", path.display());
        if diagnostic.severity == Severity::Error { output::note(&text) } else { note(&text) }
    }
    if errors == 0 {
        return Ok(());
    }
    let s = if errors == 1 { "" } else { "s" };
    Err(Failure::Input(format!("{}: {errors} error{s}", path.display())))
}

/// Refuses canvases that nothing can be computed on.
fn usable(canvas: &Canvas) -> Result<(), Failure> {
    const MOST_CELLS: u64 = 1 << 22;
    let positive = |value: f64| value.is_finite() && value > 0.0;
    let wrong = |what: String| Err(Failure::Usage(format!("settings: {what}")));
    let (columns, rows) = canvas.congestion_grid.unwrap_or((canvas.columns, canvas.rows));
    for (columns, rows) in [(canvas.columns, canvas.rows), (columns, rows)] {
        if !(1..=MOST_CELLS).contains(&(u64::from(columns) * u64::from(rows))) {
            return wrong(format!(
                "a grid of {columns} x {rows} cells, expected 1 to {MOST_CELLS}"
            ));
        }
    }
    if !positive(canvas.width) || !positive(canvas.height) {
        return wrong(format!("a canvas of {} x {} µm has no area", canvas.width, canvas.height));
    }
    if !positive(canvas.routes_horizontal) || !positive(canvas.routes_vertical) {
        return wrong("routes per µm must be above zero".to_owned());
    }
    let macros = [canvas.macro_routes_horizontal, canvas.macro_routes_vertical];
    if macros.iter().any(|routes| !routes.is_finite()) {
        return wrong("routes used by macros must be numbers".to_owned());
    }
    Ok(())
}

impl Design {
    /// Says what is wrong with the netlist and the placement; fails where it cannot be used.
    fn judge(&self, path: &Path) -> Result<(), Failure> {
        const MOST: usize = 20;
        let mut problems = check(&self.netlist);
        problems.extend(check_placement(&self.netlist, &self.canvas, &self.placement));
        let fatal = |problem: &Problem| {
            !matches!(
                problem,
                Problem::DuplicateName(_) | Problem::PinOutside(_) | Problem::TooLarge(_)
            )
        };
        let n_fatal = problems.iter().filter(|problem| fatal(problem)).count();
        problems.sort_by_key(|problem| !fatal(problem));
        for problem in problems.iter().take(MOST) {
            let (path, text) = (path.display(), self.describe(problem));
            if fatal(problem) {
                output::note(&format!("{path}: error: {text}"));
            } else {
                note(&format!("{path}: warning: {text}"));
            }
        }
        if problems.len() > MOST {
            note(&format!("{}: {} more", path.display(), problems.len() - MOST));
        }
        if n_fatal == 0 {
            return Ok(());
        }
        Err(Failure::Input(format!("{}: {n_fatal} problems", path.display())))
    }

    fn describe(&self, problem: &Problem) -> String {
        match *problem {
            Problem::DuplicateName(node)
            | Problem::NoSize(node)
            | Problem::TooLarge(node)
            | Problem::BadCoordinate(node) => {
                format!("{problem} ({})", self.netlist.node_name(node))
            }
            Problem::PinOutside(pin) => format!("{problem} ({})", self.netlist.pin_name(pin)),
            _ => problem.to_string(),
        }
    }
}

impl Design {
    /// Takes canvas and places over from a `.plc`.
    fn take_plc(&mut self, path: &Path, settings: &Settings) -> Result<(), Failure> {
        let (rows, diagnostics) = plc::read(&read_bytes(path)?, &self.netlist);
        report(path, &diagnostics)?;
        rows.apply_header(&mut self.canvas);
        settings.apply(&mut self.canvas);
        rows.apply_rows(&self.netlist, &mut self.placement);
        self.plc_path = Some(path.to_owned());
        Ok(())
    }

    /// A placement of this design as a `.plc` file, its costs in the header.
    pub(crate) fn to_plc(&self, placement: &Placement, path: &Path) -> Vec<u8> {
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
