//! What the viewer has to say: the last message in the status bar, errors until they are closed.

use egui::{Context, Ui, Window};

/// Messages kept.
const MOST: usize = 50;

/// What was said.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    notes: Vec<String>,
    errors: Vec<String>,
}

impl Messages {
    /// Says something in passing.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
        if self.notes.len() > MOST {
            self.notes.remove(0);
        }
    }

    /// Says something that must be read.
    pub fn error(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.errors.contains(&text) {
            self.errors.push(text);
        }
    }

    /// The last note.
    pub fn last(&self) -> Option<&str> {
        self.notes.last().map(String::as_str)
    }

    /// What must be read.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// The window with what must be read.
    pub fn ui(&mut self, ctx: &Context) {
        const WIDTH: f32 = 520.0;
        if self.errors.is_empty() {
            return;
        }
        let mut close = false;
        let window = Window::new("Something went wrong").collapsible(false).resizable(false);
        let window = window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]);
        window.show(ctx, |ui| {
            ui.set_max_width(WIDTH);
            egui::ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
                for error in &self.errors {
                    line(error, ui);
                }
            });
            ui.horizontal(|ui| {
                close = ui.button("Close").clicked();
                if ui.button("Copy").clicked() {
                    ui.ctx().copy_text(self.errors.join("\n"));
                }
            });
        });
        if close {
            self.errors.clear();
        }
    }

    /// Closes that window.
    pub fn clear_errors(&mut self) {
        self.errors.clear();
    }
}

fn line(text: &str, ui: &mut Ui) {
    ui.add(egui::Label::new(text).wrap());
    ui.separator();
}
