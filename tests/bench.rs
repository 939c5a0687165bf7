//! `flagstone bench`: resumed, checked, written in every form.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{TOY, flagstone, json, stderr, text};

fn suite(folder: &Path) -> String {
    let path = folder.join("tiny.toml");
    let text = format!(
        "seeds = [1, 2]\nthreads = 1\n\
         [[design]]\nname = \"toy\"\nnetlist = \"{TOY}\"\n\
         [[design]]\nname = \"toy-wide\"\nnetlist = \"{TOY}\"\n\
         settings = {{ width = 900.0, height = 500.0, columns = 14, weights = {{ density = 1.0 }} }}\n\
         [[design]]\nname = \"made\"\n\
         generate = {{ hard_macros = 6, soft_macros = 20, ports = 12, nets = 90, utilization = 0.5, seed = 4 }}\n\
         [[design]]\nname = \"absent\"\nnetlist = \"no-such-folder\"\n\
         [[method]]\nname = \"refine-2k\"\nbudget = 2000\nfrom = \"greedy\"\n\
         [[method]]\nname = \"sa\"\nmethod = \"sa\"\nbudget = 300\nno_flips = true\n\
         designs = [\"toy*\"]\nseeds = [5]\n"
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_suite_is_run_once_checked_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (suite, out) = (suite(folder.path()), folder.path().join("out"));
    let args = ["bench", suite.as_str(), "--out", text(&out), "--json"];
    let first = json(&flagstone(&[&args[..], &["--only", "toy/*", "--only", "made/*"]].concat()));
    assert_eq!(first["not_run"].as_array().unwrap().len(), 3, "{first}");
    let whole = flagstone(&args);
    let results = json(&whole);
    assert!(stderr(&whole).contains("1 of 3: toy-wide/refine-2k/1"), "{}", stderr(&whole));
    assert!(stderr(&whole).contains("absent: skipped"), "{}", stderr(&whole));
    assert_eq!(results["absent"], serde_json::json!(["absent"]));
    let rows = results["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row["confirmed"] == true), "{rows:?}");
    assert!(rows.iter().all(|row| row["gap"].as_f64().unwrap() > 0.0), "{rows:?}");
    assert_eq!((&rows[0]["seeds"], &rows[1]["seeds"]), (&2.into(), &1.into()));
    let cells = results["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 8);
    let wide = cells.iter().find(|cell| cell["design"] == "toy-wide").unwrap();
    let start = out.join("designs/toy-wide/start.plc");
    let header = fs::read_to_string(&start).unwrap();
    assert!(header.contains("# Columns : 14"), "{header}");
    assert!(header.contains("# Width : 900  Height : 500"), "{header}");
    let plc = wide["result"]["placement"].as_str().unwrap();
    let own = ["eval", TOY, "--plc", plc, "--set", "weights.density=1.0", "--json"];
    let own = json(&flagstone(&own))["cost"]["proxy"].as_f64().unwrap();
    assert!((own - wide["result"]["proxy"].as_f64().unwrap()).abs() < 1e-9, "{own} {wide}");
    for file in ["results.csv", "results.md", "results.json", "anytime-toy-moves.svg"] {
        assert!(fs::metadata(out.join(file)).unwrap().len() > 300, "{file}");
    }
    let again = flagstone(&args);
    assert_eq!(json(&again), results, "nothing is run again");
    assert!(!stderr(&again).contains(" of "), "{}", stderr(&again));
    let redone = flagstone(&[&args[..], &["--redo", "made/*/2"]].concat());
    assert!(stderr(&redone).contains("1 of 1: made/refine-2k/2"), "{}", stderr(&redone));
}

/// What a name stands for may change, and a cell that cannot be run is no success.
#[test]
fn another_design_under_the_same_name_is_run_again_and_a_failure_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("two.toml"), folder.path().join("out"));
    let suite = |hard_macros: u32, method: &str| {
        let lines = format!(
            "threads = 1\nseeds = [1]\n[[design]]\nname = \"made\"\n\
             generate = {{ hard_macros = {hard_macros}, soft_macros = 20, ports = 12, nets = 90, \
             utilization = 0.5, seed = 4 }}\n[[method]]\nname = \"m\"\n{method}\n"
        );
        fs::write(&path, lines).unwrap();
        flagstone(&["bench", text(&path), "--out", text(&out), "--json"])
    };
    let first = json(&suite(4, "budget = 1000"));
    let second = json(&suite(9, "budget = 1000"));
    assert_ne!(first["cells"][0]["result"]["proxy"], second["cells"][0]["result"]["proxy"]);
    assert_eq!(second["rows"][0]["confirmed"], true, "{second}");
    let spaced = json(&suite(20, "spacing = 3.0\nbudget = 20000"));
    assert_eq!(spaced["cells"][0]["result"]["legal"], true, "also in single precision: {spaced}");
    let failed = suite(9, "spacing = 1e9\nbudget = 1000");
    assert_eq!(failed.status.code(), Some(1), "{}", stderr(&failed));
    assert!(stderr(&failed).contains("without a placement: made/m/1"), "{}", stderr(&failed));
}

/// A cell that was under way when the bench was stopped is run again from its beginning.
#[cfg(unix)]
#[test]
fn a_cell_stopped_midway_is_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("long.toml"), folder.path().join("out"));
    let design = format!("[[design]]\nname = \"toy\"\nnetlist = \"{TOY}\"\n");
    let long = "[[method]]\nname = \"long\"\nbudget = 100000000000\n";
    let short = "[[method]]\nname = \"short\"\nbudget = 1000\n";
    fs::write(&path, format!("{design}{short}{long}")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_flagstone"))
        .args(["bench", text(&path), "--out", text(&out), "--threads", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !out.join("cells/toy/long/1/toy.plc").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the long cell never began");
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "kill -TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let results: Value =
        serde_json::from_slice(&fs::read(out.join("results.json")).unwrap()).unwrap();
    assert_eq!(results["not_run"], serde_json::json!(["toy/long/1"]));
    fs::write(&path, format!("{design}{short}{}", long.replace("100000000000", "2000"))).unwrap();
    let resumed = flagstone(&["bench", text(&path), "--out", text(&out), "--threads", "1"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    assert!(stderr(&resumed).contains("1 of 1: toy/long/1"), "{}", stderr(&resumed));
}

/// What a run of the protocol was made from may change: its settings, its design, its policy.
#[test]
fn what_the_learning_protocol_made_of_something_else_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("learning.toml"), folder.path().join("out"));
    let learn = |seed: u32, set: &str, more: &[&str]| {
        let made = |name: &str, seed: u32| {
            format!(
                "[[design]]\nname = \"{name}\"\ngenerate = {{ hard_macros = 4, soft_macros = 8, \
                 ports = 8, nets = 40, utilization = 0.5, seed = {seed} }}\n"
            )
        };
        let learning = format!(
            "seeds = [1]\nthreads = 1\n[learning]\nepisodes = 4\nsamples = 1\nrefine_moves = 100\n\
             set = [\"train.episodes=4\", \"train.epochs=1\"]\nscratch_set = [\"{set}\"]\n"
        );
        fs::write(&path, learning + &made("made", seed) + &made("other", 9)).unwrap();
        let args = ["bench", text(&path), "--protocol", "learning", "--out", text(&out), "--json"];
        flagstone(&[&args[..], more].concat())
    };
    let proxy = |results: &Value, method: &str| {
        let rows = results["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["design"] == "made" && row["method"] == method);
        let row = row.unwrap();
        assert_eq!(row["confirmed"], true, "{row}");
        row["mean"].as_f64().unwrap()
    };
    let plain = "train.temperature=1";
    let first = json(&learn(1, plain, &[]));
    let wrong = learn(1, "train.seedd=1", &[]);
    assert_eq!(wrong.status.code(), Some(5), "an old run is no result: {}", stderr(&wrong));
    assert!(stderr(&wrong).contains("unknown field `seedd`"), "{}", stderr(&wrong));
    let second = json(&learn(1, "train.network=maps", &[]));
    for method in ["scratch", "scratch-refined"] {
        assert_ne!(proxy(&first, method), proxy(&second, method), "{method}");
    }
    assert_eq!(proxy(&first, "fine-tuned"), proxy(&second, "fine-tuned"));
    let third = json(&learn(2, "train.network=maps", &["--only", "made/learning/*"]));
    assert_ne!(proxy(&third, "scratch"), proxy(&second, "scratch"), "another design");
    assert_eq!(third["not_run"], serde_json::json!([]), "finished parts of the other one stay");
    let taken = fs::read_to_string(&path).unwrap() + "[[method]]\nname = \"scratch\"\n";
    fs::write(&path, taken).unwrap();
    let args = ["bench", text(&path), "--protocol", "learning", "--out", text(&out)];
    let output = flagstone(&args);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("method \"scratch\""), "{}", stderr(&output));
}

#[test]
fn the_learning_protocol_runs_once_and_stands_beside_the_methods() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("learning.toml");
    let suite = format!(
        "seeds = [1, 2]\nthreads = 1\n\
         [learning]\nepisodes = 12\nsamples = 2\nrefine_moves = 500\n\
         set = [\"train.episodes=4\", \"train.epochs=1\"]\n\
         scratch_set = [\"train.temperature=0.9\"]\nfinetune_set = [\"train.temperature=0.4\"]\n\
         [[design]]\nname = \"toy\"\nnetlist = \"{TOY}\"\nsettings = {{ columns = 13 }}\n\
         [[method]]\nname = \"greedy\"\nmethod = \"greedy\"\nseeds = [1]\n"
    );
    fs::write(&path, suite).unwrap();
    let out = folder.path().join("out");
    let args = ["bench", text(&path), "--protocol", "learning", "--out", text(&out), "--json"];
    let results = json(&flagstone(&args));
    let rows = results["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["method"].as_str().unwrap()).collect();
    let learned = ["scratch", "scratch-refined", "fine-tuned", "fine-tuned-refined"];
    let expected = [&["greedy", "zero-shot", "zero-shot-refined"][..], &learned].concat();
    assert_eq!(names, expected);
    assert!(rows.iter().all(|row| row["confirmed"] == true), "{rows:?}");
    let mean = |name: &str| {
        rows.iter().find(|row| row["method"] == name).unwrap()["mean"].as_f64().unwrap()
    };
    assert!(mean("scratch-refined") < mean("scratch"), "the refiner helps: {rows:?}");
    let runs = results["learning"].as_array().unwrap();
    assert_eq!(runs.len(), 4);
    for run in runs {
        let curve = run["curve"].as_array().unwrap();
        assert_eq!((&run["reason"], curve.len()), (&"episodes".into(), 3));
        assert_eq!(curve[2]["episodes"], 12);
    }
    let table = fs::read_to_string(out.join("results.md")).unwrap();
    assert!(table.contains("| toy | 0.") || table.contains("| toy | 1."), "{table}");
    assert!(table.contains("Diverged, collapsed or dead: 0 of 4 runs."), "{table}");
    for picture in ["learning-toy-episodes.svg", "learning-toy-seconds.svg"] {
        let svg = fs::read_to_string(out.join(picture)).unwrap();
        assert!(svg.matches("<polyline").count() >= 3, "{picture}");
    }
    for (way, temperature) in [("scratch", 0.9), ("fine-tuned", 0.4)] {
        let config = fs::read_to_string(out.join(format!("cells/toy/{way}/1/run/config.toml")));
        let config: toml::Table = config.unwrap().parse().unwrap();
        assert_eq!(config["train"]["temperature"].as_float(), Some(temperature), "{way}");
    }
    let log = out.join("cells/toy/scratch/1/run/log.jsonl");
    let before = fs::read(&log).unwrap();
    let again = json(&flagstone(&[&args[..], &["--tables"]].concat()));
    assert_eq!(again["rows"], results["rows"], "what is finished is not run again");
    assert!(fs::read(&log).unwrap() == before, "the run is untouched");
}
