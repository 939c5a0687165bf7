use super::*;
use crate::{def, lef, words};

const LEF: &str = "VERSION 5.8 ;\nSITE core CLASS CORE ; SIZE 1 BY 2 ; END core\n\
    MACRO ram CLASS BLOCK ; ORIGIN 0 0 ; SIZE 20 BY 10 ;\n\
    PIN q DIRECTION OUTPUT ; PORT LAYER m ; RECT 19 4 20 6 ; END END q\n\
    PIN d[0] DIRECTION INPUT ; PORT LAYER m ; RECT 0 0 1 1 ; END END d[0]\nEND ram\n\
    MACRO inv CLASS CORE ; SIZE 1 BY 2 ; PIN a DIRECTION INPUT ; END a\n\
    PIN y DIRECTION OUTPUT ; END y END inv\nEND LIBRARY\n";

const DEF: &str = "VERSION 5.8 ;\nDESIGN t ;\nUNITS DISTANCE MICRONS 100 ;\n\
    DIEAREA ( -1000 500 ) ( 9000 8500 ) ;\nCOMPONENTS 4 ;\n\
    - top/a\\[0\\] ram + PLACED ( 0 1000 ) FS ;\n- u1 inv + PLACED ( 3000 3000 ) N ;\n\
    - r ram + FIXED ( 4000 4000 ) W ;\n- loose ram ;\nEND COMPONENTS\n\
    PINS 1 ;\n- in + NET in + DIRECTION INPUT + LAYER m ( 0 0 ) ( 10 10 ) + PLACED ( -1000 4000 ) N ;\n\
    END PINS\nBLOCKAGES 1 ;\n- PLACEMENT RECT ( -1000 500 ) ( 0 1500 ) ;\nEND BLOCKAGES\n\
    NETS 3 ;\n- in ( PIN in ) ( top/a\\[0\\] d[0] ) ;\n\
    - n1 ( top/a\\[0\\] q ) ( u1 a ) + USE SIGNAL ;\n- n2 ( r d[0] ) ( u1 y ) ;\nEND NETS\nEND DESIGN\n";

