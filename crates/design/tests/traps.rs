//! Traps that users of other tools fell into; each test names the report.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flagstone_design::save::{SaveConfig, Tool, save};
use flagstone_design::{Design, OpenConfig, open};
use flagstone_formats::lefdef::MacroRules;
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Builder, Canvas, Kind, Node, NodeId, Placement};
use flagstone_place::checker::{CheckRules, violations};

const LEF: &str = "VERSION 5.8 ;\nMANUFACTURINGGRID 0.005 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n\
    MACRO ram CLASS BLOCK ; SIZE 20 BY 10 ;\n PIN q DIRECTION OUTPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END q\nEND ram\n\
    MACRO inv CLASS CORE ; SIZE 1 BY 2 ; SITE core ;\n PIN a DIRECTION INPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END a\nEND inv\n\
    END LIBRARY\n";

fn def(place: &str) -> String {
    format!(
        "VERSION 5.8 ;\nDESIGN top ;\nUNITS DISTANCE MICRONS 1000 ;\n\
         DIEAREA ( -5000 20000 ) ( 95000 100000 ) ;\nTRACKS X -5000 DO 100 STEP 1000 LAYER m1 ;\n\
         TRACKS Y 20000 DO 100 STEP 500 LAYER m1 ;\nCOMPONENTS 2 ;\n\
         - u\\[0\\]/r ram + {place} ;\n- i inv + PLACED ( 0 30000 ) N ;\nEND COMPONENTS\n\
         NETS 1 ;\n- n ( u\\[0\\]/r q ) ( i a ) ;\nEND NETS\nEND DESIGN\n"
    )
}

fn opened(folder: &Path, place: &str) -> Design {
    let files = [("cells.lef", LEF.to_owned()), ("top.def", def(place))];
    let inputs = files.map(|(name, text)| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    open(&inputs, &OpenConfig::default()).design.unwrap()
}

fn saved(design: &Design, name: &str, config: &SaveConfig) -> String {
    let files = save(design, Path::new(name), config).unwrap();
    String::from_utf8(files[0].bytes.clone()).unwrap()
}

fn ram(design: &Design) -> NodeId {
    design.netlist.nodes_of(Kind::HardMacro).next().unwrap()
}

/// Macros abut in the integers of a DEF; nothing may call that an overlap.
#[test]
fn abutting_macros_of_a_def_do_not_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let lef = LEF.replace("SIZE 20 BY 10", "SIZE 29.355 BY 19.26");
    let (n, width) = (40, 58_710);
    let mut def = format!(
        "VERSION 5.8 ;\nDESIGN top ;\nUNITS DISTANCE MICRONS 2000 ;\n\
         DIEAREA ( 0 0 ) ( {} 38520 ) ;\nCOMPONENTS {n} ;\n",
        2 + n * width
    );
    for k in 0..n {
        def += &format!("- m{k} ram + PLACED ( {} 0 ) N ;\n", 2 + k * width);
    }
    def += "END COMPONENTS\nEND DESIGN\n";
    let inputs = [("cells.lef", &lef), ("top.def", &def)].map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    let design = open(&inputs, &OpenConfig::default()).design.unwrap();
    let Design { netlist, canvas, placement, .. } = &design;
    let faults = violations(netlist, canvas, placement, &CheckRules::default());
    assert!(faults.is_empty(), "{faults:?}");
    assert!(saved(&design, "a.def", &SaveConfig::default()) == def, "nothing moved");
}

/// Netlists of circuit_training give centres; DEF, Tcl, Bookshelf and GSRC lower left corners
/// (circuit_training issues 20 and 26 of TILOS MacroPlacement: macros off by half their size).
#[test]
fn centres_and_corners_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    assert_eq!(design.placement.center(ram(&design)), Point::new(25.0, 25.0));
    let config = SaveConfig::default();
    assert!(saved(&design, "a.tcl", &config).contains("-location {10 40}"));
    assert!(saved(&design, "a.plc", &config).lines().any(|line| line.starts_with("0 25 25 N")));
    assert!(saved(&design, "a.pl", &config).contains("u\\[0\\]/r 10 40 : N"));
    assert!(saved(&design, "a.def", &config).contains("PLACED ( 10000 40000 ) N"));
}

