//! What `--settings`, `--config` and `--set` change.

use std::fs;
use std::path::Path;

use flagstone_cost::Weights;
use flagstone_netlist::Canvas;
use flagstone_place::refine::RefineConfig;
use flagstone_report::run::EnergyConfig;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::failure::Failure;
use crate::nearest::with_hint;

/// Overrides of the canvas and the weights; what is not given comes from the `.plc` header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Width of the canvas in µm.
    pub(crate) width: Option<f64>,
    /// Height of the canvas in µm.
    pub(crate) height: Option<f64>,
    /// Columns of the placement grid.
    pub(crate) columns: Option<u32>,
    /// Rows of the placement grid.
    pub(crate) rows: Option<u32>,
    /// Columns of the congestion grid, where it differs.
    pub(crate) congestion_columns: Option<u32>,
    /// Rows of the congestion grid, where it differs.
    pub(crate) congestion_rows: Option<u32>,
    /// Horizontal routing tracks per µm.
    pub(crate) routes_horizontal: Option<f64>,
    /// Vertical routing tracks per µm.
    pub(crate) routes_vertical: Option<f64>,
    /// Horizontal tracks per µm that a hard macro uses up.
    pub(crate) macro_routes_horizontal: Option<f64>,
    /// Vertical tracks per µm that a hard macro uses up.
    pub(crate) macro_routes_vertical: Option<f64>,
    /// Cells over which routing demand is spread to each side.
    pub(crate) smoothing: Option<u32>,
    /// Overlap of two macros tolerated as legal, relative to the smaller one's area.
    pub(crate) overlap_threshold: Option<f64>,
    /// Weights of the cost terms.
    pub(crate) weights: Option<Weights>,
}

/// Everything a run can be steered by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RunConfig {
    /// Canvas and weights.
    pub(crate) settings: Settings,
    /// Annealing and coordinate descent.
    pub(crate) refine: RefineConfig,
    /// Training and the decision process.
    pub(crate) train: flagstone_ppo::Config,
    /// How the energy of a run is counted.
    pub(crate) energy: EnergyConfig,
}

impl Settings {
    /// Reads a settings file and applies `--set key=value`.
    pub(crate) fn read(file: Option<&Path>, sets: &[String]) -> Result<Self, Failure> {
        let mut table = read_table(file)?;
        for set in sets {
            merge(&mut table, parse_set(set, "")?);
        }
        typed(table, file)
    }

    /// Takes the overrides over into a canvas.
    pub(crate) fn apply(&self, canvas: &mut Canvas) {
        fn set<T: Copy>(to: &mut T, from: Option<T>) {
            *to = from.unwrap_or(*to);
        }
        set(&mut canvas.width, self.width);
        set(&mut canvas.height, self.height);
        set(&mut canvas.columns, self.columns);
        set(&mut canvas.rows, self.rows);
        set(&mut canvas.routes_horizontal, self.routes_horizontal);
        set(&mut canvas.routes_vertical, self.routes_vertical);
        set(&mut canvas.macro_routes_horizontal, self.macro_routes_horizontal);
        set(&mut canvas.macro_routes_vertical, self.macro_routes_vertical);
        set(&mut canvas.smoothing, self.smoothing);
        set(&mut canvas.overlap_threshold, self.overlap_threshold);
        if self.congestion_columns.is_some() || self.congestion_rows.is_some() {
            let (columns, rows) = canvas.congestion_grid.unwrap_or((canvas.columns, canvas.rows));
            canvas.congestion_grid = Some((
                self.congestion_columns.unwrap_or(columns),
                self.congestion_rows.unwrap_or(rows),
            ));
        }
    }
}

impl RunConfig {
    /// Reads a config file and applies `--set key=value`; keys that do not begin with a section's
    /// name belong to `settings`.
    pub(crate) fn read(
        file: Option<&Path>,
        settings: Option<&Path>,
        sets: &[String],
    ) -> Result<Self, Failure> {
        let mut table = read_table(file)?;
        let own: Settings = typed(read_table(settings)?, settings)?;
        let own = Table::try_from(own).map_err(|error| Failure::Usage(error.to_string()))?;
        merge(&mut table, Table::from_iter([("settings".to_owned(), Value::Table(own))]));
        for set in sets {
            let section =
                ["settings.", "refine.", "train.", "energy."].iter().any(|s| set.starts_with(s));
            merge(&mut table, parse_set(set, if section { "" } else { "settings." })?);
        }
        typed(table, file)
    }
}

fn read_table(file: Option<&Path>) -> Result<Table, Failure> {
    let Some(path) = file else { return Ok(Table::new()) };
    let text = fs::read_to_string(path).map_err(|error| Failure::read(path, error))?;
    text.parse().map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

fn typed<T: DeserializeOwned>(table: Table, file: Option<&Path>) -> Result<T, Failure> {
    let place = file.map_or_else(|| "settings".to_owned(), |path| path.display().to_string());
    let wrong = |error: toml::de::Error| {
        Failure::Usage(format!("{place}: {}", with_hint(&error.to_string())))
    };
    Value::Table(table).try_into().map_err(wrong)
}

/// `a.b=1` as a table; a value that is no TOML counts as text.
fn parse_set(set: &str, prefix: &str) -> Result<Table, Failure> {
    let Some((key, value)) = set.split_once('=') else {
        return Err(Failure::Usage(format!("--set {set:?}: expected key=value")));
    };
    let (key, value) = (format!("{prefix}{}", key.trim()), value.trim());
    let plain = format!("{key} = {value}").parse::<Table>();
    let table = plain.or_else(|_| format!("{key} = {}", Value::from(value)).parse::<Table>());
    table.map_err(|error| Failure::Usage(format!("--set {set:?}: {}", error.message())))
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_reach_their_section() {
        let sets = ["columns=7".to_owned(), "train.clip=0.3".to_owned()];
        let config = RunConfig::read(None, None, &sets).unwrap();
        assert_eq!(config.settings.columns, Some(7));
        assert_eq!(config.train.clip, 0.3);
        let unknown = Settings::read(None, &["colums=7".to_owned()]).unwrap_err();
        assert!(unknown.message().unwrap().contains("did you mean `columns`?"), "{unknown:?}");
        assert_eq!(unknown.code(), 2);
    }
}
