//! Runs that learn: their folder, their report, and that nothing ends them for good.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::cli::{TOY, flagstone, json, ring_files, stderr, text};

const SMALL: [&str; 6] =
    ["--set", "train.episodes=4", "--set", "train.epochs=1", "--set", "train.evaluate_samples=1"];

#[track_caller]
fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
}

fn train(out: &Path, extra: &[&str]) -> Output {
    flagstone(&[&["train", TOY, "--out", text(out)], &SMALL[..], extra].concat())
}

/// The lines of a log without what differs from run to run.
fn iterations(run: &Path) -> Vec<Value> {
    let log = fs::read_to_string(run.join("log.jsonl")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut lines: Vec<Value> = lines.filter(|line| line["event"] == "iteration").collect();
    for line in &mut lines {
        let fields = line.as_object_mut().unwrap();
        let timed = fields.remove("time").is_some() && fields.remove("energy").is_some();
        assert!(timed, "every iteration says how long it took and what it used");
    }
    lines
}

fn last(run: &Path) -> Vec<u8> {
    fs::read(run.join("checkpoint/last.safetensors")).unwrap()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_run_folder_holds_all_there_is_to_know() {
    let folder = tempfile::tempdir().unwrap();
    let (run, metrics) = (folder.path().join("run"), folder.path().join("metrics.json"));
    let options = ["--iterations", "5", "--json", "--metrics", text(&metrics)];
    let every = ["--set", "train.checkpoint_every=1", "--set", "train.evaluate_every=2"];
    let report = json(&train(&run, &[&options[..], &every].concat()));
    assert_eq!((&report["reason"], &report["episodes"]), (&"finished".into(), &20.into()));
    assert!(report["energy_joules"].as_f64().unwrap() > 0.0, "{report}");
    let flat: Value = serde_json::from_slice(&fs::read(&metrics).unwrap()).unwrap();
    assert_eq!(flat["train__best"], report["best"]);
    let found = names(&run);
    for name in ["config.toml", "log.jsonl", "best.plc", "best.svg", "report.html"] {
        assert!(found.iter().any(|found| found == name), "{name} in {found:?}");
    }
    let events = found.iter().filter(|name| name.starts_with("events.out.tfevents."));
    assert_eq!(events.count(), 1);
    let mut checkpoints = names(&run.join("checkpoint"));
    checkpoints.sort();
    assert_eq!(checkpoints.len(), 5, "the last three, the last and the best: {checkpoints:?}");
    assert_eq!(checkpoints[1], "iteration-00000003.safetensors");
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains("data:image/svg+xml;base64,") && page.contains("<polyline"), "curves");
    let table = flagstone(&["report", text(&run), "--csv"]);
    assert_eq!(String::from_utf8_lossy(&table.stdout).lines().count(), 6);
    let card = flagstone(&["report", text(&run), "--card"]);
    let card = String::from_utf8_lossy(&card.stdout).into_owned();
    assert!(card.contains("| episodes | 20, 0 of them infeasible |"), "{card}");
    assert!(card.contains("| greenhouse gases |") && card.contains("| toy | "), "{card}");
    let plc = run.join("best.plc");
    let best = ["eval", TOY, "--plc", text(&plc), "--json"];
    let (a, b) = (&json(&flagstone(&best))["cost"]["proxy"], &report["best"]);
    assert!((a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-5, "{a} {b}");
    let again = train(&run, &[]);
    assert_eq!(again.status.code(), Some(2), "a run is not overwritten without --force");
    let placed = folder.path().join("placed");
    let place = ["place", TOY, "--policy", text(&run), "--out", text(&placed), "--effort", "quick"];
    done(&flagstone(&place));
}

#[test]
fn training_resumes_to_the_same_checkpoint_and_log() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, half) = (folder.path().join("whole"), folder.path().join("half"));
    done(&train(&whole, &["--iterations", "4"]));
    done(&train(&half, &["--iterations", "2"]));
    done(&flagstone(&["train", "--resume", text(&half), "--iterations", "4"]));
    assert!(last(&whole) == last(&half), "the checkpoints differ");
    assert_eq!(iterations(&whole), iterations(&half));
    assert_eq!(iterations(&half).len(), 4);
    assert!(
        fs::read(whole.join("best.svg")).unwrap() == fs::read(half.join("best.svg")).unwrap(),
        "the best placements differ"
    );
}

#[test]
fn budgets_end_a_run_and_time_only_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let report = json(&train(&run, &["--episodes", "6", "--json"]));
    assert_eq!((&report["reason"], &report["iterations"]), (&"episodes".into(), &2.into()));
    let other = folder.path().join("other");
    let report = json(&train(&other, &["--minutes", "0", "--json", "--iterations", "2"]));
    assert_eq!((&report["reason"], &report["iterations"]), (&"time".into(), &1.into()));
    done(&flagstone(&["train", "--resume", text(&other)]));
    assert!(last(&run) == last(&other), "the clock must not change the result");
}

