use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const TOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/netlists/toy");

fn flagstone(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flagstone")).args(args).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn eval_prints_the_terms_and_what_they_add_up_to() {
    let report = json(&flagstone(&["eval", TOY, "--json"]));
    let term = |name: &str| report["cost"][name].as_f64().unwrap();
    let sum = term("wirelength") + 0.5 * term("density") + 0.5 * term("congestion");
    assert!((term("proxy") - sum).abs() < 1e-12, "{report}");
    assert_eq!(report["weights"]["wirelength"], 1.0);
    assert_eq!(report["settings"]["columns"], 12);
    assert_eq!(report["legal"], false);
    let set = ["eval", TOY, "--json", "--set", "columns=9", "--set", "weights.density=1.0"];
    let report = json(&flagstone(&set));
    assert_eq!(report["settings"]["columns"], 9);
    assert_eq!(report["weights"]["density"], 1.0);
}

#[test]
fn info_counts() {
    let report = json(&flagstone(&["info", TOY, "--json"]));
    assert_eq!(report["hard_macros"], 8);
    assert_eq!(report["soft_macros"], 24);
    assert_eq!(report["ports"], 24);
    assert_eq!(report["nets"], 160);
}

#[test]
fn an_illegal_placement_is_a_no() {
    assert_eq!(flagstone(&["check", TOY]).status.code(), Some(1));
    assert_eq!(flagstone(&["eval", TOY, "--max-cost", "0.1"]).status.code(), Some(1));
}

#[test]
fn wrong_paths_and_arguments_are_told_apart() {
    let missing = flagstone(&["eval", "/no/such/netlist.pb.txt"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(stderr(&missing).contains("/no/such/netlist.pb.txt"), "{}", stderr(&missing));
    assert_eq!(flagstone(&["evil"]).status.code(), Some(2));
    assert_eq!(flagstone(&["eval", TOY, "--set", "colums=9"]).status.code(), Some(2));
    assert_eq!(flagstone(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_truncated_netlist_is_refused_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(Path::new(TOY).join("netlist.pb.txt")).unwrap();
    let path = folder.path().join("cut.pb.txt");
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let output = flagstone(&["info", text(&path)]);
    assert_eq!(output.status.code(), Some(3));
    let message = stderr(&output);
    assert!(message.contains("cut.pb.txt:") && message.contains(": error: "), "{message}");
}

fn place(folder: &Path, name: &str, extra: &[&str]) -> (Output, PathBuf) {
    let out = folder.join(name);
    let mut args = vec!["place", TOY, "--out", text(&out), "--json", "--config"];
    let config = folder.join("config.toml");
    fs::write(&config, "[refine.anneal]\nmoves = 4000\n").unwrap();
    args.push(text(&config));
    args.extend(extra);
    (flagstone(&args), out)
}

#[test]
fn place_is_legal_repeatable_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let (first, out) = place(folder.path(), "one", &["--threads", "1"]);
    let report = json(&first);
    assert_eq!((&report["overlaps"], &report["legal"]), (&0.into(), &true.into()));
    let stages = report["stages"].as_array().unwrap();
    let proxy = |stage: &Value| stage["cost"]["proxy"].as_f64().unwrap();
    assert_eq!(stages.len(), 4);
    assert!(proxy(&stages[3]) < proxy(&stages[2]), "refining helps: {report}");
    let plc = out.join("toy.plc");
    let evaluated = json(&flagstone(&["eval", TOY, "--plc", text(&plc), "--json"]));
    assert_eq!(evaluated["cost"], report["cost"], "what is written is what was measured");
    let (second, other) = place(folder.path(), "two", &["--threads", "2"]);
    json(&second);
    let body = |path: &Path| -> Vec<String> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(String::from).collect()
    };
    assert_eq!(body(&plc), body(&other.join("toy.plc")), "one and two threads agree");
    let (again, _) = place(folder.path(), "one", &[]);
    assert_eq!(again.status.code(), Some(2), "nothing is overwritten without --force");
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
}

#[test]
fn every_method_ends_legally() {
    let folder = tempfile::tempdir().unwrap();
    for method in ["random", "greedy", "force-directed", "anneal"] {
        let report = json(&place(folder.path(), method, &["--method", method]).0);
        assert_eq!(report["overlaps"], 0, "{method}");
    }
}

#[test]
fn render_writes_both_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("a.svg");
    let png = folder.path().join("a.png");
    for path in [&svg, &png] {
        let output = flagstone(&["render", TOY, "--out", text(path), "--heat", "density"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"), "an SVG file");
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG"), "a PNG file");
    let output = flagstone(&["render", TOY, "--out", text(&svg)]);
    assert_eq!(output.status.code(), Some(2), "nothing is overwritten without --force");
}

/// A run stopped after its second iteration and resumed writes the checkpoint that a run of four
/// iterations writes.
#[test]
fn training_resumes_to_the_same_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let train = |name: &str, iterations: &str| {
        let out = folder.path().join(name);
        let episodes = ["--set", "train.episodes=4", "--set", "train.epochs=1"];
        let mut args = vec!["train", TOY, "--out", text(&out), "--iterations", iterations];
        args.extend(episodes);
        let output = flagstone(&args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        out
    };
    let whole = train("whole", "4");
    let half = train("half", "2");
    let resumed = flagstone(&["train", "--resume", text(&half), "--iterations", "4"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    let last = |run: &Path| fs::read(run.join("checkpoint/last.safetensors")).unwrap();
    assert!(last(&whole) == last(&half), "the checkpoints differ");
    let lines = fs::read_to_string(half.join("log.jsonl")).unwrap().lines().count();
    assert_eq!(lines, 4);
    let again = flagstone(&["train", TOY, "--out", text(&whole)]);
    assert_eq!(again.status.code(), Some(2), "a run is not overwritten without --force");
}

#[test]
fn the_printed_defaults_are_a_valid_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let printed = flagstone(&["config", "--defaults"]);
    assert_eq!(printed.status.code(), Some(0));
    let path = folder.path().join("defaults.toml");
    fs::write(&path, &printed.stdout).unwrap();
    let merged = flagstone(&["config", "--config", text(&path)]);
    assert_eq!(merged.status.code(), Some(0), "{}", stderr(&merged));
}
