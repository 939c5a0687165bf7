//! Arguments of the commands that draw and compare.

use std::path::PathBuf;

use clap::ValueEnum;

use super::LoadArgs;

/// What to colour the grid by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HeatArg {
    /// Covered share of each cell.
    Density,
    /// Rectangular uniform wire density.
    Rudy,
    /// Horizontal routing demand over supply.
    Horizontal,
    /// Vertical routing demand over supply.
    Vertical,
    /// The larger of the two.
    Congestion,
    /// Pins per µm².
    PinDensity,
    /// Legal cells of the macro that --select names.
    Mask,
}

/// The colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeArg {
    /// An SVG follows its reader, everything else is light.
    Auto,
    /// Dark on white.
    Light,
    /// Light on near-black.
    Dark,
}

/// The colours of a heat map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RampArg {
    /// Violet, green, yellow.
    Viridis,
    /// Blue, grey, yellow.
    Cividis,
}

/// Numbers between commas.
fn numbers<const N: usize>(text: &str) -> Result<[f64; N], String> {
    let numbers: Option<Vec<f64>> = text
        .split(',')
        .map(|part| part.trim().parse().ok().filter(|number: &f64| number.is_finite()))
        .collect();
    let wrong = || format!("expected {N} numbers between commas");
    numbers.and_then(|numbers| numbers.try_into().ok()).ok_or_else(wrong)
}

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
pub(crate) struct RenderArgs {
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// What to write: .svg or .png; of a heat map also .csv or .lyimg; of a recording .gif, .apng
    /// or a folder of .png [default: DESIGN.svg; DESIGN.gif with --replay].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Width in pixels [default: 1200; 640 for a film].
    #[arg(long, value_parser = clap::value_parser!(u32).range(16..=16384))]
    pub(crate) width: Option<u32>,
    /// Pixels per µm, instead of the width.
    #[arg(long, value_name = "PIXELS", conflicts_with = "width")]
    pub(crate) scale: Option<f64>,
    /// Part to show in µm from the lower left corner, as left,bottom,right,top.
    #[arg(long, value_name = "X0,Y0,X1,Y1", value_parser = numbers::<4>, allow_hyphen_values = true)]
    pub(crate) area: Option<[f64; 4]>,
    /// Colours.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) theme: ThemeArg,
    /// Leave the ground around the canvas clear.
    #[arg(long)]
    pub(crate) transparent: bool,
    /// Draw no title, legend or margin.
    #[arg(long)]
    pub(crate) no_frame: bool,
    /// Heat map under the macros.
    #[arg(long, value_enum)]
    pub(crate) heat: Option<HeatArg>,
    /// Values of the first and the last colour [default: those of the map].
    #[arg(long, value_name = "LOW,HIGH", value_parser = numbers::<2>, requires = "heat", allow_hyphen_values = true)]
    pub(crate) range: Option<[f64; 2]>,
    /// Colours of the heat map.
    #[arg(long, value_enum, default_value = "viridis")]
    pub(crate) ramp: RampArg,
    /// Number of heaviest connections to draw [default: 60; 0 with --heat, --select or --against].
    #[arg(long)]
    pub(crate) flylines: Option<usize>,
    /// Outline nodes and draw all their connections; * and ? stand for any characters.
    #[arg(long, value_name = "NAME")]
    pub(crate) select: Vec<String>,
    /// Colour nodes; GROUP is a name for the legend, or one of the colours 1 to 8.
    #[arg(long, value_name = "NAME=GROUP")]
    pub(crate) highlight: Vec<String>,
    /// Compare with this placement: outlines where its macros are, arrows from there to here.
    #[arg(long, value_name = "PLC")]
    pub(crate) against: Option<PathBuf>,
    /// Mark everything that makes the placement illegal.
    #[arg(long)]
    pub(crate) markers: bool,
    /// Draw the pins of hard macros.
    #[arg(long)]
    pub(crate) pins: bool,
    /// Leave names out.
    #[arg(long)]
    pub(crate) no_labels: bool,
    /// Line above the picture [default: name and costs].
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Draw what this recording shows.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// The step of the recording to draw, from 0; a picture instead of a film.
    #[arg(long, requires = "replay")]
    pub(crate) step: Option<usize>,
    /// Pictures per second of a film.
    #[arg(long, default_value_t = 12.0, value_name = "NUMBER")]
    pub(crate) speed: f64,
    /// Most pictures in a film; steps in between are left out.
    #[arg(long, default_value_t = 300, value_name = "NUMBER")]
    pub(crate) frames: usize,
    /// Overwrite an existing picture.
    #[arg(long)]
    pub(crate) force: bool,
}

/// What the table of `diff` is sorted by; numbers by size, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArg {
    /// Name.
    Name,
    /// Horizontal shift.
    Dx,
    /// Vertical shift.
    Dy,
    /// Distance.
    Distance,
    /// Change of the wirelength cost.
    Wirelength,
    /// Change of the density cost.
    Density,
    /// Change of the congestion cost.
    Congestion,
    /// Change of the proxy cost.
    Proxy,
}

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The first placement: a .plc, or a whole design.
    pub(crate) first: PathBuf,
    /// The second placement.
    pub(crate) second: PathBuf,
    /// The netlist of .plc files, or the LEF files of DEF files [default: the netlist beside the
    /// first, or the one it names].
    #[arg(long, value_name = "INPUT")]
    pub(crate) netlist: Vec<String>,
    /// TOML file that overrides canvas, grid, routing, smoothing and weights.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Override one setting, such as columns=20 or weights.congestion=1.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// What the table is sorted by.
    #[arg(long, value_enum, default_value = "distance")]
    pub(crate) sort: SortArg,
    /// Lines of the table at most; 0 for all.
    #[arg(long, default_value_t = 40, value_name = "NUMBER")]
    pub(crate) top: usize,
    /// List soft macros and ports, too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write the moves as markers for KLayout (.lyrdb).
    #[arg(long, value_name = "FILE")]
    pub(crate) markers: Option<PathBuf>,
    /// Overwrite an existing file of markers.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
