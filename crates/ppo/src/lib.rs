//! Rollouts, collectors, loss, learner and the training loop.
