//! The bar below the canvas: buttons, the scrubber, what the step says, the curve.

use egui::{Slider, Ui};
use flagstone_report::scene::layers::short_name;

use super::{Replay, Thought, curve};
use crate::command::{Action, Command, entry};
use crate::data::Data;
use crate::theme;

/// The bar of a recording.
pub fn ui(replay: &Replay, data: &Data<'_>, ui: &mut Ui) -> Option<Command> {
    let mut command = None;
    ui.horizontal(|ui| {
        let actions = [
            (Action::FirstStep, "|<"),
            (Action::PreviousStep, "<"),
            (Action::Play, if replay.playing { "Stop" } else { "Play" }),
            (Action::NextStep, ">"),
            (Action::LastStep, ">|"),
        ];
        for (action, sign) in actions {
            let button = ui.button(sign).on_hover_text(hint(action));
            if button.accessible_name(entry(action).name).clicked() {
                command = Some(Command::Do(action));
            }
        }
        command = scrubber(replay, ui).or(command.take());
        ui.separator();
        for (action, sign) in [(Action::Slower, "-"), (Action::Faster, "+")] {
            let button = ui.small_button(sign).on_hover_text(hint(action));
            if button.accessible_name(entry(action).name).clicked() {
                command = Some(Command::Do(action));
            }
        }
        ui.label(format!("{} steps/s", replay.speed()));
        ui.separator();
        for action in [Action::KeepStep, Action::ExportFilm, Action::CloseReplay] {
            if ui.button(entry(action).name).on_hover_text(hint(action)).clicked() {
                command = Some(Command::Do(action));
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label(said(replay, data));
        if replay.player().step().choice.is_some() {
            ui.separator();
            for thought in Thought::ALL {
                if ui.selectable_label(replay.thought() == thought, thought.name()).clicked() {
                    command = Some(Command::Think(thought));
                }
            }
        }
    });
    let palette = theme::palette(ui.visuals().dark_mode);
    curve::ui(replay, palette, ui).or(command)
}

fn hint(action: Action) -> String {
    let entry = entry(action);
    match entry.shortcuts.first() {
        Some(shortcut) => {
            let names = egui::ModifierNames::NAMES;
            format!("{} ({})", entry.name, shortcut.format(&names, false))
        }
        None => entry.name.to_owned(),
    }
}

fn scrubber(replay: &Replay, ui: &mut Ui) -> Option<Command> {
    let mut at = replay.player().at();
    let last = replay.player().len() - 1;
    ui.spacing_mut().slider_width = (ui.available_width() - 620.0).clamp(80.0, 400.0);
    let slider = ui.add(Slider::new(&mut at, 0..=last).text(format!("of {last}")));
    slider.changed().then_some(Command::Seek(at))
}

/// What the step says in words.
fn said(replay: &Replay, data: &Data<'_>) -> String {
    let recording = replay.player().recording();
    let step = replay.player().step();
    let mut text = step.stage.clone();
    if step.work > 0 {
        text.push_str(&format!(", {} moves", step.work));
    }
    if let Some(cost) = step.cost {
        text.push_str(&format!(", proxy {:.4}", cost.proxy(&recording.head.weights)));
    }
    if let Some(choice) = &step.choice {
        let name = short_name(data.session.netlist().node_name(choice.node));
        let n = choice.legal.len();
        let value = choice.value;
        text.push_str(&format!(": {name} to cell {}, {n} legal, value {value:.3}", choice.cell));
    }
    text
}
