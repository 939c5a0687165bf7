//! `flagstone config`: the numbers of a run as TOML, with the comments of the source code.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::args::ConfigArgs;
use crate::failure::Failure;
use crate::output::say;
use crate::settings::RunConfig;

/// Where the numbers of each section are declared: section, source, struct.
const SOURCES: [(&str, &str, &str); 23] = [
    ("settings", include_str!("../../design/src/settings.rs"), "Settings"),
    ("settings.weights", include_str!("../../cost/src/lib.rs"), "Weights"),
    ("settings.unpack", include_str!("../../design/src/files.rs"), "UnpackConfig"),
    ("cluster", include_str!("../../cluster/src/config.rs"), "ClusterConfig"),
    ("cluster.partition", include_str!("../../cluster/src/config.rs"), "PartitionConfig"),
    ("cluster.settle", include_str!("../../cluster/src/config.rs"), "SettleConfig"),
    ("refine", include_str!("../../place/src/refine.rs"), "RefineConfig"),
    ("refine.analytic", include_str!("../../place/src/analytic/config.rs"), "AnalyticConfig"),
    ("refine.separate", include_str!("../../place/src/separate.rs"), "SeparateConfig"),
    ("refine.anneal", include_str!("../../place/src/anneal/config.rs"), "AnnealConfig"),
    ("refine.anneal.mix", include_str!("../../place/src/anneal/mix.rs"), "MixConfig"),
    ("refine.reorder", include_str!("../../place/src/reorder.rs"), "ReorderConfig"),
    ("refine.jumps", include_str!("../../place/src/jumps.rs"), "JumpConfig"),
    ("refine.descent", include_str!("../../place/src/descent.rs"), "DescentConfig"),
    ("refine.descent.mask", include_str!("../../place/src/mask.rs"), "MaskRules"),
    ("sa", include_str!("../../place/src/baselines/tilos_sa/config.rs"), "SaConfig"),
    ("wiremask", include_str!("../../place/src/baselines/wiremask_ea/mod.rs"), "WireMaskConfig"),
    ("train", include_str!("../../ppo/src/config.rs"), "Config"),
    ("train.warm_up", include_str!("../../ppo/src/config.rs"), "WarmUpConfig"),
    ("train.env", include_str!("../../env/src/config.rs"), "EnvConfig"),
    ("train.env.mask", include_str!("../../place/src/mask.rs"), "MaskRules"),
    ("train.env.weights", include_str!("../../cost/src/lib.rs"), "Weights"),
    ("energy", include_str!("../../report/src/run/energy.rs"), "EnergyConfig"),
];

/// Prints a config.
pub(crate) fn run(args: &ConfigArgs) -> Result<(), Failure> {
    let config = RunConfig::read(args.config.as_deref(), None, &args.set)?;
    let table = Table::try_from(&config).map_err(|error| Failure::Usage(error.to_string()))?;
    let text = if args.defaults { commented(&table) } else { table.to_string() };
    say(text.trim_end())
}

/// Fields of a struct with their doc comments, read from its source.
fn fields(source: &str, name: &str) -> BTreeMap<String, String> {
    let start = format!("struct {name} {{");
    let body = source.split_once(&start).map_or("", |parts| parts.1);
    let body = body.split_once("\n}").map_or("", |parts| parts.0);
    let mut found = BTreeMap::new();
    let (mut comment, mut skipped) = (String::new(), false);
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            comment = format!("{comment} {}", text.trim());
        } else if line.starts_with("#[serde(skip") {
            skipped = true;
        } else if std::mem::take(&mut skipped) {
            // A field that no file sets.
            comment.clear();
        } else if let Some((field, _)) = line.split_once(": ") {
            let field = field.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            found.insert(field.to_owned(), std::mem::take(&mut comment).trim().to_owned());
        }
    }
    found
}

/// Every section with a comment above each number; settings that have no default are commented out.
fn commented(config: &Table) -> String {
    let mut text = String::from(
        "# Every number of a run. Without an entry under [settings], the .plc header decides.\n",
    );
    for (section, source, name) in SOURCES {
        let values = at(config, section);
        text += &format!("\n[{section}]\n");
        for (field, comment) in fields(source, name) {
            match values.and_then(|values| values.get(&field)) {
                Some(Value::Table(inner)) if inner.len() > 1 => {}
                Some(Value::Table(_)) if is_section(&format!("{section}.{field}")) => {}
                Some(value) => text += &format!("# {comment}\n{field} = {value}\n"),
                None if is_section(&format!("{section}.{field}")) => {}
                None if section == "settings.weights" => {}
                None => text += &format!("# {comment}\n# {field} =\n"),
            }
        }
        if section == "settings.weights" && values.is_none() {
            let weights = flagstone_cost::Weights::default();
            let weights = Table::try_from(weights).unwrap_or_default();
            let lines = weights.iter().map(|(key, value)| format!("{key} = {value}\n"));
            text.extend(lines);
        }
    }
    text
}

fn is_section(name: &str) -> bool {
    SOURCES.iter().any(|source| source.0 == name)
}

fn at<'a>(table: &'a Table, path: &str) -> Option<&'a Table> {
    path.split('.').try_fold(table, |table, key| table.get(key)?.as_table())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_defaults_are_the_defaults() {
        let defaults = RunConfig::default();
        let text = commented(&Table::try_from(&defaults).unwrap());
        let read: RunConfig = toml::from_str(&text).unwrap();
        assert_eq!((read.train, read.refine), (defaults.train, defaults.refine), "{text}");
        assert_eq!(read.cluster, defaults.cluster, "{text}");
        let uncommented = |line: &&str| line.contains(" = ") && !line.starts_with('#');
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| uncommented(line)) {
            let weight =
                lines[..i].iter().rfind(|l| l.starts_with('[')) == Some(&"[settings.weights]");
            assert!(weight || lines[i - 1].len() > 2 && lines[i - 1].starts_with("# "), "{line}");
            // Of a word the others that may stand there are told, too.
            let word = line.split_once(" = \"").map(|parts| format!("\"{}", parts.1));
            assert!(word.is_none_or(|word| lines[i - 1].contains(&word)), "{line}");
        }
    }
}
