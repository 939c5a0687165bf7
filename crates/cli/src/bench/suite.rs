//! The suite file: designs, methods, seeds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flagstone_design::Settings;
use flagstone_formats::matches;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::learning::Learning;
use crate::failure::Failure;
use crate::nearest::with_hint;

/// What is compared on what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suite {
    /// Seeds of every cell, unless a method names its own.
    #[serde(default = "one_seed")]
    pub(super) seeds: Vec<u64>,
    /// Threads of a cell; all cores where it is not given.
    pub(super) threads: Option<usize>,
    #[serde(rename = "design")]
    pub(super) designs: Vec<DesignEntry>,
    #[serde(rename = "method", default)]
    pub(super) methods: Vec<MethodEntry>,
    /// What `--protocol learning` runs beside them.
    pub(super) learning: Option<Learning>,
}

fn one_seed() -> Vec<u64> {
    vec![1]
}

/// A design: files or a recipe, with what differs from its header.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DesignEntry {
    /// Name in the table.
    pub(super) name: String,
    /// Netlist or its folder, relative to the suite file.
    pub(super) netlist: Option<String>,
    /// Placement, relative to the suite file; by default the one beside the netlist.
    pub(super) plc: Option<String>,
    /// How `flagstone generate` makes it.
    pub(super) generate: Option<Recipe>,
    /// Overrides. With another width or height, ports and macros move in proportion.
    #[serde(default)]
    pub(super) settings: Settings,
}

/// Arguments of `flagstone generate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    pub(super) hard_macros: usize,
    pub(super) soft_macros: usize,
    pub(super) ports: usize,
    pub(super) nets: usize,
    pub(super) utilization: f64,
    pub(super) seed: u64,
}

/// A method with its options, as `flagstone place` takes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodEntry {
    /// Name in the table.
    pub(super) name: String,
    /// Method of `flagstone place`.
    #[serde(default = "refine")]
    pub(super) method: String,
    pub(super) effort: Option<String>,
    pub(super) budget: Option<u64>,
    pub(super) seconds: Option<f64>,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) from: Option<String>,
    #[serde(default)]
    pub(super) refine: bool,
    #[serde(default)]
    pub(super) fix: Vec<String>,
    #[serde(default)]
    pub(super) fix_soft: bool,
    #[serde(default)]
    pub(super) no_flips: bool,
    #[serde(default)]
    pub(super) spacing: f64,
    /// Overrides such as "sa.workers=4".
    #[serde(default)]
    pub(super) set: Vec<String>,
    /// Patterns of the designs it runs on; all where there is none.
    #[serde(default)]
    pub(super) designs: Vec<String>,
    /// Seeds, instead of the suite's.
    pub(super) seeds: Option<Vec<u64>>,
    /// The policy of the method `policy`, and of starts from it.
    pub(super) policy: Option<String>,
    /// Placements it draws.
    pub(super) samples: Option<usize>,
    /// The command, where it is not `flagstone place`.
    #[serde(skip)]
    pub(super) command: Option<String>,
}

pub(super) fn refine() -> String {
    "refine".to_owned()
}

impl Suite {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::read(path, error))?;
        let wrong = |what: String| Failure::Usage(format!("{}: {what}", path.display()));
        let suite: Self =
            toml::from_str(&text).map_err(|error| wrong(with_hint(&error.to_string())))?;
        suite.check().map_err(wrong)?;
        Ok(suite)
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        let designs = self.designs.iter().map(|design| ("design", &design.name));
        let methods = self.methods.iter().map(|method| ("method", &method.name));
        for (kind, name) in designs.chain(methods) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
                let allowed = "letters, digits, '.', '_' and '-'";
                return Err(format!("{kind} {name:?}: a name may have {allowed}"));
            }
            if !seen.insert((kind, name)) {
                return Err(format!("there are two {kind}s {name:?}"));
            }
        }
        let own = self.methods.iter().filter_map(|method| method.seeds.as_ref());
        for seeds in own.chain([&self.seeds]) {
            // A seed listed twice would be run and counted twice.
            let mut seen = BTreeSet::new();
            if let Some(seed) = seeds.iter().find(|seed| !seen.insert(**seed)) {
                return Err(format!("seed {seed} is listed twice"));
            }
        }
        let unclear = |design: &&DesignEntry| design.netlist.is_some() == design.generate.is_some();
        match self.designs.iter().find(unclear) {
            Some(design) => {
                Err(format!("design {:?}: expected either netlist or generate", design.name))
            }
            None => Ok(()),
        }
    }

    /// Design, method and seed of every cell, in order.
    pub(super) fn cells(&self) -> Vec<(usize, usize, u64)> {
        let mut cells = Vec::new();
        for (d, design) in self.designs.iter().enumerate() {
            for (m, method) in self.methods.iter().enumerate() {
                let named = |pattern: &String| matches(pattern, &design.name);
                if method.designs.is_empty() || method.designs.iter().any(named) {
                    let seeds = method.seeds.as_ref().unwrap_or(&self.seeds);
                    cells.extend(seeds.iter().map(|&seed| (d, m, seed)));
                }
            }
        }
        cells
    }
}

