use flagstone_geom::Orientation;
use proptest::prelude::*;

use super::*;

const BLOCKS: &[u8] = b"UCSC blocks 1.0\r\n# c\r\nNumSoftRectangularBlocks : 1\r\n\
    NumHardRectilinearBlocks : 1\nNumTerminals : 2\n\
    bk[1] hardrectilinear 4 (1, 0) (1, 20) (41.0, 20) (41,0) \n\
    s/1 softrectangular 100 0.33 3.0\nGND@1 terminal\nP2 terminal\n";
const NETS: &[u8] =
    b"UCLA nets 1.0\nNumNets : 2\nNumPins : 4\nNetDegree : 2\n# a comment\nGND@1 B\n\
    bk[1] O : %-50.0 %25\nNetDegree : 2\ns/1 B : 2.5 -1\nP2 B\n";
const PL: &[u8] =
    b"UCLA pl 1.0\nbk[1]\t0\t10\tDIMS = (20, 40)\t: E\ns/1 60 0\nGND@1 -10 0\nP2 90 80 : N\n";

fn good(parts: &Parts<'_>) -> Design {
    let (design, diagnostics) = read(parts);
    assert_eq!(diagnostics, PartDiagnostics::default());
    design.unwrap()
}

#[test]
fn blocks_terminals_and_shares_are_read() {
    let design = good(&Parts { blocks: BLOCKS, nets: NETS, pl: Some(PL) });
    let netlist = &design.netlist;
    let kinds = [Kind::HardMacro, Kind::SoftMacro, Kind::Port, Kind::Port];
    assert_eq!(netlist.nodes.kind, kinds);
    assert_eq!((netlist.size(NodeId(0)), netlist.size(NodeId(1))), ((20.0, 40.0), (10.0, 10.0)));
    assert_eq!(
        design.placement.pin(netlist, PinId(1)),
        Point::new(10.0 + 10.0 + 5.0, 10.0 + 20.0 + 20.0)
    );
    assert_eq!(netlist.net_pins.row(flagstone_netlist::NetId(0)), [PinId(1), PinId(0)]);
    assert_eq!((design.origin, design.size), (Point::new(-10.0, 0.0), (100.0, 80.0)));
    assert_eq!((design.base[0], design.placement.orientation[0]), (Orientation::W, Orientation::S));
    assert_eq!(design.placement.center(NodeId(0)), Point::new(10.0 + 10.0, 10.0 + 20.0));
    assert_eq!(design.placement.center(NodeId(2)), Point::new(0.0, 0.0));
}

#[test]
fn blocks_at_the_origin_have_no_place() {
    let pl = Some(&b"bk[1] 0 0\ns/1 0 0\nGND@1 5 5\nP2 5 9\n"[..]);
    let design = good(&Parts { blocks: BLOCKS, nets: NETS, pl });
    assert_eq!(design.placement.placed, [false, false, true, true]);
    assert_eq!(design.size.0, (900.0_f64 * 1.15).sqrt(), "the terminals span no box");
}

#[test]
fn bad_files_are_refused_by_line() {
    let said = |blocks, nets, pl| {
        let (design, d) = read(&Parts { blocks, nets, pl: Some(pl) });
        assert!(design.is_none(), "{d:?}");
        d.blocks.iter().chain(&d.nets).chain(&d.pl).next().unwrap().to_string()
    };
    assert!(
        said(b"a soft 1", b"", b"").starts_with("1:3: error: expected softrectangular"),
        "kind"
    );
    assert!(said(b"a hardrectilinear 4 (0, 0) (1", b"", b"").starts_with("1:19: error"), "corners");
    assert!(said(b"a softrectangular -1", b"", b"").contains("no area"), "area");
    assert!(
        said(BLOCKS, b"NetDegree : 2\nP2 B\n", b"").starts_with("1:1: error: the net"),
        "degree"
    );
    assert!(said(BLOCKS, b"NetDegree : 1\nP2 B : %1\n", b"").contains("one offset"), "offset");
    assert!(said(BLOCKS, b"", b"x 0 0").contains("no block"), "place");
}

proptest! {
    #[test]
    fn any_bytes_give_diagnostics(at in 0_usize..300, part in 0..3, noise in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut texts = [BLOCKS, NETS, PL].map(<[u8]>::to_vec);
        let text = &mut texts[part as usize];
        let at = at.min(text.len());
        text.splice(at..text.len().min(at + noise.len()), noise);
        let (design, d) = read(&Parts { blocks: &texts[0], nets: &texts[1], pl: Some(&texts[2]) });
        prop_assert!(design.is_some() || d != PartDiagnostics::default());
    }
}