#[test]
fn a_spent_budget_stays_spent_until_it_is_raised() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    done(&train(&run, &["--episodes", "8"]));
    let ended = last(&run);
    let resume = ["train", "--resume", text(&run), "--json"];
    let report = json(&flagstone(&resume));
    assert_eq!((&report["reason"], &report["episodes"]), (&"episodes".into(), &8.into()));
    assert!(last(&run) == ended && iterations(&run).len() == 2, "nothing is played");
    let report = json(&flagstone(&[&resume[..], &["--episodes", "12"]].concat()));
    assert_eq!((&report["reason"], &report["iterations"]), (&"episodes".into(), &3.into()));
}

#[test]
fn what_cannot_be_placed_is_said_before_the_first_iteration() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let output = train(&run, &["--set", "columns=2", "--set", "rows=2"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("macro \"bank_0/ram_"), "{}", stderr(&output));
    assert!(!run.exists(), "nothing is begun");
    let plan = json(&train(&run, &["--dry-run", "--json"]));
    assert_eq!(plan["designs"][0]["hard_macros"], 8);
    assert!(plan["seconds_per_iteration"].as_f64().unwrap() > 0.0 && !run.exists(), "{plan}");
}

#[test]
fn mistakes_are_named_before_a_run_is_begun_or_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    for minutes in ["--minutes=-1", "--minutes=nan", "--minutes=1e300"] {
        let output = train(&run, &[minutes]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("--minutes") && !run.exists(), "{}", stderr(&output));
    }
    let empty = folder.path().join("empty.toml");
    fs::write(&empty, "[[train]]\ngenerate = { count = 0 }\n").unwrap();
    for extra in [&[][..], &["--dry-run"]] {
        let output = flagstone(&[&["pretrain", text(&empty), "--out", text(&run)], extra].concat());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("generate.count") && !run.exists());
    }
    let output = train(&run, &["--set", "train.gradient_norm=-1"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("train.gradient_norm") && !run.exists());
    let plan =
        json(&train(&run, &["--dry-run", "--json", "--iterations", "90", "--episodes", "6"]));
    assert_eq!(plan["iterations"], 2, "as many as the episodes last: {plan}");
    done(&train(&run, &["--iterations", "1", "--minutes=1e15"]));
    let before = last(&run);
    let output = train(&run, &["--force", "--minutes=-1"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(last(&run) == before && iterations(&run).len() == 1, "the run is as it was");
    let config = fs::read_to_string(run.join("config.toml")).unwrap();
    fs::write(run.join("config.toml"), config.replace(&format!("[{TOY:?}]"), "[]")).unwrap();
    let output = flagstone(&["train", "--resume", text(&run), "--iterations", "2"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("no design to learn from"), "{}", stderr(&output));
}

/// What a run has learned and found is of the netlist that it began with.
#[test]
fn a_run_is_not_resumed_on_another_netlist() {
    let folder = tempfile::tempdir().unwrap();
    let (netlist, run) = (folder.path().join("made"), folder.path().join("run"));
    let made = |counts: [&str; 2]| {
        let sizes = ["--hard-macros", counts[0], "--soft-macros", "6", "--nets", "40"];
        let options = ["--ports", "8", "--seed", counts[1], "--force"];
        done(&flagstone(&[&["generate", text(&netlist)], &sizes[..], &options].concat()));
    };
    made(["4", "1"]);
    let args = ["train", text(&netlist), "--out", text(&run), "--iterations", "2"];
    done(&flagstone(&[&args[..], &SMALL].concat()));
    let before = fs::read(run.join("log.jsonl")).unwrap();
    let resume = ["train", "--resume", text(&run), "--iterations", "3"];
    let refused = |why: &str| {
        let output = flagstone(&resume);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
        assert!(fs::read(run.join("log.jsonl")).unwrap() == before, "the run is as it was");
    };
    made(["4", "2"]);
    refused("is another than when the run began");
    // A run of before there were fingerprints.
    let config = fs::read_to_string(run.join("config.toml")).unwrap();
    let lines = config.lines().filter(|line| !line.starts_with("fingerprints"));
    fs::write(run.join("config.toml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    made(["3", "1"]);
    refused("the run's best placement");
    made(["4", "1"]);
    done(&flagstone(&resume));
}

/// What lies in a folder is not a run's to remove, nor is what the run reads.
#[test]
fn a_run_replaces_nothing_unasked_and_nothing_that_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let own = run.join("checkpoint/own.txt");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "own").unwrap();
    fs::write(run.join("best.plc"), "someone's").unwrap();
    let refused = train(&run, &[]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("best.plc is there already"), "{}", stderr(&refused));
    assert_eq!(names(&run).len(), 2, "nothing is begun");
    done(&train(&run, &["--force", "--iterations", "1"]));
    assert_eq!(fs::read(&own).unwrap(), b"own", "no file of a run");
    let (before, best) = (last(&run), run.join("best.plc"));
    let refused = train(&run, &["--force", "--plc", text(&best)]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("which the run reads"), "{}", stderr(&refused));
    assert!(last(&run) == before && best.exists(), "the run is as it was");
}

/// Logs, curves and tables tell designs by their names.
#[test]
fn designs_of_one_name_are_told_apart_and_known_judges_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (path, run) = (folder.path().join("corpus.toml"), folder.path().join("run"));
    let made = |macros: u32| {
        format!("generate = {{ hard_macros = {macros}, nets_per_macro = 6, ports = 8 }}\n")
    };
    let held_out = |macros| format!("[[held_out]]\n{}", made(macros));
    let corpus = format!("[[train]]\n{}{}{}", made(4), held_out(4), held_out(5));
    fs::write(&path, corpus).unwrap();
    let args = ["pretrain", text(&path), "--out", text(&run), "--iterations", "1"];
    let output = flagstone(&[&args[..], &SMALL, &["--set", "train.evaluate_every=1"]].concat());
    done(&output);
    let known = "generated-0 is held out, but learned from as generated-0";
    assert!(stderr(&output).contains(known), "{}", stderr(&output));
    assert!(!stderr(&output).contains("generated-0~2 is held out"), "{}", stderr(&output));
    let evaluations = &iterations(&run)[0]["evaluations"];
    assert_eq!(evaluations[0]["design"], "generated-0");
    assert_eq!(evaluations[1]["design"], "generated-0~2");
}

#[test]
fn a_sick_run_stops_with_an_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let sick = ["--set", "train.least_entropy=99", "--set", "train.collapse_patience=2"];
    let output = train(&folder.path().join("run"), &sick);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("train.entropy_coefficient"), "{}", stderr(&output));
}

