//! `flagstone place` as a user meets it: methods, rules, and what an interruption leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{TOY, flagstone, json, ring_files, stderr, text};

const MEDIUM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/netlists/medium");

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
fn a_grid_too_large_for_the_policy_is_placed_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let sets = [
        "columns=129",
        "rows=10",
        "refine.policy_cells_per_move=1000",
        "refine.analytic.spread_steps=10",
        "refine.analytic.shape_steps=10",
    ];
    let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
    let (output, _) = place(folder.path(), "fine", &sets);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(json(&output)["legal"], true);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let args = ["place", TOY, "--out", text(&out), "--dry-run", "--json"];
    let plan = json(&flagstone(&args));
    assert_eq!((&plan["movable_hard_macros"], &plan["method"]), (&8.into(), &"refine".into()));
    assert!(!out.exists(), "nothing is written");
    let coarse = [&args[..], &["--set", "columns=2", "--set", "rows=2"]].concat();
    let refused = flagstone(&coarse);
    assert_eq!(refused.status.code(), Some(4), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("macro \"bank_0/ram_"), "{}", stderr(&refused));
}

#[test]
fn a_dry_run_names_the_files_of_every_seed_and_refuses_what_the_run_would() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["place", TOY, "--out", text(folder.path()), "--dry-run", "--json"];
    let seeds = [&args[..], &["--seeds", "1..2"]].concat();
    let plan = json(&flagstone(&seeds));
    let of = |seed: &str| folder.path().join(seed).join("toy.plc");
    for seed in ["seed-1", "seed-2"] {
        let named = plan["files"].as_array().unwrap().contains(&text(&of(seed)).into());
        assert!(named, "{plan}");
    }
    fs::create_dir(folder.path().join("seed-2")).unwrap();
    fs::write(of("seed-2"), "").unwrap();
    assert_eq!(flagstone(&seeds).status.code(), Some(2), "the run would not overwrite it");
    fs::write(folder.path().join("toy.svg"), "").unwrap();
    assert_eq!(flagstone(&args).status.code(), Some(2), "nor this");
    json(&flagstone(&[&args[..], &["--force"]].concat()));
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
fn a_budget_goes_before_an_effort_and_that_before_the_config() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("planned");
    let planned = |args: &[&str]| {
        let plan = [&["place", TOY, "--out", text(&out), "--dry-run", "--json"], args].concat();
        json(&flagstone(&plan))["budget"].as_u64().unwrap()
    };
    let set = ["--set", "refine.anneal.moves=1234"];
    assert_eq!(planned(&[]), 25_000_000);
    assert_eq!(planned(&set), 1234);
    assert_eq!(planned(&[&set[..], &["--effort", "quick"]].concat()), 2_000_000);
    assert_eq!(planned(&[&set[..], &["--effort", "quick", "--budget", "80"]].concat()), 80);
    let args = ["--method", "greedy", "--refine", "--budget", "80"];
    let report = json(&place(folder.path(), "greedy", &args).0);
    assert_eq!(report["moves"], 80, "the refiner's work is what --budget says");
}

#[test]
fn several_seeds_are_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    let method = ["place", TOY, "--method", "random", "--budget", "3", "--json", "--out"];
    let out = folder.path().join("out");
    let all = json(&flagstone(&[&method[..], &[text(&out), "--seeds", "1..3"]].concat()));
    let runs = all["runs"].as_array().unwrap();
    let proxies: Vec<f64> = runs.iter().map(|run| run["cost"]["proxy"].as_f64().unwrap()).collect();
    let mean = proxies.iter().sum::<f64>() / 3.0;
    assert!((all["proxy"]["mean"].as_f64().unwrap() - mean).abs() < 1e-12, "{all}");
    let best = proxies.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(all["proxy"]["best"], best);
    let alone = folder.path().join("alone");
    let one = json(&flagstone(&[&method[..], &[text(&alone), "--seed", "2"]].concat()));
    assert_eq!(one["cost"], runs[1]["cost"]);
    assert!(out.join("seed-2/toy.plc").exists());
    let wrong = flagstone(&[&method[..], &[text(&out), "--seeds", "3..1"]].concat());
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
}

