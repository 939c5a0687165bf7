//! Many netlists to learn from: files, recipes of generated ones, and copies of both.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_design::Settings;
use flagstone_formats::lefdef::MacroRules;
use flagstone_formats::pbtxt::Missing;
use flagstone_netlist::generate::generate;
use flagstone_netlist::{Kind, Mirror, mirrored, rescaled};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::flat;
use crate::generate::{Counts, config};
use crate::load::{self, Design};
use crate::nearest::with_hint;
use crate::settings::RunConfig;

/// A corpus file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CorpusSpec {
    /// Designs to learn from.
    pub(crate) train: Vec<Entry>,
    /// Designs that are only evaluated.
    pub(crate) held_out: Vec<Entry>,
}

/// One netlist or one recipe, with the copies that are made of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Entry {
    /// A netlist, as on the command line; relative to the corpus file.
    pub(crate) netlist: Option<String>,
    /// Its placement, where it is not the one beside it.
    pub(crate) plc: Option<PathBuf>,
    /// Mirror images to add.
    pub(crate) mirror: Vec<MirrorSpec>,
    /// Factors of rescaled copies to add.
    pub(crate) rescale: Vec<f64>,
    /// Seeds of the partitioner: a flat netlist is clustered once with each.
    pub(crate) cluster_seeds: Vec<u64>,
    /// Netlists to make.
    pub(crate) generate: Option<Recipe>,
}

/// A way to mirror a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MirrorSpec {
    /// Up and down change places.
    X,
    /// Left and right change places.
    Y,
    /// Both.
    Both,
}

/// A number, or the two ends of a range to draw from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Span {
    /// Always this.
    One(f64),
    /// Between these, evenly on a logarithmic scale.
    Between([f64; 2]),
}

impl Span {
    fn draw(self, rng: &mut Pcg64Mcg) -> f64 {
        let share: f64 = rng.random();
        match self {
            Self::One(value) => value,
            Self::Between([low, high]) => low * (high / low).powf(share),
        }
    }

    fn check(self, name: &str, most: f64) -> Result<(), Failure> {
        let (low, high) = match self {
            Self::One(value) => (value, value),
            Self::Between([low, high]) => (low, high),
        };
        if low > 0.0 && low <= high && high <= most {
            return Ok(());
        }
        Err(Failure::Usage(format!("generate.{name}: expected 0 < low <= high <= {most}")))
    }
}

/// Netlists to generate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Recipe {
    /// How many.
    pub(crate) count: usize,
    /// Seed of the first; the others count up from it.
    pub(crate) seed: u64,
    /// Hard macros of each.
    pub(crate) hard_macros: Span,
    /// Soft macros for each hard macro.
    pub(crate) soft_per_hard: Span,
    /// Nets for each macro.
    pub(crate) nets_per_macro: Span,
    /// Ports of each.
    pub(crate) ports: Span,
    /// Share of the canvas that is covered.
    pub(crate) utilization: Span,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            count: 1,
            seed: 0,
            hard_macros: Span::Between([8.0, 64.0]),
            soft_per_hard: Span::Between([3.0, 8.0]),
            nets_per_macro: Span::Between([6.0, 14.0]),
            ports: Span::Between([24.0, 400.0]),
            utilization: Span::Between([0.45, 0.7]),
        }
    }
}

impl CorpusSpec {
    /// Reads a corpus file; its paths become relative to where the program runs.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::read(path, error))?;
        let mut spec: Self = toml::from_str(&text).map_err(|error| {
            Failure::Usage(format!("{}: {}", path.display(), with_hint(&error.to_string())))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for entry in spec.train.iter_mut().chain(&mut spec.held_out) {
            if let Some(netlist) = &mut entry.netlist {
                let parts = netlist.split(',').map(|part| folder.join(part).display().to_string());
                *netlist = parts.collect::<Vec<_>>().join(",");
            }
            if let Some(plc) = &mut entry.plc {
                *plc = folder.join(&plc);
            }
        }
        if spec.train.is_empty() {
            let text = format!("{}: there is no [[train]] entry", path.display());
            return Err(Failure::Usage(text));
        }
        Ok(spec)
    }

    /// The files it names.
    pub(crate) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let parts = |entry: &Entry| -> Vec<PathBuf> {
            let netlist = entry.netlist.iter().flat_map(|netlist| netlist.split(','));
            netlist.map(PathBuf::from).chain(entry.plc.clone()).collect()
        };
        self.train.iter().chain(&self.held_out).flat_map(parts)
    }

    /// All designs to learn from, and those that are only evaluated.
    pub(crate) fn designs(
        &self,
        config: &RunConfig,
    ) -> Result<(Vec<Design>, Vec<Design>), Failure> {
        let all = |entries: &[Entry]| -> Result<Vec<Design>, Failure> {
            let parts = entries.iter().map(|entry| entry.designs(config));
            Ok(parts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        };
        Ok((all(&self.train)?, all(&self.held_out)?))
    }
}

impl Entry {
    /// The designs of an entry, originals before their copies.
    fn designs(&self, config: &RunConfig) -> Result<Vec<Design>, Failure> {
        let mut designs = match (&self.netlist, &self.generate) {
            (Some(netlist), None) => self.read(netlist, config)?,
            (None, Some(recipe)) => recipe.designs(&config.settings)?,
            _ => {
                let text = "a corpus entry needs either netlist = \"...\" or generate = {...}";
                return Err(Failure::Usage(text.to_owned()));
            }
        };
        let mut copies = Vec::new();
        for design in &designs {
            copies.extend(self.mirror.iter().map(|&mirror| mirror_image(design, mirror)));
        }
        designs.extend(copies);
        let mut copies = Vec::new();
        for &factor in &self.rescale {
            if !(factor > 0.0 && factor.is_finite()) {
                return Err(Failure::Usage(format!("rescale: {factor} is no positive number")));
            }
            copies.extend(designs.iter().map(|design| rescaled_copy(design, factor)));
        }
        designs.extend(copies);
        Ok(designs)
    }

