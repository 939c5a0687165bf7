//! What threads answer, taken in once a frame, and the questions that follow from it.

use std::sync::Arc;

use egui::Context;
use flagstone_netlist::{Kind, NodeId};

use crate::analysis::Question;
use crate::app::{Loaded, Viewer};
use crate::layers::Layer;
use crate::reading::{self, Found};
use crate::session::Session;
use crate::{actions, advice, analysis, compare, exports};

/// What was asked last of the analysis and of the policy.
#[derive(Default)]
pub(crate) struct Asked {
    analysis: Option<(u64, Option<NodeId>, f64)>,
    advice: Option<(u64, Option<NodeId>, f64)>,
}

impl Viewer {
    /// Takes in every answer that is there and asks what is to be asked now.
    pub(crate) fn answers(&mut self, ctx: &Context) {
        if let Some(answer) = self.loader.poll() {
            self.loaded(ctx, answer);
        }
        if let Some(answer) = self.analyst.poll() {
            self.analyzed(answer);
        }
        if let Some(answer) = self.adviser.poll() {
            self.advised(answer);
        }
        if let Some(answer) = self.reader.poll() {
            self.found(answer);
        }
        if let Some(answer) = self.comparer.poll() {
            self.compared(answer);
        }
        let ended = self.exports.poll();
        self.exported(ended);
        self.take_run();
        self.keep_edits();
        if let Some(message) = self.watcher.changed() {
            self.messages.error(message);
        }
    }

    fn loaded(&mut self, ctx: &Context, answer: Result<Loaded, String>) {
        let files = std::mem::take(&mut self.loading);
        match answer.and_then(|loaded| loaded) {
            Ok(session) => self.show(ctx, *session),
            Err(message) => {
                self.state.recent.retain(|recent| *recent != files);
                self.messages.error(message);
            }
        }
    }

    fn analyzed(&mut self, answer: Result<analysis::Analysis, String>) {
        match (answer, &mut self.session) {
            (Ok(analysis), Some(session)) => {
                let newer = session.analysis.as_ref();
                // An answer about a design that is no longer open is stale.
                let own = analysis.net_share.len() == session.netlist().n_nets();
                if own && newer.is_none_or(|old| old.generation <= analysis.generation) {
                    session.analysis = Some(Arc::new(analysis));
                }
            }
            (Err(message), _) => self.messages.error(format!("the analysis failed: {message}")),
            (Ok(_), None) => {}
        }
    }

    fn advised(
        &mut self,
        answer: Result<(Arc<flagstone_netlist::Netlist>, advice::Answer), String>,
    ) {
        let Some(session) = &mut self.session else { return };
        match answer {
            Ok((netlist, answer)) if Arc::ptr_eq(&netlist, session.netlist()) => {
                session.advice = Some(answer);
            }
            Ok(_) => {}
            Err(failure) => session.advice = Some(Err(format!("the policy failed: {failure}"))),
        }
    }

    fn found(&mut self, answer: Result<reading::Answer, String>) {
        let found = answer.and_then(|answer| answer);
        match found {
            Ok((netlist, found)) => {
                let own = |session: &Session| Arc::ptr_eq(&netlist, session.netlist());
                if self.session.as_ref().is_some_and(own) {
                    self.review_found(found);
                }
            }
            Err(problem) => self.messages.error(problem),
        }
    }

    fn review_found(&mut self, found: Found) {
        match found {
            Found::Recording(replay) => self.replay(*replay),
            Found::Other(compare) => self.compare(*compare),
        }
    }

    fn compared(&mut self, answer: Result<compare::Answer, String>) {
        let Some(session) = &mut self.session else { return };
        match (answer, &mut session.compare) {
            (Ok(answer), Some(compare)) => compare.take(&session.design, answer),
            (Err(message), _) => self.messages.error(format!("comparing failed: {message}")),
            (Ok(_), None) => {}
        }
    }

