//! Markers: what is illegal or worth a look, each with a place; they can be accepted and saved.

use egui::{ScrollArea, Ui};
use flagstone_formats::klayout::lyrdb;
use flagstone_geom::Rect;
use flagstone_place::checker::Violation;

use crate::command::{Action, Command};
use crate::data::Data;
use crate::session::Session;

/// A thing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// Its kind, also the category in a file.
    pub kind: &'static str,
    /// What a person reads.
    pub text: String,
    /// Where it is, µm.
    pub rect: Rect,
    /// What tells it apart from others as long as it is there.
    pub key: String,
}

/// What the panel remembers.
#[derive(Clone, Debug, Default)]
pub struct MarkersState {
    /// The marker shown last.
    pub at: Option<usize>,
    /// Whether accepted ones are listed, too.
    pub with_waived: bool,
}

/// Every marker, violations first.
pub fn all(session: &Session) -> Vec<Marker> {
    let Some(analysis) = &session.analysis else { return Vec::new() };
    let mut markers: Vec<Marker> =
        analysis.violations.iter().map(|violation| of_violation(session, violation)).collect();
    for cell in &analysis.worst_cells {
        let Some(map) = analysis.map(cell.kind) else { continue };
        let (column, row) = map.grid.column_row(cell.cell);
        markers.push(Marker {
            kind: "hot_cell",
            text: format!("{} {:.3} at column {column}, row {row}", cell.kind.name(), cell.value),
            rect: map.grid.cell_rect(cell.cell),
            key: format!("hot_cell {:?} {}", cell.kind, cell.cell),
        });
    }
    markers
}

/// Where something is illegal that was not accepted, µm.
pub fn illegal(session: &Session) -> impl Iterator<Item = Rect> + '_ {
    let waived = &session.waived;
    let analysis = session.analysis.as_deref();
    let violations = analysis.map_or(&[][..], |analysis| &analysis.violations);
    // Texts are made only where one may be the key of an accepted one.
    let open = move |violation: &&Violation| {
        waived.is_empty() || !waived.contains(&of_violation(session, violation).key)
    };
    violations.iter().filter(open).map(|violation| area(session, violation))
}

fn area(session: &Session, violation: &Violation) -> Rect {
    let rect = |node| session.placement.rect(session.netlist(), node);
    match *violation {
        Violation::Overlap { a, b, .. } | Violation::Spacing { a, b } => {
            let (a, b) = (rect(a), rect(b));
            a.intersection(&b).unwrap_or(Rect {
                x0: a.x0.min(b.x0),
                y0: a.y0.min(b.y0),
                x1: a.x1.max(b.x1),
                y1: a.y1.max(b.y1),
            })
        }
        Violation::Outside { node, .. }
        | Violation::Blocked { node }
        | Violation::Unplaced { node } => rect(node),
        _ => session.design.canvas.rect(),
    }
}

fn of_violation(session: &Session, violation: &Violation) -> Marker {
    let netlist = session.netlist();
    let name = |node| netlist.node_name(node);
    let (kind, text) = match *violation {
        Violation::Overlap { a, b, area } => {
            ("overlap", format!("{} and {} overlap by {area:.2} µm²", name(a), name(b)))
        }
        Violation::Spacing { a, b } => {
            ("spacing", format!("{} and {} are too close", name(a), name(b)))
        }
        Violation::Outside { node, by } => {
            ("outside", format!("{} hangs {by:.2} µm over the border", name(node)))
        }
        Violation::Blocked { node } => ("blockage", format!("{} stands on a blockage", name(node))),
        Violation::Unplaced { node } => ("unplaced", format!("{} has no place", name(node))),
        _ => ("other", format!("{violation:?}")),
    };
    let key = match *violation {
        Violation::Overlap { a, b, .. } | Violation::Spacing { a, b } => format!("{kind} {a} {b}"),
        Violation::Outside { node, .. }
        | Violation::Blocked { node }
        | Violation::Unplaced { node } => format!("{kind} {node}"),
        _ => text.clone(),
    };
    Marker { kind, text, rect: area(session, violation), key }
}

/// The markers as a KLayout report database.
pub fn to_lyrdb(session: &Session) -> Vec<u8> {
    let markers = all(session);
    let mut categories: Vec<lyrdb::Category> = Vec::new();
    for marker in &markers {
        if categories.iter().all(|category| category.name != marker.kind) {
            categories.push(lyrdb::Category {
                name: marker.kind.to_owned(),
                description: marker.kind.replace('_', " "),
                ..lyrdb::Category::default()
            });
        }
        let item = lyrdb::Item {
            waived: session.waived.contains(&marker.key),
            values: vec![lyrdb::Value::Box(marker.rect), lyrdb::Value::Text(marker.text.clone())],
            ..lyrdb::Item::default()
        };
        let category = categories.iter_mut().find(|category| category.name == marker.kind);
        if let Some(category) = category {
            category.items.push(item);
        }
    }
    lyrdb::write(&lyrdb::Report {
        description: format!("Markers of {}", session.design.name),
        generator: "flagstone-gui".to_owned(),
        top_cell: session.design.name.clone(),
        categories,
    })
}

/// The panel.
pub fn ui(panel: &mut MarkersState, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let markers = all(session);
    let open = markers.iter().filter(|marker| !session.waived.contains(&marker.key)).count();
    let mut command = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("{open} open of {}", markers.len()));
        ui.checkbox(&mut panel.with_waived, "accepted ones, too");
        if ui.button("Save…").on_hover_text("As a KLayout report database").clicked() {
            command = Some(Command::Do(Action::SaveMarkers));
        }
    });
    if session.analysis.is_none() {
        ui.spinner();
        return command;
    }
    ui.separator();
    let shown: Vec<usize> = (0..markers.len())
        .filter(|&k| panel.with_waived || !session.waived.contains(&markers[k].key))
        .collect();
    let height = ui.spacing().interact_size.y;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, height, shown.len(), |ui, rows| {
        for &k in &shown[rows] {
            let marker = &markers[k];
            ui.horizontal(|ui| {
                let mut waived = session.waived.contains(&marker.key);
                let tick = ui.checkbox(&mut waived, "");
                let tick = tick.on_hover_text("Accept this one");
                if tick.accessible_name("Accept").changed() {
                    command = Some(Command::Waive(k, waived));
                }
                let text = format!("{}: {}", marker.kind.replace('_', " "), marker.text);
                let row = egui::Button::selectable(panel.at == Some(k), &text).truncate();
                if ui.add(row).on_hover_text(&text).clicked() {
                    command = Some(Command::ShowMarker(k));
                }
            });
        }
    });
    command
}
