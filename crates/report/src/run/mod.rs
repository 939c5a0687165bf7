//! The record of a training run: its log, what TensorBoard and a terminal show of it, its report.
//!
//! The log, one JSON object a line, is the source of truth; everything else is made from it.

mod card;
mod chart;
mod csv;
mod energy;
mod html;
mod log;
mod parts;
mod tensorboard;
mod terminal;

pub use card::card;
pub use chart::{Band, Chart, Series};
pub use csv::csv;
pub use energy::{Energy, EnergyConfig, EnergySource, GpuCounter, Meter, kg, kwh};
pub use html::{RunReport, html};
pub use log::{
    EvaluationLine, IterationLine, LOG_SCHEMA, LogLine, StartLine, StopLine, TimeLine, UpdateLine,
    lines, until,
};
pub use tensorboard::{EventWriter, Image, masked_crc32c};
pub use terminal::{block, details, one_line, sparkline};