fn joined(text: &str) -> Design {
    let (library, _) = lef::read(LEF.as_bytes());
    let (def, diagnostics) = def::read(text.as_bytes());
    let def = def.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (design, diagnostics) =
        design(text.as_bytes(), &def, &library.unwrap(), &MacroRules::default());
    design.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn node(design: &Design, name: &str) -> NodeId {
    let netlist = &design.netlist;
    netlist.node_ids().find(|&node| netlist.node_name(node) == name).unwrap()
}

#[test]
fn lower_left_corners_become_centres_on_a_canvas_at_zero() {
    let design = joined(DEF);
    assert_eq!((design.origin, design.size), ((-10.0, 5.0), (100.0, 80.0)));
    let a = node(&design, "top/a\\[0\\]");
    assert_eq!(design.placement.center(a), Point::new(20.0, 10.0));
    assert_eq!(design.placement.orientation[a.usize()], Orientation::FS);
    assert_eq!(design.netlist.nodes.kind[a.usize()], Kind::HardMacro);
    assert!(!design.placement.placed[node(&design, "loose").usize()]);
    assert_eq!(design.blockages, [Rect { x0: 0.0, y0: 0.0, x1: 10.0, y1: 10.0 }]);
    let u1 = node(&design, "u1");
    assert_eq!(design.netlist.nodes.kind[u1.usize()], Kind::StdCell);
}

#[test]
fn the_widest_halo_of_a_macro_is_known() {
    assert_eq!(joined(DEF).halo, 0.0);
    let text = DEF
        .replace("FS ;", "FS + HALO 100 50 200 250 ;")
        .replace("W ;", "W + HALO SOFT 1 2 3 4 ;")
        .replace("inv + ", "inv + HALO 900 900 900 900 + ");
    assert_eq!(joined(&text).halo, 2.5);
}

#[test]
fn a_blockage_of_a_component_blocks_no_macro() {
    let text = DEF.replace("- PLACEMENT RECT", "- PLACEMENT + COMPONENT r RECT");
    assert!(joined(&text).blockages.is_empty());
}

#[test]
fn polygons_block_what_they_cover_and_a_die_what_it_does_not() {
    let um = |x0, y0, x1, y1| Rect { x0, y0, x1, y1 };
    let corner =
        "( -1000 500 ) ( -1000 8500 ) ( 4000 8500 ) ( 4000 3500 ) ( 9000 3500 ) ( 9000 500 )";
    let die = DEF.replace("( -1000 500 ) ( 9000 8500 )", corner);
    assert_eq!(joined(&die).blockages, [um(0.0, 0.0, 10.0, 10.0), um(50.0, 30.0, 100.0, 80.0)]);
    let text = DEF.replace("RECT ( -1000 500 ) ( 0 1500 )", &format!("POLYGON {corner}"));
    assert_eq!(joined(&text).blockages, [um(0.0, 0.0, 50.0, 80.0), um(50.0, 0.0, 100.0, 30.0)]);
}

#[test]
fn slanted_polygons_are_their_boxes_and_said_to_be() {
    let slanted = "( -1000 500 ) ( 0 1500 ) ( -1000 1500 )";
    let text = DEF.replace("RECT ( -1000 500 ) ( 0 1500 )", &format!("POLYGON {slanted}"));
    let (_, diagnostics) = def::read(text.as_bytes());
    assert!(diagnostics[0].message.contains("bounding box"), "{diagnostics:?}");
    assert_eq!((diagnostics.len(), diagnostics[0].line), (1, 15));
    assert_eq!(joined(&text).blockages, joined(DEF).blockages);
    let routing = text.replace("- PLACEMENT", "- LAYER m");
    assert!(def::read(routing.as_bytes()).1.is_empty(), "only placement blockages are kept to");
}

#[test]
fn pins_are_where_the_turned_macro_has_them() {
    let design = joined(DEF);
    let place = |name: &str| {
        let pins = 0..design.netlist.n_pins();
        let pin =
            pins.map(PinId::from_usize).find(|&p| design.netlist.pin_name(p) == name).unwrap();
        design.placement.pin(&design.netlist, pin)
    };
    // FS mirrors about the x axis: the pin at the lower left goes to the upper left.
    let (centre, expected) = (Point::new(20.0, 10.0), (-9.5, 4.5));
    let found = place("top/a\\[0\\]/d[0]");
    assert_eq!((found.x - centre.x, found.y - centre.y), expected);
    // W turns counterclockwise: lower left becomes lower right of a box 10 wide and 20 high.
    let r = design.placement.center(node(&design, "r"));
    assert_eq!(r, Point::new(55.0, 45.0));
    let found = place("r/d[0]");
    assert_eq!((found.x - r.x, found.y - r.y), (4.5, -9.5));
}

#[test]
fn a_port_in_several_pieces_is_where_the_first_is() {
    let text = DEF.replace(
        "+ LAYER m ( 0 0 ) ( 10 10 ) + PLACED ( -1000 4000 ) N ;",
        "+ PORT + LAYER m ( 0 0 ) ( 10 10 ) + PLACED ( -1000 4000 ) N \
         + PORT + LAYER m ( -500 0 ) ( 900 10 ) + PLACED ( 2000 4000 ) N ;",
    );
    let port = |text: &str| {
        let design = joined(text);
        let node = node(&design, "in");
        (design.placement.center(node), design.placement.placed[node.usize()])
    };
    assert_eq!(port(&text), port(DEF));
}

#[test]
fn pins_are_found_however_the_bits_of_buses_are_marked() {
    let lef = LEF.replace("d[0]", "d<0>");
    for (lef, pin) in [(&*lef, "d[0]"), (LEF, "d<0>"), (LEF, "d"), (&*lef, "d")] {
        let (library, _) = lef::read(lef.as_bytes());
        let text = DEF.replace(" d[0] )", &format!(" {pin} )"));
        let (def, _) = def::read(text.as_bytes());
        let rules = MacroRules::default();
        let (found, diagnostics) =
            design(text.as_bytes(), &def.unwrap(), &library.unwrap(), &rules);
        assert!(found.is_some_and(|found| found.netlist.n_nets() == 3), "{pin} {diagnostics:?}");
    }
    let two = LEF.replace("END d[0]\nEND ram", "END d[0]\nPIN d[1] END d[1]\nEND ram");
    let text = DEF.replace(" d[0] )", " d )");
    let (library, _) = lef::read(two.as_bytes());
    let (def, _) = def::read(text.as_bytes());
    let (found, diagnostics) =
        design(text.as_bytes(), &def.unwrap(), &library.unwrap(), &MacroRules::default());
    assert!(found.is_none() && diagnostics[0].message.contains("no pin \"d\""), "{diagnostics:?}");
}

#[test]
fn outputs_drive() {
    let design = joined(DEF);
    let netlist = &design.netlist;
    let drivers: Vec<&str> = netlist
        .net_ids()
        .map(|net| netlist.node_name(netlist.pins.node[netlist.nets.driver[net.usize()].usize()]))
        .collect();
    assert_eq!(drivers, ["in", "top/a\\[0\\]", "u1"]);
}

#[test]
fn nets_have_their_weights_and_those_of_one_cell_the_largest() {
    let text = DEF.replace("( u1 a ) +", "( u1 a ) + WEIGHT 10 +").replace(
        "( u1 y ) ;",
        "( u1 y ) ;\n- n3 ( loose d[0] ) ( u1 y ) + WEIGHT 3 ;\n- n4 ( u1 y ) ;",
    );
    let netlist = joined(&text).netlist;
    assert_eq!(netlist.nets.weight, [1.0, 10.0, 3.0]);
    assert_eq!(joined(DEF).netlist.nets.weight, [1.0; 3]);
}

#[test]
fn a_net_at_a_supply_pin_of_the_block_is_a_supply() {
    for usage in ["POWER", "GROUND"] {
        let text = DEF
            .replace("END PINS", &format!("- vx + NET vx + USE {usage} ;\nEND PINS"))
            .replace("END NETS", "- vx ( PIN vx ) ( r q ) ( loose d[0] ) ;\nEND NETS");
        assert_eq!(joined(&text).netlist, joined(DEF).netlist);
    }
}

#[test]
fn writing_back_changes_what_moved_and_nothing_else() {
    let design = joined(DEF);
    let def = def::read(DEF.as_bytes()).0.unwrap();
    let all: Vec<Move> =
        design.netlist.node_ids().filter_map(|n| design.place(&design.placement, n)).collect();
    for to in &all[..3] {
        let was = &def.components[to.component];
        assert_eq!((to.x, to.y, to.orientation), (was.x, was.y, was.orientation), "{}", was.name);
    }
    let mut same = Vec::new();
    def::write(DEF.as_bytes(), &def, &[], &mut same).unwrap();
    assert_eq!(same, DEF.as_bytes());
    let mut written = Vec::new();
    def::write(DEF.as_bytes(), &def, &all[..3], &mut written).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), DEF);
    let mut placement = design.placement.clone();
    let loose = node(&design, "loose");
    placement.set_center(loose, Point::new(30.0, 20.0));
    placement.orientation[loose.usize()] = Orientation::FN;
    let to = design.place(&placement, loose).unwrap();
    let mut written = Vec::new();
    def::write(DEF.as_bytes(), &def, &[to], &mut written).unwrap();
    let expected = DEF.replace("- loose ram ;", "- loose ram + PLACED ( 1000 2000 ) FN ;");
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

