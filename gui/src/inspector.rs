//! The inspector: everything about the selected node, its nets by what they cost, all clickable.

use egui::{Grid, RichText, ScrollArea, Ui};
use flagstone_netlist::{Kind, NetId, NodeId};

use crate::command::{Action, Command};
use crate::data::Data;
use crate::selection::Pick;
use crate::session::Session;

/// Nets listed at first.
const FIRST_NETS: usize = 40;

/// What the inspector remembers.
#[derive(Clone, Debug, Default)]
pub struct InspectorState {
    /// The node it was opened for.
    node: Option<NodeId>,
    /// The net whose pins are listed.
    net: Option<NetId>,
    /// Nets listed.
    most: usize,
}

/// What a person calls a kind of node.
pub fn kind_name(session: &Session, node: NodeId) -> &'static str {
    match session.netlist().kind(node) {
        Kind::HardMacro => "hard macro",
        Kind::SoftMacro => "soft macro",
        Kind::Port => "port",
        Kind::StdCell => "standard cell",
    }
}

/// A node in a few lines, for the tooltip.
pub fn describe(session: &Session, node: NodeId) -> String {
    let netlist = session.netlist();
    let placement = session.shown().1;
    let at = placement.center(node);
    let mut text = format!("{}\n{}", netlist.node_name(node), kind_name(session, node));
    if netlist.kind(node) != Kind::Port {
        let (width, height) = netlist.size(node);
        let orientation = placement.orientation[node.usize()];
        text += &format!("  {width:.2} × {height:.2} µm  {orientation}");
    }
    let locked = if placement.fixed[node.usize()] { "  locked" } else { "" };
    text += &format!("\ncenter {:.2}, {:.2}{locked}", at.x, at.y);
    text += &format!("\n{} nets", netlist.node_nets.row(node).len());
    text
}

/// The panel.
pub fn ui(panel: &mut InspectorState, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let Some(node) = session.selection.lead() else {
        ui.weak("Nothing is selected. Click an object; click again for the one below it.");
        return None;
    };
    if panel.node != Some(node) {
        *panel = InspectorState { node: Some(node), net: None, most: FIRST_NETS };
    }
    let mut command = several(session, ui);
    command = properties(session, node, ui).or(command);
    ui.separator();
    ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| nets(panel, data, node, ui).or(command))
        .inner
}

fn several(session: &Session, ui: &mut Ui) -> Option<Command> {
    let n = session.selection.len();
    if n < 2 {
        return None;
    }
    let area: f64 = session.selection.iter().map(|node| session.netlist().area(node)).sum();
    let mut command = None;
    ui.horizontal(|ui| {
        ui.label(format!("{n} selected, {area:.0} µm² in all; the last one:"));
        if ui.small_button("fit all").clicked() {
            command = Some(Command::Do(Action::FitSelection));
        }
    });
    command
}

fn rows(session: &Session, node: NodeId) -> Vec<(&'static str, String)> {
    let netlist = session.netlist();
    let placement = session.shown().1;
    let at = placement.center(node);
    let mut rows = vec![("Kind", kind_name(session, node).to_owned())];
    if netlist.kind(node) != Kind::Port {
        let (width, height) = netlist.size(node);
        let rect = placement.rect(netlist, node);
        rows.push(("Size", format!("{width:.3} × {height:.3} µm")));
        rows.push(("Area", format!("{:.1} µm²", width * height)));
        rows.push(("Lower left", format!("{:.3}, {:.3} µm", rect.x0, rect.y0)));
    }
    rows.push(("Center", format!("{:.3}, {:.3} µm", at.x, at.y)));
    if let Some(cell) = session.design.canvas.grid().cell_at(at) {
        let (column, row) = session.design.canvas.grid().column_row(cell);
        rows.push(("Grid cell", format!("column {column}, row {row}")));
    }
    if netlist.kind(node) != Kind::Port {
        let letters = placement.orientation[node.usize()].as_str();
        rows.push(("Orientation", letters.to_owned()));
        rows.push(("Locked", if placement.fixed[node.usize()] { "yes" } else { "no" }.to_owned()));
    }
    if let Some(reference) = netlist.nodes.ref_name[node.usize()] {
        rows.push(("Cell", netlist.names.get(reference).to_owned()));
    }
    if let Some(side) = netlist.nodes.side[node.usize()] {
        rows.push(("Side", format!("{side:?}").to_lowercase()));
    }
    rows.push(("Pins", netlist.node_pins.row(node).len().to_string()));
    rows.push(("Nets", netlist.node_nets.row(node).len().to_string()));
    if let Some(analysis) = &session.analysis {
        let cost = analysis.node_cost(netlist, node);
        let proxy = analysis.cost.proxy(&session.design.weights);
        let share = if proxy > 0.0 { 100.0 * cost / proxy } else { 0.0 };
        rows.push(("Cost", format!("{cost:.5} of proxy, {share:.2} %")));
    }
    rows
}