    fn exported(&mut self, ended: Vec<exports::Ended>) {
        for ended in ended {
            if let Some(saved) = &ended.saved {
                self.saved(saved, ended.result.is_ok());
            }
            match ended.result {
                Ok(note) => self.messages.note(note),
                Err(problem) => self.messages.error(problem),
            }
        }
    }

    fn take_run(&mut self) {
        let Some(session) = &mut self.session else { return };
        if let Some(outcome) = session.run.as_mut().and_then(crate::tools::Run::poll) {
            actions::finish_run(session, outcome, &mut self.messages);
        }
    }

    /// Asks about the present placement what was not asked already.
    pub(crate) fn ask(&mut self) {
        let Some(session) = &mut self.session else { return };
        let settings = &self.state.settings;
        let selected = match session.selection.nodes() {
            [node] if session.netlist().kind(*node) == Kind::HardMacro => Some(*node),
            _ => None,
        };
        let key = Some((session.generation, selected, settings.halo));
        let question = || Question {
            netlist: Arc::clone(session.netlist()),
            canvas: Arc::clone(&session.design.canvas),
            weights: session.design.weights,
            placement: Arc::clone(&session.placement),
            spacing: settings.halo,
            node: selected,
            generation: session.generation,
        };
        if self.asked.analysis != key {
            self.asked.analysis = key;
            self.analyst.ask(question());
        }
        let drawn = settings.layers.visible(Layer::HeatMap) && settings.heat.kind.is_of_policy();
        if drawn && self.asked.advice != key {
            self.asked.advice = key;
            self.adviser.ask(question());
        }
        if let Some(compare) = &mut session.compare
            && session.drag.is_none()
            && let Some(question) =
                compare.question(&session.design, &session.placement, session.generation)
        {
            self.comparer.ask(question);
        }
    }

    /// Lets a recording that plays go on.
    pub(crate) fn play(&mut self, ctx: &Context) {
        let Some(session) = &mut self.session else { return };
        if let Some(replay) = session.replay.as_mut().filter(|replay| replay.playing) {
            let secs = ctx.input(|input| f64::from(input.stable_dt));
            replay.advance(&session.design, secs);
            ctx.request_repaint();
        }
    }

    /// Has edits written to disk that were not yet.
    pub(crate) fn keep_edits(&mut self) {
        if let Some(answer) = self.keeper.poll()
            && let Some(problem) = answer.unwrap_or_else(Some)
        {
            self.messages.error(problem);
        }
        let Some(session) = &self.session else { return };
        let now = session.history.mark();
        if now == self.kept || self.keeper.busy() || session.recovered.is_some() {
            return;
        }
        self.kept = now;
        if let Some(keep) = session.keep(&self.on_disk) {
            self.keeper.ask(keep);
        }
    }

    /// Blocks until the last edits are on disk.
    pub(crate) fn wait_for_keeper(&mut self) {
        let _ = self.keeper.wait();
        self.keep_edits();
        let _ = self.keeper.wait();
    }

    /// Blocks until files being written are.
    pub(crate) fn wait_for_exports(&mut self) {
        let ended = self.exports.wait();
        self.exported(ended);
    }

    /// Blocks until every thread has answered and the answers are in; for tests and pictures.
    pub fn settle(&mut self, ctx: &Context) {
        if let Some(answer) = self.loader.wait() {
            self.loaded(ctx, answer);
        }
        self.wait_for_exports();
        if let Some(answer) = self.reader.wait() {
            self.found(answer);
        }
        self.ask();
        if let Some(answer) = self.comparer.wait() {
            self.compared(answer);
        }
        if let Some(answer) = self.analyst.wait() {
            self.analyzed(answer);
        }
        if let Some(answer) = self.adviser.wait() {
            self.advised(answer);
        }
        self.wait_for_keeper();
        self.canvas.wait(ctx);
        self.beside.wait(ctx);
    }
}
