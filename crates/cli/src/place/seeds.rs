//! `place --seeds`: the same run with several seeds, and what they have in common.

use std::path::PathBuf;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::args::PlaceArgs;
use crate::failure::Failure;
use crate::{output, signal};

/// Seeds as on the command line: `1..8` with both ends, or `1,4,9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Vec<u64>);

/// Seeds of one command at most.
const MOST: u64 = 1_000;

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("expected two seeds as in 1..8, or seeds between commas, got {text:?}");
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
        if let Some((first, last)) = text.split_once("..") {
            let (first, last) = (number(first)?, number(last.trim_start_matches('='))?);
            if first > last || last - first >= MOST {
                return Err(format!(
                    "{first}..{last}: expected 1 to {MOST} seeds, the first one first"
                ));
            }
            return Ok(Self((first..=last).collect()));
        }
        let mut seeds = text.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
        seeds.sort_unstable();
        seeds.dedup();
        Ok(Self(seeds))
    }
}

/// Places once with each seed, each into a folder of its own.
pub(super) fn run(args: &PlaceArgs, seeds: &[u64]) -> Result<(), Failure> {
    refuse_existing(args, seeds)?;
    let (mut reports, mut proxies, mut illegal) = (Vec::new(), Vec::new(), None);
    for &seed in seeds {
        let own = PlaceArgs { seed, seeds: None, ..args.clone() };
        let (report, verdict) = match super::one(&own, Some(seed)) {
            // Another seed may find a place for everything.
            Err(failure @ Failure::Infeasible(_)) => {
                output::note(&format!("seed {seed}: {}", failure.message().unwrap_or_default()));
                illegal = illegal.or(Some(failure));
                continue;
            }
            other => other?,
        };
        let proxy = report["cost"]["proxy"].as_f64().unwrap_or(f64::NAN);
        if !args.json {
            output::say(&format!("seed {seed}: proxy {proxy:.6}"))?;
        }
        proxies.push((proxy, seed));
        reports.push(report);
        illegal = illegal.or(verdict.err());
        if signal::interrupted() {
            break;
        }
    }
    if proxies.is_empty()
        && let Some(failure) = illegal
    {
        return Err(failure);
    }
    let summary = summary(&proxies, reports);
    output::metrics("place", &summary["proxy"])?;
    if args.json {
        output::json(&summary)?;
    } else {
        let of = |key: &str| summary["proxy"][key].as_f64().unwrap_or(f64::NAN);
        output::say(&format!(
            "{} seeds: proxy {:.6} ± {:.6}, best {:.6} with seed {}",
            proxies.len(),
            of("mean"),
            of("deviation"),
            of("best"),
            summary["proxy"]["best_seed"],
        ))?;
    }
    match illegal {
        _ if signal::interrupted() => Err(Failure::Interrupted),
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// Refuses to overwrite the results of any seed, before the first one is run.
fn refuse_existing(args: &PlaceArgs, seeds: &[u64]) -> Result<(), Failure> {
    let (_, design, is_flat) = super::loaded(args)?;
    seeds.iter().try_for_each(|&seed| {
        output::refuse_existing(&super::files(args, &design, is_flat, Some(seed)), args.force)
    })
}

/// Mean, standard deviation of a sample and best, with the reports of all seeds.
fn summary(proxies: &[(f64, u64)], reports: Vec<Value>) -> Value {
    let n = proxies.len() as f64;
    let mean = proxies.iter().map(|run| run.0).sum::<f64>() / n;
    let square = proxies.iter().map(|run| (run.0 - mean).powi(2)).sum::<f64>();
    let best = proxies.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    json!({
        "schema": output::SCHEMA,
        "proxy": {
            "mean": mean,
            "deviation": (square / (n - 1.0).max(1.0)).sqrt(),
            "best": best.map(|run| run.0),
            "best_seed": best.map(|run| run.1),
        },
        "runs": reports,
    })
}

/// Where the results of a seed go.
pub(super) fn folder(out: PathBuf, seed: Option<u64>) -> PathBuf {
    seed.map_or(out.clone(), |seed| out.join(format!("seed-{seed}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_a_list() {
        let of = |text: &str| text.parse::<Seeds>().map(|seeds| seeds.0);
        assert_eq!(of("1..4").unwrap(), [1, 2, 3, 4]);
        assert_eq!(of("7..=8").unwrap(), [7, 8]);
        assert_eq!(of("9, 4,4").unwrap(), [4, 9]);
        for wrong in ["", "4..1", "a", "1..", "0..5000", "-1"] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let found = summary(&[(1.0, 3), (2.0, 4), (3.0, 5)], Vec::new());
        assert_eq!(found["proxy"]["mean"], 2.0);
        assert_eq!(found["proxy"]["deviation"], 1.0);
        assert_eq!(found["proxy"]["best_seed"], 3);
        assert_eq!(summary(&[(1.0, 3)], Vec::new())["proxy"]["deviation"], 0.0);
    }
}
