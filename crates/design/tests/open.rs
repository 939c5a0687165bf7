//! Opening what users name: single files, several, folders, parts, packed files, broken ones.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::path::Path;

use flagstone_cluster::ClusterConfig;
use flagstone_design::save::{SaveConfig, save};
use flagstone_design::{
    Design, Error, Level, OpenConfig, Opened, Settings, UnpackConfig, clustered, open,
};
use flagstone_geom::Point;
use flagstone_netlist::Kind;

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn opened(inputs: &[String]) -> Opened {
    open(inputs, &OpenConfig::default())
}

const LEF: &str = "VERSION 5.8 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n\
    MACRO ram CLASS BLOCK ; SIZE 20 BY 10 ;\n PIN q DIRECTION OUTPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END q\nEND ram\n\
    MACRO inv CLASS CORE ; SIZE 1 BY 2 ; SITE core ;\n PIN a DIRECTION INPUT ; PORT LAYER m1 ; RECT 0 0 1 1 ; END END a\nEND inv\n\
    END LIBRARY\n";
const DEF: &str = "VERSION 5.8 ;\nDESIGN top ;\nUNITS DISTANCE MICRONS 1000 ;\nDIEAREA ( 0 0 ) ( 100000 80000 ) ;\n\
    COMPONENTS 2 ;\n- r\\[0\\] ram + PLACED ( 10000 10000 ) N ;\n- i inv ;\nEND COMPONENTS\n\
    NETS 1 ;\n- n ( r\\[0\\] q ) ( i a ) ;\nEND NETS\nEND DESIGN\n";

#[test]
fn lef_and_def_are_found_in_a_folder_and_told_by_content() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "cells.lef", LEF);
    write(folder.path(), "top.def", DEF);
    let design = opened(&[folder.path().display().to_string()]).design.unwrap();
    assert_eq!((design.name.as_str(), design.canvas.width), ("top", 100.0));
    let kinds = |kind| design.netlist.nodes_of(kind).count();
    assert_eq!((kinds(Kind::HardMacro), kinds(Kind::StdCell)), (1, 1));
    // No name helps here.
    let inputs = [write(folder.path(), "one", DEF), write(folder.path(), "two", LEF)];
    assert_eq!(opened(&inputs).design.unwrap().netlist, design.netlist);
}

#[test]
fn a_placement_among_the_inputs_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let plc = "# Columns : 10  Rows : 8\n# Width : 100.000  Height : 80.000\n\n0 60 40 FN 0\n";
    let inputs = [
        write(folder.path(), "top.def", DEF),
        write(folder.path(), "a.plc", plc),
        write(folder.path(), "cells.lef", LEF),
    ];
    let design = opened(&inputs).design.unwrap();
    assert_eq!((design.canvas.columns, design.canvas.rows), (10, 8));
    let node = design.netlist.nodes_of(Kind::HardMacro).next().unwrap();
    assert_eq!(design.placement.center(node).x, 60.0);
    assert_eq!(design.plc_path.unwrap(), Path::new(&inputs[1]));
}

#[test]
fn bookshelf_is_opened_by_its_list_or_by_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let aux = write(folder.path(), "a.aux", "RowBasedPlacement : a.nodes a.nets a.pl\n");
    let nodes = write(folder.path(), "a.nodes", "NumNodes : 2\nNumTerminals : 0\n a 4 1\n b 2 9\n");
    write(folder.path(), "a.nets", "NumNets : 1\nNumPins : 2\nNetDegree : 2 n\n a O\n b I\n");
    write(folder.path(), "a.pl", "a 3 4 : N\nb 10 9 : N\n");
    let by_list = opened(&[aux]).design.unwrap();
    let by_nodes = opened(&[nodes]).design.unwrap();
    assert_eq!(by_list.netlist, by_nodes.netlist);
    assert_eq!(by_list.placement, by_nodes.placement);
    assert_eq!((by_list.name.as_str(), by_list.netlist.n_nets()), ("a", 1));
}

/// Where the cells of Bookshelf files were clustered, a `.pl` still speaks of those files' nodes.
#[test]
fn a_clustered_design_is_written_back_to_the_list_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let aux = write(folder.path(), "a.aux", "RowBasedPlacement : a.nodes a.nets a.pl a.scl\n");
    let nodes = "NumNodes : 4\nNumTerminals : 1\n m 4 4\n c 2 1\n d 2 1\n p 0 0 terminal\n";
    write(folder.path(), "a.nodes", nodes);
    let nets =
        "NumNets : 2\nNumPins : 4\nNetDegree : 2 n\n m O\n c I\nNetDegree : 2 o\n d O\n p I\n";
    write(folder.path(), "a.nets", nets);
    let scl = "NumRows : 20\n".to_owned() + &(0..20).map(row).collect::<String>();
    write(folder.path(), "a.scl", &scl);
    write(folder.path(), "a.pl", "m 3 4 : N\nc 8 2 : N\nd 9 2 : N\np 0 9 : N /FIXED\n");
    let flat = opened(std::slice::from_ref(&aux)).design.unwrap();
    let (mut design, _) = clustered(flat.clone(), &ClusterConfig::default()).unwrap();
    let soft: Vec<_> = design.netlist.nodes_of(Kind::SoftMacro).collect();
    let hard = design.netlist.nodes_of(Kind::HardMacro).next().unwrap();
    design.placement.set_center(hard, Point::new(12.0, 10.0));
    soft.iter().for_each(|&node| design.placement.set_center(node, Point::new(6.0, 7.5)));
    let pl = save(&design, Path::new("a.pl"), &SaveConfig::default()).unwrap().remove(0);
    fs::write(folder.path().join("a.pl"), pl.bytes).unwrap();
    let again = opened(&[aux]).design.unwrap();
    let places = |design: &Design| {
        let named =
            |node| (design.netlist.node_name(node).to_owned(), design.placement.center(node));
        design.netlist.node_ids().map(named).collect::<Vec<_>>()
    };
    let mut expected = places(&flat);
    for (name, at) in &mut expected {
        match name.as_str() {
            "m" => *at = Point::new(12.0, 10.0),
            "c" | "d" => *at = Point::new(6.0, 7.5),
            _ => {}
        }
    }
    assert_eq!(places(&again), expected);
    assert_eq!(again.placement.fixed, flat.placement.fixed);
}

