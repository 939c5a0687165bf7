//! Standard cells to soft macros: partitioning, grouping, grid choice.
