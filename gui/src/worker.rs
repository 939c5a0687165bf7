//! Work that takes longer than a frame may: a thread that answers the latest question.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::native;

/// A thread that answers questions. Of several that wait only the last is answered.
pub struct Worker<Q, A> {
    questions: Sender<(u64, Q)>,
    answers: Receiver<(u64, Result<A, String>)>,
    asked: u64,
    answered: u64,
}

impl<Q: Send + 'static, A: Send + 'static> Worker<Q, A> {
    /// Starts a thread; `wake` is called after every answer. What panics answers with its message.
    pub fn new(
        name: &str,
        wake: impl Fn() + Send + 'static,
        mut answer: impl FnMut(Q) -> A + Send + 'static,
    ) -> Self {
        let (questions, inbox) = channel::<(u64, Q)>();
        let (outbox, answers) = channel();
        let without_thread = outbox.clone();
        let started = native::spawn(name, move || {
            while let Ok(first) = inbox.recv() {
                let (generation, question) = inbox.try_iter().last().unwrap_or(first);
                let result = catch_unwind(AssertUnwindSafe(|| answer(question)));
                let result = result.map_err(|panic| panic_message(panic.as_ref()));
                if outbox.send((generation, result)).is_err() {
                    break;
                }
                wake();
            }
        });
        if !started {
            // The answer to whatever is asked first; it cannot be lost, `answers` is here.
            let _ = without_thread.send((u64::MAX, Err(format!("no thread for {name}"))));
        }
        Self { questions, answers, asked: 0, answered: 0 }
    }

    /// Asks a question; earlier ones that still wait are dropped.
    pub fn ask(&mut self, question: Q) {
        self.asked += 1;
        // A thread that is gone has said so in its last answer.
        let _ = self.questions.send((self.asked, question));
    }

    /// The newest answer since the last look.
    pub fn poll(&mut self) -> Option<Result<A, String>> {
        let (generation, answer) = self.answers.try_iter().last()?;
        self.answered = self.answered.max(generation);
        Some(answer)
    }

    /// Whether the last question has no answer yet.
    pub fn busy(&self) -> bool {
        self.answered < self.asked
    }

    /// Blocks until the last question is answered; for tests and pictures without a window.
    pub fn wait(&mut self) -> Option<Result<A, String>> {
        let mut last = None;
        while self.busy() {
            let Ok((generation, answer)) = self.answers.recv() else { break };
            self.answered = self.answered.max(generation);
            last = Some(answer);
        }
        last
    }
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "an unknown failure".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_question_is_answered() {
        let mut worker = Worker::new("square", || {}, |n: u64| n * n);
        for n in 0..50 {
            worker.ask(n);
        }
        assert_eq!(worker.wait(), Some(Ok(49 * 49)));
        assert!(!worker.busy());
    }

    #[test]
    fn a_failure_is_an_answer_and_the_thread_goes_on() {
        let mut worker = Worker::new(
            "odd",
            || {},
            |n: u64| {
                assert!(n % 2 == 1, "{n} is even");
                n
            },
        );
        worker.ask(2);
        assert_eq!(worker.wait(), Some(Err("2 is even".to_owned())));
        worker.ask(3);
        assert_eq!(worker.wait(), Some(Ok(3)));
    }
}