fn row(k: usize) -> String {
    let place = format!("CoreRow Horizontal\n Coordinate : {k}\n Height : 1\n Sitewidth : 1\n");
    place + " Sitespacing : 1\n SubrowOrigin : 0 NumSites : 20\nEnd\n"
}

#[test]
fn blocks_and_hypergraphs_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = "NumSoftRectangularBlocks : 1\nNumHardRectilinearBlocks : 1\nNumTerminals : 0\n\
        a hardrectilinear 4 (0, 0) (0, 2) (4, 2) (4, 0)\nb softrectangular 9 0.3 3\n";
    let blocks = write(folder.path(), "x.blocks", blocks);
    write(folder.path(), "x.nets", "NumNets : 1\nNumPins : 2\nNetDegree : 2\na B\nb B\n");
    let design = opened(&[blocks]).design.unwrap();
    assert_eq!((design.netlist.n_nodes(), design.netlist.n_nets()), (2, 1));
    let graph = write(folder.path(), "g", "2 3 1\n5 1 2\n1 2 3\n");
    let design = opened(&[graph]).design.unwrap();
    assert_eq!(design.netlist.nodes_of(Kind::StdCell).count(), 3);
    assert_eq!(design.netlist.nets.weight, [5.0, 1.0]);
}

#[test]
fn every_error_of_a_file_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = "node {\n  name: \"a\"\n  attr { key: \"type\" value { placeholder: \"macro\" } }\n}\n\
        node {\n  name: \"a\"\n  input: \"gone\"\n  attr { key: \"type\" value { placeholder: \"stdcell\" } }\n}\n";
    let input = write(folder.path(), "bad.pb.txt", text);
    let Opened { design, messages, .. } = opened(std::slice::from_ref(&input));
    assert!(matches!(design, Err(Error::Faulty { n, .. }) if n >= 1), "{design:?}");
    let errors: Vec<_> = messages.iter().filter(|m| m.level == Level::Error).collect();
    assert!(!errors.is_empty());
    for error in errors {
        assert!(error.at.is_some() && error.to_string().starts_with(&input), "{error}");
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [def, other] = [write(folder.path(), "a.def", DEF), write(folder.path(), "b.def", DEF)];
    let error = opened(&[def.clone(), other]).design.unwrap_err();
    assert!(error.is_usage() && error.to_string().contains("2 DEF files"), "{error}");
    let hgr = write(folder.path(), "a.hgr", "1 2\n1 2\n");
    let error = opened(&[def, hgr]).design.unwrap_err();
    assert!(error.to_string().contains("neither LEF nor DEF"), "{error}");
    let two = tempfile::tempdir().unwrap();
    write(two.path(), "a.def", DEF);
    write(two.path(), "b.def", DEF);
    let error = opened(&[two.path().display().to_string()]).design.unwrap_err();
    assert!(error.to_string().contains("2 DEF files in it"), "{error}");
    for end in ["hgr", "pb.txt"] {
        let several = tempfile::tempdir().unwrap();
        let [first, _] =
            ["a", "b"].map(|name| write(several.path(), &format!("{name}.{end}"), "1 2\n1 2\n"));
        let error = opened(&[several.path().display().to_string()]).design.unwrap_err();
        assert!(error.to_string().contains("2 netlists in it"), "{first}: {error}");
    }
    let plc = write(folder.path(), "a.plc", "# Columns : 10  Rows : 8\n\n0 60 40 FN 0\n");
    let error = opened(&[plc]).design.unwrap_err();
    assert!(error.to_string().contains("a placement alone"), "{error}");
    let lef = write(folder.path(), "a.lef", LEF);
    let error = opened(&[lef]).design.unwrap_err();
    assert!(error.to_string().contains("no design among the LEF files"), "{error}");
    let error = opened(&["/nowhere/at.all".to_owned()]).design.unwrap_err();
    assert!(!error.is_usage() && error.to_string().starts_with("cannot read"), "{error}");
}

/// A small file must not take all memory.
#[test]
fn unpacking_is_limited_and_the_limit_can_be_raised() {
    let folder = tempfile::tempdir().unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    packer.write_all(b"2 3\n1 2\n2 3\n").unwrap();
    let path = folder.path().join("a.hgr.gz");
    fs::write(&path, packer.finish().unwrap()).unwrap();
    let inputs = [path.display().to_string()];
    let limited = |unpack| {
        let settings = Settings { unpack: Some(unpack), ..Settings::default() };
        open(&inputs, &OpenConfig { settings, ..OpenConfig::default() }).design
    };
    let narrow = UnpackConfig { free: 1000, ..UnpackConfig::default() };
    let error = limited(narrow).unwrap_err();
    assert!(error.to_string().contains("raise unpack.ratio"), "{error}");
    let wide = limited(UnpackConfig { ratio: 2000, ..narrow }).unwrap();
    assert_eq!(wide.netlist.n_nets(), 2);
}
