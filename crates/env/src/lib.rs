//! AlphaChip's decision process.