#[test]
fn all_eight_orientations_survive() {
    for orientation in Orientation::ALL {
        let text = DEF.replace("1000 ) FS", &format!("1000 ) {}", orientation.as_str()));
        let design = joined(&text);
        let a = node(&design, "top/a\\[0\\]");
        let to = design.place(&design.placement, a).unwrap();
        assert_eq!((to.x, to.y, to.orientation), (0, 1000, orientation));
        assert!(!design.placement.orientation[a.usize()].is_turned(), "shapes are turned instead");
    }
}

#[test]
fn what_does_not_fit_together_is_named_with_its_line() {
    let library = lef::read(LEF.as_bytes()).0.unwrap();
    for (from, to, line, what) in [
        ("u1 inv", "u1 nand", 7, "no LEF has the macro \"nand\""),
        ("( u1 a )", "( u2 a )", 19, "no component \"u2\""),
        ("( u1 a )", "( u1 b )", 19, "no pin \"b\""),
        ("( PIN in )", "( PIN out )", 18, "no pin \"out\""),
    ] {
        let text = DEF.replace(from, to);
        let def = def::read(text.as_bytes()).0.unwrap();
        let (found, diagnostics) = design(text.as_bytes(), &def, &library, &MacroRules::default());
        assert!(found.is_none(), "{to}");
        assert!(diagnostics[0].message.contains(what), "{diagnostics:?}");
        assert_eq!(diagnostics[0].line, line, "{diagnostics:?}");
    }
}

#[test]
fn every_cut_of_a_file_is_an_error() {
    for end in 0..DEF.len() - 2 {
        let (def, diagnostics) = def::read(&DEF.as_bytes()[..end]);
        assert!(def.is_none() && !diagnostics.is_empty(), "cut at {end}");
    }
}

