//! Drawing and comparing from the command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::cli::{TOY, flagstone, json, stderr, text};

#[track_caller]
fn render(folder: &Path, name: &str, extra: &[&str]) -> PathBuf {
    let out = folder.join(name);
    let output = flagstone(&[&["render", TOY, "--out", text(&out)], extra].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    out
}

/// The toy's own placement, and one with two hard macros exchanged and one mirrored.
fn two_placements(folder: &Path) -> [PathBuf; 2] {
    let first = fs::read_to_string(Path::new(TOY).join("initial.plc")).unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in first.lines() {
        rows.push(line.split(' ').map(str::to_owned).collect());
    }
    let hard: Vec<usize> =
        (0..rows.len()).filter(|&row| rows[row].last().unwrap() == "0").collect();
    let macros: Vec<usize> =
        hard.into_iter().filter(|&row| rows[row][0].parse::<u32>().is_ok()).collect();
    let (a, b) = (macros[0], macros[1]);
    for column in [1, 2] {
        let other = rows[b][column].clone();
        rows[b][column] = std::mem::replace(&mut rows[a][column], other);
    }
    rows[a][3] = "FN".to_owned();
    let second: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
    let paths = ["one.plc", "two.plc"].map(|name| folder.join(name));
    fs::write(&paths[0], first).unwrap();
    fs::write(&paths[1], second.join("\n") + "\n").unwrap();
    paths
}

#[test]
fn every_heat_map_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for heat in ["density", "rudy", "horizontal", "vertical", "congestion", "pin-density"] {
        let csv = render(folder.path(), &format!("{heat}.csv"), &["--heat", heat]);
        let table = fs::read_to_string(csv).unwrap();
        assert!(table.lines().count() > 100, "{heat}: {table}");
        assert!(!seen.contains(&table), "{heat} equals another map");
        seen.push(table);
        let svg = render(folder.path(), &format!("{heat}.svg"), &["--heat", heat]);
        let svg = fs::read_to_string(svg).unwrap();
        assert!(svg.contains("image-rendering=\"pixelated\""), "{heat}");
    }
    let out = folder.path().join("none.csv");
    let output = flagstone(&["render", TOY, "--out", text(&out)]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn a_mask_needs_a_macro() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["render", TOY, "--heat", "mask", "--out"];
    let out = folder.path().join("m.csv");
    let output = flagstone(&[&args[..], &[text(&out)]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let some = flagstone(&[&args[..], &[text(&out), "--select", "*ram*"]].concat());
    assert_eq!(some.status.code(), Some(0), "{}", stderr(&some));
    let table = fs::read_to_string(out).unwrap();
    let values: Vec<&str> =
        table.lines().skip(2).filter_map(|line| line.rsplit(',').next()).collect();
    assert!(values.contains(&"0") && values.contains(&"1"), "{values:?}");
}

#[test]
fn pictures_show_what_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = two_placements(folder.path());
    let asked = [
        "--plc",
        text(&one),
        "--against",
        text(&two),
        "--highlight",
        "*ram_0=first",
        "--select",
        "*ram_1",
        "--pins",
        "--theme",
        "dark",
        "--area",
        "0,0,50,50",
    ];
    let svg = fs::read_to_string(render(folder.path(), "all.svg", &asked)).unwrap();
    for id in ["ghost", "arrows", "highlight", "flylines", "pins", "hard", "soft", "labels"] {
        assert!(svg.contains(&format!("<g id=\"{id}\">")), "no {id}");
    }
    assert!(svg.contains(">first</text>"), "the legend names the group");
    assert!(svg.contains("clip-path"), "cut to the area");
    let wrong = [("--select", "nobody"), ("--highlight", "x"), ("--area", "5,5,1,1")];
    for (flag, value) in wrong {
        let output =
            flagstone(&["render", TOY, flag, value, "--out", text(&folder.path().join("w.svg"))]);
        assert_eq!(output.status.code(), Some(2), "{flag} {value}: {}", stderr(&output));
    }
}

fn diff(args: &[&str]) -> Output {
    flagstone(&[&["diff"], args].concat())
}

#[test]
fn diff_lists_moves_and_what_they_cost() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = two_placements(folder.path());
    let (one, two) = (text(&one), text(&two));
    let same = diff(&[one, one, "--netlist", TOY]);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));
    let markers = folder.path().join("moved.lyrdb");
    let output = diff(&[
        one,
        two,
        "--netlist",
        TOY,
        "--json",
        "--sort",
        "proxy",
        "--markers",
        text(&markers),
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cost = |which: &str, term: &str| report["cost"][which][term].as_f64().unwrap();
    for term in ["wirelength", "density", "congestion", "proxy"] {
        let delta = cost("second", term) - cost("first", term);
        assert!((cost("delta", term) - delta).abs() < 1e-12, "{term}: {report}");
    }
    let second = json(&flagstone(&["eval", TOY, "--plc", two, "--json"]));
    assert_eq!(second["cost"]["proxy"].as_f64(), Some(cost("second", "proxy")));
    let changes = report["changes"].as_array().unwrap();
    let size = |change: &serde_json::Value| change["delta"]["proxy"].as_f64().unwrap().abs();
    assert!(changes.is_sorted_by(|a, b| size(a) >= size(b)), "{changes:?}");
    let text = fs::read_to_string(markers).unwrap();
    assert_eq!(text.matches("<item>").count(), report["differ"].as_u64().unwrap() as usize);
    let table = diff(&[one, two, "--netlist", TOY]);
    assert_eq!(table.status.code(), Some(1), "{}", stderr(&table));
    let lost = diff(&[one, two]);
    assert_eq!(lost.status.code(), Some(2), "no netlist is beside them: {}", stderr(&lost));
    assert!(String::from_utf8_lossy(&table.stdout).contains("total"), "the last line sums up");
}

#[test]
fn a_placement_is_recorded_and_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    let (record, out) = (folder.path().join("toy.jsonl"), folder.path().join("out"));
    let args = ["place", TOY, "--method", "policy", "--refine", "--budget", "2000", "--json"];
    let report =
        json(&flagstone(&[&args[..], &["--record", text(&record), "--out", text(&out)]].concat()));
    let lines = fs::read_to_string(&record).unwrap();
    let steps: Vec<serde_json::Value> =
        lines.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let chosen = steps.iter().filter(|step| !step["choice"].is_null()).count();
    assert_eq!(chosen, 8, "every macro of the episode has its choice");
    let last: f64 = steps.last().unwrap()["cost"][0].as_f64().unwrap();
    assert!((last - report["cost"]["wirelength"].as_f64().unwrap()).abs() < 1e-9, "{report}");
    let show = |name: &str, extra: &[&str]| {
        render(
            folder.path(),
            name,
            &[&["--replay", text(&record), "--width", "200"], extra].concat(),
        )
    };
    let start = |path: PathBuf| fs::read(path).unwrap()[..4].to_vec();
    assert_eq!(start(show("film.gif", &["--frames", "4"])), b"GIF8");
    assert_eq!(start(show("film.apng", &["--frames", "4", "--theme", "dark"])), b"\x89PNG");
    assert_eq!(start(show("step.png", &["--step", "2"])), b"\x89PNG");
    let frames = fs::read_dir(show("frames", &["--frames", "5"])).unwrap().count();
    assert_eq!(frames, 5);
    let far = flagstone(&["render", TOY, "--replay", text(&record), "--step", "9999"]);
    assert_eq!(far.status.code(), Some(2), "{}", stderr(&far));
    fs::write(&record, lines.replace("\"moved\":[[", "\"moved\":[[9")).unwrap();
    let broken = flagstone(&["render", TOY, "--replay", text(&record), "--out", "never.gif"]);
    assert_eq!(broken.status.code(), Some(3), "{}", stderr(&broken));
}
