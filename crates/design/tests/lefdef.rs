//! LEF with DEF, with Verilog, or with both: what is read from them and what is written back.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use flagstone_design::save::{SaveConfig, save};
use flagstone_design::{Design, OpenConfig, Opened, open};
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Kind, NodeId};

const LEF: &str = "VERSION 5.8 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n\
    MACRO ram CLASS BLOCK ; SIZE 20 BY 10 ;\n PIN q DIRECTION OUTPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END q\nEND ram\n\
    MACRO inv CLASS CORE ; SIZE 1 BY 2 ; SITE core ;\n PIN a DIRECTION INPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END a\nEND inv\n\
    END LIBRARY\n";

const DEF: &str = "VERSION 5.8 ;\nDESIGN top ;\nUNITS DISTANCE MICRONS 1000 ;\n\
    DIEAREA ( 0 0 ) ( 100000 80000 ) ;\nCOMPONENTS 2 ;\n\
    - u0/m\\[0\\] ram + PLACED  ( 10000 10000 )  W ;\n- u0/m\\[1\\] ram + UNPLACED ;\nEND COMPONENTS\n\
    END DESIGN\n";

const VERILOG: &str = "module top (p); input p; wire n;\n\
    ram \\u0/m[0] (.q(n)), \\u0/m[1] (.q()); inv i (.a(n));\nendmodule\n";

/// Files of these names and texts, opened together.
fn opened(files: &[(&str, &str)]) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<String> = files
        .iter()
        .map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        })
        .collect();
    open(&inputs, &OpenConfig::default())
}

fn joined(def: &str, verilog: &str) -> Opened {
    opened(&[("a.lef", LEF), ("a.def", def), ("a.v", verilog)])
}

fn saved(design: &Design, name: &str) -> String {
    let files = save(design, Path::new(name), &SaveConfig::default()).unwrap();
    String::from_utf8(files[0].bytes.clone()).unwrap()
}

fn node(design: &Design, name: &str) -> NodeId {
    let netlist = &design.netlist;
    netlist.node_ids().find(|&node| netlist.node_name(node) == name).unwrap()
}

#[test]
fn macros_whose_names_def_escapes_are_written_back() {
    let mut design = joined(DEF, VERILOG).design.unwrap();
    let first = node(&design, "u0/m[0]");
    design.placement.set_center(first, Point::new(45.0, 40.0));
    design.placement.orientation[first.usize()] = Orientation::S;
    let text = saved(&design, "a.def");
    assert!(text.contains("- u0/m\\[0\\] ram + PLACED ( 40000 30000 ) E ;"), "{text}");
    let script = saved(&design, "a.tcl");
    assert!(script.contains("R270"), "{script}");
}

#[test]
fn macros_that_the_floorplan_lacks_are_named() {
    let said = |verilog: &str| {
        let Opened { design, messages, .. } = joined(DEF, verilog);
        assert!(design.unwrap().netlist.nodes_of(Kind::HardMacro).count() >= 2);
        messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(!said(VERILOG).contains("not in it"));
    let more = said(&VERILOG.replace("inv i", "ram r (.q(p)); inv i"));
    assert!(more.contains("hard macro \"r\" is not in it"), "{more}");
}

#[test]
fn macros_that_did_not_move_or_have_no_place_keep_their_bytes() {
    for files in
        [&[("a.lef", LEF), ("a.def", DEF)][..], &[("a.lef", LEF), ("a.def", DEF), ("a.v", VERILOG)]]
    {
        let mut design = opened(files).design.unwrap();
        assert_eq!(saved(&design, "a.def"), DEF);
        let second = design.netlist.nodes_of(Kind::HardMacro).nth(1).unwrap();
        design.placement.placed[second.usize()] = true;
        design.placement.set_center(second, Point::new(10.0, 5.0));
        let expected = DEF.replace("UNPLACED", "PLACED ( 0 0 ) N");
        assert_eq!(saved(&design, "a.def"), expected);
    }
}

/// Where the netlist does not say what a port is for, the floorplan may.
#[test]
fn a_port_that_the_floorplan_calls_ground_is_no_port() {
    let pins = "END COMPONENTS\nPINS 1 ;\n- vss + NET vss + USE GROUND ;\nEND PINS";
    let def = DEF.replace("END COMPONENTS", pins);
    let verilog = VERILOG
        .replace("(p); input p;", "(p, vss); input p; inout vss;")
        .replace("inv i", "inv j (.a(vss)); inv i");
    let design = joined(&def, &verilog).design.unwrap();
    assert_eq!(design.netlist.nodes_of(Kind::Port).count(), 1);
    assert_eq!(design.netlist.n_nets(), 1);
}

#[test]
fn a_report_turns_macros_as_the_def_knows_them() {
    for orientation in Orientation::ALL {
        let def = DEF.replace(")  W", &format!(") {orientation}"));
        let Opened { design, messages, .. } = opened(&[("a.lef", LEF), ("a.def", &def)]);
        let report: serde_json::Value =
            serde_json::from_str(&saved(&design.unwrap(), "a.json")).unwrap();
        let first = &report["macros"][0];
        assert_eq!(first["orientation"], orientation.as_str());
        let lies = orientation.is_turned();
        assert_eq!(first["width"], if lies { 10.0 } else { 20.0 });
        let said = messages.iter().any(|message| message.text.contains("turned by 90°"));
        assert_eq!(said, lies);
    }
}
