//! Finding nodes by name, and going to a place.

use egui::{Key, ScrollArea, Ui};
use flagstone_geom::Rect;
use flagstone_netlist::{Kind, NodeId};

use crate::command::Command;
use crate::data::Data;
use crate::inspector::kind_name;
use crate::pattern::Pattern;
use crate::selection::Pick;
use crate::session::Session;

/// Names compared in one frame; the rest follows in the next ones.
const NAMES_PER_FRAME: usize = 20_000;

/// Kinds of nodes as the counts name them.
const KINDS: [(Kind, &str); 4] = [
    (Kind::HardMacro, "hard"),
    (Kind::SoftMacro, "soft"),
    (Kind::Port, "ports"),
    (Kind::StdCell, "cells"),
];

/// What the search remembers.
#[derive(Default)]
pub struct FindState {
    /// What is looked for.
    pub text: String,
    /// Whether the text gets the keyboard in the next frame.
    pub focus: bool,
    searched: String,
    pattern: Option<Pattern>,
    problem: Option<String>,
    found: Vec<NodeId>,
    /// Of hard macros, soft macros, ports and cells among them.
    counts: [usize; 4],
    next: usize,
    searched_nodes: usize,
}

impl FindState {
    /// Compares more names; says whether all are done.
    fn search(&mut self, session: &Session) -> bool {
        let netlist = session.netlist();
        let changed = self.searched != self.text || self.searched_nodes != netlist.n_nodes();
        if changed {
            self.searched.clone_from(&self.text);
            self.searched_nodes = netlist.n_nodes();
            self.found.clear();
            self.counts = [0; 4];
            self.next = 0;
            let empty = self.text.trim().is_empty();
            let pattern = if empty { Ok(None) } else { Pattern::new(&self.text).map(Some) };
            self.problem = pattern.as_ref().err().cloned();
            self.pattern = pattern.ok().flatten();
        }
        let Some(pattern) = &self.pattern else { return true };
        let end = (self.next + NAMES_PER_FRAME).min(netlist.n_nodes());
        for node in (self.next..end).map(NodeId::from_usize) {
            if pattern.fits(netlist.node_name(node)) {
                self.found.push(node);
                self.counts[netlist.kind(node) as usize] += 1;
            }
        }
        self.next = end;
        end == netlist.n_nodes()
    }

    /// Searches to the end; for tests.
    pub fn finish(&mut self, session: &Session) -> &[NodeId] {
        while !self.search(session) {}
        &self.found
    }
}

/// The panel.
pub fn ui(panel: &mut FindState, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let hint = "part, glob* or /regex/";
    let edit = egui::TextEdit::singleline(&mut panel.text).hint_text(hint);
    let edit = ui.add(edit.desired_width(f32::INFINITY));
    let edit = edit.accessible_name("Find nodes by name");
    if std::mem::take(&mut panel.focus) {
        edit.request_focus();
    }
    if !panel.search(data.session) {
        ui.ctx().request_repaint();
    }
    if let Some(problem) = &panel.problem {
        ui.colored_label(ui.visuals().error_fg_color, problem);
        return None;
    }
    let entered = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let mut command = None;
    if entered && !panel.found.is_empty() {
        command = Some(Command::SelectAndFit(panel.found.clone()));
    }
    if panel.pattern.is_none() {
        ui.weak("Type a name. Enter selects all that is found and shows it.");
        return command;
    }
    counts(panel, data.session, ui);
    ui.horizontal(|ui| {
        let some = !panel.found.is_empty();
        if ui.add_enabled(some, egui::Button::new("Select all")).clicked() {
            command = Some(Command::Select(Pick::Replace, panel.found.clone()));
        }
        if ui.add_enabled(some, egui::Button::new("Add to selection")).clicked() {
            command = Some(Command::Select(Pick::Add, panel.found.clone()));
        }
    });
    if panel.found.is_empty() && panel.text.contains(['*', '?']) {
        ui.weak("A glob is of the whole name: *part* finds a part.");
    }
    ui.separator();
    list(panel, data, ui).or(command)
}