#[test]
fn a_policy_that_has_settled_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let settled =
        ["--set", "train.least_entropy=99", "--set", "train.collapse_patience=2", "--json"];
    let within = ["--set", "train.converged_within=1"];
    let report = json(&train(&folder.path().join("run"), &[&settled[..], &within].concat()));
    assert_eq!((&report["reason"], &report["iterations"]), (&"converged".into(), &2.into()));
}

/// A corpus of small netlists with a held-out one.
fn corpus(folder: &Path) -> PathBuf {
    let path = folder.join("corpus.toml");
    let text = format!(
        "[[train]]\nnetlist = {TOY:?}\nmirror = [\"x\", \"both\"]\nrescale = [0.8]\n\
         [[train]]\ngenerate = {{ count = 2, seed = 3, hard_macros = [3, 6], ports = 20 }}\n\
         [[held_out]]\ngenerate = {{ seed = 50, hard_macros = 4, ports = 20 }}\n"
    );
    fs::write(&path, text).unwrap();
    path
}

const PRETRAIN: [&str; 8] = [
    "--iterations",
    "6",
    "--set",
    "train.checkpoint_every=1",
    "--set",
    "train.evaluate_every=2",
    "--set",
    "train.curriculum=4",
];

fn pretrain<'a>(corpus: &'a Path, run: &'a Path) -> Vec<&'a str> {
    [&["pretrain", text(corpus), "--out", text(run)][..], &SMALL, &PRETRAIN].concat()
}

#[test]
fn a_pretrained_policy_is_judged_on_held_out_designs_and_finetuned() {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, run) = (corpus(folder.path()), folder.path().join("run"));
    done(&flagstone(&pretrain(&corpus, &run)));
    let lines = iterations(&run);
    assert_eq!(lines[1]["evaluations"][0]["design"], "generated-50");
    assert!(lines[0]["score"].is_null() && lines[1]["score"].is_f64(), "{lines:?}");
    let designs = |line: &Value| line["designs"].as_array().unwrap().clone();
    assert!(!designs(&lines[0]).contains(&0.into()), "the curriculum begins with the small ones");
    let tuned = folder.path().join("tuned");
    let finetune = ["finetune", TOY, "--from", text(&run), "--out", text(&tuned)];
    let options = ["--iterations", "1", "--set", "train.temperature=0.3"];
    done(&flagstone(&[&finetune[..], &SMALL, &options].concat()));
    let config = fs::read_to_string(tuned.join("config.toml")).unwrap();
    let config: toml::Table = config.parse().unwrap();
    let number = |name: &str| config["train"][name].as_float().unwrap();
    assert_eq!(number("learning_rate"), 1e-3, "finetune's own default");
    assert_eq!(number("temperature"), 0.3, "what is asked for goes before finetune's default");
    let line = &iterations(&tuned)[0];
    assert_eq!((&line["episodes"], &line["total_episodes"]), (&4.into(), &4.into()));
    assert!(line["greedy_proxy"].as_f64() >= line["run_best"].as_f64(), "the policy's own: {line}");
    let start = fs::read(tuned.join("checkpoint/iteration-00000000.safetensors")).unwrap();
    let best = fs::read(run.join("checkpoint/best.safetensors")).unwrap();
    let parameters = |bytes: &[u8]| flagstone_policy::read(bytes).unwrap();
    assert!(parameters(&start) == parameters(&best), "it starts from the best policy");
    let wrong = flagstone(&["finetune", TOY, "--from", text(&corpus)]);
    assert_eq!(wrong.status.code(), Some(3), "{}", stderr(&wrong));
}

