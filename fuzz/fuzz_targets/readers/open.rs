//! Files with lines of `%%` between them, opened as a user would, evaluated and saved in every
//! format.

#![no_main]

mod parts;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flagstone_design::save::{SaveConfig, save};
use flagstone_design::{OpenConfig, open};
use libfuzzer_sys::fuzz_target;

const MOST_FILES: usize = 5;
/// Pictures take long and are drawn by others.
const ENDINGS: [&str; 11] =
    ["pb.txt", "plc", "def", "tcl", "aux", "blocks", "hgr", "lyrdb", "csv", "json", "graphml"];
/// A grid larger than this says nothing new and takes long.
const MOST_CELLS: u32 = 10_000;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("flagstone-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    folder
});

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    let mut inputs = Vec::new();
    while !rest.is_empty() && inputs.len() < MOST_FILES {
        let (text, after) = parts::parts(rest);
        let path = FOLDER.join(format!("f{}", inputs.len()));
        std::fs::write(&path, text).expect("the folder takes files");
        inputs.push(path.display().to_string());
        rest = after;
    }
    let Ok(design) = open(&inputs, &OpenConfig::default()).design else { return };
    if design.canvas.columns.saturating_mul(design.canvas.rows) > MOST_CELLS {
        return;
    }
    for ending in ENDINGS {
        let _ = save(&design, Path::new(&format!("a.{ending}")), &SaveConfig::default());
    }
});