fn counts(panel: &FindState, session: &Session, ui: &mut Ui) {
    let parts = KINDS.iter().map(|&(kind, name)| (panel.counts[kind as usize], name));
    let parts: Vec<(usize, &str)> = parts.collect();
    let parts = parts.iter().filter(|part| part.0 > 0).map(|(n, name)| format!("{n} {name}"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let more = if panel.next < session.netlist().n_nodes() { " so far" } else { "" };
    if panel.found.is_empty() {
        ui.label(format!("nothing found{more}"));
    } else {
        ui.label(format!("{} found{more}: {parts}", panel.found.len()));
    }
}

fn list(panel: &FindState, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    let height = ui.spacing().interact_size.y;
    ScrollArea::vertical().auto_shrink(false).show_rows(
        ui,
        height,
        panel.found.len(),
        |ui, rows| {
            for &node in &panel.found[rows] {
                let name = data.session.netlist().node_name(node);
                let selected = data.session.selection.contains(node);
                let row = ui.add(egui::Button::selectable(selected, name).truncate());
                if row.on_hover_text(kind_name(data.session, node)).clicked() {
                    command = Some(Command::SelectAndFit(vec![node]));
                }
            }
        },
    );
    command
}

/// What a text to go to means.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A place or an area, µm.
    Area(Rect),
    /// Nodes.
    Nodes(Vec<NodeId>),
}

/// Reads `x y`, `x,y`, `x,y,w,h` (lower left and size, µm), a name or a pattern.
///
/// # Errors
/// Why it means nothing.
pub fn target(text: &str, session: &Session) -> Result<Target, String> {
    /// Share of the canvas shown around a place.
    const AROUND: f64 = 0.1;
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|w| !w.is_empty());
    let numbers: Option<Vec<f64>> = words.map(|word| word.parse().ok()).collect();
    let canvas = &session.design.canvas;
    let finite = |numbers: &[f64]| numbers.iter().all(|number: &f64| number.is_finite());
    match numbers.as_deref() {
        Some(&[x, y]) if finite(&[x, y]) => {
            let (w, h) = (AROUND * canvas.width, AROUND * canvas.height);
            Ok(Target::Area(Rect::centered(flagstone_geom::Point::new(x, y), w, h)))
        }
        Some(&[x, y, w, h]) if finite(&[x, y, w, h]) && w > 0.0 && h > 0.0 => {
            Ok(Target::Area(Rect::new(x, y, x + w, y + h)))
        }
        _ => {
            let netlist = session.netlist();
            let name = text.trim();
            let exact = netlist.node_ids().find(|&node| netlist.node_name(node) == name);
            if let Some(node) = exact {
                return Ok(Target::Nodes(vec![node]));
            }
            if name.is_empty() {
                return Err("say x y, x,y,w,h or a name".to_owned());
            }
            let pattern = Pattern::new(name)?;
            let found: Vec<NodeId> =
                netlist.node_ids().filter(|&n| pattern.fits(netlist.node_name(n))).collect();
            if found.is_empty() {
                return Err(format!("nothing is called {name:?}; say x y, x,y,w,h or a name"));
            }
            Ok(Target::Nodes(found))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::session::tests::toy;

    use super::*;

    #[test]
    fn places_areas_and_names_are_told_apart() {
        let session = toy();
        assert!(matches!(target(" 3.5, 4 ", &session), Ok(Target::Area(_))));
        let area = target("1,2,3,4", &session);
        assert_eq!(area, Ok(Target::Area(Rect::new(1.0, 2.0, 4.0, 6.0))));
        let node = session.netlist().macros().next().unwrap();
        let name = session.netlist().node_name(node).to_owned();
        assert_eq!(target(&name, &session), Ok(Target::Nodes(vec![node])));
        assert!(target("no such thing", &session).is_err());
        assert!(target("", &session).is_err());
    }

    #[test]
    fn the_search_counts_what_it_finds() {
        let session = toy();
        let mut find = FindState { text: "*".to_owned(), ..FindState::default() };
        assert_eq!(find.finish(&session).len(), session.netlist().n_nodes());
    }
}
