//! Text to data and back, one module per file format.
