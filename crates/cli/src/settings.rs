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
    let wrong = |what: String| Failure::Usage(format!("{place}: {what}"));
    let senseless = senseless("", &table);
    let typed = Value::Table(table).try_into();
    let typed = typed.map_err(|error: toml::de::Error| wrong(with_hint(&error.to_string())))?;
    senseless.map_or(Ok(typed), |what| Err(wrong(what)))
}

/// The one number that may be negative.
const SIGNED: &str = "train.env.infeasible_reward";

/// What is wrong with the first number that no setting can mean, where there is one. TOML writes
/// `nan` and `inf`, too, and what is computed with them is not told from a result.
fn senseless(section: &str, table: &Table) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let key = if section.is_empty() { key.clone() } else { format!("{section}.{key}") };
        let number = match value {
            Value::Table(inner) => return senseless(&key, inner),
            Value::Float(number) => *number,
            Value::Integer(number) => *number as f64,
            _ => return None,
        };
        if !number.is_finite() {
            return Some(format!("{key} is {number}, expected a finite number"));
        }
        (number < 0.0 && key != SIGNED).then(|| format!("{key} is {number}, expected 0 or more"))
    })
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

    #[test]
    fn numbers_that_nothing_can_be_computed_with_are_refused() {
        let read = |set: &str| RunConfig::read(None, None, &[set.to_owned()]);
        for set in [
            "refine.analytic.start_step=nan",
            "train.gamma=inf",
            "train.learning_rate=-1",
            "weights.congestion=-0.5",
            "energy.watts_per_core=-1",
        ] {
            let refused = read(set).unwrap_err();
            let key = set.split_once('=').unwrap().0;
            assert!(refused.message().unwrap().contains(key), "{refused:?}");
            assert_eq!(refused.code(), 2);
        }
        assert!(read_settings(None, &["routes_vertical=nan".to_owned()]).is_err());
        assert!(read("train.env.infeasible_reward=-2").is_ok());
        assert!(read("refine.jump_share=0").is_ok());
    }
}