/// A die that does not begin at (0, 0) (OpenROAD issue 5284): files get its coordinates back.
#[test]
fn a_die_away_from_the_origin_keeps_its_coordinates() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( -5000 20000 ) N");
    assert_eq!(design.origin, (-5.0, 20.0));
    assert_eq!(design.placement.center(ram(&design)), Point::new(10.0, 5.0));
    let config = SaveConfig::default();
    assert!(saved(&design, "a.lyimg", &config).contains("(0,0,1)"));
    let image = saved(&design, "a.lyimg", &config);
    // The image's centre is the die's.
    assert!(image.contains(",0,45) (0,") && image.contains(",60) (0,0,1)"), "{image}");
    let json = saved(&design, "a.json", &config);
    assert!(json.contains("\"x\": -5.0") && json.contains("\"y\": 20.0"), "{json}");
    // A design without a DEF of its own gets one with the same die.
    let fresh = Design { def: None, ..design };
    let text = saved(&fresh, "a.def", &config);
    assert!(text.contains("DIEAREA ( -10000 40000 ) ( 190000 200000 ) ;"), "{text}");
    assert!(text.contains("PLACED ( -10000 40000 ) N"), "{text}");
}

/// Orientations were lost or replaced by R0 (partcl issue 54, DREAMPlace issue 104; OpenROAD's
/// `place_macro` makes R0 of a spelling it does not know).
#[test]
fn all_eight_orientations_reach_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let spelled = [
        (Orientation::N, "R0", "R0"),
        (Orientation::S, "R180", "R180"),
        (Orientation::FN, "MY", "MY"),
        (Orientation::FS, "MX", "MX"),
        (Orientation::W, "R90", "R90"),
        (Orientation::E, "R270", "R270"),
        (Orientation::FW, "MXR90", "MX90"),
        (Orientation::FE, "MYR90", "MY90"),
    ];
    for (orientation, openroad, innovus) in spelled {
        let design = opened(folder.path(), &format!("PLACED ( 10000 40000 ) {orientation}"));
        let script = |tool| saved(&design, "a.tcl", &SaveConfig { tool, ..SaveConfig::default() });
        let or = script(Tool::Openroad);
        assert!(or.contains(&format!("-orientation {openroad}")), "{orientation}: {or}");
        // place_macro refuses turned macros.
        assert_eq!(or.contains("place_macro"), !orientation.is_turned(), "{or}");
        assert!(script(Tool::Innovus).contains(&format!("10 40 {innovus} -placed")));
        assert!(script(Tool::Icc2).contains(&format!("-orientation {orientation} ")));
        let text = saved(&design, "a.def", &SaveConfig::default());
        assert_eq!(text, def(&format!("PLACED ( 10000 40000 ) {orientation}")));
    }
}

/// Brackets and slashes in names (partcl's `_plc_to_odb_name`; Tcl needs braces).
#[test]
fn names_with_brackets_and_slashes_survive() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    let script = saved(&design, "a.tcl", &SaveConfig::default());
    assert!(script.contains("{u\\[0\\]/r}") || script.contains("u\\\\\\[0\\\\\\]/r"), "{script}");
    let names = ["a[0]", "b/c", "d\\e", "f{g", "h\"i", "j'k", "l&m", "n<o>"];
    let mut builder = Builder::new();
    for name in names {
        builder.node(Node { name, width: 2.0, height: 2.0, ..Node::default() });
    }
    let netlist = builder.build();
    let placement = Placement::new(&netlist);
    let design = Design::new("t".into(), netlist, Canvas::new(9.0, 9.0), placement);
    for ending in ["pb.txt", "def", "tcl", "aux", "blocks", "lyrdb", "json", "graphml", "svg"] {
        let name = format!("{}/t.{ending}", folder.path().display());
        let files = save(&design, Path::new(&name), &SaveConfig::default()).unwrap();
        for file in &files {
            fs::write(&file.path, &file.bytes).unwrap();
        }
        if matches!(ending, "pb.txt" | "aux" | "blocks") {
            let again = open(&[name], &OpenConfig::default()).design.unwrap();
            let back: Vec<&str> =
                again.netlist.node_ids().map(|node| again.netlist.node_name(node)).collect();
            assert_eq!(back, names, "{ending}");
        }
    }
}

