//! What `--settings`, `--config` and `--set` change.

use std::fs;
use std::path::Path;

use flagstone_cluster::ClusterConfig;
use flagstone_design::Settings;
use flagstone_place::baselines::tilos_sa::SaConfig;
use flagstone_place::baselines::wiremask_ea::WireMaskConfig;
use flagstone_place::refine::RefineConfig;
use flagstone_report::run::EnergyConfig;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::failure::Failure;
use crate::nearest::with_hint;

/// Everything a run can be steered by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RunConfig {
    /// Canvas and weights.
    pub(crate) settings: Settings,
    /// Standard cells into soft macros.
    pub(crate) cluster: ClusterConfig,
    /// Annealing and coordinate descent.
    pub(crate) refine: RefineConfig,
    /// The annealer of TILOS.
    pub(crate) sa: SaConfig,
    /// WireMask-EA.
    pub(crate) wiremask: WireMaskConfig,
    /// Training and the decision process.
    pub(crate) train: flagstone_ppo::Config,
    /// How the energy of a run is counted.
    pub(crate) energy: EnergyConfig,
}

/// Reads a settings file and applies `--set key=value`.
pub(crate) fn read_settings(file: Option<&Path>, sets: &[String]) -> Result<Settings, Failure> {
    let mut table = read_table(file)?;
    for set in sets {
        merge(&mut table, parse_set(set, "")?);
    }
    typed(table, file)
}

impl RunConfig {
    /// Reads a config file and applies `--set key=value`; keys that do not begin with a section's
    /// name belong to `settings`.
    pub(crate) fn read(
        file: Option<&Path>,
        settings: Option<&Path>,
        sets: &[String],
    ) -> Result<Self, Failure> {
        Self::read_over(&[], file, settings, sets)
    }

    /// The same with other defaults for some numbers, given as `key=value`.
    pub(crate) fn read_over(
        defaults: &[&str],
        file: Option<&Path>,
        settings: Option<&Path>,
        sets: &[String],
    ) -> Result<Self, Failure> {
        let mut table = Table::new();
        for default in defaults {
            merge(&mut table, parse_set(default, "")?);
        }
        merge(&mut table, read_table(file)?);
        let own: Settings = typed(read_table(settings)?, settings)?;
        let own = Table::try_from(own).map_err(|error| Failure::Usage(error.to_string()))?;
        merge(&mut table, Table::from_iter([("settings".to_owned(), Value::Table(own))]));
        for set in sets {
            let sections =
                ["settings.", "cluster.", "refine.", "sa.", "wiremask.", "train.", "energy."];
            let section = sections.iter().any(|s| set.starts_with(s));
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
        let sets = ["columns=7", "train.clip=0.3", "cluster.free_parts=9"].map(str::to_owned);
        let config = RunConfig::read(None, None, &sets).unwrap();
        assert_eq!(config.settings.columns, Some(7));
        assert_eq!(config.train.clip, 0.3);
        assert_eq!(config.cluster.free_parts, 9);
        let over = RunConfig::read_over(&["train.clip=0.1"], None, None, &[]).unwrap();
        assert_eq!(over.train.clip, 0.1);
        let over = RunConfig::read_over(&["train.clip=0.1"], None, None, &sets).unwrap();
        assert_eq!(over.train.clip, 0.3, "what is asked for goes before a default");
        let unknown = read_settings(None, &["colums=7".to_owned()]).unwrap_err();
        assert!(unknown.message().unwrap().contains("did you mean `columns`?"), "{unknown:?}");
        assert_eq!(unknown.code(), 2);
    }
}
