use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) const TOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/netlists/toy");

pub(crate) fn flagstone(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flagstone")).args(args).output().unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
pub(crate) fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn text(path: &Path) -> &str {
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
fn metrics_are_written_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = folder.path().join("metrics.json");
    for command in ["info", "eval", "check", "diff"] {
        let plc = format!("{TOY}/initial.plc");
        let inputs = if command == "diff" { vec![plc.as_str(), plc.as_str()] } else { vec![TOY] };
        flagstone(&[&[command], &inputs[..], &["--metrics", text(&metrics)]].concat());
        let flat: Value = serde_json::from_slice(&fs::read(&metrics).unwrap()).unwrap();
        let keys = flat.as_object().unwrap().keys();
        assert!(keys.len() > 1 && keys.clone().all(|key| key.starts_with(command)), "{flat}");
        fs::remove_file(&metrics).unwrap();
    }
    let picture = folder.path().join("a.svg");
    for command in ["convert", "render"] {
        let args = [command, TOY, "--out", text(&picture), "--metrics", text(&metrics)];
        let refused = flagstone(&args);
        assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
        assert!(!metrics.exists() && !picture.exists(), "{command} wrote something");
    }
}

#[test]
fn an_illegal_placement_is_a_no() {
    assert_eq!(flagstone(&["check", TOY]).status.code(), Some(1));
    assert_eq!(flagstone(&["eval", TOY, "--max-cost", "0.1"]).status.code(), Some(1));
    let no_number = flagstone(&["eval", TOY, "--max-cost", "nan"]);
    assert_eq!(no_number.status.code(), Some(2), "no cost is above that");
}

#[test]
fn what_is_no_length_is_no_spacing() {
    for option in ["--spacing=-5", "--spacing=nan", "--spacing=inf", "--tolerance=-1"] {
        let output = flagstone(&["check", TOY, option]);
        assert_eq!(output.status.code(), Some(2), "{option}: {}", stderr(&output));
    }
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
fn color_and_detail_are_asked_for() {
    let said = |extra: &[&str]| {
        let output = flagstone(&[&["eval", "/no/such/netlist.pb.txt"], extra].concat());
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        stderr(&output)
    };
    assert!(said(&[]).starts_with("error: "), "a pipe gets no colors");
    assert!(said(&["--color", "always"]).starts_with("\u{1b}[1;31merror:"));
    assert!(!said(&["--color=never"]).contains('\u{1b}'));
    let help = flagstone(&["--color=always", "info", "--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains('\u{1b}'), "help has colors, too");
    let detail = |flag| stderr(&flagstone(&["info", TOY, flag]));
    assert!(detail("-vv").contains("160 nets") && !detail("-v").contains("160 nets"));
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

const LEF: &str = "VERSION 5.8 ;\nMANUFACTURINGGRID 0.5 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n\
    MACRO ram CLASS BLOCK ; SIZE 20 BY 10 ; PIN q DIRECTION OUTPUT ; END q\n\
    PIN d DIRECTION INPUT ; END d END ram\n\
    MACRO inv CLASS CORE ; SIZE 1 BY 2 ; PIN a DIRECTION INPUT ; END a\n\
    PIN y DIRECTION OUTPUT ; END y END inv\nEND LIBRARY\n";

/// Four memories in a ring of inverters, all memories on top of each other.
fn def() -> String {
    let mut text = "VERSION 5.8 ;\nDESIGN ring ;\nUNITS DISTANCE MICRONS 100 ;\n\
        DIEAREA ( 1000 2000 ) ( 9000 10000 ) ;\nCOMPONENTS 44 ;\n"
        .to_owned();
    for i in 0..4 {
        text += &format!("- r[{i}] ram + PLACED ( 1000 2000 ) N ; # macro {i}\n");
    }
    for i in 0..40 {
        text += &format!("- u{i} inv + PLACED ( {} {} ) N ;\n", 2000 + 150 * i, 3000 + 100 * i);
    }
    text += "END COMPONENTS\nPINS 1 ;\n- in + NET n0 + DIRECTION INPUT + PLACED ( 1000 5000 ) N ;\n\
        END PINS\nNETS 44 ;\n- n0 ( PIN in ) ( r[0] d ) ;\n";
    for i in 0..4 {
        text += &format!("- q{i} ( r[{i}] q ) ( u{} a ) ;\n", 10 * i);
    }
    for i in 0..39 {
        let memory = if i % 13 == 12 { format!(" ( r[{}] d )", i / 13 + 1) } else { String::new() };
        text += &format!("- n{} ( u{i} y ) ( u{} a ){memory} ;\n", i + 1, i + 1);
    }
    text + "END NETS\nEND DESIGN\n"
}

/// Writes the ring of macros as LEF and DEF.
pub(crate) fn ring_files(folder: &Path) -> (PathBuf, PathBuf) {
    let (lef, def_path) = (folder.join("cells.lef"), folder.join("ring.def"));
    fs::write(&lef, LEF).unwrap();
    fs::write(&def_path, def()).unwrap();
    (lef, def_path)
}

#[test]
fn a_lef_and_a_def_are_placed_and_written_back() {
    let folder = tempfile::tempdir().unwrap();
    let (lef_path, def_path) = ring_files(folder.path());
    let inputs = [text(&lef_path), text(&def_path)];
    let info = json(&flagstone(&["info", inputs[0], inputs[1], "--json"]));
    assert_eq!(
        (&info["hard_macros"], &info["cells"], &info["ports"]),
        (&4.into(), &40.into(), &1.into())
    );
    let out = folder.path().join("out");
    let report = json(&flagstone(&[
        "place",
        inputs[0],
        inputs[1],
        "--effort",
        "quick",
        "--out",
        text(&out),
        "--json",
        "--method",
        "greedy",
    ]));
    assert_eq!(report["overlaps"], 0);
    let written = fs::read_to_string(out.join("ring.def")).unwrap();
    let before = def();
    let changed: Vec<(&str, &str)> =
        before.lines().zip(written.lines()).filter(|(old, new)| old != new).collect();
    assert!((3..=4).contains(&changed.len()), "{changed:?}");
    assert!(changed.iter().all(|(old, _)| old.contains(" ram ")), "{changed:?}");
    // Half a µm, the manufacturing grid, is 50 database units.
    let words = changed.iter().flat_map(|(_, new)| new.split(" ;").take(1));
    let words = words.flat_map(str::split_whitespace);
    let mut numbers = words.filter_map(|word| word.parse::<i64>().ok());
    assert!(numbers.all(|number| number % 50 == 0), "{changed:?}");
    let tcl = fs::read_to_string(out.join("ring.tcl")).unwrap();
    assert_eq!(tcl.matches("place_macro -macro_name {r[").count(), 4, "{tcl}");
    let again = json(&flagstone(&[
        "eval",
        text(&out.join("ring.pb.txt")),
        "--plc",
        text(&out.join("ring.plc")),
        "--json",
    ]));
    let (a, b) =
        (again["cost"]["proxy"].as_f64().unwrap(), report["cost"]["proxy"].as_f64().unwrap());
    assert!((a - b).abs() < 1e-4, "{a} {b}");
    let without_lef = flagstone(&["info", inputs[1]]);
    assert_eq!(without_lef.status.code(), Some(3), "{}", stderr(&without_lef));
    assert!(stderr(&without_lef).contains("ring.def:6:1: error"), "{}", stderr(&without_lef));
}

/// A placer cannot move fixed macros apart, but a placement in which they overlap is not legal.
#[test]
fn fixed_macros_are_checked_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let (lef_path, def_path) = ring_files(folder.path());
    let fixed = def().replace(" ram + PLACED", " ram + FIXED");
    fs::write(&def_path, fixed.replace("r[3] ram + FIXED", "r[3] ram + PLACED")).unwrap();
    let checked =
        |extra: &[&str]| flagstone(&[&["check", text(&lef_path), text(&def_path)], extra].concat());
    let output = checked(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("r[0] overlaps r[1] on 200.0000 µm² (both fixed)\n"), "{said}");
    assert!(said.contains("r[0] overlaps r[3] on 200.0000 µm²\n"), "{said}");
    let list: Value = serde_json::from_slice(&checked(&["--json"]).stdout).unwrap();
    let fixed = list["violations"].as_array().unwrap().iter().filter(|v| v["fixed"] == true);
    assert_eq!((list["overlaps"].as_u64(), fixed.count()), (Some(6), 3), "{list}");
    let report = json(&flagstone(&["eval", text(&lef_path), text(&def_path), "--json"]));
    assert_eq!((report["legal"].as_bool(), report["overlaps"].as_u64()), (Some(false), Some(6)));
}

/// KLayout shows a heat map over the design's files, whose die may begin anywhere.
#[test]
fn rendered_images_lie_where_the_die_is() {
    let folder = tempfile::tempdir().unwrap();
    let (lef_path, def_path) = ring_files(folder.path());
    let image = |command: &str, extra: &[&str]| {
        let out = folder.path().join(command).with_extension("lyimg");
        let inputs = [command, text(&lef_path), text(&def_path), "--out", text(&out)];
        let output = flagstone(&[&inputs, extra].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        fs::read_to_string(&out).unwrap()
    };
    assert_eq!(image("render", &["--heat", "density"]), image("convert", &["--map", "density"]));
}

#[test]
fn a_bookshelf_design_is_placed_and_its_own_nodes_written_back() {
    let folder = tempfile::tempdir().unwrap();
    let (lef_path, def_path) = ring_files(folder.path());
    let aux = folder.path().join("ring.aux");
    let made = flagstone(&["convert", text(&lef_path), text(&def_path), "--out", text(&aux)]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let out = folder.path().join("out");
    let placed = ["place", text(&aux), "--method", "greedy", "--out", text(&out), "--json"];
    let report = json(&flagstone(&placed));
    assert_eq!(report["overlaps"], 0);
    // Under the list's name the files open as before, macros apart.
    let names = |path: &Path| {
        let pl = fs::read_to_string(path).unwrap();
        let words = pl.lines().filter_map(|line| line.split_whitespace().next());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let pl = folder.path().join("ring.pl");
    let before = names(&pl);
    fs::copy(out.join("ring.pl"), &pl).unwrap();
    assert_eq!(names(&pl), before);
    let checked = flagstone(&["check", text(&aux)]);
    assert_eq!(checked.status.code(), Some(0), "{}", stderr(&checked));
}

#[test]
fn a_flat_netlist_is_clustered_and_converted() {
    let folder = tempfile::tempdir().unwrap();
    let (lef_path, def_path) = ring_files(folder.path());
    let flat = folder.path().join("flat.pb.txt");
    let convert = |from: &[&str], to: &Path| {
        let done = flagstone(&[&["convert"], from, &["--out", text(to), "--force"]].concat());
        assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    };
    convert(&[text(&lef_path), text(&def_path)], &flat);
    let out = folder.path().join("clustered");
    let report = json(&flagstone(&["cluster", text(&flat), "--out", text(&out), "--json"]));
    assert_eq!(report["hard_macros"], 4);
    assert!(report["soft_macros"].as_u64().unwrap() > 0, "{report}");
    let few = folder.path().join("few");
    let set =
        ["cluster", text(&flat), "--set", "cluster.free_parts=2", "--out", text(&few), "--json"];
    let fewer = json(&flagstone(&set));
    assert!(fewer["soft_macros"].as_u64() < report["soft_macros"].as_u64(), "{fewer} {report}");
    let again = folder.path().join("again");
    let groups = out.join("groups.final");
    let replayed = ["cluster", text(&flat), "--groups", text(&groups), "--out", text(&again)];
    assert_eq!(flagstone(&replayed).status.code(), Some(0));
    let read = |folder: &Path| fs::read(folder.join("netlist.pb.txt")).unwrap();
    assert!(read(&out) == read(&again), "the same groups give the same netlist");
    for name in ["new.def", "place.tcl", "picture.svg", "same.plc"] {
        let to = folder.path().join(name);
        convert(&[text(&out)], &to);
        assert!(fs::metadata(&to).unwrap().len() > 100, "{name}");
    }
    let refused = flagstone(&["convert", text(&out), "--out", text(&folder.path().join("a.gds"))]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
}

/// Google's binary keeps what a netlist file says in single precision.
#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn a_netlist_alone_costs_what_the_published_binary_says() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let packed = shared.join("netlists/tilos/ariane133_ng45/netlist.pb.txt.xz");
    if !packed.exists() {
        eprintln!("skipped: {} is not there", packed.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let alone = folder.path().join("netlist.pb.txt.xz");
    fs::copy(packed, &alone).unwrap();
    let size = ["--set", "width=1599.99", "--set", "height=1598.8", "--json"];
    for (rules, published) in [("google", 0.04456188308735019), ("clamp", 0.04456188304284306)] {
        let args = [&["eval", text(&alone), "--rules", rules], &size[..]].concat();
        let wirelength = json(&flagstone(&args))["cost"]["wirelength"].as_f64().unwrap();
        assert!((wirelength / published - 1.0).abs() < 1e-12, "{rules}: {wirelength}");
    }
}