/// Names, kinds, sizes, orientations, drivers and places come back.
#[test]
fn a_benchmark_survives_writing_and_reading() {
    let (design, _) = read(&Parts {
        blocks: b"a hardrectilinear 4 (0, 0) (0, 2) (4, 2) (4, 0)\nb[0]/x softrectangular 9 0.3 3\np terminal\nq terminal\n",
        nets: b"NetDegree : 3\na B : %50 %-25\nb[0]/x O\np B\nNetDegree : 2\nq B\na B : %12.5 %0\n",
        pl: Some(b"a 1.1 2.7 : FW\nb[0]/x 5 5\np -3 0\nq 20 12.5\n"),
    });
    let design = design.unwrap();
    let files = write(&design).unwrap();
    let (again, diagnostics) = read(&Parts {
        blocks: files.blocks.as_bytes(),
        nets: files.nets.as_bytes(),
        pl: Some(files.pl.as_bytes()),
    });
    let again = again.unwrap_or_else(|| panic!("{diagnostics:?}"));
    assert_eq!(again.netlist.nodes, design.netlist.nodes);
    assert_eq!(again.placement, design.placement);
    assert_eq!((again.origin, again.size), (design.origin, design.size));
    let ends = |design: &Design| -> Vec<Vec<(NodeId, f64, f64)>> {
        let pins = &design.netlist.pins;
        let end =
            |pin: &PinId| (pins.node[pin.usize()], pins.dx[pin.usize()], pins.dy[pin.usize()]);
        design.netlist.net_pins.rows().map(|row| row.iter().map(end).collect()).collect()
    };
    assert_eq!(ends(&again), ends(&design));
}

#[test]
fn names_that_the_format_cannot_hold_are_refused() {
    for name in ["a b", ":a", "a:", "NetDegree", ""] {
        let mut builder = Builder::new();
        builder.node(Node { name, width: 1.0, height: 1.0, ..Node::default() });
        let netlist = builder.build();
        let placement = Placement::new(&netlist);
        let design = Design { netlist, placement, ..Design::default() };
        assert_eq!(write(&design), Err(WriteError::Name(name.to_owned())));
    }
}

/// A placer works on boxes that never swap; what it calls legal must be legal in the files, too.
#[test]
fn turned_blocks_are_turned_once_and_written_back() {
    let blocks = b"a hardrectilinear 4 (0, 0) (0, 10) (40, 10) (40, 0)\n\
        b hardrectilinear 4 (0, 0) (0, 10) (40, 10) (40, 0)\n";
    let nets = b"NetDegree : 2\na O : %50 %-25\nb B : %50 %0\n";
    for orientation in Orientation::ALL {
        let size = if orientation.is_turned() { (10.0, 40.0) } else { (40.0, 10.0) };
        let pl = format!("a 0 0 : {orientation}\nb {} 0 : {orientation}\n", size.0);
        let mut design = good(&Parts { blocks, nets, pl: Some(pl.as_bytes()) });
        let rect = |node| design.placement.rect(&design.netlist, NodeId(node));
        assert_eq!((rect(0).x0, rect(0).y1, rect(1).x0), (0.0, size.1, size.0), "{orientation}");
        let (dx, dy) = orientation.apply(20.0, -2.5);
        let at = Point::new(size.0 / 2.0 + dx, size.1 / 2.0 + dy);
        assert_eq!(design.placement.pin(&design.netlist, PinId(0)), at, "{orientation}");

        design.placement.set_center(NodeId(1), Point::new(70.0 + 1.0 / 3.0, 30.0));
        design.placement.orientation[1] = design.placement.orientation[1].then(Orientation::FN);
        let files = write(&design).unwrap();
        assert!(files.blocks.contains("(40, 10)"), "{}", files.blocks);
        let back = good(&Parts {
            blocks: files.blocks.as_bytes(),
            nets: files.nets.as_bytes(),
            pl: Some(files.pl.as_bytes()),
        });
        assert_eq!(back.base, design.base);
        assert_eq!(back.netlist.pins, design.netlist.pins);
        assert_eq!(back.placement, design.placement);
    }
}