/// Innovus and IC Compiler II know instances by names without DEF's escapes, OpenROAD by the DEF's.
#[test]
fn scripts_spell_names_as_their_tool_does() {
    let folder = tempfile::tempdir().unwrap();
    let from_def = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    let verilog = folder.path().join("top.v");
    fs::write(&verilog, "module top (p); input p; ram \\u[0]/r (.q(n)); inv i (.a(n)); endmodule")
        .unwrap();
    let inputs = ["cells.lef", "top.v", "top.def"]
        .map(|name| folder.path().join(name).display().to_string());
    let joined = open(&inputs, &OpenConfig::default()).design.unwrap();
    for design in [&from_def, &joined] {
        for (tool, name) in
            [(Tool::Openroad, "u\\[0\\]/r"), (Tool::Innovus, "u[0]/r"), (Tool::Icc2, "u[0]/r")]
        {
            let script = saved(design, "a.tcl", &SaveConfig { tool, ..SaveConfig::default() });
            assert!(script.contains(&format!("{{{name}}}")), "{tool:?}: {script}");
        }
    }
}

/// A die made up for a netlist without a floorplan holds the longest macro.
#[test]
fn a_made_up_die_holds_every_macro() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("cells.lef", LEF.replace("SIZE 20 BY 10", "SIZE 200.0004 BY 2")),
        ("top.v", "module top (); wire n; ram r (.q(n)); inv i (.a(n)); endmodule".to_owned()),
    ];
    let inputs = files.map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    let design = open(&inputs, &OpenConfig::default()).design.unwrap();
    assert!((200.0004..200.01).contains(&design.canvas.width), "{}", design.canvas.width);
}

/// What a DEF's units cannot say is no place for a macro that is written back.
#[test]
fn the_manufacturing_grid_is_whole_units_of_the_def() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    assert_eq!(design.technology.manufacturing_grid, Some(0.005));
    let coarse = def("PLACED ( 10000 40000 ) N").replace("MICRONS 1000", "MICRONS 100");
    let path = folder.path().join("top.def");
    fs::write(&path, coarse).unwrap();
    let inputs = [folder.path().join("cells.lef"), path].map(|path| path.display().to_string());
    let design = open(&inputs, &OpenConfig::default()).design.unwrap();
    assert_eq!(design.technology.manufacturing_grid, Some(0.01));
}

/// Macros are mirrored whatever their LEF says of symmetry; who opens one is told.
#[test]
fn macros_that_may_not_be_mirrored_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (symmetry, told) in [("", true), ("SYMMETRY X ;", true), ("SYMMETRY X Y R90 ;", false)] {
        let files = [
            ("cells.lef", LEF.replace("BLOCK ; SIZE", &format!("BLOCK ; {symmetry} SIZE"))),
            ("top.def", def("PLACED ( 10000 40000 ) N")),
        ];
        let inputs = files.map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        });
        let messages = open(&inputs, &OpenConfig::default()).messages;
        let named = messages.iter().any(|message| message.to_string().contains("LEF SYMMETRY"));
        assert_eq!(named, told, "{symmetry}: {messages:?}");
    }
}

/// How macros are told from cells (ChiPBench issue 10, OpenROAD's LEF without a class): by class,
/// by height, and overruled by patterns.
#[test]
fn users_say_what_is_a_macro() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    assert_eq!(design.netlist.nodes_of(Kind::HardMacro).count(), 1);
    let inputs =
        ["cells.lef", "top.def"].map(|name| folder.path().join(name).display().to_string());
    for (macros, cells, expected) in [(vec!["inv"], vec![], 2), (vec![], vec!["u*"], 0)] {
        let text = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        let rules =
            MacroRules { macros: text(macros), cells: text(cells), ..MacroRules::default() };
        let config = OpenConfig { rules, ..OpenConfig::default() };
        let design = open(&inputs, &config).design.unwrap();
        assert_eq!(design.netlist.nodes_of(Kind::HardMacro).count(), expected);
    }
}

/// Coordinates were scaled behind the user's back (DREAMPlace issue 74): what is written is what
/// was read, to the last digit, whatever the units.
#[test]
fn nothing_is_scaled() {
    let folder = tempfile::tempdir().unwrap();
    let mut design = opened(folder.path(), "PLACED ( 10001 40003 ) N");
    let text = saved(&design, "a.def", &SaveConfig::default());
    assert_eq!(text, def("PLACED ( 10001 40003 ) N"));
    let node = ram(&design);
    design.placement.set_center(node, Point::new(25.005, 25.015));
    let text = saved(&design, "a.def", &SaveConfig::default());
    assert_eq!(text, def("PLACED ( 10005 40015 ) N"));
}

