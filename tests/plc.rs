//! The cost server over its socket, driven by the client that stands beside this file.

use std::path::Path;
use std::process::Command;

use crate::cli::TOY;

/// Runs `plc_client.py` through an episode; the costs must equal those of `flagstone eval` on the
/// file it saves, to the last digit. Skipped with a word where there is no Python.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn episode(netlist: &Path, placement: &Path, hard_macros: usize) {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: python3 is not at hand");
        return;
    }
    let tool = env!("CARGO_BIN_EXE_flagstone");
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plc_client.py"))
        .args(["--server", &format!("'{tool}' plc-server")])
        .args(["--evaluate", &format!("'{tool}' eval"), "--soft-steps", "5"])
        .arg("--netlist")
        .arg(netlist)
        .arg("--plc")
        .arg(placement)
        .output()
        .unwrap();
    let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    let out = String::from_utf8_lossy(out);
    assert!(output.status.success(), "{out}{err}");
    assert!(out.contains(&format!("{hard_macros} hard macros placed")), "{out}");
}

#[test]
fn a_client_plays_an_episode_and_the_costs_are_those_of_eval() {
    let toy = Path::new(TOY);
    episode(&toy.join("netlist.pb.txt"), &toy.join("initial.plc"), 8);
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn a_client_plays_an_episode_on_ariane133_ng45() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let netlist = shared.join("netlists/tilos/ariane133_ng45/netlist.pb.txt.xz");
    if !netlist.exists() {
        eprintln!("skipped: {} does not exist", netlist.display());
        return;
    }
    episode(&netlist, &shared.join("golden/plc/ariane133_ng45/initial.plc"), 133);
}

#[test]
fn the_server_under_either_name_names_the_flags_it_ignores() {
    let (plc, tool) = (env!("CARGO_BIN_EXE_flagstone-plc"), env!("CARGO_BIN_EXE_flagstone"));
    for (program, first) in [(plc, None), (tool, Some("plc-server"))] {
        let output = Command::new(program)
            .args(first)
            .args(["--foo=1", "--pipe_address=/nowhere", "--netlist_file=/nowhere"])
            .output()
            .unwrap();
        assert!(!output.status.success(), "{program} without a netlist");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains("flags without a meaning here: --foo"), "{program}: {err}");
    }
}
