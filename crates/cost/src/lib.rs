//! The proxy cost: wirelength, density and congestion.
