//! Files for other tools, to the letter.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

use flagstone_formats::graphml;
use flagstone_formats::heatmap_csv::{Heatmap, list, matrix};
use flagstone_formats::klayout::lyimg::{self, Image, ShapeError};
use flagstone_formats::klayout::lyrdb::{self, Category, Item, Report, Value};
use flagstone_formats::tcl::{self, Place};
use flagstone_geom::{Orientation, Point, Rect};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Every element's name with its text, read back.
fn elements(xml: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(xml);
    let (mut open, mut found): (Vec<(String, String)>, Vec<_>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open.push((start.name().as_ref().to_owned(), String::new()));
            }
            Event::Text(part) => {
                if let Some((_, text)) = open.last_mut() {
                    text.push_str(&part);
                }
            }
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let resolved = reference.resolve_char_ref().unwrap().map(String::from);
                let resolved = resolved.or_else(|| {
                    quick_xml::escape::resolve_predefined_entity(&name).map(String::from)
                });
                open.last_mut().unwrap().1.push_str(&resolved.unwrap());
            }
            Event::End(_) => found.push(open.pop().unwrap()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn report(text: &str, category: &str) -> Report {
    let values = vec![
        Value::Box(Rect::new(1.0, 2.5, 3.0, 4.0)),
        Value::Edge(Point::new(0.0, 0.0), Point::new(-1.0, 2.0)),
        Value::Float(1.37),
        Value::Float(f64::NAN),
        Value::Text(text.into()),
    ];
    let item = Item { important: true, values, ..Item::default() };
    let inner = Category { name: category.into(), items: vec![item], ..Category::default() };
    let outer = Category {
        name: "congestion".into(),
        description: "too many tracks".into(),
        categories: vec![inner],
        ..Category::default()
    };
    Report {
        description: "check".into(),
        generator: "flagstone".into(),
        top_cell: "chip".into(),
        categories: vec![outer],
    }
}

#[test]
fn report_database_is_exact() {
    let expected = r#"<?xml version="1.0" encoding="utf-8"?>
<report-database>
 <description>check</description>
 <generator>flagstone</generator>
 <top-cell>chip</top-cell>
 <tags>
  <tag>
   <name>important</name>
  </tag>
  <tag>
   <name>waived</name>
  </tag>
 </tags>
 <categories>
  <category>
   <name>congestion</name>
   <description>too many tracks</description>
   <categories>
    <category>
     <name>over 0.6</name>
     <description></description>
    </category>
   </categories>
  </category>
 </categories>
 <cells>
  <cell>
   <name>chip</name>
  </cell>
 </cells>
 <items>
  <item>
   <tags>important</tags>
   <category>congestion.'over 0.6'</category>
   <cell>chip</cell>
   <values>
    <value>box: (1,2.5;3,4)</value>
    <value>edge: (0,0;-1,2)</value>
    <value>float: 1.37</value>
    <value>text: 'm[3] &lt;a\'\\\n'</value>
   </values>
  </item>
 </items>
</report-database>
"#;
    let found = text(lyrdb::write(&report("m[3] <a'\\\n", "over 0.6")));
    let found = found.replace("&apos;", "'");
    assert_eq!(found, expected);
}

#[test]
fn image_is_exact() {
    let image = Image {
        area: Rect::new(0.0, 0.0, 40.0, 20.0),
        columns: 4,
        rows: 2,
        values: &[0.0, 0.5, 1.0, 1.5, 2.0, f64::NAN, 3.0, 3.5],
        min: 0.0,
        max: 3.5,
        colors: &[(0.0, [0, 0, 0]), (1.0, [255, 16, 0])],
    };
    let xml = text(lyimg::write(&image).unwrap());
    for line in [
        "<image-data>",
        " <color>false</color>",
        " <width>4</width>",
        " <height>2</height>",
        " <matrix>(10,0,20) (0,10,10) (0,0,1)</matrix>",
        " <max-value>3.5</max-value>",
        " <data>0;0.5;1;1.5</data>\n <data>2;0;3;3.5</data>\n</image-data>\n",
    ] {
        assert!(xml.contains(line), "{line} in {xml}");
    }
    let entries = elements(&xml).into_iter().filter(|(name, _)| name == "color-map-entry");
    let entries: Vec<String> = entries.map(|(_, text)| text).collect();
    assert_eq!(entries, ["0:'#000000'", "1:'#ff1000'"]);
    let wrong = Image { rows: 3, ..image };
    assert_eq!(lyimg::write(&wrong), Err(ShapeError { columns: 4, rows: 3, found: 8 }));
}

#[test]
fn scripts_are_exact() {
    let place = |name, orientation| Place {
        name,
        outline: Rect::new(10.1 + 0.2, 20.0, 50.0, 40.0),
        orientation,
        fixed: orientation == Orientation::FW,
    };
    let places = [place("a/b[0]", Orientation::FN), place("c\\[1\\]", Orientation::FW)];
    let head = ["design chip\\", "seed 1"];
    let expected = "# design chip\\ .\n# seed 1\n\
        place_macro -macro_name {a/b[0]} -location {10.3 20} -orientation MY\n\
        place_inst -name {c\\[1\\]} -location {10.3 20} -orientation MXR90 -status FIRM\n\
        puts \"placed 2 macros\"\n";
    assert_eq!(tcl::openroad(&head, &places), expected);
    let expected = "placeInstance {a/b[0]} 10.3 20 MY -placed\n\
        placeInstance {c\\[1\\]} 10.3 20 MX90 -fixed\nputs \"placed 2 macros\"\n";
    assert_eq!(tcl::innovus(&[], &places), expected);
    let expected = "set_cell_location -coordinates {10.3 20} -orientation FN [get_cells -exact {a/b[0]}]\n\
        set_cell_location -coordinates {10.3 20} -orientation FW -fixed [get_cells -exact {c\\[1\\]}]\n\
        puts \"placed 2 macros\"\n";
    assert_eq!(tcl::icc2(&[], &places), expected);
}

#[test]
fn orientations_are_spelled_per_tool() {
    let spelled = |script: fn(&[&str], &[Place<'_>]) -> String| {
        Orientation::ALL.map(|orientation| {
            let outline = Rect::new(0.0, 0.0, 1.0, 1.0);
            let line = script(&[], &[Place { name: "m", outline, orientation, fixed: false }]);
            let mut words = line.lines().next().unwrap().split(' ').map(str::to_owned);
            words.rfind(|w| w.starts_with(['R', 'M'])).unwrap()
        })
    };
    let expected = ["R0", "MY", "R180", "MX", "R270", "MYR90", "R90", "MXR90"];
    assert_eq!(spelled(tcl::openroad), expected);
    assert_eq!(spelled(tcl::innovus), ["R0", "MY", "R180", "MX", "R270", "MY90", "R90", "MX90"]);
}

#[test]
fn heat_maps_are_exact() {
    let map = Heatmap {
        width: 3.0,
        height: 2.0,
        columns: 2,
        units: "a\nb",
        values: &[0.0, 1.0, 2.5, 3.0],
    };
    let expected = "# units=a b\nx0_um,y0_um,x1_um,y1_um,value\n0,0,1.5,1,0\n1.5,0,3,1,1\n\
        0,1,1.5,2,2.5\n1.5,1,3,2,3\n";
    assert_eq!(list(&map), expected);
    assert_eq!(matrix(&map), "# units=a b\n2.5,3\n0,1\n");
}

#[test]
fn graph_is_exact() {
    let nodes = [
        graphml::Node { name: "a<b>", kind: "port", x: 1.5, ..graphml::Node::default() },
        graphml::Node { name: "m", kind: "hard_macro", width: 2.0, ..graphml::Node::default() },
    ];
    let nets = [graphml::Net { weight: 2.0, nodes: &[1, 0, 7] }];
    let xml = text(graphml::write(&nodes, &nets));
    let begin = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
        <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n \
        <key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>\n";
    assert!(xml.starts_with(begin), "{xml}");
    let end = "  <node id=\"e0\">\n   <data key=\"kind\">net</data>\n   <data key=\"weight\">2</data>\n   \
        <data key=\"degree\">3</data>\n  </node>\n  <edge source=\"e0\" target=\"n1\">\n   \
        <data key=\"driver\">true</data>\n  </edge>\n  <edge source=\"e0\" target=\"n0\">\n   \
        <data key=\"driver\">false</data>\n  </edge>\n </graph>\n</graphml>\n";
    assert!(xml.ends_with(end), "{xml}");
    assert!(elements(&xml).contains(&("data".into(), "a<b>".into())), "{xml}");
}

/// What Tcl makes of a word.
fn tcl_value(word: &str) -> String {
    if let Some(inner) = word.strip_prefix('{') {
        return inner.strip_suffix('}').unwrap().to_owned();
    }
    let mut out = String::new();
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(match chars.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            bare => {
                assert!(!"{}[]$\"; ".contains(bare), "{bare} bare in {word}");
                out.push(bare);
            }
        }
    }
    out
}

proptest! {
    #[test]
    fn any_text_survives_xml(name in "[ -~\\n\\t\u{e9}\u{1F600}]{0,20}") {
        let xml = text(lyrdb::write(&report("", &name)));
        let names: Vec<String> =
            elements(&xml).into_iter().filter(|(tag, _)| tag == "name").map(|(_, text)| text).collect();
        prop_assert!(names.contains(&name), "{:?}", names);
    }

    #[test]
    fn any_name_survives_tcl(name in "[a-z\\\\{}\\[\\]$\"; \\n]{1,12}") {
        prop_assert_eq!(tcl_value(&tcl::word(&name)), name);
    }

    #[test]
    fn control_characters_leave_readable_xml(name in any::<String>()) {
        let node = graphml::Node { name: &name, ..graphml::Node::default() };
        prop_assert!(elements(&text(graphml::write(&[node], &[]))).len() > 5);
    }
}