#[test]
fn every_method_ends_legally() {
    let folder = tempfile::tempdir().unwrap();
    for method in ["policy", "random", "greedy", "force-directed", "sa", "wiremask-ea"] {
        let args = ["--method", method, "--budget", "200", "--spacing", "2"];
        let (output, out) = place(folder.path(), method, &args);
        let report = json(&output);
        assert_eq!((&report["overlaps"], &report["legal"]), (&0.into(), &true.into()), "{method}");
        let plc = out.join("toy.plc");
        let check = ["check", TOY, "--plc", text(&plc), "--spacing", "2"];
        assert_eq!(flagstone(&check).status.code(), Some(0), "{method}");
        let stages = report["stages"].as_array().unwrap();
        assert!(stages.iter().all(|stage| stage["stage"] != "refined"), "{report}");
    }
}

/// Node lines of a `.plc`: ordinal to the rest.
fn rows(plc: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(plc).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let split = |row: &str| row.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
    rows.filter_map(split).collect()
}

#[test]
fn rules_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (output, start) = place(folder.path(), "start", &["--method", "greedy"]);
    json(&output);
    let start = start.join("toy.plc");
    let args =
        ["--from", text(&start), "--fix-soft", "--no-flips", "--fix", "*ram_0", "--spacing", "1"];
    let (output, out) = place(folder.path(), "ruled", &args);
    let report = json(&output);
    assert_eq!(report["legal"], true, "{report}");
    let stages = report["stages"].as_array().unwrap();
    assert_eq!(stages[1]["stage"], "file");
    let (before, after) = (rows(&start), rows(&out.join("toy.plc")));
    let info = fs::read_to_string(Path::new(TOY).join("netlist.pb.txt")).unwrap();
    let names: Vec<&str> = info
        .lines()
        .filter_map(|line| line.trim().strip_prefix("name: \"")?.strip_suffix('"'))
        .filter(|name| *name != "__metadata__")
        .collect();
    let mut moved = 0;
    for ((ordinal, old), (_, new)) in before.iter().zip(&after) {
        let name = names[ordinal.parse::<usize>().unwrap()];
        let turned = |row: &str| row.split(' ').nth(2).map(str::to_owned);
        assert_eq!(turned(old), turned(new), "{name} is not mirrored");
        if !name.contains("ram_") || name.ends_with("ram_0") {
            assert_eq!(old, new, "{name} stays");
        }
        moved += usize::from(old != new);
    }
    assert!(moved > 0, "some macro moves");
    let typo = place(folder.path(), "typo", &["--fix", "no-such-macro"]).0;
    assert_eq!(typo.status.code(), Some(2), "{}", stderr(&typo));
    let nowhere = place(folder.path(), "nowhere", &["--from", "nowhere"]).0;
    assert_eq!(nowhere.status.code(), Some(2), "{}", stderr(&nowhere));
}

#[test]
fn a_time_limit_only_stops() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("limited");
    let args = ["place", TOY, "--budget", "100000000000", "--seconds", "0.7", "--json", "--out"];
    let begun = Instant::now();
    let report = json(&flagstone(&[&args[..], &[text(&out)]].concat()));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(
        (&report["stopped_by_limit"], &report["interrupted"]),
        (&true.into(), &false.into())
    );
    let trace = report["trace"].as_array().unwrap();
    let costs: Vec<f64> = trace.iter().map(|moment| moment[2].as_f64().unwrap()).collect();
    assert!(costs.windows(2).all(|pair| pair[1] < pair[0]), "{costs:?}");
}

