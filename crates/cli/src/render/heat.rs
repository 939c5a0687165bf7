//! Heat maps: which one, and as numbers.

use flagstone_cost::Evaluation;
use flagstone_design::save::to_lyimg;
use flagstone_formats::heatmap_csv::{self, Heatmap};
use flagstone_netlist::{Kind, NodeId};
use flagstone_place::mask::{MaskRules, Occupancy};
use flagstone_report::{HeatMap, Ramp};

use crate::args::{HeatArg, RampArg, RenderArgs};
use crate::failure::Failure;
use crate::load::Design;

/// The heat map that the arguments ask for.
pub(super) fn map(
    args: &RenderArgs,
    design: &Design,
    found: &Evaluation,
    selected: &[NodeId],
) -> Result<Option<HeatMap>, Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let Some(heat) = args.heat else { return Ok(None) };
    let mut map = match heat {
        HeatArg::Density => HeatMap::density(canvas, found),
        HeatArg::Rudy => HeatMap::rudy(netlist, canvas, placement),
        HeatArg::Horizontal => HeatMap::congestion_horizontal(canvas, found),
        HeatArg::Vertical => HeatMap::congestion_vertical(canvas, found),
        HeatArg::Congestion => HeatMap::congestion(canvas, found),
        HeatArg::PinDensity => HeatMap::pin_density(netlist, canvas, placement),
        HeatArg::Mask => mask(design, selected)?,
    };
    map.ramp = match args.ramp {
        RampArg::Viridis => Ramp::Viridis,
        RampArg::Cividis => Ramp::Cividis,
    };
    if let Some([least, most]) = args.range {
        map.range = (least, most);
    }
    Ok(Some(map))
}

/// Where the first selected macro may go while all others stay.
fn mask(design: &Design, selected: &[NodeId]) -> Result<HeatMap, Failure> {
    let Design { netlist, canvas, placement, .. } = design;
    let hard = |node: &&NodeId| netlist.kind(**node) == Kind::HardMacro;
    let Some(&node) = selected.iter().find(hard) else {
        let message = "a mask is that of a hard macro\n  help: name it with --select";
        return Err(Failure::Usage(message.to_owned()));
    };
    let mut occupancy = Occupancy::new(canvas, MaskRules::default());
    for other in netlist.nodes_of(Kind::HardMacro) {
        if other != node && placement.placed[other.usize()] {
            occupancy.place(netlist, placement, other);
        }
    }
    let mut mask = Vec::new();
    occupancy.mask(netlist.size(node), &mut mask);
    Ok(HeatMap::mask(canvas.grid(), &mask))
}

/// The numbers of a heat map, as CSV over the canvas or for KLayout where the design's files have it.
pub(super) fn table(
    design: &Design,
    map: Option<&HeatMap>,
    kind: &str,
) -> Result<Vec<u8>, Failure> {
    let Some(map) = map else {
        return Err(Failure::Usage(format!(
            "a .{kind} holds a heat map\n  help: choose one with --heat"
        )));
    };
    if kind == "csv" {
        let units = if map.unit.is_empty() { "ratio" } else { &map.unit };
        let HeatMap { grid, values, .. } = map;
        let columns = grid.columns as usize;
        let table = Heatmap { width: grid.width, height: grid.height, columns, units, values };
        return Ok(heatmap_csv::list(&table).into_bytes());
    }
    Ok(to_lyimg(design, map)?)
}
