//! Scripts that look at our files from outside; without Python they are skipped.

#![allow(clippy::print_stderr, reason = "what was skipped is told")]

use std::path::Path;
use std::process::Command;

/// Runs a script of this folder with the built binary.
fn passes(script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script);
    let output = Command::new("python3").arg(path).arg(env!("CARGO_BIN_EXE_flagstone")).output();
    let Ok(output) = output else {
        eprintln!("skipped: there is no python3");
        return;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    eprintln!("{out}");
    assert!(output.status.success(), "{script}: {out}{err}");
}

#[test]
fn klayout_opens_our_files() {
    passes("klayout_files.py");
}

#[test]
fn no_reader_takes_more_than_its_share_of_memory() {
    passes("reader_memory.py");
}
