//! A run folder: config.toml, log.jsonl, checkpoints, the best placement, TensorBoard events, report.

use std::fs;
use std::path::{Path, PathBuf};

use flagstone_ppo::Learner;
use flagstone_report::run::{LogLine, RunReport, html, lines, until};
use serde::{Deserialize, Serialize};

use crate::corpus::CorpusSpec;
use crate::failure::Failure;
use crate::output;
use crate::policies;
use crate::progress::note;
use crate::settings::RunConfig;

/// Numbered checkpoints that are kept beside the last and the best one.
const KEPT: usize = 3;

/// What a run needs to be continued, written as `config.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// The subcommand.
    pub(crate) command: String,
    /// The netlists of `train` and `finetune`.
    #[serde(default)]
    pub(crate) netlists: Vec<String>,
    /// Placement of the first netlist.
    pub(crate) plc: Option<PathBuf>,
    /// The policy it started from.
    pub(crate) from: Option<PathBuf>,
    /// Fingerprints of all designs, those to learn from first; a run of before there were any has none.
    #[serde(default)]
    pub(crate) fingerprints: Vec<String>,
    /// The corpus of `pretrain`.
    pub(crate) corpus: Option<CorpusSpec>,
    /// The numbers.
    #[serde(flatten)]
    pub(crate) config: RunConfig,
}

impl Saved {
    /// The files it names.
    fn inputs(&self) -> Vec<PathBuf> {
        let netlists = self.netlists.iter().flat_map(|netlist| netlist.split(','));
        let corpus = self.corpus.iter().flat_map(CorpusSpec::files);
        let policy = self.from.iter().map(|policy| policies::file(policy));
        let files = netlists.map(PathBuf::from).chain(self.plc.clone());
        files.chain(corpus).chain(policy).collect()
    }
}

/// The folder of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunFolder(PathBuf);

impl RunFolder {
    /// A folder for a new run, empty of any other run.
    pub(crate) fn create(path: PathBuf, saved: &Saved, force: bool) -> Result<Self, Failure> {
        if path.join("config.toml").exists() && !force {
            return Err(Failure::Usage(format!(
                "{} has a run already\n  help: continue it with --resume, or start over with --force",
                path.display()
            )));
        }
        let text = toml::to_string(saved).map_err(|error| Failure::Usage(error.to_string()))?;
        let folder = Self(path);
        let old = folder.leftovers();
        if let Some(first) = old.first().filter(|_| !force) {
            return Err(Failure::Usage(format!(
                "{} is there already\n  help: choose another folder with --out, or replace it with \
                 --force",
                first.display()
            )));
        }
        if let Some(input) = saved.inputs().iter().find(|input| old.iter().any(|o| same(o, input)))
        {
            return Err(Failure::Usage(format!(
                "--force would remove {}, which the run reads\n  help: choose another folder with \
                 --out",
                input.display()
            )));
        }
        folder.clear(&old)?;
        output::write_file(&folder.config(), text.as_bytes())?;
        Ok(folder)
    }

