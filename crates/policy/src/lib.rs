//! Graph encoder, policy and value heads, checkpoints.
