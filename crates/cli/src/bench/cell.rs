//! One cell: a method on a design with a seed, run as a program of its own, then checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flagstone_cost::{Cost, Rules, evaluate};
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_place::checker::{CheckRules, Violation, violations};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prepare::{Prepared, program};
use super::suite::{MethodEntry, Suite};
use crate::failure::Failure;
use crate::fingerprint::of_files;
use crate::{load, output, policies};

/// Time between two looks at a running cell.
const POLL: Duration = Duration::from_millis(50);

/// Largest difference between the cost a run reports and a fresh evaluation of what it wrote.
const SAME_COST: f64 = 1e-9;

/// What is kept of a finished cell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) schema: u32,
    pub(super) design: String,
    pub(super) method: String,
    pub(super) seed: u64,
    /// Arguments that tell this cell from others; a cell is finished where they are the same.
    pub(super) arguments: Vec<String>,
    /// The design's fingerprint; records of before there was one have none.
    #[serde(default)]
    pub(super) fingerprint: Option<String>,
    /// The fingerprint of the start and the policy that were read, where they are files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) inputs: Option<String>,
    /// Why there is no placement, where there is none.
    pub(super) failure: Option<String>,
    pub(super) result: Option<CellResult>,
}

/// A placement, judged afresh.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CellResult {
    pub(super) placement: PathBuf,
    pub(super) proxy: f64,
    pub(super) wirelength: f64,
    pub(super) density: f64,
    pub(super) congestion: f64,
    /// By the independent checker, in double and in single precision.
    pub(super) legal: bool,
    /// Whether the fresh evaluation gives the cost the run reported.
    pub(super) confirmed: bool,
    pub(super) seconds: f64,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) moves: u64,
    pub(super) stopped_by_limit: bool,
    /// Seconds, moves, best proxy cost.
    pub(super) trace: Vec<(f64, u64, f64)>,
}

/// A cell of a suite.
pub(super) struct Cell<'a> {
    pub(super) design: &'a str,
    pub(super) prepared: &'a Prepared,
    pub(super) method: &'a MethodEntry,
    pub(super) seed: u64,
    pub(super) folder: PathBuf,
}

impl<'a> Cell<'a> {
    pub(super) fn new(
        suite: &'a Suite,
        (design, prepared): (usize, &'a Prepared),
        method: usize,
        seed: u64,
        out: &Path,
    ) -> Self {
        let (design, method) = (&suite.designs[design].name, &suite.methods[method]);
        let folder = out.join("cells").join(design).join(&method.name).join(seed.to_string());
        Self { design, prepared, method, seed, folder }
    }

    /// DESIGN/METHOD/SEED.
    pub(super) fn name(&self) -> String {
        format!("{}/{}/{}", self.design, self.method.name, self.seed)
    }

    /// Arguments of `flagstone` that give this cell's placement, but for the output folder.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["place".to_owned(), self.prepared.netlist.clone()];
        if let Some(plc) = &self.prepared.plc {
            arguments.extend(["--plc".to_owned(), plc.display().to_string()]);
        }
        for set in &self.prepared.sets {
            arguments.extend(["--set".to_owned(), set.clone()]);
        }
        arguments.extend(self.method.arguments());
        arguments.extend(["--seed".to_owned(), self.seed.to_string()]);
        arguments
    }

    fn record_path(&self) -> PathBuf {
        self.folder.join("cell.json")
    }

    /// The record, if the cell was finished with the same arguments on the same design.
    pub(super) fn finished(&self) -> Option<Record> {
        let text = fs::read_to_string(self.record_path()).ok()?;
        let record: Record = serde_json::from_str(&text).ok()?;
        let other =
            record.fingerprint.as_ref().is_some_and(|own| *own != self.prepared.fingerprint);
        let other = other || (record.inputs.is_some() && record.inputs != self.inputs());
        (record.arguments == self.arguments() && !other).then_some(record)
    }

    /// The fingerprint of the files that the cell reads beside the design.
    fn inputs(&self) -> Option<String> {
        let MethodEntry { from, policy, .. } = self.method;
        let from = from.as_ref().map(PathBuf::from);
        let policy = policy.as_ref().map(|policy| policies::file(Path::new(policy)));
        of_files(&from.into_iter().chain(policy).collect::<Vec<_>>())
    }

