//! Files being written beside the window, each on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Context;
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
}

/// A file that was written, or not.
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

    fn write(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        saved: Option<Saved>,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        let (send, ctx) = (self.send.clone(), ctx.clone());
        let name = path.display().to_string();
        self.running += 1;
        let state = saved.clone();
        let started = native::spawn("export", move || {
            let write = |bytes: Vec<u8>| native::write(&path, &bytes).map_err(|e| e.to_string());
            let name = path.display();
            let result = make().and_then(write);
            let result = result.map(|()| format!("wrote {name}"));
            let result = result.map_err(|error| format!("cannot write {name}: {error}"));
            // A window that is gone wants no answer.
            let _ = send.send(Ended { result, saved: state });
            ctx.request_repaint();
        });
        if !started {
            let result = Err(format!("cannot write {name}: no thread for it"));
            let _ = self.send.send(Ended { result, saved });
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