#[test]
fn users_overrule_what_is_a_macro() {
    let rules = MacroRules {
        cells: vec!["top/*".into()],
        macros: vec!["in?".into()],
        ..MacroRules::default()
    };
    let (library, def) =
        (lef::read(LEF.as_bytes()).0.unwrap(), def::read(DEF.as_bytes()).0.unwrap());
    let design = design(DEF.as_bytes(), &def, &library, &rules).0.unwrap();
    let kind = |name: &str| design.netlist.nodes.kind[node(&design, name).usize()];
    assert_eq!(
        (kind("top/a\\[0\\]"), kind("u1"), kind("r")),
        (Kind::StdCell, Kind::HardMacro, Kind::HardMacro)
    );
}

#[test]
fn comments_and_strings_in_any_encoding_are_written_back() {
    let design = DEF.replace("VERSION 5.8 ;", "# \u{e9} ;\nVERSION 5.8 ;\nHISTORY \"\u{e9}\" ;");
    let latin = words::latin1(&design);
    let marked = [&b"\xef\xbb\xbf"[..], DEF.as_bytes()].concat();
    assert!(std::str::from_utf8(&latin).is_err());
    for text in [latin, marked] {
        let def = def::read(&text).0.unwrap();
        let was = &def.components[0];
        let to =
            Move { component: 0, status: was.status, x: 7, y: was.y, orientation: was.orientation };
        let mut written = Vec::new();
        def::write(&text, &def, &[to], &mut written).unwrap();
        let at = was.placement.start + "PLACED ( ".len();
        let expected = [&text[..at], b"7", &text[at + 1..]].concat();
        assert!(written == expected, "{}", String::from_utf8_lossy(&written));
    }
    let text = words::latin1(&DEF.replace("loose ram", "l\u{e9} ram"));
    let (def, diagnostics) = def::read(&text);
    assert!(def.is_none() && diagnostics.len() == 1, "{diagnostics:?}");
    assert_eq!((diagnostics[0].line, diagnostics[0].column), (9, 4), "{diagnostics:?}");
}

#[test]
fn covers_are_points_and_no_macros() {
    let bump =
        "MACRO bump CLASS COVER BUMP ; SIZE 60 BY 40 ; PIN p DIRECTION INOUT ; END p END bump\n";
    let library = lef::read(LEF.replace("END LIBRARY", &format!("{bump}END LIBRARY")).as_bytes());
    let text = DEF
        .replace("- loose ram ;", "- loose ram ;\n- b bump + PLACED ( 4000 4000 ) E ;\n- c bump ;")
        .replace("( PIN in ) (", "( PIN in ) ( b p ) (");
    let def = def::read(text.as_bytes()).0.unwrap();
    let design = |rules: &MacroRules| {
        let library = library.0.as_ref().unwrap();
        design(text.as_bytes(), &def, library, rules).0.unwrap()
    };
    let of = |design: &Design, kind| design.netlist.nodes_of(kind).count();
    let found = design(&MacroRules::default());
    assert_eq!((of(&found, Kind::HardMacro), of(&found, Kind::StdCell)), (3, 1));
    let b = node(&found, "b");
    assert_eq!(found.netlist.size(b), (0.0, 0.0));
    assert_eq!(found.placement.center(b), Point::new(70.0, 65.0));
    assert_eq!(found.netlist.net_pins.row(flagstone_netlist::NetId::from_usize(0)).len(), 3);
    let all = MacroRules { macros: vec!["bump".into()], ..MacroRules::default() };
    assert_eq!(of(&design(&all), Kind::HardMacro), 5);
}

#[test]
fn parentheses_may_be_glued_to_the_ends_of_a_net() {
    let glued = DEF
        .replace("( PIN in ) (", "(PIN in) (")
        .replace(" q ) ( u1 a ) +", " q) (u1 a) +")
        .replace("( r d[0] ) ( u1 y ) ;", "(r d[0]) (u1 y);");
    assert_eq!(joined(&glued).netlist, joined(DEF).netlist);
    let def = "NETS 1 ;\n- n ( a(0) y(1) ) (b z(2) + SYNTHESIZED) (* q) ;\nEND NETS\nEND DESIGN\n";
    let text = format!("DESIGN t ;\n{def}");
    let def = def::read(text.as_bytes()).0.unwrap();
    let ends: Vec<_> = def.connections.iter().map(|end| (end.component, end.pin)).collect();
    assert_eq!(ends, [("a(0)", "y(1)"), ("b", "z(2)"), ("*", "q")]);
}