    /// The folder of a run that was begun, and its config.
    pub(crate) fn open(path: &Path) -> Result<(Self, Saved), Failure> {
        let folder = Self(path.to_owned());
        let text = folder.config_text()?;
        let saved = toml::from_str(&text)
            .map_err(|error| Failure::Input(format!("{}: {error}", folder.config().display())))?;
        Ok((folder, saved))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> String {
        let full = fs::canonicalize(&self.0).unwrap_or_else(|_| self.0.clone());
        full.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn config(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// Its config as TOML.
    pub(crate) fn config_text(&self) -> Result<String, Failure> {
        let path = self.config();
        fs::read_to_string(&path).map_err(|error| Failure::read(&path, error))
    }

    /// Its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log.jsonl")
    }

    fn checkpoints(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    /// The files of a former run, or of someone else under the same names.
    fn leftovers(&self) -> Vec<PathBuf> {
        let ours = ["log.jsonl", "report.html"];
        let best = ["best.plc", "best.pb.txt", "best.svg", "best.def", "best.pl"];
        let mut old: Vec<PathBuf> =
            ours.iter().chain(&best).map(|name| self.0.join(name)).collect();
        let checkpoints = ["last.safetensors", "best.safetensors"];
        old.extend(checkpoints.map(|name| self.checkpoints().join(name)));
        old.retain(|path| path.exists());
        old.extend(self.events());
        old.extend(self.numbered());
        old
    }

    /// Removes what a former run left; whatever else is in the folder stays.
    fn clear(&self, old: &[PathBuf]) -> Result<(), Failure> {
        for path in old {
            fs::remove_file(path).map_err(|error| Failure::write(path, error))?;
        }
        Ok(())
    }

    /// Its TensorBoard files.
    pub(crate) fn events(&self) -> Vec<PathBuf> {
        named(&self.0, |name| name.starts_with("events.out.tfevents."))
    }

    /// Saves a checkpoint as the last one and under its number; old numbers go.
    pub(crate) fn save_last(&self, learner: &Learner) -> Result<(), Failure> {
        let bytes = self.bytes(learner)?;
        let name = format!("iteration-{:08}.safetensors", learner.progress.iteration);
        output::write_file(&self.checkpoints().join(name), &bytes)?;
        output::write_file(&self.checkpoints().join("last.safetensors"), &bytes)?;
        let numbered = self.numbered();
        for old in &numbered[..numbered.len().saturating_sub(KEPT)] {
            fs::remove_file(old).map_err(|error| Failure::write(old, error))?;
        }
        Ok(())
    }

    /// Saves a checkpoint as the best one.
    pub(crate) fn save_best(&self, learner: &Learner) -> Result<(), Failure> {
        output::write_file(&self.checkpoints().join("best.safetensors"), &self.bytes(learner)?)
    }

    fn bytes(&self, learner: &Learner) -> Result<Vec<u8>, Failure> {
        learner.to_bytes().map_err(|error| Failure::write(&self.checkpoints(), error))
    }

    /// Numbered checkpoints, the oldest first.
    fn numbered(&self) -> Vec<PathBuf> {
        named(&self.checkpoints(), |name| {
            name.starts_with("iteration-") && name.ends_with(".safetensors")
        })
    }

    /// The learner of the last checkpoint that can be read; `None` where there is none at all.
    pub(crate) fn last(&self) -> Result<Option<Learner>, Failure> {
        let mut all = self.numbered();
        all.push(self.checkpoints().join("last.safetensors"));
        let mut failure = None;
        for path in all.iter().rev().filter(|path| path.exists()) {
            let bytes = fs::read(path).map_err(|error| Failure::read(path, error))?;
            match Learner::from_bytes(&bytes) {
                Ok(learner) => return Ok(Some(learner)),
                Err(error) => {
                    note(&format!("warning: {}: {error}; taking an older one", path.display()));
                    failure.get_or_insert(Failure::read(path, error));
                }
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// The log as it was when the checkpoint of `iterations` was made; written back to the folder.
    pub(crate) fn cut_log(&self, iterations: u64) -> Result<Vec<LogLine>, Failure> {
        let kept = until(self.log_lines(), iterations);
        let text: String = kept.iter().map(LogLine::to_json).collect();
        output::write_file(&self.log(), text.as_bytes())?;
        Ok(kept)
    }

    /// The lines of the log that can be read.
    pub(crate) fn log_lines(&self) -> Vec<LogLine> {
        lines(&fs::read_to_string(self.log()).unwrap_or_default())
    }

    /// Writes the report.
    pub(crate) fn write_report(&self, out: &Path, config: &RunConfig) -> Result<(), Failure> {
        let best = fs::read(self.0.join("best.svg")).ok();
        let report = RunReport {
            name: &self.name(),
            log: &self.log_lines(),
            config: &self.config_text()?,
            best: best.as_deref(),
            energy: &config.energy,
        };
        output::write_file(out, html(&report).as_bytes())
    }
}

/// Whether both are the same file.
fn same(a: &Path, b: &Path) -> bool {
    fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Files of a folder whose name fits, sorted.
fn named(folder: &Path, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let fits = |path: &PathBuf| path.file_name().is_some_and(|name| fits(&name.to_string_lossy()));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
    found.sort();
    found
}