    /// Runs the cell; `None` where it was stopped.
    pub(super) fn run(
        &self,
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Option<Record>, Failure> {
        // A record of an earlier run must not stand beside a half-done one.
        let _ = fs::remove_file(self.record_path());
        let failed = |error| Failure::write(&self.folder, error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let log = fs::File::create(self.folder.join("log.txt")).map_err(failed)?;
        let mut command = program()?;
        command.args(self.arguments()).arg("--out").arg(&self.folder).arg("--force");
        if let Some(threads) = threads {
            command.arg("--threads").arg(threads.to_string());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = command
            .spawn()
            .map_err(|error| Failure::Output(format!("cannot start this program: {error}")))?;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                break status;
            }
            if stop.load(Ordering::Relaxed) {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
            std::thread::sleep(POLL);
        };
        if status.code() == Some(130) || stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let record = self.record(status)?;
        if record.failure.is_none() || is_the_cells_own(status) {
            output::write_file(&self.record_path(), output::to_json(&record).as_bytes())?;
        }
        Ok(Some(record))
    }

    fn record(&self, status: ExitStatus) -> Result<Record, Failure> {
        let mut record = Record {
            schema: output::SCHEMA,
            design: self.design.to_owned(),
            method: self.method.name.clone(),
            seed: self.seed,
            arguments: self.arguments(),
            fingerprint: Some(self.prepared.fingerprint.clone()),
            inputs: self.inputs(),
            failure: None,
            result: None,
        };
        if matches!(status.code(), Some(0 | 1)) {
            record.result = Some(self.judged()?);
        } else {
            let log = fs::read_to_string(self.folder.join("log.txt")).unwrap_or_default();
            let why = log.lines().find_map(|line| line.strip_prefix("error: "));
            record.failure = Some(why.unwrap_or("ended without a result").to_owned());
        }
        Ok(record)
    }

    /// Reads what the run wrote and judges it without trusting its report.
    fn judged(&self) -> Result<CellResult, Failure> {
        let file = |end: &str| self.folder.join(format!("{}.{end}", self.prepared.file_name));
        let (placement, report_path) = (file("plc"), file("json"));
        let text =
            fs::read_to_string(&report_path).map_err(|error| Failure::read(&report_path, error))?;
        let report: Value =
            serde_json::from_str(&text).map_err(|error| Failure::read(&report_path, error))?;
        let reported = report["cost"]["proxy"].as_f64().unwrap_or(f64::NAN);
        Ok(CellResult {
            seconds: report["seconds"].as_f64().unwrap_or(f64::NAN),
            cpu_seconds: report["cpu_seconds"].as_f64(),
            moves: report["moves"].as_u64().unwrap_or(0),
            stopped_by_limit: report["stopped_by_limit"].as_bool().unwrap_or(false),
            trace: serde_json::from_value(report["trace"].clone()).unwrap_or_default(),
            ..judge(self.prepared, &placement, reported, self.method.spacing)?
        })
    }
}

/// Whether a failure would be the same another time: wrong arguments, an input that cannot be used,
/// no placement. A signal, a full disk or a fault of the program is tried again.
fn is_the_cells_own(status: ExitStatus) -> bool {
    matches!(status.code(), Some(2..=4))
}

/// Judges a placement afresh: its cost, whether that is the one reported, and whether it is legal. What
/// it took to make it is left open.
pub(super) fn judge(
    prepared: &Prepared,
    placement: &Path,
    reported: f64,
    spacing: f64,
) -> Result<CellResult, Failure> {
    let Prepared { netlist, settings, .. } = prepared;
    let inputs = std::slice::from_ref(netlist);
    let (rules, missing) = (MacroRules::default(), Missing::default());
    let design = load::design(inputs, Some(placement), settings, &rules, missing)?;
    let cost: Cost =
        evaluate(&design.netlist, &design.canvas, &design.placement, Rules::Clamp).cost;
    let proxy = cost.proxy(&design.weights);
    let rules = CheckRules { spacing, ..CheckRules::default() };
    let legal = violations(&design.netlist, &design.canvas, &design.placement, &rules).is_empty();
    let single = (design.netlist.rounded_to_f32(), design.placement.rounded_to_f32());
    let single = violations(&single.0, &design.canvas, &single.1, &rules);
    // A macro at the border may be rounded over it; nothing may be rounded into another macro.
    let rounding = design.canvas.width.max(design.canvas.height) * f64::from(f32::EPSILON);
    let only_rounded = |violation: &Violation| matches!(violation, Violation::Outside { by, .. } if *by <= rounding);
    Ok(CellResult {
        placement: placement.to_owned(),
        proxy,
        wirelength: cost.wirelength,
        density: cost.density,
        congestion: cost.congestion,
        legal: legal && single.iter().all(only_rounded),
        confirmed: (proxy - reported).abs() <= SAME_COST,
        seconds: f64::NAN,
        cpu_seconds: None,
        moves: 0,
        stopped_by_limit: false,
        trace: Vec::new(),
    })
}