    fn read(&self, netlist: &str, config: &RunConfig) -> Result<Vec<Design>, Failure> {
        let inputs = [netlist.to_owned()];
        let design = load::design(
            &inputs,
            self.plc.as_deref(),
            &config.settings,
            &MacroRules::default(),
            Missing::Error,
        )?;
        let is_flat = design.netlist.nodes_of(Kind::StdCell).next().is_some();
        if !is_flat || self.cluster_seeds.is_empty() {
            return Ok(vec![flat::clustered(design, &config.cluster)?]);
        }
        let clustered = |&seed: &u64| {
            let mut cluster = config.cluster.clone();
            cluster.partition.seed = seed;
            let clustered = flat::clustered(design.clone(), &cluster)?;
            Ok(Design { name: format!("{}#{seed}", design.name), ..clustered })
        };
        self.cluster_seeds.iter().map(clustered).collect()
    }
}

fn mirror_image(design: &Design, mirror: MirrorSpec) -> Design {
    let (mirror, suffix) = match mirror {
        MirrorSpec::X => (Mirror::X, "x"),
        MirrorSpec::Y => (Mirror::Y, "y"),
        MirrorSpec::Both => (Mirror::Both, "xy"),
    };
    let Design { netlist, canvas, placement, .. } = design;
    let (canvas, placement) = mirrored(netlist, canvas, placement, mirror);
    Design { name: format!("{}|{suffix}", design.name), canvas, placement, ..design.clone() }
}

fn rescaled_copy(design: &Design, factor: f64) -> Design {
    let (netlist, canvas, placement) =
        rescaled(&design.netlist, &design.canvas, &design.placement, factor);
    let name = format!("{}*{factor}", design.name);
    Design { name, netlist: Arc::new(netlist), canvas, placement, ..design.clone() }
}

impl Recipe {
    fn designs(&self, settings: &Settings) -> Result<Vec<Design>, Failure> {
        const MOST: f64 = 1e5;
        if self.count == 0 {
            return Err(Failure::Usage("generate.count: expected at least 1".to_owned()));
        }
        self.hard_macros.check("hard_macros", MOST)?;
        self.soft_per_hard.check("soft_per_hard", MOST)?;
        self.nets_per_macro.check("nets_per_macro", MOST)?;
        self.ports.check("ports", MOST)?;
        self.utilization.check("utilization", 0.9)?;
        let seeds = (0..self.count as u64).map(|i| self.seed + i);
        Ok(seeds.map(|seed| self.design(seed, settings)).collect())
    }

    fn design(&self, seed: u64, settings: &Settings) -> Design {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let hard = self.hard_macros.draw(&mut rng).round().max(1.0);
        let soft = (hard * self.soft_per_hard.draw(&mut rng)).round();
        let nets = (hard + soft) * self.nets_per_macro.draw(&mut rng);
        let counts = Counts {
            hard_macros: hard as usize,
            soft_macros: soft as usize,
            ports: self.ports.draw(&mut rng).round() as usize,
            nets: nets.round() as usize,
            utilization: self.utilization.draw(&mut rng),
            seed,
        };
        let (netlist, mut canvas, placement) = generate(&config(&counts));
        settings.apply(&mut canvas);
        Design {
            netlist_path: format!("generated with seed {seed}"),
            weights: settings.weights.unwrap_or_default(),
            ..Design::new(format!("generated-{seed}"), netlist, canvas, placement)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Result<CorpusSpec, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("corpus.toml");
        fs::write(&path, text).unwrap();
        CorpusSpec::read(&path)
    }

    #[test]
    fn copies_multiply_and_have_names_of_their_own() {
        let text = "[[train]]\ngenerate = { count = 2, hard_macros = 6 }\nmirror = [\"y\", \"both\"]\n\
            rescale = [1.5]\n[[held_out]]\ngenerate = { seed = 9, hard_macros = [4, 8] }\n";
        let (train, held_out) = spec(text).unwrap().designs(&RunConfig::default()).unwrap();
        let mut names: Vec<&str> = train.iter().map(|design| design.name.as_str()).collect();
        assert_eq!(names.len(), 12);
        assert_eq!(names[0], "generated-0");
        assert!(names.contains(&"generated-1|xy*1.5"), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 12);
        let macros = |design: &Design| design.netlist.nodes_of(Kind::HardMacro).count();
        assert!(train.iter().all(|design| macros(design) == 6), "one number is that number");
        assert!((4..=8).contains(&macros(&held_out[0])), "a range is a range");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, what) in [
            ("", "no [[train]]"),
            ("[[train]]\nmirrr = []\n", "did you mean `mirror`?"),
            ("[[train]]\n", "either netlist"),
            ("[[train]]\ngenerate = { ports = [9, 2] }\n", "generate.ports"),
            ("[[train]]\ngenerate = { count = 0 }\n", "generate.count"),
            ("[[train]]\ngenerate = {}\nrescale = [-1.0]\n", "rescale"),
        ] {
            let found = spec(text).and_then(|spec| spec.designs(&RunConfig::default()).map(|_| ()));
            let failure = found.unwrap_err();
            assert!(failure.message().unwrap().contains(what), "{text:?}: {failure:?}");
            assert_eq!(failure.code(), 2);
        }
    }
}