fn endless(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_flagstone"))
        .args(["place", MEDIUM, "--budget", "100000000000", "--threads", "1", "--out", text(out)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for(path: &Path) {
    let begun = Instant::now();
    while !path.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} never came", path.display());
        std::thread::yield_now();
    }
}

/// Killed without warning at several moments after the first write, the file is always a whole,
/// legal placement that can be evaluated.
#[test]
fn a_killed_run_leaves_a_legal_placement() {
    let folder = tempfile::tempdir().unwrap();
    for (i, delay) in [0, 1, 3, 170, 2100, 2300].into_iter().enumerate() {
        let out = folder.path().join(i.to_string());
        let plc = out.join("medium.plc");
        let mut child = endless(&out);
        wait_for(&plc);
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let check = flagstone(&["check", MEDIUM, "--plc", text(&plc), "--json"]);
        assert_eq!(json(&check)["legal"], true, "after {delay} ms");
        json(&flagstone(&["eval", MEDIUM, "--plc", text(&plc), "--json"]));
    }
}

/// A termination signal or Ctrl-C ends the run early, with everything written.
#[cfg(unix)]
#[test]
fn a_signal_saves_everything() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let out = folder.path().join(signal);
        let mut child = endless(&out);
        wait_for(&out.join("medium.plc"));
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {signal}");
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let report = fs::read_to_string(out.join("medium.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!((&report["interrupted"], &report["legal"]), (&true.into(), &true.into()));
        let plc = out.join("medium.plc");
        let again = json(&flagstone(&["eval", MEDIUM, "--plc", text(&plc), "--json"]));
        assert_eq!(again["cost"], report["cost"]);
    }
}

/// A generated block of 6 hard macros, 12 soft macros and 8 ports.
fn made(folder: &Path) -> PathBuf {
    let design = folder.join("made");
    let size = ["--hard-macros", "6", "--soft-macros", "12", "--ports", "8", "--nets", "80"];
    let made = flagstone(&[&["generate", text(&design)][..], &size].concat());
    assert!(made.status.success(), "{}", stderr(&made));
    design
}

/// Generated blocks whose `.plc` has only a header, or no soft macros: what is written is what was
/// measured, from every start.
#[test]
fn soft_macros_without_a_row_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let design = made(folder.path());
    let plc = design.join("initial.plc");
    let whole = fs::read_to_string(&plc).unwrap();
    let header: String = whole.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
    let hard_only: String = whole
        .split_inclusive('\n')
        .filter(|line| line.starts_with('#') || !soft(&design).contains(&index(line)))
        .collect();
    for (given, plc_text) in [("header", header), ("hard", hard_only)] {
        fs::write(&plc, plc_text).unwrap();
        for start in ["given", "analytic", "scratch"] {
            let out = folder.path().join(format!("{given}-{start}"));
            let args = ["place", text(&design), "--out", text(&out), "--json", "--budget", "3000"];
            let report = json(&flagstone(&[&args[..], &["--from", start]].concat()));
            let file = out.join("made.plc");
            let fresh = ["eval", text(&design), "--plc", text(&file), "--json"];
            assert_eq!(json(&flagstone(&fresh))["cost"], report["cost"], "{given} {start}");
            assert_eq!(rows(&file).len(), 26, "{given} {start}");
        }
    }
}

/// The number that a row of a `.plc` begins with.
fn index(row: &str) -> String {
    row.split(' ').next().unwrap_or_default().to_owned()
}

/// Rows of the soft macros of a generated design: those after its hard macros and ports.
fn soft(design: &Path) -> Vec<String> {
    let text = fs::read_to_string(design.join("netlist.pb.txt")).unwrap();
    let mut found = Vec::new();
    for (row, node) in text.split("node {").skip(1).enumerate() {
        if node.contains("\"MACRO\"") && node.contains("Grp_") {
            found.push(row.to_string());
        }
    }
    assert_eq!(found.len(), 12, "soft macros");
    found
}

#[test]
fn a_start_from_a_file_leaves_what_the_design_fixes_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let design = made(folder.path());
    let legal = folder.path().join("legal");
    let args = ["place", text(&design), "--out", text(&legal), "--json", "--budget", "3000"];
    json(&flagstone(&args));
    let whole = fs::read_to_string(legal.join("made.plc")).unwrap();
    // The first hard macro is fixed where it stands.
    let initial = fs::read_to_string(design.join("initial.plc")).unwrap();
    let first = index(initial.lines().find(|line| line.ends_with(" N 0")).unwrap());
    let movable = whole.lines().find(|line| index(line) == first).unwrap().to_owned();
    let words: Vec<&str> = movable.split(' ').collect();
    let row = |orientation: &str| format!("{} {} {} {orientation} 1", words[0], words[1], words[2]);
    let (own, other) = (words[3], if words[3] == "FS" { "N" } else { "FS" });
    let plc = design.join("initial.plc");
    fs::write(&plc, whole.replace(&movable, &row(own))).unwrap();
    let placed = |from: &str, name: &str| {
        let file = folder.path().join(format!("{name}.plc"));
        fs::write(&file, from).unwrap();
        let out = folder.path().join(name);
        let args = ["place", text(&design), "--out", text(&out), "--json", "--budget", "3000"];
        let report = json(&flagstone(&[&args[..], &["--from", text(&file)]].concat()));
        assert_eq!(report["legal"], true, "{name}");
        fs::read_to_string(out.join("made.plc")).unwrap()
    };
    let turned = placed(&whole.replace(&movable, &row(other)), "turned");
    assert!(turned.lines().any(|line| line == row(own)), "{turned}");
    let without = placed(&whole.replace(&format!("{movable}\n"), ""), "without");
    assert!(without.lines().any(|line| line == row(own)), "{without}");
}

