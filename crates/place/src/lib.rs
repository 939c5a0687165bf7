//! Everything that moves nodes without learning.
