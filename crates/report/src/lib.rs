//! Run log, pictures and summaries.