#[test]
fn a_run_that_cannot_end_well_is_told_so_at_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be.
    fs::write(folder.path().join("file"), "").unwrap();
    let begun = Instant::now();
    let out = folder.path().join("file/x");
    let args = ["place", TOY, "--out", text(&out), "--budget", "100000000000"];
    assert_eq!(flagstone(&args).status.code(), Some(5));
    // One of several seeds has results already.
    fs::create_dir_all(folder.path().join("seeds/seed-3")).unwrap();
    fs::write(folder.path().join("seeds/seed-3/toy.plc"), "").unwrap();
    let (refused, out) =
        place(folder.path(), "seeds", &["--seeds", "1..3", "--budget", "100000000000"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(!out.join("seed-1/toy.plc").exists());
    assert!(begun.elapsed() < Duration::from_secs(60), "nothing was searched");
}

#[test]
fn results_of_an_earlier_run_do_not_stand_for_one_that_found_none() {
    let folder = tempfile::tempdir().unwrap();
    let (first, out) = place(folder.path(), "out", &[]);
    json(&first);
    assert!(out.join("toy.plc").exists());
    let (none, _) = place(folder.path(), "out", &["--force", "--spacing", "1e9"]);
    assert_eq!(none.status.code(), Some(4), "{}", stderr(&none));
    for end in ["plc", "svg", "json"] {
        assert!(!out.join(format!("toy.{end}")).exists(), "{end}");
    }
}

#[test]
fn a_folder_that_is_read_from_is_not_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let design = made(folder.path());
    let plc = design.join("made.plc");
    fs::rename(design.join("initial.plc"), &plc).unwrap();
    let before = fs::read(&plc).unwrap();
    for given in [vec![text(&design)], vec![text(&design), "--plc", text(&plc)]] {
        let args = ["--out", text(&design), "--force", "--spacing", "1e9"];
        let none = flagstone(&[&["place"][..], &given, &args].concat());
        assert_eq!(none.status.code(), Some(4), "{}", stderr(&none));
        assert_eq!(fs::read(&plc).unwrap(), before);
    }
}

/// The DEF's grid is 0.5 µm, 50 of its units; the spacings are no multiples of it, and with most of
/// these seeds some macros end as near as they may.
#[test]
fn spaced_macros_of_a_def_stand_on_the_manufacturing_grid() {
    let folder = tempfile::tempdir().unwrap();
    let (lef, def) = ring_files(folder.path());
    let out = folder.path().join("out");
    let args = ["place", text(&lef), text(&def), "--out", text(&out), "--json"];
    for (seed, spacing) in [("1", "1.3"), ("2", "19.3"), ("1", "5.3"), ("3", "24.3")] {
        let spaced = ["--spacing", spacing, "--budget", "20000", "--seed", seed, "--force"];
        let report = json(&flagstone(&[&args[..], &spaced].concat()));
        assert_eq!(report["legal"], true, "{report}");
        let placed = out.join("ring.def");
        let check = ["check", text(&lef), text(&placed), "--spacing", spacing];
        assert_eq!(flagstone(&check).status.code(), Some(0), "seed {seed}");
        let written = fs::read_to_string(&placed).unwrap();
        let rams: Vec<&str> = written.lines().filter(|line| line.starts_with("- r[")).collect();
        assert_eq!(rams.len(), 4);
        for ram in rams {
            let numbers: Vec<i64> = ram.split(' ').filter_map(|word| word.parse().ok()).collect();
            assert!(numbers[..2].iter().all(|at| at % 50 == 0), "{ram}");
        }
    }
}
