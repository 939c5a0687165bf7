//! The panels left and right of the canvas, each with tabs.

use egui::{Panel, ScrollArea, Ui};

use crate::app::Viewer;
use crate::command::Command;
use crate::data::Data;
use crate::state::{LeftTab, RightTab};
use crate::{compare, cost_panel, find, heat_panel, inspector, layers_panel, markers, tools};

/// Points; what all tabs need, at any text size.
const WIDTHS: std::ops::RangeInclusive<f32> = 200.0..=560.0;
/// Share of the window that a panel may take.
const MOST_SHARE: f32 = 0.38;

/// How wide a panel may be in a window.
fn widths(ui: &Ui) -> std::ops::RangeInclusive<f32> {
    let most = MOST_SHARE * ui.ctx().content_rect().width();
    *WIDTHS.start()..=most.clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// A row of tabs; returns the one clicked.
fn tabs<T: Copy + PartialEq>(now: T, all: &[(T, &str)], ui: &mut Ui) -> Option<T> {
    let mut clicked = None;
    ui.horizontal_wrapped(|ui| {
        for &(tab, name) in all {
            if ui.selectable_label(now == tab, name).clicked() {
                clicked = Some(tab);
            }
        }
    });
    ui.separator();
    clicked
}

/// The left panel; there is none on the first page.
pub fn left(viewer: &mut Viewer, ui: &mut Ui, commands: &mut Vec<Command>) {
    const TABS: [(LeftTab, &str); 4] = [
        (LeftTab::Layers, "Layers"),
        (LeftTab::Find, "Find"),
        (LeftTab::Groups, "Groups"),
        (LeftTab::History, "History"),
    ];
    if !viewer.state.left || viewer.session.is_none() {
        return;
    }
    let (state, panels) = (&viewer.state, &mut viewer.panels);
    let widths = widths(ui);
    Panel::left("left").default_size(240.0).size_range(widths).show(ui, |ui| {
        commands.extend(tabs(state.left_tab, &TABS, ui).map(Command::LeftTab));
        let Some(session) = &viewer.session else { return };
        let data = Data { session, state };
        commands.extend(match state.left_tab {
            LeftTab::Layers => {
                let area = ScrollArea::vertical().auto_shrink(false);
                area.show(ui, |ui| layers_panel::layers_ui(&mut (), &data, ui)).inner
            }
            LeftTab::Find => find::ui(&mut panels.find, &data, ui),
            LeftTab::Groups => layers_panel::groups_ui(&mut (), &data, ui),
            LeftTab::History => layers_panel::history_ui(&mut (), &data, ui),
        });
    });
}

/// The right panel; there is none on the first page.
pub fn right(viewer: &mut Viewer, ui: &mut Ui, commands: &mut Vec<Command>) {
    const TABS: [(RightTab, &str); 6] = [
        (RightTab::Inspector, "Inspector"),
        (RightTab::Cost, "Cost"),
        (RightTab::Heat, "Heat"),
        (RightTab::Markers, "Markers"),
        (RightTab::Tools, "Tools"),
        (RightTab::Compare, "Compare"),
    ];
    if !viewer.state.right || viewer.session.is_none() {
        return;
    }
    let (state, panels) = (&viewer.state, &mut viewer.panels);
    let widths = widths(ui);
    Panel::right("right").default_size(360.0).size_range(widths).show(ui, |ui| {
        commands.extend(tabs(state.right_tab, &TABS, ui).map(Command::RightTab));
        let Some(session) = &viewer.session else { return };
        let data = Data { session, state };
        commands.extend(match state.right_tab {
            RightTab::Inspector => inspector::ui(&mut panels.inspector, &data, ui),
            RightTab::Cost => cost_panel::ui(&mut (), &data, ui),
            RightTab::Heat => heat_panel::ui(&mut (), &data, ui),
            RightTab::Compare => compare::ui(&mut (), &data, ui),
            RightTab::Markers => markers::ui(&mut panels.markers, &data, ui),
            RightTab::Tools => {
                ScrollArea::vertical()
                    .auto_shrink(false)
                    .show(ui, |ui| tools::ui(&mut (), &data, ui))
                    .inner
            }
        });
    });
}
