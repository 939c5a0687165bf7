//! Files and pictures being made beside the window, each on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::{ColorImage, Context};
use flagstone_netlist::{Netlist, Placement};

use crate::native;

/// A state of a design that is on disk once its file is written.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The circuit.
    pub netlist: Arc<Netlist>,
    /// The placement.
    pub placement: Arc<Placement>,
    /// The mark of the history.
    pub mark: usize,
    /// Whether the file is one that the design is read from.
    pub in_place: bool,
}

/// A file that was written or a picture that was copied, or not.
#[derive(Debug)]
pub struct Ended {
    /// What to say of it, or what went wrong.
    pub result: Result<String, String>,
    /// What it saves.
    pub saved: Option<Saved>,
}

/// Work beside the window.
pub struct Exports {
    send: Sender<Ended>,
    answers: Receiver<Ended>,
    running: usize,
}

impl Default for Exports {
    fn default() -> Self {
        let (send, answers) = channel();
        Self { send, answers, running: 0 }
    }
}

impl Exports {
    /// Makes bytes and writes them to a file; `ctx` is woken at the end.
    pub fn start(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        self.write(ctx, path, None, make);
    }

    /// The same for a file that saves a state of the design.
    pub fn save(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        saved: Saved,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        self.write(ctx, path, Some(saved), make);
    }

    /// Makes a picture and puts it on the clipboard.
    pub fn copy(
        &mut self,
        ctx: &Context,
        make: impl FnOnce() -> Result<ColorImage, String> + Send + 'static,
    ) {
        let clipboard = ctx.clone();
        self.run(ctx, None, "cannot copy the picture".to_owned(), move || {
            let image = make()?;
            let [width, height] = image.size;
            clipboard.copy_image(image);
            Ok(format!("copied the picture, {width} × {height} pixels"))
        });
    }

    fn write(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        saved: Option<Saved>,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        let failure = format!("cannot write {}", path.display());
        self.run(ctx, saved, failure, move || {
            native::write(&path, &make()?).map_err(|error| error.to_string())?;
            Ok(format!("wrote {}", path.display()))
        });
    }

    /// Does work on a thread; what goes wrong is told after `failure`.
    fn run(
        &mut self,
        ctx: &Context,
        saved: Option<Saved>,
        failure: String,
        work: impl FnOnce() -> Result<String, String> + Send + 'static,
    ) {
        let (send, ctx) = (self.send.clone(), ctx.clone());
        let without_thread =
            Ended { result: Err(format!("{failure}: no thread for it")), saved: saved.clone() };
        self.running += 1;
        let started = native::spawn("export", move || {
            let result = work().map_err(|error| format!("{failure}: {error}"));
            // A window that is gone wants no answer.
            let _ = send.send(Ended { result, saved });
            ctx.request_repaint();
        });
        if !started {
            let _ = self.send.send(without_thread);
        }
    }

    /// What ended since the last look.
    pub fn poll(&mut self) -> Vec<Ended> {
        let ended: Vec<_> = self.answers.try_iter().collect();
        self.running = self.running.saturating_sub(ended.len());
        ended
    }

    /// Whether something is being made.
    pub fn busy(&self) -> bool {
        self.running > 0
    }

    /// Blocks until everything is written.
    pub fn wait(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        while self.running > 0 {
            let Ok(answer) = self.answers.recv() else { break };
            self.running -= 1;
            ended.push(answer);
        }
        ended
    }
}
