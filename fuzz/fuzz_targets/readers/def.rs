//! A LEF and a DEF with a line of `%%` between them: a DEF written with its components moved holds
//! just that, and with none moved every byte is the same.

#![no_main]

mod parts;

use flagstone_formats::def::{Move, Status};
use flagstone_formats::lefdef::{MacroRules, design};
use flagstone_formats::{def, lef};
use flagstone_geom::Orientation;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (first, text) = parts::parts(data);
    let library = lef::read(first).0.unwrap_or_default();
    let Some(found) = def::read(text).0 else { return };
    assert_eq!(written(text, &found, &[]), text, "nothing moved, nothing changes");
    let to = |(component, one): (usize, &def::Component<'_>)| Move {
        component,
        status: Status::Placed,
        x: one.y - 7,
        y: one.x + 3,
        orientation: Orientation::FS,
    };
    let moves: Vec<Move> = found.components.iter().enumerate().map(to).collect();
    let text_moved = written(text, &found, &moves);
    let again = def::read(&text_moved).0.expect("a DEF stays one");
    assert_eq!(again.components.len(), moves.len());
    for (component, to) in again.components.iter().zip(&moves) {
        let place = (component.status, component.x, component.y, component.orientation);
        assert_eq!(place, (to.status, to.x, to.y, to.orientation));
    }
    if let Some(flat) = design(text, &found, &library, &MacroRules::default()).0 {
        let places = flat.netlist.node_ids().filter_map(|node| flat.place(&flat.placement, node));
        assert_eq!(places.count(), found.components.len());
    }
});

fn written(text: &[u8], def: &def::Def<'_>, moves: &[Move]) -> Vec<u8> {
    let mut out = Vec::new();
    def::write(text, def, moves, &mut out).expect("a vector takes all");
    out
}