impl Recipe {
    /// Arguments of `flagstone generate`.
    pub(super) fn arguments(&self, folder: &Path) -> Vec<String> {
        let Self { hard_macros, soft_macros, ports, nets, utilization, seed } = self;
        let mut arguments = vec!["generate".to_owned(), folder.display().to_string()];
        for (name, value) in [
            ("--hard-macros", hard_macros.to_string()),
            ("--soft-macros", soft_macros.to_string()),
            ("--ports", ports.to_string()),
            ("--nets", nets.to_string()),
            ("--utilization", utilization.to_string()),
            ("--seed", seed.to_string()),
        ] {
            arguments.extend([name.to_owned(), value]);
        }
        arguments
    }
}

impl MethodEntry {
    /// Arguments of `flagstone place`.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--method".to_owned(), self.method.clone()];
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                arguments.extend([name.to_owned(), value]);
            }
        };
        add("--effort", self.effort.clone());
        add("--budget", self.budget.map(|budget| budget.to_string()));
        add("--seconds", self.seconds.map(|seconds| seconds.to_string()));
        add("--cpu-seconds", self.cpu_seconds.map(|seconds| seconds.to_string()));
        add("--from", self.from.clone());
        add("--policy", self.policy.clone());
        add("--samples", self.samples.map(|samples| samples.to_string()));
        add("--spacing", (self.spacing > 0.0).then(|| self.spacing.to_string()));
        self.fix.iter().for_each(|pattern| add("--fix", Some(pattern.clone())));
        self.set.iter().for_each(|set| add("--set", Some(set.clone())));
        for (flag, on) in [
            ("--refine", self.refine),
            ("--fix-soft", self.fix_soft),
            ("--no-flips", self.no_flips),
        ] {
            if on {
                arguments.push(flag.to_owned());
            }
        }
        arguments
    }
}

/// Overrides as `key=value`.
pub(super) fn sets(settings: &Settings) -> Result<Vec<String>, Failure> {
    fn flatten(table: &Table, prefix: &str, into: &mut Vec<String>) {
        for (key, value) in table {
            match value {
                Value::Table(inner) => flatten(inner, &format!("{prefix}{key}."), into),
                value => into.push(format!("{prefix}{key}={value}")),
            }
        }
    }
    let table = Table::try_from(settings).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut sets = Vec::new();
    flatten(&table, "", &mut sets);
    Ok(sets)
}

/// A path of the suite file, seen from the suite's folder. Parts of a netlist stay joined by commas.
pub(super) fn resolved(suite: &Path, path: &str) -> String {
    let folder = suite.parent().unwrap_or(Path::new(""));
    let part = |part: &str| -> String {
        let path: PathBuf = folder.join(part);
        path.display().to_string()
    };
    path.split(',').map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_follow_patterns_and_seeds() {
        let suite: Suite = toml::from_str(
            "seeds = [1, 2]\n\
             [[design]]\nname = \"a1\"\nnetlist = \"x\"\n\
             [[design]]\nname = \"b1\"\nnetlist = \"y\"\nsettings = { columns = 9, weights = { density = 1.0 } }\n\
             [[method]]\nname = \"quick\"\neffort = \"quick\"\n\
             [[method]]\nname = \"sa\"\nmethod = \"sa\"\nbudget = 10\ndesigns = [\"a*\"]\nseeds = [7]\n",
        )
        .unwrap();
        suite.check().unwrap();
        let expected = vec![(0, 0, 1), (0, 0, 2), (0, 1, 7), (1, 0, 1), (1, 0, 2)];
        assert_eq!(suite.cells(), expected);
        assert_eq!(suite.methods[1].arguments(), ["--method", "sa", "--budget", "10"]);
        let mut sets = sets(&suite.designs[1].settings).unwrap();
        sets.sort();
        assert_eq!(sets[..2], ["columns=9", "weights.congestion=0.5"]);
        assert_eq!(resolved(Path::new("s/t/x.toml"), "../n,m"), "s/t/../n,s/t/m");
    }

    #[test]
    fn wrong_suites_are_refused() {
        let check = |designs: &str| {
            let method = "[[method]]\nname = \"quick\"\n";
            let suite: Suite = toml::from_str(&format!("{designs}{method}")).unwrap();
            suite.check().unwrap_err()
        };
        let two = "[[design]]\nname = \"a\"\nnetlist = \"x\"\n".repeat(2);
        assert!(check(&two).contains("two designs"), "{}", check(&two));
        assert!(check("[[design]]\nname = \"../a\"\nnetlist = \"x\"\n").contains("a name may"));
        let twice = "seeds = [1, 2, 1]\n[[design]]\nname = \"a\"\nnetlist = \"x\"\n";
        assert!(check(twice).contains("seed 1 is listed twice"), "{}", check(twice));
        assert!(check("[[design]]\nname = \"a\"\n").contains("either netlist or generate"));
    }
}