fn properties(session: &Session, node: NodeId, ui: &mut Ui) -> Option<Command> {
    let name = session.netlist().node_name(node);
    let mut command = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name).strong()).on_hover_text(name);
        if ui.small_button("copy").clicked() {
            command = Some(Command::Copy(name.to_owned()));
        }
        if ui.small_button("fit").clicked() {
            command = Some(Command::SelectAndFit(vec![node]));
        }
    });
    Grid::new("properties").num_columns(2).striped(true).show(ui, |ui| {
        for (what, text) in rows(session, node) {
            ui.weak(what);
            let row = ui.add(egui::Label::new(&text).sense(egui::Sense::click()));
            if row.on_hover_text("Click to copy").clicked() {
                command = Some(Command::Copy(text));
            }
            ui.end_row();
        }
    });
    command
}

/// The nets of the node, the dearest first, each with its other ends.
fn nets(panel: &mut InspectorState, data: &Data<'_>, node: NodeId, ui: &mut Ui) -> Option<Command> {
    let session = data.session;
    let netlist = session.netlist();
    let cost = |net: NetId| session.analysis.as_ref().map_or(0.0, |a| a.net_cost(net));
    let mut nets = netlist.node_nets.row(node).to_vec();
    nets.sort_by(|&a, &b| cost(b).total_cmp(&cost(a)).then(a.cmp(&b)));
    ui.strong(format!("Nets by cost ({})", nets.len()));
    let mut command = None;
    for &net in nets.iter().take(panel.most) {
        let driver = netlist.nets.driver[net.usize()];
        let open = panel.net == Some(net);
        let pins = netlist.net_pins.row(net).len();
        let text = format!("{:.6}  {}  ({pins} pins)", cost(net), netlist.pin_name(driver));
        let row = ui.add(egui::Button::selectable(open, text).truncate());
        if row.on_hover_text(format!("{:.2} µm", session.engine.net_wirelength_um(net))).clicked()
        {
            panel.net = if open { None } else { Some(net) };
        }
        if open {
            command = ends(session, net, ui).or(command);
        }
    }
    if nets.len() > panel.most && ui.button("Show more").clicked() {
        panel.most *= 4;
    }
    command
}

/// The pins of a net; a click goes to the node.
fn ends(session: &Session, net: NetId, ui: &mut Ui) -> Option<Command> {
    const MOST: usize = 60;
    let netlist = session.netlist();
    let pins = netlist.net_pins.row(net);
    let mut command = None;
    ui.indent(("pins", net.0), |ui| {
        for (k, &pin) in pins.iter().take(MOST).enumerate() {
            let node = netlist.pins.node[pin.usize()];
            let role = if k == 0 { "from" } else { "to" };
            ui.horizontal(|ui| {
                ui.weak(role);
                let link = ui.link(netlist.pin_name(pin));
                if link.clicked() {
                    command = Some(Command::SelectAndFit(vec![node]));
                }
            });
        }
        if pins.len() > MOST {
            ui.weak(format!("and {} more", pins.len() - MOST));
        }
        let nodes: Vec<NodeId> = pins.iter().map(|pin| netlist.pins.node[pin.usize()]).collect();
        if ui.small_button("select all ends").clicked() {
            command = Some(Command::Select(Pick::Replace, nodes));
        }
    });
    command
}