#[test]
fn a_corpus_is_clustered_as_one_netlist_is() {
    let folder = tempfile::tempdir().unwrap();
    ring_files(folder.path());
    let soft_macros = |args: &[&str]| {
        let plan = ["--dry-run", "--json", "--set", "cluster.free_parts=2"];
        let report = json(&flagstone(&[args, &SMALL, &plan].concat()));
        report["designs"][0]["soft_macros"].as_u64().unwrap()
    };
    let netlist = format!("{0}/cells.lef,{0}/ring.def", text(folder.path()));
    let alone = soft_macros(&["train", &netlist]);
    let corpus = folder.path().join("corpus.toml");
    for seeds in ["", "cluster_seeds = [1]\n"] {
        fs::write(&corpus, format!("[[train]]\nnetlist = \"cells.lef,ring.def\"\n{seeds}"))
            .unwrap();
        assert_eq!(soft_macros(&["pretrain", text(&corpus)]), alone, "{seeds}");
    }
}

#[test]
fn a_config_names_the_network_of_the_policy_it_starts_from() {
    let folder = tempfile::tempdir().unwrap();
    let (run, tuned) = (folder.path().join("run"), folder.path().join("tuned"));
    done(&train(&run, &["--iterations", "1", "--network", "maps"]));
    let finetune = ["finetune", TOY, "--from", text(&run), "--out", text(&tuned)];
    done(&flagstone(&[&finetune[..], &SMALL, &["--iterations", "1"]].concat()));
    let config = fs::read_to_string(tuned.join("config.toml")).unwrap();
    let config: toml::Table = config.parse().unwrap();
    assert_eq!(config["train"]["network"].as_str(), Some("maps"));
    let before = last(&tuned);
    let other = flagstone(&[&finetune[..], &["--network", "alphachip", "--force"]].concat());
    assert_eq!(other.status.code(), Some(2), "{}", stderr(&other));
    assert!(stderr(&other).contains("of the network maps"), "{}", stderr(&other));
    assert!(last(&tuned) == before, "the run is as it was");
}

#[test]
fn the_best_placement_of_a_design_with_cells_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    ring_files(folder.path());
    let run = folder.path().join("run");
    let files = ["cells.lef", "ring.def"].map(|name| folder.path().join(name));
    let train = ["train", &format!("{},{}", text(&files[0]), text(&files[1])), "--out", text(&run)];
    let report = json(&flagstone(&[&train, &SMALL[..], &["--iterations", "1", "--json"]].concat()));
    let best = ["best.pb.txt", "best.plc"].map(|name| run.join(name));
    let cost = json(&flagstone(&["eval", text(&best[0]), "--plc", text(&best[1]), "--json"]));
    let (a, b) = (cost["cost"]["proxy"].as_f64().unwrap(), report["best"].as_f64().unwrap());
    assert!((a - b).abs() < 1e-5, "{a} {b}");
}

/// Starts or resumes a run and kills it as soon as it has told of `lines` iterations.
fn killed_after(args: &[&str], lines: usize) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_flagstone"))
        .args(args)
        .arg("--verbose")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    told.filter(|line| line.starts_with("iteration")).take(lines).for_each(drop);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_run_resumes_to_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    done(&flagstone(&pretrain(&corpus, &whole)));
    killed_after(&pretrain(&corpus, &killed), 2);
    let resume = ["pretrain", "--resume", text(&killed)];
    for lines in [1, 2] {
        killed_after(&resume, lines);
        assert!(flagstone_ppo::Learner::from_bytes(&last(&killed)).is_ok(), "a whole checkpoint");
    }
    done(&flagstone(&resume));
    assert!(last(&whole) == last(&killed), "the checkpoints differ");
    assert_eq!(iterations(&whole), iterations(&killed));
}