/// The last row and column of a map were wider than the others (OpenROAD issue 5300): cells divide
/// the canvas evenly and end at its border.
#[test]
fn cells_of_a_map_cover_the_canvas_evenly() {
    let folder = tempfile::tempdir().unwrap();
    let mut design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    (design.canvas.columns, design.canvas.rows) = (7, 3);
    let table = saved(&design, "a.csv", &SaveConfig::default());
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(2)
        .map(|line| line.split(',').map(|number| number.parse().unwrap()).collect())
        .collect();
    assert_eq!(rows.len(), 21);
    for row in &rows {
        assert!((row[2] - row[0] - 100.0 / 7.0).abs() < 1e-9);
        assert!((row[3] - row[1] - 80.0 / 3.0).abs() < 1e-9);
    }
    assert_eq!((rows[20][2], rows[20][3]), (100.0, 80.0));
}

/// `.plc` rows carry the node's ordinal in the netlist file, not its rank among macros (TILOS
/// MacroPlacement issue 61).
#[test]
fn rows_of_a_placement_name_nodes_by_ordinal() {
    let mut builder = Builder::new();
    builder.node(Node { kind: Kind::Port, name: "p", index: Some(4), ..Node::default() });
    let node = Node { name: "m", width: 1.0, height: 1.0, index: Some(17), ..Node::default() };
    builder.node(node);
    let netlist = builder.build();
    let placement = Placement::new(&netlist);
    let design = Design::new("t".into(), netlist, Canvas::new(9.0, 9.0), placement);
    let text = saved(&design, "a.plc", &SaveConfig::default());
    let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let ordinals: Vec<&str> = rows.iter().filter_map(|row| row.split(' ').next()).collect();
    assert!(ordinals.contains(&"4") && ordinals.contains(&"17"), "{text}");
}

#[test]
fn what_a_format_cannot_hold_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let design = opened(folder.path(), "PLACED ( 10000 40000 ) N");
    let refused = |design: &Design, name: &str| {
        save(design, Path::new(name), &SaveConfig::default()).unwrap_err().to_string()
    };
    assert!(refused(&design, "a.blocks").contains("cluster it first"));
    assert!(refused(&design, "a.lef").contains("layers and pins"));
    assert!(refused(&design, "a.v").contains("pins by name"));
    assert!(refused(&design, "a.nodes").contains("name the .aux"));
    assert!(refused(&design, "a.xyz").contains("must end in .pb.txt"));
    let mut unplaced = design.clone();
    unplaced.placement.placed.fill(false);
    for name in ["a.plc", "a.tcl", "a.pl", "a.lyrdb", "a.lyimg", "a.csv", "a.svg"] {
        assert!(refused(&unplaced, name).contains("has a place"), "{name}");
    }
    let mut builder = Builder::new();
    builder.node(Node { name: "a b", width: 1.0, height: 1.0, ..Node::default() });
    let netlist = builder.build();
    let placement = Placement::new(&netlist);
    let spaced =
        Design { netlist: Arc::new(netlist), placement, def: None, bookshelf: None, ..design };
    for name in ["a.def", "a.aux", "a.blocks"] {
        assert!(refused(&spaced, name).contains("white space"), "{name}");
    }
}

/// Structural Verilog gives the nets, LEF the sizes, a DEF without nets the floorplan.
#[test]
fn verilog_is_joined_with_lef_and_a_floorplan() {
    let folder = tempfile::tempdir().unwrap();
    let text = "module top (p); input p; wire n; ram \\u[0]/r (.q(n)); inv i (.a(n)), j (.a(p)); endmodule";
    let files = [
        ("top.v", text.to_owned()),
        ("cells.lef", LEF.to_owned()),
        (
            "top.def",
            def("PLACED ( 10000 40000 ) FN")
                .replace("NETS 1 ;\n- n ( u\\[0\\]/r q ) ( i a ) ;\nEND NETS\n", ""),
        ),
    ];
    let inputs = files.map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    let alone = open(&inputs[..2], &OpenConfig::default()).design.unwrap();
    let joined = open(&inputs, &OpenConfig::default()).design.unwrap();
    for design in [&alone, &joined] {
        assert_eq!((design.netlist.n_nodes(), design.netlist.n_nets()), (4, 2));
        assert_eq!(design.name, "top");
    }
    assert!(!alone.placement.placed[ram(&alone).usize()]);
    let node = ram(&joined);
    assert_eq!(joined.placement.center(node), Point::new(25.0, 25.0));
    assert_eq!(joined.placement.orientation[node.usize()], Orientation::FN);
}
